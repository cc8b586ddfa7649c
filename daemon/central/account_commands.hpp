// The commands of `pulihctl accounts`: from what an operator typed to what she reads. Ids come in
// every spelling that a teacher may use, and nothing that is told here holds a password, a birth
// date, a full number or an address.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "daemon/accounts/password.hpp"
#include "daemon/central/account_register.hpp"
#include "daemon/central/seed.hpp"
#include "daemon/conversation/hearing.hpp"

namespace pulih::central {

// Why a command was not done: what, where, hint.
struct NotDone {
  std::string why;
};
template <class T>
using Done = tl::expected<T, NotDone>;

class AccountCommands {
 public:
  AccountCommands(AccountRegister& accounts, const accounts::SiteKeys& keys,
                  const conversation::NameRules& names)
      : accounts_(accounts), keys_(keys), names_(names) {}

  Done<std::string> seed(const Seeding& what, const std::function<void(std::uint64_t)>& progress);

  // What a new account is made of, as typed.
  struct Details {
    accounts::Secret birth_date;
    std::string_view phone;  // empty: none
    accounts::Secret email;  // empty: none
    accounts::Secret password;
  };
  Done<std::string> add(std::string_view id, Details details, const accounts::HashCost& cost,
                        std::uint32_t year_now);
  Done<std::string> show(std::string_view id);
  // Asked for before the password is, so that nobody types one for an account that is not there.
  Done<accounts::Verifier> verifier(std::string_view id);
  Done<std::string> change_phone(std::string_view id, std::string_view phone,
                                 accounts::Instant now);
  Done<std::string> set_locked(std::string_view id, bool locked);

 private:
  Done<accounts::AccountKey> key_of(std::string_view id) const;

  AccountRegister& accounts_;
  const accounts::SiteKeys& keys_;
  const conversation::NameRules& names_;
};

// "2026-11-23T18:47:44Z", or "never" for the beginning of time.
std::string time_of(accounts::Instant at);

}  // namespace pulih::central
