// Turns what happens on the links to carriers into events of the journal, each with its carrier as
// a field, so that `journalctl CARRIER=name` tells one carrier's story.
#pragma once
#include "daemon/carriers/profile.hpp"
#include "daemon/operator/journal.hpp"

namespace pulih::operators {

class LinkNotices final : public carriers::LinkWatcher {
 public:
  explicit LinkNotices(Journal& journal) : journal_(journal) {}
  void noticed(const carriers::LinkNotice& notice) override;

 private:
  Journal& journal_;
};

}  // namespace pulih::operators
