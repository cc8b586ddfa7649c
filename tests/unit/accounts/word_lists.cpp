// What the lists of config/passwords promise. Two words of a generated password may be misread over
// a bad line or in small print: no two of the list are one slip of a finger apart.
#include "daemon/accounts/word_lists.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>

namespace pulih::accounts {
namespace {

bool is_sorted_without_duplicates(std::span<const std::string_view> list) {
  return std::ranges::adjacent_find(list, std::greater_equal<>()) == list.end();
}

// A word with each of its letters hidden, and with a gap at each place: words that share one of
// these are equal but for one letter mistaken, left out or put in.
std::set<std::string> with_one_letter_hidden(std::string_view word) {
  std::set<std::string> all;
  for (std::size_t at = 0; at <= word.size(); ++at) {
    std::string gapped(word);
    all.insert(gapped.insert(at, "_"));
    if (at < word.size()) all.insert(std::string(word).replace(at, 1, "_"));
  }
  return all;
}

std::string as_heard(std::string word) {
  for (const auto& [spelt, heard] : {std::pair{"kh", "k"}, std::pair{"sy", "s"}})
    for (auto at = word.find(spelt); at != word.npos; at = word.find(spelt))
      word.replace(at, 2, heard);
  std::ranges::replace_if(
      word, [](char c) { return c == 'f' || c == 'v'; }, 'p');
  std::ranges::replace(word, 'z', 'j');
  return word;
}

}  // namespace

TEST_CASE("the list has 2,048 words, so that four of them are 44 bits", "[word lists]") {
  CHECK(password_words().size() == 2048);
  CHECK(is_sorted_without_duplicates(password_words()));
}

TEST_CASE("a word has three to six letters, a to z", "[word lists]") {
  for (const auto word : password_words()) {
    INFO(word);
    CHECK(word.size() >= 3);
    CHECK(word.size() <= 6);
    CHECK(std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; }));
  }
}

TEST_CASE("no two words are one letter apart", "[word lists]") {
  std::set<std::string> taken;
  for (const auto word : password_words()) {
    for (const auto& hidden : with_one_letter_hidden(word)) {
      INFO(word << " as " << hidden);
      CHECK(taken.insert(hidden).second);
    }
  }
}

TEST_CASE("no word is another one with two neighbours swapped", "[word lists]") {
  const std::set<std::string_view> words(password_words().begin(), password_words().end());
  for (const auto word : password_words()) {
    for (std::size_t at = 0; at + 1 < word.size(); ++at) {
      std::string swapped(word);
      std::swap(swapped[at], swapped[at + 1]);
      INFO(word << " and " << swapped);
      CHECK((swapped == word || !words.contains(swapped)));
    }
  }
}

TEST_CASE("no two words sound alike", "[word lists]") {
  std::set<std::string> heard;
  for (const auto word : password_words()) {
    INFO(word);
    CHECK(heard.insert(as_heard(std::string(word))).second);
  }
}

TEST_CASE("the common passwords are many, in normal form and sorted", "[word lists]") {
  CHECK(common_passwords().size() >= 1500);
  CHECK(is_sorted_without_duplicates(common_passwords()));
  for (const auto word : common_passwords()) {
    INFO(word);
    CHECK(std::ranges::all_of(
        word, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }));
  }
}

}  // namespace pulih::accounts
