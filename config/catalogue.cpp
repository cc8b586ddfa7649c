// See catalogue.hpp. A text is first resolved (conditions and the site's own words), then cut into
// pieces, then measured.
#include "config/catalogue.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include "config/reading.hpp"
#include "protocols/gsm/alphabet.hpp"

namespace pulih::config {

using conversation::name_of;
using conversation::Phrasebook;
using conversation::Slot;
using conversation::Text;

namespace {

constexpr std::size_t one_sms = 160;     // septets; 3GPP TS 23.040
constexpr std::size_t one_screen = 182;  // characters of a USSD string; 3GPP TS 23.038, 5

// The longest value that the dialogue ever puts into a blank.
std::string longest(Text text, Slot slot, const conversation::Zone& zone,
                    const std::map<Text, std::string>& fillers) {
  const auto longest_of = [&](char kind) {
    std::string found;
    for (const auto& [filler, words] : fillers)
      if (name_of(filler).front() == kind && words.size() > found.size()) found = words;
    return found;
  };
  switch (slot) {
    case Slot::kode:
      return "48291630";
    case Slot::n:
    case Slot::sisa:
    case Slot::k:
      return "3";
    case Slot::hp3:
      return "236";
    case Slot::em:
      return "b***@" + std::string(18, 'x');
    case Slot::akun:
      return "yun***10@guru.smk";
    case Slot::daftar:
      if (text == Text::U03 || text == Text::U04)
        return std::string(conversation::longest_choices, 'x');
      return "1=yun***10@guru.smk 2=yun***10@guru.smk 3=yun***10@guru.smk";
    case Slot::lap:
      return "1869899";
    case Slot::jam:
      return "10.42 " + zone.label;
    case Slot::tj:
      return "17-08 10.42 " + zone.label;
    case Slot::mnt:
      return "1440";
    case Slot::sandi:
      return std::string(27, 'x');  // four words of six letters and three dashes
    case Slot::jml:
      return "100";
    case Slot::min:
      return "100";
    case Slot::awal:
      return "upper";
    case Slot::status:
      return longest_of('S');
    case Slot::tunggu:
      return longest_of('W');
    default:
      return {};  // the site's own words are in the text already
  }
}

std::optional<Slot> slot_named(std::string_view name) {
  for (std::size_t i = 0; i < conversation::slot_count; ++i)
    if (name_of(static_cast<Slot>(i)) == name) return static_cast<Slot>(i);
  return std::nullopt;
}

class Reader {
 public:
  Reader(Findings& findings, const SiteWords& words, const conversation::Offers& offers,
         const conversation::Zone& zone)
      : findings_(findings), words_(words), offers_(offers), zone_(zone) {}

  Phrasebook::Texts read(const YAML::Node& texts) {
    Phrasebook::Texts made;
    std::map<Text, std::string> resolved;
    std::map<Text, YAML::Mark> places;
    for (const auto& entry : texts) {
      const auto key = entry.first.as<std::string>("");
      const auto text = text_named(key);
      if (!text) {
        error(entry.first.Mark(), "there is no text " + key,
              "the keys are M01 to M55, U01 to U25, S and W");
        continue;
      }
      if (resolved.contains(*text))
        error(entry.first.Mark(), key + " stands twice", "keep one of them");
      if (!entry.second.IsScalar()) {
        error(entry.second.Mark(), key + " is no text", "write it in quotation marks");
        continue;
      }
      places[*text] = entry.second.Mark();
      resolved[*text] = resolve(*text, entry.second.Scalar(), entry.second.Mark());
    }
    for (std::size_t i = 0; i < conversation::text_count; ++i) {
      const auto text = static_cast<Text>(i);
      if (!resolved.contains(text)) {
        error(texts.Mark(), "the text " + std::string(name_of(text)) + " is missing",
              "copy it from the catalogue that came with this release");
        continue;
      }
      made[i] = cut(text, resolved[text], places[text]);
      measure(text, made[i], resolved, places[text]);
    }
    return made;
  }

 private:
  void error(const YAML::Mark& where, std::string what, std::string hint) {
    findings_.error(where, {std::move(what), std::move(hint)});
  }

  static std::optional<Text> text_named(std::string_view name) {
    for (std::size_t i = 0; i < conversation::text_count; ++i)
      if (name_of(static_cast<Text>(i)) == name) return static_cast<Text>(i);
    return std::nullopt;
  }

