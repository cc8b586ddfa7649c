// See reading.hpp. yaml-cpp takes the last of two equal keys and the first of two documents without
// a word, so both are looked for here.
#include "config/reading.hpp"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <sstream>
#include <tuple>

namespace pulih::config {

// Marks count from 0; a node that stands nowhere has -1 and means the top of the file.
void Findings::add(std::vector<ConfigError>& list, const YAML::Mark& where, Fault fault) const {
  list.push_back({file_, std::max(where.line, 0) + 1, std::max(where.column, 0) + 1,
                  std::move(fault.what), std::move(fault.hint)});
}

std::vector<ConfigError> Findings::in_order(std::vector<ConfigError> list) {
  std::ranges::stable_sort(
      list, {}, [](const ConfigError& each) { return std::tuple(each.line, each.column); });
  return list;
}

namespace {

// Notes where documents begin, and nothing else.
class DocumentStarts : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { last = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  YAML::Mark last;
};

}  // namespace

// Not YAML::LoadAll: on a text like ", a: b" yaml-cpp 0.7 finds documents without end. Its messages
// name no content of the file, so that they cannot repeat a secret.
std::optional<YAML::Node> read_document(const std::string& text, Findings& findings) try {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStarts starts;
  if (!parser.HandleNextDocument(starts)) {
    findings.error({}, {"the file is empty", "begin with the documented default file"});
    return std::nullopt;
  }
  if (parser.HandleNextDocument(starts)) {
    findings.error(starts.last, {"a second document begins here",
                                 "one file holds one document, without lines that are ---"});
    return std::nullopt;
  }
  return YAML::Load(text);
} catch (const YAML::Exception& broken) {
  findings.error(broken.mark,
                 {"this is not YAML: " + broken.msg,
                  "look for a missing bracket, quotation mark or space after a colon"});
  return std::nullopt;
}

Section::Section(Findings& findings, const YAML::Node& node, std::string title, Keys keys)
    : findings_(&findings), title_(std::move(title)), keys_(keys), mark_(node.Mark()) {
  if (node.IsNull()) return;  // a section whose lines are all commented out
  is_mapping_ = node.IsMap();
  if (!is_mapping_) {
    findings.error(mark_, {title_ + " is not a mapping", "lines of the form key: value"});
    return;
  }
  for (const auto& pair : node) {
    if (!pair.first.IsScalar()) {
      findings.error(pair.first.Mark(), {"a key that is not a word", "key: value"});
      continue;
    }
    const auto& key = pair.first.Scalar();
    if (std::ranges::find(entries_, key, &Entry::key) == entries_.end())
      entries_.push_back({key, pair.first.Mark(), pair.second});
    else
      findings.error(pair.first.Mark(), {(keys == Keys::open ? "'" + key + "'" : "a key") +
                                             " stands twice in " + title_,
                                         "remove one of the two"});
  }
}

const YAML::Node* Section::find(std::string_view key) {
  if (std::ranges::find(known_, key) == known_.end()) known_.push_back(key);
  const auto entry = std::ranges::find(entries_, key, &Entry::key);
  return entry == entries_.end() ? nullptr : &entry->value;
}

const YAML::Node* Section::find_list(std::string_view key) {
  const auto* node = find(key);
  if (node == nullptr || node->IsSequence()) return node;
  error(key, {std::string(key) + " is not a list", "[one, two]"});
  return nullptr;
}

// A value that is left out stands nowhere: its key does.
YAML::Mark Section::mark(std::string_view key) const {
  const auto entry = std::ranges::find(entries_, key, &Entry::key);
  if (entry == entries_.end()) return mark_;
  return entry->value.IsNull() ? entry->key_mark : entry->value.Mark();
}

std::optional<std::string_view> Section::scalar(const YAML::Node& node, std::string_view key) {
  if (node.IsScalar()) return node.Scalar();
  const bool absent = node.IsNull();
  findings_->error(absent ? mark(key) : node.Mark(),
                   {std::string(key) + (absent ? " has no value" : " is not a single value"),
                    absent ? "give it one, or remove the line for the default"
                           : "one value, no list or mapping"});
  return std::nullopt;
}

std::optional<Section> Section::section(std::string_view key, Keys keys) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  return Section(*findings_, *node, std::string(key), keys);
}

std::vector<Section> Section::sections(std::string_view key, std::string_view title) {
  std::vector<Section> found;
  const auto* list = find_list(key);
  if (list == nullptr) return found;
  for (const auto& node : *list) found.emplace_back(*findings_, node, std::string(title));
  if (found.empty()) error(key, {"no " + std::string(title), "at least one is needed"});
  return found;
}

bool Section::require(std::string_view key, std::string_view hint) {
  if (has(key)) return true;
  if (!is_mapping_) return false;  // which has been said already
  findings_->error(mark_, {title_ + " has no '" + std::string(key) + "'", std::string(hint)});
  return false;
}

void Section::refuse(std::string_view key, Fault fault) {
  if (has(key)) error(key, std::move(fault));
}

void Section::finish() {
  for (const auto& entry : entries_) {
    if (std::ranges::find(known_, entry.key) != known_.end()) continue;
    if (keys_ == Keys::confidential) {
      std::string names;
      for (const auto name : known_) names += (names.empty() ? "" : ", ") + std::string(name);
      findings_->error(entry.key_mark, {"unknown key in " + title_, "one of " + names});
      continue;
    }
    const auto meant = nearest(entry.key, known_);
    findings_->error(entry.key_mark,
                     {"unknown key '" + entry.key + "' in " + title_,
                      meant.empty() ? "remove it" : "did you mean '" + std::string(meant) + "'?"});
  }
}

}  // namespace pulih::config
