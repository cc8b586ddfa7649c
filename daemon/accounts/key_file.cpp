// A key on disk, a site's or the one that opens sealed passwords: read by its owner alone, written
// once. An error names the file and the command that mends it, and never shows what the file holds.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "daemon/accounts/hexadecimal.hpp"
#include "daemon/accounts/keys.hpp"
#include "daemon/accounts/sealed_password.hpp"

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

// What an error calls the key, and what makes one.
struct Kind {
  const char* called;
  const char* command;
};
constexpr Kind site_kind{"site key ", "pulihctl key new "};
constexpr Kind opening_kind{"key of the hub ", "pulihctl hub seal-key "};

class Fault {
 public:
  Fault(const Kind& kind, const path& file) : kind_(kind), file_(file.string()) {}
  auto operator()(const std::string& what, const std::string& hint) const {
    return tl::make_unexpected(kind_.called + file_ + ": " + what + "; type: " + hint);
  }
  std::string new_key_command() const { return kind_.command + file_; }

 private:
  const Kind& kind_;
  const std::string file_;
};

// 64 hex digits and perhaps the end of their line.
bool read_line(std::string_view text, std::span<std::uint8_t> key) {
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

template <class Key>
tl::expected<Key, std::string> read_key(const Kind& kind, const path& name) {
  const Fault fault(kind, name);
  // Not blocking: a pipe under this name must not hang the start.
  const File file(open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) {
    const int error = errno;
    return fault("cannot be opened: " + reason(error),
                 error == ENOENT ? fault.new_key_command() : "ls -l " + name.string());
  }
  struct stat status {};
  if (fstat(file.descriptor(), &status) != 0 || !S_ISREG(status.st_mode))
    return fault("is no regular file", "ls -l " + name.string());
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fault("others than its owner may read or write it", "chmod 600 " + name.string());

  Key key;
  WipedBytes text(2 * key.size() + 3);  // one more than the longest that is right
  const auto count = read(file.descriptor(), text.data(), text.size());
  if (count < 0) return fault("cannot be read: " + reason(errno), "ls -l " + name.string());
  text.resize(static_cast<std::size_t>(count));
  if (text.size() == key.size()) {
    std::copy(text.begin(), text.end(), key.begin());
    return key;
  }
  if (read_line({reinterpret_cast<const char*>(text.data()), text.size()}, key)) return key;
  return fault("holds neither 32 octets nor 64 hex digits",
               "mv " + name.string() + " " + name.string() + ".bad && " + fault.new_key_command());
}

template <class Key>
tl::expected<Key, std::string> make_key(const Kind& kind, const path& name, Entropy& entropy) {
  const Fault fault(kind, name);
  const File file(open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) {
    const int error = errno;
    if (error == EEXIST)
      return fault("exists, and what was sealed under it can be opened by no other",
                   fault.new_key_command() + ".new");
    return fault("cannot be made: " + reason(error), "ls -ld " + folder_of(name).string());
  }
  Key key;
  entropy.fill(key);
  if (write(file.descriptor(), key.data(), key.size()) != static_cast<ssize_t>(key.size()) ||
      fsync(file.descriptor()) != 0 || !sync_folder_of(name)) {
    const int error = errno;
    unlink(name.c_str());
    return fault("cannot be written: " + reason(error), "df " + folder_of(name).string());
  }
  return key;
}

}  // namespace

tl::expected<SiteKey, std::string> read_site_key(const path& name) {
  return read_key<SiteKey>(site_kind, name);
}

tl::expected<void, std::string> make_site_key(const path& name, Entropy& entropy) {
  if (const auto made = make_key<SiteKey>(site_kind, name, entropy); !made)
    return tl::unexpected(made.error());
  return {};
}

tl::expected<OpeningKey, std::string> read_opening_key(const path& name) {
  return read_key<OpeningKey>(opening_kind, name);
}

tl::expected<SealingKey, std::string> make_opening_key(const path& name, Entropy& entropy) {
  return make_key<OpeningKey>(opening_kind, name, entropy).map(sealing_key);
}

}  // namespace pulih::accounts
