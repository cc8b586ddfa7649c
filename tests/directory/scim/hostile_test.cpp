// What a SCIM server, or whoever stands in its place, may answer: anything, nothing, or for ever.
// Each call ends with a value, nothing is lost or taken for true, and neither the token nor a
// password stands in a text or stays in memory.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <future>

#include "tests/directory/scim/fixture.hpp"
#include "tests/unit/carriers/certificates.hpp"

namespace pulih::directory {
namespace {

const accounts::Secret hers("Ombak-di-teluk-9");
using Then = ScimReply::Then;

// Of each call, when whatever is asked for but the abilities is answered like this.
std::vector<central::Unavailable> failures(
    const std::function<ScimReply(const ScimRequest&)>& reply,
    std::chrono::seconds patience = std::chrono::seconds{20}) {
  Running running(3);
  auto settings = settings_for(running.server.url());
  settings.place.patience = patience;
  ScimDirectory directory(std::move(settings));
  const auto state = (*directory.read("u0001"))->marks.state;
  running.server.set_script([&](const ScimRequest& request) { return reply(request); });
  std::vector<central::Unavailable> failed;
  const auto list = directory.list("", [](auto) {});
  const auto since = directory.list("2026-08-17T09:00:00Z", [](auto) {});
  const auto read = directory.read("u0001");
  const auto write = directory.put_password("u0001", state, hers);
  if (!list) failed.push_back(list.error());
  if (!since) failed.push_back(since.error());
  if (!read) failed.push_back(read.error());
  if (!write) failed.push_back(write.error());
  for (const auto& failure : failed) {
    CAPTURE(failure.why);
    CHECK(failure.why.find(the_token) == std::string::npos);
    CHECK(failure.why.find(hers.reveal()) == std::string::npos);
    CHECK(failure.why.find("planted") == std::string::npos);
    CHECK(failure.why.size() < 300);
  }
  running.server.set_script(nullptr);
  CHECK(told_by(directory).entries.size() == 3);
  return failed;
}

std::string list_of(const std::string& rest) {
  return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],)" + rest + "}";
}
const std::string a_user =
    R"({"id":"x","meta":{"version":"W/\"1\"","lastModified":"2026-08-17T10:00:00Z"}})";

