// One thing that is wrong in a configuration file or a catalogue of texts: where it stands, what is
// wrong and what to write instead. It never repeats the value of a secret.
#pragma once
#include <string>

namespace pulih::config {

struct ConfigError {
  std::string file;
  int line = 0, column = 0;  // from 1; 0: the file as a whole
  std::string what;
  std::string hint{};  // what to write or to type; may be empty

  // "pulih.yaml:12:5: what; hint", as compilers say it, so that editors jump there.
  std::string text() const {
    std::string place = file;
    if (line > 0) place += ":" + std::to_string(line) + ":" + std::to_string(column);
    return place + ": " + what + (hint.empty() ? "" : "; " + hint);
  }
};

}  // namespace pulih::config
