// The simulated carrier, seen by a gateway over real TCP: receipts as they were asked for, each
// fault as its name says, and screens that nobody dialled for.
#include "tests/phone/simulated_carrier.hpp"

#include <catch2/catch.hpp>
#include <cstring>

#include "protocols/smpp/status.hpp"

namespace pulih::phone {
namespace {

using Shown = SimulatedCarrier::Shown;
constexpr auto her_number = "6281100000001";

struct Brought {  // a deliver_sm
  std::string text, id;
  std::uint8_t esm_class = 0, operation = 0, session = 0, state = 0;
};

// A gateway that accepts everything, and its carrier.
struct Line final : smpp::Link::Owner {
  explicit Line(const char* faults = "", std::uint64_t seed = 1,
                std::chrono::milliseconds patience = std::chrono::seconds{60})
      : response_timeout(patience),
        carrier(
            io, settings(faults, seed),
            [this](const std::string&, const std::string& text, Shown how) {
              shown.emplace_back(text, how);
            },
            [this](const std::string& line) { log.push_back(line); }) {
    connect();
  }
  static CarrierSettings settings(const char* faults, std::uint64_t seed) {
    CarrierSettings settings;
    settings.port = 0;
    settings.faults = FaultPlan::read(faults, seed).value();
    settings.late = std::chrono::milliseconds{2};
    return settings;
  }
  void connect() {
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::address_v4::loopback(), carrier.port()});
    smpp::SessionSettings session;
    session.system_id = "pulih";
    session.password = "demo";
    session.response_timeout = response_timeout;
    link = std::make_shared<smpp::Link>(std::move(socket), session, *this);
    link->start();
    until([&] { return link->session().bound() && carrier.bound(); });
  }
  // The loop, until it holds; a test that hangs fails instead.
  void until(const std::function<bool()>& holds) {
    for (int idle = 0; !holds() && idle < 100;)
      if (io.run_one_for(std::chrono::milliseconds{100}) == 0) ++idle;
    REQUIRE(holds());
  }
  void send(std::string_view text, std::uint8_t registered_delivery = 0,
            smpp::Tlvs tlvs = smpp::Tlvs()) {
    smpp::SubmitSm submit;
    submit.destination = {1, 1, her_number};
    submit.registered_delivery = registered_delivery;
    submit.short_message = {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
    submit.tlvs = tlvs;
    REQUIRE(link->submit(submit, ++sent));
  }
  void show(std::string_view text, std::uint8_t operation, std::uint8_t session) {
    smpp::TlvWriter tlvs;
    tlvs.put8(smpp::tag::ussd_service_op, operation);
    tlvs.put16(smpp::tag::its_session_info, static_cast<std::uint16_t>(session << 8));
    send(text, 0, tlvs.tlvs());
  }
  // What an SMS that asks for a receipt brings about: its id, and the receipt.
  std::pair<std::string, Brought> receipt() {
    send("123456", 1);
    until([&] { return ids.size() == 1 && brought.size() == 1; });
    return {ids.front(), brought.front()};
  }

  void happened(smpp::Link& its, const smpp::Happening& happening) override {
    if (const auto* answer = std::get_if<smpp::Answered>(&happening)) {
      statuses.push_back(answer->status);
      if (answer->status == smpp::ESME_ROK) ids.emplace_back(answer->message_id);
    } else if (std::holds_alternative<smpp::Unanswered>(happening)) {
      ++unanswered;
    } else if (std::holds_alternative<smpp::Lost>(happening)) {
      ++lost;
    } else if (const auto* received = std::get_if<smpp::Received>(&happening)) {
      const auto& deliver = std::get<smpp::DeliverSm>(received->pdu.body);
      const auto& tlvs = deliver.tlvs;
      brought.push_back(
          {std::string(deliver.short_message.begin(), deliver.short_message.end()),
           std::string(tlvs.get_c_string(smpp::tag::receipted_message_id).value_or("")),
           deliver.esm_class, tlvs.get8(smpp::tag::ussd_service_op).value_or(0),
           static_cast<std::uint8_t>(tlvs.get16(smpp::tag::its_session_info).value_or(0) >> 8),
           tlvs.get8(smpp::tag::message_state).value_or(0)});
      its.session().respond(smpp::CommandId::deliver_sm, received->pdu.sequence, smpp::ESME_ROK);
    }
  }

  const std::chrono::milliseconds response_timeout;
  boost::asio::io_context io;
  std::vector<std::pair<std::string, Shown>> shown;
  std::vector<std::string> log;
  SimulatedCarrier carrier;
  std::shared_ptr<smpp::Link> link;
  std::uint64_t sent = 0;
  std::vector<std::uint32_t> statuses;
  std::vector<std::string> ids;
  std::vector<Brought> brought;
  int unanswered = 0, lost = 0;
};

}  // namespace

