// Looks through every octet of an SQLite file and its log for names of rows, in both spellings that
// SQLite has for a number: eight octets in a record, and the variable length of a key
// (https://sqlite.org/fileformat2.html, 1.6).
#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unordered_set>

namespace pulih::accounts {

// How many of `names`.
inline std::size_t names_in(const std::filesystem::path& file,
                            const std::unordered_set<std::uint64_t>& names) {
  std::unordered_set<std::uint64_t> found;
  for (const auto* end : {"", "-wal"}) {
    std::ifstream in(file.string() + end, std::ios::binary);
    const std::string octets{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    for (std::size_t at = 0; at < octets.size(); ++at) {
      std::uint64_t record = 0, key = 0;
      bool key_ended = false;
      for (std::size_t i = 0; i < 9 && at + i < octets.size(); ++i) {
        const auto octet = static_cast<std::uint8_t>(octets[at + i]);
        if (i < 8) record = record << 8 | octet;
        if (key_ended) continue;
        key = i == 8 ? key << 8 | octet : key << 7 | (octet & 0x7Fu);
        key_ended = octet < 0x80;
      }
      for (const auto number : {record, key})
        if (names.contains(number)) found.insert(number);
    }
  }
  return found.size();
}

}  // namespace pulih::accounts
