// Reads a YAML document key by key and collects everything that is wrong with it, each with its
// place, so that an operator sees all errors at once. A key that nobody reads is an error too: a
// misspelt quota must not silently be the default.
#pragma once
#include <yaml-cpp/yaml.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/error.hpp"
#include "config/values.hpp"

namespace pulih::config {

// The findings of one file, in the order of its lines once taken.
class Findings {
 public:
  explicit Findings(std::string file) : file_(std::move(file)) {}

  void error(const YAML::Mark& where, Fault fault) { add(errors_, where, std::move(fault)); }
  void warning(const YAML::Mark& where, Fault fault) { add(warnings_, where, std::move(fault)); }
  std::vector<ConfigError> take_errors() { return in_order(std::move(errors_)); }
  std::vector<ConfigError> take_warnings() { return in_order(std::move(warnings_)); }
  bool clean() const { return errors_.empty(); }

 private:
  void add(std::vector<ConfigError>& list, const YAML::Mark& where, Fault fault) const;
  static std::vector<ConfigError> in_order(std::vector<ConfigError> list);

  std::string file_;
  std::vector<ConfigError> errors_, warnings_;
};

// The one document of `text`, or nothing; then the findings say why.
std::optional<YAML::Node> read_document(const std::string& text, Findings& findings);

// A mapping that is being read. `finish` ends it: what was not asked for until then is unknown.
class Section {
 public:
  // In a confidential section a key may be a secret typed in the wrong place: it is not repeated.
  enum class Keys { open, confidential };

  // `title` names it in messages: "limits", "carrier".
  Section(Findings& findings, const YAML::Node& node, std::string title, Keys keys = Keys::open);

  bool has(std::string_view key) { return find(key) != nullptr; }
  // Takes the key's value if it is there and right, and leaves `target` as it was if not.
  template <class T, class Parse>
  void read(std::string_view key, T& target, Parse parse) {
    const auto* node = find(key);
    if (node != nullptr) read_scalar(*node, key, target, parse);
  }
  // A list of such values; `target` is replaced by what was right.
  template <class T, class Parse>
  void read_list(std::string_view key, std::vector<T>& target, Parse parse) {
    const auto* list = find_list(key);
    if (list == nullptr) return;
    target.clear();
    for (const auto& node : *list) {
      T value{};
      if (read_scalar(node, key, value, parse)) target.push_back(std::move(value));
    }
  }
  // A mapping whose keys are values as well; `target` is replaced by what was right.
  template <class Key, class T, class ParseKey, class Parse>
  void read_map(std::string_view key, std::map<Key, T>& target, ParseKey parse_key, Parse parse) {
    auto its = section(key);
    if (!its) return;
    target.clear();
    for (const auto& entry : its->entries_) {
      auto name = parse_key(entry.key);
      T value{};
      if (!name)
        findings_->error(entry.key_mark,
                         {std::string(key) + ": " + name.error().what, name.error().hint});
      else if (its->read_scalar(entry.value, entry.key, value, parse) &&
               !target.emplace(*name, std::move(value)).second)
        findings_->error(entry.key_mark, {"'" + entry.key + "' stands twice in " + std::string(key),
                                          "remove one of the two"});
    }
  }
  // Nothing: it is not there, or is no mapping.
  std::optional<Section> section(std::string_view key, Keys keys = Keys::open);
  // The mappings of a list that must not be empty; `title` names each.
  std::vector<Section> sections(std::string_view key, std::string_view title);

  // False: it is missing, and that is now an error with this hint.
  bool require(std::string_view key, std::string_view hint);
  // About the value of a key, or the whole section if it is not there.
  void error(std::string_view key, Fault fault) { findings_->error(mark(key), std::move(fault)); }
  void warning(std::string_view key, Fault fault) {
    findings_->warning(mark(key), std::move(fault));
  }
  // A key of the outside contract that this release cannot honour.
  void refuse(std::string_view key, Fault fault);

  void finish();

 private:
  struct Entry {
    std::string key;
    YAML::Mark key_mark;
    YAML::Node value;
  };

  const YAML::Node* find(std::string_view key);
  const YAML::Node* find_list(std::string_view key);
  YAML::Mark mark(std::string_view key) const;
  std::optional<std::string_view> scalar(const YAML::Node& node, std::string_view key);

  template <class T, class Parse>
  bool read_scalar(const YAML::Node& node, std::string_view key, T& target, Parse parse) {
    const auto text = scalar(node, key);
    if (!text) return false;
    auto value = parse(*text);
    if (value)
      target = std::move(*value);
    else
      findings_->error(node.Mark(),
                       {std::string(key) + ": " + value.error().what, value.error().hint});
    return value.has_value();
  }

  Findings* findings_;
  std::string title_;
  Keys keys_;
  YAML::Mark mark_;
  bool is_mapping_ = true;
  std::vector<Entry> entries_;
  std::vector<std::string_view> known_;  // keys asked for; always literals
};

}  // namespace pulih::config
