// See directory_central.hpp. The directory changes an entry only in the state that is named, so a
// change that was put and not ended, or put by two at once, changes the password once; what is left
// to find out is whether the state that now stands came of it.
#include "daemon/central/directory_central.hpp"

namespace pulih::central {
namespace {

using What = DirectoryNotice::What;
using How = TakenEntry::How;

// An entry that is another one at each look is looked at again after a while.
constexpr int most_rounds = 4;

}  // namespace

DirectoryCentral::DirectoryCentral(PostgresqlPlace place, std::string site,
                                   std::unique_ptr<Directory> directory,
                                   const accounts::OpeningKey& key, TellOfDirectory tell)
    : database_(std::move(place), nullptr, std::move(site)),
      directory_(std::move(directory)),
      key_(key),
      tell_(std::move(tell)) {}

void DirectoryCentral::interrupt() {
  directory_->interrupt();
  database_.interrupt();
}

tl::expected<std::vector<Verdict>, Unavailable> DirectoryCentral::apply_passwords(
    std::span<const PasswordChange> changes, accounts::Instant) {
  std::vector<Verdict> verdicts;
  std::optional<Unavailable> failed;
  for (const auto& change : changes) {
    const auto verdict = decide(change);
    if (verdict) {
      verdicts.push_back(*verdict);
      continue;
    }
    ledger().let_go();
    // One entry that the directory stumbles over does not hold up those behind it; a directory
    // that is away fails for each, and each has its patience.
    const bool second = failed.has_value();
    if (!second) failed = verdict.error();
    if (second || verdict.error().kind != Unavailable::Kind::away) break;
  }
  if (failed) return tl::unexpected(std::move(*failed));
  return verdicts;
}

DirectoryCentral::Outcome DirectoryCentral::decide(const PasswordChange& change) {
  std::optional<accounts::Secret> password;
  bool put_before = false;
  for (int round = 0; round < most_rounds; ++round) {
    const auto begun = ledger().begin(database_.site(), database_.fence(), change);
    if (!begun) return tl::unexpected(begun.error());
    if (begun->verdict) return *begun->verdict;
    if (round == 0) {
      put_before = begun->put_before;
      // What does not open now never will. Repeating it would hold up everybody behind it, so the
      // teacher is told that it was refused, and the operator why.
      password = opened(change);
      if (!password) return end(change, Verdict::refused);
    }
    if (begun->against) {
      // Perhaps it is this very change that stands against itself: its answer was lost, or the
      // ledger was restored from a backup. It costs a failed login where it is not, so nobody asks
      // about a change that was never put.
      if (put_before && !begun->handle.empty()) {
        const auto ours = is_in_force(begun->handle, *password);
        if (!ours) return tl::unexpected(ours.error());
        if (*ours) return end(change, Verdict::applied);
      }
      return end(change, *begun->against);
    }
    bool again = false;
    auto outcome = put(change, *begun, *password, again);
    if (!again) return outcome;
  }
  return tl::unexpected(
      Unavailable{"directory: an entry was changed again and again while its password was being "
                  "put; it is tried again"});
}

// `again`: the entry was in another state, which the ledger knows now.
DirectoryCentral::Outcome DirectoryCentral::put(const PasswordChange& change,
                                                const BegunChange& begun,
                                                const accounts::Secret& password, bool& again) {
  auto written = directory_->put_password(begun.handle, begun.state, password);
  if (!written) return tl::unexpected(std::move(written.error()));
  switch (written->what) {
    case DirectoryWrite::What::done:
      return ledger().end(database_.site(), change.id, Verdict::applied, &begun, &written->marks);
    case DirectoryWrite::What::refused:
      tell_({What::refused, written->why});
      return end(change, Verdict::refused);
    case DirectoryWrite::What::gone:
      return end(change, Verdict::unknown_account);
    case DirectoryWrite::What::changed:
      break;
  }
  const auto taken = take_anew(begun.handle);
  if (!taken) return tl::unexpected(taken.error());
  if (!*taken) return end(change, Verdict::unknown_account);
  // Whose entry this is now the ledger cannot say.
  if ((*taken)->how == How::id_of_another || (*taken)->how == How::unusable)
    return end(change, Verdict::identity_changed);
  again = true;
  return Verdict::superseded;
}

DirectoryCentral::Outcome DirectoryCentral::end(const PasswordChange& change, Verdict verdict) {
  return ledger().end(database_.site(), change.id, verdict, nullptr, nullptr);
}

std::optional<accounts::Secret> DirectoryCentral::opened(const PasswordChange& change) {
  if (change.sealed.empty()) {
    tell_(
        {What::not_sealed, "a password change came without its text and is refused; the gateway " +
                               database_.site().value_or("") +
                               " has no sealing key: central.sealing_key in its configuration"});
    return std::nullopt;
  }
  auto password = accounts::open_password(change.sealed, change.id, change.account_id, key_);
  if (!password)
    tell_({What::does_not_open,
           "the text of a password change does not open and it is refused; the gateway " +
               database_.site().value_or("") +
               " has the sealing key of another hub: central.sealing_key in its configuration"});
  return password;
}

// False also where the directory cannot tell.
tl::expected<bool, Unavailable> DirectoryCentral::is_in_force(const DirectoryHandle& handle,
                                                              const accounts::Secret& password) {
  const auto has = directory_->has_password(handle, password);
  if (!has) return tl::unexpected(has.error());
  if (!has->value_or(false)) return false;
  // The marks that came of it.
  const auto taken = take_anew(handle);
  if (!taken) return tl::unexpected(taken.error());
  return taken->has_value();
}

tl::expected<std::optional<TakenEntry>, Unavailable> DirectoryCentral::take_anew(
    const DirectoryHandle& handle) {
  const auto asked_at = ledger().moment();
  if (!asked_at) return tl::unexpected(asked_at.error());
  auto entry = directory_->read(handle);
  if (!entry) return tl::unexpected(std::move(entry.error()));
  if (!*entry) return std::nullopt;
  auto taken = ledger().take(*asked_at, {&**entry, 1});
  if (!taken) return tl::unexpected(std::move(taken.error()));
  return std::move(taken->front());
}

}  // namespace pulih::central
