// The section `limits`: every quota, lifetime and bound with the range that it may have, and what
// has to hold between two of them.
#include "config/settings_sections.hpp"

namespace pulih::config {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

void read_lifetimes(Section& section, conversation::Policy& policy) {
  section.read("session", policy.session_life, duration(minutes{10}, days{7}));
  section.read("code_lifetime", policy.code_life, duration(minutes{1}, hours{1}));
  section.read("email_code_lifetime", policy.email_code_life, duration(minutes{10}, days{7}));
  section.read("password_window", policy.password_window, duration(minutes{5}, hours{24}));
  section.read("temporary_password", policy.temporary_password_life, duration(hours{1}, days{30}));
  section.read("pause", policy.pause, duration(hours{1}, days{7}));
  section.read("hold", policy.hold, duration(hours{1}, days{30}));
  section.read("contact_change_wait", policy.contact_change_wait, duration(seconds{0}, days{90}));
  section.read("duplicate_window", policy.duplicate_window, duration(seconds{0}, hours{1}));
  section.read("replica_age", policy.replica_age, duration(hours{1}, days{30}));
  section.read("message_lifetime", policy.message_life, duration(minutes{1}, days{7}));
}

void read_quotas(Section& section, conversation::Policy& policy) {
  const auto gap = duration(seconds{0}, hours{24});
  section.read("code_tries", policy.code_tries, number(1, 10));
  section.read("code_tries_total", policy.code_tries_total, number(1, 100));
  section.read("sends", policy.code_sends, number(1, conversation::most_code_sends));
  section.read_list("send_gaps", policy.send_gaps, gap);
  section.read("birth_date_session", policy.birth_date_session, number(1, 10));
  section.read("birth_date_day", policy.birth_date_day, number(1, 50));
  section.read("birth_date_total", policy.birth_date_total, number(1, 1000));
  section.read("accounts_a_phone", policy.accounts_a_phone,
               number(1, conversation::most_accounts_a_phone));
  section.read("replies_a_phone", policy.replies_a_phone, number(10, 10'000));
  section.read("password_shortest", policy.passwords.shortest, number(8, 64));
  section.read("password_longest", policy.passwords.longest, number(20, 100));
}

void read_bounds(Section& section, Limits& limits) {
  section.read("intake_queue", limits.intake_queue, number(16, 1'000'000));
  section.read("outbound_queue", limits.outbound_queue, number(16, 1'000'000));
  section.read("multipart_waiting", limits.multipart_waiting, number(1, 100'000));
  section.read("multipart_lifetime", limits.multipart_lifetime, duration(seconds{1}, minutes{5}));
  section.read("receipts_waiting", limits.receipts_waiting, number(1, 1'000'000));
  section.read("batch_events", limits.batch_events, number(1, 10'000));
  section.read("held_messages", limits.held_messages, number(1, 64));
  section.read("ussd_answer", limits.ussd_answer, duration(seconds{1}, minutes{1}));
  section.read("hashing_queue", limits.hashing_queue, number(1, 10'000));
  section.read("hashing_threads", limits.hashing_threads, number(1, 64));
  // OWASP's parameters for argon2id begin at 7 MiB.
  section.read("hashing_memory", limits.hashing_cost.memory_kib,
               [](std::string_view text) -> Parsed<std::uint32_t> {
                 return parse_mebibytes(text, {7, 1024}).map([](auto mib) { return mib * 1024; });
               });
  section.read("push_batch", limits.push_batch, number(1, 1000));
  section.read("operations_waiting", limits.operations_waiting, number(1, 10'000'000));
  section.read("push_retry", limits.push_retry, duration(minutes{1}, days{7}));
  section.read("push_retry_first", limits.push_retry_first, duration(seconds{1}, hours{1}));
  section.read("push_retry_longest", limits.push_retry_longest, duration(seconds{1}, hours{1}));
  section.read("operations_old", limits.operations_old, duration(minutes{1}, days{1}));
  section.read("applied", limits.applied, duration(days{1}, days{366}));
  section.read("audit", limits.audit, duration(days{1}, days{3660}));
  section.read("journal_queue", limits.journal_queue, number(64, 1'000'000));
}

struct Order {
  bool holds;
  std::string_view key, other;
};

void check_orders(Section& section, const conversation::Policy& policy, const Limits& limits) {
  const Order orders[] = {
      {policy.code_life <= policy.session_life, "code_lifetime", "session"},
      {policy.password_window <= policy.session_life, "password_window", "session"},
      {policy.code_tries <= policy.code_tries_total, "code_tries", "code_tries_total"},
      {policy.birth_date_session <= policy.birth_date_day, "birth_date_session", "birth_date_day"},
      {policy.birth_date_day <= policy.birth_date_total, "birth_date_day", "birth_date_total"},
      {policy.passwords.shortest <= policy.passwords.longest, "password_shortest",
       "password_longest"},
      {limits.push_retry_first <= limits.push_retry_longest, "push_retry_first",
       "push_retry_longest"},
  };
  for (const auto& order : orders)
    if (!order.holds)
      section.error(section.has(order.key) ? order.key : order.other,
                    {std::string(order.key) + " is more than " + std::string(order.other),
                     "set both, the first not above the second"});
  if (policy.send_gaps.size() >= conversation::most_code_sends)
    section.error("send_gaps", {"more gaps than codes can be sent in a day",
                                "one gap for each code after the first"});
}

}  // namespace

void read_limits(Section& section, conversation::Policy& policy, Limits& limits) {
  read_lifetimes(section, policy);
  read_quotas(section, policy);
  read_bounds(section, limits);
  check_orders(section, policy, limits);
  section.finish();
}

}  // namespace pulih::config
