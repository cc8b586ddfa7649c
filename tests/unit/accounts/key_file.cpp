// The key file is read by its owner alone, comes back as it was made, and every refusal names the
// file and a command, but nothing of what the file holds.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "daemon/accounts/keys.hpp"
#include "daemon/accounts/private_file.hpp"
#include "daemon/accounts/sealed_password.hpp"
#include "tests/unit/accounts/counting_entropy.hpp"
#include "tests/unit/accounts/temporary_folder.hpp"

namespace pulih::accounts {
namespace {

constexpr auto hex = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";

void write_file(const std::filesystem::path& path, std::string_view text, mode_t mode = 0600) {
  std::ofstream(path, std::ios::binary) << text;
  REQUIRE(chmod(path.c_str(), mode) == 0);
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a key that was made is read again", "[key file]") {
  const TemporaryFolder folder;
  const auto path = folder / "site.key";
  SystemEntropy entropy;
  REQUIRE(make_site_key(path, entropy));
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(status.st_size == 32);
  const auto once = read_site_key(path), twice = read_site_key(path);
  REQUIRE(once);
  CHECK(*once == *twice);
  CHECK(*once != SiteKey());
}

TEST_CASE("a hub's key is made once, told by its public half, and opens what that one sealed",
          "[key file]") {
  const TemporaryFolder folder;
  const auto path = folder / "seal.key";
  SystemEntropy entropy;
  const auto half = make_opening_key(path, entropy);
  REQUIRE(half);
  const auto key = read_opening_key(path);
  REQUIRE(key);
  CHECK(sealing_key(*key) == *half);
  const auto sealed =
      seal_password(Secret("Perahu-ke-hulu-7"), Operation{7}, "budi12@guru.sd", *half);
  CHECK(open_password(sealed, Operation{7}, "budi12@guru.sd", *key)->reveal() ==
        "Perahu-ke-hulu-7");
  const auto again = make_opening_key(path, entropy);
  REQUIRE_FALSE(again);
  CHECK(says(again.error(), "pulihctl hub seal-key"));
  REQUIRE(chmod(path.c_str(), 0644) == 0);
  CHECK(says(read_opening_key(path).error(), "chmod 600"));
}

TEST_CASE("a key may be written in hex, with or without an end of line", "[key file]") {
  const TemporaryFolder folder;
  const auto path = folder / "site.key";
  for (const auto* end : {"", "\n", "\r\n"}) {
    write_file(path, std::string(hex) + end);
    const auto key = read_site_key(path);
    REQUIRE(key);
    for (std::size_t i = 0; i < key->size(); ++i) CHECK((*key)[i] == i);
  }
}

TEST_CASE("a key that others may read is refused, and the error says what to type", "[key file]") {
  const TemporaryFolder folder;
  const auto path = folder / "site.key";
  for (const auto mode : {0640u, 0604u, 0660u, 0602u}) {
    write_file(path, hex, mode);
    const auto key = read_site_key(path);
    REQUIRE_FALSE(key);
    CHECK(says(key.error(), "type: chmod 600 " + path.string()));
  }
}

TEST_CASE("a key that is not there: the error says how to make one", "[key file]") {
  const TemporaryFolder folder;
  const auto path = folder / "site.key";
  const auto key = read_site_key(path);
  REQUIRE_FALSE(key);
  CHECK(says(key.error(), "type: pulihctl key new " + path.string()));
}

TEST_CASE("a file of another length or with other characters is no key", "[key file]") {
  const TemporaryFolder folder;
  const auto path = folder / "site.key";
  const std::string good = hex;
  for (const auto& text : {std::string(), good.substr(1), good + "\n\n", good + "0", good + "zz",
                           "x" + good.substr(1), std::string(31, 'k'), std::string(33, 'k'),
                           std::string(5000, 'k'), good.substr(0, 32) + " " + good.substr(33)}) {
    write_file(path, text);
    const auto key = read_site_key(path);
    REQUIRE_FALSE(key);
    CHECK(says(key.error(), "neither 32 octets nor 64 hex digits"));
    CHECK_FALSE(says(key.error(), "kkk"));
    CHECK_FALSE(says(key.error(), "0a0b"));
  }
}

TEST_CASE("a folder or a pipe is no key", "[key file]") {
  const TemporaryFolder folder;
  const auto pipe = folder / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(says(read_site_key(pipe).error(), "no regular file"));
  CHECK(says(read_site_key(folder / ".").error(), "no regular file"));
}

TEST_CASE("a key is never written over", "[key file]") {
  const TemporaryFolder folder;
  const auto path = folder / "site.key";
  write_file(path, hex);
  CountingEntropy entropy;
  const auto made = make_site_key(path, entropy);
  REQUIRE_FALSE(made);
  CHECK(says(made.error(), "exists"));
  CHECK(entropy.given() == 0);
  CHECK(read_site_key(path));
}

TEST_CASE("what root makes in the daemon's folder becomes the daemon's", "[key file]") {
  const TemporaryFolder folder;
  const bool root = ::geteuid() == 0;
  if (root) REQUIRE(::chown((folder / ".").c_str(), 65534, 65534) == 0);
  const auto file = folder / "state.lock";
  const int opened = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(opened >= 0);
  CHECK(give_to_owner_of_folder(opened, file));
  struct stat status {};
  CHECK(::fstat(opened, &status) == 0);
  ::close(opened);
  CHECK(status.st_uid == (root ? 65534 : ::geteuid()));
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("a key in a folder that is not there is not made", "[key file]") {
  const TemporaryFolder folder;
  SystemEntropy entropy;
  const auto made = make_site_key(folder / "missing/site.key", entropy);
  REQUIRE_FALSE(made);
  CHECK(says(made.error(), "type: ls -ld "));
}

}  // namespace pulih::accounts
