// Prepared statements of the central room: values are bound in the order of their question marks,
// and a statement is reset when its use ends, by whichever way, so that no read transaction stays
// open behind it. Octets are bound without a copy and must outlive the use.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <span>
#include <type_traits>

#include "daemon/accounts/account.hpp"

namespace pulih::central {

class Use {
 public:
  template <class... Values>
  explicit Use(SQLite::Statement& statement, const Values&... values) : statement_(statement) {
    int index = 0;
    (bind(++index, values), ...);
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() { statement_.tryReset(); }

  bool step() { return statement_.executeStep(); }
  // How many rows were changed.
  int run() { return statement_.exec(); }

  std::uint64_t number(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  std::uint32_t version(int column) const { return statement_.getColumn(column).getUInt(); }
  bool flag(int column) const { return integer(column) != 0; }
  accounts::Instant instant(int column) const {
    return accounts::Instant(std::chrono::seconds(integer(column)));
  }
  // Good until the next step.
  std::span<const std::uint8_t> octets(int column) const {
    const SQLite::Column value = statement_.getColumn(column);
    return {static_cast<const std::uint8_t*>(value.getBlob()),
            static_cast<std::size_t>(value.getBytes())};
  }

 private:
  template <class Value>
  void bind(int index, const Value& value) {
    if constexpr (std::is_same_v<Value, accounts::Instant>)
      statement_.bind(index, std::int64_t{value.time_since_epoch().count()});
    else if constexpr (std::is_integral_v<Value> || std::is_enum_v<Value>)
      statement_.bind(index, static_cast<std::int64_t>(value));
    else
      statement_.bindNoCopy(index, value.data(), static_cast<int>(value.size()));
  }
  std::int64_t integer(int column) const { return statement_.getColumn(column).getInt64(); }

  SQLite::Statement& statement_;
};

}  // namespace pulih::central
