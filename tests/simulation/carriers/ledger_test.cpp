// The ledger is what the carriers' simulation is believed by, so each fault that it must see is
// shown to it here, and each double that nobody could have prevented is let pass.
#include "tests/simulation/carriers/ledger.hpp"

#include <catch2/catch.hpp>

namespace pulih::simulation {
namespace {

using phone::Fault;

struct Silent final : engine::Carriers {
  engine::CarrierKey route(accounts::Msisdn, engine::CarrierKey) override { return 1; }
  std::size_t room(engine::CarrierKey) override { return 1; }
  void send(engine::Outgoing message) override { texts.emplace_back(message.text.reveal()); }
  void answer(const engine::Ack&, engine::Answer) override {}
  void show(engine::NextScreen) override {}
  void call_back(engine::CallBack) override {}
  void flush() override {}
  std::vector<std::string> texts;
};

const std::string number = "6281100000001";

struct Book {
  Silent carriers;
  Ledger ledger{carriers};

  // So many messages to her, each with its number in it.
  explicit Book(engine::OutboundId messages) {
    for (engine::OutboundId id = 1; id <= messages; ++id)
      ledger.send(
          {id, 1, accounts::Msisdn::from_value(6281100000001), accounts::Secret("M37"), {}});
  }
  void taken(std::size_t id, std::uint64_t connection, Fault fault = Fault::none) {
    ledger.taken(connection, number, carriers.texts.at(id - 1), fault);
  }
};

}  // namespace

TEST_CASE("a message is numbered behind its text", "[ledger]") {
  const Book book(2);
  CHECK(book.carriers.texts == std::vector<std::string>{"M37 #1", "M37 #2"});
  CHECK(Ledger::read("M37 #2")->id == 2);
  CHECK(Ledger::read("M37 #2")->text == "M37");
  CHECK_FALSE(Ledger::read("M37"));
  CHECK_FALSE(Ledger::read("M37 #2x"));
}

TEST_CASE("what is taken and heard of once is no fault, and all is over", "[ledger]") {
  Book book(2);
  for (std::size_t id : {1u, 2u}) {
    CHECK_FALSE(book.ledger.all_over());
    book.taken(id, 1);
    book.ledger.over(id);
  }
  CHECK(book.ledger.all_over());
  CHECK(book.ledger.sums().faults() == 0);
}

TEST_CASE("a double is let pass where its answer was kept back or cut off", "[ledger]") {
  Book book(2);
  book.taken(1, 1);
  book.ledger.gone(1);
  book.taken(1, 2);
  book.ledger.over(1);
  book.taken(2, 2, Fault::response_lost);
  book.taken(2, 2);
  book.ledger.over(2);
  CHECK(book.ledger.sums().doubled_by_cuts == 1);
  CHECK(book.ledger.sums().doubled_by_kept_answers == 1);
  CHECK(book.ledger.sums().faults() == 0);
}

TEST_CASE("a double for no reason is a fault, and so is one after the answer was heard",
          "[ledger]") {
  Book book(2);
  book.taken(1, 1);
  book.taken(1, 2);
  CHECK(book.ledger.sums().doubled_unexplained == 1);
  book.ledger.over(1);
  book.ledger.gone(2);
  book.taken(1, 3);
  CHECK(book.ledger.sums().doubled_after_answer == 1);
  CHECK(book.ledger.told().size() == 2);
}

TEST_CASE("what overtakes, is lost or comes to somebody else is a fault", "[ledger]") {
  Book book(4);
  book.taken(2, 1);
  book.taken(1, 1);
  CHECK(book.ledger.sums().overtaken == 1);
  book.ledger.taken(1, "6281100000002", "M37 #3", Fault::none);
  book.ledger.taken(1, number, "M37", Fault::none);
  CHECK(book.ledger.sums().unreadable == 2);
  book.ledger.over(4);  // and no network took it
  for (engine::OutboundId id : {1u, 2u}) book.ledger.over(id);
  CHECK(book.ledger.sums().lost == 2);  // the third one as well
}

}  // namespace pulih::simulation
