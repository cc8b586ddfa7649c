// One SMS of text, 160 characters, to octets and back. GSM 7 bit has no peer on Debian, and is to
// take well under a microsecond; UCS-2 is measured beside the C library's iconv.
#include <benchmark/benchmark.h>
#include <iconv.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "protocols/gsm/segments.hpp"

namespace {

using pulih::gsm::Coding;
using Wire = std::vector<std::uint8_t>;

const std::string plain(160, 'a');
// Every fourth character beyond ASCII, each eighth in the extension table.
std::string mixed() {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "abcdefà€";
  return text;
}

void require(bool holds) {
  if (!holds) std::abort();
}

void encode(benchmark::State& state, const std::string& text) {
  Wire out;
  for (auto _ : state) {
    out.clear();
    require(pulih::gsm::encode(text, out).has_value());
    benchmark::DoNotOptimize(out.data());
  }
}

void decode(benchmark::State& state, const std::string& text) {
  Wire septets;
  require(pulih::gsm::encode(text, septets).has_value());
  std::string out;
  for (auto _ : state) {
    out.clear();
    pulih::gsm::decode(septets, [&](char c) { out.push_back(c); });
    benchmark::DoNotOptimize(out.data());
  }
}

void cut(benchmark::State& state) {
  const Wire text(459, 'a');
  for (auto _ : state) {
    const auto parts =
        pulih::gsm::segments(text, Coding::gsm7, pulih::gsm::ReferenceKind::header8, 1);
    require(parts.has_value() && parts->size() == 3);
  }
}

void ucs2_by_pulih(benchmark::State& state, const std::string& source) {
  Wire out;
  for (auto _ : state) {
    out.clear();
    require(pulih::gsm::encode_ucs2(source, out).has_value());
    benchmark::DoNotOptimize(out.data());
  }
}

void ucs2_by_iconv(benchmark::State& state, const std::string& source) {
  const iconv_t conversion = iconv_open("UTF-16BE", "UTF-8");
  require(conversion != reinterpret_cast<iconv_t>(-1));
  std::string text = source;
  Wire out(2 * text.size());
  for (auto _ : state) {
    char* from = text.data();
    char* to = reinterpret_cast<char*>(out.data());
    std::size_t from_left = text.size(), to_left = out.size();
    require(iconv(conversion, &from, &from_left, &to, &to_left) == 0);
    benchmark::DoNotOptimize(out.data());
  }
  iconv_close(conversion);
}

BENCHMARK_CAPTURE(encode, plain, plain);
BENCHMARK_CAPTURE(encode, mixed, mixed());
BENCHMARK_CAPTURE(decode, plain, plain);
BENCHMARK_CAPTURE(decode, mixed, mixed());
BENCHMARK(cut)->Name("cut into three parts");
BENCHMARK_CAPTURE(ucs2_by_pulih, plain, plain)->Name("encode UCS-2, ASCII/pulih");
BENCHMARK_CAPTURE(ucs2_by_iconv, plain, plain)->Name("encode UCS-2, ASCII/iconv");
BENCHMARK_CAPTURE(ucs2_by_pulih, mixed, mixed())->Name("encode UCS-2, mixed/pulih");
BENCHMARK_CAPTURE(ucs2_by_iconv, mixed, mixed())->Name("encode UCS-2, mixed/iconv");

}  // namespace
