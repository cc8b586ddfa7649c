// See sealed_stream.hpp. The file: a line that says what it is, the stream's header, then pieces,
// each with its length in four octets in front (little-endian), which is authenticated with it.
#include "daemon/accounts/sealed_stream.hpp"

#include <array>

namespace pulih::accounts {
namespace {

constexpr std::string_view title = "pulih sealed stream 1\n";
constexpr std::size_t header_octets = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t added_octets = crypto_secretstream_xchacha20poly1305_ABYTES;

struct StreamKey : std::array<std::uint8_t, crypto_secretstream_xchacha20poly1305_KEYBYTES> {
  explicit StreamKey(const SiteKey& from) {
    crypto_kdf_derive_from_key(data(), size(), 1, "carrying", from.data());
  }
  StreamKey(const StreamKey&) = delete;
  StreamKey& operator=(const StreamKey&) = delete;
  ~StreamKey() { sodium_memzero(data(), size()); }
};

using Length = std::array<std::uint8_t, 4>;
Length length_octets(std::size_t length) {
  Length octets{};
  for (std::size_t i = 0; i < octets.size(); ++i)
    octets[i] = static_cast<std::uint8_t>(length >> (8 * i));
  return octets;
}

void put(std::ostream& out, std::span<const std::uint8_t> octets) {
  out.write(reinterpret_cast<const char*>(octets.data()),
            static_cast<std::streamsize>(octets.size()));
}
bool get(std::istream& in, std::span<std::uint8_t> octets) {
  in.read(reinterpret_cast<char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
  return static_cast<std::size_t>(in.gcount()) == octets.size();
}

}  // namespace

SealedWriter::SealedWriter(std::ostream& out, const SiteKey& key) : out_(out) {
  const StreamKey derived(key);
  std::array<std::uint8_t, header_octets> header{};
  crypto_secretstream_xchacha20poly1305_init_push(&state_, header.data(), derived.data());
  out_ << title;
  put(out_, header);
}

SealedWriter::~SealedWriter() { sodium_memzero(&state_, sizeof state_); }

bool SealedWriter::write(std::span<const std::uint8_t> piece, bool last) {
  if (piece.size() > longest_piece) return false;
  const auto length = length_octets(piece.size());
  Blob sealed(piece.size() + added_octets);
  crypto_secretstream_xchacha20poly1305_push(
      &state_, sealed.data(), nullptr, piece.data(), piece.size(), length.data(), length.size(),
      last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
           : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
  put(out_, length);
  put(out_, sealed);
  if (last) out_.flush();
  return out_.good();
}

SealedReader::SealedReader(std::istream& in, const SiteKey& key) : in_(in) {
  std::array<char, title.size()> begins{};
  std::array<std::uint8_t, header_octets> header{};
  in_.read(begins.data(), begins.size());
  if (!in_ || std::string_view(begins.data(), begins.size()) != title) {
    trouble_ = "is no file that was exported";
    return;
  }
  const StreamKey derived(key);
  if (!get(in_, header) ||
      crypto_secretstream_xchacha20poly1305_init_pull(&state_, header.data(), derived.data()) != 0)
    trouble_ = "is cut short at its beginning";
}

SealedReader::~SealedReader() { sodium_memzero(&state_, sizeof state_); }

tl::expected<SealedReader::Piece, std::string> SealedReader::read() {
  if (!trouble_.empty()) return tl::unexpected(trouble_);
  Length length{};
  if (!get(in_, length)) return tl::unexpected(trouble_ = "is cut short");
  std::size_t size = 0;
  for (std::size_t i = length.size(); i-- > 0;) size = size << 8 | length[i];
  if (size > SealedWriter::longest_piece) return tl::unexpected(trouble_ = "was altered");
  Blob sealed(size + added_octets);
  if (!get(in_, sealed)) return tl::unexpected(trouble_ = "is cut short");
  Piece piece;
  piece.octets.resize(size);
  unsigned char tag = 0;
  if (crypto_secretstream_xchacha20poly1305_pull(&state_, piece.octets.data(), nullptr, &tag,
                                                 sealed.data(), sealed.size(), length.data(),
                                                 length.size()) != 0)
    return tl::unexpected(trouble_ = "was altered, or sealed under another key");
  piece.last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  return piece;
}

}  // namespace pulih::accounts
