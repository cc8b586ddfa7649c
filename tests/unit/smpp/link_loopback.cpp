// Links over real TCP on the loopback interface: an ESME and an SMSC bind, exchange messages, part
// in order, and meet again after a cut.
#include <boost/asio/io_context.hpp>
#include <functional>
#include <set>

#include "protocols/smpp/link.hpp"
#include "tests/unit/smpp/session_script.hpp"

using namespace pulih::smpp;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// Far beyond what anything here takes: a test that hangs fails instead.
constexpr auto safety_net = 30s;

// One end: keeps its window full until all its messages are out, and answers what it receives.
struct Party : Link::Owner {
  Party(std::uint64_t to_send, std::function<Body()> message)
      : messages(to_send), next_message(std::move(message)) {}

  void happened(Link& link, const Happening& happening) override {
    if (const auto* asked = std::get_if<BindRequested>(&happening)) {
      link.session().accept_bind(asked->sequence, asked->bind);
      push(link);
    } else if (std::holds_alternative<Bound>(happening)) {
      push(link);
    } else if (const auto* received = std::get_if<Received>(&happening)) {
      const auto command = static_cast<CommandId>(command_id(received->pdu.body));
      link.session().respond(command, received->pdu.sequence, ESME_ROK, "id");
      ++heard;
    } else if (const auto* answered = std::get_if<Answered>(&happening)) {
      answers.insert(answered->correlation);
      push(link);
    } else if (const auto* missing = std::get_if<Unanswered>(&happening)) {
      unanswered.insert(missing->correlation);
    } else if (const auto* end = std::get_if<Lost>(&happening)) {
      losses.push_back(end->why);
    }
    if (after) after(link);
  }
  void push(Link& link) {
    while (sent < messages && link.submit(next_message(), sent)) ++sent;
  }

  std::uint64_t messages, sent = 0, heard = 0;
  std::function<Body()> next_message;
  std::set<std::uint64_t> answers, unanswered;
  std::vector<std::string> losses;
  std::function<void(Link&)> after;  // each happening
};

// Two connected sockets.
struct Wire {
  explicit Wire(asio::io_context& io) : near(io), far(io) {
    tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    near.connect(acceptor.local_endpoint());
    acceptor.accept(far);
  }
  tcp::socket near, far;
};

struct Talk {
  Talk(asio::io_context& io, Party& esme_party, Party& smsc_party) {
    Wire wire(io);
    esme = std::make_shared<Link>(std::move(wire.near), as_esme(), esme_party);
    smsc = std::make_shared<Link>(std::move(wire.far), as_smsc(), smsc_party);
    smsc->start();
    esme->start();
  }
  std::shared_ptr<Link> esme, smsc;
};

}  // namespace

TEST_CASE("a thousand messages cross each way and both ends part in order", "[link]") {
  asio::io_context io;
  Party esme(1000, [] { return submission(); }), smsc(1000, [] { return delivery(); });
  const bool esme_leaves = GENERATE(true, false);
  {
    const Talk talk(io, esme, smsc);
    esme.after = smsc.after = [&, leaving = esme_leaves ? talk.esme : talk.smsc](Link&) {
      if (esme.answers.size() == 1000 && smsc.answers.size() == 1000) leaving->unbind();
    };
    io.run_for(safety_net);
  }
  CHECK(io.stopped());
  CHECK(esme.heard == 1000);
  CHECK(smsc.heard == 1000);
  CHECK((esme_leaves ? esme : smsc).losses == Lines{"unbound"});
  CHECK((esme_leaves ? smsc : esme).losses == Lines{"the peer has unbound"});
}

TEST_CASE("after a cut both ends hear of it, and the rest goes over the next link", "[link]") {
  asio::io_context io;
  Party esme(500, [] { return submission(); }), smsc(0, [] { return delivery(); });
  std::size_t cut_at = 200;
  esme.after = [&](Link& link) {
    if (esme.answers.size() >= cut_at) link.abort();
    if (esme.answers.size() + esme.unanswered.size() == 500) link.unbind();
  };
  {
    const Talk first(io, esme, smsc);
    io.run_for(safety_net);
  }
  CHECK(io.stopped());
  CHECK(esme.answers.size() == 200);
  CHECK(esme.losses == Lines{"the connection was given up"});
  REQUIRE(smsc.losses.size() == 1);
  const auto given_up = esme.unanswered.size();
  CHECK(given_up == esme.sent - 200);

  cut_at = 1000;
  io.restart();
  {
    const Talk second(io, esme, smsc);
    io.run_for(safety_net);
  }
  CHECK(io.stopped());
  CHECK(esme.answers.size() + given_up == 500);
  CHECK(esme.losses.back() == "unbound");
  CHECK(smsc.losses.back() == "the peer has unbound");
}

TEST_CASE("a refusal reaches the ESME before the connection closes", "[link]") {
  struct Refusing : Link::Owner {
    void happened(Link& link, const Happening& happening) override {
      if (const auto* asked = std::get_if<BindRequested>(&happening))
        link.session().refuse_bind(asked->sequence, asked->bind.mode, ESME_RINVPASWD);
    }
  } smsc;
  struct Listening : Link::Owner {
    void happened(Link&, const Happening& happening) override {
      heard.push_back(line_of(happening));
    }
    Lines heard;
  } esme;
  asio::io_context io;
  {
    Wire wire(io);
    std::make_shared<Link>(std::move(wire.far), as_smsc(), smsc)->start();
    std::make_shared<Link>(std::move(wire.near), as_esme(), esme)->start();
  }
  io.run_for(safety_net);
  CHECK(io.stopped());
  CHECK(esme.heard == Lines{"bind refused ESME_RINVPASWD", "lost: bind refused: ESME_RINVPASWD"});
}

TEST_CASE("a peer that closes without unbind is noticed", "[link]") {
  asio::io_context io;
  Party esme(0, [] { return submission(); });
  Wire wire(io);
  const auto link = std::make_shared<Link>(std::move(wire.near), as_esme(), esme);
  link->start();
  wire.far.close();
  io.run_for(safety_net);
  CHECK(io.stopped());
  REQUIRE(esme.losses.size() == 1);
  link->unbind();  // what is over stays over
  link->abort();
  io.restart();
  io.run_for(safety_net);
  CHECK(esme.losses.size() == 1);
}

TEST_CASE("the alarm rings when the peer stays silent", "[link]") {
  asio::io_context io;
  Party esme(0, [] { return submission(); });
  Wire wire(io);
  esme.after = [&](Link&) { wire.far.close(); };  // hears the farewell
  auto settings = as_esme();
  settings.bind_timeout = 1ms;
  std::make_shared<Link>(std::move(wire.near), settings, esme)->start();
  io.run_for(safety_net);
  CHECK(io.stopped());
  REQUIRE(esme.losses.size() == 1);
  CHECK_THAT(esme.losses[0], Catch::StartsWith("not bound within"));
}

TEST_CASE("a link outlived by its io_context leaks nothing and touches nobody", "[link]") {
  auto esme = std::make_unique<Party>(0, [] { return submission(); });
  asio::io_context io;
  Wire wire(io);
  std::make_shared<Link>(std::move(wire.near), as_esme(), *esme)->start();
  io.poll();
  esme.reset();  // io is destroyed after its owner, with the coroutines still waiting
}
