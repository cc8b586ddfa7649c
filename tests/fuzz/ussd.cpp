// Any octets as a deliver_sm in every known dialect: what is heard lies within the PDU, a session
// can be given back as it came, and a text of any kind is shown on pages that fit.
#include <cstdlib>

#include "protocols/smpp/codec.hpp"
#include "protocols/ussd/hear.hpp"
#include "protocols/ussd/screen.hpp"

namespace {

namespace smpp = pulih::smpp;
namespace ussd = pulih::ussd;

void require(bool holds) {
  if (!holds) std::abort();
}

void try_dialect(const smpp::Body& body, const ussd::Dialect& dialect) {
  const auto heard = ussd::hear(body, dialect);
  require(!heard || ussd::is_ussd(body, dialect));
  if (!heard) return;
  std::string text;
  pulih::gsm::decode_text(heard->coding, heard->text, [&](char c) { text.push_back(c); });
  (void)ussd::is_code(heard->dialled, "*888#");
  for (const auto& page : ussd::pages(text, dialect.longest, "\n9 >")) {
    const ussd::Screen screen(dialect, heard->session, 1, page, ussd::Screen::Kind::asks);
    if (!screen.good()) continue;
    const auto answer = screen.body({{3, 0, "*888#"}, {1, 1, "6281100000001"}});
    std::vector<std::uint8_t> wire;
    require(smpp::encode({0, 1, answer}, wire).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto pdu = smpp::decode({data, size});
  if (!pdu) return 0;
  for (const auto& dialect : ussd::known_dialects()) try_dialect(pdu->body, dialect);
  return 0;
}
