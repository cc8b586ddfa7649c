// See phrasebook.hpp. Whatever is rendered may hold a secret, so all of it goes into wiped memory.
#include "daemon/conversation/phrasebook.hpp"

#include <array>
#include <cstdio>

namespace pulih::conversation {
namespace {

using Out = std::vector<char, accounts::WipingAllocator<char>>;

void put(Out& out, std::string_view words) { out.insert(out.end(), words.begin(), words.end()); }

std::chrono::hh_mm_ss<std::chrono::seconds> clock_of(accounts::Instant local) {
  return std::chrono::hh_mm_ss(local - std::chrono::floor<std::chrono::days>(local));
}

}  // namespace

Phrasebook::Phrasebook(Texts texts, std::array<std::string, 4> first_characters, Zone zone)
    : texts_(std::move(texts)),
      first_characters_(std::move(first_characters)),
      zone_(std::move(zone)) {}

accounts::Secret Phrasebook::render(const Phrase& phrase) const {
  Out out;
  out.reserve(192);
  struct Filler {
    Out& out;
    const Phrasebook& book;
    void operator()(std::int64_t number) { put(out, std::to_string(number)); }
    void operator()(const std::string& words) { put(out, words); }
    void operator()(const accounts::Secret& secret) { put(out, secret.reveal()); }
    void operator()(FirstCharacter first) {
      put(out, book.first_characters_[static_cast<std::size_t>(first)]);
    }
    void operator()(Text text) { put(out, book.render({text, {}}).reveal()); }
    void operator()(TimeOfDay time) {
      const auto clock = clock_of(time.at + book.zone_.ahead_of_utc);
      std::array<char, 16> digits{};
      std::snprintf(digits.data(), digits.size(), "%02d.%02d ",
                    static_cast<int>(clock.hours().count()),
                    static_cast<int>(clock.minutes().count()));
      put(out, digits.data());
      put(out, book.zone_.label);
    }
    void operator()(DayAndTime time) {
      const auto local = time.at + book.zone_.ahead_of_utc;
      const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(local));
      std::array<char, 16> digits{};
      std::snprintf(digits.data(), digits.size(), "%02u-%02u ",
                    static_cast<unsigned>(day.day()) % 100,
                    static_cast<unsigned>(day.month()) % 100);
      put(out, digits.data());
      (*this)(TimeOfDay{time.at});
    }
  };
  for (const Piece& piece : texts_[static_cast<std::size_t>(phrase.text)]) {
    if (!piece.is_blank) {
      put(out, piece.literal);
      continue;
    }
    for (const Blank& blank : phrase.blanks)
      if (blank.slot == piece.slot) std::visit(Filler{out, *this}, blank.value);
  }
  return accounts::Secret({out.data(), out.size()});
}

}  // namespace pulih::conversation
