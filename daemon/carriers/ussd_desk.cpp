// See ussd_desk.hpp. A person has one screen: a new session of hers ends the one before it.
#include "daemon/carriers/ussd_desk.hpp"

#include <algorithm>

#include "protocols/gsm/msisdn.hpp"

namespace pulih::carriers {

namespace {
// No network keeps a session for longer (180 s where it is told); what is older was cut off.
constexpr auto longest_session = std::chrono::minutes{5};
constexpr std::size_t most_sessions = 10'000;
constexpr std::string_view more = "\n9 >";
constexpr std::string_view turn_page = "9";
}  // namespace

UssdDesk::Outcome UssdDesk::hear(const smpp::Body& body, Moment now) {
  forget_old(now);
  const auto heard = ussd::hear(body, dialect_);
  if (!heard) return {{}, {}, std::string(heard.error().field) + ": " + heard.error().what};
  const auto number = gsm::normal_form(heard->from->digits, heard->from->ton);
  const auto from = number ? accounts::Msisdn::from_normal_form(*number) : std::nullopt;
  if (!from) return {{}, {}, "source_addr: no telephone number"};
  if (heard->what == ussd::What::began && !ussd::is_code(heard->dialled, code_))
    return {{}, {}, "another code than " + code_ + " was dialled"};

  auto session = find(*from, heard->session);
  if (heard->what == ussd::What::ended || heard->what == ussd::What::aborted) {
    if (session != sessions_.end()) sessions_.erase(session);
    return {};
  }
  bool dialled = heard->what == ussd::What::began || session == sessions_.end();
  if (dialled) session = begin(*from, heard->session, now);
  // Whatever she answers when called back, she is there: as if she had dialled.
  if (std::exchange(session->second.called_back, false)) dialled = true;
  session->second.heard = now;
  session->second.id = heard->session;

  std::vector<char, accounts::WipingAllocator<char>> text;
  gsm::decode_text(heard->coding, heard->text, [&](char c) { text.push_back(c); });
  const std::string_view typed(text.data(), text.size());
  if (!dialled && !session->second.pages.empty() && typed == turn_page)
    return {{}, next_page(session), ""};
  session->second.pages.clear();
  engine::Inbound message;
  message.from = *from;
  if (!dialled) message.text = accounts::Secret(typed);
  message.session = session->first;
  message.dialled = dialled;
  return {std::move(message), {}, ""};
}

std::optional<UssdDesk::Next> UssdDesk::show(const engine::NextScreen& screen, Moment now) {
  forget_old(now);
  const auto session = sessions_.find(screen.session);
  if (session == sessions_.end()) return std::nullopt;
  session->second.pages.clear();
  for (const auto& page : ussd::pages(screen.text.reveal(), dialect_.longest, more))
    session->second.pages.emplace_back(page);
  session->second.last = screen.last;
  return next_page(session);
}

std::optional<UssdDesk::Next> UssdDesk::call_back(const engine::CallBack& call, ussd::Push how,
                                                  Moment now) {
  forget_old(now);
  const auto hers = by_number_.find(call.to);
  const bool busy = hers != by_number_.end() && sessions_.contains(hers->second);
  if (how == ussd::Push::no || busy) return std::nullopt;
  const bool asks = how == ussd::Push::request;
  const auto session = begin(call.to, {}, now);
  const auto number = session->first;
  auto& its = session->second;
  its.id = own_id();
  its.called_back = true;
  Next next{number, call.to,
            ussd::Screen(dialect_, its.id, its.count++, (asks ? call.asks : call.tells).reveal(),
                         asks ? ussd::Screen::Kind::calls : ussd::Screen::Kind::informs)};
  const bool good = next.screen.good();
  if (!asks || !good) sessions_.erase(session);
  if (!good) return std::nullopt;
  return next;
}

// A name for a session that we open, which does not touch the end bit. A network that names it
// otherwise is understood by the number.
std::vector<std::uint8_t> UssdDesk::own_id() const {
  if (dialect_.session == ussd::SessionId::none) return {};
  std::vector<std::uint8_t> id(dialect_.session_octets);
  if (dialect_.session == ussd::SessionId::its_octet) {
    id.front() = static_cast<std::uint8_t>(last_session_);
    return id;
  }
  auto rest = last_session_ << 1;
  for (auto octet = id.rbegin(); octet != id.rend(); ++octet, rest >>= 8)
    *octet = static_cast<std::uint8_t>(rest);
  return id;
}

std::optional<UssdDesk::Next> UssdDesk::next_page(Sessions::iterator session) {
  auto& [number, its] = *session;
  const accounts::Secret page = std::move(its.pages.front());
  its.pages.erase(its.pages.begin());
  const bool last = its.last && its.pages.empty();
  Next next{number, its.from,
            ussd::Screen(dialect_, its.id, its.count++, page.reveal(),
                         last ? ussd::Screen::Kind::tells : ussd::Screen::Kind::asks)};
  const bool good = next.screen.good();
  if (last || !good) sessions_.erase(session);
  if (!good) return std::nullopt;
  return next;
}

// The end bit is no part of a session's name, nor is what counts its messages.
bool UssdDesk::same(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) const {
  if (a.size() != b.size()) return false;
  if (a.empty()) return true;
  if (!std::equal(a.begin(), a.end() - 1, b.begin())) return false;
  if (dialect_.session == ussd::SessionId::its_octet) return true;
  constexpr std::uint8_t end_bit = 0x01;
  const auto mask = static_cast<std::uint8_t>(dialect_.end_bit ? ~end_bit : 0xFF);
  return (a.back() & mask) == (b.back() & mask);
}

UssdDesk::Sessions::iterator UssdDesk::find(accounts::Msisdn from,
                                            const std::vector<std::uint8_t>& id) {
  const auto hers = by_number_.find(from);
  if (hers == by_number_.end()) return sessions_.end();
  const auto session = sessions_.find(hers->second);
  if (session == sessions_.end()) return session;
  const auto& its = session->second;
  if (!its.called_back && !same(its.id, id)) return sessions_.end();
  return session;
}

UssdDesk::Sessions::iterator UssdDesk::begin(accounts::Msisdn from, std::vector<std::uint8_t> id,
                                             Moment now) {
  auto& hers = by_number_[from];
  sessions_.erase(hers);
  hers = ++last_session_;
  return sessions_.emplace(hers, Session{from, std::move(id), 0, {}, false, false, now}).first;
}

void UssdDesk::forget_old(Moment now) {
  while (!sessions_.empty() && (sessions_.size() > most_sessions ||
                                now - sessions_.begin()->second.heard >= longest_session))
    sessions_.erase(sessions_.begin());
  if (by_number_.size() > 2 * most_sessions)
    std::erase_if(by_number_, [&](const auto& each) { return !sessions_.contains(each.second); });
}

}  // namespace pulih::carriers
