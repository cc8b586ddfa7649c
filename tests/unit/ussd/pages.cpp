// A text that is longer than a screen is read page by page, and nothing of it is lost.
#include <catch2/catch.hpp>

#include "protocols/ussd/screen.hpp"

namespace pulih::ussd {

using Pages = std::vector<std::string>;

TEST_CASE("a text that fits is one page, as it is", "[ussd]") {
  CHECK(pages("Jenjang?\n1 SD", 20, "\n9 >") == Pages{"Jenjang?\n1 SD"});
  CHECK(pages("", 20, "\n9 >") == Pages{""});
}

TEST_CASE("pages break between lines, else between words, else anywhere", "[ussd]") {
  CHECK(pages("Jenjang?\n1 SD\n2 SMP\n3 SMA", 20, "\n9 >") ==
        Pages{"Jenjang?\n1 SD\n9 >", "2 SMP\n3 SMA"});
  CHECK(pages("satu dua tiga empat lima", 16, "\n9 >") ==
        Pages{"satu dua\n9 >", "tiga empat lima"});
  CHECK(pages("abcdefghijklmnop", 10, "\n9 >") == Pages{"abcdef\n9 >", "ghijklmnop"});
}

TEST_CASE("characters that cost two septets are counted as two, and none is cut", "[ussd]") {
  for (const auto& page : pages("[[[[[[[[[[", 9, ">"))
    CHECK(Screen(Dialect{.longest = 40}, {}, 0, page, Screen::Kind::asks).good());
  CHECK(pages("éééééééé", 5, ">") == Pages{"éééé>", "éééé"});
}

}  // namespace pulih::ussd
