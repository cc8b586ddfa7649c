// The texts of one language, ready to be filled: made once from a catalogue (config/catalogue.hpp
// reads the YAML), rendered for each message. Rendering cannot fail: everything that could be wrong
// was refused when the phrasebook was made.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/accounts/secret.hpp"
#include "daemon/conversation/texts.hpp"

namespace pulih::conversation {

// The site's own time, as it is told to teachers: Indonesia has no daylight saving.
struct Zone {
  std::chrono::minutes ahead_of_utc{7 * 60};
  std::string label = "WIB";
};

class Phrasebook {
 public:
  // A text cut into literal pieces and blanks, in order.
  struct Piece {
    std::string literal;
    bool is_blank = false;
    Slot slot{};
  };
  using Texts = std::array<std::vector<Piece>, text_count>;
  Phrasebook(Texts texts, std::array<std::string, 4> first_characters, Zone zone);

  accounts::Secret render(const Phrase&) const;

 private:
  Texts texts_;
  std::array<std::string, 4> first_characters_;
  Zone zone_;
};

}  // namespace pulih::conversation
