// A verifier knows its password again and no other, and the pool gives each ticket its own answer,
// refuses what it has no room for, and goes without waiting for what it has not begun.
#include <sodium.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "daemon/accounts/hashing_pool.hpp"

namespace pulih::accounts {
namespace {

constexpr HashCost cheap{64, 1};

// Results of a pool, and a way to wait for a number of them.
class Results {
 public:
  void put(HashingResult result) {
    const std::lock_guard lock(mutex_);
    const auto ticket = result.ticket;
    all_.emplace(ticket, std::move(result));
    changed_.notify_all();
  }
  std::map<std::uint64_t, HashingResult>& wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return all_.size() >= count; });
    return all_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, HashingResult> all_;
};

// Holds every worker up in its callback until it is opened.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void wait_for_somebody() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ > 0; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

HashingJob job(std::uint64_t ticket, std::string_view password) {
  return {ticket, Secret(password), std::nullopt};
}

}  // namespace

TEST_CASE("a verifier knows its password again and no other", "[hashing]") {
  const auto verifier = hash(Secret("kopi-hujan-kereta-mangga"), cheap);
  CHECK(verify(Secret("kopi-hujan-kereta-mangga"), verifier));
  CHECK_FALSE(verify(Secret("kopi-hujan-kereta-manggis"), verifier));
  CHECK_FALSE(verify(Secret(), verifier));
}

TEST_CASE("a verifier is an argon2id string that tells its cost", "[hashing]") {
  CHECK(hash(Secret("x"), cheap).starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
  CHECK(hash(Secret("x"), {}).starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
}

TEST_CASE("the same password has another verifier each time", "[hashing]") {
  CHECK(hash(Secret("x"), cheap) != hash(Secret("x"), cheap));
}

TEST_CASE("what is no verifier verifies nothing", "[hashing]") {
  for (const auto& text : {std::string(), std::string("$argon2id$"), std::string("plain"),
                           std::string(5000, '$'), hash(Secret("x"), cheap).substr(0, 40)})
    CHECK_FALSE(verify(Secret("plain"), text));
}

TEST_CASE("the pool makes verifiers and compares", "[hashing pool]") {
  Results results;
  HashingPool pool({cheap, 2, 8}, [&](HashingResult result) { results.put(std::move(result)); });
  const auto known = hash(Secret("known"), cheap);
  REQUIRE(pool.offer(job(1, "typed")));
  REQUIRE(pool.offer({2, Secret("known"), known}));
  REQUIRE(pool.offer({3, Secret("other"), known}));

  auto& all = results.wait_for(3);
  CHECK(verify(Secret("typed"), all.at(1).verifier));
  CHECK(all.at(1).password == Secret("typed"));
  CHECK(all.at(2).matches);
  CHECK(all.at(2).verifier.empty());
  CHECK_FALSE(all.at(3).matches);
  CHECK(all.at(3).password == Secret("other"));
}

TEST_CASE("a pool with a sealing key seals what it hashed or found the same", "[hashing pool]") {
  Results results;
  OpeningKey key;
  key.fill(9);
  HashingPool pool({cheap, 1, 8, sealing_key(key)},
                   [&](HashingResult result) { results.put(std::move(result)); });
  const auto known = hash(Secret("known"), cheap);
  const Operation operation{7};
  REQUIRE(pool.offer({1, Secret("typed"), std::nullopt, operation, "budi12@guru.sd"}));
  REQUIRE(pool.offer({2, Secret("known"), known, operation, "budi12@guru.sd"}));
  REQUIRE(pool.offer({3, Secret("other"), known, operation, "budi12@guru.sd"}));
  auto& all = results.wait_for(3);
  const auto opened = [&](std::uint64_t ticket) {
    return open_password(all.at(ticket).sealed, operation, "budi12@guru.sd", key);
  };
  REQUIRE(opened(1));
  CHECK(opened(1)->reveal() == "typed");
  REQUIRE(opened(2));
  CHECK(opened(2)->reveal() == "known");
  CHECK(all.at(3).sealed.empty());
}

TEST_CASE("a full queue refuses, and takes again when there is room", "[hashing pool]") {
  Gate gate;
  Results results;
  HashingPool pool({cheap, 1, 2}, [&](HashingResult result) {
    gate.pass();
    results.put(std::move(result));
  });
  REQUIRE(pool.offer(job(1, "at work")));
  gate.wait_for_somebody();
  CHECK(pool.offer(job(2, "waits")));
  CHECK(pool.offer(job(3, "waits")));
  CHECK_FALSE(pool.offer(job(4, "too many")));
  gate.open();
  results.wait_for(3);
  CHECK(pool.offer(job(5, "again")));
  CHECK_FALSE(results.wait_for(4).contains(4));
}

TEST_CASE("a pool that goes ends the job at hand and forgets the others", "[hashing pool]") {
  Gate gate;
  Results results;
  {
    HashingPool pool({cheap, 1, 8}, [&](HashingResult result) {
      gate.pass();
      results.put(std::move(result));
    });
    REQUIRE(pool.offer(job(1, "at work")));
    gate.wait_for_somebody();
    for (std::uint64_t ticket = 2; ticket < 6; ++ticket) REQUIRE(pool.offer(job(ticket, "waits")));
    pool.stop();
    CHECK_FALSE(pool.offer(job(6, "too late")));
    gate.open();
  }
  const auto& all = results.wait_for(1);
  CHECK(all.size() == 1);
  CHECK(all.contains(1));
}

}  // namespace pulih::accounts
