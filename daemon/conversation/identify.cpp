// Steps 1 and 2: the account's name and the birth date, in one message or in two, in either order.
// From the number that is registered for the account a wrong date is told and counted; from any
// other number a match, a mismatch and an account that does not exist are one and the same
// (invariant 5).
#include <algorithm>

#include "daemon/conversation/talk.hpp"

namespace pulih::conversation {
namespace {

std::string as_list(const std::vector<std::string>& ids) {
  std::string list;
  for (std::size_t i = 0; i < ids.size(); ++i)
    list += (i ? " " : "") + std::to_string(i + 1) + "=" + masked_id(ids[i]);
  return list;
}

// Three accounts a phone in 24 hours; one that was asked for before counts once.
bool may_try(AccountKey account, const Talk& talk) {
  const auto& tried = talk.person.tried;
  const auto fresh = [&](const Person::Tried& t) { return lasts(t.at, hours{24}, talk.now()); };
  return std::any_of(tried.begin(), tried.end(),
                     [&](const Person::Tried& t) { return fresh(t) && t.account == account; }) ||
         std::count_if(tried.begin(), tried.end(), fresh) < talk.policy().accounts_a_phone;
}

void remember_tried(AccountKey account, Talk& talk) {
  auto& tried = talk.person.tried;
  std::erase_if(tried, [&](const Person::Tried& t) {
    return t.account == account || !lasts(t.at, hours{24}, talk.now());
  });
  tried.push_back({account, talk.now()});
}

State reached_limit(Talk& talk) {
  const auto& tried = talk.person.tried;
  talk.say(
      phrase(Text::M43, time_of_day((tried.empty() ? talk.now() : tried.front().at) + hours{24})));
  return Idle{};
}

// Whoever corrected the account or unlocked it has looked at it: what was counted against the owner
// before that is over.
void forgive_what_an_operator_saw(Guard& guard, const accounts::Account& account) {
  if (guard.identity_version == account.identity_version) return;
  guard.identity_version = account.identity_version;
  guard.birth_dates = {};
  guard.birth_dates_total = 0;
  guard.own.paused_until = {};
}

// IDENT, complete, sender registered for the account: rows M45, M46, M49, M52, M20, M21, M09.
State owner_identified(Identifying here, const accounts::Account& account, bool right, Claim claim,
                       Talk& talk) {
  const auto& policy = talk.policy();
  Guard& guard = talk.guard(claim);
  forgive_what_an_operator_saw(guard, account);
  if (!account.activated) {
    talk.say(phrase(Text::M45, words(Slot::akun, masked_id(claim.id))));
    return Idle{};
  }
  // On the safe side: a clock that was set back since makes her wait for as long, where `lasts`
  // would let in whoever changed the number just now.
  if (talk.now() - account.contact_changed < policy.contact_change_wait) {
    if (policy.offers.school) {
      OpenTicket ticket{{},
                        1000000 + talk.setting.entropy.below(9000000),
                        claim.account,
                        claim.id,
                        TicketReason::contact_changed};
      talk.setting.entropy.fill(ticket.operation);
      talk.effects.ticket = ticket;
      talk.person.report = {ticket.report, ReportState::with_school, talk.now()};
    }
    talk.say(phrase(Text::M46, day_and_time(account.contact_changed + policy.contact_change_wait)));
    return Idle{};
  }
  if (guard.held(talk.now())) {
    talk.say(phrase(Text::M49, number(Slot::lap, guard.held_report)));
    return Idle{};
  }
  if (account.locked || guard.birth_dates_total >= policy.birth_date_total) {
    talk.say(phrase(Text::M52));
    return Idle{};
  }
  if (guard.own.paused(policy, talk.now())) {
    talk.say(phrase(Text::M20, time_of_day(guard.own.paused_until)));
    return Idle{};
  }
  if (right) {
    talk.note(Audit::identified, claim.account);
    talk.say(phrase(Text::M09, words(Slot::em, masked_email(account.email.reveal()))));
    return Choosing{std::move(claim)};
  }

  talk.note(Audit::birth_date_missed, claim.account);
  guard.birth_dates.add(talk.now());
  ++guard.birth_dates_total;
  ++here.misses;
  const auto left = std::min(
      policy.birth_date_session - std::min(here.misses, policy.birth_date_session),
      policy.birth_date_day - std::min(guard.birth_dates.at(talk.now()), policy.birth_date_day));
  if (left == 0) {
    guard.own.paused_until = talk.now() + policy.pause;
    talk.note(Audit::paused, claim.account);
    talk.say(phrase(Text::M20, time_of_day(guard.own.paused_until)));
    return Idle{};
  }
  here.birth_date = 0;
  talk.say(phrase(Text::M21, number(Slot::sisa, left)));
  return here;
}

// IDENT, complete, sender not registered: M10, whatever is true of the account. Only a pause of the
// strangers' side shows, and that is counted for accounts that do not exist as well.
State stranger_identified(const accounts::Account* account, bool right, Claim claim, Talk& talk) {
  Guard& guard = talk.guard(claim);
  if (guard.strangers.paused(talk.policy(), talk.now())) {
    talk.say(phrase(Text::M20, time_of_day(guard.strangers.paused_until)));
    return Idle{};
  }
  claim.decoy = !right || !account->activated || account->locked || guard.held(talk.now()) ||
                talk.now() - account->contact_changed < talk.policy().contact_change_wait;
  talk.note(Audit::identified, claim.account);
  talk.say(phrase(Text::M10));
  return Choosing{std::move(claim)};
}

State complete(Identifying here, Talk& talk) {
  const auto& setting = talk.setting;
  Claim claim;
  claim.account = setting.keys.account(here.id);
  claim.id = here.id;
  claim.birth_date = here.birth_date;
  if (!may_try(claim.account, talk)) return reached_limit(talk);
  remember_tried(claim.account, talk);

  // The same work for every answer: one look-up, one MAC, one comparison.
  const auto account = setting.accounts.by_id(claim.account);
  const auto given = setting.keys.birth_date_tag(claim.account, here.birth_date);
  const bool right =
      accounts::same(given, account ? account->birth_date : accounts::Tag{}) && account;
  claim.own = account && !account->phone.empty() && account->phone == talk.person.number;
  if (account) {
    claim.password_version = account->password_version;
    claim.identity_version = account->identity_version;
  }
  if (claim.own) return owner_identified(std::move(here), *account, right, std::move(claim), talk);
  return stranger_identified(account ? &*account : nullptr, right, std::move(claim), talk);
}

State not_served(Talk& talk) {
  talk.say(phrase(Text::M07));
  return Idle{};
}

}  // namespace

// What is still missing is asked for; with both the account is looked up.
State ask_or_complete(Identifying here, Talk& talk) {
  if (here.id.empty()) {
    talk.say(phrase(Text::M04));
    return here;
  }
  if (here.birth_date == 0) {
    talk.say(phrase(Text::M05));
    return here;
  }
  return complete(std::move(here), talk);
}

// Which account, when she named none: her own, one of her own, or none that we know of.
State ask_whose(Identifying here, const std::vector<accounts::Account>& mine, Talk& talk) {
  if (mine.size() == 1) {
    here.id = mine.front().id;
    if (here.birth_date != 0) return complete(std::move(here), talk);
    talk.say(phrase(Text::M02, words(Slot::akun, masked_id(here.id))));
  } else if (mine.size() > 1) {
    here.offered.clear();
    for (const auto& account : mine) here.offered.push_back(account.id);
    talk.say(phrase(Text::M03, number(Slot::k, static_cast<std::uint32_t>(mine.size())),
                    words(Slot::daftar, as_list(here.offered))));
  } else if (here.birth_date != 0) {
    talk.say(phrase(Text::M04));
  } else {
    talk.say(phrase(Text::M01));
  }
  return here;
}

// IDLE, RESET (+slots): rows M01, M02, M03, and straight on with what came along.
State begin(Talk& talk, std::string_view rest) {
  const Identity given = hear_identity(rest, talk.policy().names, talk.year());
  const auto mine = talk.setting.accounts.by_phone(talk.person.number, 3);

  auto& person = talk.person;
  std::array<std::uint8_t, 8> fresh{};
  talk.setting.entropy.fill(fresh);
  person.session = 0;
  for (const auto octet : fresh) person.session = person.session << 8 | octet;
  person.began = talk.now();
  person.ussd.level = person.ussd.role = 0;

  const bool named = given.name == NameHeard::understood;
  const AccountKey wanted = named              ? talk.setting.keys.account(given.id)
                            : mine.size() == 1 ? mine.front().key
                                               : 0;
  if (!may_try(wanted, talk)) return reached_limit(talk);
  talk.note(Audit::talk_begun, 0);

  Identifying here;
  here.birth_date = given.birth_date;
  if (given.name == NameHeard::excluded) return not_served(talk);
  if (named) {
    here.id = given.id;
    return ask_or_complete(std::move(here), talk);
  }
  if (given.name == NameHeard::unreadable) {
    talk.say(phrase(Text::M06));
    return here;
  }
  if (given.date == DateHeard::unreadable) {
    talk.say(phrase(Text::M08));
    return here;
  }
  return ask_whose(std::move(here), mine, talk);
}

// IDLE, anything else. Who sends id and birth date at once has plainly begun.
State hear(Idle, const Said& said, Talk& talk) {
  const Identity given = hear_identity(said.text.reveal(), talk.policy().names, talk.year());
  if (given.name == NameHeard::understood && given.date == DateHeard::understood)
    return begin(talk, said.text.reveal());
  talk.say(phrase(Text::M01));
  return Idle{};
}

// IDENT: an id, a date, both, or a choice from the list of M03.
State hear(Identifying here, const Said& said, Talk& talk) {
  const Identity given = hear_identity(said.text.reveal(), talk.policy().names, talk.year());
  if (given.name == NameHeard::excluded) return not_served(talk);
  if (given.date == DateHeard::understood) here.birth_date = given.birth_date;
  if (given.name == NameHeard::understood) {
    here.id = given.id;
  } else if (given.choice && *given.choice >= 1 && *given.choice <= here.offered.size()) {
    here.id = here.offered[*given.choice - 1];
  }
  const bool understood = given.name == NameHeard::understood ||
                          given.date == DateHeard::understood || (given.choice && !here.id.empty());
  // Whatever could not be read was meant for what is still missing.
  if (!understood || given.name == NameHeard::unreadable || given.date == DateHeard::unreadable) {
    const bool name_first = given.name == NameHeard::unreadable && given.date != DateHeard::absent;
    talk.say(phrase(here.id.empty() && given.date != DateHeard::unreadable ? Text::M06
                    : name_first                                           ? Text::M06
                                                                           : Text::M08));
    return here;
  }
  return ask_or_complete(std::move(here), talk);
}

}  // namespace pulih::conversation
