// The mandatory parameters that have bounds (SMPP 3.4, 5.2), C-octet strings and lists: the name of
// each, how much it may hold, and the command_status that says it is wrong. The decoder, the
// encoder and the printer all read this one list.
#pragma once
#include <cstdint>
#include <string_view>

#include "protocols/smpp/status.hpp"

namespace pulih::smpp {

struct Field {
  std::string_view name;
  std::size_t most_octets;  // the NUL included
  std::uint32_t status;
};

// An octet that says how many entries of a list follow.
struct Count {
  std::string_view name;
  std::size_t least, most;
  std::uint32_t status;
};

namespace field {
inline constexpr Field system_id{"system_id", 16, ESME_RINVSYSID};  // 5.2.1
// 5.2.2 allows 8 characters; providers such as Infobip hand out longer ones.
inline constexpr Field password{"password", 65, ESME_RINVPASWD};
inline constexpr Field system_type{"system_type", 13, ESME_RINVSYSTYP};            // 5.2.3
inline constexpr Field address_range{"address_range", 41, ESME_RINVCMDLEN};        // 5.2.7
inline constexpr Field source_addr{"source_addr", 21, ESME_RINVSRCADR};            // 5.2.8
inline constexpr Field destination_addr{"destination_addr", 21, ESME_RINVDSTADR};  // 5.2.9
inline constexpr Field service_type{"service_type", 6, ESME_RINVSERTYP};           // 5.2.11
inline constexpr Field schedule_delivery_time{"schedule_delivery_time", 17,
                                              ESME_RINVSCHED};                   // 5.2.15
inline constexpr Field validity_period{"validity_period", 17, ESME_RINVEXPIRY};  // 5.2.16
inline constexpr Field message_id{"message_id", 65, ESME_RINVMSGID};             // 5.2.23
inline constexpr Field dl_name{"dl_name", 21, ESME_RINVDLNAME};                  // 5.2.27
inline constexpr Field final_date{"final_date", 17, ESME_RINVCMDLEN};            // 4.8.2
// data_sm and alert_notification have room for IP addresses and URLs (4.7.1, 4.12.1).
inline constexpr Field long_source_addr{"source_addr", 65, ESME_RINVSRCADR};
inline constexpr Field long_destination_addr{"destination_addr", 65, ESME_RINVDSTADR};
inline constexpr Field esme_addr{"esme_addr", 65, ESME_RINVDSTADR};  // 5.2.10

inline constexpr Count number_of_dests{"number_of_dests", 1, 254, ESME_RINVNUMDESTS};  // 5.2.24
inline constexpr Count no_unsuccess{"no_unsuccess", 0, 255, ESME_RINVNUMDESTS};        // 5.2.26
}  // namespace field

}  // namespace pulih::smpp
