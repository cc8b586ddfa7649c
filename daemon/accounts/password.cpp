// What may be chosen, and what is made for her. The words of a generated password are drawn with
// repetition: 2,048⁴ equally likely ones, 44 bits.
#include "daemon/accounts/password.hpp"

#include <algorithm>

#include "daemon/accounts/guessable.hpp"
#include "daemon/accounts/word_lists.hpp"

namespace pulih::accounts {
namespace {

constexpr std::uint32_t shortest_allowed = 8;  // NIST SP 800-63B, 5.1.1.2
constexpr int words_generated = 4;
constexpr std::size_t longest_word = 6;

bool is_printable(char c) { return c >= ' ' && c <= '~'; }

}  // namespace

PasswordFault check(const Secret& password, const PasswordRules& rules, const OwnWords& own) {
  const auto text = password.reveal();
  if (!std::ranges::all_of(text, is_printable)) return PasswordFault::characters;
  if (text.size() < std::max(rules.shortest, shortest_allowed)) return PasswordFault::too_short;
  if (text.size() > std::min<std::size_t>(rules.longest, most_password_octets))
    return PasswordFault::characters;
  return is_guessable(text, own) ? PasswordFault::guessable : PasswordFault::none;
}

Secret generate(Entropy& entropy) {
  const auto words = password_words();
  WipedBytes text;
  text.reserve(words_generated * (longest_word + 1));
  for (int i = 0; i < words_generated; ++i) {
    if (i > 0) text.push_back('-');
    const auto word = words[entropy.below(static_cast<std::uint32_t>(words.size()))];
    text.insert(text.end(), word.begin(), word.end());
  }
  return Secret({reinterpret_cast<const char*>(text.data()), text.size()});
}

}  // namespace pulih::accounts
