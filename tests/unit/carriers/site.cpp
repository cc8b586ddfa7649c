// See site.hpp. Waiting is bounded by idle turns of the loop, not by the clock of a busy machine.
#include "tests/unit/carriers/site.hpp"

namespace pulih::carriers {

std::vector<LinkNotice> Notices::of(LinkNotice::What what) const {
  std::vector<LinkNotice> found;
  for (const auto& notice : all)
    if (notice.what == what) found.push_back(notice);
  return found;
}

Site::Site(const std::function<void(Profile&)>& change, std::size_t intake_size)
    : smsc(io), intake(intake_size) {
  carrier = std::make_unique<Carrier>(profile(change), 0, around(), owner);
}

Site::~Site() = default;

Profile Site::profile(const std::function<void(Profile&)>& change) const {
  Profile profile;
  profile.name = "simulator";
  profile.key = 42;
  profile.hosts = {{"127.0.0.1", std::to_string(smsc.port())}};
  profile.short_code = "8880";
  profile.rate = 10'000;
  profile.reconnect_first = profile.reconnect_longest = std::chrono::milliseconds{1};
  if (change) change(profile);
  return profile;
}

void Site::until(const std::function<bool()>& holds) {
  for (int idle = 0; !holds() && idle < 200;)
    if (io.run_one_for(std::chrono::milliseconds{100}) == 0) ++idle;
  REQUIRE(holds());
}

void Site::bind(std::size_t binds) {
  carrier->start();
  until([&] { return smsc.bound() == binds && carrier->room() > 0; });
}

void Site::send(std::initializer_list<const char*> texts, std::uint32_t code) {
  std::vector<engine::Outgoing> messages;
  for (const char* text : texts) {
    ++last_id;
    messages.push_back({last_id, 42, accounts::Msisdn::from_value(6281100000000 + last_id),
                        accounts::Secret(text), now + std::chrono::hours{1}, code});
  }
  carrier->announce(messages.size());
  carrier->send(messages);
}

engine::Inbound Site::inbound() {
  std::optional<engine::Inbound> arrived;
  until([&] {
    for (auto& occurrence : heard())
      if (auto* message = std::get_if<engine::Inbound>(&occurrence)) arrived = std::move(*message);
    return arrived.has_value();
  });
  return std::move(*arrived);
}

std::vector<engine::Occurrence> Site::heard() {
  std::vector<engine::Occurrence> all;
  intake.take(all, 1000, std::chrono::milliseconds{0});
  return all;
}

std::vector<engine::OutboundId> Site::done() {
  for (const auto& occurrence : heard()) {
    if (const auto* sent = std::get_if<engine::Sent>(&occurrence)) {
      done_.push_back(sent->id);
      if (sent->receipt) awaited.push_back(*sent->receipt);
    }
    if (const auto* receipt = std::get_if<engine::ReceiptOfLoss>(&occurrence))
      receipts.push_back(*receipt);
    if (const auto* code = std::get_if<engine::Undelivered>(&occurrence)) lost.push_back(*code);
  }
  return done_;
}

}  // namespace pulih::carriers
