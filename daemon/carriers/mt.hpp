// From an outgoing message to a submit_sm: one SMS of GSM 7 bit text, valid no longer than the
// message itself, so that a code that has expired is never delivered.
#pragma once
#include <string>
#include <vector>

#include "daemon/carriers/profile.hpp"
#include "daemon/engine/ports.hpp"

namespace pulih::carriers {

// The PDU with the storage that it looks into; the text's septets are wiped with it.
class Submission {
 public:
  // False from good(): the text has a character that the GSM alphabet lacks.
  Submission(const engine::Outgoing& message, const Profile& carrier, engine::Instant now);
  ~Submission();
  Submission(const Submission&) = delete;
  Submission& operator=(const Submission&) = delete;

  bool good() const { return good_; }
  smpp::SubmitSm pdu() const;

 private:
  const Profile& carrier_;
  std::string destination_;
  std::string validity_;
  bool asks_receipt_ = false;
  std::vector<std::uint8_t> septets_;
  bool good_ = false;
};

// SMPP 3.4, 7.1.1.2: relative time, "000001020304000R" is one day, two hours, three minutes, four
// seconds. At least one second, at most 31 days.
std::string relative_time(std::chrono::seconds life);

}  // namespace pulih::carriers
