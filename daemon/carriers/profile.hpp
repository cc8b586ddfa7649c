// What one carrier is, as far as this room needs to know: where it is, how it is bound, how fast it
// may be sent to, and what its numbers and alphabets mean. Filled from the configuration.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/accounts/secret.hpp"
#include "daemon/carriers/fate.hpp"
#include "daemon/engine/occurrence.hpp"
#include "protocols/gsm/reassembly.hpp"
#include "protocols/smpp/session.hpp"
#include "protocols/smpp/tls.hpp"
#include "protocols/ussd/dialect.hpp"

namespace pulih::carriers {

struct Numbering {
  std::uint8_t ton = 0;
  std::uint8_t npi = 0;
};

struct Host {
  std::string name;
  std::string port;
};

struct Profile {
  std::string name;
  engine::CarrierKey key = 0;
  std::vector<Host> hosts;  // the next one is tried when one fails
  std::optional<smpp::TlsSettings> tls;
  std::vector<smpp::BindMode> binds = {smpp::BindMode::transceiver};
  std::string system_id;
  accounts::Secret password;
  std::string system_type;
  std::uint8_t interface_version = 0x34;
  std::string short_code;
  struct Ussd {
    std::string code;  // "*888#"
    std::string busy;  // the last screen of her who finds the gateway full
    ussd::Dialect dialect;
    ussd::Push push = ussd::Push::no;
  };
  std::optional<Ussd> ussd;
  std::chrono::milliseconds screen_patience{8'000};  // after so long a screen is worth nothing
  std::vector<std::string> prefixes;                 // empty: any number
  // Who may send this carrier's messages when it has been away for so long, in this order.
  std::vector<engine::CarrierKey> stand_ins;
  std::chrono::milliseconds stand_in_after{60'000};
  std::size_t window = 10;      // requests under way over one bind
  std::uint32_t rate = 100;     // messages a second over one bind
  std::size_t queue = 512;      // MT messages in memory
  gsm::ReassemblyLimits parts;  // of MO messages
  bool receipts = true;         // are asked for, of messages with a code
  Numbering source{3, 0}, destination{1, 1};
  gsm::Coding default_alphabet = gsm::Coding::gsm7;  // what data_coding 0 means, …
  std::map<std::uint8_t, gsm::Coding> alphabets;     // … and others, where they are not as usual
  std::chrono::milliseconds bind_timeout{30'000};    // with the TLS handshake before it
  std::chrono::milliseconds enquire_link{30'000}, response_timeout{60'000};
  std::chrono::milliseconds reconnect_first{1'000}, reconnect_longest{60'000};
  Fates fates;
  // After an answer of Fate::slow_down, and of Fate::later.
  std::chrono::milliseconds pause_first{1'000}, pause_longest{60'000};
  std::chrono::milliseconds gap_first{5'000}, gap_longest{300'000};
};

// For the journal: what happened on a link, in words. Numbers come masked, texts never.
struct LinkNotice {
  enum class What : std::uint8_t {
    connecting,
    tls_files,  // the configured files cannot be used now; the ones before them are
    bound,
    bind_refused,
    lost,
    unbound,
    garbage,
    message_refused,  // by the carrier, for good
    throttled,        // the carrier asked us to slow down
    message_later,    // the carrier cannot take it now; it is tried again
    message_expired,
    stand_in,     // another carrier sends this one's messages now, or no more
    intake_full,  // we asked the carrier to slow down
  };
  What what{};
  std::string carrier;
  std::string text;
};

class LinkWatcher {
 public:
  virtual ~LinkWatcher() = default;
  virtual void noticed(const LinkNotice&) = 0;
};

}  // namespace pulih::carriers
