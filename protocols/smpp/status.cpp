// The table behind status_name and status_advice, in numerical order as in SMPP 3.4, 5.1.3. Hints
// say where to look first, from what carriers' own papers and other gateways' users report.
#include "protocols/smpp/status.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace pulih::smpp {
namespace {

struct Row {
  std::uint32_t status;
  std::string_view name;
  StatusAdvice advice;
};

constexpr std::string_view bad_pdu =
    "the peer could not read what was sent; capture the exchange and compare it with its paper";
constexpr std::string_view ask_carrier = "ask the carrier, with the time and the message id";
constexpr std::string_view check_address =
    "compare the short code, TON and NPI with the carrier's paper";

constexpr std::array table{
    Row{ESME_ROK, "ESME_ROK", {"accepted"}},
    Row{ESME_RINVMSGLEN, "ESME_RINVMSGLEN", {"the message has a wrong length", bad_pdu}},
    Row{ESME_RINVCMDLEN, "ESME_RINVCMDLEN", {"the PDU has a wrong length", bad_pdu}},
    Row{ESME_RINVCMDID,
        "ESME_RINVCMDID",
        {"the command is unknown to the peer",
         "the carrier may speak an older version: try bind transmitter+receiver"}},
    Row{ESME_RINVBNDSTS,
        "ESME_RINVBNDSTS",
        {"the command does not fit the state or kind of the bind",
         "check `bind` of this carrier: a receiver cannot send"}},
    Row{ESME_RALYBND,
        "ESME_RALYBND",
        {"this account is bound already",
         "look for a second gateway with the same system_id, or wait for the old bind to expire"}},
    Row{ESME_RINVPRTFLG, "ESME_RINVPRTFLG", {"the priority is not allowed", ask_carrier}},
    Row{ESME_RINVREGDLVFLG,
        "ESME_RINVREGDLVFLG",
        {"the request for a receipt is not allowed", ask_carrier}},
    Row{ESME_RSYSERR,
        "ESME_RSYSERR",
        {"the carrier has an internal error", "it is tried again; call the carrier if it lasts"}},
    Row{ESME_RINVSRCADR, "ESME_RINVSRCADR", {"the sender is not accepted", check_address}},
    Row{ESME_RINVDSTADR,
        "ESME_RINVDSTADR",
        {"the recipient's number is not accepted",
         "check `prefixes`: the number may belong to another carrier"}},
    Row{ESME_RINVMSGID, "ESME_RINVMSGID", {"the message id is unknown to the carrier"}},
    Row{ESME_RBINDFAIL,
        "ESME_RBINDFAIL",
        {"the bind was refused",
         "check system_id and password, and that this machine's address is on the carrier's list"}},
    Row{ESME_RINVPASWD,
        "ESME_RINVPASWD",
        {"the password is wrong", "compare the password file of this carrier with its letter"}},
    Row{ESME_RINVSYSID,
        "ESME_RINVSYSID",
        {"the system_id is unknown to the carrier", "compare system_id with the carrier's letter"}},
    Row{ESME_RCANCELFAIL, "ESME_RCANCELFAIL", {"the message could not be cancelled"}},
    Row{ESME_RREPLACEFAIL, "ESME_RREPLACEFAIL", {"the message could not be replaced"}},
    Row{ESME_RMSGQFUL,
        "ESME_RMSGQFUL",
        {"the carrier's queue is full", "it is tried again; if it lasts, lower `rate`"}},
    Row{ESME_RINVSERTYP,
        "ESME_RINVSERTYP",
        {"the service_type is not accepted", "take service_type from the carrier's paper"}},
    Row{ESME_RINVNUMDESTS, "ESME_RINVNUMDESTS", {"a wrong number of recipients", bad_pdu}},
    Row{ESME_RINVDLNAME, "ESME_RINVDLNAME", {"the distribution list is unknown"}},
    Row{ESME_RINVDESTFLAG, "ESME_RINVDESTFLAG", {"a recipient of unknown kind", bad_pdu}},
    Row{ESME_RINVSUBREP, "ESME_RINVSUBREP", {"replace_if_present is not allowed here"}},
    Row{ESME_RINVESMCLASS, "ESME_RINVESMCLASS", {"the esm_class is not accepted", ask_carrier}},
    Row{ESME_RCNTSUBDL, "ESME_RCNTSUBDL", {"sending to a distribution list is not allowed"}},
    Row{ESME_RSUBMITFAIL,
        "ESME_RSUBMITFAIL",
        {"the carrier refused the message",
         "the sender name or the text may lack the carrier's approval: ask with the time"}},
    Row{ESME_RINVSRCTON, "ESME_RINVSRCTON", {"the sender's TON is not accepted", check_address}},
    Row{ESME_RINVSRCNPI, "ESME_RINVSRCNPI", {"the sender's NPI is not accepted", check_address}},
    Row{ESME_RINVDSTTON, "ESME_RINVDSTTON", {"the recipient's TON is not accepted", check_address}},
    Row{ESME_RINVDSTNPI, "ESME_RINVDSTNPI", {"the recipient's NPI is not accepted", check_address}},
    Row{ESME_RINVSYSTYP,
        "ESME_RINVSYSTYP",
        {"the system_type is not accepted", "take system_type from the carrier's paper"}},
    Row{ESME_RINVREPFLAG, "ESME_RINVREPFLAG", {"replace_if_present is not accepted"}},
    Row{ESME_RINVNUMMSGS, "ESME_RINVNUMMSGS", {"a wrong number of messages"}},
    Row{ESME_RTHROTTLED,
        "ESME_RTHROTTLED",
        {"more messages a second than the contract allows",
         "it is tried again more slowly; set `rate` to what the contract says"}},
    Row{ESME_RINVSCHED, "ESME_RINVSCHED", {"the delivery time is not accepted", bad_pdu}},
    Row{ESME_RINVEXPIRY,
        "ESME_RINVEXPIRY",
        {"the validity period is not accepted", "the carrier may allow a longer minimum only"}},
    Row{ESME_RINVDFTMSGID, "ESME_RINVDFTMSGID", {"the predefined message is unknown"}},
    Row{ESME_RX_T_APPN, "ESME_RX_T_APPN", {"the receiver cannot take it now; send it again"}},
    Row{ESME_RX_P_APPN, "ESME_RX_P_APPN", {"the receiver can never take it"}},
    Row{ESME_RX_R_APPN, "ESME_RX_R_APPN", {"the receiver rejects the message"}},
    Row{ESME_RQUERYFAIL, "ESME_RQUERYFAIL", {"the message's state could not be told"}},
    Row{ESME_RINVOPTPARSTREAM,
        "ESME_RINVOPTPARSTREAM",
        {"the optional parameters cannot be read", bad_pdu}},
    Row{ESME_ROPTPARNOTALLWD,
        "ESME_ROPTPARNOTALLWD",
        {"an optional parameter is not allowed here",
         "compare the USSD dialect of this carrier with its paper"}},
    Row{ESME_RINVPARLEN,
        "ESME_RINVPARLEN",
        {"an optional parameter has a wrong length",
         "compare the USSD dialect of this carrier with its paper"}},
    Row{ESME_RMISSINGOPTPARAM,
        "ESME_RMISSINGOPTPARAM",
        {"an optional parameter is missing",
         "compare the USSD dialect of this carrier with its paper"}},
    Row{ESME_RINVOPTPARAMVAL,
        "ESME_RINVOPTPARAMVAL",
        {"an optional parameter has a value that is not accepted",
         "compare the USSD dialect of this carrier with its paper"}},
    Row{ESME_RDELIVERYFAILURE, "ESME_RDELIVERYFAILURE", {"the message could not be delivered"}},
    Row{ESME_RUNKNOWNERR, "ESME_RUNKNOWNERR", {"an error the carrier does not name", ask_carrier}},
    Row{ESME_RSERTYPUNAUTH,
        "ESME_RSERTYPUNAUTH",
        {"this account may not use the service_type", ask_carrier}},
    Row{ESME_RPROHIBITED,
        "ESME_RPROHIBITED",
        {"this account may not do that", "the contract may cover one direction only"}},
    Row{ESME_RSERTYPUNAVAIL, "ESME_RSERTYPUNAVAIL", {"the service_type is out of service"}},
    Row{ESME_RSERTYPDENIED, "ESME_RSERTYPDENIED", {"the service_type is denied", ask_carrier}},
    Row{ESME_RINVDCS,
        "ESME_RINVDCS",
        {"the data_coding is not accepted", "the carrier may not take UCS-2"}},
    Row{ESME_RINVSRCADDRSUBUNIT,
        "ESME_RINVSRCADDRSUBUNIT",
        {"the sender's subunit is not accepted"}},
    Row{ESME_RINVDSTADDRSUBUNIT,
        "ESME_RINVDSTADDRSUBUNIT",
        {"the recipient's subunit is not accepted"}},
};
static_assert(std::ranges::is_sorted(table, {}, &Row::status));

const Row* row_of(std::uint32_t status) {
  const auto* const row = std::ranges::lower_bound(table, status, {}, &Row::status);
  return row != table.end() && row->status == status ? row : nullptr;
}

// SMPP 3.4, table 5-2: 0x400–0x4FF are the SMSC vendor's own.
bool is_vendors(std::uint32_t status) { return status >= 0x400 && status <= 0x4FF; }

}  // namespace

std::string status_name(std::uint32_t status) {
  if (const Row* row = row_of(status)) return std::string(row->name);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%sstatus 0x%08X", is_vendors(status) ? "vendor " : "",
                unsigned{status});
  return text.data();
}

StatusAdvice status_advice(std::uint32_t status) {
  if (const Row* row = row_of(status)) return row->advice;
  if (is_vendors(status))
    return {"an error of the carrier's own", "look the number up in the carrier's paper"};
  return {"a status that SMPP does not define", ask_carrier};
}

}  // namespace pulih::smpp
