// A code is one even draw below 10^digits, written out with its leading zeros.
#include "daemon/accounts/otp.hpp"

#include <array>
#include <exception>

namespace pulih::accounts {

Secret new_code(Entropy& entropy, int digits) {
  if (digits < 1 || digits > most_code_digits) std::terminate();
  std::uint32_t bound = 1;
  for (int i = 0; i < digits; ++i) bound *= 10;

  auto rest = entropy.below(bound);
  std::array<char, most_code_digits> text{};
  for (auto i = static_cast<std::size_t>(digits); i-- > 0; rest /= 10)
    text[i] = static_cast<char>('0' + rest % 10);
  Secret code(std::string_view(text.data(), static_cast<std::size_t>(digits)));
  sodium_memzero(text.data(), text.size());
  return code;
}

}  // namespace pulih::accounts
