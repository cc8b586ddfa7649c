// See scim.hpp. What a directory says that it can is asked once; that it does heed If-Match is seen
// once, since one that does not would undo the changes of others without a word.
#include "daemon/directory/scim.hpp"

#include "daemon/directory/scim_listing.hpp"

namespace pulih::directory {

using central::DirectoryHandle;
using central::DirectoryWrite;
using central::Unavailable;
using What = DirectoryWrite::What;

namespace {

// No directory gives it to a user.
constexpr auto version_of_nobody = R"(W/"pulih-asks-whether-you-look")";

std::string path_of(const DirectoryHandle& handle) { return "/Users/" + percent_encoded(handle); }

// Of a user with this id, as an answer shows it; empty: it shows none.
std::string version_in(const accounts::WipedBytes& content, const DirectoryHandle& handle) {
  const auto read = read_json(content);
  if (!read || text_member(*read, "id", central::longest_handle).value_or(handle) != handle)
    return "";
  const auto* meta = member(*read, "meta");
  if (meta == nullptr) return "";
  const auto version = text_member(*meta, "version", central::longest_mark).value_or("");
  return is_version(version) ? std::string(version) : "";
}

}  // namespace

ScimDirectory::ScimDirectory(ScimSettings settings)
    : names_(std::move(settings.names)), link_(std::move(settings.place)) {}

tl::expected<void, Unavailable> ScimDirectory::ask_abilities() {
  if (abilities_) return {};
  const auto answer = link_.ask({"/ServiceProviderConfig", "", nullptr});
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status != 200) return tl::unexpected(meaning_of(link_, *answer));
  const auto can = read_abilities(answer->content);
  constexpr auto hint = "ask its owner; there is no way around it";
  if (!can)
    return tl::unexpected(
        link_.away("what it can is not told as in RFC 7643, 5", "is its URL right?"));
  if (!can->etag)
    return tl::unexpected(link_.refused(
        "it has no versions (etag), so a change could undo another that it never saw", hint));
  if (!can->patch || !can->change_password)
    return tl::unexpected(
        link_.refused("it lets nobody set passwords (patch, changePassword)", hint));
  if (!can->filter)
    return tl::unexpected(link_.refused("it cannot tell what changed (filter)", hint));
  abilities_ = can;
  return {};
}

tl::expected<std::string, Unavailable> ScimDirectory::list(
    const std::string& since, const std::function<void(central::DirectoryListed)>& each) {
  if (const auto asked = ask_abilities(); !asked) return tl::unexpected(asked.error());
  return ScimListing(link_, names_, *abilities_).list(since, each);
}

tl::expected<std::optional<central::DirectoryEntry>, Unavailable> ScimDirectory::read(
    const DirectoryHandle& handle) {
  if (!is_user_id(handle)) return std::nullopt;
  if (const auto asked = ask_abilities(); !asked) return tl::unexpected(asked.error());
  const auto answer = link_.ask(
      {path_of(handle) + "?attributes=" + percent_encoded(needed_attributes(names_)), "", nullptr});
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status == 404 && read_error(answer->content).own) return std::nullopt;
  if (answer->status != 200) return tl::unexpected(meaning_of(link_, *answer));
  const auto json = read_json(answer->content);
  auto user = json ? read_user(*json, names_) : ScimUser{};
  if (user.id != handle)
    return tl::unexpected(link_.away("its answer is not the user that was asked for",
                                     "it is tried again; if it stays so, ask its owner"));
  if (!user.entry) return std::nullopt;
  return std::move(*user.entry);
}

tl::expected<std::optional<bool>, Unavailable> ScimDirectory::has_password(
    const DirectoryHandle&, const accounts::Secret&) {
  return std::nullopt;
}

tl::expected<DirectoryWrite, Unavailable> ScimDirectory::put_password(
    const DirectoryHandle& handle, const std::string& state, const accounts::Secret& password) {
  if (!is_user_id(handle)) return DirectoryWrite{What::gone, {}, ""};
  // No user that was ever told has it; "*" would be every one (RFC 9110, 13.1.1).
  if (!is_version(state)) return DirectoryWrite{What::changed, {}, ""};
  if (const auto asked = ask_abilities(); !asked) return tl::unexpected(asked.error());
  const auto patch = password_patch(password);
  // With `attributes` the answer has to have a content, and so the new version (RFC 7644, 3.5.2).
  const auto target = path_of(handle) + "?attributes=id,meta";
  if (!if_match_is_heeded_) {
    std::optional<DirectoryWrite> ended;
    const auto proven = prove_if_match(target, patch, ended);
    if (!proven) return tl::unexpected(proven.error());
    if (ended) return *ended;
  }
  const auto answer = link_.ask({target, state, &patch});
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status == 200 || answer->status == 204) return done(handle, state, *answer);
  return outcome_of(*answer);
}

// The very same change, on a version that nobody has. Whoever makes it then would have made it on
// any version: nothing is done by this that would not be done without it.
tl::expected<void, Unavailable> ScimDirectory::prove_if_match(
    const std::string& target, const accounts::WipedBytes& patch,
    std::optional<DirectoryWrite>& ended) {
  const auto answer = link_.ask({target, version_of_nobody, &patch});
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status >= 200 && answer->status < 300)
    return tl::unexpected(
        link_.refused("it changes a user whatever version is named (If-Match), so a change could "
                      "undo another that it never saw",
                      "ask its owner for RFC 7644, 3.14"));
  const auto outcome = outcome_of(*answer);
  if (!outcome) return tl::unexpected(outcome.error());
  if (outcome->what == What::changed)
    if_match_is_heeded_ = true;
  else
    ended = *outcome;
  return {};
}

tl::expected<DirectoryWrite, Unavailable> ScimDirectory::outcome_of(
    const HttpAnswer& answer) const {
  const auto error = read_error(answer.content);
  // RFC 7644, 3.12: 409 as well, for a version that is no longer the user's.
  if (answer.status == 412 || (answer.status == 409 && error.kind.empty()))
    return DirectoryWrite{What::changed, {}, ""};
  if (answer.status == 404 && error.own) return DirectoryWrite{What::gone, {}, ""};
  // Many directories tell their rule in words only.
  const bool of_value = error.kind == "invalidValue" || error.kind.empty();
  if ((answer.status == 400 || answer.status == 422) && error.own && of_value)
    return DirectoryWrite{What::refused,
                          {},
                          "the directory refuses it: " + std::to_string(answer.status) +
                              (error.kind.empty() ? "" : " invalidValue")};
  return tl::unexpected(meaning_of(link_, answer));
}

tl::expected<DirectoryWrite, Unavailable> ScimDirectory::done(const DirectoryHandle& handle,
                                                              const std::string& state,
                                                              const HttpAnswer& answer) {
  DirectoryWrite write{What::done, {}, ""};
  auto version = version_in(answer.content, handle);
  if (version.empty() && is_version(answer.etag)) version = answer.etag;
  write.marks = {version, version};
  if (version.empty()) {
    // What is read now may already be another's change. So the mark is one that no listing shows:
    // what the next one shows counts as a change by others.
    const auto now = read(handle);
    if (!now) return tl::unexpected(now.error());
    if (*now) write.marks.state = (*now)->marks.state;
    write.marks.password = ("?" + state).substr(0, central::longest_mark);
  }
  if (write.marks.state == state)
    return tl::unexpected(link_.refused(
        "a user's version stays the same when the password changes, so a change could undo another "
        "that it never saw",
        "ask its owner for versions of the whole user (RFC 7644, 3.14)"));
  return write;
}

}  // namespace pulih::directory
