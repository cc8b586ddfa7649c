// A SCIM server for tests, written from RFC 7643 and RFC 7644 and not from the driver: users with
// versions, filters, sorting, pages, PATCH on a version, over HTTP/1.1 with or without TLS. Its
// clock is the test's, what it can is the test's to take away, and a script may answer in its place
// with any octets at all.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/accounts/account.hpp"

namespace pulih::directory {

struct ScimRequest {
  std::string method, path;
  std::map<std::string, std::string> query, headers;  // decoded; names of headers in lower case
  std::string content;
};

struct ScimReply {
  std::string octets;  // of the whole answer, with its head
  enum class Then { keep, close, hang, drip } then = Then::keep;
};
ScimReply scim_reply(int status, const std::string& content, const std::string& headers = "");

inline constexpr auto school = "urn:example:params:scim:schemas:extension:school:2.0:User";

class ScimServer {
 public:
  using Script = std::function<std::optional<ScimReply>(const ScimRequest&)>;

  struct Abilities {
    bool patch = true, filter = true, sort = true, etag = true, change_password = true;
    bool heeds_if_match = true, versions_passwords = true, users_have_versions = true;
    bool users_have_stamps = true, has_clock = true;
    bool changed_go_last = false;  // when it does not sort; else they go first
    // How a PATCH is answered: RFC 7644, 3.5.2.
    enum class Patched { user, etag_only, nothing } patched = Patched::user;
    std::size_t most_results = 200;
  };

  // Port 0: any.
  explicit ScimServer(std::shared_ptr<boost::asio::ssl::context> tls = nullptr,
                      std::uint16_t port = 0);
  ~ScimServer();
  ScimServer(const ScimServer&) = delete;
  ScimServer& operator=(const ScimServer&) = delete;

  void start();  // a thread of its own
  void run();    // this one, until stopped
  std::string url() const;
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  // ---- its users; a change raises the version and stamps the user with the clock
  void put(const std::string& id, nlohmann::json attributes);
  void change(const std::string& id, const std::function<void(nlohmann::json&)>& how);
  void erase(const std::string& id);
  std::string version_of(const std::string& id);
  std::string password_of(const std::string& id);

  void set_clock(accounts::Instant at);
  void set_script(Script script);
  void set_abilities(const Abilities& abilities);
  std::vector<ScimRequest> requests();
  std::size_t count(const std::string& method);

 private:
  struct User {
    nlohmann::json attributes;
    std::uint64_t version = 1;
    accounts::Instant changed{};
    std::string password;
  };
  boost::asio::awaitable<void> listen();
  template <class Stream>
  boost::asio::awaitable<void> converse(std::shared_ptr<Stream> stream);
  template <class Stream>
  boost::asio::awaitable<bool> say(Stream& stream, const ScimReply& reply);
  std::optional<ScimReply> scripted(const ScimRequest& request);
  ScimReply answer(const ScimRequest& request);
  ScimReply list(const ScimRequest& request);
  ScimReply patch(const ScimRequest& request, const std::string& id);
  ScimReply abilities_told();
  nlohmann::json shown(const User& user) const;
  std::string tag_of(const User& user) const;
  void stamp(const std::string& id, User& user);
  std::string date_line() const;

  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::shared_ptr<boost::asio::ssl::context> tls_;
  std::mutex mutex_;  // of all below
  std::map<std::string, User> users_;
  std::vector<std::string> order_;  // when it does not sort
  accounts::Instant clock_;
  Script script_;
  Abilities can_;
  std::vector<ScimRequest> requests_;
  std::jthread thread_;
};

}  // namespace pulih::directory
