// See fate.hpp. An error says that the message was not taken, so that trying again never doubles
// it; what is not listed is given up, as Kannel and Jasmin do: the codes for a wrong number or a
// wrong PDU are many, and trying those again only burns the carrier's patience.
#include "daemon/carriers/fate.hpp"

#include "protocols/smpp/status.hpp"

namespace pulih::carriers {

Fate fate_of(std::uint32_t status, const Fates& exceptions) {
  if (const auto exception = exceptions.find(status); exception != exceptions.end())
    return exception->second;
  switch (status) {
    case smpp::ESME_RTHROTTLED:
      return Fate::slow_down;
    case smpp::ESME_RMSGQFUL:  // SMPP 5.0, 4.7.6: of the recipient or of the SMSC
    case smpp::ESME_RSYSERR:
    case smpp::ESME_RX_T_APPN:
    case smpp::ESME_RSERTYPUNAVAIL:
      return Fate::later;
    case smpp::ESME_RINVBNDSTS:
      return Fate::rebind;
    default:
      return Fate::give_up;
  }
}

}  // namespace pulih::carriers
