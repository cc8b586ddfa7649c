// Both roles talk to each other in memory, over a wire that cuts their octets anywhere, and a
// session hears octets that no peer in its right mind would send.
#include <map>

#include "protocols/smpp/wiping.hpp"
#include "tests/unit/smpp/golden_pdus.hpp"
#include "tests/unit/smpp/session_script.hpp"

using namespace pulih::smpp;
using namespace std::chrono_literals;

namespace {

// Numerical Recipes' generator: the same numbers in every run.
struct Draws {
  std::uint32_t state;
  std::uint32_t operator()(std::uint32_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
  }
};

// One end of the wire: answers late and in any order what it hears, and counts its own answers.
struct End {
  explicit End(const SessionSettings& settings) : session(settings) {}

  void listen(Monotonic now) {
    while (const auto happening = session.next(now)) hear(*happening);
  }
  void hear(const Happening& happening) {
    if (const auto* asked = std::get_if<BindRequested>(&happening))
      session.accept_bind(asked->sequence, asked->bind);
    else if (const auto* received = std::get_if<Received>(&happening))
      to_answer.push_back(received->pdu.sequence);
    else if (const auto* answered = std::get_if<Answered>(&happening))
      ++answers[answered->correlation];
    else if (const auto* lost = std::get_if<Lost>(&happening))
      ended = lost->why;
  }
  void answer_one(CommandId command, Draws& draw) {
    if (to_answer.empty()) return;
    const std::size_t one = draw(static_cast<std::uint32_t>(to_answer.size()));
    session.respond(command, to_answer[one], ESME_ROK, "id");
    to_answer.erase(to_answer.begin() + static_cast<std::ptrdiff_t>(one));
  }

  Session session;
  std::vector<std::uint32_t> to_answer;
  std::map<std::uint64_t, int> answers;
  std::string ended;
};

void carry(Session& from, End& to, Monotonic now, Draws& draw) {
  std::vector<std::uint8_t> output;
  from.take_output(output);
  for (Octets rest = output; !rest.empty();) {
    const std::size_t piece = std::min<std::size_t>(rest.size(), 1 + draw(300));
    to.session.receive(rest.first(piece), now);
    to.listen(now);
    rest = rest.subspan(piece);
  }
  to.listen(now);
}

}  // namespace

TEST_CASE("two sessions give each other every message once and part in order", "[session]") {
  const auto seed = GENERATE(1u, 2u, 3u, 4u, 5u);
  const bool esme_leaves = GENERATE(true, false);
  Draws draw{seed};
  const Monotonic now{1h};
  End esme(as_esme()), smsc(as_smsc());
  smsc.session.open(now);
  esme.session.open(now);
  constexpr std::uint64_t messages = 1000;
  std::uint64_t mt = 0, mo = 0;
  bool leaving = false;
  for (int turn = 0; turn < 100'000 && (esme.ended.empty() || smsc.ended.empty()); ++turn) {
    if (mt < messages && esme.session.submit(submission(), mt, now)) ++mt;
    if (mo < messages && smsc.session.submit(delivery(), mo, now)) ++mo;
    if (draw(3) != 0) esme.answer_one(CommandId::deliver_sm, draw);
    if (draw(3) != 0) smsc.answer_one(CommandId::submit_sm, draw);
    if (!leaving && mt == messages && mo == messages) {
      leaving = true;
      (esme_leaves ? esme : smsc).session.unbind(now);
    }
    carry(esme.session, smsc, now, draw);
    carry(smsc.session, esme, now, draw);
    esme.listen(now);
    smsc.listen(now);
  }
  CHECK((esme_leaves ? esme : smsc).ended == "unbound");
  CHECK((esme_leaves ? smsc : esme).ended == "the peer has unbound");
  for (const End* end : {&esme, &smsc}) {
    REQUIRE(end->answers.size() == messages);
    for (const auto& [correlation, times] : end->answers) CHECK(times == 1);
    CHECK(end->to_answer.empty());
    CHECK(end->session.stray_responses() == 0);
  }
}

TEST_CASE("whatever octets come, in whatever pieces, a session keeps its bounds", "[session]") {
  const auto role = GENERATE(Role::esme, Role::smsc);
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    Draws draw{seed};
    auto settings = role == Role::esme ? as_esme() : as_smsc();
    settings.window = 4;
    settings.most_unanswered = 4;
    std::vector<std::uint8_t> stream;
    for (int i = 0; i < 40; ++i) {
      auto pdu = octets(golden_pdus[draw(golden_pdus.size())].octets);
      pdu[15] = static_cast<std::uint8_t>(draw(8));  // a sequence number that may be ours
      if (draw(4) == 0) {
        auto& octet = pdu[draw(static_cast<std::uint32_t>(pdu.size()))];
        octet = static_cast<std::uint8_t>(octet ^ 1u << draw(8));
      }
      stream.insert(stream.end(), pdu.begin(), pdu.end());
    }
    Lines whole, by_octet;
    for (const bool at_once : {true, false}) {
      Stage stage(settings, at_once ? stream.size() : 1);
      if (role == Role::esme) stage.peer(1, welcome());
      for (std::uint64_t i = 0; i < 4; ++i) (void)stage.session.submit(submission(), i, stage.now);
      stage.peer_octets(stream);
      std::vector<std::uint8_t> output;
      stage.session.take_output(output);
      CHECK(output.size() < 4 * stream.size());
      stage.session.connection_lost();
      (at_once ? whole : by_octet) = stage.happened();
    }
    CHECK(whole == by_octet);
    CHECK(whole.back().starts_with("lost"));
    const auto answered = std::ranges::count_if(whole, [](const std::string& line) {
      return line.starts_with("answered") || line.starts_with("unanswered");
    });
    CHECK(answered == (role == Role::esme ? 4 : 0));
  }
}

TEST_CASE("octets that have been heard do not stay in memory", "[session]") {
  auto kept = octets("'kode 123456 tail'");
  drop_front(kept, 12);
  CHECK(text_of(kept) == "tail");
  const std::uint8_t* const old = kept.data();
  for (std::size_t i = kept.size(); i < 16; ++i) CHECK(old[i] == 0);
  append(kept, octets("'more'"));
  CHECK(text_of(kept) == "tailmore");
}
