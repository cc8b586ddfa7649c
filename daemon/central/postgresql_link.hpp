// One connection to a PostgreSQL server, driven by libpq in pipeline mode (libpq, chapter 34.5) and
// waited for under Asio:
// calls go out together and each is a transaction of its own. It never waits for longer than its
// patience while nothing arrives, and whatever goes wrong is an Unavailable that says what, where
// and what to type, never a value that was sent.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/accounts/secret.hpp"
#include "daemon/central/central.hpp"
#include "daemon/central/socket_wait.hpp"
#include "daemon/central/tcp_traffic.hpp"

struct pg_conn;
struct pg_result;

namespace pulih::central {

struct PostgresqlPlace {
  std::string uri;            // postgresql://user@host/database?…, without a password
  accounts::Secret password;  // empty: the server asks for none, or libpq knows it (~/.pgpass)
  std::string called;         // application_name, for the database's owner
  // While nothing arrives. A link of 64 kbit/s with 1.6 s there and back needs some.
  std::chrono::milliseconds patience = std::chrono::seconds{60};
};

class PostgresqlAnswer {
 public:
  explicit PostgresqlAnswer(pg_result* result) : result_(result) {}

  int rows() const;
  // Nothing: NULL.
  std::optional<std::string_view> text(int row, int column) const;
  std::string_view text_or_empty(int row, int column) const {
    return text(row, column).value_or("");
  }
  // Nothing: NULL, or no number of this kind.
  std::optional<std::int64_t> integer(int row, int column) const;
  bool flag(int row, int column) const { return text_or_empty(row, column) == "t"; }
  // A bytea of exactly this size; nothing: it is not one.
  template <std::size_t N>
  std::optional<std::array<std::uint8_t, N>> octets(int row, int column) const {
    std::array<std::uint8_t, N> found{};
    if (!read_octets(text_or_empty(row, column), found)) return std::nullopt;
    return found;
  }

 private:
  static bool read_octets(std::string_view written, std::span<std::uint8_t> into);
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

// What a parameter is written as; NULL where there is nothing.
using PostgresqlParameter = std::optional<std::string>;
std::string bytea(std::span<const std::uint8_t> octets);
std::string array_of(std::span<const PostgresqlParameter> elements);

struct PostgresqlCall {
  const char* sql = "";  // one statement, with $1, $2, … for the parameters
  std::vector<PostgresqlParameter> parameters;
};

class PostgresqlLink {
 public:
  explicit PostgresqlLink(PostgresqlPlace place);
  PostgresqlLink(const PostgresqlLink&) = delete;
  PostgresqlLink& operator=(const PostgresqlLink&) = delete;
  ~PostgresqlLink() { close(); }

  bool is_open() const { return connection_ != nullptr; }
  // A new connection; one that was there is closed.
  tl::expected<void, Unavailable> open();
  void close();

  // The answers, in the order of the calls. When one fails the others were still done, or not: all
  // that is known is why that one failed. A broken connection is closed.
  tl::expected<std::vector<PostgresqlAnswer>, Unavailable> run(
      std::span<const PostgresqlCall> calls);
  tl::expected<PostgresqlAnswer, Unavailable> run(PostgresqlCall call);
  // Statements of the database's owner, without parameters and in one transaction; the error is in
  // the server's own words. It waits for as long as they take.
  tl::expected<void, Unavailable> script(const char* sql);

  // From another thread: what is under way fails now, and everything after it.
  void interrupt() { wait_->interrupt(); }

  // From any thread: of all its connections since the beginning; none of a socket in the file
  // system.
  TcpTraffic traffic() const { return {in_, out_}; }

  // For the owner's commands, which libpq helps (PQencryptPasswordConn).
  pg_conn* native() const { return connection_.get(); }

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  tl::expected<void, Unavailable> wait(SocketWait::For what);
  void count_traffic();
  tl::expected<void, Unavailable> send(std::span<const PostgresqlCall> calls);
  tl::expected<std::vector<PostgresqlAnswer>, Unavailable> receive(std::size_t calls);
  // Closes the connection.
  Unavailable lost(std::string_view what);
  Unavailable away(std::string_view what, std::string_view hint) const;
  Unavailable not_connected();
  Unavailable fault(const pg_result* result) const;

  const PostgresqlPlace place_;
  std::string where_;  // host and database
  std::unique_ptr<pg_conn, Finish> connection_;
  std::unique_ptr<SocketWait> wait_;
  TcpTraffic closed_;  // of the connections before this one
  std::atomic<std::uint64_t> in_ = 0, out_ = 0;
};

}  // namespace pulih::central
