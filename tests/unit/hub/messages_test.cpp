// Messages: each kind is read as it was written, verifiers whatever their form, and octets that are
// no message are refused.
#include "daemon/hub/messages.hpp"

#include <catch2/catch.hpp>

#include "daemon/hub/verifiers.hpp"
#include "tests/unit/hub/drawn.hpp"
#include "tests/unit/hub/memory_central.hpp"

namespace pulih::hub {
namespace {

std::vector<std::uint8_t> written(std::uint64_t number, const Request& request) {
  Writer out;
  put(out, number, request);
  return {out.plain().begin(), out.plain().end()};
}
std::vector<std::uint8_t> written(std::uint64_t number, const Answer& answer) {
  Writer out;
  put(out, number, answer);
  return {out.plain().begin(), out.plain().end()};
}

std::vector<std::vector<std::uint8_t>> one_of_each() {
  std::vector<std::vector<std::uint8_t>> all;
  auto change = made_up_change(7);
  change.change_at_login = true;
  change.change_before = accounts::Instant(std::chrono::seconds(1'800'000'000));
  change.sealed = {1, 2, 3};
  all.push_back(written(1, ask::Meet{{{12, UINT64_MAX}, 5}}));
  all.push_back(written(2, ask::Apply{accounts::Instant(), {change, made_up_change(8)}}));
  all.push_back(written(3, ask::Open{{change.id, 1234567, 0, "budi12@guru.sd", 2, {}}}));
  all.push_back(written(4, ask::Changes{central::Feed::urgent, "a place", 500, 8}));
  all.push_back(written(4, ask::Further{4}));
  all.push_back(written(5, ask::Fingerprints{77, 1'000}));
  all.push_back(written(6, ask::Rows{78}));
  all.push_back(written(7, ask::Contacts{1'234, 100}));
  std::vector<central::Row> rows;
  for (std::uint64_t number = 0; number < 9; ++number)
    rows.push_back(MemoryCentral::made_up(number));
  std::vector<central::ContactChange> contacts(1);
  contacts[0].id = "budi12@guru.sd";
  all.push_back(written(
      1,
      central::Welcome{6, {9, 9}, true, "papua", accounts::Instant(std::chrono::seconds{5}), 300}));
  all.push_back(written(2, told::Verdicts{{central::Verdict::applied, central::Verdict::altered}}));
  all.push_back(written(3, told::Opened{}));
  central::Page page;
  page.next = "here";
  page.behind = 1'234;
  for (const auto& row : rows) page.rows.push_back(MemoryCentral::copy_of(row));
  all.push_back(written(4, std::move(page)));
  all.push_back(written(5, told::Fingerprints{{{77, 3, {1, 2}}, {80, 1'024, {3}}}}));
  all.push_back(written(6, told::Rows{std::move(rows)}));
  all.push_back(written(7, told::Contacts{std::move(contacts)}));
  all.push_back(written(8, central::Unavailable{"the database is away"}));
  return all;
}

TEST_CASE("a message that is read and written again is the same", "[hub][messages]") {
  for (const auto& message : one_of_each()) {
    INFO("kind " << int(message.front()));
    if (message.front() < 0x80) {
      const auto read = read_request(message);
      REQUIRE(read);
      CHECK(written(read->number, read->what) == message);
    } else {
      const auto read = read_answer(message);
      REQUIRE(read);
      CHECK(written(read->number, read->what) == message);
    }
  }
}

TEST_CASE("what is too short, too long or of no kind is no message", "[hub][messages]") {
  for (auto message : one_of_each()) {
    for (std::size_t cut = 0; cut < message.size(); ++cut) {
      CHECK_FALSE(read_request(std::span(message).first(cut)));
      CHECK_FALSE(read_answer(std::span(message).first(cut)));
    }
    message.push_back(0);
    CHECK_FALSE(read_request(message));
    CHECK_FALSE(read_answer(message));
    message.front() = 0x40;
    CHECK_FALSE(read_request(message));
  }
}

TEST_CASE("damaged messages are read without a crash", "[hub][messages]") {
  Drawn draw(4);
  for (const auto& good : one_of_each())
    for (int round = 0; round < 2'000; ++round) {
      auto bad = good;
      for (std::uint64_t i = 0, turns = 1 + draw(3); i < turns; ++i)
        bad[draw(bad.size())] = static_cast<std::uint8_t>(draw.next());
      (void)read_request(bad);
      (void)read_answer(bad);
    }
}

TEST_CASE("a verifier comes through in its own words", "[hub][messages]") {
  const std::string whole = made_up_change(1).verifier;
  for (const auto& verifier :
       {whole, whole.substr(0, whole.size() - 1), whole + "=", std::string(), std::string("plain"),
        std::string("$argon2id$v=19$m=019,t=2,p=1$AA$AA"), std::string("$argon2id$v=19$m=19"),
        std::string("$argon2id$v=19$m=19,t=2,p=1$A?$AA"),
        std::string("$argon2id$v=19$m=19,t=2,p=1$AB$AA")}) {
    Writer out;
    put_verifier(out, verifier);
    Reader in(out.plain());
    CHECK(get_verifier(in) == verifier);
    CHECK(in.done());
  }
  Writer out;
  put_verifier(out, whole);
  CHECK(out.plain().size() == 56);  // of 97 characters: 48 octets of salt and hash, and the rest
}

}  // namespace
}  // namespace pulih::hub
