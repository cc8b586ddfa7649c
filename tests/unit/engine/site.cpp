// See site.hpp. Texts are told by their keys ("M24"), people by their names, so that a story can be
// read; the passwords that are typed are as invented as the people.
#include "tests/unit/engine/site.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

namespace pulih::engine {
namespace {

constexpr std::array<std::uint8_t, 32> site_key{7};

std::string name_of(accounts::Msisdn number) {
  return number == budi.number ? budi.name : number == siti.number ? siti.name : number.masked();
}

std::string name_of(Notice::What what) {
  switch (what) {
    case Notice::What::store_failed:
      return "store failed";
    case Notice::What::record_damaged:
      return "record damaged";
    case Notice::What::work_queue_full:
      return "work queue full";
    case Notice::What::account_paused:
      return "account paused";
    case Notice::What::held_by_owner:
      return "held by owner";
    case Notice::What::password_applied:
      return "password applied";
    case Notice::What::password_not_applied:
      return "password not applied";
    case Notice::What::operation_given_up:
      return "operation given up";
    case Notice::What::operations_old:
      return "operations old";
    case Notice::What::operations_full:
      return "operations full";
    case Notice::What::message_expired:
      return "message expired";
    case Notice::What::code_undelivered:
      return "code undelivered";
    case Notice::What::central_away:
      return "central away";
    case Notice::What::central_back:
      return "central back";
  }
  return "?";
}

}  // namespace

Site::Site(const Bounds& bounds)
    : keys(site_key), bounds_(bounds), central_(keys), phrasebook_(simulation::bare_phrasebook()) {
  central_.add("budi12@guru.sd", 19850817, budi.number);
  central_.add("siti34@guru.sd", 19900502, siti.number);
  restart();
}

void Site::restart() {
  store.crash();
  sent.clear();
  tickets.clear();
  const Parts parts{
      store, *this, *this, *this, *this, central_, keys, entropy_, {&phrasebook_, &phrasebook_}};
  const auto told = story.size();
  engine_ = std::make_unique<Engine>(parts, policy_, bounds_);
  story.resize(told);  // it only looked
}

// ---- what the outside does

Inbound Site::message(const Teacher& from, const std::string& text, std::uint64_t again) const {
  Inbound made;
  made.carrier = carrier;
  made.from = from.number;
  made.text = accounts::Secret(text);
  made.carrier_id = again;
  return made;
}

Inbound Site::arrived(Inbound message) {
  message.ack = {1, ++last_sequence};
  if (message.carrier_id == 0) message.carrier_id = 1000 + last_sequence;
  return message;
}

std::string Site::says(const Teacher& from, const std::string& text) {
  const auto before = story.size();
  run(message(from, text));
  std::string told;
  for (const auto& each : story_since(before))
    if (each.starts_with("send ")) told = each.substr(each.rfind(' ') + 1);
  return told;
}

Inbound Site::on_screen(const Teacher& from, std::uint64_t session, const std::string& text) const {
  Inbound made = message(from, text == "{kode}" ? code_ : text);
  made.session = session;
  return made;
}

Inbound Site::dialled(const Teacher& from, std::uint64_t session) const {
  Inbound made = on_screen(from, session, "");
  made.dialled = true;
  return made;
}

std::string Site::types(const Teacher& from, std::uint64_t session, const std::string& text) {
  const auto before = story.size();
  run(on_screen(from, session, text));
  return shown_since(before);
}

std::string Site::dials(const Teacher& from, std::uint64_t session) {
  const auto before = story.size();
  run(dialled(from, session));
  return shown_since(before);
}

std::string Site::shown_since(std::size_t from) const {
  std::string shown;
  for (const auto& each : story_since(from))
    if (each.starts_with("show ")) shown = each.substr(each.find(' ', 5) + 1);
  return shown;
}

void Site::identify(const Teacher& teacher) {
  auto told = says(teacher, teacher.request);
  while (told == "M09" || told == "M10") told = says(teacher, "1");
  REQUIRE(told == "M11");
  REQUIRE(says(teacher, code_) == "M24");
}

void Site::stage_password(const Teacher& teacher) {
  identify(teacher);
  says(teacher, "1");  // made for her
  run(work_done());
}

WorkDone Site::work_done() {
  REQUIRE_FALSE(tickets.empty());
  WorkDone done;
  done.ticket = tickets.front();
  done.password = accounts::Secret("gunung-biru-sepeda-pagi");
  done.verifier = "verifier";
  done.matches = true;
  if (seal_to)
    done.sealed = accounts::seal_password(done.password, work_operation_, work_account_, *seal_to);
  tickets.erase(tickets.begin());
  return done;
}

std::size_t Site::count(const std::string& what) const {
  return static_cast<std::size_t>(std::count(story.begin(), story.end(), what));
}

// ---- what the engine does

void Site::send(Outgoing message) {
  const std::string told(message.text.reveal());
  if (const auto at = told.find("kode="); at != std::string::npos) code_ = told.substr(at + 5, 6);
  sent.push_back(message.id);
  story.push_back("send " + name_of(message.to) + " " + told.substr(0, 3));
}

void Site::answer(const Ack& ack, Answer how) {
  const char* const names[] = {"accept ", "try later ", "fail "};
  story.push_back(names[static_cast<std::size_t>(how)] + std::to_string(ack.sequence));
}

void Site::show(NextScreen screen) {
  story.push_back("show " + std::to_string(screen.session) + " " +
                  std::string(screen.text.reveal().substr(0, 3)) + (screen.last ? ", last" : ""));
}

void Site::call_back(CallBack call) {
  story.push_back("call back " + name_of(call.to) + " " +
                  std::string(call.tells.reveal().substr(0, 3)) + " " +
                  std::string(call.asks.reveal().substr(0, 3)));
}

bool Site::offer(std::uint64_t ticket, conversation::PasswordWork work) {
  if (workers_full) return false;
  work_operation_ = work.operation;
  work_account_ = work.account_id;
  tickets.push_back(ticket);
  story.push_back("work");
  return true;
}

void Site::push(std::vector<Operation> pushed) {
  withdrawn = 0;
  for (const auto& each : pushed) {
    withdrawn += each.withdrawn;
    if (each.kind == Operation::Kind::password) change = each.password;
    operations.push_back(each.kind == Operation::Kind::password ? each.password.operation
                                                                : each.ticket.operation);
  }
  story.push_back("push " + std::to_string(pushed.size()));
}

void Site::noticed(const Notice& notice) {
  const auto of = notice.carrier == 0 ? "" : " of " + std::to_string(notice.carrier);
  story.push_back("notice: " + name_of(notice.what) + of);
}

}  // namespace pulih::engine
