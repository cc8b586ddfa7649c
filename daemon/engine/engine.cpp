// See engine.hpp. In the order of a message's life: it is taken, its turn is taken, the effects are
// put into the transaction, and after the commit it is answered and what it caused goes out.
#include "daemon/engine/engine.hpp"

#include <algorithm>

namespace pulih::engine {

using conversation::Event;
using conversation::Person;
using conversation::Prepared;
using conversation::Said;
using conversation::Settled;

Engine::Engine(const Parts& parts, const conversation::Policy& policy, const Bounds& bounds)
    : parts_(parts),
      policy_(policy),
      bounds_(bounds),
      batch_(parts.store, parts.keys, parts.entropy, parts.watcher, policy.language),
      receipts_(parts.store, parts.keys, parts.entropy, bounds.receipts_waiting),
      last_outbound_(parts.store.last_outbound()),
      push_gap_(bounds.push_retry_first) {
  constexpr std::size_t page = 1000;
  for (std::uint64_t after = 0;;) {
    const auto rows = parts.store.operations(after, page);
    for (const auto& row : rows) asked_.insert(row.id);
    if (rows.size() < page) break;
    after = rows.back().order;
  }
  operations_ = durable_operations_ = asked_.size();
}

void Engine::run(std::vector<Occurrence>& occurrences, Instant now) {
  if (!again_.empty()) {
    occurrences.insert(occurrences.begin(), std::make_move_iterator(again_.begin()),
                       std::make_move_iterator(again_.end()));
    again_.clear();
  }
  bool durable = false;
  try {
    parts_.accounts.look_anew();
    parts_.store.begin();
    for (const OutboundId id : finished_) parts_.store.erase_outbound(id);
    for (auto& occurrence : occurrences) {
      ++begun_;
      std::visit([&](auto& what) { take(what, now); }, occurrence);
      for (const auto& id : std::exchange(withdrawn_, {})) settle(id, Settled::How::failed, now);
    }
    batch_.save();
    parts_.store.commit();
    durable = true;
  } catch (const StoreError& error) {
    parts_.store.rollback();
    store_failed(error);
    undo(occurrences);
  }
  if (durable) {
    finished_.clear();
    receipts_.committed();
    durable_operations_ = operations_;
    ++counts_.batches;
    after_commit(now);
  }
  batch_.clear();
  begun_ = 0;
  taken_.clear();
  worked_for_.clear();
  answers_.clear();
  screens_.clear();
  call_backs_.clear();
  outgoing_.clear();
  work_.clear();
  withdrawn_.clear();
  notices_.clear();
  full_ = false;
  occurrences.clear();
}

// ---- a message is taken

void Engine::take(Inbound& message, Instant now) { hear({std::move(message), now}, now); }

void Engine::hear(Heard heard, Instant now) {
  auto& message = heard.message;
  const auto key = parts_.keys.person(message.from);
  if (const auto busy = held_.find(key); busy != held_.end()) {
    // Nothing overtakes within one conversation.
    if (busy->second.size() < bounds_.held_messages)
      return busy->second.push_back(std::move(heard));
    return refuse_unheard(message);
  }
  if (operations_ >= 2 * bounds_.operations_waiting) {
    full_ = true;
    return refuse_unheard(message);
  }
  taken_.emplace_back(message);
  auto person = batch_.take(key, message.from);
  if (waits_in_vain(person)) {
    const auto& applying = std::get<conversation::Applying>(person.state);
    const Settled lost{applying.operation, Settled::How::failed};
    turn(key, std::move(person), lost, nullptr, now);
    person = batch_.take(key, message.from);
  }
  person.carrier = message.carrier;
  if (turn(key, std::move(person), event_of(message, key), &heard, now))
    answers_.emplace_back(message.ack, Answer::accepted);
}

// Nothing of it is kept, and the carrier brings it again.
void Engine::refuse_unheard(const Inbound& message) {
  taken_.emplace_back(message);
  answers_.emplace_back(message.ack, Answer::try_later);
  if (message.session != 0) close_screen(message.carrier, message.session, policy_.language);
}

Event Engine::event_of(Inbound& message, accounts::PersonKey key) const {
  if (message.dialled) return conversation::Dialled{message.session, message.carrier_id};
  Said said{std::move(message.text), message.carrier_id, 0, message.multipart, message.session};
  // On a screen the same text twice is two answers.
  if (message.session == 0) said.text_tag = parts_.keys.text_tag(key, said.text.reveal());
  return said;
}

// For a password change whose row was found damaged and went: it told nobody whose it was, so that
// she hears of it when she next writes.
bool Engine::waits_in_vain(const Person& person) {
  const auto* applying = std::get_if<conversation::Applying>(&person.state);
  return applying && !parts_.store.operation(applying->operation);
}

bool Engine::turn(accounts::PersonKey key, Person person, Event event, const Heard* heard,
                  Instant now) {
  ++counts_.turns;
  const auto* said = std::get_if<Said>(&event);
  const std::uint64_t text_tag = said ? said->text_tag : 0;
  const conversation::Setting setting{policy_,        parts_.keys, parts_.accounts, batch_,
                                      parts_.entropy, now,         upstream(now)};
  auto outcome = conversation::take_turn(std::move(person), std::move(event), setting);
  if (outcome.work && heard) {
    const auto ticket = ++last_ticket_;
    const auto& message = heard->message;
    Inbound kept{message.carrier, message.from,   {}, message.carrier_id, message.multipart,
                 message.ack,     message.session};
    jobs_.emplace(ticket, Job{key,
                              {std::move(kept), heard->since},
                              text_tag,
                              outcome.work->purpose,
                              outcome.work->operation});
    held_.try_emplace(key);
    work_.emplace_back(ticket, std::move(*outcome.work));
    batch_.put(key, std::move(outcome.person), false);
    return false;
  }
  apply(key, outcome.person, outcome.effects, now);
  batch_.put(key, std::move(outcome.person), true);
  return true;
}

conversation::Upstream Engine::upstream(Instant now) const {
  const auto as_of = parts_.accounts.as_of();
  if (as_of && now - *as_of > policy_.replica_age) return conversation::Upstream::stale;
  return central_away_ ? conversation::Upstream::away : conversation::Upstream::near;
}

void Engine::take(WorkDone& done, Instant now) {
  const auto found = jobs_.find(done.ticket);
  if (found == jobs_.end()) return;
  const Job job = std::move(found->second);
  const auto& message = job.heard.message;
  jobs_.erase(found);
  taken_.emplace_back(message);
  worked_for_.push_back(job.person);
  Prepared prepared;
  prepared.said.carrier_id = message.carrier_id;
  prepared.said.text_tag = job.text_tag;
  prepared.said.session = message.session;
  prepared.purpose = job.purpose;
  prepared.password = std::move(done.password);
  prepared.verifier = std::move(done.verifier);
  prepared.matches = done.matches;
  prepared.operation = job.operation;
  prepared.sealed = std::move(done.sealed);
  auto person = batch_.take(job.person, message.from);
  person.carrier = message.carrier;
  turn(job.person, std::move(person), std::move(prepared), nullptr, now);
  answers_.emplace_back(message.ack, Answer::accepted);
  release(job.person, now);
}

// Who waited behind the slow work speaks now, until one of them asks for slow work again.
void Engine::release(accounts::PersonKey key, Instant now) {
  const auto found = held_.find(key);
  if (found == held_.end()) return;
  auto waiting = std::move(found->second);
  held_.erase(found);
  for (const auto& heard : waiting) taken_.emplace_back(heard.message);
  for (auto& heard : waiting) hear(std::move(heard), now);
}

// A network waits some ten seconds for a screen. Whoever would wait longer than the site allows is
// told to dial again, and what the slow work comes to is told by SMS.
void Engine::close_late_screens(Instant now) {
  const auto late = [&](const Heard& heard) {
    return heard.message.session != 0 && now - heard.since >= bounds_.ussd_answer;
  };
  for (auto& [ticket, job] : jobs_) {
    auto& waiting = held_[job.person];
    if (!late(job.heard) && std::ranges::none_of(waiting, late)) continue;
    auto person = batch_.take(job.person, job.heard.message.from);
    const auto close = [&](const Inbound& message) {
      close_screen(message.carrier, message.session, person.language);
    };
    for (const auto& heard : waiting) {
      if (!late(heard)) continue;
      close(heard.message);
      taken_.emplace_back(heard.message);
      answers_.emplace_back(heard.message.ack, Answer::accepted);
    }
    std::erase_if(waiting, late);
    if (late(job.heard)) {
      close(job.heard.message);
      job.heard.message.session = 0;
    }
    person.ussd.session = 0;
    batch_.put(job.person, std::move(person), true);
  }
}

void Engine::close_screen(CarrierKey carrier, std::uint64_t session,
                          conversation::Language language) {
  const auto& book = *parts_.phrasebooks[static_cast<std::size_t>(language)];
  parts_.carriers.show({carrier, session, book.render({conversation::Text::U17, {}}), true});
}

// ---- what a turn wants done

void Engine::apply(accounts::PersonKey key, const Person& person, conversation::Effects& effects,
                   Instant now) {
  for (auto& message : effects.messages) put_message(person, message);
  if (const auto& screen = effects.screen) {
    const auto& book = *parts_.phrasebooks[static_cast<std::size_t>(screen->language)];
    screens_.push_back(
        {person.carrier, screen->session, book.render(screen->phrase), screen->last});
  }
  if (const auto& call = effects.call_back) {
    const auto& book = *parts_.phrasebooks[static_cast<std::size_t>(call->language)];
    call_backs_.push_back(
        {person.carrier, person.number, book.render(call->tells), book.render(call->asks)});
  }
  if (effects.password) {
    const auto id = effects.password->operation;
    WaitingOperation waiting{person.number, now, {}};
    waiting.operation.password = std::move(*effects.password);
    put_operation(waiting, id);
  }
  if (effects.ticket) {
    WaitingOperation waiting{{}, now, {}};
    waiting.operation.kind = Operation::Kind::ticket;
    waiting.operation.ticket = *effects.ticket;
    put_operation(waiting, effects.ticket->operation);
  }
  for (const auto& line : effects.audit) {
    parts_.store.audit(now, line.what, key, line.account);
    notice_of(line, person);
  }
  for (const auto& id : effects.withdrawn) withdraw(id);
}

void Engine::put_message(const Person& person, conversation::Message& message) {
  Outgoing outgoing;
  outgoing.id = ++last_outbound_;
  outgoing.to = message.to;
  outgoing.carrier = parts_.carriers.route(message.to, person.carrier);
  outgoing.text =
      parts_.phrasebooks[static_cast<std::size_t>(message.language)]->render(message.phrase);
  outgoing.expires = message.expires;
  outgoing.code = message.code;
  parts_.store.put_outbound(outgoing.id, outgoing.carrier,
                            seal(outgoing, parts_.keys, parts_.entropy));
  outgoing_.push_back(std::move(outgoing));
}

void Engine::notice_of(const conversation::AuditLine& line, const Person& person) {
  using conversation::Audit;
  const auto say = [&](Notice::What what) { notices_.push_back({what, person.number.masked()}); };
  if (line.what == Audit::paused) say(Notice::What::account_paused);
  if (line.what == Audit::held_by_owner) say(Notice::What::held_by_owner);
  if (line.what == Audit::password_applied) say(Notice::What::password_applied);
  if (line.what == Audit::password_not_applied) say(Notice::What::password_not_applied);
}

// ---- what comes back

void Engine::take(const Sent& sent, Instant now) {
  parts_.store.erase_outbound(sent.id);
  if (sent.receipt && receipts_.taken(*sent.receipt))
    code_lost({sent.receipt->to, sent.receipt->code, sent.receipt->carrier}, now);
}

void Engine::take(const ReceiptOfLoss& receipt, Instant now) {
  taken_.emplace_back(receipt);
  if (const auto code = receipts_.heard(receipt))
    code_lost({receipt.to, *code, receipt.carrier}, now);
  answers_.emplace_back(receipt.ack, Answer::accepted);
}

void Engine::take(const Undelivered& lost, Instant now) { code_lost(lost, now); }

// She who waits for a code hears at once that it will not come.
void Engine::code_lost(const Undelivered& lost, Instant now) {
  notices_.push_back({Notice::What::code_undelivered, lost.to.masked(), lost.carrier});
  const auto key = parts_.keys.person(lost.to);
  turn(key, batch_.take(key, lost.to), conversation::CodeLost{lost.code}, nullptr, now);
}

void Engine::take(const Room& room, Instant) { meet(room.carrier); }

void Engine::take(const ContactChange& change, Instant now) {
  if (change.cursor <= parts_.store.contact_cursor()) return;
  parts_.store.set_contact_cursor(change.cursor);
  if (change.old_phone.empty()) return;
  const auto key = parts_.keys.person(change.old_phone);
  turn(key, batch_.take(key, change.old_phone),
       conversation::ContactChanged{change.account, change.id, change.new_phone}, nullptr, now);
}

void Engine::take(const Tick&, Instant now) {
  close_late_screens(now);
  look_for_old_operations(now);
  sweep(Table::person, swept_people_, now);
  sweep(Table::guard, swept_guards_, now);
  receipts_.sweep(now, policy_.code_life, bounds_.sweep_page);
  parts_.store.forget_audit_before(now - bounds_.audit_life, bounds_.sweep_page);
  if (bounds_.applied_life > std::chrono::seconds{0})
    parts_.store.forget_applied_before(now - bounds_.applied_life, bounds_.sweep_page);
}

// A page of records at each tick, round and round: whoever is long gone is forgotten.
void Engine::sweep(Table table, std::uint64_t& after, Instant now) {
  const auto page = parts_.store.scan(table, after, bounds_.sweep_page);
  after = page.size() < bounds_.sweep_page ? 0 : page.back().key;
  for (const auto& row : page) {
    const auto plain =
        parts_.keys.open(row.record, table == Table::person ? person_seal : guard_seal, row.key);
    if (!plain) continue;  // reported when somebody asks for it
    const bool gone = [&] {
      if (table == Table::guard) {
        const auto guard = conversation::read_guard(*plain);
        return guard && conversation::forgettable(*guard, now, policy_);
      }
      const auto person = conversation::read_person(*plain);
      return person && conversation::forgettable(*person, now, policy_);
    }();
    if (gone && !batch_.touched(table, row.key)) parts_.store.erase(table, row.key);
  }
}

}  // namespace pulih::engine
