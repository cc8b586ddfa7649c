// How a file of accounts names its rows, for one connection: asked at the beginning of each
// transaction, since `pulihctl key rotate` names them anew between two.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include "daemon/accounts/keys.hpp"
#include "daemon/central/central.hpp"
#include "daemon/central/statements.hpp"

namespace pulih::central {

class Naming {
 public:
  Naming(SQLite::Database& database, const accounts::SiteKeys& keys)
      : file_(database.getFilename()), keys_(keys), asked_(database, "SELECT id FROM naming") {
    look();
  }

  // Throws Unavailable.
  void look() {
    Use row(asked_);
    const auto id = row.step() ? row.number(0) : 0;
    names_ = keys_.row_names_of(id);
    if (names_ == nullptr)
      throw Unavailable{file_ +
                        ": its rows are named under a key that is not in the keyring; both must be "
                        "of one backup"};
  }
  const accounts::RowNames& operator*() const { return *names_; }
  const accounts::RowNames* operator->() const { return names_; }

 private:
  const std::string file_;
  const accounts::SiteKeys& keys_;
  SQLite::Statement asked_;
  const accounts::RowNames* names_ = nullptr;
};

}  // namespace pulih::central
