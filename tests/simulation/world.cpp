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
// A copy is a file, and takes its time.
constexpr std::uint32_t elsewhere_per_mille = 300;

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
  faults.full_pool = rate(200);
  faults.clock_jump = rate(10);
  faults.contact_change = rate(10);
  faults.undelivered = rate(100);
  faults.lost_screen = rate(100);
  faults.account_change = rate(20);
  faults.outage = rate(10);
  faults.restore = rate(8);
  faults.damage = rate(30);
  return faults;
}

World::World(std::uint64_t seed)
    : chance_(seed),
      faults_(Faults::from(chance_)),
      keys_(key_from(seed)),
      entropy_(seed ^ 0xE417u),
      central_(seed ^ 0xCE27u, &keys_),
      store_(seed ^ 0xD15Cu, faults_.store),
      phrasebook_(std::make_unique<conversation::Phrasebook>(bare_phrasebook())) {
  policy_.replies_a_phone = 1000;
  policy_.offers.school = chance_.chance(500);
  // Quotas and lives that are met within the hour of a world.
  policy_.code_life = std::chrono::minutes{chance_.between(2, 10)};
  policy_.code_tries_total = static_cast<std::uint32_t>(chance_.between(4, 10));
  if (chance_.chance(600)) by_screen_ = static_cast<std::uint32_t>(chance_.between(100, 900));
  if (chance_.chance(500)) policy_.send_gaps = {std::chrono::seconds{10}, std::chrono::minutes{1}};
  elsewhere_ = chance_.chance(elsewhere_per_mille);
  central_.clock = [this] { return engine::Instant(std::chrono::seconds(now_)); };
  const CentralSideParts parts{
      central_, store_,
      keys_,    entropy_,
      chance_,  [this](std::int64_t after, Occurrence what) {
        later(after, std::move(what)); }};
  side_ = elsewhere_ ? central_elsewhere(parts) : central_at_hand(parts);
  populate();
  central_.on_applied = [this](const auto& change) { check_applied(change); };
  side_->start(moment());
  let_the_side_settle();
  central_.cuts = elsewhere_ ? faults_.central_away / 4 : faults_.central_away;
  start_engine();
}

World::~World() = default;

std::uint64_t World::resets() const {
  std::uint64_t sum = 0;
  for (const auto& [key, operations] : applied_) sum += operations.size();
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
  engine::Bounds bounds;
  bounds.applied_life = std::chrono::hours{24 * 35};
  const engine::Parts parts{store_, *this,    *this,
                            *this,  *this,    side_->accounts(),
                            keys_,  entropy_, {phrasebook_.get(), phrasebook_.get()}};
  while (!engine_) {
    try {
      engine_ = std::make_unique<engine::Engine>(parts, policy_, bounds);
    } catch (const engine::StoreError&) {
      store_.rollback();  // the process ends, and is started again
    }
  }
  later(0, engine::Room{1});
}

// kill -9: what was in memory is gone. What the carrier had not been answered, it brings again;
// what the gateway had been sending may or may not have arrived.
void World::kill() {
  ++kills_;
  engine_.reset();
  side_->kill();
  store_.crash();
  later_.clear();
  unanswered_.clear();
  unanswered_receipts_.clear();
  for (auto& [id, mo] : messages_)
    if (!mo.accepted) mo.due = now_ + chance_.between(1, 30);
  if (chance_.chance(10 * faults_.damage)) side_->damage(chance_, false);
  side_->start(moment());
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
      central_.cuts = 0;
      for (const auto account : accounts_) put_right(account);
    }
    if (healed_ && quiet()) {
      if (rounds_ == 2) break;
      everybody_again();
    }
    step();
  }
  let_the_side_settle();
  if (!broken_) check_end();
  if (!broken_) check_operations();
  return broken_;
}

void World::step() {
  ++steps_;
  now_ += chance_.between(1, 20);
  if (chance_.chance(faults_.clock_jump)) set_clock();
  live_at_the_center();
  if (elsewhere_) lose_or_restore_the_center();
  if (chance_.chance(faults_.kill)) kill();
  if (chance_.chance(faults_.damage)) side_->damage(chance_, true);
  side_->step(moment());
  notice_applied();
  if (const auto wrong = side_->wrong()) broken(*wrong);

  std::vector<Occurrence> batch;
  deliver_due_messages(batch);
  deliver_due_occurrences(batch);
  deliver_due_receipts(batch);
  batch.emplace_back(engine::Tick{});
  // A batch holds what has gathered, in any order between different people.
  engine_->run(batch, site_clock());
  check_written();
  check_settled();
  shown_.clear();
  check_secrets();
}

engine::Instant World::site_clock() const {
  return engine::Instant(std::chrono::seconds(now_ + clock_error_));
}

central::Moment World::moment() const { return {site_clock(), std::chrono::seconds(now_)}; }

// Set right, a little wrong, wrong by hours, or by a year, as after a flat battery or a typing
// error.
void World::set_clock() {
  const std::int64_t wrong_by[] = {0, 90, 30 * an_hour, 366 * a_day};
  const auto most = wrong_by[chance_.next() % std::size(wrong_by)];
  clock_error_ = chance_.between(-most, most);
  farthest_clock_error_ = std::max(farthest_clock_error_, clock_error_);
  lowest_clock_error_ = std::min(lowest_clock_error_, clock_error_);
}

// When all is right again and quotas of a day are over, every owner gets in: nobody, no other
// telephone and no wrong clock has locked her out (invariant 6). In the second week at the latest:
// of a hold by a clock that was ahead the dialogue cannot tell when it was, and counts from now.
void World::everybody_again() {
  ++rounds_;
  let_in_.clear();
  now_ += 8 * a_day;
  for (const auto account : accounts_) {
    const auto& hers = row(account);
    const auto birth_date = std::to_string(hers.birth_date % 100) + "081985";
    text(by_number_.at(accounts::Msisdn::from_value(hers.phone)),
         "RESET " + hers.id + " " + birth_date, chance_.between(0, 60));
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
    if (each.due > now_) {
      still.push_back(std::move(each));
      continue;
    }
    const auto* pushed = std::get_if<engine::Pushed>(&each.what);
    if (pushed && pushed->settles()) answers_[pushed->operation] = pushed->how;
    const auto* change = std::get_if<engine::ContactChange>(&each.what);
    if (change && chance_.chance(faults_.repeated_message)) batch.emplace_back(*change);
    batch.push_back(std::move(each.what));
  }
  later_ = std::move(still);
}

bool World::quiet() const {
  const bool delivered = std::all_of(messages_.begin(), messages_.end(),
                                     [](const auto& each) { return each.second.accepted; });
  const auto& contacts = central_.state.contacts;
  const bool heard = contacts.empty() || contacts.back().cursor <= store_.contact_changes_heard();
  return delivered && heard && later_.empty() && receipts_.empty() &&
         store_.waiting_messages() == 0 && store_.waiting_operations() == 0 && side_->idle();
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
  side_->push(std::move(operations));
  notice_applied();
}

void World::noticed(const engine::Notice& notice) {
  if (notice.what == engine::Notice::What::message_expired) expired_.insert(notice.text);
  notices_ += notice.text;
  notices_ += '\n';
}

}  // namespace pulih::simulation
