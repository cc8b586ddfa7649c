// command_status: the constants of SMPP 3.4, 5.1.3 and SMPP 5.0, 4.7.6 under their names in the
// specification, so that a search for one of them ends here, and what each means in plain words for
// whoever operates the gateway.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace pulih::smpp {

inline constexpr std::uint32_t ESME_ROK = 0x00;
inline constexpr std::uint32_t ESME_RINVMSGLEN = 0x01;
inline constexpr std::uint32_t ESME_RINVCMDLEN = 0x02;
inline constexpr std::uint32_t ESME_RINVCMDID = 0x03;
inline constexpr std::uint32_t ESME_RINVBNDSTS = 0x04;
inline constexpr std::uint32_t ESME_RALYBND = 0x05;
inline constexpr std::uint32_t ESME_RINVPRTFLG = 0x06;
inline constexpr std::uint32_t ESME_RINVREGDLVFLG = 0x07;
inline constexpr std::uint32_t ESME_RSYSERR = 0x08;
inline constexpr std::uint32_t ESME_RINVSRCADR = 0x0A;
inline constexpr std::uint32_t ESME_RINVDSTADR = 0x0B;
inline constexpr std::uint32_t ESME_RINVMSGID = 0x0C;
inline constexpr std::uint32_t ESME_RBINDFAIL = 0x0D;
inline constexpr std::uint32_t ESME_RINVPASWD = 0x0E;
inline constexpr std::uint32_t ESME_RINVSYSID = 0x0F;
inline constexpr std::uint32_t ESME_RCANCELFAIL = 0x11;
inline constexpr std::uint32_t ESME_RREPLACEFAIL = 0x13;
inline constexpr std::uint32_t ESME_RMSGQFUL = 0x14;
inline constexpr std::uint32_t ESME_RINVSERTYP = 0x15;
inline constexpr std::uint32_t ESME_RINVNUMDESTS = 0x33;
inline constexpr std::uint32_t ESME_RINVDLNAME = 0x34;
inline constexpr std::uint32_t ESME_RINVDESTFLAG = 0x40;
inline constexpr std::uint32_t ESME_RINVSUBREP = 0x42;
inline constexpr std::uint32_t ESME_RINVESMCLASS = 0x43;
inline constexpr std::uint32_t ESME_RCNTSUBDL = 0x44;
inline constexpr std::uint32_t ESME_RSUBMITFAIL = 0x45;
inline constexpr std::uint32_t ESME_RINVSRCTON = 0x48;
inline constexpr std::uint32_t ESME_RINVSRCNPI = 0x49;
inline constexpr std::uint32_t ESME_RINVDSTTON = 0x50;
inline constexpr std::uint32_t ESME_RINVDSTNPI = 0x51;
inline constexpr std::uint32_t ESME_RINVSYSTYP = 0x53;
inline constexpr std::uint32_t ESME_RINVREPFLAG = 0x54;
inline constexpr std::uint32_t ESME_RINVNUMMSGS = 0x55;
inline constexpr std::uint32_t ESME_RTHROTTLED = 0x58;
inline constexpr std::uint32_t ESME_RINVSCHED = 0x61;
inline constexpr std::uint32_t ESME_RINVEXPIRY = 0x62;
inline constexpr std::uint32_t ESME_RINVDFTMSGID = 0x63;
inline constexpr std::uint32_t ESME_RX_T_APPN = 0x64;
inline constexpr std::uint32_t ESME_RX_P_APPN = 0x65;
inline constexpr std::uint32_t ESME_RX_R_APPN = 0x66;
inline constexpr std::uint32_t ESME_RQUERYFAIL = 0x67;
inline constexpr std::uint32_t ESME_RINVOPTPARSTREAM = 0xC0;
inline constexpr std::uint32_t ESME_ROPTPARNOTALLWD = 0xC1;
inline constexpr std::uint32_t ESME_RINVPARLEN = 0xC2;
inline constexpr std::uint32_t ESME_RMISSINGOPTPARAM = 0xC3;
inline constexpr std::uint32_t ESME_RINVOPTPARAMVAL = 0xC4;
inline constexpr std::uint32_t ESME_RDELIVERYFAILURE = 0xFE;
inline constexpr std::uint32_t ESME_RUNKNOWNERR = 0xFF;
// From SMPP 5.0 on; the values for broadcasting are left out.
inline constexpr std::uint32_t ESME_RSERTYPUNAUTH = 0x100;
inline constexpr std::uint32_t ESME_RPROHIBITED = 0x101;
inline constexpr std::uint32_t ESME_RSERTYPUNAVAIL = 0x102;
inline constexpr std::uint32_t ESME_RSERTYPDENIED = 0x103;
inline constexpr std::uint32_t ESME_RINVDCS = 0x104;
inline constexpr std::uint32_t ESME_RINVSRCADDRSUBUNIT = 0x105;
inline constexpr std::uint32_t ESME_RINVDSTADDRSUBUNIT = 0x106;

// "ESME_RTHROTTLED"; "vendor status 0x00000400" for 0x400–0x4FF; "status 0x00012345" for the rest.
std::string status_name(std::uint32_t status);

// What a status means and what an operator should do about it; `hint` is empty where there is
// nothing to do but to read the meaning.
struct StatusAdvice {
  std::string_view meaning;
  std::string_view hint{};
};
StatusAdvice status_advice(std::uint32_t status);

}  // namespace pulih::smpp
