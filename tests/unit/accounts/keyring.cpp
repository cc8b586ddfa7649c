// A keyring opens for those who were named when it was written and for nobody else; rows that an
// earlier key sealed open until they are sealed anew, whatever other threads do meanwhile; and the
// names of people and accounts stay.
#include "daemon/accounts/keyring.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "tests/unit/accounts/invented_key.hpp"
#include "tests/unit/accounts/temporary_folder.hpp"

namespace pulih::accounts {
namespace {

constexpr std::uint64_t row = 12;
const Blob plain = {'h', 'i'};

struct Ring {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / keyring_file;
  SystemEntropy entropy;

  auto read(std::vector<SiteKey> openers) const { return read_keyring(file, openers); }
  void write(const KeyRing& ring, std::vector<SiteKey> openers) {
    REQUIRE(write_keyring(file, ring, openers, entropy));
  }
  std::string octets() const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  Blob sealed(const SiteKeys& keys) { return keys.seal(plain, "person", row, entropy); }
};

bool opens(const SiteKeys& keys, const Blob& sealed) {
  return keys.open(sealed, "person", row).has_value();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a site without a keyring has its site key for everything", "[keyring]") {
  Ring site;
  const auto ring = site.read({invented_key(1)});
  REQUIRE(ring);
  const SiteKeys keys(*ring), before(invented_key(1));
  CHECK(opens(keys, site.sealed(before)));
  CHECK(opens(before, site.sealed(keys)));
  CHECK(keys.account("budi12@guru.sd") == before.account("budi12@guru.sd"));
  CHECK(openers_of(site.file) == std::size_t{0});
}

TEST_CASE("a keyring opens under each key that was named, and under no other", "[keyring]") {
  Ring site;
  site.write({invented_key(1), {invented_key(2), invented_key(1)}},
             {invented_key(7), invented_key(8)});
  CHECK(openers_of(site.file) == std::size_t{2});
  for (const auto& opener : {invented_key(7), invented_key(8)}) {
    const auto ring = site.read({opener});
    REQUIRE(ring);
    CHECK(ring->names == invented_key(1));
    CHECK(ring->data == std::vector{invented_key(2), invented_key(1)});
  }
  CHECK(site.read({invented_key(9), invented_key(8)}));
  for (const int stranger : {1, 2, 9}) {
    const auto refused = site.read({invented_key(static_cast<std::uint8_t>(stranger))});
    REQUIRE_FALSE(refused);
    CHECK(has(refused.error(), "does not open under this site key"));
  }
}

TEST_CASE("a keyring shows no key, and is its owner's alone", "[keyring]") {
  Ring site;
  site.write({invented_key('n'), {invented_key('d')}}, {invented_key('o')});
  for (const auto octet : {'n', 'd', 'o'}) CHECK_FALSE(has(site.octets(), std::string(8, octet)));
  CHECK(std::filesystem::status(site.file).permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("a keyring that was altered or cut short is refused at every octet", "[keyring]") {
  Ring site;
  site.write({invented_key(1), {invented_key(2)}}, {invented_key(7)});
  const auto good = site.octets();
  const auto put = [&](const std::string& octets) {
    std::ofstream(site.file, std::ios::binary | std::ios::trunc) << octets;
  };
  for (std::size_t at = 0; at < good.size(); ++at) {
    auto altered = good;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    put(altered);
    REQUIRE_FALSE(site.read({invented_key(7)}));
    put(good.substr(0, at));
    REQUIRE_FALSE(site.read({invented_key(7)}));
  }
  put(good + std::string(4'096, '\0'));
  CHECK_FALSE(site.read({invented_key(7)}));
  put(good);
  CHECK(site.read({invented_key(7)}));
}

TEST_CASE("the ring before stands until the next one is whole", "[keyring]") {
  Ring site;
  site.write({invented_key(1), {invented_key(2)}}, {invented_key(7)});
  std::filesystem::create_directory(site.file.string() + ".new");  // nothing can be written there
  const auto written = write_keyring(site.file, {invented_key(1), {invented_key(3)}},
                                     std::vector{invented_key(7)}, site.entropy);
  REQUIRE_FALSE(written);
  CHECK(has(written.error(), "type: ls -ld"));
  CHECK(site.read({invented_key(7)})->data == std::vector{invented_key(2)});
}

TEST_CASE("what an earlier key sealed opens until it is sealed anew", "[keyring]") {
  Ring site;
  SiteKeys keys(invented_key(1));
  auto sealed = site.sealed(keys);
  REQUIRE(keys.learn({invented_key(1), {invented_key(2), invented_key(1)}}));
  CHECK(keys.data_key() == invented_key(2));
  const SiteKeys later(KeyRing{invented_key(1), {invented_key(2)}});
  CHECK(opens(keys, sealed));
  CHECK_FALSE(opens(later, sealed));
  CHECK(opens(later, site.sealed(keys)));

  CHECK(keys.reseal(sealed, "person", row, site.entropy) == SiteKeys::Resealed::done);
  CHECK(later.open(sealed, "person", row) == WipedBytes(plain.begin(), plain.end()));
  const auto once = sealed;
  CHECK(keys.reseal(sealed, "person", row, site.entropy) == SiteKeys::Resealed::no_need);
  CHECK(sealed == once);
  sealed.back() ^= 1;
  const auto damaged = sealed;
  CHECK(keys.reseal(sealed, "person", row, site.entropy) == SiteKeys::Resealed::unreadable);
  CHECK(sealed == damaged);
}

TEST_CASE("names of people and accounts stay with another data key", "[keyring]") {
  const SiteKeys before(invented_key(1)), after(KeyRing{invented_key(1), {invented_key(2)}});
  const auto number = *Msisdn::from_normal_form("6281100001234");
  CHECK(before.person(number) == after.person(number));
  CHECK(before.birth_date_tag(3, 19850817) == after.birth_date_tag(3, 19850817));
  CHECK(before.code_tag(1, 2, "482916") == after.code_tag(1, 2, "482916"));
}

TEST_CASE("a process learns a bounded number of keys, and each once", "[keyring]") {
  SiteKeys keys(invented_key(1));
  for (std::uint8_t next = 2; next <= SiteKeys::most_data_keys; ++next)
    for (int twice = 0; twice < 2; ++twice)
      REQUIRE(keys.learn({invented_key(1), {invented_key(next)}}));
  CHECK(keys.data_keys() == SiteKeys::most_data_keys);
  CHECK_FALSE(keys.learn({invented_key(1), {invented_key(100)}}));
  CHECK(keys.data_key() == invented_key(SiteKeys::most_data_keys));
}

TEST_CASE("keys are learnt while others seal and open", "[keyring]") {
  SiteKeys keys(invented_key(1));
  std::atomic<bool> learnt = false, failed = false;
  const auto work = [&] {
    SystemEntropy entropy;
    Blob last = keys.seal(plain, "person", row, entropy);
    do {
      const auto next = keys.seal(plain, "person", row, entropy);
      if (!opens(keys, last) || !opens(keys, next)) failed = true;
      last = next;
    } while (!learnt);
  };
  std::jthread one(work), other(work);
  for (std::uint8_t next = 2; next <= SiteKeys::most_data_keys; ++next)
    REQUIRE(keys.learn({invented_key(1), {invented_key(next)}}));
  learnt = true;
  one.join();
  other.join();
  CHECK_FALSE(failed);
}

TEST_CASE("who changes keys is alone, and who only needs them to stay is not", "[keyring]") {
  const TemporaryFolder folder;
  const auto state_dir = (folder / "").parent_path();
  using How = KeyringLock::How;
  {
    const KeyringLock one(state_dir, How::shared), other(state_dir, How::shared);
    CHECK(one.held());
    CHECK(other.held());
    const KeyringLock alone(state_dir, How::alone);
    REQUIRE_FALSE(alone.held());
    CHECK(has(alone.held().error(), "wait for it"));
  }
  const KeyringLock alone(state_dir, How::alone);
  CHECK(alone.held());
  CHECK_FALSE(KeyringLock(state_dir, How::shared).held());
  CHECK(has(KeyringLock(folder / "none", How::shared).held().error(), "type: ls -ld"));
}

}  // namespace pulih::accounts
