// From a text to the PDU that shows it on a person's screen, in the words of a dialect; and how a
// text that is longer than a screen is read page by page.
#pragma once
#include <string>
#include <vector>

#include "protocols/smpp/pdu.hpp"
#include "protocols/smpp/tlv.hpp"
#include "protocols/ussd/dialect.hpp"

namespace pulih::ussd {

// The PDU with the storage that it looks into; the text's octets are wiped with it.
class Screen {
 public:
  struct Ends {
    smpp::Address source, destination;  // our code, her number; they must outlive the screen
  };
  enum class Kind : std::uint8_t {
    asks,     // she answers
    tells,    // the session ends with it
    calls,    // it begins a session from our side, and she answers
    informs,  // it begins one and ends it
  };
  // `session` as it was heard; `count`: which of our messages this is in it, from 0.
  Screen(const Dialect& dialect, std::vector<std::uint8_t> session, std::uint8_t count,
         std::string_view utf8, Kind kind);
  ~Screen();
  Screen(Screen&&) = default;
  Screen& operator=(Screen&&) = delete;

  // False: the text has a character that the GSM alphabet lacks, or is longer than a screen.
  bool good() const { return good_; }
  smpp::Body body(const Ends& ends) const;

 private:
  Dialect dialect_;
  std::string service_type_;
  smpp::TlvWriter tlvs_;
  std::vector<std::uint8_t> text_;
  bool good_ = false;
};

// The pages of a text, none longer than `longest` septets; all but the last one end with `more`,
// which says how to turn the page. They break between lines or words. A text that fits is one page.
std::vector<std::string> pages(std::string_view utf8, std::size_t longest, std::string_view more);

}  // namespace pulih::ussd
