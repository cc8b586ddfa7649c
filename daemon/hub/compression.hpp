// One lane of one direction of a connection: a single zstd frame (RFC 8878) that lasts as long as
// the connection, flushed after each message, so that each message is compressed with all that went
// before it in the window. Memory is bounded by the window and by the longest message allowed.
#pragma once
#include <memory>
#include <span>
#include <string_view>
#include <tl/expected.hpp>

#include "daemon/hub/frames.hpp"
#include "daemon/hub/octets.hpp"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace pulih::hub {

// 64 kB (RFC 8878, 3.1.1.1.2): a larger one gains nothing on columns, and a lane takes half a MB
// so.
inline constexpr int window_log = 16;

class Compressor {
 public:
  explicit Compressor(std::string_view dictionary);
  // All octets of this message, flushed; the cuts of it begin blocks of their own.
  Octets compress(const Writer& message);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
};

class Expander {
 public:
  // No message may be longer than `most` octets.
  Expander(std::string_view dictionary, std::size_t most);
  // The next piece of a message. False: it is not zstd's, or longer than allowed.
  [[nodiscard]] bool add(std::span<const std::uint8_t> piece);
  // The message that the pieces came to.
  Plain take() { return std::exchange(message_, {}); }

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
  const std::size_t most_;
  Plain message_;
};

}  // namespace pulih::hub
