// See world.hpp. In the order of a step: what is due reaches the engine, the engine runs one batch,
// and what it did is checked as it does it.
#include "tests/simulation/world.hpp"

#include <algorithm>
#include <array>

#include "tests/simulation/phrases.hpp"

namespace pulih::simulation {

using engine::Answer;
using engine::Occurrence;

namespace {

constexpr std::int64_t an_hour = 3600;
constexpr std::int64_t a_day = 24 * an_hour;
constexpr int steps_with_faults = 400;
constexpr int most_steps = 6000;

std::array<std::uint8_t, 32> key_from(std::uint64_t seed) {
  std::array<std::uint8_t, 32> key{};
  Seeded(seed ^ 0x5157u).fill(key);
  return key;
}

}  // namespace

Faults Faults::from(Seeded& chance) {
  const auto rate = [&](std::uint32_t most) -> std::uint32_t {
    return chance.chance(400) ? 0 : static_cast<std::uint32_t>(chance.between(1, most));
  };
  Faults faults;
  faults.kill = rate(30);
  faults.store = rate(15);
  faults.lost_message = rate(100);
  faults.repeated_message = rate(150);
  faults.lost_confirmation = rate(150);
  faults.late_message = rate(200);
  faults.central_away = rate(400);
  faults.lost_answer = rate(200);
  faults.full_pool = rate(200);
  faults.clock_jump = rate(10);
  faults.contact_change = rate(10);
  faults.undelivered = rate(100);
  faults.lost_screen = rate(100);
  return faults;
}

World::World(std::uint64_t seed)
    : chance_(seed),
      faults_(Faults::from(chance_)),
      keys_(key_from(seed)),
      entropy_(seed ^ 0xE417u),
      central_(keys_),
      store_(seed ^ 0xD15Cu, faults_.store),
      phrasebook_(std::make_unique<conversation::Phrasebook>(bare_phrasebook())) {
  policy_.replies_a_phone = 1000;
  policy_.offers.school = chance_.chance(500);
  // Quotas and lives that are met within the hour of a world.
  policy_.code_life = std::chrono::minutes{chance_.between(2, 10)};
  policy_.code_tries_total = static_cast<std::uint32_t>(chance_.between(4, 10));
  if (chance_.chance(600)) by_screen_ = static_cast<std::uint32_t>(chance_.between(100, 900));
  if (chance_.chance(500)) policy_.send_gaps = {std::chrono::seconds{10}, std::chrono::minutes{1}};
  populate();
  start_engine();
}

World::~World() = default;

std::uint64_t World::resets() const {
  std::uint64_t sum = 0;
  for (const auto& [key, row] : central_.rows())
    sum += static_cast<std::uint64_t>(row.applications);
  return sum;
}

void World::remember(const std::string& what) {
  for (const char c : what) history_ = (history_ ^ static_cast<unsigned char>(c)) * 1099511628211u;
}

void World::broken(const std::string& what) {
  if (!broken_) broken_ = "step " + std::to_string(steps_) + ": " + what;
}

// ---- the process

void World::start_engine() {
  const engine::Parts parts{store_, *this,    *this,
                            *this,  *this,    central_,
                            keys_,  entropy_, {phrasebook_.get(), phrasebook_.get()}};
  engine_ = std::make_unique<engine::Engine>(parts, policy_, engine::Bounds{});
  later(0, engine::Room{1});
}

// kill -9: what was in memory is gone. What the carrier had not been answered, it brings again;
// what the gateway had been sending may or may not have arrived.
void World::kill() {
  ++kills_;
  store_.crash();
  later_.clear();
  unanswered_.clear();
  unanswered_receipts_.clear();
  for (auto& [id, mo] : messages_)
    if (!mo.accepted) mo.due = now_ + chance_.between(1, 30);
  start_engine();
}

// ---- one step

std::optional<std::string> World::run() {
  for (std::size_t i = 0; i < teachers_.size(); ++i)
    if (teachers_[i].character() != Teacher::Character::shadow && !only_objects(i))
      begin(i, chance_.between(0, chance_.chance(500) ? 120 : 3600));
  while (!broken_ && steps_ < most_steps) {
    if (steps_ == steps_with_faults) {
      healed_ = true;
      faults_ = {};
      store_.heal();
      clock_error_ = 0;
    }
    if (healed_ && quiet()) {
      if (rounds_ == 2) break;
      everybody_again();
    }
    step();
  }
  if (!broken_) check_end();
  return broken_;
}

void World::step() {
  ++steps_;
  now_ += chance_.between(1, 20);
  if (chance_.chance(faults_.clock_jump)) set_clock();
  if (chance_.chance(faults_.contact_change)) change_contact(chance_.next() % accounts_.size());
  if (chance_.chance(faults_.kill)) kill();

  std::vector<Occurrence> batch;
  deliver_due_messages(batch);
  deliver_due_occurrences(batch);
  deliver_due_receipts(batch);
  tell_contact_changes(batch);
  batch.emplace_back(engine::Tick{});
  // A batch holds what has gathered, in any order between different people.
  engine_->run(batch, site_clock());
  check_written();
  shown_.clear();
  check_secrets();
}

engine::Instant World::site_clock() const {
  return engine::Instant(std::chrono::seconds(now_ + clock_error_));
}

// Set right, a little wrong, wrong by hours, or by a year, as after a flat battery or a typing
// error.
void World::set_clock() {
  const std::int64_t wrong_by[] = {0, 90, 30 * an_hour, 366 * a_day};
  const auto most = wrong_by[chance_.next() % std::size(wrong_by)];
  clock_error_ = chance_.between(-most, most);
  farthest_clock_error_ = std::max(farthest_clock_error_, clock_error_);
  lowest_clock_error_ = std::min(lowest_clock_error_, clock_error_);
}

// Somebody has another telephone registered for an account, and tries it.
void World::change_contact(std::size_t account) {
  // The one before would be a stranger then, and none but the one with a shadow may try these.
  if (account >= teachers_in_a_world && !only_objects(account)) return;
  const auto number = first_number + 100 + account;
  const auto phone = accounts::Msisdn::from_value(number);
  if (by_number_.contains(phone)) return;
  changes_.push_back(
      central_.move(accounts_[account], phone, engine::Instant(std::chrono::seconds(now_))));
  account_of_[teachers_.size()] = accounts_[account];
  add_teacher(account, number, Teacher::Character::careful, true);
  begin(teachers_.size() - 1, chance_.between(5, 900));
}

// An owner whose account only a stranger tries, and who does nothing but object.
bool World::only_objects(std::size_t teacher) const {
  return teacher >= teachers_in_a_world && teacher < accounts_.size() &&
         teachers_[teacher].character() == Teacher::Character::objector;
}

// The feed of changes is read again from where the store says, sometimes from before that.
void World::tell_contact_changes(std::vector<Occurrence>& batch) {
  if (!healed_ && !chance_.chance(100)) return;
  const bool all = chance_.chance(faults_.repeated_message);
  for (const auto& change : changes_)
    if (all || change.cursor > store_.contact_changes_heard()) batch.emplace_back(change);
}

// When all is right again and quotas of a day are over, every owner gets in: nobody, no other
// telephone and no wrong clock has locked her out (invariant 6). In the second week at the latest:
// of a hold by a clock that was ahead the dialogue cannot tell when it was, and counts from now.
void World::everybody_again() {
  ++rounds_;
  let_in_.clear();
  now_ += 8 * a_day;
  for (const auto account : accounts_) {
    const auto& row = central_.row(account);
    const auto birth_date = std::to_string(row.birth_date % 100) + "081985";
    text(by_number_.at(row.phone), "RESET " + row.id + " " + birth_date, chance_.between(0, 60));
  }
}

// A stranger's message and its shadow's travel as one.
void World::text(std::size_t teacher, std::string words, std::int64_t after,
                 std::uint64_t session) {
  const auto stranger = std::find_if(strangers_.begin(), strangers_.end(),
                                     [&](const auto& each) { return each.who == teacher; });
  auto& mo = messages_[++last_mo_];
  mo = {last_mo_, teacher, std::move(words), now_ + after, false, false, 0, session};
  if (stranger == strangers_.end()) return;
  // A guess that happens to be right would tell the two apart, and rightly so.
  while (codes_.contains(mo.text)) mo.text = std::to_string(chance_.between(100000, 999999));
  Mo beside = mo;
  beside.id = mo.shadow = ++last_mo_;
  beside.teacher = stranger->shadow;
  beside.of_shadow = true;
  if (session != 0) beside.session = session + 1;
  const std::string real = "guru1", nobodys = "guru9";
  if (const auto at = beside.text.find(real); at != std::string::npos)
    beside.text.replace(at, real.size(), nobodys);
  messages_[beside.id] = std::move(beside);
}

void World::later(std::int64_t after, Occurrence what) {
  later_.push_back({now_ + after, ++last_order_, std::move(what)});
}

void World::deliver_due_messages(std::vector<Occurrence>& batch) {
  for (auto& [id, mo] : messages_) {
    if (mo.of_shadow) continue;
    // Of a USSD session only one message is under way at a time.
    const bool repeated = mo.accepted && mo.session == 0 && mo.due > now_ - 200 &&
                          chance_.chance(faults_.repeated_message / 10);
    if ((mo.accepted && !repeated) || mo.due > now_) continue;
    if (!mo.accepted) mo.due = now_ + 60;  // the carrier's own patience
    if (chance_.chance(faults_.lost_message)) continue;
    bring(mo, batch);
    if (mo.shadow != 0) bring(messages_[mo.shadow], batch);
  }
}

void World::bring(const Mo& mo, std::vector<Occurrence>& batch) {
  const auto sequence = ++last_sequence_;
  unanswered_[sequence] = mo.id;
  engine::Inbound inbound;
  inbound.carrier = 1;
  inbound.from = teachers_[mo.teacher].number();
  inbound.text = accounts::Secret(mo.text);
  inbound.carrier_id = keys_.carrier_id_tag("simulated", std::to_string(mo.id));
  inbound.ack = {1, sequence};
  inbound.session = mo.session;
  inbound.dialled = mo.session != 0 && mo.text.empty();
  batch.emplace_back(std::move(inbound));
}

void World::deliver_due_occurrences(std::vector<Occurrence>& batch) {
  std::vector<Later> still;
  std::stable_sort(later_.begin(), later_.end(),
                   [](const Later& a, const Later& b) { return a.due < b.due; });
  for (auto& each : later_) {
    if (each.due <= now_)
      batch.push_back(std::move(each.what));
    else
      still.push_back(std::move(each));
  }
  later_ = std::move(still);
}

bool World::quiet() const {
  const bool delivered = std::all_of(messages_.begin(), messages_.end(),
                                     [](const auto& each) { return each.second.accepted; });
  return delivered && later_.empty() && receipts_.empty() &&
         store_.contact_changes_heard() == changes_.size() && store_.waiting_messages() == 0 &&
         store_.waiting_operations() == 0;
}

// ---- the carrier

std::size_t World::room(engine::CarrierKey) {
  return static_cast<std::size_t>(chance_.between(0, 20));
}

void World::answer(const engine::Ack& ack, Answer how) {
  if (ack.link == receipts_link) return answer_receipt(ack.sequence, how);
  const auto found = unanswered_.find(ack.sequence);
  if (found == unanswered_.end()) return broken("a message was answered twice");
  auto& mo = messages_[found->second];
  unanswered_.erase(found);
  if (store_.open()) broken("a message was answered before the commit");
  if (how != Answer::accepted) {
    if (!mo.accepted) mo.due = now_ + chance_.between(5, 30);
    return;
  }
  if (!mo.accepted) ++accepted_[mo.teacher];
  if (mo.session != 0) ++told_[mo.teacher];  // by a screen, which may be lost
  mo.accepted = true;
  remember("accepted " + std::to_string(mo.id));
  check_accepted(mo);
}

void World::send(engine::Outgoing message) {
  const auto who = by_number_.find(message.to);
  if (who == by_number_.end()) return broken("a message to a number that nobody has");
  const std::string told(message.text.reveal());
  remember(std::to_string(who->second) + " told " + told);
  if (healed_ && room(0) == 0) later(5, engine::Room{1});
  // What is not confirmed the carrier's link sends again, until it is.
  const bool twice = chance_.chance(faults_.lost_confirmation);
  later(chance_.between(0, 5) + (twice ? 60 : 0), taken(message));
  later(chance_.between(5, 30), engine::Room{1});
  if (message.code != 0 && chance_.chance(faults_.undelivered)) return lose(message);
  check_told(who->second, told);
  hear(who->second, told);
  if (twice) hear(who->second, told);
}

void World::hear(std::size_t teacher, const std::string& told) {
  ++told_[teacher];
  const auto code = value_of(told, "kode");
  if (!code.empty() && account_of_.contains(teacher))
    codes_sent_.emplace(account_of_[teacher], code);
  if (rounds_ > 0 && account_of_.contains(teacher)) {
    if (told.starts_with("M09")) text(teacher, "1", chance_.between(3, 40));
    if (told.starts_with("M11")) let_in_.insert(teacher);
    return;
  }
  if (told.starts_with("M12")) pass_on(teacher, code);
  if (auto reply = teachers_[teacher].answer(told)) {
    if (*reply != "BUKAN" && chance_.chance(by_screen_))
      return dial(teacher, chance_.between(3, 40));
    const bool late = chance_.chance(faults_.late_message);
    text(teacher, std::move(*reply), late ? chance_.between(300, 2000) : chance_.between(3, 40));
  }
}

// The owner reads the code to whoever stands beside her with the other telephone, now and then
// wrongly; and some have second thoughts while the other one is at it.
void World::pass_on(std::size_t owner, const std::string& code) {
  if (owner >= teachers_in_a_world) return;
  if (teachers_[owner].character() == Teacher::Character::objector) return;
  const auto borrower = (owner + teachers_in_a_world - 1) % teachers_in_a_world;
  if (teachers_[borrower].character() != Teacher::Character::borrower) return;
  if (chance_.chance(100)) text(borrower, "012345", chance_.between(5, 20));
  text(borrower, code, chance_.between(10, 60));
  if (chance_.chance(300)) text(owner, "BUKAN", chance_.between(20, 300));
}

// ---- slow work and the central database

bool World::offer(std::uint64_t ticket, conversation::PasswordWork work) {
  if (chance_.chance(faults_.full_pool)) return false;
  // In place of argon2id: something that is a function of the password and does not show it.
  const auto verifier = [&](const accounts::Secret& password) {
    const auto tag = keys_.code_tag(0, 0, password.reveal());
    return std::string(tag.begin(), tag.end());
  };
  engine::WorkDone done;
  done.ticket = ticket;
  if (work.purpose == conversation::PasswordWork::Purpose::repeated)
    done.matches = verifier(work.password) == work.against;
  else
    done.verifier = verifier(work.password);
  done.password = std::move(work.password);
  later(chance_.between(0, 10), std::move(done));
  return true;
}

void World::push(std::vector<engine::Operation> operations) {
  const bool away = chance_.chance(faults_.central_away);
  for (const auto& operation : operations) {
    const auto id = operation.kind == engine::Operation::Kind::password
                        ? operation.password.operation
                        : operation.ticket.operation;
    auto how = engine::Pushed::How::unreachable;
    if (!away) {
      how = engine::Pushed::How::applied;
      if (operation.kind == engine::Operation::Kind::password) {
        const int before = central_.row(operation.password.account).applications;
        how = central_.apply(operation.password);
        if (central_.row(operation.password.account).applications != before)
          check_applied(operation.password, how);
        // The worst moment: the password is set, and the site does not know it yet.
        if (chance_.chance(20 * faults_.contact_change))
          change_contact(static_cast<std::size_t>(
              std::find(accounts_.begin(), accounts_.end(), operation.password.account) -
              accounts_.begin()));
      }
      // Done, but the answer does not arrive.
      if (chance_.chance(faults_.lost_answer)) how = engine::Pushed::How::unreachable;
    }
    later(chance_.between(1, 30), engine::Pushed{id, how});
  }
}

void World::noticed(const engine::Notice& notice) {
  if (notice.what == engine::Notice::What::message_expired) expired_.insert(notice.text);
  notices_ += notice.text;
  notices_ += '\n';
}

}  // namespace pulih::simulation
