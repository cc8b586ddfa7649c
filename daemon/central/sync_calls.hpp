// What both halves of Sync do with a call to the central database and with what they count.
#pragma once
#include <utility>

#include "daemon/central/sync.hpp"

namespace pulih::central {

// The answer; throws why there is none.
template <class Answer>
Answer answered(tl::expected<Answer, Unavailable> answer) {
  if (!answer) throw Unavailable(std::move(answer.error()));
  return std::move(*answer);
}

template <class Change>
void Sync::figure(Change&& change) {
  const std::lock_guard lock(figures_mutex_);
  change(figures_);
}

}  // namespace pulih::central
