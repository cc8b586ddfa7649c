// The users of a SCIM directory, page by page, so that none is left out though users come, go and
// change meanwhile. RFC 7644, 3.4.2.4, promises nothing about that: pages are cut anew with each
// request.
//
// Pages: each begins with the last user of the one before. If that page has none of the users told
// last, as they were told, users before it have gone and others moved up: it is asked for further
// in front until it has one. So the order is followed without a gap, as long as users who do not
// change keep their place in it: sorted by id where the directory can sort. Where it cannot, a user
// who changes may move to where we have been; so whoever changed during a full listing is told once
// more at its end.
//
// Places: a place is the newest stamp (meta.lastModified) that was told, but never later than the
// directory's own clock (Date) when the listing began, since what changed under the pages is
// stamped after that. A listing goes on from an hour before its place: so much may the clocks of a
// directory's servers differ, and a change take from its stamp until it can be seen. If Date is
// before the place, the clock was set back, and every user is told. What is left: clocks that are
// wrong by more than an hour and right again between two listings; the next full listing shows what
// they hid. Our own clock is never asked.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "daemon/directory/http.hpp"
#include "daemon/directory/scim_messages.hpp"

namespace pulih::directory {

class ScimListing {
 public:
  using Each = std::function<void(central::DirectoryListed)>;

  ScimListing(HttpLink& link, const ScimNames& names, const ScimAbilities& abilities);

  // As Directory::list.
  tl::expected<std::string, central::Unavailable> list(const std::string& since, const Each& each);

 private:
  struct Pass;
  struct Page;
  // Who changed at `from` or later, or everybody; `not_before`: if the directory's clock is, nobody
  // is told.
  tl::expected<Pass, central::Unavailable> pass(std::optional<accounts::Instant> from,
                                                std::optional<accounts::Instant> not_before,
                                                const Each& each);
  tl::expected<Page, central::Unavailable> page(std::optional<accounts::Instant> from,
                                                std::uint64_t start);
  std::optional<central::Unavailable> fault_of(const Page& page, std::uint64_t start) const;
  void tell(Page& page, Pass& pass, const Each& each) const;

  HttpLink& link_;
  const ScimNames& names_;
  const bool sorts_;
  const std::uint64_t most_users_;  // in a page
};

}  // namespace pulih::directory
