// The open USSD sessions of one carrier: who has which screen before her, what the carrier calls
// it, and the pages of it that she has not seen. In memory only: a session lives for minutes, and
// she whose session is lost dials again and goes on where she stood.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/accounts/secret.hpp"
#include "daemon/engine/ports.hpp"
#include "protocols/ussd/hear.hpp"
#include "protocols/ussd/screen.hpp"

namespace pulih::carriers {

class UssdDesk {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  // `first_session`: numbers for the engine count from here, and no other desk comes near them.
  UssdDesk(const ussd::Dialect& dialect, std::string code, std::uint64_t first_session)
      : dialect_(dialect), code_(std::move(code)), last_session_(first_session) {}

  bool concerns(const smpp::Body& body) const { return ussd::is_ussd(body, dialect_); }

  struct Next {
    std::uint64_t session = 0;
    accounts::Msisdn to;
    ussd::Screen screen;
  };
  struct Outcome {
    std::optional<engine::Inbound> message;  // for the engine, without its ack
    std::optional<Next> page;                // she turned a page
    std::string trouble;                     // it was not understood, or is not for us
  };
  Outcome hear(const smpp::Body& body, Moment now);
  // Nothing: the session is over, or the text cannot be shown (then it is over, too).
  std::optional<Next> show(const engine::NextScreen& screen, Moment now);
  // Opens a session of our own. Nothing: the carrier has none, she has a screen before her already,
  // or the text cannot be shown.
  std::optional<Next> call_back(const engine::CallBack& call, ussd::Push how, Moment now);
  // The carrier did not take a screen: nobody sees what comes after it.
  void forget(std::uint64_t session) { sessions_.erase(session); }
  std::size_t open() const { return sessions_.size(); }

 private:
  struct Session {
    accounts::Msisdn from;
    std::vector<std::uint8_t> id;         // as the carrier wrote it last
    std::uint8_t count = 0;               // of our screens
    std::vector<accounts::Secret> pages;  // not seen yet, the next one first
    bool last = false;                    // the session ends with the last of them
    bool called_back = false;             // by us, and she has not answered yet
    Moment heard{};
  };
  using Sessions = std::map<std::uint64_t, Session>;

  Sessions::iterator find(accounts::Msisdn from, const std::vector<std::uint8_t>& id);
  bool same(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) const;
  Sessions::iterator begin(accounts::Msisdn from, std::vector<std::uint8_t> id, Moment now);
  std::vector<std::uint8_t> own_id() const;
  std::optional<Next> next_page(Sessions::iterator session);
  void forget_old(Moment now);

  const ussd::Dialect dialect_;
  const std::string code_;
  std::uint64_t last_session_;
  Sessions sessions_;  // by the engine's number, so the oldest first
  std::map<accounts::Msisdn, std::uint64_t> by_number_;
};

}  // namespace pulih::carriers
