// Any octets as a configuration: the reader must end with settings or with errors that have a
// place, and must not crash, hang or look outside of the file names that it is given.
#include "config/settings.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto settings = pulih::config::settings_from(text, "fuzzed.yaml", {});
  if (settings) return 0;
  if (settings.error().empty()) std::abort();
  for (const auto& error : settings.error())
    if (error.line < 1 || error.column < 1 || error.what.empty()) std::abort();
  return 0;
}
