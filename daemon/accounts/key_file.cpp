// The site key on disk: read by its owner alone, written once. An error names the file and the
// command that mends it, and never shows what the file holds.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "daemon/accounts/hexadecimal.hpp"
#include "daemon/accounts/keys.hpp"

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

auto fault(const path& file, const std::string& what, const std::string& hint) {
  return tl::make_unexpected("site key " + file.string() + ": " + what + "; type: " + hint);
}

std::string new_key_command(const path& file) { return "pulihctl key new " + file.string(); }

// 64 hex digits and perhaps the end of their line.
bool read_line(std::string_view text, SiteKey& key) {
  const auto digits = text.substr(0, 2 * key.size());
  const auto rest = text.substr(digits.size());
  return read_hex(digits, key) && (rest.empty() || rest == "\n" || rest == "\r\n");
}

path folder_of(const path& file) { return file.has_parent_path() ? file.parent_path() : path("."); }

// Without it a power cut may leave a sealed database and no key.
bool sync_folder_of(const path& file) {
  const File opened(open(folder_of(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.is_open() && fsync(opened.descriptor()) == 0;
}

}  // namespace

tl::expected<SiteKey, std::string> read_site_key(const path& name) {
  // Not blocking: a pipe under this name must not hang the start.
  const File file(open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) {
    const int error = errno;
    return fault(name, "cannot be opened: " + reason(error),
                 error == ENOENT ? new_key_command(name) : "ls -l " + name.string());
  }
  struct stat status {};
  if (fstat(file.descriptor(), &status) != 0 || !S_ISREG(status.st_mode))
    return fault(name, "is no regular file", "ls -l " + name.string());
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fault(name, "others than its owner may read or write it", "chmod 600 " + name.string());

  WipedBytes text(2 * SiteKeys::octets + 3);  // one more than the longest that is right
  const auto count = read(file.descriptor(), text.data(), text.size());
  if (count < 0) return fault(name, "cannot be read: " + reason(errno), "ls -l " + name.string());
  text.resize(static_cast<std::size_t>(count));

  SiteKey key;
  if (text.size() == key.size()) {
    std::copy(text.begin(), text.end(), key.begin());
    return key;
  }
  if (read_line({reinterpret_cast<const char*>(text.data()), text.size()}, key)) return key;
  return fault(name, "holds neither 32 octets nor 64 hex digits",
               "mv " + name.string() + " " + name.string() + ".bad && " + new_key_command(name));
}

tl::expected<void, std::string> make_site_key(const path& name, Entropy& entropy) {
  const File file(open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) {
    const int error = errno;
    if (error == EEXIST)
      return fault(name, "exists, and what was sealed under it can be opened by no other",
                   new_key_command(name) + ".new");
    return fault(name, "cannot be made: " + reason(error), "ls -ld " + folder_of(name).string());
  }
  SiteKey key;
  entropy.fill(key);
  if (write(file.descriptor(), key.data(), key.size()) != static_cast<ssize_t>(key.size()) ||
      fsync(file.descriptor()) != 0 || !sync_folder_of(name)) {
    const int error = errno;
    unlink(name.c_str());
    return fault(name, "cannot be written: " + reason(error), "df " + folder_of(name).string());
  }
  return {};
}

}  // namespace pulih::accounts
