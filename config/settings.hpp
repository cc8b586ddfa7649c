// Everything that an operator may set, typed and checked. `read_settings` either returns settings
// that the daemon can start with, or every error of the file at once. config/pulih.yaml documents
// each key with its unit and default.
//
// Relative names: `state_dir`, `dialogue.folder`, `control.socket` and the files of secrets are
// looked up beside the configuration file, what the daemon writes under `state_dir`. The site key
// thus stays outside the folder that it protects.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "config/error.hpp"
#include "config/values.hpp"
#include "daemon/accounts/password.hpp"
#include "daemon/accounts/sealed_password.hpp"
#include "daemon/accounts/secret.hpp"
#include "daemon/conversation/phrasebook.hpp"
#include "daemon/conversation/policy.hpp"
#include "protocols/gsm/coding.hpp"
#include "protocols/ussd/dialect.hpp"

namespace pulih::config {

enum class Bind : std::uint8_t { transceiver, transmitter_and_receiver };

struct Numbering {
  std::uint32_t ton = 0;  // SMPP 3.4, 5.2.5
  std::uint32_t npi = 0;  // SMPP 3.4, 5.2.6
};

// What the carrier means by a command_status: carriers::Fate, in the words of the configuration.
enum class ErrorMeans : std::uint8_t { slow_down, later, rebind, give_up };
struct CarrierError {
  std::uint32_t status = 0;
  ErrorMeans means = ErrorMeans::give_up;
};

struct Tls {
  std::filesystem::path ca;                // empty: the system's
  std::string server_name;                 // empty: the host of the address
  std::filesystem::path certificate, key;  // both or none
};

struct Carrier {
  std::string name;
  Address address;
  std::vector<Address> failover;  // tried in turn when `address` fails
  std::optional<Tls> tls;
  Bind bind = Bind::transceiver;
  std::uint32_t binds = 1;  // of these, or pairs of these
  std::string system_id;
  accounts::Secret password;
  std::string system_type;
  std::uint8_t interface_version = 0x34;
  std::string short_code;
  std::string ussd_code;  // empty: none
  ussd::Dialect ussd_dialect = *ussd::dialect_named("spec34");
  ussd::Push ussd_push = ussd::Push::no;
  std::vector<std::string> prefixes;   // empty: any number
  std::vector<std::string> stand_ins;  // names of carriers
  std::chrono::seconds stand_in_after{60};
  std::uint32_t window = 10;
  std::uint32_t rate = 100;  // messages a second
  bool receipts = true;
  std::vector<CarrierError> errors;
  Numbering source{3, 0};  // of our short code in what we send
  Numbering destination{1, 1};
  // What data_coding 0 means to it (SMPP 3.4, 5.2.19: "SMSC default alphabet"), and what others do
  // where it is not what they mean elsewhere.
  gsm::Coding default_alphabet = gsm::Coding::gsm7;
  std::map<std::uint8_t, gsm::Coding> alphabets;
  std::chrono::seconds enquire_link{30};
  std::chrono::seconds response_timeout{60};
  std::chrono::seconds reconnect_longest{60};  // between two attempts to bind
};

struct Dialogue {
  std::vector<conversation::Language> catalogues = {conversation::Language::indonesian,
                                                    conversation::Language::english};
  std::filesystem::path folder;  // holds id.yaml and en.yaml
  conversation::Zone zone;
  std::string brand = "belajar.example";
  std::string service_hours = "Sen-Jum 09.00-17.00";
  std::string cost = "tarif SMS biasa";
};

// The bounds of queues, retries and memory (invariant 7). Quotas and lifetimes of the dialogue
// stand in conversation::Policy.
struct Limits {
  std::uint32_t intake_queue = 4096;   // MO messages before the engine, of all carriers
  std::uint32_t outbound_queue = 512;  // MT messages of one carrier in memory; the rest is on disk
  std::uint32_t multipart_waiting = 1000;  // MO messages of which parts are missing, of one carrier
  std::chrono::seconds multipart_lifetime{20};  // of those
  std::uint32_t receipts_waiting = 50'000;      // codes whose delivery receipts are awaited
  std::uint32_t batch_events = 1024;            // in one transaction
  std::uint32_t held_messages = 8;              // of one person, while her password is hashed
  // After so long a USSD screen is closed and the talk goes on by SMS.
  std::chrono::seconds ussd_answer{8};
  std::uint32_t hashing_queue = 256;
  std::uint32_t hashing_threads = 1;
  accounts::HashCost hashing_cost;
  std::uint32_t push_batch = 64;               // operations on their way to the central database
  std::uint32_t operations_waiting = 100'000;  // that wait for it, password changes and tickets
  std::chrono::seconds push_retry = std::chrono::hours{24};     // for so long, …
  std::chrono::seconds push_retry_first{5};                     // … after so long at first …
  std::chrono::seconds push_retry_longest{300};                 // … and so long at last
  std::chrono::seconds operations_old = std::chrono::hours{1};  // somebody is told of them
  // Password changes that a central database elsewhere applied are kept, should it be restored.
  std::chrono::seconds applied = std::chrono::days{35};
  std::chrono::seconds audit = std::chrono::days{400};
  std::uint32_t journal_queue = 4096;  // lines
};

// The central account database, by its driver.
struct EmbeddedCentral {
  std::filesystem::path database;
};
// How a database far away is followed: the copy of its accounts here, and how often what changed is
// asked for.
struct Following {
  std::filesystem::path replica;
  std::chrono::seconds poll{5};
};
struct PostgresqlCentral : Following {
  std::string uri;            // without a password
  accounts::Secret password;  // empty: none is asked for, or libpq has it
};
struct HubCentral : Following {
  Address address;
  Tls tls;
  // Of a hub whose passwords a directory keeps; nothing: it has no use for the text of one.
  std::optional<accounts::SealingKey> sealing_key;
};
using Central = std::variant<EmbeddedCentral, PostgresqlCentral, HubCentral>;

struct Settings {
  std::string site;
  std::filesystem::path state_dir;
  std::filesystem::path site_key;
  Central central;
  std::filesystem::path control_socket;  // empty: none
  Dialogue dialogue;
  conversation::Policy policy;
  std::vector<Carrier> carriers;
  Limits limits;
  // Right as it stands, but an operator should know it.
  std::vector<ConfigError> warnings;
};

// Where the copy of the accounts is; empty: the central database is here, and there is none.
std::filesystem::path replica_of(const Settings& settings);

// What a configuration may refer to outside of itself.
struct Surroundings {
  std::filesystem::path credentials;  // $CREDENTIALS_DIRECTORY of systemd; empty: not run by it
  std::filesystem::path share;        // what was installed beside this program: ../share/pulih
};
Surroundings surroundings_of_this_process();

tl::expected<Settings, std::vector<ConfigError>> read_settings(
    const std::filesystem::path& file, const Surroundings& = surroundings_of_this_process());

// The same for a text that has been read already; `file` names it in errors.
tl::expected<Settings, std::vector<ConfigError>> settings_from(const std::string& text,
                                                               const std::filesystem::path& file,
                                                               const Surroundings&);

// Where the daemon of this configuration listens for the operator; nothing else is looked at.
tl::expected<std::filesystem::path, std::vector<ConfigError>> read_control_socket(
    const std::filesystem::path& file);

}  // namespace pulih::config
