// See record.hpp. One `fields` function for each structure lists its members once, in their order on
// disk; a Writer and a Reader walk the same list, so that the two directions cannot differ.
#include "daemon/conversation/record.hpp"

#include <algorithm>
#include <limits>

namespace pulih::conversation {
namespace {

constexpr std::uint8_t version = 1;

class Writer {
 public:
  explicit Writer(accounts::WipedBytes& out) : out_(out) {}
  static constexpr bool reading = false;

  // LEB128: most numbers here are small.
  void number(std::uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<std::uint8_t>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<std::uint8_t>(value));
  }
  void octets(std::span<const std::uint8_t> bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

 private:
  accounts::WipedBytes& out_;
};

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> in) : in_(in) {}
  static constexpr bool reading = true;

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (in_.empty()) return fail();
      const std::uint8_t octet = in_.front();
      in_ = in_.subspan(1);
      value |= std::uint64_t{octet & 0x7Fu} << shift;
      if (octet < 0x80) return value;
    }
    return fail();
  }
  std::span<const std::uint8_t> octets(std::size_t count) {
    if (count > in_.size()) {
      fail();
      return {};
    }
    const auto taken = in_.first(count);
    in_ = in_.subspan(count);
    return taken;
  }
  std::uint64_t fail() {
    good_ = false;
    in_ = {};
    return 0;
  }
  bool whole() const { return good_ && in_.empty(); }
  bool good() const { return good_; }

 private:
  std::span<const std::uint8_t> in_;
  bool good_ = true;
};

template <class T>
concept Integer = std::is_unsigned_v<T> || std::is_same_v<T, bool>;

template <Integer T>
void field(auto& disk, T& value) {
  if constexpr (std::decay_t<decltype(disk)>::reading) {
    const auto read = disk.number();
    if (read > std::uint64_t{std::numeric_limits<T>::max()}) disk.fail();
    value = static_cast<T>(read);
  } else {
    disk.number(value);
  }
}

// Enumerators count from 0; `last` bounds what is accepted from disk.
template <class Enum>
void choice(auto& disk, Enum& value, Enum last) {
  auto plain = static_cast<std::underlying_type_t<Enum>>(value);
  field(disk, plain);
  if (plain > static_cast<std::underlying_type_t<Enum>>(last)) {
    if constexpr (std::decay_t<decltype(disk)>::reading) disk.fail();
    plain = 0;
  }
  value = static_cast<Enum>(plain);
}

void field(auto& disk, Instant& value) {
  // Zigzag, so that a clock before 1970 does not cost ten octets or lose its sign.
  const auto count = value.time_since_epoch().count();
  auto zigzag = static_cast<std::uint64_t>(count) << 1 ^ static_cast<std::uint64_t>(count >> 63);
  field(disk, zigzag);
  value = Instant(std::chrono::seconds(static_cast<std::int64_t>(zigzag >> 1) ^
                                       -static_cast<std::int64_t>(zigzag & 1)));
}

void field(auto& disk, std::int64_t& value) {
  auto plain = static_cast<std::uint64_t>(value);
  field(disk, plain);
  value = static_cast<std::int64_t>(plain);
}

template <std::size_t n>
void field(auto& disk, std::array<std::uint8_t, n>& value) {
  if constexpr (std::decay_t<decltype(disk)>::reading) {
    const auto read = disk.octets(n);
    std::copy(read.begin(), read.end(), value.begin());
  } else {
    disk.octets(value);
  }
}

