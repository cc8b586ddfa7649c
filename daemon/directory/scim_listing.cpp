// See scim_listing.hpp for what is promised and why it holds. A pass goes through the pages of one
// listing; what a page shows is checked before anybody is told of it.
#include "daemon/directory/scim_listing.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include "daemon/directory/scim_stamp.hpp"

namespace pulih::directory {

using accounts::Instant;
using central::Unavailable;

namespace {

constexpr auto overlap = std::chrono::hours{1};
constexpr std::uint64_t users_a_page = 200, most_users = 100'000'000;
constexpr int most_steps_back = 1'000;

// Of a user as she was told: whoever changed since may have moved, and shows nothing of the order.
std::string name_of(const ScimUser& user) { return user.version + " " + user.id; }

}  // namespace

struct ScimListing::Page : ScimPage {
  Instant date;
};

struct ScimListing::Pass {
  Instant begun{};  // as the directory's clock had it
  bool clock_is_behind = false;
  std::optional<Instant> newest;
  bool all_stamped = true;
  bool nobody = true;
  std::set<std::string> told_last;  // the names of the page before
};

ScimListing::ScimListing(HttpLink& link, const ScimNames& names, const ScimAbilities& abilities)
    : link_(link),
      names_(names),
      sorts_(abilities.sort),
      most_users_(std::clamp(abilities.most_results.value_or(users_a_page), std::uint64_t{1},
                             users_a_page)) {}

tl::expected<std::string, Unavailable> ScimListing::list(const std::string& since,
                                                         const Each& each) {
  // A place that cannot be read is none of ours.
  const auto place = read_stamp(since);
  tl::expected<Pass, Unavailable> told;
  if (place) {
    told = pass(*place - overlap, *place, each);
    if (!told) return tl::unexpected(told.error());
  }
  if (!place || told->clock_is_behind) {
    told = pass(std::nullopt, std::nullopt, each);
    if (!told) return tl::unexpected(told.error());
    // To be believed it would mean that every account is gone.
    if (told->nobody)
      return tl::unexpected(
          link_.refused("it shows no users at all", "does its token have the right to read them?"));
    const auto meanwhile = pass(told->begun - overlap, std::nullopt, each);
    if (!meanwhile) return tl::unexpected(meanwhile.error());
  }
  if (!told->all_stamped) return "";
  const auto newest = told->newest.value_or(place.value_or(told->begun));
  return written_stamp(std::min(newest, told->begun));
}

tl::expected<ScimListing::Pass, Unavailable> ScimListing::pass(std::optional<Instant> from,
                                                               std::optional<Instant> not_before,
                                                               const Each& each) {
  Pass pass;
  // Half a page, so that a page has also some that are new.
  const auto first_step = std::max(most_users_ / 2, std::uint64_t{1});
  std::uint64_t start = 1, back = first_step;
  bool stepped_back = false;
  for (int steps_back = 0;;) {
    auto next = page(from, start);
    if (!next) return tl::unexpected(next.error());
    if (pass.nobody && start == 1) {
      pass.begun = next->date;
      pass.clock_is_behind = not_before && next->date < *not_before;
      if (pass.clock_is_behind) return pass;
    }
    if (const auto fault = fault_of(*next, start)) return tl::unexpected(*fault);
    const auto count = next->users.size();
    const auto known = std::ranges::count_if(
        next->users, [&](const ScimUser& user) { return pass.told_last.contains(name_of(user)); });
    if (start > 1 && known == 0) {
      if (++steps_back > most_steps_back)
        return tl::unexpected(
            link_.away("its users move faster than they can be read", "it is tried again"));
      start = start > back ? start - back : 1;
      back *= 2;
      stepped_back = true;
      continue;
    }
    // It would go on for ever, or end without having told all.
    if (start > 1 && count > 1 && !stepped_back && std::cmp_equal(known, count))
      return tl::unexpected(link_.away("its pages do not go on from startIndex",
                                       "it is tried again; if it stays so, ask its owner"));
    if (count == 0) return pass;
    tell(*next, pass, each);
    const auto last = start + count - 1;
    if (last >= next->total) return pass;
    if (count == 1)
      return tl::unexpected(link_.refused("it gives one user a page", "two at least are needed"));
    start = last;
    back = first_step;
    stepped_back = false;
  }
}

void ScimListing::tell(Page& page, Pass& pass, const Each& each) const {
  pass.nobody = false;
  pass.told_last.clear();
  for (auto& user : page.users) {
    pass.all_stamped &= user.stamp.has_value();
    if (user.stamp) pass.newest = std::max(pass.newest.value_or(*user.stamp), *user.stamp);
    pass.told_last.insert(name_of(user));
    each(std::move(user.entry));
  }
}

std::optional<Unavailable> ScimListing::fault_of(const Page& page, std::uint64_t start) const {
  constexpr auto hint = "it is tried again; if it stays so, ask its owner";
  const auto left = page.total < start ? 0 : page.total - start + 1;
  if (page.total > most_users || page.users.size() > left ||
      (page.start && *page.start != start && !page.users.empty()))
    return link_.away("a page that is not the one that was asked for", hint);
  if (page.users.empty() && left > 0)
    return link_.away("a page without users, though there are more", hint);
  if (!page.users.empty() &&
      std::ranges::none_of(page.users, [](const ScimUser& user) { return !user.version.empty(); }))
    return link_.refused("its users have no version (meta.version)",
                         "without one a change cannot be kept from undoing another");
  return std::nullopt;
}

tl::expected<ScimListing::Page, Unavailable> ScimListing::page(std::optional<Instant> from,
                                                               std::uint64_t start) {
  auto target = "/Users?startIndex=" + std::to_string(start) +
                "&count=" + std::to_string(most_users_) +
                "&attributes=" + percent_encoded(needed_attributes(names_));
  if (sorts_) target += "&sortBy=id&sortOrder=ascending";
  if (from)
    target += "&filter=" + percent_encoded("meta.lastModified ge \"" + written_stamp(*from) + "\"");
  const auto answer = link_.ask({target, "", nullptr});
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status != 200) return tl::unexpected(meaning_of(link_, *answer));
  auto read = read_page(answer->content, names_);
  if (!read)
    return tl::unexpected(link_.away("its list of users is none (RFC 7644, 3.4.2)",
                                     "it is tried again; if it stays so, ask its owner"));
  if (!answer->date)
    return tl::unexpected(link_.refused("its answers have no Date (RFC 9110, 6.6.1)",
                                        "without one its changes cannot be followed"));
  return Page{std::move(*read), *answer->date};
}

}  // namespace pulih::directory
