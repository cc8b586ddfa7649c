// See postgresql_link.hpp. The waits are our own: libpq's connect_timeout does not hold for
// PQconnectPoll, and a dead link shows itself only in what does not arrive.
#include "daemon/central/postgresql_link.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <utility>

#include "daemon/accounts/hexadecimal.hpp"
#include "daemon/accounts/registers.hpp"

namespace pulih::central {
namespace {

using Kind = Unavailable::Kind;

// What a code of the server's means to a gateway (PostgreSQL manual, appendix A).
struct Meaning {
  std::string_view code;  // the front of an SQLSTATE
  Kind kind;
  std::string_view what, hint;
};
constexpr Meaning meanings[] = {
    {"PU001", Kind::fenced, "another copy of this gateway has taken its place",
     "stop the copy that is not to serve; if it is this one that is: pulihctl central admit SITE"},
    {"PU002", Kind::refused, "this gateway is not enrolled there",
     "the database's owner types: pulihctl central enrol SITE --region REGION"},
    {"PU003", Kind::refused, "the database refuses this request as none that a gateway makes",
     "bring both to one release"},
    {"PU004", Kind::refused, "the passwords of its accounts are kept in a directory",
     "reach it through the hub that has the section directory in its configuration"},
    {"28", Kind::refused, "the server does not accept this user or its password",
     "the file that central.password names, the user in central.uri, and pg_hba.conf there"},
    {"3D000", Kind::refused, "there is no such database", "the database in central.uri"},
    {"42501", Kind::refused, "this user has no right to it",
     "use the login that pulihctl central enrol made"},
    {"42883", Kind::refused, "the database lacks a function of this release",
     "the database's owner types: pulihctl central init"},
    {"3F000", Kind::refused, "the database has no schema pulih",
     "the database's owner types: pulihctl central init"},
    {"42P01", Kind::refused, "the database lacks a table of this release",
     "the database's owner types: pulihctl central init"},
    {"53300", Kind::away, "the server has no connection left", "max_connections there"},
    {"57P", Kind::away, "the server is starting or stopping", "it is tried again"},
    {"53", Kind::away, "the server is out of disk, memory or another resource",
     "look into the server's log"},
    {"25006", Kind::away, "the server is a standby and takes no changes",
     "name the primary in central.uri, or all servers, separated by commas"},
};
constexpr Meaning any_other = {"", Kind::away, "the server could not do it",
                               "the server's log tells more"};

const Meaning& meaning_of(std::string_view code) {
  for (const auto& meaning : meanings)
    if (code.starts_with(meaning.code)) return meaning;
  return any_other;
}

std::string sentence(std::string_view where, std::string_view what, std::string_view hint) {
  std::string text("central database ");
  return text.append(where).append(": ").append(what).append("; ").append(hint);
}

// The first line of what libpq says, without the end of it.
std::string_view first_line(const char* text) {
  const std::string_view all(text == nullptr ? "" : text);
  return all.substr(0, all.find('\n'));
}

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

// "host:port/database", from the parts of a URI that name no person and no secret; empty: it is
// none. What libpq would say of it may repeat a password.
std::string where_of(const std::string& uri) {
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(
      PQconninfoParse(uri.c_str(), nullptr));
  if (!options) return "";
  std::string host, port, database;
  for (const auto* each = options.get(); each != nullptr && each->keyword != nullptr; ++each) {
    const std::string_view keyword(each->keyword);
    const std::string value(each->val == nullptr ? "" : each->val);
    if (keyword == "host") host = value;
    if (keyword == "port" && !value.empty()) port = ":" + value;
    if (keyword == "dbname") database = value;
  }
  return host + port + "/" + database;
}

void ignore_notice(void*, const PGresult*) {}

}  // namespace

// ---- answers

void PostgresqlAnswer::Clear::operator()(pg_result* result) const { PQclear(result); }

int PostgresqlAnswer::rows() const { return PQntuples(result_.get()); }

std::optional<std::string_view> PostgresqlAnswer::text(int row, int column) const {
  if (row >= PQntuples(result_.get()) || column >= PQnfields(result_.get()) ||
      PQgetisnull(result_.get(), row, column) != 0)
    return std::nullopt;
  return std::string_view(PQgetvalue(result_.get(), row, column),
                          static_cast<std::size_t>(PQgetlength(result_.get(), row, column)));
}

std::optional<std::int64_t> PostgresqlAnswer::integer(int row, int column) const {
  const auto written = text_or_empty(row, column);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), value);
  if (error != std::errc{} || end != written.data() + written.size()) return std::nullopt;
  return value;
}

bool PostgresqlAnswer::read_octets(std::string_view written, std::span<std::uint8_t> into) {
  return written.starts_with("\\x") && accounts::read_hex(written.substr(2), into);
}

std::string bytea(std::span<const std::uint8_t> octets) { return "\\x" + accounts::in_hex(octets); }

