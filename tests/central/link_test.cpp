// The connection to a PostgreSQL server that is not as it should be: away, silent, not letting us
// in, or breaking off. What is told says what, where and what to type, and holds no secret.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "tests/central/cluster.hpp"

namespace pulih::central {
namespace {

using Kind = Unavailable::Kind;
using namespace std::chrono_literals;

Unavailable not_open(PostgresqlPlace place) {
  PostgresqlLink link(std::move(place));
  const auto opened = link.open();
  REQUIRE_FALSE(opened);
  CHECK_FALSE(link.is_open());
  return opened.error();
}
bool has(const Unavailable& error, std::string_view text) {
  return error.why.find(text) != std::string::npos;
}

struct LinkSite : CentralDatabase {
  LinkSite() { enrol("nabire", "papua"); }
};

TEST_CASE_METHOD(LinkSite, "a wrong password is refused, and not told", "[postgresql]") {
  auto place = place_of("nabire");
  place.password = accounts::Secret("planted-and-wrong");
  const auto error = not_open(std::move(place));
  CHECK(error.kind == Kind::refused);
  CHECK(has(error, "28P01"));
  CHECK(has(error, "central.password"));
  CHECK_FALSE(has(error, "planted"));
  auto without = place_of("nabire");
  without.password = {};
  CHECK(not_open(std::move(without)).kind == Kind::refused);
}

TEST_CASE_METHOD(LinkSite, "a database that is not there, or without our schema, is refused",
                 "[postgresql]") {
  auto place = owner_place();
  const auto name = sql("SELECT current_database()");
  place.uri.replace(place.uri.find(name), name.size(), "absent");
  const auto error = not_open(std::move(place));
  CHECK(error.kind == Kind::refused);
  CHECK(has(error, "3D000"));

  auto bare = owner_place();
  bare.uri.replace(bare.uri.find(name), name.size(), "postgres");
  PostgresqlCentral central(std::move(bare), &keys);
  const auto hello = central.hello({{1, 1}, 0});
  REQUIRE_FALSE(hello);
  CHECK(hello.error().kind == Kind::refused);
  CHECK(has(hello.error(), "pulihctl central init"));
}

TEST_CASE("a URI that cannot be read is not repeated", "[postgresql]") {
  for (const auto* uri :
       {"postgresql://u:planted@h/d?nonsense=planted", "postgresql://[planted", "planted", ""}) {
    const auto error = not_open({uri, {}, "test"});
    CHECK_FALSE(has(error, "planted"));
  }
}

TEST_CASE("a server that is away is away", "[postgresql]") {
  const auto error = not_open({"postgresql:///accounts?host=/tmp/pulih-absent", {}, "test"});
  CHECK(error.kind == Kind::away);
  CHECK(has(error, "/tmp/pulih-absent"));
}

// Takes connections and says nothing.
struct Silent {
  std::string folder = "/tmp/pulih-silent-XXXXXX";
  int listening = -1;
  Silent() {
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    sockaddr_un address{AF_UNIX, {}};
    const auto name = folder + "/.s.PGSQL.5432";
    name.copy(address.sun_path, sizeof address.sun_path - 1);
    listening = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(listening, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listening, 5) == 0);
  }
  ~Silent() {
    ::close(listening);
    std::filesystem::remove_all(folder);
  }
};

TEST_CASE("a server that says nothing is given up after our patience", "[postgresql]") {
  const Silent silent;
  const auto error = not_open({"postgresql://u@/a?host=" + silent.folder, {}, "test", 50ms});
  CHECK(error.kind == Kind::away);
  CHECK(has(error, "nothing came"));
}

TEST_CASE("a stop of the gateway ends a wait", "[postgresql]") {
  const Silent silent;
  PostgresqlLink link({"postgresql://u@/a?host=" + silent.folder, {}, "test"});
  std::thread stopping([&] { link.interrupt(); });
  CHECK(link.open().error().kind == Kind::away);
  stopping.join();
  CHECK(link.open().error().kind == Kind::away);
}

TEST_CASE_METHOD(LinkSite,
                 "a connection that the server ends is closed, and a meeting makes a new one",
                 "[postgresql]") {
  auto central = driver("nabire");
  Meetings gateway;
  got(gateway.meet(central));
  sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'pulih_site_nabire'");
  while (sql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'pulih_site_nabire'") != "0") {
  }
  CHECK(central.changes(Feed::all, "", 10).error().kind == Kind::away);
  CHECK(central.changes(Feed::all, "", 10).error().kind == Kind::away);
  got(gateway.meet(central));
  CHECK(central.changes(Feed::all, "", 10));
}

TEST_CASE_METHOD(LinkSite, "after an error the connection goes on", "[postgresql]") {
  PostgresqlLink link(owner_place());
  got(link.open());
  const std::vector<PostgresqlCall> calls{
      {"SELECT 1", {}}, {"SELECT 1/0", {}}, {"SELECT $1", {"x"}}};
  const auto failed = link.run(calls);
  REQUIRE_FALSE(failed);
  CHECK(has(failed.error(), "22012"));
  CHECK(got(link.run({"SELECT $1", {"'; --"}})).text(0, 0) == "'; --");
  CHECK_FALSE(got(link.run({"SELECT $1", {std::nullopt}})).text(0, 0));
}

TEST_CASE_METHOD(LinkSite, "more than both buffers hold goes through in one piece",
                 "[postgresql]") {
  PostgresqlLink link(owner_place());
  got(link.open());
  const std::string large(200'000, 'x');
  const std::vector<PostgresqlCall> calls(100, {"SELECT $1::text || $1", {large}});
  for (const auto& answer : got(link.run(calls)))
    CHECK(answer.text_or_empty(0, 0).size() == 400'000);
}

}  // namespace
}  // namespace pulih::central
