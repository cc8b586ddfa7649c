// An operator who looks on sees every PDU of a carrier, or those of one number and their responses,
// masked, from when she asks until she leaves; and what a carrier counts and how its binds stand.
#include "tests/unit/carriers/site.hpp"

namespace pulih::carriers {
namespace {

using Direction = smpp::Tap::Direction;

std::string text_of(const SeenPdu& seen) { return {seen.octets.begin(), seen.octets.end()}; }
std::uint32_t command_of(const SeenPdu& seen) {
  return smpp::command_id(smpp::decode(seen.octets)->body);
}

// What a trace saw, as "in deliver_sm".
struct Seen {
  explicit Seen(std::optional<accounts::Msisdn> number = std::nullopt)
      : trace(number, [this](SeenPdu pdu) { all.push_back(std::move(pdu)); }) {}
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& pdu : all)
      names.push_back((pdu.direction == Direction::from_peer ? "in " : "out ") +
                      smpp::command_name(command_of(pdu)));
    return names;
  }
  std::vector<SeenPdu> all;
  Trace trace;
};

}  // namespace

TEST_CASE("a trace sees the PDUs of a connection from its bind on, masked", "[carriers]") {
  Site site([](Profile& profile) { profile.password = accounts::Secret("sesame12"); });
  Seen seen;
  site.carrier->add(seen.trace);
  site.bind();
  const auto message = site.inbound("6281100000001", "RESET budi12 guru sd 17081985");
  site.carrier->answer(message.ack, engine::Answer::accepted);
  site.send({"Kode 123456"}, 1);
  site.until([&] { return site.done().size() == 1 && !site.smsc.acks.empty(); });
  CHECK(seen.names() == std::vector<std::string>{"out bind_transceiver", "in bind_transceiver_resp",
                                                 "in deliver_sm", "out deliver_sm_resp",
                                                 "out submit_sm", "in submit_sm_resp"});
  for (const auto& pdu : seen.all)
    for (const auto* hidden : {"sesame12", "budi", "1985", "123456", "6281100000001"})
      CHECK(text_of(pdu).find(hidden) == std::string::npos);
}

TEST_CASE("a trace of one number sees what goes to it, comes from it, and the responses",
          "[carriers]") {
  Site site;
  site.bind();
  Seen seen(accounts::Msisdn::from_value(6281100000002));
  site.carrier->add(seen.trace);
  for (const auto* from : {"6281100000001", "081100000002"}) {
    const auto message = site.inbound(from, "RESET");
    site.carrier->answer(message.ack, engine::Answer::accepted);
  }
  site.send({"to 1", "to 2", "to 3"});
  site.until([&] { return site.done().size() == 3 && site.smsc.acks.size() == 2; });
  auto names = seen.names();
  std::ranges::sort(names);
  CHECK(names == std::vector<std::string>{"in deliver_sm", "in submit_sm_resp",
                                          "out deliver_sm_resp", "out submit_sm"});
}

TEST_CASE("a trace that was taken off sees nothing any more", "[carriers]") {
  Site site;
  site.bind();
  Seen first, second;
  site.carrier->add(first.trace);
  site.carrier->add(second.trace);
  site.carrier->remove(first.trace);
  site.send({"one"});
  site.until([&] { return site.done().size() == 1; });
  site.carrier->remove(second.trace);
  site.send({"two"});
  site.until([&] { return site.done().size() == 2; });
  CHECK(first.all.empty());
  CHECK(second.names() == std::vector<std::string>{"out submit_sm", "in submit_sm_resp"});
}

TEST_CASE("a carrier tells how it stands and what it has counted", "[carriers]") {
  Site site;
  auto before = site.carrier->state();
  CHECK_FALSE(before.can_send);
  REQUIRE(before.binds.size() == 1);
  CHECK(before.binds[0].how != BindState::How::bound);
  site.bind();
  bool throttle = true;
  site.smsc.verdict = [&](const std::string& text) -> std::optional<std::uint32_t> {
    if (text == "no") return smpp::ESME_RINVDSTADR;
    return std::exchange(throttle, false) ? smpp::ESME_RTHROTTLED : smpp::ESME_ROK;
  };
  site.send({"yes"});
  site.until([&] { return site.smsc.texts.size() == 1 && site.carrier->state().counts.throttled; });
  CHECK(site.carrier->state().binds[0].rests > std::chrono::milliseconds{0});
  site.until([&] { return site.done().size() == 1; });
  site.send({"no"});
  site.until([&] { return site.done().size() == 2; });
  const auto state = site.carrier->state();
  CHECK(state.can_send);
  CHECK(state.binds[0].how == BindState::How::bound);
  CHECK(state.binds[0].host.starts_with("127.0.0.1:"));
  CHECK(state.waiting == 0);
  CHECK(state.counts.sent == 3);
  CHECK(state.counts.taken == 1);
  CHECK(state.counts.throttled == 1);
  CHECK(state.counts.refused == 1);
  site.smsc.bind_status = smpp::ESME_RINVPASWD;
  site.smsc.cut_all();
  site.until([&] { return site.carrier->state().binds[0].trouble.starts_with("ESME_RINVPASWD"); });
}

}  // namespace pulih::carriers
