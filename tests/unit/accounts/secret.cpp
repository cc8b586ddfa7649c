// A secret cannot be printed or copied by accident, and its memory is blank by the time the program
// gives it back: this program's operator delete looks at what it gets.
#include "daemon/accounts/secret.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iosfwd>
#include <new>
#include <type_traits>
#include <utility>

namespace {

// One block under watch. It is set and read by the test's own thread only.
thread_local const void* watched = nullptr;
thread_local std::size_t watched_octets = 0;
thread_local bool came_back_blank = false;

void look_at(const void* block) {
  if (block == nullptr || block != watched) return;
  const auto* octets = static_cast<const unsigned char*>(block);
  came_back_blank = std::all_of(octets, octets + watched_octets, [](auto o) { return o == 0; });
  watched = nullptr;
}

void watch(const void* block, std::size_t octets) {
  watched = block;
  watched_octets = octets;
  came_back_blank = false;
}

bool blank_again() { return watched == nullptr && came_back_blank; }

}  // namespace

void* operator new(std::size_t octets) {
  if (void* block = std::malloc(octets)) return block;
  throw std::bad_alloc();
}
void* operator new(std::size_t octets, const std::nothrow_t&) noexcept {
  return std::malloc(octets);
}
void operator delete(void* block) noexcept {
  look_at(block);
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
  look_at(block);
  std::free(block);
}

namespace pulih::accounts {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
template <class T>
concept ReadAsText = std::is_convertible_v<T, std::string_view> || requires(const T& value) {
  value.data();
};

static_assert(!Printable<Secret> && !fmt::is_formattable<Secret>::value && !ReadAsText<Secret>);
static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret> &&
              std::is_nothrow_move_assignable_v<Secret>);
static_assert(!std::is_convertible_v<const char*, Secret> &&
              !std::is_convertible_v<std::string, Secret>);

TEST_CASE("a secret's memory is blank when it is given back", "[secret]") {
  {
    const Secret secret("kopi-hujan-kereta-mangga");
    watch(secret.reveal().data(), secret.size());
  }
  CHECK(blank_again());
}

TEST_CASE("a secret that another one replaces is blank too", "[secret]") {
  Secret secret("first");
  watch(secret.reveal().data(), secret.size());
  secret = Secret("second");
  CHECK(blank_again());
  CHECK(secret.reveal() == "second");
}

TEST_CASE("a secret moves without leaving a copy behind", "[secret]") {
  Secret from("482916");
  const auto* at = from.reveal().data();
  const Secret to(std::move(from));
  CHECK(to.reveal().data() == at);
  CHECK(from.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
}

TEST_CASE("octets that grow leave no copy at their old place", "[secret]") {
  WipedBytes octets{1, 2, 3};
  octets.shrink_to_fit();
  watch(octets.data(), octets.size());
  octets.reserve(1000);
  CHECK(blank_again());
}

TEST_CASE("secrets are equal when every character is", "[secret]") {
  CHECK(Secret("abc") == Secret("abc"));
  CHECK_FALSE(Secret("abc") == Secret("abd"));
  CHECK_FALSE(Secret("abc") == Secret("abcd"));
  CHECK(Secret() == Secret(""));
  CHECK(Secret("abc") == Secret("abc").duplicate());
}

}  // namespace pulih::accounts
