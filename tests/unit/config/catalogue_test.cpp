// The texts as a translator meets them: the two that are shipped are good whatever a site offers,
// and each thing that can be wrong with one is refused with its file, its line and what to do.
#include "config/catalogue.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

namespace {

namespace fs = std::filesystem;
using namespace pulih::config;
using Catch::Contains;
using pulih::conversation::Offers;

const fs::path shipped = fs::path(PULIH_SOURCE_DIR) / "config/dialogue";
const SiteWords words{"belajar.example", "Sen-Jum 09.00-17.00", "tarif SMS biasa", "*888#"};

std::string id_yaml() {
  std::ostringstream text;
  text << std::ifstream(shipped / "id.yaml").rdbuf();
  return text.str();
}

// All errors, one to a line, of id.yaml with one text replaced; empty when it is good.
std::string errors_with(const std::string& from, const std::string& to, Offers offers = {}) {
  auto text = id_yaml();
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  const fs::path file = fs::temp_directory_path() / "pulih-catalogue-test.yaml";
  std::ofstream(file) << text;
  const auto read = read_catalogue(file, words, offers, {});
  fs::remove(file);
  std::string all;
  if (!read)
    for (const auto& error : read.error()) all += error.text() + "\n";
  return all;
}

}  // namespace

TEST_CASE("the shipped texts are good whatever a site offers", "[catalogue]") {
  for (const char* file : {"id.yaml", "en.yaml"})
    for (const bool email : {false, true})
      for (const bool school : {false, true}) {
        const auto read = read_catalogue(shipped / file, words, {email, school}, {});
        INFO(file << " email " << email << " school " << school);
        if (!read) FAIL(read.error().front().text());
      }
}

TEST_CASE("a text that is missing is named", "[catalogue]") {
  CHECK_THAT(errors_with("  M36: ", "  X36: "), Contains("M36"));
}

TEST_CASE("a key that nobody asks for is an error, since it is a misspelt one", "[catalogue]") {
  CHECK_THAT(errors_with("  M36: ", "  M99: \"x\"\n  M36: "), Contains("M99"));
}

TEST_CASE("a text that stands there twice is an error", "[catalogue]") {
  CHECK_THAT(errors_with("  M36: ", "  M36: \"Batal.\"\n  M36: "), Contains("M36"));
}

TEST_CASE("a blank that is unknown, or that this text is not given, is an error", "[catalogue]") {
  CHECK_THAT(errors_with("Dibatalkan.", "Dibatalkan {siapa}."), Contains("siapa"));
  CHECK_THAT(errors_with("Dibatalkan.", "Dibatalkan {kode}."), Contains("kode"));
  CHECK_THAT(errors_with("Dibatalkan.", "Dibatalkan {kode."), Contains("M36"));
}

TEST_CASE("a condition that is not closed or not known is an error", "[catalogue]") {
  CHECK_FALSE(errors_with("Dibatalkan.", "Dibatalkan {surel? ya.").empty());
  CHECK_FALSE(errors_with("Dibatalkan.", "Dibatalkan {merpati? ya}.").empty());
}

TEST_CASE("a text longer than one SMS with its longest values is an error", "[catalogue]") {
  const auto told = errors_with("Dibatalkan.", "Dibatalkan" + std::string(160, '.'));
  CHECK_THAT(told, Contains("M36") && Contains("160"));
}

TEST_CASE("a length is measured with what the site offers", "[catalogue]") {
  const std::string long_condition = "Dibatalkan{surel?" + std::string(100, '.') + "}";
  CHECK(errors_with("Dibatalkan.", long_condition).empty());
  CHECK_THAT(errors_with("Dibatalkan.", long_condition, {true, false}), Contains("M36"));
}

TEST_CASE("a character that GSM 7 bit lacks is an error", "[catalogue]") {
  CHECK_THAT(errors_with("Dibatalkan.", "Dibatalkan…"), Contains("M36"));
}

TEST_CASE("every error comes at once, with file, line and column", "[catalogue]") {
  const auto told = errors_with("  M36: \"Dibatalkan.", "  M99: \"x\"\n  M36: \"{siapa}");
  CHECK_THAT(told, Contains("M99") && Contains("siapa") && Contains("pulih-catalogue-test.yaml:"));
}

TEST_CASE("what is no YAML, or no file, is refused with a hint", "[catalogue]") {
  CHECK_FALSE(errors_with("texts:", "texts: [").empty());
  const auto read = read_catalogue("no/such/file.yaml", words, {}, {});
  REQUIRE_FALSE(read);
  CHECK_THAT(read.error().front().text(), Contains("no/such/file.yaml"));
}
