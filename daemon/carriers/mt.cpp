// See mt.hpp. The validity period is relative, so that the clocks of gateway and SMSC need not
// agree.
#include "daemon/carriers/mt.hpp"

#include <string.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "protocols/gsm/alphabet.hpp"

namespace pulih::carriers {

Submission::Submission(const engine::Outgoing& message, const Profile& carrier, engine::Instant now)
    : carrier_(carrier),
      destination_(message.to.digits()),
      validity_(relative_time(message.expires - now)),
      asks_receipt_(carrier.receipts && message.code != 0) {
  septets_.reserve(2 * message.text.size());
  good_ = gsm::encode(message.text.reveal(), septets_).has_value() && septets_.size() <= 160;
}

Submission::~Submission() { explicit_bzero(septets_.data(), septets_.size()); }

smpp::SubmitSm Submission::pdu() const {
  smpp::SubmitSm pdu;
  pdu.source = {carrier_.source.ton, carrier_.source.npi, carrier_.short_code};
  pdu.destination = {carrier_.destination.ton, carrier_.destination.npi, destination_};
  pdu.validity_period = validity_;
  // SMPP 3.4, 5.2.17. Only of a code: she waits for it, and can be offered another way.
  if (asks_receipt_) pdu.registered_delivery = 1;
  pdu.data_coding = 0;
  pdu.short_message = septets_;
  return pdu;
}

std::string relative_time(std::chrono::seconds life) {
  using std::chrono::days;
  using std::chrono::seconds;
  life = std::clamp(life, seconds{1}, seconds{days{31}});
  const auto day = std::chrono::duration_cast<days>(life);
  const std::chrono::hh_mm_ss clock(life - day);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "0000%02d%02d%02d%02d000R", static_cast<int>(day.count()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace pulih::carriers
