// One request at a time to an HTTPS server that holds accounts, on libcurl: a proven server, no
// redirects, bounds on everything that comes, and no wait without an end. Whatever goes wrong is an
// Unavailable that says what, where and what to type, never a value that was sent or came; whatever
// held a value is wiped, also within libcurl.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "daemon/accounts/account.hpp"
#include "daemon/accounts/secret.hpp"
#include "daemon/central/central.hpp"

namespace pulih::directory {

struct HttpPlace {
  std::string url;           // "https://directory.example.org/scim/v2"; http to this machine only
  accounts::Secret token;    // of type Bearer (RFC 6750, 2.1)
  std::filesystem::path ca;  // whose servers are trusted; empty: those of the system
  // While nothing arrives, or next to nothing; whole seconds. A request ends after four of them.
  std::chrono::seconds patience{60};
};

struct HttpRequest {
  std::string target;    // behind the URL of the place: "/Users?count=1"
  std::string if_match;  // an entity-tag (RFC 9110, 13.1.1); empty: none
  // JSON, and the request is a PATCH; null: a GET.
  const accounts::WipedBytes* content = nullptr;
};

struct HttpAnswer {
  long status = 0;
  std::string etag;                          // as it came; empty: none
  std::optional<accounts::Instant> date;     // of the server's clock (RFC 9110, 6.6.1)
  std::optional<std::uint32_t> retry_after;  // seconds
  accounts::WipedBytes content;
};

// Of a segment of a path or a value of a query: all but RFC 3986's unreserved characters encoded.
std::string percent_encoded(std::string_view text);

// For one thread, but for interrupt().
class HttpLink {
 public:
  explicit HttpLink(HttpPlace place);
  HttpLink(const HttpLink&) = delete;
  HttpLink& operator=(const HttpLink&) = delete;
  ~HttpLink();

  // Any status is an answer. Without one nothing is known of the request's effect. What has a
  // content is sent at most once.
  tl::expected<HttpAnswer, central::Unavailable> ask(const HttpRequest& request);

  // From another thread: what is under way fails now, and everything after it.
  void interrupt();

  central::Unavailable away(std::string_view what, std::string_view hint) const;
  central::Unavailable refused(std::string_view what, std::string_view hint) const;

 private:
  struct Handles;
  void prepare(const HttpRequest& request, const std::string& url);
  tl::expected<void, central::Unavailable> run();
  central::Unavailable failed(int code) const;

  const HttpPlace place_;
  std::string where_;                             // host and port
  std::optional<central::Unavailable> unusable_;  // the place: nothing is ever sent
  std::unique_ptr<Handles> handles_;
  std::atomic<bool> interrupted_ = false;
};

}  // namespace pulih::directory
