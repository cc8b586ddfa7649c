// The name of a table or column of ours as it stands in SQL: some are words of SQL's own.
#pragma once
#include <string>
#include <string_view>

namespace pulih::store {

inline std::string sql_name(std::string_view name) { return '"' + std::string(name) + '"'; }

}  // namespace pulih::store
