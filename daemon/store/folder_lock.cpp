// See folder_lock.hpp. The kernel lets go of it when the process ends, however it ends (flock(2)).
#include "daemon/store/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/accounts/private_file.hpp"
#include "daemon/engine/ports.hpp"

namespace pulih::store {

using engine::StoreError;

namespace {

int open_lock(const std::filesystem::path& file) {
  const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0 && errno == EEXIST) return ::open(file.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (made < 0) return made;
  if (accounts::give_to_owner_of_folder(made, file)) return made;
  const int error = errno;
  ::unlink(file.c_str());
  ::close(made);
  errno = error;
  return -1;
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& state_dir)
    : descriptor_(open_lock(state_dir / "state.lock")) {
  const auto file = (state_dir / "state.lock").string();
  if (descriptor_ < 0)
    throw StoreError(file + ": " + std::strerror(errno) +
                     "; the folder must exist and belong to the daemon's user");
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor_);
    throw StoreError(file +
                     ": another pulihd uses this state_dir; stop it first (systemctl stop pulihd)");
  }
}

FolderLock::~FolderLock() { ::close(descriptor_); }

}  // namespace pulih::store
