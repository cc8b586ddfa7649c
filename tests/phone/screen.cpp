// See screen.hpp. Lines are folded at spaces only: a code or a password is never cut in two.
#include "tests/phone/screen.hpp"

#include <ctime>
#include <vector>

namespace pulih::phone {
namespace {

std::vector<std::string> folded(const std::string& text, std::size_t columns) {
  std::vector<std::string> lines(1);
  std::string word;
  const auto place = [&] {
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > columns)
      lines.emplace_back();
    if (!lines.back().empty() && !word.empty()) lines.back() += ' ';
    lines.back() += word;
    word.clear();
  };
  for (const char c : text) {
    if (c != ' ' && c != '\n') {
      word += c;
      continue;
    }
    place();
    if (c == '\n') lines.emplace_back();
  }
  place();
  return lines;
}

}  // namespace

std::string time_now() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char text[16];
  std::strftime(text, sizeof text, "%H:%M:%S", &local);
  return text;
}

std::string chat_line(const std::string& arrow, const std::string& text) {
  std::string out;
  for (const auto& line : folded(text, 64))
    out += (out.empty() ? time_now() + "  " + arrow + " " : std::string(12, ' ')) + line + "\n";
  return out;
}

std::string on_screen(const std::string& sender, const std::string& text) {
  constexpr std::size_t columns = 30;
  const auto row = [&](const std::string& words) {
    return "| " + words + std::string(columns > words.size() ? columns - words.size() : 0, ' ') +
           " |\n";
  };
  const std::string edge = "+" + std::string(columns + 2, '-') + "+\n";
  const std::string time = time_now().substr(0, 5);
  std::string out =
      edge + row(sender + std::string(columns - sender.size() - time.size(), ' ') + time) + edge;
  for (const auto& line : folded(text, columns)) out += row(line);
  return out + edge;
}

}  // namespace pulih::phone
