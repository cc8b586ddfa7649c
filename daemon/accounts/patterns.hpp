// Shapes of a password that a program tries before any word: one unit repeated, runs along the
// alphabet, the digits or the keyboard, and dates. Texts are lower case.
#pragma once
#include <string_view>

namespace pulih::accounts {

// "aaaaaaaa", "abcabcabc", "bundabunda": at least two whole repetitions of its beginning.
bool is_repetition(std::string_view text);

// "abcdefgh", "87654321", "qwertyuiop12", "1qaz2wsx", "111222333": nothing but runs which are three
// characters long on average.
bool is_made_of_runs(std::string_view text);

// "17081985", "850817", "1708198520092011": digits that are nothing but dates with two-digit days
// and months, in any order that people write.
bool is_made_of_dates(std::string_view text);

}  // namespace pulih::accounts
