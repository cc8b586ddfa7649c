// From a deliver_sm or data_sm to what happened on a person's screen: she dialled, she answered,
// the session is over. What a PDU says that a dialect does not know is an error that names the
// field; nothing is guessed.
#pragma once
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "protocols/gsm/coding.hpp"
#include "protocols/smpp/pdu.hpp"
#include "protocols/ussd/dialect.hpp"

namespace pulih::ussd {

enum class What : std::uint8_t { began, answered, ended, aborted };

struct Heard {
  What what = What::began;
  // How the carrier names the session, to be given back as it is; empty with SessionId::none.
  std::vector<std::uint8_t> session;
  const smpp::Address* from = nullptr;
  std::string_view dialled;  // the code, with whatever was dialled behind it
  smpp::Octets text;         // looks into the PDU
  gsm::Coding coding = gsm::Coding::gsm7;
};

struct NotUnderstood {
  std::string_view field;
  std::string what;
};

// Whether a PDU is meant as USSD at all; then it is for hear().
bool is_ussd(const smpp::Body& body, const Dialect& dialect);
tl::expected<Heard, NotUnderstood> hear(const smpp::Body& body, const Dialect& dialect);

// "*888*1*secret#" was dialled: is it the code "*888#"? What stands behind the code is nobody's
// business: a telephone keeps what was dialled.
bool is_code(std::string_view dialled, std::string_view code);

}  // namespace pulih::ussd
