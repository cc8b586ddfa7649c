// See wiped_memory.hpp. Each piece carries its size in front of it, since free() is not told it.
#include "daemon/directory/wiped_memory.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace pulih::directory {
namespace {

constexpr std::size_t front = alignof(std::max_align_t);
static_assert(front >= sizeof(std::size_t));

std::size_t size_of(const void* piece) {
  std::size_t size = 0;
  std::memcpy(&size, static_cast<const std::byte*>(piece) - front, sizeof size);
  return size;
}

void* take(std::size_t size) {
  if (size > SIZE_MAX - front) return nullptr;
  auto* whole = static_cast<std::byte*>(std::malloc(front + size));
  if (whole == nullptr) return nullptr;
  std::memcpy(whole, &size, sizeof size);
  return whole + front;
}

void give(void* piece) {
  if (piece == nullptr) return;
  auto* whole = static_cast<std::byte*>(piece) - front;
  explicit_bzero(whole, front + size_of(piece));
  std::free(whole);
}

void* take_another(void* piece, std::size_t size) {
  if (piece == nullptr) return take(size);
  void* other = take(size);
  if (other == nullptr) return nullptr;
  std::memcpy(other, piece, std::min(size, size_of(piece)));
  give(piece);
  return other;
}

void* take_zeros(std::size_t count, std::size_t size) {
  if (size != 0 && count > SIZE_MAX / size) return nullptr;
  void* piece = take(count * size);
  if (piece != nullptr) std::memset(piece, 0, count * size);
  return piece;
}

char* take_copy(const char* text) {
  const auto size = std::strlen(text) + 1;
  void* piece = take(size);
  if (piece != nullptr) std::memcpy(piece, text, size);
  return static_cast<char*>(piece);
}

}  // namespace

void let_curl_wipe() {
  static const CURLcode ready =
      curl_global_init_mem(CURL_GLOBAL_DEFAULT, take, give, take_another, take_copy, take_zeros);
  if (ready != CURLE_OK) throw std::bad_alloc();
}

}  // namespace pulih::directory
