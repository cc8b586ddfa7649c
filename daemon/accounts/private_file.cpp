// See private_file.hpp. A file that is replaced is written beside it, brought to the disk, and then
// given its name; the folder is brought to the disk as well.
#include "daemon/accounts/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace pulih::accounts {
namespace {

using std::filesystem::path;

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

std::string reason(int error) { return std::system_category().message(error); }

auto file_fault(const std::string& what, const std::string& hint,
                FileFault::Kind kind = FileFault::Kind::other) {
  return tl::make_unexpected(FileFault{what, hint, kind});
}

path folder_of(const path& file) { return file.has_parent_path() ? file.parent_path() : path("."); }

// Without it a power cut may leave a sealed database and no key.
bool sync_folder_of(const path& file) {
  const File opened(open(folder_of(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.is_open() && fsync(opened.descriptor()) == 0;
}

bool write_all(const File& file, std::span<const std::uint8_t> octets) {
  return write(file.descriptor(), octets.data(), octets.size()) ==
             static_cast<ssize_t>(octets.size()) &&
         fsync(file.descriptor()) == 0;
}

}  // namespace

bool give_to_owner_of_folder(int descriptor, const path& made) {
  struct stat folder {};
  return geteuid() != 0 || (stat(folder_of(made).c_str(), &folder) == 0 &&
                            fchown(descriptor, folder.st_uid, folder.st_gid) == 0);
}

tl::expected<WipedBytes, FileFault> read_private(const path& name, std::size_t most) {
  // Not blocking: a pipe under this name must not hang the start.
  const File file(open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) {
    const int error = errno;
    return file_fault("cannot be opened: " + reason(error), "ls -l " + name.string(),
                      error == ENOENT ? FileFault::Kind::missing : FileFault::Kind::other);
  }
  struct stat status {};
  if (fstat(file.descriptor(), &status) != 0 || !S_ISREG(status.st_mode))
    return file_fault("is no regular file", "ls -l " + name.string());
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return file_fault("others than its owner may read or write it", "chmod 600 " + name.string());
  WipedBytes octets(most + 1);
  const auto count = read(file.descriptor(), octets.data(), octets.size());
  if (count < 0) return file_fault("cannot be read: " + reason(errno), "ls -l " + name.string());
  if (static_cast<std::size_t>(count) > most)
    return file_fault("is longer than it can be", "ls -l " + name.string(),
                      FileFault::Kind::too_long);
  octets.resize(static_cast<std::size_t>(count));
  return octets;
}

tl::expected<void, FileFault> write_private(const path& name, std::span<const std::uint8_t> octets,
                                            IfThere if_there) {
  const bool replaces = if_there == IfThere::replace;
  const path beside = replaces ? path(name.string() + ".new") : name;
  if (replaces) unlink(beside.c_str());  // what a command that was killed left
  const File file(open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) {
    const int error = errno;
    return file_fault("cannot be made: " + reason(error), "ls -ld " + folder_of(name).string(),
                      error == EEXIST ? FileFault::Kind::exists : FileFault::Kind::other);
  }
  const bool given = !replaces || give_to_owner_of_folder(file.descriptor(), name);
  if (!given || !write_all(file, octets) ||
      (replaces && rename(beside.c_str(), name.c_str()) != 0) || !sync_folder_of(name)) {
    const int error = errno;
    unlink(beside.c_str());
    return file_fault("cannot be written: " + reason(error), "df " + folder_of(name).string());
  }
  return {};
}

}  // namespace pulih::accounts
