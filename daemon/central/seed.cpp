// See seed.hpp. Accounts are put in the order of their keys, so that the tree grows at its end, and
// in pages of one transaction each, so that a million of them take little memory and few fsyncs.
#include "daemon/central/seed.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace pulih::central {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014): its step and its finisher, the same everywhere, so that a
// seeded database can be made again.
constexpr std::uint64_t step = 0x9E3779B97F4A7C15u;
std::uint64_t mixed(std::uint64_t x) {
  x += step;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

constexpr std::array<std::string_view, 16> syllables = {
    "ba", "di", "ra", "su", "ni", "ko", "la", "ti", "ma", "wi", "sa", "ru", "pa", "ge", "to", "na"};
constexpr std::array<std::string_view, 7> levels = {"paud", "sd",  "smp",       "sma",
                                                    "smk",  "slb", "kesetaraan"};
constexpr std::uint64_t first_phone = 6281100000000;

// It lists birth dates, if only made-up ones: for its owner's eyes.
class CsvFile {
 public:
  explicit CsvFile(const std::filesystem::path& path)
      : path_(path),
        descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)),
        file_(descriptor_ < 0 || ::fchmod(descriptor_, 0600) != 0 ? nullptr
                                                                  : ::fdopen(descriptor_, "w")) {
    if (file_ == nullptr) fail();
  }
  ~CsvFile() {
    if (file_ != nullptr)
      std::fclose(file_);
    else if (descriptor_ >= 0)
      ::close(descriptor_);
  }
  CsvFile(const CsvFile&) = delete;
  CsvFile& operator=(const CsvFile&) = delete;

  void line(const MadeUp& who, const std::string& domain) {
    const auto date = who.birth_date;
    if (std::fprintf(file_, "%s,%s.%s,%02u%02u%04u\n", who.phone.digits().c_str(), who.id.c_str(),
                     domain.c_str(), date % 100, date / 100 % 100, date / 10000) < 0)
      fail();
  }
  void finish() {
    if (std::fflush(file_) != 0) fail();
  }
  const std::optional<Unavailable>& fault() const { return fault_; }

 private:
  void fail() {
    if (!fault_)
      fault_ = Unavailable{path_.string() + ": " + std::system_category().message(errno) +
                           "; name a file that can be written with --csv"};
  }

  const std::filesystem::path path_;
  const int descriptor_;
  std::FILE* const file_;
  std::optional<Unavailable> fault_;
};

tl::expected<void, Unavailable> list(const Seeding& what) {
  CsvFile csv(what.csv);
  for (std::uint64_t number = 0; number < what.count && !csv.fault(); ++number)
    csv.line(made_up(what.seed, number), what.domain);
  if (!csv.fault()) csv.finish();
  if (csv.fault()) return tl::unexpected(*csv.fault());
  return {};
}

struct Numbered {
  accounts::AccountKey key;
  std::uint64_t number;
};
std::vector<Numbered> in_order_of_keys(const Seeding& what, const accounts::SiteKeys& keys) {
  std::vector<Numbered> order;
  order.reserve(what.count);
  for (std::uint64_t number = 0; number < what.count; ++number)
    order.push_back({keys.account(made_up(what.seed, number).id), number});
  std::ranges::sort(order, {}, &Numbered::key);
  return order;
}

}  // namespace

MadeUp made_up(std::uint64_t seed, std::uint64_t number) {
  std::uint64_t chance = mixed((seed - 1) * step + number);
  const auto draw = [&](std::uint64_t below) {
    const auto drawn = chance % below;
    chance = mixed(chance);
    return drawn;
  };
  MadeUp who;
  for (int i = 0; i < 3; ++i) who.id += syllables[draw(syllables.size())];
  // The seed ends the name, so that no two seeds make one id; of the first seed nothing.
  for (auto rest = seed - 1; rest > 0; rest /= syllables.size())
    who.id += syllables[rest % syllables.size()];
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

tl::expected<std::size_t, Unavailable> seed(AccountRegister& accounts,
                                            const accounts::SiteKeys& keys, const Seeding& what,
                                            const std::function<void(std::uint64_t)>& progress) {
  if (!what.csv.empty())
    if (const auto listed = list(what); !listed) return tl::unexpected(listed.error());
  // One verifier for all: a million salts of their own would take hours.
  const auto verifier = accounts::hash(accounts::Secret(seeded_password), accounts::HashCost{});
  constexpr std::size_t most_in_page = 20'000;
  const auto order = in_order_of_keys(what, keys);
  std::vector<NewAccount> page;
  std::size_t added = 0;
  for (std::size_t done = 0; done < order.size();) {
    page.clear();
    for (; page.size() < most_in_page && done < order.size(); ++done) {
      const MadeUp who = made_up(what.seed, order[done].number);
      page.push_back({who.id, who.birth_date, who.phone, accounts::Secret(who.email), verifier});
    }
    const auto page_added = accounts.add(page);
    if (!page_added) return tl::unexpected(page_added.error());
    added += *page_added;
    progress(done);
  }
  return added;
}

}  // namespace pulih::central
