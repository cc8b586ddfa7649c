// Our decoder beside libsmpp34: both read the same drawn PDUs of SMPP 3.4 and must tell the same
// fields, name by name. The PDUs keep to what that library knows; what it refuses all the same says
// nothing about ours, but it must not refuse much.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <sstream>

#include "tests/unit/smpp/drawn_pdu.hpp"
#include "tests/unit/smpp/octets.hpp"

namespace pulih::smpp {
namespace {

// The other reader, in a process of its own; a line out, a line back.
class Oracle {
 public:
  Oracle() {
    std::array<int, 2> to{}, from{};
    if (pipe(to.data()) != 0 || pipe(from.data()) != 0) throw std::runtime_error("pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
    for (const int end : {to[0], to[1], from[0], from[1]})
      posix_spawn_file_actions_addclose(&actions, end);
    std::string program = SMPP_ORACLE;
    std::array<char*, 2> arguments{program.data(), nullptr};
    const int failed =
        posix_spawn(&process_, SMPP_ORACLE, &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(to[0]);
    close(from[1]);
    questions_ = fdopen(to[1], "w");
    answers_ = fdopen(from[0], "r");
    if (failed != 0) throw std::runtime_error("cannot start " SMPP_ORACLE);
  }
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;
  ~Oracle() {
    std::fclose(questions_);
    std::fclose(answers_);
    waitpid(process_, nullptr, 0);
  }

  std::string read(Octets pdu) {
    std::fputs((hexadecimal(pdu) + "\n").c_str(), questions_);
    std::fflush(questions_);
    std::string answer;
    for (int letter = std::getc(answers_); letter != '\n'; letter = std::getc(answers_)) {
      if (letter == EOF) throw std::runtime_error("the oracle ended");
      answer.push_back(static_cast<char>(letter));
    }
    return answer;
  }

 private:
  pid_t process_ = 0;
  FILE* questions_ = nullptr;
  FILE* answers_ = nullptr;
};

// What libsmpp34 takes: values from its tables, one optional parameter, and shorter strings.
struct AsLibsmpp34Knows {
  static rc::Gen<std::uint8_t> octet(std::string_view name) {
    if (name.ends_with("_ton")) return rc::gen::inRange<std::uint8_t>(0, 7);
    if (name.ends_with("_npi"))
      return rc::gen::element<std::uint8_t>(0, 1, 3, 4, 6, 8, 9, 10, 14, 18);
    if (name == "interface_version") return rc::gen::just<std::uint8_t>(0x34);
    return rc::gen::arbitrary<std::uint8_t>();
  }
  static std::size_t longest(const Field& field) {
    if (field.name == field::password.name) return 8;
    return std::min<std::size_t>(field.most_octets - 1, 20);
  }
  static constexpr std::size_t longest_text = 253;
  static TlvWriter tlvs() {
    TlvWriter writer;
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        writer.put16(tag::user_message_reference, *rc::gen::arbitrary<std::uint16_t>());
        break;
      case 1:
        writer.put8(tag::sar_total_segments, *rc::gen::arbitrary<std::uint8_t>());
        break;
      case 2:
        writer.put(tag::message_payload, *rc::gen::arbitrary<std::vector<std::uint8_t>>());
        break;
      case 3:
        writer.put16(tag::its_session_info, *rc::gen::arbitrary<std::uint16_t>());
        break;
      default:
        break;
    }
    return writer;
  }
};

// What only some of its PDUs take.
void narrow(Pdu& pdu) {
  if (std::holds_alternative<Unknown>(pdu.body)) pdu.body = EnquireLink{};
  if (auto* deliver = std::get_if<DeliverSm>(&pdu.body))
    deliver->schedule_delivery_time = deliver->validity_period = {};
  if (auto* resp = std::get_if<DeliverSmResp>(&pdu.body)) resp->message_id = {};
  std::visit(
      []<class T>(T& body) {
        if constexpr (!OneOf<T, Unknown, SubmitSm, DeliverSm, DataSm, SubmitMulti>) body.tlvs = {};
      },
      pdu.body);
}

// A wire that tells every field in the oracle's notation.
class Teller {
 public:
  static constexpr bool fills = false;

  explicit Teller(std::ostringstream& told) : told_(told) {}

  void octet(std::string_view name, std::uint8_t value) { integer(name, value); }
  void integer(std::string_view name, std::uint32_t value) { told_ << ' ' << name << '=' << value; }
  void dest_flag(bool is_list) { integer("dest_flag", is_list ? 2 : 1); }
  void c_string(const Field& field, std::string_view value) { raw(field.name, octets_of(value)); }
  void secret(const Field& field, std::string_view value) { c_string(field, value); }
  void address(const Field& field, std::string_view value) { c_string(field, value); }
  void text(std::string_view length_name, std::string_view name, Octets value) {
    integer(length_name, static_cast<std::uint32_t>(value.size()));
    raw(name, value);
  }
  template <class Entry>
  void list(const Count& count, const std::vector<Entry>& entries) {
    integer(count.name, static_cast<std::uint32_t>(entries.size()));
    for (const Entry& entry : entries) layout(*this, entry);
  }
  void tlvs(const Tlvs& tlvs) {
    for (const Tlv tlv : tlvs) {
      integer("tag", tlv.tag);
      raw("value", tlv.value);
    }
  }
  void unread(Octets value) { raw("body", value); }

 private:
  void raw(std::string_view name, Octets value) {
    told_ << ' ' << name << '=' << hexadecimal(value);
  }

  std::ostringstream& told_;
};

std::string told(const Pdu& pdu) {
  std::ostringstream line;
  line << "command_id=" << command_id(pdu.body) << " command_status=" << pdu.status
       << " sequence_number=" << pdu.sequence;
  Teller teller(line);
  std::visit([&](const auto& body) { layout(teller, body); }, pdu.body);
  return line.str();
}

}  // namespace

TEST_CASE("libsmpp34 reads the same fields in our PDUs as we do", "[oracle]") {
  Oracle oracle;
  int asked = 0, compared = 0;
  const bool agree = rc::check("encode, let both read, compare", [&] {
    Drawn<AsLibsmpp34Knows> drawn;
    narrow(drawn.pdu());
    std::vector<std::uint8_t> wire;
    RC_ASSERT(encode(drawn.pdu(), wire).has_value());
    const auto read = decode(wire);
    RC_ASSERT(read.has_value());
    const std::string theirs = oracle.read(wire);
    ++asked;
    if (theirs.starts_with("refused")) return;
    ++compared;
    RC_ASSERT(theirs == told(*read));
  });
  CHECK(agree);
  CHECK(compared > asked * 9 / 10);
}

}  // namespace pulih::smpp
