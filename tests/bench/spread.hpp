// The figures of several runs of one thing: their middle, and how far apart they lie.
#pragma once
#include <algorithm>
#include <vector>

namespace pulih::bench {

struct Spread {
  std::vector<double> values;
  // 0: the least, 0.5: the middle one, 1: the most. There is at least one.
  double at(double quantile) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(quantile * static_cast<double>(values.size() - 1))];
  }
};

}  // namespace pulih::bench
