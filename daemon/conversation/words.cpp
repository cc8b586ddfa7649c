// See words.hpp. Octets above 127 are kept in words: what is no word of ours is then no word at
// all, and nothing in a name in another script is mistaken for a separator.
#include "daemon/conversation/words.hpp"

#include <algorithm>
#include <array>

namespace pulih::conversation {

bool separates(char c) {
  const bool kept = is_letter(c) || is_digit(c) || c == '@' || c == '.' || c == '-' || c == '_' ||
                    c == '/' || static_cast<unsigned char>(c) >= 0x80;
  return !kept;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : text) {
    if (separates(c)) {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    words.back() += lower(c);
    inside = true;
  }
  // Full stops and dashes at the edge of a word are punctuation.
  for (auto& word : words) {
    const auto mark = [](char c) { return c == '.' || c == '-' || c == '/'; };
    while (!word.empty() && mark(word.back())) word.pop_back();
    while (!word.empty() && mark(word.front())) word.erase(word.begin());
  }
  std::erase(words, std::string());
  return words;
}

int distance(std::string_view a, std::string_view b) {
  constexpr std::size_t longest = 24;
  if (a == b) return 0;
  if (a.size() > longest || b.size() > longest || a.size() + 1 < b.size() ||
      b.size() + 1 < a.size())
    return 2;
  std::array<std::array<int, longest + 1>, longest + 1> d{};
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = static_cast<int>(i);
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] =
          std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return std::min(d[a.size()][b.size()], 2);
}

std::string digits_of(std::string_view word) {
  std::string digits;
  bool real = false;
  for (const char c : word) {
    if (is_digit(c)) {
      digits += c;
      real = true;
    } else if (c == 'o' || c == 'O') {
      digits += '0';
    } else if (c == 'l' || c == 'I' || c == 'i') {
      digits += '1';
    } else {
      return {};
    }
  }
  return real ? digits : std::string();
}

}  // namespace pulih::conversation