TEST_CASE("a message that asks for no receipt gets none, one that asks gets its own", "[carrier]") {
  Line line;
  line.send("without");
  line.until([&] { return line.ids.size() == 1; });
  line.send("123456", 1);
  line.until([&] { return line.ids.size() == 2 && line.brought.size() == 1; });
  CHECK(line.shown.size() == 2);
  const auto& receipt = line.brought.front();
  CHECK(receipt.id == line.ids[1]);
  CHECK(receipt.esm_class == 0x04);
  CHECK(receipt.state == 2);
  CHECK(receipt.text.starts_with("id:" + line.ids[1] + " sub:001 dlvrd:001 submit date:"));
  CHECK(receipt.text.find(" stat:DELIVRD err:000") != std::string::npos);
  CHECK(receipt.text.find("123456") == std::string::npos);
  CHECK(line.log.back() == "receipt of " + line.ids[1] + ", DELIVRD (001)");
}

TEST_CASE("what is refused is not shown, and its status says why", "[carrier]") {
  const std::pair<const char*, std::uint32_t> refusals[] = {
      {"throttled=100%", smpp::ESME_RTHROTTLED},
      {"queue-full=100%", smpp::ESME_RMSGQFUL},
      {"system-error=100%", smpp::ESME_RSYSERR},
      {"refused=100%", smpp::ESME_RINVDSTADR}};
  for (const auto& [faults, status] : refusals) {
    INFO(faults);
    Line line(faults);
    line.send("123456", 1);
    line.until([&] { return line.statuses.size() == 1; });
    CHECK(line.statuses.front() == status);
    CHECK(line.shown.empty());
    CHECK(line.brought.empty());
    CHECK(line.log.back() == std::string(faults, std::strchr(faults, '=')) + " (001)");
  }
}

TEST_CASE("a cut before the answer takes the message away, one after it the answer", "[carrier]") {
  const auto [faults, seen] =
      GENERATE(std::pair{"cut-before=100%", 0u}, std::pair{"cut-after=100%", 1u});
  Line line(faults);
  line.send("123456");
  line.until([&] { return line.lost == 1 && !line.carrier.bound(); });
  CHECK(line.statuses.empty());
  CHECK(line.unanswered == 1);
  CHECK(line.shown.size() == seen);
  line.connect();  // the carrier goes on
}

TEST_CASE("a response is lost, or comes late, and the message is shown", "[carrier]") {
  SECTION("lost") {
    Line line("response-lost=100%", 1, std::chrono::milliseconds{20});
    line.send("123456");
    line.until([&] { return line.unanswered == 1; });
    CHECK(line.shown.size() == 1);
    CHECK(line.statuses.empty());
  }
  SECTION("late, and in another order") {
    Line line("response-late=50%", 3);
    for (int i = 0; i < 20; ++i) line.send("123456");
    line.until([&] { return line.ids.size() == 20; });
    CHECK(line.shown.size() == 20);
    CHECK_FALSE(std::ranges::is_sorted(line.ids));
  }
  SECTION("after the connection is gone") {
    Line line("response-late=100%");
    line.send("123456");
    line.until([&] { return line.shown.size() == 1; });
    line.link->abort();
    line.until([&] { return line.lost == 1 && !line.carrier.bound(); });
    line.connect();
    line.send("654321");
    line.until([&] { return line.statuses.size() == 1; });
  }
}

TEST_CASE("what does not reach the telephone is told in the receipt", "[carrier]") {
  Line line("undelivered=100%");
  const auto [id, receipt] = line.receipt();
  CHECK(line.shown.empty());
  CHECK(receipt.id == id);
  CHECK(receipt.state == 5);
  CHECK(receipt.text.find(" dlvrd:000 ") != std::string::npos);
  CHECK(receipt.text.find(" stat:UNDELIV ") != std::string::npos);
}

