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

constexpr int teachers_in_a_world = 8;
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
  faults.clock_jump = rate(5);
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
  for (int i = 0; i < teachers_in_a_world; ++i) {
    const auto number = accounts::Msisdn::from_value(6281100000100u + static_cast<unsigned>(i));
    const auto name = "guru" + std::to_string(10 + i);
    const auto day = static_cast<std::uint32_t>(10 + i);
    central_.add(name + "@guru.sd", 19850800u + day, number);
    const auto character = static_cast<Teacher::Character>(chance_.next() % 7);
    // Borrowers and thieves write about their neighbour's account.
    const bool others =
        character == Teacher::Character::borrower || character == Teacher::Character::thief;
    const int whose = others ? (i + 1) % teachers_in_a_world : i;
    const bool right_date = character != Teacher::Character::thief || chance_.chance(500);
    teachers_.emplace_back(
        number, character,
        Teacher::Knows{"guru" + std::to_string(10 + whose) + " guru sd",
                       std::to_string(10 + whose + (right_date ? 0 : 1)) + "081985"},
        chance_.next());
    by_number_[number] = static_cast<std::size_t>(i);
  }
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
// ---------------------------------------------------------------------------------------

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
  ++life_;
  store_.crash();
  later_.clear();
  unanswered_.clear();
  for (auto& [id, mo] : messages_)
    if (!mo.accepted) mo.due = now_ + chance_.between(1, 30);
  start_engine();
}

// ---- one step
// --------------------------------------------------------------------------------------------

std::optional<std::string> World::run() {
  for (std::size_t i = 0; i < teachers_.size(); ++i)
    text(i, teachers_[i].begin(), chance_.between(0, 120));
  while (!broken_ && steps_ < most_steps) {
    if (steps_ == steps_with_faults) {
      healed_ = true;
      faults_ = {};
      store_.heal();
      clock_error_ = 0;
    }
    if (healed_ && quiet()) break;
    step();
  }
  if (!broken_) check_end();
  return broken_;
}

void World::step() {
  ++steps_;
  now_ += chance_.between(1, 20);
  if (chance_.chance(faults_.clock_jump)) clock_error_ = chance_.between(-90, 90);
  if (chance_.chance(faults_.kill)) kill();

  std::vector<Occurrence> batch;
  deliver_due_messages(batch);
  deliver_due_occurrences(batch);
  batch.emplace_back(engine::Tick{});
  // A batch holds what has gathered, in any order between different people.
  engine_->run(batch, engine::Instant(std::chrono::seconds(now_ + clock_error_)));
  check_secrets();
}

void World::text(std::size_t teacher, std::string words, std::int64_t after) {
  const auto id = ++last_mo_;
  messages_[id] = {id, teacher, std::move(words), now_ + after, false};
}

void World::later(std::int64_t after, Occurrence what) {
  later_.push_back({now_ + after, ++last_order_, std::move(what)});
}

void World::deliver_due_messages(std::vector<Occurrence>& batch) {
  for (auto& [id, mo] : messages_) {
    const bool repeated =
        mo.accepted && mo.due > now_ - 200 && chance_.chance(faults_.repeated_message / 10);
    if ((mo.accepted && !repeated) || mo.due > now_) continue;
    if (!mo.accepted) mo.due = now_ + 60;  // the carrier's own patience
    if (chance_.chance(faults_.lost_message)) continue;
    const auto sequence = ++last_sequence_;
    unanswered_[sequence] = id;
    engine::Inbound inbound;
    inbound.carrier = 1;
    inbound.from = teachers_[mo.teacher].number();
    inbound.text = accounts::Secret(mo.text);
    inbound.carrier_id = keys_.carrier_id_tag("simulated", std::to_string(id));
    inbound.ack = {1, sequence};
    batch.emplace_back(std::move(inbound));
  }
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
  return delivered && later_.empty() && store_.waiting_messages() == 0 &&
         store_.waiting_operations() == 0;
}

// ---- the carrier
// -------------------------------------------------------------------------------------------

std::size_t World::room(engine::CarrierKey) {
  return static_cast<std::size_t>(chance_.between(0, 20));
}

void World::answer(const engine::Ack& ack, Answer how) {
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
  later(chance_.between(0, 5) + (twice ? 60 : 0), engine::Sent{message.id});
  later(chance_.between(5, 30), engine::Room{1});
  check_told(who->second, told);
  hear(who->second, told);
  if (twice) hear(who->second, told);
}

void World::hear(std::size_t teacher, const std::string& told) {
  ++told_[teacher];
  const std::string key = told.substr(0, 3);
  const auto at = told.find("kode=");
  if (at != std::string::npos) {
    const auto code = told.substr(at + 5, 6);
    const auto owner = central_.by_phone(teachers_[teacher].number(), 1);
    if (!owner.empty()) codes_sent_.emplace(owner.front().key, code);
    // The owner reads the code to whoever stands beside her with the other telephone.
    if (key == "M12" && teachers_[teacher].character() != Teacher::Character::objector) {
      const auto borrower = (teacher + teachers_.size() - 1) % teachers_.size();
      if (teachers_[borrower].character() == Teacher::Character::borrower)
        text(borrower, code, chance_.between(10, 60));
    }
  }
  if (auto reply = teachers_[teacher].answer(told)) {
    const bool late = chance_.chance(faults_.late_message);
    text(teacher, std::move(*reply), late ? chance_.between(300, 2000) : chance_.between(3, 40));
  }
}

// ---- slow work and the central database
// --------------------------------------------------------------------

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
      }
      // Done, but the answer does not arrive.
      if (chance_.chance(faults_.lost_answer)) how = engine::Pushed::How::unreachable;
    }
    later(chance_.between(1, 30), engine::Pushed{id, how});
  }
}

void World::noticed(const engine::Notice& notice) {
  notices_ += notice.text;
  notices_ += '\n';
}

}  // namespace pulih::simulation
