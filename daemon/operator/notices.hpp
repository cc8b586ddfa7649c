// Turns what the engine notices into events of the journal.
// An operator reads there what, where and hint; the engine knows nothing of journals.
#pragma once
#include "daemon/engine/ports.hpp"
#include "daemon/operator/journal.hpp"

namespace pulih::operators {

class Notices : public engine::Watcher {
 public:
  explicit Notices(Journal& journal) : journal_(journal) {}
  void noticed(const engine::Notice& notice) override;

 private:
  Journal& journal_;
};

}  // namespace pulih::operators
