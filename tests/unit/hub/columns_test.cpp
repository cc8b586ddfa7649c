// Rows and numbers as columns: what is written is read again, extremes included, and octets that
// nobody wrote are refused without a crash and without more memory than they could hold.
#include "daemon/hub/columns.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/hub/drawn.hpp"
#include "tests/unit/hub/memory_central.hpp"

namespace pulih::hub {
namespace {

bool same(const central::Row& a, const central::Row& b) {
  return a.number == b.number && a.row_version == b.row_version && a.gone == b.gone &&
         a.id == b.id && a.birth_date.reveal() == b.birth_date.reveal() && a.phone == b.phone &&
         a.email == b.email && a.activated == b.activated && a.locked == b.locked &&
         a.contact_changed == b.contact_changed && a.password_version == b.password_version &&
         a.identity_version == b.identity_version;
}

void check_round_trip(const std::vector<central::Row>& rows) {
  Writer out;
  put_rows(out, rows);
  Reader in(out.plain());
  const auto read = get_rows(in);
  CHECK(in.done());
  REQUIRE(read.size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) CHECK(same(read[i], rows[i]));
}

central::Row with(std::string id, std::string_view email, std::uint32_t birth_date) {
  auto row = MemoryCentral::made_up(3);
  row.id = std::move(id);
  row.email = accounts::Secret(email);
  row.birth_date = accounts::BirthDate(birth_date);
  return row;
}

TEST_CASE("columns of numbers are read as they were written, whichever way is smallest",
          "[hub][columns]") {
  Drawn draw(2);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::uint64_t> values;
    const auto bits = draw(65), kind = draw(4);
    for (std::uint64_t i = 0, count = draw(300); i < count; ++i) {
      const auto value = bits == 0 ? 0 : draw.next() >> (64 - bits);
      values.push_back(kind == 0 || values.empty() ? value
                       : kind == 1                 ? values.back() + value % 7
                       : kind == 2                 ? values.back() - value % 1'000
                                                   : values.front());
    }
    Writer out;
    put_numbers(out, values);
    Reader in(out.plain());
    CHECK(get_numbers(in, values.size()) == values);
    CHECK(in.done());
  }
}

TEST_CASE("rows are read as they were written", "[hub][columns]") {
  std::vector<central::Row> rows;
  check_round_trip(rows);
  for (std::uint64_t number = 0; number < 700; ++number) {
    rows.push_back(MemoryCentral::made_up(number * 977));
    rows.back().row_version = number * 3;
    rows.back().locked = number % 50 == 0;
    rows.back().activated = number % 40 != 0;
    if (number % 9 == 0) {  // a tombstone has a number and a version
      rows.back() = {};
      rows.back().number = number;
      rows.back().row_version = number;
      rows.back().gone = true;
      rows.back().activated = false;
    }
  }
  check_round_trip(rows);
}

TEST_CASE("odd values of rows survive", "[hub][columns]") {
  std::vector<central::Row> rows;
  rows.push_back(with("", "", 0));
  rows.push_back(with("budi12", "budi12", 19'850'817));
  rows.push_back(with("budi12@guru.sd", "budi12@example.org", 19'851'332));
  rows.push_back(with("@guru.sd", "@", 20'991'231));
  rows.push_back(with("a@b@c", "a@b@d", 4'294'967'295));
  rows.push_back(with("budi12@guru.sd", "budi1@example.org", 17'990'101));
  rows.push_back(with(std::string(300, 'x'), std::string(318, 'y') + "@z", 20'751'231));
  rows.back().contact_changed = accounts::Instant(std::chrono::seconds(-5));
  rows.back().phone = accounts::Msisdn();
  rows.back().number = rows.back().row_version = UINT64_MAX;
  rows.back().password_version = rows.back().identity_version = UINT32_MAX;
  check_round_trip(rows);
  // What no reader would take is left empty, so that the rows beside it come through.
  rows.back().id = std::string(321, 'x');
  Writer out;
  put_rows(out, rows);
  Reader in(out.plain());
  CHECK(get_rows(in).back().id.empty());
  // More domains than a table of them holds.
  rows.clear();
  for (int i = 0; i < 600; ++i)
    rows.push_back(with("budi@d" + std::to_string(i), "budi@e" + std::to_string(i), 0));
  check_round_trip(rows);
}

TEST_CASE("octets that are no rows are refused", "[hub][columns]") {
  Drawn draw(3);
  std::vector<central::Row> rows;
  for (std::uint64_t number = 0; number < 40; ++number)
    rows.push_back(MemoryCentral::made_up(number));
  Writer out;
  put_rows(out, rows);
  const std::vector<std::uint8_t> good(out.plain().begin(), out.plain().end());
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    Reader in{std::span(good).first(cut)};
    CHECK(get_rows(in).empty());
    CHECK_FALSE(in.good());
  }
  for (int round = 0; round < 20'000; ++round) {
    auto bad = good;
    for (std::uint64_t i = 0, turns = 1 + draw(3); i < turns; ++i)
      bad[draw(bad.size())] = static_cast<std::uint8_t>(draw.next());
    Reader in{bad};
    const auto read = get_rows(in);
    CHECK((in.good() || read.empty()));
    const auto noise = draw.octets(draw(200));
    Reader other{noise};
    (void)get_rows(other);
  }
}

}  // namespace
}  // namespace pulih::hub