TEST_CASE("an answer that is none is a failure of every call", "[scim]") {
  const std::string content = GENERATE_COPY(values<std::string>(
      {"",
       "planted",
       "{",
       "[]",
       "null",
       "12",
       "{}",
       "\xff\xfe",
       std::string(1, '\0'),
       std::string(100'000, '['),
       std::string(100'000, '{'),
       R"({"id":"planted"})",
       R"({"id":"u0001","ID":"planted"})",
       list_of(R"("totalResults":3)"),
       list_of(R"("totalResults":3,"Resources":[])"),
       list_of(R"("totalResults":-3,"Resources":[])"),
       list_of(R"("totalResults":"3")"),
       list_of(R"("totalResults":1e400)"),
       list_of(R"("totalResults":1,"Resources":{"planted":1})"),
       list_of(R"("totalResults":1,"Resources":[1])"),
       list_of(R"("totalResults":18446744073709551615,"Resources":[)" + a_user + "]"),
       list_of(R"("totalResults":1,"startIndex":7,"Resources":[)" + a_user + "]"),
       list_of(R"("totalResults":1,"Resources":[)" + a_user + "," + a_user + "]"),
       list_of(R"("totalResults":5,"Resources":[)" + a_user + "]"),
       R"({"totalResults":1,"Resources":[)" + a_user + "]}"}));
  const auto failed = failures([&](const ScimRequest&) {
    return scim_reply(200, content, "Date: Mon, 17 Aug 2026 10:00:00 GMT\r\n");
  });
  CHECK(failed.size() == 4);
}

TEST_CASE("an answer that breaks HTTP, or breaks off, is a failure of every call", "[scim]") {
  const std::string octets = GENERATE_COPY(values<std::string>(
      {"", "planted\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"planted\"",
       "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}", "HTTP/1.1 200",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nplanted",
       "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\nplanted",
       "HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x'), "HTTP/9.9 200 OK\r\n\r\n",
       "HTTP/1.1 99999 planted\r\n\r\n{}",
       "HTTP/1.1 200 OK\r\nDate: planted\r\nETag: planted\r\nContent-Length: 2\r\n\r\n{}"}));
  CHECK(failures([&](const ScimRequest&) { return ScimReply{octets, Then::close}; }).size() == 4);
}

TEST_CASE("an answer that is too large is given up", "[scim]") {
  const auto failed = failures([](const ScimRequest&) {
    return scim_reply(200, "{\"a\":\"" + std::string(5 << 20, 'x') + "\"}");
  });
  REQUIRE(failed.size() == 4);
  CHECK(failed[0].why.find("larger") != std::string::npos);
  CHECK(failures([](const ScimRequest&) {
          std::string headers;
          for (int i = 0; i < 3'000; ++i) headers += "X-Planted: " + std::string(40, 'x') + "\r\n";
          return scim_reply(200, "{}", headers);
        }).size() == 4);
}

TEST_CASE("a server that drips or says nothing is given up", "[scim]") {
  const auto then = GENERATE(Then::drip, Then::hang);
  const auto failed = failures(
      [&](const ScimRequest&) {
        return ScimReply{then == Then::drip ? "HTTP/1.1 200 OK\r\nX: " + std::string(600, 'x') : "",
                         then};
      },
      std::chrono::seconds{1});
  REQUIRE(failed.size() == 4);
  for (const auto& failure : failed) CHECK(failure.kind == Kind::away);
}

TEST_CASE("pages that are always the first one do not pass for the others", "[scim]") {
  Running running(199);
  ScimServer::Abilities abilities;
  abilities.most_results = 100;
  running.server.set_abilities(abilities);
  ScimDirectory directory(settings_for(running.server.url()));
  ScimReply first;
  running.server.set_script([&](const ScimRequest& request) -> std::optional<ScimReply> {
    if (!request.path.ends_with("/Users")) return std::nullopt;
    nlohmann::json users = nlohmann::json::array();
    for (int i = 1; i <= 100; ++i) {
      auto user = teacher(i);
      user["id"] = Running::id(i);
      user["meta"] = {{"version", "W/\"1\""}, {"lastModified", "2026-08-17T10:00:00Z"}};
      users.push_back(user);
    }
    const nlohmann::json told{{"schemas", {"urn:ietf:params:scim:api:messages:2.0:ListResponse"}},
                              {"totalResults", 199},
                              {"Resources", users}};
    return scim_reply(200, told.dump(), "Date: Mon, 17 Aug 2026 10:00:00 GMT\r\n");
  });
  CHECK(!directory.list("", [](auto) {}));
}

TEST_CASE("pages that know nobody end the listing at last", "[scim]") {
  Running running(3);
  ScimDirectory directory(settings_for(running.server.url()));
  int drawn = 0;
  running.server.set_script([&](const ScimRequest& request) -> std::optional<ScimReply> {
    if (!request.path.ends_with("/Users")) return std::nullopt;
    const auto user = [&] {
      return R"({"id":"n)" + std::to_string(++drawn) + R"(","meta":{"version":"W/\"1\""}})";
    };
    return scim_reply(200,
                      list_of(R"("totalResults":1000,"Resources":[)" + user() + "," + user() + "]"),
                      "Date: Mon, 17 Aug 2026 10:00:00 GMT\r\n");
  });
  CHECK(!directory.list("", [](auto) {}));
}

TEST_CASE("a password whose answer is lost was sent once", "[scim]") {
  Running running;
  ScimDirectory directory(settings_for(running.server.url()));
  auto state = state_of(directory);
  state = directory.put_password("u0001", state, hers)->marks.state;
  REQUIRE(directory.read("u0001"));  // on a connection that is kept
  const auto before = running.server.count("PATCH");
  running.server.set_script([&](const ScimRequest& request) -> std::optional<ScimReply> {
    if (request.method != "PATCH") return std::nullopt;
    running.server.change("u0001", [](auto&) {});
    return ScimReply{"", Then::close};
  });
  const auto write = directory.put_password("u0001", state, accounts::Secret("another-one-1"));
  REQUIRE(!write);
  CHECK(write.error().kind == Kind::away);
  CHECK(running.server.count("PATCH") == before + 1);
}

TEST_CASE("a call is interrupted from another thread, and so is every later one", "[scim]") {
  Running running;
  ScimDirectory directory(settings_for(running.server.url()));
  REQUIRE(directory.read("u0001"));
  std::promise<void> arrived;
  running.server.set_script([&](const ScimRequest&) {
    arrived.set_value();
    return ScimReply{"HTTP/1.1 200 OK\r\n", Then::hang};
  });
  tl::expected<std::string, central::Unavailable> listed;
  {
    const std::jthread thread([&] { listed = directory.list("", [](auto) {}); });
    arrived.get_future().wait();
    directory.interrupt();
  }
  REQUIRE(!listed);
  CHECK(listed.error().kind == Kind::away);
  CHECK(listed.error().why.find("stopping") != std::string::npos);
  CHECK(directory.read("u0001").error().why.find("stopping") != std::string::npos);
  CHECK(directory.put_password("u0001", "W/\"1\"", hers).error().kind == Kind::away);
}

TEST_CASE("an interrupt that comes early is not lost", "[scim]") {
  Running running;
  ScimDirectory directory(settings_for(running.server.url()));
  directory.interrupt();
  CHECK(directory.read("u0001").error().why.find("stopping") != std::string::npos);
  CHECK(running.server.requests().empty());
}

TEST_CASE("a server that stops in the middle of a listing and comes back is found again",
          "[scim]") {
  auto first = std::make_unique<Running>(500);
  const auto port = first->server.port();
  ScimDirectory directory(settings_for(first->server.url()));
  const auto listed = directory.list("", [&](auto) { first.reset(); });
  REQUIRE(!listed);
  CHECK(listed.error().kind == Kind::away);
  const auto write = directory.put_password("u0001", "W/\"1\"", hers);
  REQUIRE(!write);
  CHECK(write.error().kind == Kind::away);

  Running again(3, nullptr, port);
  CHECK(told_by(directory).entries.size() == 3);
  CHECK(directory.put_password("u0001", "W/\"1\"", hers)->what == What::done);
}

TEST_CASE("a wrong token is told, and neither it nor the right one", "[scim]") {
  Running running;
  ScimDirectory directory(settings_for(running.server.url(), "a-wrong-token"));
  const auto read = directory.read("u0001");
  REQUIRE(!read);
  CHECK(read.error().kind == Kind::refused);
  CHECK(read.error().why.find("wrong-token") == std::string::npos);
  CHECK(read.error().why.find("401") != std::string::npos);
}

TEST_CASE("nothing is sent to a place that cannot be used", "[scim]") {
  const auto why = [](const std::string& url, const std::string& token = the_token) {
    ScimDirectory directory(settings_for(url, token));
    const auto read = directory.read("u0001");
    REQUIRE(!read);
    CHECK(read.error().kind == Kind::refused);
    CHECK(read.error().why.find("planted") == std::string::npos);
    return read.error().why;
  };
  for (const auto* url :
       {"", "planted", "http://directory.example.org/scim/v2", "http://127.example.org/scim",
        "http://localhost.example.org/", "ftp://localhost/scim", "file:///etc/passwd",
        "https://planted:planted@directory.example.org/", "https://localhost/?planted",
        "https://localhost/#planted", "https://"})
    CHECK(!why(url).empty());
  for (const auto* token : {"", "planted token", "planted\r\nX: y", "planted\n"})
    CHECK(why("https://localhost/", token).find("token") != std::string::npos);
}

// ---- TLS
// ------------------------------------------------------------------------------------------

struct Authority {
  carriers::CertificateFolder folder;
  carriers::Signed ca = carriers::make_certificate("example", nullptr);
  carriers::Signed other = carriers::make_certificate("other.example", nullptr);
  std::filesystem::path file = folder.certificate("ca.pem", ca);
};

TEST_CASE("a server is proven before it is told anything", "[scim]") {
  const Authority authority;
  const auto outcome = [&](const carriers::Signed& certificate) {
    Running running(1, carriers::server_context(certificate));
    auto settings = settings_for(running.server.url());
    settings.place.ca = authority.file;
    ScimDirectory directory(std::move(settings));
    const auto read = directory.read("u0001");
    CHECK(running.server.requests().empty() == !read);
    if (!read) CHECK(read.error().kind == Kind::away);
    return read ? "" : read.error().why;
  };
  CHECK(outcome(carriers::make_certificate("localhost", &authority.ca)) == "");
  const auto wrong_name = outcome(carriers::make_certificate("other.example", &authority.ca));
  CHECK(wrong_name.find("certificate") != std::string::npos);
  CHECK(outcome(carriers::make_certificate("localhost", &authority.other)) != "");
  CHECK(outcome(carriers::make_certificate("localhost", &authority.ca, -10, -1)) != "");
  CHECK(outcome(carriers::make_certificate("localhost", nullptr)) != "");

  Running plain;  // no TLS where TLS should be
  auto settings = settings_for("https" + plain.server.url().substr(4));
  settings.place.patience = std::chrono::seconds{1};
  ScimDirectory directory(std::move(settings));
  CHECK(directory.read("u0001").error().kind == Kind::away);
}

TEST_CASE("a file of authorities that is none is told", "[scim]") {
  const Authority authority;
  Running running(1, carriers::server_context(authority.ca));
  auto settings = settings_for(running.server.url());
  settings.place.ca = authority.folder.text("none.pem", "none");
  ScimDirectory directory(std::move(settings));
  CHECK(directory.read("u0001").error().kind == Kind::refused);
}

// ---- memory
// ------------------------------------------------------------------------------------------

// A password that stands in this process only as long as the Secret does; masked before and after.
class Masked {
 public:
  explicit Masked(int number) {
    for (int i = 0; i < 40; ++i)
      octets_.push_back(static_cast<unsigned char>(('A' + (number + i * 7) % 26) ^ mask));
  }
  accounts::Secret plain() const {
    accounts::WipedBytes text(octets_.begin(), octets_.end());
    for (auto& octet : text) octet ^= mask;
    return accounts::Secret({reinterpret_cast<const char*>(text.data()), text.size()});
  }
  // How often it, or the most of it, stands in what this process can write to.
  std::size_t times_in_memory() const {
    std::size_t times = 0;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
      std::size_t from = 0, to = 0;
      char rights[5] = {};
      if (std::sscanf(line.c_str(), "%zx-%zx %4s", &from, &to, rights) != 3) continue;
      // A sanitizer's tables are larger, and empty.
      if (rights[0] != 'r' || rights[1] != 'w' || to - from > (1U << 30)) continue;
      times += times_between(from, to);
    }
    return times;
  }

 private:
  static constexpr unsigned char mask = 0x5a;
  std::size_t times_between(std::size_t from, std::size_t to) const {
    accounts::WipedBytes part(to - from);
    const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    REQUIRE(memory >= 0);
    const auto got = ::pread(memory, part.data(), part.size(), static_cast<off_t>(from));
    ::close(memory);
    if (got <= 0) return 0;
    for (auto& octet : part) octet ^= mask;
    std::size_t times = 0;
    const std::span most(octets_.data() + 12, octets_.size() - 16);
    for (auto at = part.begin();
         (at = std::search(at, part.end(), most.begin(), most.end())) != part.end(); ++at)
      ++times;
    return times;
  }
  std::vector<unsigned char> octets_;
};

TEST_CASE("a password leaves no copy in memory, be it refused, set, or repeated by the server",
          "[scim]") {
  const bool encrypted = GENERATE(false, true);
  const Authority authority;
  const auto certificate = carriers::make_certificate("localhost", &authority.ca);
  ScimServer server(encrypted ? carriers::server_context(certificate) : nullptr);
  server.put("u0001", teacher(1));
  server.set_script([](const ScimRequest& request) -> std::optional<ScimReply> {
    if (request.method != "PATCH" ||
        request.headers.at("if-match").find("pulih") != std::string::npos)
      return std::nullopt;
    const nlohmann::json told{{"schemas", {"urn:ietf:params:scim:api:messages:2.0:Error"}},
                              {"scimType", "invalidValue"},
                              {"detail", request.content}};
    return scim_reply(400, told.dump());
  });
  // The server has copies, so it is another process.
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    server.run();
    ::_exit(0);
  }
  {
    auto settings = settings_for(server.url());
    if (encrypted) settings.place.ca = authority.file;
    ScimDirectory directory(std::move(settings));
    const auto seen = directory.read("u0001");
    REQUIRE((seen && *seen));
    const Masked masked(encrypted ? 3 : 11);
    {
      const auto password = masked.plain();
      CHECK(masked.times_in_memory() >= 1);  // so it is seen where it stands
      const auto write = directory.put_password("u0001", (*seen)->marks.state, password);
      REQUIRE(write);
      CHECK(write->what == What::refused);
    }
    CHECK(masked.times_in_memory() == 0);
  }
  ::kill(child, SIGKILL);
  int status = 0;
  CHECK(::waitpid(child, &status, 0) == child);
}

}  // namespace
}  // namespace pulih::directory
