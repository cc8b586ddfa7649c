// A text as a list of words and marks, in lower case: the first step of every hearing. Separators
// are whatever people put between things (spaces, commas, '#', line ends); '@', '.', '-', '_' and
// '/' stay, since they may belong to an id or a date.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace pulih::conversation {

inline char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }
bool separates(char c);

std::vector<std::string> words_of(std::string_view text);

// Levenshtein distance with neighbours swapped as one step, as far as 2: 0, 1 or "more" (2).
int distance(std::string_view a, std::string_view b);

// Digits as people type them: 'O' and 'o' for 0, 'l', 'I' and 'i' for 1. Nothing if another
// character is in it, or if it holds no true digit at all.
std::string digits_of(std::string_view word);

}  // namespace pulih::conversation
