// See mo_parts.hpp. The carrier that delivers one message at a time waits for our response to the
// first part before it sends the second: there the parts' lifetime ends the waiting, the person is
// told that her message was too long, and the second part is recognised when it comes.
#include "daemon/carriers/mo_parts.hpp"

#include <algorithm>

namespace pulih::carriers {

using engine::Ack;
using engine::Answer;

namespace {

// A straggler is known for so long; a telephone uses a reference again after 256 messages.
constexpr auto remembered_for = std::chrono::minutes{10};
constexpr std::size_t most_remembered = 1'000;

std::chrono::seconds since_start(MoParts::Moment now) {
  return std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
}

bool same_message(const gsm::Part& a, const gsm::Part& b) {
  return a.kind == b.kind && a.reference == b.reference && a.total == b.total;
}

// Where it begins within an octet is each part's own affair.
gsm::Encoding unpacked(gsm::Encoding how) {
  if (how.coding == gsm::Coding::gsm7_packed) how.coding = gsm::Coding::gsm7;
  how.fill = 0;
  return how;
}

void append(const gsm::Encoding& how, const accounts::WipedBytes& text, accounts::WipedBytes& out) {
  if (how.coding == gsm::Coding::gsm7_packed)
    gsm::unpack(
        text, gsm::sms_septets(text, how.fill), [&](std::uint8_t septet) { out.push_back(septet); },
        how.fill);
  else
    out.insert(out.end(), text.begin(), text.end());
}

// Characters may be cut by the border between two parts, so that what has one encoding is read in
// one piece.
accounts::Secret text_of(const auto& pieces) {
  accounts::WipedBytes octets;
  std::vector<char, accounts::WipingAllocator<char>> text;
  for (auto piece = pieces.begin(); piece != pieces.end();) {
    const auto encoding = unpacked(piece->second.encoding);
    octets.clear();
    for (; piece != pieces.end() && unpacked(piece->second.encoding) == encoding; ++piece)
      append(piece->second.encoding, piece->second.text, octets);
    gsm::decode_text(encoding, octets, [&](char c) { text.push_back(c); });
  }
  return accounts::Secret({text.data(), text.size()});
}

}  // namespace

MoParts::Outcome MoParts::add(const MoPart& part, const Ack& ack, Moment now) {
  const std::string_view octets(reinterpret_cast<const char*>(part.octets.data()),
                                part.octets.size());
  const Token token{ack,       part.carrier,    part.from,
                    part.part, part.carrier_id, keys_.text_tag(part.from.value(), octets)};
  Outcome out;
  if (known(token, out, now)) return out;
  tokens_.emplace(++last_token_, token);
  const std::string source = part.from.digits();
  return sorted(waiting_.add({source, "", part.part, part.encoding, part.octets, last_token_},
                             since_start(now)),
                now);
}

MoParts::Outcome MoParts::expire(Moment now) {
  while (!gone_.empty() && now - gone_.front().at >= remembered_for) gone_.pop_front();
  return sorted(waiting_.expire(since_start(now)), now);
}

std::optional<MoParts::Moment> MoParts::deadline() const {
  const auto next = waiting_.deadline();
  if (!next) return std::nullopt;
  return Moment(*next);
}

MoParts::Outcome MoParts::sorted(std::vector<Reassembly::Ended> ended, Moment now) {
  Outcome out;
  for (auto& message : ended) {
    std::vector<Token> tokens;
    for (const auto name : message.tokens) tokens.push_back(tokens_.extract(name).mapped());
    if (message.end == gsm::End::crowded_out)
      for (const auto& token : tokens) out.refused.push_back(token.ack);
    else
      hand_over(message, tokens, now, out);
  }
  return out;
}

void MoParts::hand_over(Reassembly::Ended& ended, std::vector<Token>& tokens, Moment now,
                        Outcome& out) {
  // The last one to come is answered soonest, and most likely over a link that still stands.
  const Token& main = tokens.back();
  engine::Inbound message;
  message.carrier = main.carrier;
  message.from = main.from;
  message.text = text_of(ended.pieces);
  message.multipart = ended.end != gsm::End::complete;
  message.ack = main.ack;
  const AckKey key{main.ack.link, main.ack.sequence};
  Gone gone{main.from, main.part, {}, key, now};
  auto& others = with_engine_[key];
  for (const auto& token : tokens) {
    gone.tags.emplace(token.part.number, token.text_tag);
    // Whichever order its parts come in, a message that comes again has the same id.
    if (token.part.number == 1) message.carrier_id = token.carrier_id;
    if (&token != &main) others.push_back(token.ack);
  }
  // What is missing of one that was superseded is the newer one's now.
  if (ended.end != gsm::End::superseded) gone_.push_back(std::move(gone));
  if (gone_.size() > most_remembered) gone_.pop_front();
  out.messages.push_back(std::move(message));
}

// A part of a message that has gone to the engine: the carrier repeats it, or it comes too late.
bool MoParts::known(const Token& token, Outcome& out, Moment now) {
  while (!gone_.empty() && now - gone_.front().at >= remembered_for) gone_.pop_front();
  const auto gone = std::ranges::find_if(gone_, [&](const Gone& each) {
    return each.from == token.from && same_message(each.part, token.part);
  });
  if (gone == gone_.end()) return false;
  const auto [tag, fresh] = gone->tags.emplace(token.part.number, token.text_tag);
  if (!fresh && tag->second != token.text_tag) {  // another message under the same reference
    gone_.erase(gone);
    return false;
  }
  if (const auto with_engine = with_engine_.find(gone->main); with_engine != with_engine_.end())
    with_engine->second.push_back(token.ack);
  else
    out.known.push_back(token.ack);
  return true;
}

std::vector<Ack> MoParts::answered(const Ack& ack, Answer how) {
  const auto found = with_engine_.find({ack.link, ack.sequence});
  if (found == with_engine_.end()) return {};
  // What was not kept comes again, and must then be heard anew.
  if (how != Answer::accepted)
    std::erase_if(gone_, [&](const Gone& gone) { return gone.main == found->first; });
  auto others = std::move(found->second);
  with_engine_.erase(found);
  return others;
}

}  // namespace pulih::carriers
