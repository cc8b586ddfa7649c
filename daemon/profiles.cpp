// See profiles.hpp: field by field, and nothing is decided here. What a field means is told where
// it is configured (config/pulih.yaml) and where it is used (daemon/carriers).
#include "daemon/profiles.hpp"

namespace pulih {

carriers::Profile profile_of(const config::Carrier& carrier, const config::Limits& limits,
                             const accounts::SiteKeys& keys) {
  carriers::Profile profile;
  profile.name = carrier.name;
  profile.key = keys.carrier_id_tag(carrier.name, "");
  profile.hosts = {{carrier.address.host, std::to_string(carrier.address.port)}};
  for (const auto& other : carrier.failover)
    profile.hosts.push_back({other.host, std::to_string(other.port)});
  if (carrier.tls)
    profile.tls = smpp::TlsSettings{carrier.tls->ca, carrier.tls->server_name,
                                    carrier.tls->certificate, carrier.tls->key};
  profile.binds.clear();
  for (std::uint32_t i = 0; i < carrier.binds; ++i)
    if (carrier.bind == config::Bind::transmitter_and_receiver)
      profile.binds.insert(profile.binds.end(),
                           {smpp::BindMode::transmitter, smpp::BindMode::receiver});
    else
      profile.binds.push_back(smpp::BindMode::transceiver);
  profile.system_id = carrier.system_id;
  profile.password = carrier.password.duplicate();
  profile.system_type = carrier.system_type;
  profile.interface_version = carrier.interface_version;
  profile.short_code = carrier.short_code;
  if (!carrier.ussd_code.empty())
    profile.ussd =
        carriers::Profile::Ussd{carrier.ussd_code, "", carrier.ussd_dialect, carrier.ussd_push};
  profile.screen_patience = limits.ussd_answer;
  profile.prefixes = carrier.prefixes;
  for (const auto& name : carrier.stand_ins)
    profile.stand_ins.push_back(keys.carrier_id_tag(name, ""));
  profile.stand_in_after = carrier.stand_in_after;
  profile.receipts = carrier.receipts;
  for (const auto& error : carrier.errors)
    profile.fates[error.status] = static_cast<carriers::Fate>(error.means);
  profile.window = carrier.window;
  profile.rate = carrier.rate;
  profile.queue = limits.outbound_queue;
  // 255 parts of 140 octets are the most that one message can have; two are usual.
  profile.parts = {limits.multipart_waiting, std::size_t{limits.multipart_waiting} * 1024,
                   limits.multipart_lifetime};
  const auto numbering = [](const config::Numbering& from) {
    return carriers::Numbering{static_cast<std::uint8_t>(from.ton),
                               static_cast<std::uint8_t>(from.npi)};
  };
  profile.source = numbering(carrier.source);
  profile.destination = numbering(carrier.destination);
  profile.default_alphabet = carrier.default_alphabet;
  profile.alphabets = carrier.alphabets;
  profile.enquire_link = carrier.enquire_link;
  profile.response_timeout = carrier.response_timeout;
  profile.reconnect_longest = carrier.reconnect_longest;
  return profile;
}

}  // namespace pulih
