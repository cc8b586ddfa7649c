// See account_commands.hpp; in the order of an account's life. An id that cannot be read and an
// account that is not there are told apart: an operator may know who exists.
#include "daemon/central/account_commands.hpp"

#include <array>
#include <ctime>
#include <utility>

namespace pulih::central {
namespace {

tl::unexpected<NotDone> not_done(std::string why) {
  return tl::unexpected(NotDone{std::move(why)});
}
tl::unexpected<NotDone> no_such_account() {
  return not_done("no such account; look at the spelling of the id");
}

// The year bounds a birth date only; where none is expected any will do.
constexpr std::uint32_t any_year = 2000;

constexpr std::size_t value_column = 19;  // of what is shown

std::string yes_or_no(bool yes) { return yes ? "yes" : "no"; }

}  // namespace

Done<accounts::AccountKey> AccountCommands::key_of(std::string_view id) const {
  const auto heard = conversation::hear_identity(id, names_, any_year);
  if (heard.name != conversation::NameHeard::understood)
    return not_done("this is no account id; write it like budi12@guru.sd");
  return keys_.account(heard.id);
}

Done<std::string> AccountCommands::seed(const Seeding& what,
                                        const std::function<void(std::uint64_t)>& progress) {
  const auto added = central::seed(accounts_, keys_, what, progress);
  if (!added) return not_done(added.error().why);
  std::string told = std::to_string(*added) + " made-up accounts added";
  if (*added < what.count)
    told += ", " + std::to_string(what.count - *added) + " were already there";
  return told + "; the old password of each is " + std::string(seeded_password) +
         " (it is for made-up accounts only)";
}

Done<std::string> AccountCommands::add(std::string_view id, Details details,
                                       const accounts::HashCost& cost, std::uint32_t year_now) {
  const auto name = conversation::hear_identity(id, names_, year_now);
  if (name.name != conversation::NameHeard::understood)
    return not_done("this is no account id; write it like budi12@guru.sd");
  const auto born = conversation::hear_identity(details.birth_date.reveal(), names_, year_now);
  if (born.date != conversation::DateHeard::understood)
    return not_done("this is no birth date; write it like 17081985");
  const auto phone = details.phone.empty() ? accounts::Msisdn()
                                           : accounts::Msisdn::from_normal_form(details.phone);
  if (!phone) return not_done("this is no number in international form; write 6281100000000");
  const accounts::OwnWords own{name.id, born.birth_date};
  if (accounts::check(details.password, {}, own) != accounts::PasswordFault::none)
    return not_done("this password is too short or can be guessed; take 12 characters or more");
  const std::array account{NewAccount{name.id, born.birth_date, *phone, std::move(details.email),
                                      accounts::hash(details.password, cost)}};
  const auto added = accounts_.add(account);
  if (!added) return not_done(added.error().why);
  if (*added == 0) return not_done("there is such an account already; nothing was changed");
  return "added";
}

Done<std::string> AccountCommands::show(std::string_view id) {
  const auto key = key_of(id);
  if (!key) return tl::unexpected(key.error());
  const auto found = accounts_.state(*key);
  if (!found) return not_done(found.error().why);
  if (!*found) return no_such_account();
  const AccountState& state = **found;
  const std::array<std::pair<std::string_view, std::string>, 10> lines = {{
      {"password version", std::to_string(state.password_version)},
      {"identity version", std::to_string(state.identity_version)},
      {"row version", std::to_string(state.row_version)},
      {"password changed", time_of(state.password_changed)},
      {"contact changed", time_of(state.contact_changed)},
      {"activated", yes_or_no(state.activated)},
      {"locked", yes_or_no(state.locked)},
      {"change at login", state.change_at_login ? "before " + time_of(state.change_before) : "no"},
      {"phone", state.phone.empty() ? "none" : state.phone.masked()},
      {"e-mail", state.has_email ? "registered" : "none"},
  }};
  std::string told;
  for (const auto& [what, value] : lines) {
    if (!told.empty()) told += '\n';
    told.append(what).append(value_column - what.size(), ' ').append(value);
  }
  return told;
}

Done<accounts::Verifier> AccountCommands::verifier(std::string_view id) {
  const auto key = key_of(id);
  if (!key) return tl::unexpected(key.error());
  const auto verifier = accounts_.verifier(*key);
  if (!verifier) return not_done(verifier.error().why);
  if (!*verifier) return no_such_account();
  return **verifier;
}

Done<std::string> AccountCommands::change_phone(std::string_view id, std::string_view phone,
                                                accounts::Instant now) {
  const auto key = key_of(id);
  if (!key) return tl::unexpected(key.error());
  const auto number = accounts::Msisdn::from_normal_form(phone);
  if (!number) return not_done("this is no number in international form; write 6281100000000");
  const auto changed = accounts_.change_phone(*key, *number, now);
  if (!changed) return not_done(changed.error().why);
  if (!*changed) return no_such_account();
  return "registered; the telephone before it, if there was one, is told";
}

Done<std::string> AccountCommands::set_locked(std::string_view id, bool locked) {
  const auto key = key_of(id);
  if (!key) return tl::unexpected(key.error());
  const auto done = accounts_.set_locked(*key, locked);
  if (!done) return not_done(done.error().why);
  if (!*done) return no_such_account();
  return locked ? "locked: no resets until it is unlocked" : "unlocked";
}

std::string time_of(accounts::Instant at) {
  if (at == accounts::Instant{}) return "never";
  const auto seconds = static_cast<std::time_t>(at.time_since_epoch().count());
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text.data(), length};
}

}  // namespace pulih::central
