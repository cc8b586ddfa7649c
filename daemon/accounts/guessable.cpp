// A password is read in every way in which it may have been disguised: separators and digits left
// out, leet spelling undone, a number or sign at its ends dropped, backwards. What the account
// itself tells is taken out of each reading; the rest must be more than one or two common words.
#include "daemon/accounts/guessable.hpp"

#include <algorithm>
#include <array>

#include "daemon/accounts/patterns.hpp"
#include "daemon/accounts/word_lists.hpp"

namespace pulih::accounts {
namespace {

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// A text of bounded length, wiped when it goes. What does not fit is left out.
class Reading {
 public:
  Reading() = default;
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() { sodium_memzero(octets_.data(), size_); }

  void add(char c) {
    if (size_ < octets_.size()) octets_[size_++] = c;
  }
  void add(std::string_view text) {
    for (const char c : text) add(c);
  }
  void reverse() {
    std::reverse(octets_.begin(), octets_.begin() + static_cast<std::ptrdiff_t>(size_));
  }
  std::string_view text() const { return {octets_.data(), size_}; }

 private:
  std::array<char, 2 * most_password_octets> octets_{};
  std::size_t size_ = 0;
};

// `one` is what the figure 1 stands for: it is written for i and for l.
char unleet(char c, char one) {
  constexpr std::string_view figures = "0345678@$!|+9";
  constexpr std::string_view letters = "oeasgtbasiltg";
  if (c == '1') return one;
  const auto at = figures.find(c);
  return at == std::string_view::npos ? c : letters[at];
}

// --- what the account tells -------------------------------------------------------------------

void add_number(Reading& out, std::uint32_t number, std::size_t digits) {
  std::array<char, 4> text{};
  for (auto i = digits; i-- > 0; number /= 10) text[i] = static_cast<char>('0' + number % 10);
  out.add(std::string_view(text.data(), digits));
}

// The birth date in the orders that people write, with and without the century and leading zeros.
void add_birth_date(Reading& out, std::uint32_t yyyymmdd) {
  const auto year = yyyymmdd / 10000 % 10000, month = yyyymmdd / 100 % 100, day = yyyymmdd % 100;
  const std::size_t day_digits = day < 10 ? 1 : 2, month_digits = month < 10 ? 1 : 2;
  for (const std::size_t year_digits : {4u, 2u}) {
    out.add(' ');
    add_number(out, day, 2), add_number(out, month, 2), add_number(out, year, year_digits);
    out.add(' ');
    add_number(out, month, 2), add_number(out, day, 2), add_number(out, year, year_digits);
    out.add(' ');
    add_number(out, year, year_digits), add_number(out, month, 2), add_number(out, day, 2);
    out.add(' ');
    add_number(out, day, day_digits), add_number(out, month, month_digits);
    add_number(out, year, year_digits);
  }
}

// Words with spaces between: the parts of the id, the id without its signs, the birth date.
void add_own(Reading& out, const OwnWords& own) {
  const auto id = own.id.substr(0, most_password_octets / 2);
  for (const char c : id) out.add(is_letter(lower(c)) || is_digit(c) ? lower(c) : ' ');
  out.add(' ');
  for (const char c : id)
    if (is_letter(lower(c)) || is_digit(c)) out.add(lower(c));
  if (own.birth_date != 0) add_birth_date(out, own.birth_date);
}

// How much at the front of `text` is the account's own: at least four characters from anywhere in
// its words, or three that are a whole word but for its digits ("ani" of "ani7").
std::size_t own_prefix(std::string_view text, std::string_view own) {
  constexpr std::size_t shortest = 3;
  if (text.size() < shortest) return 0;
  const auto begins = text.substr(0, shortest);
  std::size_t longest = 0;
  for (auto at = own.find(begins); at != own.npos; at = own.find(begins, at + 1)) {
    const auto [stop, end] = std::ranges::mismatch(text, own.substr(at));
    const auto same = static_cast<std::size_t>(stop - text.begin());
    const bool whole_word =
        (at == 0 || own[at - 1] == ' ') && (end == own.end() || !is_letter(*end));
    if (same > shortest || whole_word) longest = std::max(longest, same);
  }
  return longest;
}

// --- what everybody knows -----------------------------------------------------------------------

// Is `text` a chain of at most `most` entries of the sorted list? The entries that begin as the
// text does are narrowed down character by character.
bool is_made_of_common(std::string_view text, int most) {
  if (text.empty()) return true;
  if (most == 0) return false;
  auto from = common_passwords();
  for (std::size_t length = 1; length <= text.size() && !from.empty(); ++length) {
    const auto begins = text.substr(0, length);
    const auto [first, last] =
        std::equal_range(from.begin(), from.end(), begins, [length](auto left, auto right) {
          return left.substr(0, length) < right.substr(0, length);
        });
    from = {first, last};
    if (!from.empty() && from.front() == begins && is_made_of_common(text.substr(length), most - 1))
      return true;
  }
  return false;
}

constexpr int most_common_words = 2;

bool is_known_to_all(std::string_view text) {
  return is_made_of_common(text, most_common_words) || is_made_of_dates(text);
}

bool reads_guessable(std::string_view text, std::string_view own) {
  if (text.empty()) return false;
  Reading rest;
  for (std::size_t at = 0; at < text.size();) {
    const auto known = own_prefix(text.substr(at), own);
    if (known == 0) rest.add(text[at++]);
    at += known;
  }
  // Next to one's own name a character or two are no secret.
  const bool all_but_own = rest.text().size() < text.size() && rest.text().size() <= 2;
  return all_but_own || is_known_to_all(text) || is_known_to_all(rest.text());
}

bool reads_guessable_either_way(Reading& reading, std::string_view own) {
  if (reads_guessable(reading.text(), own)) return true;
  reading.reverse();
  return reads_guessable(reading.text(), own);
}

std::string_view without_edges(std::string_view text, bool front) {
  while (front && !text.empty() && !is_letter(text.front())) text.remove_prefix(1);
  while (!text.empty() && !is_letter(text.back())) text.remove_suffix(1);
  return text;
}

bool reads_guessable_without_leet(std::string_view folded, std::string_view own) {
  for (const auto part : {folded, without_edges(folded, false), without_edges(folded, true)}) {
    for (const char one : {'i', 'l'}) {
      Reading reading;
      for (const char c : part)
        if (is_letter(unleet(c, one))) reading.add(unleet(c, one));
      if (reads_guessable_either_way(reading, own)) return true;
    }
  }
  return false;
}

}  // namespace

bool is_guessable(std::string_view password, const OwnWords& own) {
  Reading folded, plain, letters, own_words;
  for (const char typed : password.substr(0, most_password_octets)) {
    const char c = lower(typed);
    folded.add(c);
    if (is_letter(c) || is_digit(c)) plain.add(c);
    if (is_letter(c)) letters.add(c);
  }
  add_own(own_words, own);
  return is_repetition(folded.text()) || is_repetition(plain.text()) ||
         is_made_of_runs(folded.text()) || is_made_of_runs(plain.text()) ||
         reads_guessable_either_way(plain, own_words.text()) ||
         reads_guessable_either_way(letters, own_words.text()) ||
         reads_guessable_without_leet(folded.text(), own_words.text());
}

}  // namespace pulih::accounts
