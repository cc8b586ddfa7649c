// Turns what the engine notices into events of the journal.
// An operator reads there what, where and hint; the engine knows nothing of journals.
#pragma once
#include <map>
#include <string>

#include "daemon/engine/ports.hpp"
#include "daemon/operator/journal.hpp"

namespace pulih::operators {

class Notices : public engine::Watcher {
 public:
  using Names = std::map<engine::CarrierKey, std::string>;

  Notices(Journal& journal, Names carriers) : journal_(journal), carriers_(std::move(carriers)) {}
  void noticed(const engine::Notice& notice) override;

 private:
  std::string_view carrier_of(const engine::Notice& notice) const;

  Journal& journal_;
  const Names carriers_;
};

}  // namespace pulih::operators