  // "{surel? …}" and "{!operator? …}" stand or go; the site's own words are filled in.
  std::string resolve(Text text, const std::string& words, const YAML::Mark& where) {
    std::string resolved = words;
    const std::array<std::pair<std::string_view, bool>, 4> conditions = {
        {{"{surel?", offers_.email},
         {"{!surel?", !offers_.email},
         {"{operator?", offers_.school},
         {"{!operator?", !offers_.school}}};
    for (const auto& [opening, stands] : conditions) {
      for (auto at = resolved.find(opening); at != std::string::npos;
           at = resolved.find(opening, at)) {
        // A blank may stand inside, so braces are counted.
        std::size_t end = at + 1;
        for (int depth = 1; end < resolved.size() && depth > 0; ++end)
          depth += resolved[end] == '{' ? 1 : resolved[end] == '}' ? -1 : 0;
        if (resolved[end - 1] != '}' || end == at + 1) {
          error(where, std::string(name_of(text)) + ": " + std::string(opening) + " is not closed",
                "end it with }");
          return {};
        }
        const auto inner = resolved.substr(at + opening.size(), end - 1 - at - opening.size());
        resolved.replace(at, end - at, stands ? inner : std::string());
      }
    }
    const std::array<std::pair<std::string_view, const std::string*>, 4> own = {
        {{"{merek}", &words_.brand},
         {"{layanan}", &words_.service_hours},
         {"{biaya}", &words_.cost},
         {"{ussd}", &words_.ussd}}};
    for (const auto& [blank, value] : own)
      for (auto at = resolved.find(blank); at != std::string::npos;
           at = resolved.find(blank, at + value->size()))
        resolved.replace(at, blank.size(), *value);
    return resolved;
  }

  std::vector<Phrasebook::Piece> cut(Text text, const std::string& words, const YAML::Mark& where) {
    std::vector<Phrasebook::Piece> pieces;
    const auto given = conversation::slots_of(text);
    for (std::size_t at = 0; at < words.size();) {
      const auto opening = words.find('{', at);
      if (opening != at) pieces.push_back({words.substr(at, opening - at), false, {}});
      if (opening == std::string::npos) break;
      const auto closing = std::min(words.find('}', opening), words.size());
      const auto name = words.substr(opening + 1, closing - opening - 1);
      const auto slot = slot_named(name);
      if (!slot)
        error(where, std::string(name_of(text)) + ": there is no blank {" + name + "}",
              "see daemon/conversation/texts.hpp for their names");
      else if (std::find(given.begin(), given.end(), *slot) == given.end())
        error(where, std::string(name_of(text)) + ": {" + name + "} is not given for this text",
              "leave it out");
      else
        pieces.push_back({{}, true, *slot});
      at = closing + 1;
    }
    return pieces;
  }

  void measure(Text text, const std::vector<Phrasebook::Piece>& pieces,
               const std::map<Text, std::string>& resolved, const YAML::Mark& where) {
    std::string worst;
    for (const auto& piece : pieces)
      worst += piece.is_blank ? longest(text, piece.slot, zone_, resolved) : piece.literal;
    const std::string name(name_of(text));
    const auto septets = gsm::septets(worst);
    if (!septets)
      return error(where, name + ": " + septets.error().text(), "write it with other characters");
    const std::size_t most = name.front() == 'U' ? one_screen : one_sms;
    if (*septets > most)
      error(where,
            name + ": up to " + std::to_string(*septets) + " characters with the longest values",
            "at most " + std::to_string(most) + "; shorten it");
  }

  Findings& findings_;
  const SiteWords& words_;
  const conversation::Offers& offers_;
  const conversation::Zone& zone_;
};

}  // namespace

tl::expected<Phrasebook, std::vector<ConfigError>> read_catalogue(
    const std::filesystem::path& file, const SiteWords& words, const conversation::Offers& offers,
    const conversation::Zone& zone) {
  std::ifstream stream(file);
  if (!stream)
    return tl::unexpected(
        std::vector{ConfigError{file.string(), 0, 0, "cannot be read",
                                "set dialogue.folder to where id.yaml and en.yaml are"}});
  std::ostringstream text;
  text << stream.rdbuf();
  Findings findings(file.string());
  const auto document = read_document(text.str(), findings);
  if (!document) return tl::unexpected(findings.take_errors());
  std::array<std::string, 4> first;
  const std::array<const char*, 4> names = {"upper", "lower", "digit", "sign"};
  const auto first_node = (*document)["first_character"];
  for (std::size_t i = 0; i < first.size(); ++i) {
    const auto word = first_node && first_node.IsMap() ? first_node[names[i]] : YAML::Node();
    if (word && word.IsScalar()) first[i] = word.Scalar();
    if (first[i].empty() || first[i].size() > 5)
      findings.error(first_node ? first_node.Mark() : document->Mark(),
                     {std::string("first_character.") + names[i] + " is missing or too long",
                      "one word of at most five letters"});
  }
  const auto texts = (*document)["texts"];
  if (!texts || !texts.IsMap()) {
    findings.error(document->Mark(), {"texts is missing", "a list of keys and their texts"});
    return tl::unexpected(findings.take_errors());
  }
  auto read = Reader(findings, words, offers, zone).read(texts);
  if (!findings.clean()) return tl::unexpected(findings.take_errors());
  return Phrasebook(std::move(read), std::move(first), zone);
}

}  // namespace pulih::config
