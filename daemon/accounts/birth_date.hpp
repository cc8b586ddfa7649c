// A birth date on its way from the central account database to a keyed tag: one of the three things
// that a stranger would need. It cannot be printed or compared by accident; each use is found by
// its name, and what holds one for longer than a moment holds SiteKeys::birth_date_tag instead.
#pragma once
#include <cstdint>

namespace pulih::accounts {

class BirthDate {
 public:
  BirthDate() = default;
  explicit constexpr BirthDate(std::uint32_t yyyymmdd) : yyyymmdd_(yyyymmdd) {}

  // yyyymmdd; 0: not known.
  constexpr std::uint32_t reveal() const { return yyyymmdd_; }

 private:
  std::uint32_t yyyymmdd_ = 0;
};

}  // namespace pulih::accounts
