// What the ministry may set about the dialogue: lifetimes, quotas, password rules, which accounts
// are served and which ways of help exist. Plain values, read from the configuration at start.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "daemon/accounts/password.hpp"
#include "daemon/conversation/hearing.hpp"
#include "daemon/conversation/texts.hpp"

namespace pulih::conversation {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// Ways on that need a part which a site may not have. A choice is offered only where it leads
// somewhere.
struct Offers {
  bool email = false;
  bool school = false;  // tickets that reach the school's operator
};

struct Policy {
  Language language = Language::indonesian;  // of who has not chosen one
  NameRules names;
  Offers offers;
  accounts::PasswordRules passwords;

  seconds session_life = hours{24};
  seconds code_life = minutes{10};
  seconds email_code_life = hours{24};
  seconds password_window = minutes{30};
  seconds temporary_password_life = hours{72};
  seconds pause = hours{24};
  seconds hold = hours{72};
  seconds contact_change_wait = hours{7 * 24};
  seconds duplicate_window = minutes{2};
  seconds message_life = hours{24};  // an answer later than this would only confuse
  seconds replica_age = hours{72};   // beyond it nothing is promised that the replica says

  std::uint32_t code_tries = 3;
  std::uint32_t code_tries_total = 10;
  std::uint32_t code_sends = 3;
  std::vector<seconds> send_gaps = {minutes{2}, minutes{10}, minutes{60}};
  std::uint32_t birth_date_session = 3;
  std::uint32_t birth_date_day = 5;
  std::uint32_t birth_date_total = 20;
  std::uint32_t accounts_a_phone = 3;  // at most most_accounts_a_phone
  std::uint32_t replies_a_phone =
      100;  // in 24 h; a machine that answers our answers must not ruin us
};

inline constexpr std::uint32_t most_accounts_a_phone = 8;
inline constexpr std::uint32_t most_code_sends = 8;

}  // namespace pulih::conversation
