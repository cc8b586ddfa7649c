// See seed.hpp. Accounts are made in pages of one transaction each, so that a million of them take
// little memory and few fsyncs.
#include "daemon/central/seed.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>

namespace pulih::central {
namespace {

// SplitMix64's finisher: the same everywhere, so that a seeded database can be made again.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

constexpr std::array<std::string_view, 16> syllables = {
    "ba", "di", "ra", "su", "ni", "ko", "la", "ti", "ma", "wi", "sa", "ru", "pa", "ge", "to", "na"};
constexpr std::array<std::string_view, 7> levels = {"paud", "sd",  "smp",       "sma",
                                                    "smk",  "slb", "kesetaraan"};
constexpr std::uint64_t first_phone = 6281100000000;

class CsvFile {
 public:
  explicit CsvFile(const std::string& path) {
    if (path.empty()) return;
    // It lists birth dates, if only made-up ones: for its owner's eyes.
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    file_ = descriptor < 0 ? nullptr : ::fdopen(descriptor, "w");
    failed_ = file_ == nullptr;
  }
  ~CsvFile() {
    if (file_) std::fclose(file_);
  }
  CsvFile(const CsvFile&) = delete;
  CsvFile& operator=(const CsvFile&) = delete;

  bool failed() const { return failed_; }
  void line(const MadeUp& who, const std::string& domain) {
    if (!file_) return;
    const auto date = who.birth_date;
    std::fprintf(file_, "%s,%s.%s,%02u%02u%04u\n", who.phone.digits().c_str(), who.id.c_str(),
                 domain.c_str(), date % 100, date / 100 % 100, date / 10000);
  }

 private:
  std::FILE* file_ = nullptr;
  bool failed_ = false;
};

}  // namespace

MadeUp made_up(std::uint64_t number) {
  std::uint64_t chance = mixed(number);
  const auto draw = [&](std::uint64_t below) {
    const auto drawn = chance % below;
    chance = mixed(chance);
    return drawn;
  };
  MadeUp who;
  for (int i = 0; i < 3; ++i) who.id += syllables[draw(syllables.size())];
  who.email = who.id + std::to_string(number) + "@example.org";
  who.id += std::to_string(10 + number);
  const auto role = draw(10);
  who.id += role < 7 ? "@guru." : role < 9 ? "@admin." : "@";
  who.id += levels[draw(levels.size())];
  const auto year = 1960 + draw(45);
  who.birth_date = static_cast<std::uint32_t>(year * 10000 + (1 + draw(12)) * 100 + 1 + draw(28));
  who.phone = accounts::Msisdn::from_value(first_phone + (number % 20 == 19 ? number - 1 : number));
  return who;
}

tl::expected<std::size_t, Unavailable> seed(EmbeddedCentral& central, const Seeding& what,
                                            const std::function<void(std::uint64_t)>& progress) {
  CsvFile csv(what.csv);
  if (csv.failed()) return tl::unexpected(Unavailable{what.csv + ": cannot be written"});
  // One verifier for all: made-up accounts need no salts of their own, and 1,000,000 would take
  // hours.
  const auto verifier = accounts::hash(accounts::Secret(seeded_password), accounts::HashCost{});
  constexpr std::uint64_t page = 20'000;
  std::size_t added = 0;
  for (std::uint64_t begin = 0; begin < what.count; begin += page) {
    std::vector<NewAccount> accounts;
    const auto end = std::min(begin + page, what.count);
    for (std::uint64_t number = begin; number < end; ++number) {
      const MadeUp who = made_up(number);
      csv.line(who, what.domain);
      accounts.push_back(
          {who.id, who.birth_date, who.phone, accounts::Secret(who.email), verifier, true});
    }
    const auto page_added = central.add(accounts);
    if (!page_added) return tl::unexpected(page_added.error());
    added += *page_added;
    progress(end);
  }
  return added;
}

}  // namespace pulih::central
