// The times that a SCIM directory writes (RFC 7643, 2.3.5: dateTime of XML Schema), to the second
// and in UTC. They are compared with one another and with the server's clock, never with ours.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/accounts/account.hpp"

namespace pulih::directory {

// Nothing: it is none, or without a time zone. A fraction is cut off.
std::optional<accounts::Instant> read_stamp(std::string_view written);
// "2026-08-17T03:15:00Z"
std::string written_stamp(accounts::Instant at);

// "1985-08-17", also with a midnight behind it, as directories without a type for dates write it:
// yyyymmdd. Nothing: it is none, or at another time of the day, which may be another day here.
std::optional<std::uint32_t> read_date(std::string_view written);

}  // namespace pulih::directory
