// See server.hpp. One thread, one coroutine for each connection; a request is answered under
// the lock, so that a PATCH and the version it names are one step.
#include "tests/directory/scim/server.hpp"

#include <fmt/chrono.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <sstream>

#include "daemon/directory/scim_stamp.hpp"

namespace pulih::directory {
namespace asio = boost::asio;
using asio::use_awaitable;
using asio::ip::tcp;
using nlohmann::json;

namespace {

constexpr auto api = "urn:ietf:params:scim:api:messages:2.0:";

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(&text[i + 1], &text[i + 1] + 2, value, 16).ec == std::errc{}) {
      plain += static_cast<char>(value);
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::size_t number(const std::map<std::string, std::string>& query, const std::string& name,
                   std::size_t otherwise) {
  const auto found = query.find(name);
  if (found == query.end()) return otherwise;
  std::size_t value = otherwise;
  std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
  return value;
}

ScimRequest read_head(const std::string& head) {
  std::istringstream lines(head);
  ScimRequest request;
  std::string target, line;
  lines >> request.method >> target;
  std::getline(lines, line);
  const auto question = std::min(target.find('?'), target.size());
  request.path = decoded(target.substr(0, question));
  std::istringstream query(target.substr(std::min(question + 1, target.size())));
  for (std::string part; std::getline(query, part, '&');) {
    const auto equals = std::min(part.find('='), part.size());
    request.query[part.substr(0, equals)] = decoded(part.substr(std::min(equals + 1, part.size())));
  }
  while (std::getline(lines, line) && line != "\r") {
    const auto colon = std::min(line.find(':'), line.size());
    auto name = line.substr(0, colon);
    for (auto& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (colon + 2 < line.size())
      request.headers[name] = line.substr(colon + 2, line.size() - colon - 3);
  }
  return request;
}

ScimReply error(int status, const std::string& detail, const std::string& type = "") {
  json told{{"schemas", {std::string(api) + "Error"}},
            {"status", std::to_string(status)},
            {"detail", detail}};
  if (!type.empty()) told["scimType"] = type;
  return scim_reply(status, told.dump());
}

}  // namespace

ScimReply scim_reply(int status, const std::string& content, const std::string& headers) {
  return {
      fmt::format("HTTP/1.1 {} As-It-Is\r\nContent-Type: application/scim+json\r\n"
                  "Content-Length: {}\r\n{}\r\n{}",
                  status, content.size(), headers, content)};
}

// ---- the wire
// ------------------------------------------------------------------------------------------

ScimServer::ScimServer(std::shared_ptr<asio::ssl::context> tls, std::uint16_t port)
    : acceptor_(io_, {asio::ip::make_address("127.0.0.1"), port}),
      tls_(std::move(tls)),
      clock_(*read_stamp("2026-08-17T10:00:00Z")) {}

ScimServer::~ScimServer() { io_.stop(); }

void ScimServer::start() {
  thread_ = std::jthread([this] { run(); });
}

void ScimServer::run() {
  asio::co_spawn(io_, listen(), asio::detached);
  io_.run();
}

std::string ScimServer::url() const {
  return fmt::format("{}://localhost:{}/scim/v2", tls_ ? "https" : "http", port());
}

asio::awaitable<void> ScimServer::listen() {
  for (;;) {
    auto socket = co_await acceptor_.async_accept(use_awaitable);
    if (tls_) {
      auto stream = std::make_shared<asio::ssl::stream<tcp::socket>>(std::move(socket), *tls_);
      const auto greet = [](auto its_stream, auto* self) -> asio::awaitable<void> {
        co_await its_stream->async_handshake(asio::ssl::stream_base::server, use_awaitable);
        co_await self->converse(its_stream);
      };
      asio::co_spawn(io_, greet(stream, this), asio::detached);
    } else {
      asio::co_spawn(io_, converse(std::make_shared<tcp::socket>(std::move(socket))),
                     asio::detached);
    }
  }
}

// Until the other side ends it, which an exception tells.
template <class Stream>
asio::awaitable<void> ScimServer::converse(std::shared_ptr<Stream> stream) {
  for (std::string buffer;;) {
    const auto head = co_await asio::async_read_until(*stream, asio::dynamic_buffer(buffer),
                                                      "\r\n\r\n", use_awaitable);
    auto request = read_head(buffer.substr(0, head));
    buffer.erase(0, head);
    const auto length = number(request.headers, "content-length", 0);
    if (buffer.size() < length)
      co_await asio::async_read(*stream, asio::dynamic_buffer(buffer),
                                asio::transfer_exactly(length - buffer.size()), use_awaitable);
    request.content = buffer.substr(0, length);
    buffer.erase(0, length);
    auto reply = scripted(request);
    if (!reply) reply = answer(request);
    const bool goes_on = co_await say(*stream, *reply);
    if (!goes_on) co_return;
  }
}

template <class Stream>
asio::awaitable<bool> ScimServer::say(Stream& stream, const ScimReply& reply) {
  asio::steady_timer timer(io_);
  if (reply.then == ScimReply::Then::drip) {
    for (const char c : reply.octets) {
      co_await asio::async_write(stream, asio::buffer(&c, 1), use_awaitable);
      timer.expires_after(std::chrono::milliseconds(100));
      co_await timer.async_wait(use_awaitable);
    }
  } else {
    co_await asio::async_write(stream, asio::buffer(reply.octets), use_awaitable);
  }
  if (reply.then == ScimReply::Then::hang) {
    timer.expires_after(std::chrono::hours(1));
    co_await timer.async_wait(use_awaitable);
  }
  co_return reply.then == ScimReply::Then::keep;
}

std::optional<ScimReply> ScimServer::scripted(const ScimRequest& request) {
  Script script;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    script = script_;
  }
  return script ? script(request) : std::nullopt;
}

// ---- SCIM
// ------------------------------------------------------------------------------------------

std::string ScimServer::date_line() const {
  if (!can_.has_clock) return "";
  return fmt::format("Date: {:%a, %d %b %Y %H:%M:%S} GMT\r\n",
                     fmt::gmtime(clock_.time_since_epoch().count()));
}

std::string ScimServer::tag_of(const User& user) const {
  return "W/\"" + std::to_string(user.version) + "\"";
}

json ScimServer::shown(const User& user) const {
  auto told = user.attributes;
  told["schemas"] = {"urn:ietf:params:scim:schemas:core:2.0:User", school};
  told["meta"] = {{"resourceType", "User"}};
  if (can_.users_have_stamps) told["meta"]["lastModified"] = written_stamp(user.changed);
  if (can_.users_have_versions) told["meta"]["version"] = tag_of(user);
  return told;
}

ScimReply ScimServer::answer(const ScimRequest& request) {
  const std::lock_guard lock(mutex_);
  const std::string base = "/scim/v2", users = base + "/Users";
  const auto token = request.headers.find("authorization");
  if (token == request.headers.end() || token->second != "Bearer the-right-token")
    return error(401, "not with " + (token == request.headers.end() ? "none" : token->second));
  if (request.path == base + "/ServiceProviderConfig") return abilities_told();
  if (request.path == users) return list(request);
  if (!request.path.starts_with(users + "/")) return scim_reply(404, "<html>not here</html>");
  const auto id = request.path.substr(users.size() + 1);
  const auto found = users_.find(id);
  if (found == users_.end()) return error(404, "no user " + id);
  if (request.method == "PATCH") return patch(request, id);
  return scim_reply(200, shown(found->second).dump(),
                    date_line() + "ETag: " + tag_of(found->second) + "\r\n");
}

ScimReply ScimServer::abilities_told() {
  const json told{{"schemas", {"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"}},
                  {"patch", {{"supported", can_.patch}}},
                  {"filter", {{"supported", can_.filter}, {"maxResults", can_.most_results}}},
                  {"sort", {{"supported", can_.sort}}},
                  {"etag", {{"supported", can_.etag}}},
                  {"changePassword", {{"supported", can_.change_password}}}};
  return scim_reply(200, told.dump(), date_line());
}

ScimReply ScimServer::list(const ScimRequest& request) {
  accounts::Instant from{};
  if (const auto filter = request.query.find("filter"); filter != request.query.end()) {
    const std::string front = "meta.lastModified ge \"";
    const auto& text = filter->second;
    if (!text.starts_with(front) || !text.ends_with('"')) return error(400, text, "invalidFilter");
    from = *read_stamp(text.substr(front.size(), text.size() - front.size() - 1));
  }
  auto ids = order_;
  if (request.query.contains("sortBy") && can_.sort) std::ranges::sort(ids);
  std::erase_if(ids, [&](const auto& id) { return users_.at(id).changed < from; });
  const auto start = std::max<std::size_t>(1, number(request.query, "startIndex", 1));
  const auto most = std::min(number(request.query, "count", 100), can_.most_results);
  json resources = json::array();
  for (auto i = start - 1; i < ids.size() && resources.size() < most; ++i)
    resources.push_back(shown(users_.at(ids[i])));
  const json told{{"schemas", {std::string(api) + "ListResponse"}},
                  {"totalResults", ids.size()},
                  {"startIndex", start},
                  {"itemsPerPage", resources.size()},
                  {"Resources", resources}};
  return scim_reply(200, told.dump(), date_line());
}

ScimReply ScimServer::patch(const ScimRequest& request, const std::string& id) {
  auto& user = users_.at(id);
  const auto wanted = request.headers.find("if-match");
  if (can_.heeds_if_match && wanted != request.headers.end() && wanted->second != "*" &&
      wanted->second != tag_of(user))
    return error(412, "it is " + tag_of(user));
  const auto content = json::parse(request.content);
  const auto& operation = content.at("Operations").at(0);
  if (operation.at("op") != "replace" || operation.at("path") != "password")
    return error(400, "only passwords", "invalidPath");
  const auto password = operation.at("value").get<std::string>();
  if (password.size() < 8) return error(400, "too short: " + password, "invalidValue");
  user.password = password;
  if (can_.versions_passwords) stamp(id, user);
  const auto tag = "ETag: " + tag_of(user) + "\r\n";
  if (can_.patched == Abilities::Patched::nothing) return scim_reply(204, "");
  if (can_.patched == Abilities::Patched::etag_only) return scim_reply(204, "", tag);
  return scim_reply(200, shown(user).dump(), date_line() + tag);
}

// ---- its users
// ------------------------------------------------------------------------------------------

void ScimServer::stamp(const std::string& id, User& user) {
  ++user.version;
  user.changed = clock_;
  std::erase(order_, id);
  order_.insert(can_.changed_go_last ? order_.end() : order_.begin(), id);
}

void ScimServer::put(const std::string& id, json attributes) {
  const std::lock_guard lock(mutex_);
  attributes["id"] = id;
  if (!users_.contains(id)) order_.push_back(id);
  users_[id] = {std::move(attributes), 1, clock_, ""};
}

void ScimServer::change(const std::string& id, const std::function<void(json&)>& how) {
  const std::lock_guard lock(mutex_);
  how(users_.at(id).attributes);
  stamp(id, users_.at(id));
}

void ScimServer::erase(const std::string& id) {
  const std::lock_guard lock(mutex_);
  users_.erase(id);
  std::erase(order_, id);
}

std::string ScimServer::version_of(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return tag_of(users_.at(id));
}

std::string ScimServer::password_of(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return users_.at(id).password;
}

void ScimServer::set_clock(accounts::Instant at) {
  const std::lock_guard lock(mutex_);
  clock_ = at;
}

void ScimServer::set_script(Script script) {
  const std::lock_guard lock(mutex_);
  script_ = std::move(script);
}

void ScimServer::set_abilities(const Abilities& abilities) {
  const std::lock_guard lock(mutex_);
  can_ = abilities;
}

std::vector<ScimRequest> ScimServer::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t ScimServer::count(const std::string& method) {
  const auto all = requests();
  return static_cast<std::size_t>(std::ranges::count(all, method, &ScimRequest::method));
}

}  // namespace pulih::directory
