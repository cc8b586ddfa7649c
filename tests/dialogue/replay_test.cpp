// The golden dialogues: every transcript comes out as it is written down, and together they show
// every pair of state and text that rows.txt demands and no other. After a change of wording run it
// with PULIH_UPDATE=1 and read the difference.
#include "tests/dialogue/replay.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace pulih::dialogue {
namespace {

const std::filesystem::path folder = PULIH_SOURCE_DIR "/tests/dialogue";

std::string whole(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::vector<std::filesystem::path> transcripts() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "transcripts"))
    found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

std::set<std::string> demanded() {
  std::ifstream stream(folder / "rows.txt");
  std::set<std::string> rows;
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::string state, key;
    if (!(words >> state) || state.starts_with("#")) continue;
    while (words >> key) rows.insert(state + " " + key);
  }
  return rows;
}

}  // namespace

TEST_CASE("every transcript is told again word for word", "[dialogue]") {
  const bool update = std::getenv("PULIH_UPDATE") != nullptr;
  REQUIRE(transcripts().size() >= 20);
  for (const auto& file : transcripts()) {
    const auto now = replay(file).text;
    if (update) std::ofstream(file) << now;
    std::istringstream written(whole(file)), told(now);
    std::string expected, line;
    for (int number = 1; std::getline(told, line); ++number) {
      std::getline(written, expected);
      INFO(file.filename().string() << ":" << number);
      REQUIRE(line == expected);
    }
    INFO(file.filename().string() << " is longer than what was told");
    CHECK_FALSE(std::getline(written, expected));
  }
}

TEST_CASE("the transcripts show every row of the transition table", "[dialogue]") {
  std::set<std::string> seen;
  for (const auto& file : transcripts()) seen.merge(replay(file).pairs);
  const auto rows = demanded();
  for (const auto& row : rows) {
    INFO("no transcript shows " << row);
    CHECK(seen.contains(row));
  }
  for (const auto& pair : seen) {
    INFO("rows.txt does not list " << pair);
    CHECK(rows.contains(pair));
  }
}

}  // namespace pulih::dialogue
