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
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>

namespace pulih::operators {

using Json = nlohmann::json;

// One request under way, on the io_context's thread. Whoever answers it at once tells and ends;
// whoever goes on keeps a share, until it is closed by either side.
class Asked {
 public:
  virtual ~Asked() = default;
  virtual void tell(const Json& line) = 0;
  virtual void end() = 0;
  virtual void refuse(const std::string& why) = 0;
  // Called once, when the client has gone or the request has ended.
  virtual void when_closed(std::function<void()> call) = 0;
};

class Control {
 public:
  using Socket = boost::asio::local::stream_protocol;
  using Answer = std::function<void(const Json& request, const std::shared_ptr<Asked>& asked)>;

  explicit Control(boost::asio::io_context& io) : acceptor_(io) {}
  ~Control();

  // What is asked under this name.
  void answers(std::string name, Answer answer) { answers_[std::move(name)] = std::move(answer); }
  // Makes the socket, in place of one that nobody listens on any more. The error says what, where,
  // and what to do.
  tl::expected<void, std::string> listen(const std::filesystem::path& socket);
  void close();

 private:
  class Client;
  void accept();

  Socket::acceptor acceptor_;
  std::filesystem::path path_;
  std::map<std::string, Answer> answers_;
  std::size_t clients_ = 0;
};

}  // namespace pulih::operators
