// The two lists of config/passwords, compiled in by embed_lines.cmake: the words that generated
// passwords are made of, and the passwords that everybody thinks of first. Both come sorted and
// without duplicates.
#pragma once
#include <span>
#include <string_view>

namespace pulih::accounts {

// 2,048 Indonesian words, so that a word is 11 bits.
std::span<const std::string_view> password_words();

// In normal form: lower case, without separators.
std::span<const std::string_view> common_passwords();

}  // namespace pulih::accounts
