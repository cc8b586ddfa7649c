// See embedded.hpp: the side that looks up. What is the same for every table of accounts is in
// sealed_accounts.hpp.
#include "daemon/central/embedded.hpp"
#include "daemon/central/embedded_file.hpp"
#include "daemon/central/embedded_rows.hpp"
#include "daemon/central/sealed_accounts.hpp"
#include "daemon/engine/ports.hpp"

namespace pulih::central {

using accounts::Account;
using accounts::AccountKey;

namespace {

struct Table {
  static constexpr auto by_id =
      "SELECT key, pw_ver, id_ver, activated, locked, contact_changed, contact "
      "FROM account WHERE key = ?";
  static constexpr auto by_phone =
      "SELECT key, pw_ver, id_ver, activated, locked, contact_changed, contact "
      "FROM account WHERE phone = ? AND phone != 0 ORDER BY key LIMIT ?";

  // Nothing for a row that does not open: who altered it must not gain an account by it.
  static std::optional<Account> account_of(const Use& row, const accounts::RowNames& names,
                                           const accounts::SiteKeys& keys) {
    Account account;
    account.key = names.key(row.number(0));
    auto contact = opened<Contact>(row.octets(6), contact_seal, account.key, keys);
    if (!contact) return std::nullopt;
    give(account, std::move(*contact));
    account.password_version = row.version(1);
    account.identity_version = row.version(2);
    account.activated = row.flag(3);
    account.locked = row.flag(4);
    account.contact_changed = row.instant(5);
    return account;
  }
  static accounts::Blob part_of_nobody(const accounts::SiteKeys& keys) {
    auto contact = contact_of_nobody();
    accounts::SystemEntropy entropy;
    return sealed(contact, contact_seal, 0, keys, entropy);
  }
  static void open_nobody(const accounts::Blob& part, const accounts::SiteKeys& keys) {
    (void)opened<Contact>(part, contact_seal, 0, keys);
  }
};

template <class Work>
auto or_fail_the_batch(const std::filesystem::path& file, Work&& work) {
  auto found = attempt(file, work);
  if (!found) throw engine::StoreError(found.error().why);
  if constexpr (!std::is_void_v<std::invoke_result_t<Work>>) return std::move(*found);
}

}  // namespace

struct EmbeddedAccounts::Statements : SealedAccounts<Table> {
  using SealedAccounts::SealedAccounts;
};

EmbeddedAccounts::EmbeddedAccounts(const std::filesystem::path& file,
                                   const accounts::SiteKeys& keys)
    : file_(file),
      database_(open_to_read(file, keys)),
      sql_(prepared<Statements>(database_, keys)) {}

EmbeddedAccounts::~EmbeddedAccounts() = default;

void EmbeddedAccounts::look_anew() const {
  or_fail_the_batch(file_, [&] { sql_->look_anew(); });
}

std::optional<Account> EmbeddedAccounts::by_id(AccountKey id) const {
  return or_fail_the_batch(file_, [&] { return sql_->by_id(id); });
}

std::vector<Account> EmbeddedAccounts::by_phone(accounts::Msisdn phone, std::size_t most) const {
  return or_fail_the_batch(file_, [&] { return sql_->by_phone(phone, most); });
}

}  // namespace pulih::central
