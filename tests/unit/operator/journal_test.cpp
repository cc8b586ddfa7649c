// The journal: what an entry holds, how it reads on a terminal, and that telling an event never
// waits for whoever takes the lines.
#include "daemon/operator/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <future>
#include <string>
#include <vector>

#include "daemon/operator/entry.hpp"
#include "daemon/operator/notices.hpp"
#include "daemon/operator/outputs.hpp"
#include "tests/unit/operator/collected.hpp"

using namespace pulih::operators;
using pulih::accounts::Msisdn;
using pulih::accounts::Secret;

namespace {

constexpr std::chrono::system_clock::time_point at{std::chrono::seconds{1'795'446'245}};

}  // namespace

TEST_CASE("an entry holds message, id, priority, site and its fields", "[journal]") {
  const auto output = std::make_shared<Collected>();
  {
    Journal journal("nabire", 64, output);
    journal.event(event::carrier_bound, "bound as transceiver",
                  {{"CARRIER", "simulator"}, {"BIND", 1}});
  }
  REQUIRE(output->entries.size() == 1);
  CHECK(output->entries[0] == Entry{"MESSAGE=bound as transceiver",
                                    "MESSAGE_ID=" + std::string(event::carrier_bound.id),
                                    "PRIORITY=5", "SITE=nabire", "CARRIER=simulator", "BIND=1"});
}

TEST_CASE("a telephone number is masked in a field, and a secret does not fit in one",
          "[journal]") {
  const auto number = *Msisdn::from_normal_form("6281100001234");
  CHECK(Field("PHONE", number).value() == number.masked());
  CHECK(Field("PHONE", number).value().find("00001") == std::string_view::npos);
  static_assert(!std::is_constructible_v<Field, FieldName, const Secret&>);
  static_assert(!std::is_constructible_v<Field, FieldName, Secret>);
}

TEST_CASE("a line on a terminal reads from left to right", "[journal]") {
  const auto entry = packed_entry(event::carrier_bound, "bound as transceiver", "nabire",
                                  {{"CARRIER", "simulator"}, {"STATUS", "in force"}});
  CHECK(readable_line(entry, at) ==
        "2026-11-23T15:04:05Z NOTICE carrier=simulator status=\"in force\" bound as transceiver\n");
}

TEST_CASE("nothing that a peer sent can forge a line or a field", "[journal]") {
  const std::string_view forged("x\n2026-11-23T15:04:05Z ERROR forged\x1b[2J\0PRIORITY=0", 53);
  const auto entry = packed_entry(event::carrier_garbage, forged, "", {{"CARRIER", forged}});
  CHECK(fields_of(entry).size() == 4);
  const auto line = readable_line(entry, at);
  CHECK(std::count(line.begin(), line.end(), '\n') == 1);
  CHECK(line.find('\x1b') == line.npos);
  CHECK(line.starts_with("2026-11-23T15:04:05Z WARNING "));
}

TEST_CASE("when nobody takes the lines the oldest are dropped, and their number is told",
          "[journal]") {
  constexpr std::size_t room = 8, told = 100;
  const auto output = std::make_shared<Collected>();
  std::promise<void> open;
  output->gate = open.get_future().share();
  {
    Journal journal("", room, output);
    journal.event(event::started, "0");
    output->reached.get_future().wait();  // its thread now waits, as on a stopped journald
    for (std::size_t i = 1; i <= told; ++i) journal.event(event::ready, std::to_string(i));
    CHECK(journal.dropped() == told - room);
    open.set_value();
  }
  const auto& entries = output->entries;
  REQUIRE(entries.size() == 1 + 1 + room);
  CHECK(entries[0][0] == "MESSAGE=0");
  CHECK(entries[1][0] == "MESSAGE=92 journal lines were dropped");
  CHECK(entries[1].back() == "LINES=92");
  CHECK(entries[2][0] == "MESSAGE=93");
  CHECK(entries.back()[0] == "MESSAGE=100");
}

TEST_CASE("lines go to a file as they are", "[journal]") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  {
    Journal journal("nabire", 64, line_output(ends[1]));
    journal.event(event::stopping, "asked by SIGTERM");
  }
  ::close(ends[1]);
  std::array<char, 256> text{};
  const auto octets = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  REQUIRE(octets > 0);
  const std::string_view line(text.data(), static_cast<std::size_t>(octets));
  CHECK(line.find("Z NOTICE asked by SIGTERM\n") == 19);
}

TEST_CASE("journald is spoken to only if it reads our standard error", "[journal]") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  struct stat stream {};
  REQUIRE(::fstat(ends[1], &stream) == 0);
  const auto named = std::to_string(stream.st_dev) + ":" + std::to_string(stream.st_ino);
  CHECK(is_journal_stream(named.c_str(), ends[1]));
  CHECK_FALSE(is_journal_stream((named + "1").c_str(), ends[1]));
  for (const char* other : {static_cast<const char*>(nullptr), "", ":", "8:1", "8", "8:1x", "x:y"})
    CHECK_FALSE(is_journal_stream(other, ends[1]));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("what the engine notices becomes an event with the masked number", "[journal]") {
  using What = pulih::engine::Notice::What;
  const auto output = std::make_shared<Collected>();
  {
    Journal journal("", 64, output);
    Notices notices(journal, {{42, "telkomsel"}});
    notices.noticed({What::store_failed, "commit: disk full: free some space"});
    notices.noticed({What::account_paused, "62811…234"});
    notices.noticed({What::record_damaged, "person"});
    notices.noticed({What::central_away, ""});
    notices.noticed({What::code_undelivered, "62811…234", 42});
    notices.noticed({What::message_expired, "62811…234", 43});
    notices.noticed({What::operations_old, "61"});
    notices.noticed({What::operation_given_up, "operation"});
  }
  REQUIRE(output->entries.size() == 8);
  CHECK(output->entries[6][0] ==
        "MESSAGE=changes wait long for the central database, the oldest for 61 minutes");
  CHECK(output->entries[6][1] == "MESSAGE_ID=" + std::string(event::operations_old.id));
  CHECK(output->entries[6].back() == "MINUTES=61");
  CHECK(output->entries[7][1] == "MESSAGE_ID=" + std::string(event::operation_given_up.id));
  CHECK(output->entries[0][0] == "MESSAGE=commit: disk full: free some space");
  CHECK(output->entries[0][2] == "PRIORITY=2");
  CHECK(output->entries[1].back() == "PHONE=62811…234");
  CHECK(output->entries[2].back() == "RECORD=person");
  CHECK(output->entries[3][1] == "MESSAGE_ID=" + std::string(event::central_unavailable.id));
  CHECK(output->entries[4][1] == "MESSAGE_ID=" + std::string(event::outbound_undeliverable.id));
  CHECK(output->entries[4].back() == "PHONE=62811…234");
  CHECK(*std::prev(output->entries[4].end(), 2) == "CARRIER=telkomsel");
  CHECK(*std::prev(output->entries[5].end(), 2) == "CARRIER=(not configured)");
}
