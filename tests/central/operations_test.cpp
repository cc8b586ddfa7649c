// What teachers did, at a central database on PostgreSQL: applied once, on the versions that the
// teacher saw, by a gateway of the account's own region, and never half.
#include <catch2/catch.hpp>
#include <thread>

#include "daemon/central/pushing.hpp"
#include "tests/central/cluster.hpp"

namespace pulih::central {
namespace {

using namespace std::chrono_literals;
using Kind = Unavailable::Kind;

constexpr accounts::Instant monday{1'700'000'000s};

PasswordChange change(std::uint8_t id, std::string verifier = "$argon2id$new") {
  PasswordChange change;
  change.id.fill(id);
  change.account_id = "budi12@guru.sd";
  change.base_password_version = 1;
  change.base_identity_version = 1;
  change.verifier = std::move(verifier);
  return change;
}

Verdict apply(PostgresqlCentral& by, const PasswordChange& change) {
  return got(by.apply_passwords({&change, 1}, monday)).front();
}

struct OperationsSite : CentralDatabase {
  PostgresqlCentral central = enrolled("nabire", "papua");
  Meetings gateway;
  OperationsSite() {
    add("budi12@guru.sd", "papua");
    got(gateway.meet(central));
  }
  std::string verifier() { return sql("SELECT verifier FROM pulih.account"); }
  std::string password_version() { return sql("SELECT password_version FROM pulih.account"); }
};

TEST_CASE_METHOD(OperationsSite, "a password change is applied once, and a repetition is told so",
                 "[postgresql]") {
  CHECK(apply(central, change(1)) == Verdict::applied);
  CHECK(verifier() == "$argon2id$new");
  CHECK(apply(central, change(1)) == Verdict::applied);
  CHECK(password_version() == "2");
  CHECK(apply(central, change(1, "$argon2id$other")) == Verdict::altered);
  CHECK(apply(central, change(2)) == Verdict::superseded);
  CHECK(apply(central, change(2)) == Verdict::superseded);
  CHECK(verifier() == "$argon2id$new");
  CHECK(sql("SELECT count(*) FROM pulih.operation") == "2");
}

TEST_CASE_METHOD(OperationsSite,
                 "what is withdrawn is not made later, and what was made before is told",
                 "[postgresql]") {
  engine::Operation operation;
  operation.password.operation.fill(1);
  operation.password.id = "budi12@guru.sd";
  operation.password.password_version = operation.password.identity_version = 1;
  operation.password.verifier = "$argon2id$new";
  const auto pushed = [&](bool withdrawn) {
    operation.withdrawn = withdrawn;
    const auto outcome = push_to(central, {&operation, 1}, accounts::Instant{});
    REQUIRE_FALSE(outcome.failure);
    return outcome.pushed.front().how;
  };
  using How = engine::Pushed::How;
  SECTION("it was not made") {
    CHECK(pushed(true) == How::account_changed);
    CHECK(pushed(true) == How::account_changed);
    CHECK(password_version() == "1");
    // Not even by a call that was under way all the time.
    CHECK(pushed(false) == How::failed);
    CHECK(password_version() == "1");
  }
  SECTION("it was made, and the answer lost") {
    CHECK(pushed(false) == How::applied);
    CHECK(pushed(true) == How::applied);
    CHECK(pushed(false) == How::applied);
    CHECK(password_version() == "2");
  }
}

TEST_CASE_METHOD(OperationsSite,
                 "a changed password comes with the next changes, but not with the urgent",
                 "[postgresql]") {
  const auto start = got(central.changes(Feed::all, at_present, 10));
  CHECK(apply(central, change(1)) == Verdict::applied);
  const auto page = got(central.changes(Feed::all, start.next, 10));
  REQUIRE(page.rows.size() == 1);
  CHECK(page.rows[0].password_version == 2);
  CHECK(page.rows[0].identity_version == 1);
  CHECK(got(central.changes(Feed::urgent, start.next, 10)).rows.empty());
}

TEST_CASE_METHOD(OperationsSite,
                 "a generated password must be changed at the next login, before a time",
                 "[postgresql]") {
  auto generated = change(1);
  generated.change_at_login = true;
  generated.change_before = monday + 72h;  // the gateway's clock is years behind the database's
  CHECK(apply(central, generated) == Verdict::applied);
  const auto in_force =
      "SELECT change_at_login AND change_before - now() BETWEEN '71 hours' AND '72 hours'"
      " FROM pulih.account";
  CHECK(sql(in_force) == "t");
  // Of a repetition the gateway's now is a later one, and the content the same.
  CHECK(got(central.apply_passwords({&generated, 1}, monday + 2h)).front() == Verdict::applied);
  CHECK(sql(in_force) == "t");
  auto chosen = change(2);
  chosen.base_password_version = 2;
  CHECK(apply(central, chosen) == Verdict::applied);
  CHECK(sql("SELECT NOT change_at_login AND change_before IS NULL FROM pulih.account") == "t");
}

TEST_CASE_METHOD(OperationsSite,
                 "a time that no clock shows is refused or over, and breaks nothing",
                 "[postgresql]") {
  using accounts::Instant;
  std::uint8_t id = 0;
  for (const auto before : {Instant::min(), Instant{}, Instant::max()}) {
    auto generated = change(++id);
    generated.change_at_login = true;
    generated.change_before = before;
    generated.base_password_version = id;
    CHECK(apply(central, generated) ==
          (before == Instant::max() ? Verdict::refused : Verdict::applied));
  }
  CHECK(sql("SELECT change_before <= now() FROM pulih.account") == "t");
}

TEST_CASE_METHOD(OperationsSite, "a gateway of the release before is understood", "[postgresql]") {
  sql("SELECT pulih.apply_password('nabire', 1, '\\x01010101010101010101010101010101',"
      " 'budi12@guru.sd', 1, 1, '$argon2id$new', true,"
      " extract(epoch FROM now() + interval '72 hours')::bigint)");
  CHECK(sql("SELECT change_before - now() BETWEEN '71 hours' AND '73 hours' FROM pulih.account") ==
        "t");
}

TEST_CASE_METHOD(OperationsSite,
                 "a link that is lost after the change was sent: the repetition finds it done",
                 "[postgresql]") {
  // Another connection does what the lost answer was about.
  auto first = driver("nabire");
  Meetings same = gateway;
  got(first.hello({same.checkpoint, same.fence}));
  CHECK(apply(first, change(1)) == Verdict::applied);
  central.interrupt();
  const auto lost = change(1);
  CHECK(central.apply_passwords({&lost, 1}, monday).error().kind == Kind::away);
  auto anew = driver("nabire");
  got(gateway.meet(anew));
  CHECK(apply(anew, change(1)) == Verdict::applied);
  CHECK(password_version() == "2");
}

TEST_CASE_METHOD(OperationsSite, "a repetition that overtakes the first waits for what it comes to",
                 "[postgresql]") {
  PostgresqlLink slow(place_of("nabire"));
  got(slow.open());
  got(slow.script(
      "BEGIN; SELECT pulih.apply_password(NULL, 1, '\\x01010101010101010101010101010101',"
      " 'budi12@guru.sd', 1, 1, '$argon2id$new', false, 0)"));
  std::vector<Verdict> verdicts;
  std::thread second([&] { verdicts.push_back(apply(central, change(1))); });
  while (sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
             " AND datname = current_database()") == "0") {
  }
  got(slow.script("COMMIT"));
  second.join();
  CHECK(verdicts == std::vector{Verdict::applied});
  CHECK(password_version() == "2");
}

TEST_CASE_METHOD(OperationsSite,
                 "of two gateways that reset one account one is told it came too late",
                 "[postgresql]") {
  auto other = enrolled("timika", "papua");
  Meetings its;
  got(its.meet(other));
  const auto one = apply(central, change(1, "$argon2id$one"));
  const auto two = apply(other, change(2, "$argon2id$two"));
  CHECK(one == Verdict::applied);
  CHECK(two == Verdict::superseded);
  CHECK(verifier() == "$argon2id$one");
  // An operation is its gateway's: the other's id with the other's content is another one.
  CHECK(apply(other, change(1, "$argon2id$one")) == Verdict::altered);
}

TEST_CASE_METHOD(OperationsSite, "what changed about the account stands against the change",
                 "[postgresql]") {
  SECTION("its contact") { sql("UPDATE pulih.account SET phone = 6281100000777"); }
  SECTION("its birth date") { sql("UPDATE pulih.account SET birth_date = '1985-08-18'"); }
  SECTION("it was locked") { sql("UPDATE pulih.account SET locked = true"); }
  SECTION("it went to another region and came back") {
    sql("UPDATE pulih.account SET region = 'maluku'");
    CHECK(apply(central, change(9)) == Verdict::unknown_account);
    sql("UPDATE pulih.account SET region = 'papua'");
  }
  SECTION("it was deleted and made again") {
    sql("DELETE FROM pulih.account");
    CHECK(apply(central, change(9)) == Verdict::unknown_account);
    add("budi12@guru.sd", "papua");
  }
  CHECK(apply(central, change(1)) == Verdict::identity_changed);
  CHECK(verifier().empty());
}

TEST_CASE_METHOD(OperationsSite, "a password changed by another way wins", "[postgresql]") {
  sql("UPDATE pulih.account SET verifier = '{SSHA}of the help desk'");
  CHECK(apply(central, change(1)) == Verdict::superseded);
  CHECK(verifier() == "{SSHA}of the help desk");
}

TEST_CASE_METHOD(OperationsSite,
                 "a refusal of the owner's own trigger is told, and nothing else is undone",
                 "[postgresql]") {
  const auto* const code = GENERATE("PU010", "P0001", "23514", "22023");
  script(
      "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no' USING ERRCODE "
      "= '" +
      std::string(code) +
      "'; END $$;"
      "CREATE TRIGGER no AFTER UPDATE OF verifier ON pulih.account FOR EACH ROW EXECUTE FUNCTION "
      "no()");
  CHECK(apply(central, change(1)) == Verdict::refused);
  CHECK(apply(central, change(1)) == Verdict::refused);
  CHECK(password_version() == "1");
  CHECK(verifier().empty());
}

TEST_CASE_METHOD(OperationsSite, "a hundred changes go out together, each a transaction of its own",
                 "[postgresql]") {
  std::vector<PasswordChange> changes;
  for (std::uint8_t n = 0; n < 100; ++n) {
    const auto id = "guru" + std::to_string(n) + "@guru.sd";
    if (n % 10 != 3) add(id, "papua");
    auto one = change(n);
    one.account_id = id;
    one.base_identity_version = static_cast<std::uint32_t>(n + 2 - (n + 6) / 10);
    one.verifier += std::string(200, 'x');
    changes.push_back(one);
  }
  const auto verdicts = got(central.apply_passwords(changes, monday));
  REQUIRE(verdicts.size() == 100);
  for (std::size_t n = 0; n < 100; ++n)
    CHECK(verdicts[n] == (n % 10 == 3 ? Verdict::unknown_account : Verdict::applied));
  CHECK(sql("SELECT count(DISTINCT chg) FROM pulih.account WHERE password_version = 2") == "90");
  CHECK(got(central.apply_passwords({}, monday)).empty());
}

TEST_CASE_METHOD(OperationsSite, "values that nobody types are refused, and break nothing",
                 "[postgresql]") {
  const std::string quote = "'; DROP TABLE pulih.account; --";
  for (const auto& id : {quote, std::string("budi12@guru.sd\0x", 16), std::string(10'000, 'b'),
                         std::string("\xff\xfe"), std::string("\"\\"), std::string()}) {
    auto hostile = change(1);
    hostile.id[0] = static_cast<std::uint8_t>(id.size());
    hostile.account_id = id;
    const auto verdict = central.apply_passwords({&hostile, 1}, monday);
    // Octets that are no UTF-8 are an error of the server's (22021), anything else is no account.
    if (verdict)
      CHECK(verdict->front() == Verdict::unknown_account);
    else
      CHECK(verdict.error().why.find("22021") != std::string::npos);
  }
  std::uint8_t id = 100;
  for (const auto& verifier : {quote, std::string("$argon2id$a\0b", 13), std::string(),
                               std::string("plain text"), "$argon2id$" + std::string(600, 'x')})
    CHECK(apply(central, change(++id, verifier)) == Verdict::refused);
  auto long_away = change(200);
  long_away.change_at_login = true;
  long_away.change_before = accounts::Instant::max();
  CHECK(apply(central, long_away) == Verdict::refused);
  CHECK(sql("SELECT count(*) FROM pulih.account") == "1");
  CHECK(apply(central, change(210)) == Verdict::applied);
}

TEST_CASE_METHOD(OperationsSite, "a ticket is opened once", "[postgresql]") {
  Ticket ticket;
  ticket.id.fill(5);
  ticket.report = 1234567;
  ticket.account_id = "budi12@guru.sd";
  ticket.reason = 2;
  ticket.at = monday;
  got(central.open_ticket(ticket));
  got(central.open_ticket(ticket));
  CHECK(
      sql("SELECT string_agg(site || ' ' || region || ' ' || report || ' ' || account_id || ' ' ||"
          " reason || ' ' || extract(epoch FROM at)::bigint, ',') FROM pulih.ticket") ==
      "nabire papua 1234567 budi12@guru.sd 2 1700000000");
  ticket.id.fill(6);
  ticket.account_id.clear();
  got(central.open_ticket(ticket));
  CHECK(sql("SELECT count(*) FROM pulih.ticket WHERE account_id IS NULL") == "1");
}

TEST_CASE_METHOD(OperationsSite,
                 "what was applied is on disk, even where this database says otherwise",
                 "[postgresql]") {
  sql("ALTER DATABASE " + sql("SELECT current_database()") + " SET synchronous_commit = off");
  auto anew = driver("nabire");
  got(gateway.meet(anew));
  script(
      "CREATE TABLE seen (how text); GRANT INSERT ON seen TO PUBLIC;"
      "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " INSERT INTO public.seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END "
      "$$;"
      "CREATE CONSTRAINT TRIGGER see AFTER UPDATE ON pulih.account DEFERRABLE INITIALLY DEFERRED"
      " FOR EACH ROW EXECUTE FUNCTION see()");
  CHECK(apply(anew, change(1)) == Verdict::applied);
  CHECK(sql("SELECT how FROM seen") == "on");
}

}  // namespace
}  // namespace pulih::central
