// Setting passwords through SCIM: every outcome, decided by the server's own versions; and what a
// directory has to be able to do before it is trusted with one.
#include <barrier>

#include "tests/directory/scim/fixture.hpp"

namespace pulih::directory {
namespace {

const accounts::Secret new_password("Ombak-di-\"teluk\"\\9");

// Why a server with these abilities is refused when it is to put one.
std::string refused_at_the_first_password(Running& running,
                                          const ScimServer::Abilities& abilities) {
  running.server.set_abilities(abilities);
  ScimDirectory directory(settings_for(running.server.url()));
  const auto state = state_of(directory);
  const auto write = directory.put_password("u0001", state, new_password);
  REQUIRE(!write);
  CHECK(write.error().kind == Kind::refused);
  return write.error().why;
}

TEST_CASE("a password is set on the version that was seen, and the answer tells the new one",
          "[scim]") {
  Running running(2);
  ScimDirectory directory(settings_for(running.server.url()));
  const auto state = state_of(directory);
  const auto write = directory.put_password("u0001", state, new_password);
  REQUIRE(write);
  CHECK(write->what == What::done);
  CHECK(running.server.password_of("u0001") == new_password.reveal());
  CHECK(running.server.password_of("u0002").empty());
  CHECK(write->marks.state == running.server.version_of("u0001"));
  CHECK(write->marks.state != state);
  const auto now = directory.read("u0001");
  REQUIRE((now && *now));
  CHECK((*now)->marks.password == write->marks.password);

  // On what the first answer told, and not on what was there before it.
  CHECK(directory.put_password("u0001", state, accounts::Secret("another-one-1"))->what ==
        What::changed);
  CHECK(running.server.password_of("u0001") == new_password.reveal());
  CHECK(directory.put_password("u0001", write->marks.state, accounts::Secret("another-one-1"))
            ->what == What::done);
  CHECK(running.server.password_of("u0001") == "another-one-1");
}

TEST_CASE("a user who changed meanwhile keeps the password", "[scim]") {
  Running running;
  ScimDirectory directory(settings_for(running.server.url()));
  const auto state = state_of(directory);
  running.server.change("u0001", [](auto& user) { user["active"] = false; });
  const auto write = directory.put_password("u0001", state, new_password);
  REQUIRE(write);
  CHECK(write->what == What::changed);
  CHECK(running.server.password_of("u0001").empty());
}

TEST_CASE("a conflict of versions is a change as well", "[scim]") {  // RFC 7644, 3.12
  Running running;
  ScimDirectory directory(settings_for(running.server.url()));
  const auto state = state_of(directory);
  running.server.set_script([](const ScimRequest& request) -> std::optional<ScimReply> {
    if (request.method != "PATCH") return std::nullopt;
    return scim_reply(409, "");
  });
  CHECK(directory.put_password("u0001", state, new_password)->what == What::changed);
}

TEST_CASE("of two writers on one version exactly one is done", "[scim]") {
  Running running;
  ScimDirectory first(settings_for(running.server.url()));
  ScimDirectory second(settings_for(running.server.url()));
  for (int round = 0; round < 20; ++round) {
    const auto state = (*first.read("u0001"))->marks.state;
    std::barrier together(2);
    const auto put = [&](ScimDirectory& directory, const std::string& password) {
      together.arrive_and_wait();
      return directory.put_password("u0001", state, accounts::Secret(password));
    };
    tl::expected<central::DirectoryWrite, central::Unavailable> mine, others;
    {
      const std::jthread thread([&] { others = put(second, "of-the-second"); });
      mine = put(first, "of-the-first");
    }
    REQUIRE((mine && others));
    const bool won = mine->what == What::done;
    CHECK((won ? others : mine)->what == What::changed);
    CHECK((won ? mine : others)->what == What::done);
    CHECK(running.server.password_of("u0001") == (won ? "of-the-first" : "of-the-second"));
  }
}

TEST_CASE("a user who is gone is told as gone, a wrong URL is not", "[scim]") {
  Running running;
  ScimDirectory directory(settings_for(running.server.url()));
  const auto state = state_of(directory);
  running.server.erase("u0001");
  CHECK(directory.put_password("u0001", state, new_password)->what == What::gone);
  CHECK(!*directory.read("u0001"));

  // A front that answers while the directory is being moved.
  running.server.set_script([](const ScimRequest&) { return scim_reply(404, "<html></html>"); });
  const auto write = directory.put_password("u0001", state, new_password);
  REQUIRE(!write);
  CHECK(write.error().kind == Kind::refused);
  CHECK(!directory.read("u0001"));
}

TEST_CASE("the directory's rule is told without the password that its words repeat", "[scim]") {
  Running running;
  ScimDirectory directory(settings_for(running.server.url()));
  const auto state = state_of(directory);
  const auto write = directory.put_password("u0001", state, accounts::Secret("Kurang7"));
  REQUIRE(write);
  CHECK(write->what == What::refused);
  CHECK(write->why == "the directory refuses it: 400 invalidValue");
  CHECK(running.server.password_of("u0001").empty());

  const auto answered = [&](int status, const std::string& type) {
    running.server.set_script([=](const ScimRequest& request) -> std::optional<ScimReply> {
      if (request.method != "PATCH") return std::nullopt;
      nlohmann::json told{{"schemas", {"urn:ietf:params:scim:api:messages:2.0:Error"}},
                          {"detail", "Kurang7"}};
      if (!type.empty()) told["scimType"] = type;
      return scim_reply(status, told.dump());
    });
    return directory.put_password("u0001", state, accounts::Secret("Kurang7"));
  };
  CHECK(answered(400, "")->what == What::refused);
  CHECK(answered(422, "")->what == What::refused);
  const auto path = answered(400, "invalidPath");
  REQUIRE(!path);
  CHECK(path.error().kind == Kind::refused);
  CHECK(path.error().why.find("Kurang7") == std::string::npos);
  CHECK(answered(400, "Kurang7")->why == "the directory refuses it: 400");
}

TEST_CASE("what a status means that is no outcome", "[scim]") {
  Running running;
  ScimDirectory directory(settings_for(running.server.url()));
  const auto state = state_of(directory);
  const auto answered = [&](int status, const std::string& headers) {
    running.server.set_script(
        [=](const ScimRequest&) { return scim_reply(status, "{}", headers); });
    const auto write = directory.put_password("u0001", state, new_password);
    REQUIRE(!write);
    CHECK(directory.list("", [](auto) {}).error().kind == write.error().kind);
    CHECK(directory.read("u0001").error().kind == write.error().kind);
    return write.error();
  };
  for (const int status : {401, 403, 405, 501, 428, 301, 307})
    CHECK(answered(status, "Location: http://localhost:1/\r\n").kind == Kind::refused);
  for (const int status : {429, 500, 502, 503, 504, 413, 418})
    CHECK(answered(status, "").kind == Kind::away);
  CHECK(answered(503, "Retry-After: 17\r\n").why.find("17 s") != std::string::npos);
  CHECK(answered(429, "Retry-After: 99999999999999\r\n").why.find("999") == std::string::npos);
  // Nothing followed the redirects.
  for (const auto& request : running.server.requests())
    CHECK(request.path.starts_with("/scim/v2/"));
}

TEST_CASE("a directory that does not look at If-Match is found out at the first password",
          "[scim]") {
  Running running;
  ScimServer::Abilities abilities;
  abilities.heeds_if_match = false;
  const auto why = refused_at_the_first_password(running, abilities);
  CHECK(why.find("If-Match") != std::string::npos);
  CHECK(running.server.count("PATCH") == 1);
}

TEST_CASE("whether If-Match is heeded is asked once", "[scim]") {
  Running running;
  ScimDirectory directory(settings_for(running.server.url()));
  auto state = state_of(directory);
  for (int i = 0; i < 3; ++i) {
    const auto write = directory.put_password("u0001", state, new_password);
    REQUIRE((write && write->what == What::done));
    state = write->marks.state;
  }
  CHECK(running.server.count("PATCH") == 4);
}

TEST_CASE("versions that do not change with the password are found out", "[scim]") {
  Running running;
  ScimServer::Abilities abilities;
  abilities.versions_passwords = false;
  refused_at_the_first_password(running, abilities);
}

TEST_CASE("an answer without a content tells the version in its head, or it is read again",
          "[scim]") {
  Running running;
  ScimServer::Abilities abilities;
  abilities.patched = ScimServer::Abilities::Patched::etag_only;
  running.server.set_abilities(abilities);
  ScimDirectory directory(settings_for(running.server.url()));
  const auto state = state_of(directory);
  const auto first = directory.put_password("u0001", state, new_password);
  REQUIRE((first && first->what == What::done));
  CHECK(first->marks.state == running.server.version_of("u0001"));
  CHECK(first->marks.password == first->marks.state);

  abilities.patched = ScimServer::Abilities::Patched::nothing;
  running.server.set_abilities(abilities);
  const auto second = directory.put_password("u0001", first->marks.state, new_password);
  REQUIRE((second && second->what == What::done));
  CHECK(second->marks.state == running.server.version_of("u0001"));
  // Another one may have set it since.
  CHECK(second->marks.password != second->marks.state);
  CHECK(second->marks.password != first->marks.password);
}

TEST_CASE("a directory that cannot keep changes apart is refused at its first use", "[scim]") {
  using Abilities = ScimServer::Abilities;
  const auto lacks =
      GENERATE(&Abilities::patch, &Abilities::filter, &Abilities::etag, &Abilities::change_password,
               &Abilities::users_have_versions, &Abilities::has_clock);
  Running running;
  Abilities abilities;
  abilities.*lacks = false;
  running.server.set_abilities(abilities);
  ScimDirectory directory(settings_for(running.server.url()));
  const auto listed = directory.list("", [](auto) {});
  REQUIRE(!listed);
  CHECK(listed.error().kind == Kind::refused);
  CHECK(running.server.count("PATCH") == 0);
}

TEST_CASE("what is no version or no id is never sent", "[scim]") {
  Running running;
  ScimDirectory directory(settings_for(running.server.url()));
  for (const std::string& state :
       std::vector<std::string>{"*", "", "W/\"1\", *", "\"1\", \"2\"", "1,2", "W/\"1\"\r\nX: y",
                                "W/", "\"", "a b", "W/*"})
    CHECK(directory.put_password("u0001", state, new_password)->what == What::changed);
  for (const std::string& handle :
       std::vector<std::string>{std::string(), std::string("."), std::string(".."),
                                std::string("a\nb"), std::string(600, 'a'), std::string(1, '\0')}) {
    CHECK(directory.put_password(handle, "W/\"1\"", new_password)->what == What::gone);
    CHECK(!*directory.read(handle));
  }
  CHECK(running.server.requests().empty());
}

TEST_CASE("an id may have any characters that are text", "[scim]") {
  Running running;
  const std::string id = "../Groups/a?b=c#d&e%2f é\"";
  running.server.put(id, teacher(7));
  ScimDirectory directory(settings_for(running.server.url()));
  const auto seen = directory.read(id);
  REQUIRE((seen && *seen));
  CHECK((*seen)->id == "budi7@guru.sd");
  const auto write = directory.put_password(id, (*seen)->marks.state, new_password);
  REQUIRE(write);
  CHECK(write->what == What::done);
  CHECK(running.server.password_of(id) == new_password.reveal());
}

TEST_CASE("SCIM cannot tell whether a password is the one", "[scim]") {
  Running running;
  ScimDirectory directory(settings_for(running.server.url()));
  const auto told = directory.has_password("u0001", new_password);
  REQUIRE(told);
  CHECK(!*told);
}

}  // namespace
}  // namespace pulih::directory
