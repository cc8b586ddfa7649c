// See teacher.hpp. What she is told begins with the text's key (phrases.hpp).
#include "tests/simulation/teacher.hpp"

#include <utility>

#include "tests/simulation/phrases.hpp"

namespace pulih::simulation {

std::string Teacher::begin() {
  begun_ = true;
  if (character_ == Character::noise) return "halo " + std::to_string(chance_.next() % 1000);
  if (chance_.chance(300)) return "RESET";
  if (chance_.chance(300)) return "reset " + knows_.id;
  return "RESET " + knows_.id + " " + knows_.birth_date;
}

std::string Teacher::secret_password() {
  password_ = "Perahu-ke-" + std::to_string(chance_.next() % 100000000) + "-hulu";
  secrets_.push_back(password_);
  return password_;
}

std::string Teacher::wrong_code() {
  std::string code = std::to_string(100000 + chance_.next() % 900000);
  return code;
}

std::string Teacher::nonsense() {
  static const char* const all[] = {"1",        "ULANG",    "999999", "BATAL",
                                    "STATUS",   "17081985", "RESET",  "budi12 guru sd",
                                    "OPERATOR", "UBAH",     "???",    "2"};
  return all[chance_.next() % std::size(all)];
}

// A stranger goes on whatever she is told, and begins anew where a talk has ended.
std::string Teacher::guess(const std::string& key) {
  if (key == "M01" || key == "M04" || key == "M06") return knows_.id;
  if (key == "M05" || key == "M08") return knows_.birth_date;
  if (key == "M10") return chance_.chance(800) ? "1" : "3";
  for (const char* end : {"M19", "M20", "M22", "M36", "M38", "M43"})
    if (key == end) return begin();
  static const char* const others[] = {"ULANG", "1", "3", "STATUS", "BUKAN", "BATAL"};
  return chance_.chance(600) ? wrong_code() : others[chance_.next() % std::size(others)];
}

std::optional<std::string> Teacher::answer(const std::string& told) {
  const std::string key = told.substr(0, 3);
  if (finished_ || ++answers_ > 60) {
    finished_ = true;
    return std::nullopt;
  }
  if (character_ == Character::shadow) return std::nullopt;
  if (character_ == Character::stranger) return guess(key);
  if (character_ == Character::noise) {
    if (answers_ <= 12) return nonsense();
    finished_ = true;
    return std::nullopt;
  }
  if (key == "M01" || key == "M04" || key == "M06") return knows_.id;
  if (key == "M02" || key == "M05" || key == "M08" || key == "M21") return knows_.birth_date;
  if (key == "M03") return "1 " + knows_.birth_date;
  if (key == "M09" || key == "M10") return "1";
  if (key == "M11") {
    code_ = value_of(told, "kode");
    if (character_ == Character::hasty && chance_.chance(400)) return wrong_code();
    return code_;
  }
  if (key == "M12" || key == "M47")
    return character_ == Character::objector ? std::optional<std::string>("BUKAN") : std::nullopt;
  if (key == "M13") {
    if (character_ == Character::thief) return wrong_code();
    return std::nullopt;  // the code comes by another message, or from its owner by word of mouth
  }
  if (key == "M15") return character_ == Character::thief ? wrong_code() : std::string("ULANG");
  if (key == "M16" || key == "M17" || key == "M50" || key == "M53") return "ULANG";
  if (key == "M24") return character_ == Character::generated ? "1" : "2";
  if (key == "M25" || key == "M27" || key == "M28" || key == "M29" || key == "M30")
    return secret_password();
  if (key == "M26") {
    if (character_ == Character::hasty && chance_.chance(300)) return password_ + "x";
    return password_;
  }
  if (key == "M32" || key == "M33" || key == "M42" || key == "M51" || key == "M55")
    finished_ = true;
  if (key == "M33") secrets_.push_back(value_of(told, "sandi"));
  if (key == "M38") return begin();
  if (key == "M18" || key == "M19" || key == "M20" || key == "M43" || key == "M49" ||
      key == "M52" || key == "M07" || key == "M45" || key == "M46" || key == "M35" || key == "M36")
    finished_ = true;
  return std::nullopt;
}

// ---- on screens

std::string Teacher::guess_on_screen(const std::string& key) {
  if (key == "U01" && chance_.chance(200)) return std::to_string(chance_.next() % 7);
  if (key == "U01" && std::exchange(begun_, true)) return "2";
  if (key == "U03") return "2";
  if (key == "U05") return only_name();
  if (key == "U06") return knows_.birth_date;
  if (key == "U09") return wrong_code();
  if (key == "U07" || key == "U13") return chance_.chance(800) ? "1" : "2";
  return "1";
}

std::optional<std::string> Teacher::answer_screen(const std::string& shown) {
  const std::string key = shown.substr(0, 3);
  if (finished_ || ++answers_ > 60) {
    finished_ = true;
    return std::nullopt;
  }
  if (character_ == Character::stranger) return guess_on_screen(key);
  if (character_ == Character::noise)
    return chance_.chance(700) ? std::to_string(chance_.next() % 10) : nonsense();
  const bool about_others = character_ == Character::borrower || character_ == Character::thief;
  if (key == "U01") return std::exchange(begun_, true) ? "2" : "1";
  if (key == "U02") return about_others ? "2" : "1";
  if (key == "U03") return "2";  // SD
  if (key == "U05") return only_name();
  if (key == "U06") return knows_.birth_date;
  if (key == "U09" && character_ == Character::thief) return wrong_code();
  if (key == "U09") {
    if (code_.empty()) return std::nullopt;
    return character_ == Character::hasty && chance_.chance(400) ? wrong_code() : code_;
  }
  if (key == "U10") return character_ == Character::generated ? "1" : "2";
  if (key == "U11") return secret_password();
  if (key == "U12")
    return character_ == Character::hasty && chance_.chance(300) ? password_ + "x" : password_;
  return "1";
}

}  // namespace pulih::simulation