// PostgreSQL manual, 8.15.2: every element in quotes, so that none is taken for NULL.
std::string array_of(std::span<const PostgresqlParameter> elements) {
  std::string written = "{";
  for (const auto& element : elements) {
    if (written.size() > 1) written += ',';
    if (!element) {
      written += "NULL";
      continue;
    }
    written += '"';
    for (const char octet : *element) {
      if (octet == '"' || octet == '\\') written += '\\';
      written += octet;
    }
    written += '"';
  }
  return written += '}';
}

// ---- the connection

void PostgresqlLink::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }

PostgresqlLink::PostgresqlLink(PostgresqlPlace place)
    : place_(std::move(place)), where_(where_of(place_.uri)) {
  try {
    wait_ = std::make_unique<SocketWait>();
  } catch (const std::exception& error) {
    throw Unavailable{away(error.what(), "see LimitNOFILE= of pulihd.service")};
  }
}

void PostgresqlLink::close() {
  if (!connection_) return;
  count_traffic();
  closed_ = traffic();
  wait_->let_go();
  connection_.reset();
}

void PostgresqlLink::count_traffic() {
  const auto traffic = tcp_traffic(PQsocket(connection_.get()));
  if (!traffic) return;
  in_ = closed_.in + traffic->in;
  out_ = closed_.out + traffic->out;
}

tl::expected<void, Unavailable> PostgresqlLink::open() {
  close();
  if (where_.empty())
    return tl::unexpected(
        Unavailable{"the URI of the central database cannot be read; it is written like "
                    "postgresql://pulih_site_nabire@db.example.org/accounts",
                    Kind::refused});
  // What stands before dbname is a default that the URI may change, what stands after is ours.
  // Without a word in the URI nothing goes over a network that is not encrypted and proven.
  const std::array keywords = {"sslmode",
                               "gssencmode",
                               "target_session_attrs",
                               "dbname",
                               "password",
                               "application_name",
                               "keepalives_idle",
                               "tcp_user_timeout",
                               "client_encoding",
                               static_cast<const char*>(nullptr)};
  const std::string password(place_.password.reveal());
  const std::array values = {"verify-full",
                             "disable",
                             "read-write",
                             place_.uri.c_str(),
                             password.c_str(),
                             place_.called.c_str(),
                             "30",
                             "45000",
                             "UTF8",
                             static_cast<const char*>(nullptr)};
  connection_.reset(PQconnectStartParams(keywords.data(), values.data(), 1));
  if (!connection_) return tl::unexpected(away("out of memory", "give this machine more"));
  // Codes, not texts: those may repeat what was sent, and are in the server's language.
  PQsetErrorVerbosity(connection_.get(), PQERRORS_SQLSTATE);
  PQsetNoticeReceiver(connection_.get(), ignore_notice, nullptr);
  if (PQstatus(connection_.get()) == CONNECTION_BAD) return tl::unexpected(not_connected());
  for (auto next = PGRES_POLLING_WRITING; next != PGRES_POLLING_OK;) {
    if (next == PGRES_POLLING_FAILED) return tl::unexpected(not_connected());
    // The socket may be another one after each step: another address, or once more without TLS.
    const auto waited =
        wait(next == PGRES_POLLING_READING ? SocketWait::For::reading : SocketWait::For::writing);
    if (!waited) return tl::unexpected(waited.error());
    wait_->let_go();
    next = PQconnectPoll(connection_.get());
  }
  if (PQsetnonblocking(connection_.get(), 1) != 0 || PQenterPipelineMode(connection_.get()) != 1)
    return tl::unexpected(lost("libpq cannot pipeline"));
  return {};
}

Unavailable PostgresqlLink::not_connected() {
  const auto said = first_line(PQerrorMessage(connection_.get()));
  const bool no_password = PQconnectionNeedsPassword(connection_.get()) != 0;
  // "FATAL:  28P01", since only codes were asked for; anything else is libpq's own, about this
  // machine, the network or TLS.
  const auto code_at = said.find("FATAL:  ");
  Unavailable why;
  if (no_password) {
    const auto& meaning = meaning_of("28");
    why = {sentence(where_, "the server asks for a password, and there is none",
                    "central.password in the configuration"),
           meaning.kind};
  } else if (code_at != said.npos) {
    const auto code = said.substr(code_at + 8, 5);
    const auto& meaning = meaning_of(code);
    why = {
        sentence(where_, std::string(meaning.what) + " (" + std::string(code) + ")", meaning.hint),
        meaning.kind};
  } else {
    why = away("no connection: " + std::string(said),
               "is it running, and can this machine reach it?");
  }
  close();
  return why;
}

tl::expected<void, Unavailable> PostgresqlLink::wait(SocketWait::For what) {
  accounts::clear_vector_registers();  // of what was read so far
  switch (wait_->wait(PQsocket(connection_.get()), what, place_.patience)) {
    case SocketWait::Ended::ready:
      return {};
    case SocketWait::Ended::interrupted:
      return tl::unexpected(lost("the gateway is stopping"));
    case SocketWait::Ended::impossible:
      return tl::unexpected(lost("its socket cannot be waited for"));
    case SocketWait::Ended::late:
      break;
  }
  return tl::unexpected(
      lost("nothing came for " + std::to_string(place_.patience.count() / 1000) + " s"));
}

