// See columns.hpp. Columns of numbers are written in the way whose octets carry the fewest bits by
// themselves (order-0 entropy), which is what remains of them after compression.
#include "daemon/hub/columns.hpp"

#include <array>
#include <cmath>

namespace pulih::hub {
namespace {

enum class Way : std::uint8_t {
  planes = 0,            // of the values
  planes_of_deltas = 1,  // of zigzag(value - the one before it)
  varints_of_deltas = 2,
};

std::vector<std::uint64_t> deltas(std::span<const std::uint64_t> values) {
  std::vector<std::uint64_t> found;
  found.reserve(values.size());
  std::uint64_t before = 0;
  for (const auto value : values) found.push_back(zigzag(value - std::exchange(before, value)));
  return found;
}

unsigned octets_of(std::span<const std::uint64_t> values) {
  std::uint64_t all = 0;
  for (const auto value : values) all |= value;
  return (static_cast<unsigned>(std::bit_width(all)) + 7) / 8;
}

// Bits that a column of octets takes when each is coded by how often it occurs.
double bits_of(std::span<const std::uint8_t> octets) {
  std::array<std::size_t, 256> times{};
  for (const auto octet : octets) ++times[octet];
  constexpr double table_entry = 4;
  double bits = 0;
  for (const auto count : times)
    if (count > 0)
      bits += table_entry +
              static_cast<double>(count) *
                  std::log2(static_cast<double>(octets.size()) / static_cast<double>(count));
  return std::min(bits, 8.0 * static_cast<double>(octets.size()));
}

Plain plane(std::span<const std::uint64_t> values, unsigned index) {
  Plain found;
  found.reserve(values.size());
  for (const auto value : values) found.push_back(static_cast<std::uint8_t>(value >> (8 * index)));
  return found;
}

double bits_of_planes(std::span<const std::uint64_t> values) {
  double bits = 0;
  for (unsigned index = 0; index < octets_of(values); ++index)
    bits += bits_of(plane(values, index));
  return bits;
}

void put_planes(Writer& out, std::span<const std::uint64_t> values) {
  const unsigned octets = octets_of(values);
  out.octet(static_cast<std::uint8_t>(octets));
  for (unsigned index = octets; index-- > 0;) {
    out.cut();
    out.octets(plane(values, index));
  }
  out.cut();
}

std::vector<std::uint64_t> get_planes(Reader& in, std::size_t count) {
  const unsigned octets = in.octet();
  if (octets > 8) in.fail();
  std::vector<std::uint64_t> values(count);
  for (unsigned index = octets; in.good() && index-- > 0;) {
    const auto one = in.octets(count);
    if (!in.good()) break;
    for (std::size_t i = 0; i < count; ++i)
      values[i] |= static_cast<std::uint64_t>(one[i]) << (8 * index);
  }
  return values;
}

void undo_deltas(std::vector<std::uint64_t>& values) {
  std::uint64_t before = 0;
  for (auto& value : values) value = before += unzigzag(value);
}

}  // namespace

void put_numbers(Writer& out, std::span<const std::uint64_t> values) {
  const auto apart = deltas(values);
  Writer varints;
  for (const auto delta : apart) varints.varint(delta);
  const double as_planes = bits_of_planes(values), as_deltas = bits_of_planes(apart),
               as_varints = bits_of(varints.plain());
  if (as_varints <= as_planes && as_varints <= as_deltas) {
    out.octet(static_cast<std::uint8_t>(Way::varints_of_deltas));
    out.cut();
    out.octets(varints.plain());
    out.cut();
  } else if (as_deltas < as_planes) {
    out.octet(static_cast<std::uint8_t>(Way::planes_of_deltas));
    put_planes(out, apart);
  } else {
    out.octet(static_cast<std::uint8_t>(Way::planes));
    put_planes(out, values);
  }
}

std::vector<std::uint64_t> get_numbers(Reader& in, std::size_t count) {
  std::vector<std::uint64_t> values;
  switch (static_cast<Way>(in.octet())) {
    case Way::planes:
      return get_planes(in, count);
    case Way::planes_of_deltas:
      values = get_planes(in, count);
      break;
    case Way::varints_of_deltas:
      if (count > in.left()) in.fail();
      for (std::size_t i = 0; in.good() && i < count; ++i) values.push_back(in.varint());
      break;
    default:
      in.fail();
  }
  values.resize(count);
  undo_deltas(values);
  return values;
}

}  // namespace pulih::hub
