// The text of a new password from where it was typed into the directory: sealed by the gateway's
// hashing pool, waiting in its store, carried over the wire, and opened beside the directory. On
// none of these ways can it be read.
#include <condition_variable>

#include "daemon/accounts/hashing_pool.hpp"
#include "daemon/central/pushing.hpp"
#include "daemon/engine/rows.hpp"
#include "daemon/hub/messages.hpp"
#include "tests/central/ledger/hub_with_directory.hpp"

namespace pulih::central {
namespace {

constexpr std::string_view typed = "Perahu-ke-hulu-7";

bool shows(std::span<const std::uint8_t> octets) {
  return std::string_view(reinterpret_cast<const char*>(octets.data()), octets.size())
             .find(typed) != std::string_view::npos;
}

// What the pool makes of a password that was typed, or typed again.
accounts::HashingResult hashed(std::optional<accounts::Verifier> against,
                               const OperationId& operation) {
  std::mutex mutex;
  std::condition_variable done;
  std::optional<accounts::HashingResult> result;
  const accounts::HashCost cheap{8, 1};
  accounts::HashingPool pool({cheap, 1, 8, accounts::sealing_key(opening_key())},
                             [&](accounts::HashingResult made) {
                               const std::lock_guard lock(mutex);
                               result = std::move(made);
                               done.notify_one();
                             });
  const bool offered =
      pool.offer({1, accounts::Secret(typed), std::move(against), operation, "budi12@guru.sd"});
  REQUIRE(offered);
  std::unique_lock lock(mutex);
  done.wait(lock, [&] { return result.has_value(); });
  return std::move(*result);
}

TEST_CASE_METHOD(HubWithDirectory, "what was typed at a gateway is the entry's password",
                 "[directory][postgresql]") {
  const OperationId operation{1, 2, 3};
  auto result = hashed(std::nullopt, operation);
  const bool twice = GENERATE(false, true);
  const auto verifier = result.verifier;
  if (twice) result = hashed(verifier, operation);
  REQUIRE_FALSE(result.sealed.empty());

  engine::WaitingOperation waiting;
  waiting.operation.kind = engine::Operation::Kind::password;
  auto& staged = waiting.operation.password;
  staged.operation = operation;
  staged.id = "budi12@guru.sd";
  staged.password_version = 1;
  staged.identity_version = 1;
  staged.verifier = verifier;
  staged.sealed = result.sealed;
  accounts::SystemEntropy entropy;
  const auto row = engine::seal(waiting, operation, keys, entropy);
  CHECK_FALSE(shows(row));
  const auto read = engine::open({1, operation, row}, keys);
  REQUIRE(read);

  hub::Writer message;
  hub::put(message, 1, hub::ask::Apply{{}, {change_of(read->operation.password)}});
  CHECK_FALSE(shows(message.plain()));
  const auto carried = hub::read_request(message.plain());
  REQUIRE(carried);
  const auto& changes = std::get<hub::ask::Apply>(carried->what).changes;
  auto central = desk();
  CHECK(got(central->apply_passwords(changes, {})) == std::vector{Verdict::applied});
  CHECK(password() == typed);
  // The hub's database has neither the text nor what it was sealed in.
  CHECK(sql("SELECT count(*) FROM pulih.operation AS o WHERE o::text LIKE '%Perahu%'") == "0");
}

}  // namespace
}  // namespace pulih::central
