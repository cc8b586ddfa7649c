// Of a password that went to the directory nothing stays in this process: not in libldap's buffers,
// not in ours, after the call has returned.
#include <catch2/catch.hpp>
#include <charconv>
#include <fstream>

#include "tests/directory/ldap/slapd.hpp"

// Which keeps what was freed, and has far more memory to look through.
#ifndef __SANITIZE_ADDRESS__

namespace pulih::directory {
namespace {

// Made anew for each look, so that there is no copy of the test's own.
accounts::Secret planted(std::size_t number) {
  accounts::WipedBytes text;
  text.reserve(40);
  text.push_back(static_cast<std::uint8_t>('a' + number % 26));
  for (const char c : std::string_view("Pncbl.ch.rcjsl.8"))
    text.push_back(static_cast<std::uint8_t>(c + 1));
  return accounts::Secret({reinterpret_cast<const char*>(text.data()), text.size()});
}

// How often the octets stand in the heap and the other memory that this process may write.
std::size_t copies_of(const accounts::Secret& secret) {
  std::size_t found = 0;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find(" rw-p ") == line.npos || line.find("[stack") != line.npos) continue;
    std::uint64_t from = 0, to = 0;
    const auto dash = line.find('-');
    std::from_chars(line.data(), line.data() + dash, from, 16);
    std::from_chars(line.data() + dash + 1, line.data() + line.find(' '), to, 16);
    // Compared where they lie: a copy of them would be found next.
    const auto* octets = reinterpret_cast<const char*>(from);
    for (std::uint64_t at = 0; at + secret.size() <= to - from; ++at)
      if (octets + at != secret.reveal().data() &&
          std::string_view(octets + at, secret.size()) == secret.reveal())
        ++found;
  }
  return found;
}

TEST_CASE("no copy of a password is left in memory", "[ldap]") {
  auto& slapd = Slapd::shared();
  Invented budi;
  budi.base = new_base(slapd);
  slapd.change(budi.ldif());
  for (const auto& uri : {slapd.socket(), slapd.tls()}) {
    auto settings = slapd.settings();
    settings.place.uri = uri;
    settings.base = budi.base;
    settings.password_form = LdapPasswordForm::text;
    LdapDirectory directory(std::move(settings));
    const auto state = slapd.value(budi.dn(), "entryCSN");
    CHECK(got(directory.put_password(budi.dn(), state, planted(uri.size()))).what ==
          central::DirectoryWrite::What::done);
    CHECK(got(directory.has_password(budi.dn(), planted(uri.size()))) == true);
    CHECK(copies_of(planted(uri.size())) == 0);
  }
  const auto secret = planted(0);
  const auto copy = secret.duplicate();
  CHECK(copies_of(secret) == 1);
}

}  // namespace
}  // namespace pulih::directory

#endif
