// What the tests of the SCIM driver share: a running server with users of invented teachers, the
// driver's settings for it, and what a listing told.
#pragma once
#include <catch2/catch.hpp>
#include <map>

#include "daemon/directory/scim.hpp"
#include "daemon/directory/scim_stamp.hpp"
#include "tests/directory/scim/server.hpp"

namespace pulih::directory {

inline constexpr auto the_token = "the-right-token";

inline nlohmann::json teacher(int number) {
  return {{"userName", "budi" + std::to_string(number) + "@guru.sd.belajar.example"},
          {"active", true},
          {"phoneNumbers",
           {{{"value", "tel:+62-" + std::to_string(81'100'000'000 + number)}, {"type", "mobile"}}}},
          {"emails",
           {{{"value", "budi" + std::to_string(number) + "@example.org"}, {"primary", true}}}},
          {school, {{"birthDate", "1985-08-17"}, {"region", "Papua"}}}};
}

inline ScimSettings settings_for(const std::string& url, const std::string& token = the_token) {
  ScimSettings settings;
  settings.place.url = url;
  settings.place.token = accounts::Secret(token);
  settings.place.patience = std::chrono::seconds{20};
  settings.names.birth_date = std::string(school) + ":birthDate";
  settings.names.region_attribute = std::string(school) + ":region";
  settings.names.domain = "belajar.example";
  return settings;
}

struct Told {
  std::string place;
  std::map<std::string, central::DirectoryEntry> entries;  // by handle; the last one told
  std::vector<std::string> faults;
  std::size_t times = 0;
};
inline Told told_by(central::Directory& directory, const std::string& since = "") {
  Told told;
  const auto place = directory.list(since, [&](central::DirectoryListed listed) {
    ++told.times;
    if (!listed) {
      told.faults.push_back(listed.error());
    } else {
      const auto handle = listed->handle;
      told.entries[handle] = std::move(*listed);
    }
  });
  if (!place) FAIL(place.error().why);
  told.place = *place;
  return told;
}

inline std::string state_of(central::Directory& directory, const std::string& handle = "u0001") {
  const auto read = directory.read(handle);
  REQUIRE((read && *read));
  return (*read)->marks.state;
}

// A directory with so many teachers; ids "u001" and so on.
struct Running {
  explicit Running(int teachers = 1, std::shared_ptr<boost::asio::ssl::context> tls = nullptr,
                   std::uint16_t port = 0)
      : server(std::move(tls), port) {
    for (int i = 1; i <= teachers; ++i) server.put(id(i), teacher(i));
    server.start();
  }
  static std::string id(int number) {
    auto digits = std::to_string(number);
    return "u" + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
  }
  ScimServer server;
};

using What = central::DirectoryWrite::What;
using Kind = central::Unavailable::Kind;

}  // namespace pulih::directory