void field(auto& disk, std::string& value) {
  std::uint64_t size = value.size();
  field(disk, size);
  if constexpr (std::decay_t<decltype(disk)>::reading) {
    const auto read = disk.octets(size);
    value.assign(read.begin(), read.end());
  } else {
    disk.octets({reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
  }
}

void field(auto& disk, accounts::Secret& value) {
  std::uint64_t size = value.size();
  field(disk, size);
  if constexpr (std::decay_t<decltype(disk)>::reading) {
    const auto read = disk.octets(size);
    value = accounts::Secret({reinterpret_cast<const char*>(read.data()), read.size()});
  } else {
    const auto text = value.reveal();
    disk.octets({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }
}

void field(auto& disk, accounts::Msisdn& value) {
  auto digits = value.value();
  field(disk, digits);
  value = accounts::Msisdn::from_value(digits);
}

template <class T>
void list(auto& disk, std::vector<T>& values, std::size_t most, auto each) {
  std::uint64_t count = values.size();
  field(disk, count);
  if constexpr (std::decay_t<decltype(disk)>::reading) {
    if (count > most) {
      disk.fail();
      return;
    }
    values.resize(count);
  }
  for (auto& value : values) each(value);
}

// ---- the structures, in the order of state.hpp -----------------------------------------------------

void fields(auto& disk, Claim& claim) {
  field(disk, claim.account);
  field(disk, claim.id);
  field(disk, claim.birth_date);
  field(disk, claim.own);
  field(disk, claim.decoy);
  field(disk, claim.password_version);
  field(disk, claim.identity_version);
}
void fields(auto&, Idle&) {}
void fields(auto& disk, Identifying& s) {
  field(disk, s.id);
  field(disk, s.birth_date);
  field(disk, s.misses);
  list(disk, s.offered, 16, [&](std::string& id) { field(disk, id); });
}
void fields(auto& disk, Choosing& s) { fields(disk, s.claim); }
void fields(auto& disk, AwaitingCode& s) {
  fields(disk, s.claim);
  choice(disk, s.channel, Channel::email);
  field(disk, s.generation);
  field(disk, s.code);
  field(disk, s.burnt);
  list(disk, s.earlier, 16, [&](accounts::Tag& tag) { field(disk, tag); });
  field(disk, s.sent);
  field(disk, s.expires);
  field(disk, s.tries);
}
void fields(auto& disk, ChoosingPassword& s) {
  fields(disk, s.code);
  field(disk, s.until);
}
void fields(auto& disk, TypingPassword& s) {
  fields(disk, s.code);
  field(disk, s.until);
}
void fields(auto& disk, RepeatingPassword& s) {
  fields(disk, s.code);
  field(disk, s.until);
  field(disk, s.first);
}
void fields(auto& disk, Applying& s) {
  fields(disk, s.claim);
  choice(disk, s.channel, Channel::email);
  field(disk, s.operation);
  field(disk, s.generated);
  field(disk, s.staged);
  field(disk, s.told_waiting);
}
void fields(auto&, Done&) {}

template <class Variant>
Variant alternative(std::size_t index) {
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    Variant made;
    (void)((index == i && (made.template emplace<i>(), true)) || ...);
    return made;
  }(std::make_index_sequence<std::variant_size_v<Variant>>());
}

template <class Variant>
void which(auto& disk, Variant& value) {
  std::uint64_t index = value.index();
  field(disk, index);
  if constexpr (std::decay_t<decltype(disk)>::reading) {
    if (index >= std::variant_size_v<Variant>) disk.fail();
    value = alternative<Variant>(index);
  }
}

void field(auto& disk, TimeOfDay& value) { field(disk, value.at); }
void field(auto& disk, DayAndTime& value) { field(disk, value.at); }
void field(auto& disk, Text& value) { choice(disk, value, static_cast<Text>(text_count - 1)); }
void field(auto& disk, FirstCharacter& value) { choice(disk, value, FirstCharacter::sign); }

void fields(auto& disk, Phrase& phrase) {
  field(disk, phrase.text);
  list(disk, phrase.blanks, 8, [&](Blank& blank) {
    choice(disk, blank.slot, Slot::ussd);
    which(disk, blank.value);
    std::visit([&](auto& value) { field(disk, value); }, blank.value);
  });
}

void fields(auto& disk, Person& p) {
  field(disk, p.number);
  choice(disk, p.language, Language::english);
  field(disk, p.session);
  field(disk, p.began);
  which(disk, p.state);
  std::visit([&](auto& state) { fields(disk, state); }, p.state);
  field(disk, p.report.number);
  choice(disk, p.report.state, ReportState::stopped);
  field(disk, p.report.updated);
  list(disk, p.tried, most_accounts_a_phone, [&](Person::Tried& tried) {
    field(disk, tried.account);
    field(disk, tried.at);
  });
  field(disk, p.objection.account);
  field(disk, p.objection.until);
  field(disk, p.replies_since);
  field(disk, p.replies);
  list(disk, p.recent, most_recent, [&](RecentMessage& recent) {
    field(disk, recent.carrier_id);
    field(disk, recent.text);
    field(disk, recent.at);
  });
  fields(disk, p.last_reply);
}

void fields(auto& disk, Side& side) {
  list(disk, side.sends, most_code_sends, [&](Instant& at) { field(disk, at); });
  field(disk, side.misses.first);
  field(disk, side.misses.count);
  field(disk, side.paused_until);
}

void fields(auto& disk, Guard& g) {
  fields(disk, g.own);
  fields(disk, g.strangers);
  field(disk, g.birth_dates.first);
  field(disk, g.birth_dates.count);
  field(disk, g.birth_dates_total);
  field(disk, g.live_until);
  field(disk, g.last_reset);
  field(disk, g.held_until);
  field(disk, g.held_report);
  bool is_pending = g.pending.has_value();
  field(disk, is_pending);
  if (is_pending) {
    if constexpr (std::decay_t<decltype(disk)>::reading) g.pending.emplace();
    field(disk, *g.pending);
  }
  field(disk, g.pending_person);
}

template <class Record>
void write_record(const Record& record, accounts::WipedBytes& out) {
  out.push_back(version);
  Writer disk(out);
  fields(disk, const_cast<Record&>(record));  // a Writer changes nothing; one list serves both ways
}

template <class Record>
std::optional<Record> read_record(std::span<const std::uint8_t> in) {
  if (in.empty() || in.front() != version) return std::nullopt;
  Reader disk(in.subspan(1));
  Record record;
  fields(disk, record);
  if (!disk.whole()) return std::nullopt;
  return record;
}

}  // namespace

void write(const Person& person, accounts::WipedBytes& out) { write_record(person, out); }
void write(const Guard& guard, accounts::WipedBytes& out) { write_record(guard, out); }
std::optional<Person> read_person(std::span<const std::uint8_t> in) { return read_record<Person>(in); }
std::optional<Guard> read_guard(std::span<const std::uint8_t> in) { return read_record<Guard>(in); }

bool forgettable(const Person& person, Instant now, const Policy& policy) {
  const bool quiet = person.recent.empty() || now - person.recent.front().at > policy.session_life + hours{24};
  return quiet && !std::holds_alternative<Applying>(person.state) && now >= person.objection.until &&
         now - person.report.updated > hours{30 * 24} && person.language == policy.language;
}

bool forgettable(const Guard& guard, Instant now, const Policy& policy) {
  const auto long_ago = [&](Instant at) { return now - at > hours{24}; };
  const auto quiet = [&](const Side& side) {
    return (side.sends.empty() || long_ago(side.sends.back())) && side.misses.at(now) == 0 &&
           !side.paused(now);
  };
  return quiet(guard.own) && quiet(guard.strangers) && guard.birth_dates_total == 0 && !guard.pending &&
         !guard.held(now) && now - guard.last_reset > policy.hold && guard.live_until < now;
}

}  // namespace pulih::conversation
