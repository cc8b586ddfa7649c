// The worked example of docs/sync.md against the program: whoever writes the other side from that
// page gets these octets.
#include <catch2/catch.hpp>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>

#include "daemon/central/block_hash.hpp"
#include "daemon/hub/talk.hpp"

namespace pulih::hub {
namespace {

// The octets of the block "```hex NAME" of the page.
Octets documented(const std::string& name) {
  std::ifstream file(std::string(PULIH_SOURCE_DIR) + "/docs/sync.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const std::string mark = "```hex " + name + "\n";
  const auto begin = page.find(mark);
  REQUIRE(begin != page.npos);
  const auto end = page.find("```", begin + mark.size());
  Octets octets;
  std::istringstream lines(page.substr(begin + mark.size(), end - begin - mark.size()));
  for (std::string line; std::getline(lines, line);)
    // Behind two blanks stands what they mean.
    for (std::size_t at = 0; at + 1 < std::min(line.find("  "), line.size()); at += 3) {
      std::uint8_t octet = 0;
      std::from_chars(line.data() + at, line.data() + at + 2, octet, 16);
      octets.push_back(octet);
    }
  return octets;
}

// As the page has them, to be copied from a failure.
std::string spaced(std::span<const std::uint8_t> octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const auto octet : octets) {
    text += digits[octet >> 4];
    text += digits[octet & 0x0F];
    text += ' ';
  }
  return text;
}
template <class What>
std::string as_written(std::uint64_t number, const What& what) {
  Writer out;
  put(out, number, what);
  return spaced(out.plain());
}

central::Page documented_page() {
  central::Page page;
  page.next = "9";
  page.rows.resize(2);
  auto& row = page.rows[0];
  row.number = 100;
  row.row_version = 7;
  row.id = "budi12@guru.sd";
  row.password_version = 1;
  row.identity_version = 3;
  row.birth_date = accounts::BirthDate(19'850'817);
  row.phone = accounts::Msisdn::from_value(6281100000001);
  row.email = accounts::Secret("budi12@example.org");
  page.rows[1].number = 105;
  page.rows[1].row_version = 9;
  page.rows[1].gone = true;
  page.rows[1].activated = false;
  return page;
}

// A change, and one that is withdrawn.
ask::Apply documented_changes() {
  ask::Apply apply;
  apply.now = accounts::Instant(std::chrono::seconds{1'700'000'000});
  apply.changes.resize(2);
  auto& change = apply.changes[0];
  change.id.fill(0x11);
  change.account_id = "budi12@guru.sd";
  change.base_password_version = 1;
  change.base_identity_version = 3;
  change.verifier = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA";
  auto& withdrawn = apply.changes[1];
  withdrawn.id.fill(0x22);
  withdrawn.account_id = "siti5@guru.sd";
  withdrawn.base_password_version = 200;
  withdrawn.base_identity_version = central::withdrawn_version;
  withdrawn.verifier = "$argon2id$x";
  withdrawn.change_at_login = true;
  withdrawn.change_before = apply.now + std::chrono::hours{72};
  withdrawn.sealed = {0xAA, 0xBB};
  return apply;
}

TEST_CASE("the worked examples of the page for what is asked and answered", "[hub][docs]") {
  CHECK(spaced(documented("apply")) == as_written(2, Request(documented_changes())));
  CHECK(spaced(documented("verdicts")) ==
        as_written(
            2, Answer(told::Verdicts{{central::Verdict::applied, central::Verdict::superseded}})));
  CHECK(spaced(documented("changes")) ==
        as_written(4, Request(ask::Changes{central::Feed::all, "now", 500, 4})));
  central::BlockHash block(0);
  for (const auto& row : documented_page().rows)
    if (!row.gone) block.add(row.number, row.row_version);
  block.add(1'023, 12);
  CHECK(spaced(documented("fingerprints")) ==
        as_written(5, Answer(told::Fingerprints{{block.fingerprint()}})));
  CHECK(spaced(documented("unavailable")) ==
        as_written(
            6, Answer(central::Unavailable{"another copy", central::Unavailable::Kind::fenced})));
}

TEST_CASE("the worked example of the page is what the program writes", "[hub][docs]") {
  const Request meet = ask::Meet{{{12, 34}, 5}};
  Talk gateway(Talk::Side::gateway);
  CHECK(spaced(documented("preface")) == spaced(*gateway.next_frame()));
  CHECK(spaced(documented("meet")) == as_written(1, meet));
  central::Welcome welcome{
      6, {}, false, "papua", accounts::Instant(std::chrono::seconds{1'700'000'000}), 105};
  welcome.epoch.fill(7);
  CHECK(spaced(documented("welcome")) == as_written(1, Answer(welcome)));
  CHECK(spaced(documented("page")) == as_written(4, Answer(documented_page())));
  Talk leaving(Talk::Side::hub);
  leaving.farewell({Farewell::revoked, "revoked"});
  CHECK(spaced(documented("farewell")) == spaced(*leaving.next_frame()));

  Writer message;
  put(message, 1, meet);
  gateway.send(Lane::urgent, std::move(message));
  INFO("this zstd writes " << spaced(*gateway.next_frame()));
  Talk hub(Talk::Side::hub);
  REQUIRE(hub.receive(documented("preface")));
  REQUIRE(hub.receive(documented("meet-frame")));
  const auto heard = hub.next_message();
  REQUIRE(heard);
  CHECK(spaced(heard->message) == as_written(1, meet));
}

}  // namespace
}  // namespace pulih::hub
