// A file that carries sealed pieces from one machine to another: XChaCha20-Poly1305 as libsodium's
// secretstream has it, so that no piece can be altered, left out, repeated or moved, and the end is
// known from a file that was cut short. The key is derived from a key of 32 octets for this purpose
// alone.
#pragma once
#include <sodium.h>

#include <cstdint>
#include <istream>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "daemon/accounts/keys.hpp"

namespace pulih::accounts {

class SealedWriter {
 public:
  // Writes the beginning of the stream.
  SealedWriter(std::ostream& out, const SiteKey& key);
  SealedWriter(const SealedWriter&) = delete;
  SealedWriter& operator=(const SealedWriter&) = delete;
  ~SealedWriter();

  static constexpr std::size_t longest_piece = std::size_t{1} << 20;
  // False: it could not be written (the disk is full, the medium was taken out).
  bool write(std::span<const std::uint8_t> piece, bool last);

 private:
  std::ostream& out_;
  crypto_secretstream_xchacha20poly1305_state state_;
};

class SealedReader {
 public:
  SealedReader(std::istream& in, const SiteKey& key);
  SealedReader(const SealedReader&) = delete;
  SealedReader& operator=(const SealedReader&) = delete;
  ~SealedReader();

  struct Piece {
    WipedBytes octets;
    bool last = false;
  };
  // Or what is wrong with the file, in words.
  tl::expected<Piece, std::string> read();

 private:
  std::istream& in_;
  crypto_secretstream_xchacha20poly1305_state state_;
  std::string trouble_;
};

}  // namespace pulih::accounts