TEST_CASE("an id is one number, in hexadecimal on one side and in decimal on the other",
          "[carrier]") {
  SECTION("the response in hexadecimal") {
    Line line("hex-ids=100%");
    const auto [id, receipt] = line.receipt();
    CHECK(id == "A0000001");
    CHECK(receipt.id == "2684354561");
    CHECK(receipt.text.starts_with("id:2684354561 "));
  }
  SECTION("the receipt in hexadecimal") {
    Line line("hex-receipts=100%");
    const auto [id, receipt] = line.receipt();
    CHECK(id == "2684354561");
    CHECK(receipt.id == "A0000001");
  }
}

TEST_CASE("a receipt comes late, or never", "[carrier]") {
  SECTION("late") {
    Line line("receipt-late=100%");
    const auto [id, receipt] = line.receipt();
    CHECK(receipt.id == id);
    CHECK(line.log.back() == "receipt of " + id + ", DELIVRD, receipt-late (001)");
  }
  SECTION("never") {
    Line line("receipt-lost=100%");
    line.send("123456", 1);
    line.until([&] { return line.ids.size() == 1; });
    line.carrier.send(her_number, "BATAL");
    line.until([&] { return line.brought.size() == 1; });
    CHECK(line.brought.front().text == "BATAL");
  }
}

TEST_CASE("what she writes is brought twice under one id, or late, and never lost", "[carrier]") {
  SECTION("twice") {
    Line line("repeated=100%");
    line.carrier.send(her_number, "RESET");
    line.until([&] { return line.brought.size() == 2 && line.carrier.waiting() == 0; });
    CHECK(line.brought[0].text == "RESET");
    CHECK(line.brought[0].id == line.brought[1].id);
  }
  SECTION("late") {
    Line line("delayed=100%");
    line.carrier.send(her_number, "RESET");
    CHECK(line.carrier.waiting() == 0);
    line.until([&] { return line.brought.size() == 1; });
    CHECK(line.brought[0].text == "RESET");
  }
}

TEST_CASE("a notice of the network is shown and confirmed, and opens nothing", "[carrier]") {
  Line line;
  line.show("Sandi diganti", 0x03, 9);
  line.until([&] { return line.brought.size() == 1; });
  CHECK(line.shown.back() == std::pair<std::string, Shown>{"Sandi diganti", Shown::notice});
  CHECK(line.brought[0].operation == 0x13);
  CHECK(line.brought[0].session == 9);
  CHECK(line.brought[0].text.empty());
  line.carrier.send(her_number, "BANTUAN");
  line.until([&] { return line.brought.size() == 2; });
  CHECK(line.brought[1].operation == 0);
}

TEST_CASE("a screen that the network opens is answered in the network's session", "[carrier]") {
  Line line;
  line.show("1 Menu", 0x02, 9);
  line.until([&] { return line.shown.size() == 1; });
  CHECK(line.shown.back().second == Shown::called);
  line.carrier.send(her_number, "1");
  line.until([&] { return line.brought.size() == 1; });
  CHECK(line.brought[0].operation == 0x12);
  CHECK(line.brought[0].session == 9);
  line.show("1 Lupa sandi", 0x02, 9);
  line.show("Terima kasih", 0x11, 9);
  line.until([&] { return line.shown.size() == 3; });
  CHECK(line.shown[1].second == Shown::screen);
  CHECK(line.shown[2].second == Shown::last_screen);
  line.carrier.send(her_number, "BANTUAN");
  line.until([&] { return line.brought.size() == 2; });
  CHECK(line.brought[1].operation == 0);
}

TEST_CASE("the same seed befalls the same messages", "[carrier]") {
  const auto fates = [](std::uint64_t seed) {
    Line line("throttled=30%,refused=20%,undelivered=20%", seed);
    for (int i = 0; i < 40; ++i) line.send("123456");
    line.until([&] { return line.statuses.size() == 40; });
    return std::pair{line.statuses, line.shown.size()};
  };
  CHECK(fates(5) == fates(5));
  CHECK(fates(5) != fates(6));
}

}  // namespace pulih::phone
