// The control socket: one JSON request a line, whatever octets come; answers in lines; bounds for
// clients, requests and slow readers; a socket in the place of one that nobody listens on any more.
#include "daemon/operator/control.hpp"

#include <sys/stat.h>

#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/unit/accounts/temporary_folder.hpp"

namespace pulih::operators {
namespace {

using Socket = Control::Socket;

// A control socket in a folder of its own, with clients on the same loop.
struct Desk {
  explicit Desk(ControlBounds bounds = {}) : control(io, bounds) {
    control.answers("twice", [](const Json&, Asked& asked) {
      asked.tell({{"said", 1}});
      asked.tell({{"said", 2}});
      asked.end();
    });
    control.answers("wait", [this](const Json&, Asked& asked) {
      waiting = &asked;
      asked.keep(std::shared_ptr<void>(nullptr, [this](void*) { waiting = nullptr; }));
    });
    REQUIRE(control.listen(path));
  }
  Socket::socket client() {
    Socket::socket socket(io);
    socket.connect(Socket::endpoint(path.string()));
    return socket;
  }
  void until(const std::function<bool()>& holds) {
    for (int idle = 0; !holds() && idle < 100;)
      if (io.run_one_for(std::chrono::milliseconds{100}) == 0) ++idle;
    REQUIRE(holds());
  }
  // All that is answered until the daemon closes.
  std::string answer_to(const std::string& request) {
    auto socket = client();
    boost::asio::write(socket, boost::asio::buffer(request));
    return rest_of(socket);
  }
  std::string rest_of(Socket::socket& socket) {
    std::string text;
    bool over = false;
    boost::asio::async_read(socket, boost::asio::dynamic_buffer(text),
                            [&](const auto&, std::size_t) { over = true; });
    until([&] { return over; });
    return text;
  }

  boost::asio::io_context io;
  accounts::TemporaryFolder folder;
  std::filesystem::path path = folder / "control.sock";
  Control control;
  Asked* waiting = nullptr;
};

}  // namespace

TEST_CASE("a request is answered in lines, and the last one says so", "[control]") {
  Desk desk;
  CHECK(desk.answer_to("{\"ask\": \"twice\"}\n") == "{\"said\":1}\n{\"said\":2}\n{\"end\":true}\n");
}

TEST_CASE("whatever else comes is refused with what to do", "[control]") {
  Desk desk;
  for (const auto* request : {"\n", "ask\n", "{\"ask\": 1}\n", "[]\n", "{\"ask\": \"\xff\"}\n",
                              "{\"ask\": \"nothing\"}\n", "{\"ask\": \"twice\"\n"}) {
    const auto answer = desk.answer_to(request);
    CHECK(answer.starts_with("{\"error\":\""));
    CHECK(std::ranges::count(answer, '\n') == 1);
  }
  CHECK(desk.answer_to(std::string(5'000, 'x')).find("longer than 4096 octets") !=
        std::string::npos);
}

TEST_CASE("what goes on for a while ends when its client goes", "[control]") {
  Desk desk;
  auto socket = desk.client();
  boost::asio::write(socket, boost::asio::buffer(std::string("{\"ask\": \"wait\"}\n")));
  desk.until([&] { return desk.waiting != nullptr; });
  desk.waiting->tell({{"line", 1}});
  socket.close();
  desk.until([&] { return desk.waiting == nullptr; });
}

TEST_CASE("who reads slowly loses lines and is told how many", "[control]") {
  ControlBounds bounds;
  bounds.waiting = 100'000;
  Desk desk(bounds);
  auto socket = desk.client();
  boost::asio::write(socket, boost::asio::buffer(std::string("{\"ask\": \"wait\"}\n")));
  desk.until([&] { return desk.waiting != nullptr; });
  constexpr std::uint64_t lines = 1'000;
  for (std::uint64_t i = 0; i < lines; ++i) desk.waiting->tell({{"line", std::string(1'000, 'x')}});
  desk.waiting->end();
  const auto text = desk.rest_of(socket);
  const auto told = static_cast<std::uint64_t>(std::ranges::count(text, '\n')) - 2;
  CHECK(told < lines);
  CHECK(text.find("{\"lost\":" + std::to_string(lines - told) + "}\n{\"end\":true}\n") !=
        std::string::npos);
}

TEST_CASE("more clients than allowed are refused, and welcome when others have gone", "[control]") {
  ControlBounds bounds;
  bounds.clients = 1;
  Desk desk(bounds);
  {
    auto first = desk.client();
    boost::asio::write(first, boost::asio::buffer(std::string("{\"ask\": \"wait\"}\n")));
    desk.until([&] { return desk.waiting != nullptr; });
    CHECK(desk.answer_to("{\"ask\": \"twice\"}\n").find("too many") != std::string::npos);
  }
  desk.until([&] { return desk.waiting == nullptr; });
  CHECK(desk.answer_to("{\"ask\": \"twice\"}\n").ends_with("{\"end\":true}\n"));
}

TEST_CASE("the socket of a daemon that has gone is replaced, one that is listened on is not",
          "[control]") {
  Desk desk;
  Control second(desk.io);
  const auto refused = second.listen(desk.path);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().find("somebody listens there already; is another pulihd running?") !=
        std::string::npos);

  const auto stale = desk.folder / "stale.sock";
  { Socket::acceptor gone(desk.io, Socket::endpoint(stale.string())); }
  REQUIRE(std::filesystem::exists(stale));
  CHECK(second.listen(stale));
  struct stat status {};
  REQUIRE(::stat(stale.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0660);
}

TEST_CASE("what is no socket is left alone, and a folder that is missing is named", "[control]") {
  boost::asio::io_context io;
  accounts::TemporaryFolder folder;
  std::ofstream(folder / "file") << "kept";
  Control control(io);
  CHECK(control.listen(folder / "file").error().find("is no socket") != std::string::npos);
  CHECK(std::filesystem::file_size(folder / "file") == 4);
  CHECK(control.listen(folder / "absent" / "x.sock").error().find("ls -ld") != std::string::npos);
}

}  // namespace pulih::operators
