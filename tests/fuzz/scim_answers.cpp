// What a SCIM directory, or whoever stands in its place, may answer: any octets. Lists, users,
// errors and abilities are read of them; nothing may crash, and what comes out as an entry must be
// one that a request can name and the hub can keep.
#include <algorithm>
#include <cstdlib>

#include "daemon/directory/scim_messages.hpp"
#include "daemon/directory/scim_stamp.hpp"

namespace {

using namespace pulih;

void must(bool holds) {
  if (!holds) std::abort();
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

void must_be_sound(const directory::ScimUser& user) {
  must(user.id.empty() || directory::is_user_id(user.id));
  if (user.stamp) must(directory::read_stamp(directory::written_stamp(*user.stamp)) == user.stamp);
  if (!user.entry) {
    must(!user.entry.error().empty() && user.entry.error().size() < 100);
    return;
  }
  const auto& entry = *user.entry;
  must(!user.version.empty() && entry.handle == user.id && !user.id.empty());
  must(directory::is_version(entry.marks.state) && entry.marks.password == entry.marks.state);
  must(entry.marks.state.size() <= central::longest_mark && is_plain(entry.marks.state));
  must(entry.id.size() <= central::longest_id && is_plain(entry.id) &&
       entry.id.find('@') != std::string::npos);
  must(!entry.region.empty() && is_plain(entry.region));
  must(entry.birth_date.reveal() > 0 && entry.birth_date.reveal() <= 9999'12'31);
  must(entry.phone.value() <= accounts::Msisdn::highest_value);
  must(entry.email.size() <= central::longest_email && is_plain(entry.email.reveal()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const accounts::WipedBytes content(data, data + size);
  directory::ScimNames names;
  names.birth_date = "urn:example:User:birthDate";
  names.region_attribute = "urn:example:User:place.region";
  names.domain = "belajar.example";
  if (const auto page = directory::read_page(content, names))
    for (const auto& user : page->users) must_be_sound(user);
  if (const auto json = directory::read_json(content))
    must_be_sound(directory::read_user(*json, names));
  (void)directory::read_error(content);
  (void)directory::read_abilities(content);
  return 0;
}
