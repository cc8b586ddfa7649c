// See talk.hpp and docs/sync.md. The gateway speaks first and names the dictionaries that it knows;
// the hub's preface says which of them it uses. Neither waits for the other's preface to write its
// own messages: a gateway's are compressed with the newest dictionary that it named.
#include "daemon/hub/talk.hpp"

#include <algorithm>

#include "daemon/hub/dictionary.hpp"

namespace pulih::hub {
namespace {

// A piece of the bulk lane holds the link for half a second at most where it has 64 kbit/s.
constexpr std::size_t most_bulk_piece = 4'096 - frame_head;
constexpr std::size_t most_dictionaries = 16;
constexpr std::size_t most_farewell_text = 600;
constexpr std::size_t most_control = 64;  // pongs that wait for a peer that does not read

std::size_t index(Lane lane) { return static_cast<std::size_t>(lane); }

Fault wrong(Farewell code, std::string what) { return {code, std::move(what)}; }

}  // namespace

Talk::Talk(Side side) : side_(side), dictionary_out_(newest_dictionary) {
  if (side_ == Side::gateway) say_preface();
}

void Talk::control(Kind kind, std::span<const std::uint8_t> payload) {
  control_.push_back(encode(kind, true, payload));
}

void Talk::say_preface() {
  Octets payload(protocol_name.begin(), protocol_name.end());
  const auto two = [&](std::uint16_t value) {
    payload.push_back(static_cast<std::uint8_t>(value >> 8));
    payload.push_back(static_cast<std::uint8_t>(value));
  };
  payload.push_back(protocol_version);
  two(dictionary_out_);
  payload.push_back(1);  // so many we can read
  two(newest_dictionary);
  control(Kind::preface, payload);
  greeting_said_ = true;
}

void Talk::send(Lane lane, Writer message) {
  auto& out = out_[index(lane)];
  out.octets += message.plain().size();
  out.messages.push_back(std::move(message));
}

void Talk::ping() {
  if (control_.size() < most_control) control(Kind::ping, {});
}

void Talk::farewell(const Fault& why) {
  if (ended_) return;
  ended_ = true;
  Octets payload = {static_cast<std::uint8_t>(static_cast<std::uint16_t>(why.code) >> 8),
                    static_cast<std::uint8_t>(why.code)};
  const auto text = std::string_view(why.what).substr(0, most_farewell_text);
  payload.insert(payload.end(), text.begin(), text.end());
  control_.clear();
  for (auto& out : out_) out = {};
  control(Kind::farewell, payload);
}

std::size_t Talk::waiting(Lane lane) const {
  const auto& out = out_[index(lane)];
  return out.octets + out.frames_left.size() - out.sent;
}

bool Talk::has_output() const {
  return has_urgent_output() || (greeting_said_ && out_[index(Lane::bulk)].has_output());
}

bool Talk::has_urgent_output() const {
  return !control_.empty() || (greeting_said_ && out_[index(Lane::urgent)].has_output());
}

Octets Talk::piece_of(Lane lane) {
  auto& out = out_[index(lane)];
  if (out.sent == out.frames_left.size()) {
    if (!out.compressor) out.compressor.emplace(*dictionary(dictionary_out_));
    out.octets -= out.messages.front().plain().size();
    out.frames_left = out.compressor->compress(out.messages.front());
    out.messages.pop_front();
    out.sent = 0;
  }
  const auto left = std::span<const std::uint8_t>(out.frames_left).subspan(out.sent);
  const auto piece =
      left.first(std::min(left.size(), lane == Lane::urgent ? most_payload : most_bulk_piece));
  auto frame =
      encode(lane == Lane::urgent ? Kind::urgent : Kind::bulk, piece.size() == left.size(), piece);
  out.sent += piece.size();
  return frame;
}

std::optional<Octets> Talk::next_frame() {
  if (!control_.empty()) {
    auto frame = std::move(control_.front());
    control_.pop_front();
    return frame;
  }
  if (!greeting_said_) return std::nullopt;
  for (const auto lane : {Lane::urgent, Lane::bulk})
    if (out_[index(lane)].has_output()) return piece_of(lane);
  return std::nullopt;
}

tl::expected<void, Fault> Talk::receive(std::span<const std::uint8_t> octets) {
  reader_.add(octets);
  while (!heard_farewell_) {
    const auto frame = reader_.next();
    if (!frame) return tl::unexpected(frame.error());
    if (!*frame) break;
    if (auto taken = take(**frame); !taken) return taken;
  }
  return {};
}

tl::expected<void, Fault> Talk::take(const Frame& frame) {
  if (frame.kind == Kind::farewell) {
    if (frame.payload.size() < 2)
      return tl::unexpected(wrong(Farewell::garbled, "a farewell without a code"));
    // A peer's words end in a journal: what is no printable ASCII of them is left out.
    std::string text(frame.payload.begin() + 2, frame.payload.end());
    std::erase_if(text, [](char c) { return c < ' ' || c > '~'; });
    const auto code = static_cast<std::uint16_t>(frame.payload[0] << 8 | frame.payload[1]);
    if (text.empty()) text = "farewell " + std::to_string(code);
    heard_farewell_ = Fault{static_cast<Farewell>(code), text.substr(0, most_farewell_text)};
    return {};
  }
  if (frame.kind == Kind::preface) return take_preface(frame.payload);
  if (!greeted()) return tl::unexpected(wrong(Farewell::garbled, "the first frame is no preface"));
  switch (frame.kind) {
    case Kind::ping:
    case Kind::pong:
      if (!frame.payload.empty())
        return tl::unexpected(wrong(Farewell::garbled, "a ping or pong with a payload"));
      if (frame.kind == Kind::pong) return {};
      if (!ended_ && control_.size() < most_control) control(Kind::pong, {});
      return {};
    case Kind::urgent:
      return take_piece(Lane::urgent, frame);
    case Kind::bulk:
      return take_piece(Lane::bulk, frame);
    default:
      return {};
  }
}

tl::expected<void, Fault> Talk::take_preface(std::span<const std::uint8_t> payload) {
  Reader in(payload);
  if (greeted()) return tl::unexpected(wrong(Farewell::garbled, "a second preface"));
  if (in.chars(protocol_name.size()) != protocol_name)
    return tl::unexpected(wrong(Farewell::garbled, "the peer speaks another protocol"));
  const auto version = in.octet();
  if (in.good() && version != protocol_version)
    return tl::unexpected(wrong(
        Farewell::version,
        "the peer speaks version " + std::to_string(version) + ", this side speaks version 1"));
  const auto two = [&] {
    const std::uint16_t high = in.octet();
    return static_cast<std::uint16_t>(high << 8 | in.octet());
  };
  const auto used = two();
  std::vector<std::uint16_t> known(std::min<std::size_t>(in.octet(), most_dictionaries));
  for (auto& each : known) each = two();
  if (!in.good()) return tl::unexpected(wrong(Farewell::garbled, "a preface that is too short"));
  if (!dictionary(used))
    return tl::unexpected(
        wrong(Farewell::version, "dictionary " + std::to_string(used) + " is not known here"));
  if (side_ == Side::hub) {
    const auto ours = std::ranges::find_if(
        known, [](std::uint16_t number) { return dictionary(number).has_value(); });
    if (ours == known.end())
      return tl::unexpected(
          wrong(Farewell::version, "none of the peer's dictionaries is known here"));
    dictionary_out_ = *ours;
    say_preface();
  }
  dictionary_in_ = used;
  return {};
}

tl::expected<void, Fault> Talk::take_piece(Lane lane, const Frame& frame) {
  auto& in = in_[index(lane)];
  if (!in)
    in.emplace(*dictionary(*dictionary_in_),
               side_ == Side::hub ? most_request_octets : most_answer_octets);
  if (!in->add(frame.payload))
    return tl::unexpected(
        wrong(Farewell::message, "a message that cannot be expanded, or is longer than allowed"));
  if (frame.last) heard_.push_back({lane, in->take()});
  return {};
}

std::optional<Talk::Heard> Talk::next_message() {
  if (heard_.empty()) return std::nullopt;
  auto heard = std::move(heard_.front());
  heard_.pop_front();
  return heard;
}

}  // namespace pulih::hub
