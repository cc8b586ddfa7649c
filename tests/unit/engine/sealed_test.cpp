// A new password on its way to a hub that needs its text: sealed for its operation and account, and
// readable nowhere else, from the slow work over the store to what is pushed.
#include <catch2/catch.hpp>

#include "tests/unit/engine/site.hpp"

namespace pulih::engine {

TEST_CASE("a new password is pushed sealed for its own operation and account", "[engine]") {
  accounts::OpeningKey key;
  key.fill(9);
  Site site;
  site.seal_to = accounts::sealing_key(key);
  site.identify(budi);
  SECTION("made for her") {
    site.says(budi, "1");
    site.run(site.work_done());
  }
  SECTION("typed twice") {
    site.says(budi, "2");
    site.says(budi, "Ombak-di-teluk-9");
    site.run(site.work_done());
    site.says(budi, "Ombak-di-teluk-9");
    site.run(site.work_done());
  }
  SECTION("read again after a crash") {
    site.says(budi, "1");
    site.run(site.work_done());
    site.change.reset();
    site.restart();
    site.run();
  }
  REQUIRE(site.change);
  const auto text =
      accounts::open_password(site.change->sealed, site.change->operation, site.change->id, key);
  REQUIRE(text);
  CHECK(text->reveal() == "gunung-biru-sepeda-pagi");
}

TEST_CASE("without a sealing key nothing is sealed", "[engine]") {
  Site site;
  site.stage_password(budi);
  REQUIRE(site.change);
  CHECK(site.change->sealed.empty());
}

}  // namespace pulih::engine
