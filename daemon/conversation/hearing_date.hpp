// A birth date as people write it, in the order of day, month and year (or year first where that is
// plain), with digits or a month's name in Indonesian or English.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pulih::conversation {

struct DateFound {
  bool understood = false;          // else: it looked like a date and is none
  std::uint32_t birth_date = 0;     // yyyymmdd
  std::size_t from = 0, words = 0;  // which words of the text it took
};
// The date among these words, or nothing that looks like one.
std::optional<DateFound> find_date(const std::vector<std::string>& words, std::uint32_t year_now);

}  // namespace pulih::conversation
