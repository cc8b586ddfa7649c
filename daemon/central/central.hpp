// The ports to the central account database: what a gateway asks of it, whatever engine it runs on.
// Central takes what teachers did (a password change is applied once, on the versions that the
// teacher saw, and a repetition is answered with the stored result); AccountSource tells what the
// accounts are; ContactFeed tells whose contact was changed. A driver implements those it can.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/accounts/account.hpp"
#include "daemon/accounts/birth_date.hpp"
#include "daemon/accounts/password.hpp"

namespace pulih::central {

using OperationId = std::array<std::uint8_t, 16>;

// The call has no answer. Of link and database nothing is known of its effect: repeat it.
struct Unavailable {
  std::string why;  // for the journal: what, where, hint
  enum class Kind : std::uint8_t {
    away,     // the link or the database failed; it is tried again
    fenced,   // another copy of this gateway has taken its place: nothing more is done for this one
    refused,  // this gateway is not enrolled, its rights or the schema are not as they must be
  } kind = Kind::away;
};

// ---- meeting: at the beginning of each connection

// How often this gateway has met the central database, kept on both ends. A gateway that was
// restored from a backup or copied is behind, a database that was restored is behind the gateway.
struct Checkpoint {
  std::uint64_t count = 0;  // rises by one with each meeting; durable here before it is sent
  std::uint64_t draw = 0;   // random with each: tells a repetition from a copy with the same count
};
struct Hello {
  Checkpoint checkpoint;
  std::uint64_t fence = 0;  // as the last Welcome said; 0: never met
};
struct Welcome {
  std::uint64_t fence = 0;  // goes with every operation from now on
  // Of the central database; another one than before: it was restored or replaced.
  std::array<std::uint8_t, 16> epoch{};
  // It knows fewer meetings than we do: it was restored from a backup.
  bool behind = false;
  std::string region;
  // The central database's clock: its times are compared with it, and only how long ago they were
  // is taken here. Long ago: it has none but ours.
  accounts::Instant now{};
  std::uint64_t last_number = 0;  // the highest Row::number of this region; 0: none, or not known
};
inline constexpr std::int64_t latest_second = std::int64_t{1} << 40;  // of any clock, since 1970

// ---- what teachers did

// As base_identity_version: the change is not to be made any more. It is answered with what became
// of it before, or it never is made, whatever still comes under its id.
inline constexpr std::uint32_t withdrawn_version = 0xFFFF'FFFF;

struct PasswordChange {
  OperationId id{};
  accounts::AccountKey account = 0;
  std::string account_id;  // normal form: "budi12@guru.sd"
  std::uint32_t base_password_version = 0;
  std::uint32_t base_identity_version = 0;
  accounts::Verifier verifier;
  bool change_at_login = false;       // a generated password must be changed at the next login …
  accounts::Instant change_before{};  // … before this
  // accounts::seal_password, for a target that needs the text; empty for all others.
  accounts::Blob sealed = {};
};

enum class Verdict : std::uint8_t {
  applied,
  superseded,        // the password version is no longer the one the teacher saw: central wins
  identity_changed,  // birth date, phone, e-mail or status changed meanwhile
  refused,           // the target's own policy refuses this password
  unknown_account,   // deleted or moved
  altered,           // the same id came before with another content: nothing was done
};

struct Ticket {
  OperationId id{};
  std::uint32_t report = 0;  // seven digits, as the teacher knows it
  accounts::AccountKey account = 0;
  std::string account_id;   // normal form; empty: she gave none
  std::uint8_t reason = 0;  // conversation::TicketReason
  accounts::Instant at{};
};

class Central {
 public:
  virtual ~Central() = default;
  virtual tl::expected<Welcome, Unavailable> hello(const Hello&) = 0;
  // Each is a transaction of its own; the verdicts come in the order of the changes. After a
  // failure any number of them may have been applied. `now` is of the clock that change_before is
  // of.
  virtual tl::expected<std::vector<Verdict>, Unavailable> apply_passwords(
      std::span<const PasswordChange>, accounts::Instant now) = 0;
  virtual tl::expected<void, Unavailable> open_ticket(const Ticket&) = 0;
};

// ---- whose contact was changed

// The old contact is told.
struct ContactChange {
  std::uint64_t cursor = 0;  // position in the feed, rising
  accounts::AccountKey account = 0;
  std::string id;
  accounts::Msisdn old_phone;  // empty: there was none
  accounts::Secret old_email;
  accounts::Msisdn new_phone;
};

class ContactFeed {
 public:
  virtual ~ContactFeed() = default;
  // After `cursor`, oldest first, at most `most`.
  virtual tl::expected<std::vector<ContactChange>, Unavailable> contact_changes(
      std::uint64_t cursor, std::size_t most) = 0;
};

// ---- what the accounts are

inline constexpr std::size_t longest_id = 128, longest_email = 254;  // RFC 5321, 4.5.3.1.3

// An account as the central database has it now.
struct Row {
  std::uint64_t number = 0;       // the central database's own: rises, never used again
  std::uint64_t row_version = 0;  // rises with every change of the row
  bool gone = false;              // a tombstone: deleted, or moved to another region; nothing below
  std::string id;                 // normal form: "budi12@guru.sd"
  accounts::BirthDate birth_date;
  accounts::Msisdn phone;  // empty: none
  accounts::Secret email;  // empty: none
  bool activated = true, locked = false;
  accounts::Instant contact_changed{};  // by the central database's clock
  std::uint32_t password_version = 0, identity_version = 0;
};

// A place in a feed, in the driver's own words (at most 64 octets); empty: its beginning. It is
// kept in one transaction with the rows that came before it.
using Cursor = std::string;
inline constexpr std::size_t most_cursor_octets = 64;
// Asks for no rows, only for the feed's present place: what is changed from now on is after it. A
// first copy asks it, reads all blocks, and follows the feed from there.
inline const Cursor at_present = "now";

enum class Feed : std::uint8_t {
  urgent,  // rows whose identity changed (contact, birth date, status, gone): asked for first
  all,     // every row that changed
};
struct Page {
  std::vector<Row> rows;  // a row may come more than once, never without its newest change
  Cursor next;
  // Rows that come after this page now; a driver may count up to a bound of its own, but says 0
  // only when there is no other page.
  std::uint64_t behind = 0;
  // Below it everything is final: it rises while the database lives. 0: the driver knows none.
  std::uint64_t watermark = 0;
};

// The numbers n · 1,024 … n · 1,024 + 1,023.
inline constexpr std::uint64_t block_numbers = 1'024;
struct Fingerprint {
  std::uint64_t block = 0;
  std::uint32_t rows = 0;
  // The first eight octets of SHA-256 over "number:row_version\n" of its rows, rising, in decimal.
  std::array<std::uint8_t, 8> hash{};
};

class AccountSource {
 public:
  virtual ~AccountSource() = default;
  virtual tl::expected<Page, Unavailable> changes(Feed, const Cursor&, std::size_t most) = 0;
  // Of the blocks from `block` on that have rows, at most `most`, rising.
  virtual tl::expected<std::vector<Fingerprint>, Unavailable> fingerprints(std::uint64_t block,
                                                                           std::size_t most) = 0;
  // All rows of a block, without tombstones.
  virtual tl::expected<std::vector<Row>, Unavailable> rows(std::uint64_t block) = 0;
};

}  // namespace pulih::central
