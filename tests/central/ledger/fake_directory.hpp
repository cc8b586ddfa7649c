// A directory in memory that compares states as a real one does: a password is put only on the
// state that is named. Its drivers, one for each who connects, can fail at any call: before it does
// anything, or after it has done it, when only the answer is lost.
#pragma once
#include <map>
#include <mutex>

#include "daemon/central/directory.hpp"

namespace pulih::central {

class FakeDirectory {
 public:
  struct Entry {
    std::string id, region = "papua";
    std::uint32_t birth_date = 19850817;
    std::uint64_t phone = 6281100000001;
    bool locked = false;
    std::string password = "the first one";
    std::uint64_t state = 0, password_mark = 0;  // set by the directory
    int passwords_put = 0;
    std::string unusable = {};  // why; empty: it is usable
  };

  bool can_tell = true;  // whether a password is an entry's
  bool listing_fails = false;

  void add(const std::string& handle, Entry entry);
  void remove(const std::string& handle);
  void put_back(const std::string& handle, Entry entry);  // from a backup, with its state
  void rename(const std::string& handle, const std::string& to);
  // By somebody else.
  void change(const std::string& handle, const std::function<void(Entry&)>& how);
  void set_password(const std::string& handle, const std::string& password);
  Entry entry(const std::string& handle) const;
  std::size_t size() const { return entries_.size(); }

 private:
  friend class FakeDriver;
  static DirectoryEntry told(const std::string& handle, const Entry& entry);

  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::uint64_t last_ = 0;
};

class FakeDriver final : public Directory {
 public:
  enum class Fault : std::uint8_t { none, away, answer_lost };
  // Asked before each call, by its name; it may also change something underneath.
  using Faults = std::function<Fault(std::string_view call)>;

  explicit FakeDriver(FakeDirectory& directory, Faults faults = nullptr)
      : directory_(directory), faults_(std::move(faults)) {}

  tl::expected<std::string, Unavailable> list(
      const std::string& since, const std::function<void(DirectoryListed)>& each) override;
  tl::expected<std::optional<DirectoryEntry>, Unavailable> read(
      const DirectoryHandle& handle) override;
  // The password "refused by policy" is.
  tl::expected<DirectoryWrite, Unavailable> put_password(const DirectoryHandle& handle,
                                                         const std::string& state,
                                                         const accounts::Secret& password) override;
  tl::expected<std::optional<bool>, Unavailable> has_password(
      const DirectoryHandle& handle, const accounts::Secret& password) override;
  void interrupt() override {}

  bool backwards = false;  // how it lists

 private:
  Fault fault(std::string_view call) { return faults_ ? faults_(call) : Fault::none; }

  FakeDirectory& directory_;
  const Faults faults_;
};

}  // namespace pulih::central
