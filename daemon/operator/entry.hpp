// One journal entry on its way through spdlog's queue: the fields as journald wants them,
// "KEY=value", with a NUL octet after each. MESSAGE, MESSAGE_ID and PRIORITY come first.
#pragma once
#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/operator/events.hpp"
#include "daemon/operator/field.hpp"

namespace pulih::operators {

std::string packed_entry(const Event& what, std::string_view message, std::string_view site,
                         std::initializer_list<Field> fields);

// The fields of a packed entry; they point into it.
std::vector<std::string_view> fields_of(std::string_view packed);

// "2026-11-23T15:04:05Z NOTICE carrier=telco bound as transceiver\n": for a terminal or a file.
// Control characters are written as \x0a, so that nothing a peer sent can forge a line.
std::string readable_line(std::string_view packed, std::chrono::system_clock::time_point at);

}  // namespace pulih::operators
