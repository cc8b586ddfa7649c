// See compression.hpp. What zstd refuses of our own settings or input is a broken invariant and
// ends the process; what it refuses of the peer's octets is the peer's fault.
#include "daemon/hub/compression.hpp"

#include <zstd.h>

#include <array>
#include <cstdlib>

namespace pulih::hub {
namespace {

// Of 17.3 octets a row; level 19 takes 17.1 and twice the memory.
constexpr int level = 6;

void must(std::size_t result) {
  if (ZSTD_isError(result)) std::abort();
}

}  // namespace

void Compressor::Free::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }

Compressor::Compressor(std::string_view dictionary) : context_(ZSTD_createCCtx()) {
  auto* const context = context_.get();
  if (context == nullptr) throw std::bad_alloc();
  must(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level));
  must(ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log));
  must(ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0));
  must(ZSTD_CCtx_loadDictionary(context, dictionary.data(), dictionary.size()));
}

Octets Compressor::compress(const Writer& message) {
  const auto& plain = message.plain();
  Octets out;
  std::array<std::uint8_t, 4'096> piece;
  std::size_t begin = 0;
  const auto flush_up_to = [&](std::size_t end) {
    ZSTD_inBuffer in{plain.data() + begin, end - begin, 0};
    for (std::size_t left = 1; left != 0;) {
      ZSTD_outBuffer to{piece.data(), piece.size(), 0};
      left = ZSTD_compressStream2(context_.get(), &to, &in, ZSTD_e_flush);
      must(left);
      out.insert(out.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(to.pos));
    }
    begin = end;
  };
  for (const auto cut : message.cuts())
    if (cut < plain.size()) flush_up_to(cut);
  flush_up_to(plain.size());
  return out;
}

void Expander::Free::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

Expander::Expander(std::string_view dictionary, std::size_t most)
    : context_(ZSTD_createDCtx()), most_(most) {
  if (context_ == nullptr) throw std::bad_alloc();
  must(ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, window_log));
  must(ZSTD_DCtx_loadDictionary(context_.get(), dictionary.data(), dictionary.size()));
}

bool Expander::add(std::span<const std::uint8_t> piece) {
  ZSTD_inBuffer in{piece.data(), piece.size(), 0};
  std::array<std::uint8_t, 16'384> plain;
  while (true) {
    ZSTD_outBuffer to{plain.data(), plain.size(), 0};
    const auto result = ZSTD_decompressStream(context_.get(), &to, &in);
    // A frame that ends would let a second one begin without the dictionary's history.
    const bool good = !ZSTD_isError(result) && result != 0 && message_.size() + to.pos <= most_;
    if (good)
      message_.insert(message_.end(), plain.begin(),
                      plain.begin() + static_cast<std::ptrdiff_t>(to.pos));
    sodium_memzero(plain.data(), to.pos);
    if (!good) return false;
    if (in.pos == in.size && to.pos < plain.size()) return true;
  }
}

}  // namespace pulih::hub
