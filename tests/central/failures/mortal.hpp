// A gateway's life that ends at a chosen point: before or after a call to the central database, or
// before or after its standing is saved. It ends by an exception that nothing in the gateway knows.
#pragma once
#include <type_traits>

#include "daemon/central/central.hpp"

namespace pulih::central {

struct Killed {};

struct Life {
  int points = 0;  // it passes so many, and ends at the next one; only the first one does
  void passes() {
    if (points-- == 0) throw Killed{};
  }
};

class MortalCentral final : public Central, public AccountSource, public ContactFeed {
 public:
  template <class Driver>
  MortalCentral(Driver& driver, Life& life)
      : central_(driver), source_(driver), contacts_(driver), life_(life) {}

  tl::expected<Welcome, Unavailable> hello(const Hello& hello) override {
    return around([&] { return central_.hello(hello); });
  }
  tl::expected<std::vector<Verdict>, Unavailable> apply_passwords(
      std::span<const PasswordChange> changes, accounts::Instant now) override {
    return around([&] { return central_.apply_passwords(changes, now); });
  }
  tl::expected<void, Unavailable> open_ticket(const Ticket& ticket) override {
    return around([&] { return central_.open_ticket(ticket); });
  }
  tl::expected<std::vector<ContactChange>, Unavailable> contact_changes(std::uint64_t cursor,
                                                                        std::size_t most) override {
    return around([&] { return contacts_.contact_changes(cursor, most); });
  }
  tl::expected<Page, Unavailable> changes(Feed feed, const Cursor& cursor,
                                          std::size_t most) override {
    return around([&] { return source_.changes(feed, cursor, most); });
  }
  tl::expected<std::vector<Fingerprint>, Unavailable> fingerprints(std::uint64_t block,
                                                                   std::size_t most) override {
    return around([&] { return source_.fingerprints(block, most); });
  }
  tl::expected<std::vector<Row>, Unavailable> rows(std::uint64_t block) override {
    return around([&] { return source_.rows(block); });
  }

 private:
  template <class Call>
  std::invoke_result_t<Call> around(Call call) {
    life_.passes();
    auto answer = call();
    life_.passes();
    return answer;
  }

  Central& central_;
  AccountSource& source_;
  ContactFeed& contacts_;
  Life& life_;
};

}  // namespace pulih::central
