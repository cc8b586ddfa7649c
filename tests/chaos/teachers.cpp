// See teachers.hpp. The words by which she knows a step are those of the Indonesian catalogue.
#include "tests/chaos/teachers.hpp"

#include <charconv>

namespace pulih::chaos {
namespace {

constexpr std::uint64_t first_number = 6'281'100'000'000;

// What stands between two pieces of the text; empty: one of them is missing.
std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const auto found = text.find(before);
  if (found == text.npos) return {};
  const auto begin = found + before.size();
  const auto end = text.find(after, begin);
  return std::string(end == text.npos ? std::string_view{} : text.substr(begin, end - begin));
}

}  // namespace

std::string Teachers::number(std::size_t teacher) { return std::to_string(first_number + teacher); }
std::string Teachers::account(std::size_t teacher) {
  return "guru" + std::to_string(teacher) + "@guru.sd";
}

Teachers::Teachers(std::size_t count) : all_(count) {
  for (std::size_t which = 0; which < count; ++which) {
    all_[which].number = number(which);
    all_[which].account = account(which);
    // Every other one lets a password be made.
    if (which % 2 == 1) all_[which].password = "perahu-Kertas " + std::to_string(which) + " lipat";
  }
}

void Teachers::begin(phone::SimulatedCarrier& carrier, std::size_t teacher) {
  carrier.send(all_[teacher].number, "RESET guru" + std::to_string(teacher) + " guru sd 17081985");
}

void Teachers::hears(phone::SimulatedCarrier& carrier, const std::string& number,
                     const std::string& text) {
  std::uint64_t value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  if (value < first_number || value - first_number >= all_.size()) return;
  const std::size_t which = value - first_number;
  auto& teacher = all_[which];
  if (!teacher.read.insert(text).second) {
    ++repeated_;  // its acknowledgement was lost
    return;
  }
  const auto said = answer(teacher, which, text);
  if (!said.empty()) carrier.send(number, said);
}

void Teachers::end(Teacher& teacher, Outcome outcome) {
  if (teacher.outcome != Outcome::none) {
    teacher.strange = "a second outcome";
    return;
  }
  teacher.outcome = outcome;
  ++told_;
}

std::string Teachers::answer(Teacher& teacher, std::size_t which, std::string_view text) {
  const auto says = [&](std::string_view words) { return text.find(words) != text.npos; };
  if (says("BERHASIL")) {
    if (which % 2 == 0) teacher.password = between(text, "Sandi sementara: ", " - ");
    end(teacher, Outcome::applied);
    return {};
  }
  if (says("diganti lewat jalur lain")) return end(teacher, Outcome::superseded), "";
  if (says("belum dapat dipasang") || says("data akun di pusat berbeda"))
    return end(teacher, Outcome::failed), "";
  if (says("sedang dipasang") || says("belum terjangkau")) return {};
  if (text.starts_with("Kode ")) return between(text, ": ", ".");
  if (says("Langkah 3/4")) return "1";
  if (says("Langkah 4/4")) return which % 2 == 0 ? "1" : "2";
  if (says("Ketik sandi baru, minimal") || says("SAMA sekali lagi")) return teacher.password;
  if (teacher.strange.empty()) teacher.strange = text;
  return {};
}

}  // namespace pulih::chaos
