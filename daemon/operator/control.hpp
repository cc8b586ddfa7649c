// The control socket: pulihctl asks the running daemon here, one JSON object a line, and is
// answered in the same way. Only root and the daemon's own user are heard. Clients, the length of
// what they ask and what waits for a slow one are bounded: it loses lines and is told how many, and
// the daemon waits for nobody.
//
//   → {"ask": "carriers"}
//   ← {"carriers": […]}
//   ← {"end": true}                          or {"error": "what; what to do"}
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tl/expected.hpp>

#include "daemon/operator/json.hpp"

namespace pulih::operators {

// One request under way, on the io_context's thread. Whoever answers at once tells and ends; who
// goes on for a while does so in what it gives to keep, and touches the request nowhere else.
class Asked {
 public:
  virtual ~Asked() = default;
  virtual void tell(const Json& line) = 0;
  virtual void end() = 0;
  virtual void refuse(const std::string& why) = 0;
  // Dropped when the client has gone or has read all.
  virtual void keep(std::shared_ptr<void> what) = 0;
};

struct ControlBounds {
  std::size_t clients = 16;
  std::size_t request = 4'096;     // octets
  std::size_t waiting = 1u << 20;  // octets that a client has not read
};

class Control {
 public:
  using Socket = boost::asio::local::stream_protocol;
  using Answer = std::function<void(const Json& request, Asked& asked)>;

  explicit Control(boost::asio::io_context& io, ControlBounds bounds = {})
      : bounds_(bounds), acceptor_(io), pause_(io) {}
  // Ends what is under way. The io_context does not run any more, or is not run again.
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  // What is asked under this name.
  void answers(std::string name, Answer answer) { answers_[std::move(name)] = std::move(answer); }
  // Makes the socket, in place of one that nobody listens on any more. The error says what, where,
  // and what to do.
  tl::expected<void, std::string> listen(const std::filesystem::path& socket);

 private:
  class Client;
  void accept();
  void welcome(Socket::socket socket);

  const ControlBounds bounds_;
  Socket::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::filesystem::path path_;
  std::map<std::string, Answer, std::less<>> answers_;
  std::set<Client*> clients_;  // that have not left
};

}  // namespace pulih::operators
