// See fake_directory.hpp. Every change of an entry, by whomever, gives it the next number as its
// state, and a change of its password gives that one as its password's mark too.
#include "tests/central/ledger/fake_directory.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace pulih::central {
namespace {

tl::unexpected<Unavailable> lost(std::string_view call) {
  return tl::unexpected(Unavailable{"directory: " + std::string(call) + " was not answered"});
}

}  // namespace

void FakeDirectory::add(const std::string& handle, Entry entry) {
  const std::lock_guard lock(mutex_);
  entry.state = entry.password_mark = ++last_;
  entries_.insert_or_assign(handle, std::move(entry));
}

void FakeDirectory::put_back(const std::string& handle, Entry entry) {
  const std::lock_guard lock(mutex_);
  entries_.insert_or_assign(handle, std::move(entry));
}

void FakeDirectory::remove(const std::string& handle) {
  const std::lock_guard lock(mutex_);
  entries_.erase(handle);
}

void FakeDirectory::rename(const std::string& handle, const std::string& to) {
  const std::lock_guard lock(mutex_);
  auto entry = std::move(entries_.at(handle));
  entries_.erase(handle);
  entry.state = ++last_;
  entries_.insert_or_assign(to, std::move(entry));
}

void FakeDirectory::change(const std::string& handle, const std::function<void(Entry&)>& how) {
  const std::lock_guard lock(mutex_);
  auto& entry = entries_.at(handle);
  how(entry);
  entry.state = ++last_;
}

void FakeDirectory::set_password(const std::string& handle, const std::string& password) {
  const std::lock_guard lock(mutex_);
  auto& entry = entries_.at(handle);
  entry.password = password;
  entry.state = entry.password_mark = ++last_;
}

FakeDirectory::Entry FakeDirectory::entry(const std::string& handle) const {
  const std::lock_guard lock(mutex_);
  return entries_.at(handle);
}

DirectoryEntry FakeDirectory::told(const std::string& handle, const Entry& entry) {
  DirectoryEntry told;
  told.handle = handle;
  told.marks = {std::to_string(entry.state), std::to_string(entry.password_mark)};
  told.region = entry.region;
  told.id = entry.id;
  told.birth_date = accounts::BirthDate(entry.birth_date);
  told.phone = accounts::Msisdn::from_value(entry.phone);
  told.locked = entry.locked;
  return told;
}

tl::expected<std::string, Unavailable> FakeDriver::list(
    const std::string& since, const std::function<void(DirectoryListed)>& each) {
  const auto fault = this->fault("list");
  if (fault == Fault::away) return lost("list");
  std::uint64_t from = 0, last = 0;
  std::from_chars(since.data(), since.data() + since.size(), from);
  std::vector<std::pair<std::string, FakeDirectory::Entry>> found;
  {
    const std::lock_guard lock(directory_.mutex_);
    last = directory_.last_;
    for (const auto& [handle, entry] : directory_.entries_)
      if (entry.state > from) found.emplace_back(handle, entry);
  }
  if (backwards) std::ranges::reverse(found);
  (void)this->fault("listed");
  for (const auto& [handle, entry] : found)
    each(entry.unusable.empty() ? DirectoryListed(FakeDirectory::told(handle, entry))
                                : tl::unexpected(entry.unusable));
  if (fault == Fault::answer_lost) return lost("list");
  return std::to_string(last);
}

tl::expected<std::optional<DirectoryEntry>, Unavailable> FakeDriver::read(
    const DirectoryHandle& handle) {
  if (fault("read") != Fault::none) return lost("read");
  const std::lock_guard lock(directory_.mutex_);
  const auto found = directory_.entries_.find(handle);
  if (found == directory_.entries_.end()) return std::nullopt;
  return FakeDirectory::told(handle, found->second);
}

tl::expected<DirectoryWrite, Unavailable> FakeDriver::put_password(
    const DirectoryHandle& handle, const std::string& state, const accounts::Secret& password) {
  using What = DirectoryWrite::What;
  const auto fault = this->fault("put");
  if (fault == Fault::away) return lost("put");
  DirectoryWrite write;
  {
    const std::lock_guard lock(directory_.mutex_);
    const auto found = directory_.entries_.find(handle);
    if (found == directory_.entries_.end()) {
      write.what = What::gone;
    } else if (auto& entry = found->second; std::to_string(entry.state) != state) {
      write.what = What::changed;
    } else if (password.reveal() == "refused by policy") {
      write.what = What::refused;
      write.why = "the policy says no";
    } else {
      entry.password = password.reveal();
      entry.state = entry.password_mark = ++directory_.last_;
      ++entry.passwords_put;
      write.what = What::done;
      write.marks = {std::to_string(entry.state), std::to_string(entry.password_mark)};
    }
  }
  (void)this->fault("written");
  if (fault == Fault::answer_lost) return lost("put");
  return write;
}

tl::expected<std::optional<bool>, Unavailable> FakeDriver::has_password(
    const DirectoryHandle& handle, const accounts::Secret& password) {
  if (fault("has") != Fault::none) return lost("has_password");
  if (!directory_.can_tell) return std::nullopt;
  const std::lock_guard lock(directory_.mutex_);
  const auto found = directory_.entries_.find(handle);
  return found != directory_.entries_.end() && found->second.password == password.reveal();
}

}  // namespace pulih::central
