// The table of events against the message catalog that operators read: every event is explained,
// and nothing else is.
#include <systemd/sd-id128.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "daemon/operator/events.hpp"

using namespace pulih::operators;

namespace {

// The text of each entry by its message id.
std::map<std::string, std::string> catalog() {
  std::ifstream file(PULIH_SOURCE_DIR "/systemd/pulih.catalog");
  REQUIRE(file);
  std::map<std::string, std::string> entries;
  std::string id;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("-- ")) {
      id = line.substr(3);
      CHECK(entries.emplace(id, "").second);
    } else if (!id.empty()) {
      entries[id] += line + "\n";
    }
  }
  return entries;
}

}  // namespace

TEST_CASE("every event has a message id of its own and an entry in the catalog", "[journal]") {
  const auto entries = catalog();
  std::set<std::string_view> ids, names;
  for (const auto& event : event::all) {
    INFO(event.name);
    sd_id128_t parsed;
    CHECK(sd_id128_from_string(std::string(event.id).c_str(), &parsed) >= 0);
    CHECK(ids.insert(event.id).second);
    CHECK(names.insert(event.name).second);
    CHECK(entries.contains(std::string(event.id)));
  }
  CHECK(entries.size() == event::all.size());
}

TEST_CASE("every entry of the catalog names a cause and a command to type", "[journal]") {
  for (const auto& [id, text] : catalog()) {
    INFO(id);
    CHECK(text.starts_with("Subject: "));
    CHECK(text.find("\nDefined-By: pulih\n\n") != text.npos);
    CHECK(text.find("\n\n    ") != text.npos);
  }
}