Unavailable PostgresqlLink::away(std::string_view what, std::string_view hint) const {
  return {sentence(where_, what, hint), Kind::away};
}

Unavailable PostgresqlLink::lost(std::string_view what) {
  close();
  return away(what, "it is tried again");
}

Unavailable PostgresqlLink::fault(const pg_result* result) const {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view code(state == nullptr ? "" : state);
  const auto& meaning = meaning_of(code);
  std::string what(meaning.what);
  if (!code.empty()) what.append(" (").append(code).append(")");
  return {sentence(where_, what, meaning.hint), meaning.kind};
}

// ---- calls

tl::expected<PostgresqlAnswer, Unavailable> PostgresqlLink::run(PostgresqlCall call) {
  auto answers = run(std::span(&call, 1));
  if (!answers) return tl::unexpected(answers.error());
  return std::move(answers->front());
}

tl::expected<std::vector<PostgresqlAnswer>, Unavailable> PostgresqlLink::run(
    std::span<const PostgresqlCall> calls) {
  if (!connection_) return tl::unexpected(away("not connected", "it is tried again"));
  if (const auto sent = send(calls); !sent) return tl::unexpected(sent.error());
  auto answers = receive(calls.size());
  if (connection_) count_traffic();
  return answers;
}

// A sync after each call ends its transaction (34.5.1.1), and an error undoes that one only.
tl::expected<void, Unavailable> PostgresqlLink::send(std::span<const PostgresqlCall> calls) {
  for (const auto& call : calls) {
    std::vector<const char*> values;
    for (const auto& parameter : call.parameters)
      values.push_back(parameter ? parameter->c_str() : nullptr);
    if (PQsendQueryParams(connection_.get(), call.sql, static_cast<int>(values.size()), nullptr,
                          values.data(), nullptr, nullptr, 0) != 1 ||
        PQpipelineSync(connection_.get()) != 1)
      return tl::unexpected(lost("the connection broke"));
  }
  return {};
}

tl::expected<std::vector<PostgresqlAnswer>, Unavailable> PostgresqlLink::receive(
    std::size_t calls) {
  std::vector<PostgresqlAnswer> answers;
  std::optional<Unavailable> failed;
  // What the server said before it hung up tells more than that it did.
  const auto broke = [&] {
    const auto why = lost("the connection broke");
    return tl::unexpected(failed.value_or(why));
  };
  for (std::size_t synced = 0; synced < calls;) {
    const int unsent = PQflush(connection_.get());
    if (unsent < 0) return broke();
    if (PQisBusy(connection_.get()) != 0) {
      // The server may wait for us to read before it reads on.
      const auto waited = wait(unsent == 1 ? SocketWait::For::either : SocketWait::For::reading);
      if (!waited) return tl::unexpected(waited.error());
      if (PQconsumeInput(connection_.get()) != 1) return broke();
      continue;
    }
    PGresult* result = PQgetResult(connection_.get());
    if (result == nullptr) {  // the end of one call's results
      if (PQstatus(connection_.get()) == CONNECTION_BAD) return broke();
      continue;
    }
    PostgresqlAnswer answer(result);
    switch (PQresultStatus(result)) {
      case PGRES_PIPELINE_SYNC:
        ++synced;
        break;
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK:
        answers.push_back(std::move(answer));
        break;
      default:
        if (!failed) failed = fault(result);
        if (PQstatus(connection_.get()) == CONNECTION_BAD) return broke();
    }
  }
  if (failed) return tl::unexpected(std::move(*failed));
  if (answers.size() != calls) return tl::unexpected(lost("the server answered out of order"));
  return answers;
}

tl::expected<void, Unavailable> PostgresqlLink::script(const char* sql) {
  if (!connection_) return tl::unexpected(away("not connected", "it is tried again"));
  // The simple protocol is not for pipelines (34.5.1.1), and only it takes several statements.
  if (PQexitPipelineMode(connection_.get()) != 1 || PQsetnonblocking(connection_.get(), 0) != 0)
    return tl::unexpected(lost("the connection broke"));
  PQsetErrorVerbosity(connection_.get(), PQERRORS_DEFAULT);
  const PostgresqlAnswer answer(PQexec(connection_.get(), sql));
  const std::string said(first_line(PQerrorMessage(connection_.get())));
  if (PQstatus(connection_.get()) == CONNECTION_BAD) return tl::unexpected(lost(said));
  if (!said.empty()) {
    (void)PostgresqlAnswer(PQexec(connection_.get(), "ROLLBACK"));
    // A server that is shut down may be read to its last words first, and only then be gone.
    if (PQstatus(connection_.get()) == CONNECTION_BAD) return tl::unexpected(lost(said));
    return tl::unexpected(away(said, "nothing was changed"));
  }
  PQsetErrorVerbosity(connection_.get(), PQERRORS_SQLSTATE);
  if (PQsetnonblocking(connection_.get(), 1) != 0 || PQenterPipelineMode(connection_.get()) != 1)
    return tl::unexpected(lost("libpq cannot pipeline"));
  return {};
}

}  // namespace pulih::central
