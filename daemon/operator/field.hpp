// What an event tells beside its message, as journald's fields: CARRIER=telco, so that
// `journalctl CARRIER=telco` finds it. A value that could be secret does not compile, and a
// telephone number is masked.
#pragma once
#include <concepts>
#include <string>
#include <string_view>

#include "daemon/accounts/msisdn.hpp"
#include "daemon/accounts/secret.hpp"

namespace pulih::operators {

// Capital letters, digits and underscores, as systemd.journal-fields(7) demands. Those that
// journald or this journal fill in themselves are not free.
class FieldName {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is meant to stand where a name is due
  consteval FieldName(const char* name) : text_(name) {
    for (const char c : text_)
      if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) throw "no field name";
    if (text_.empty() || text_.front() < 'A' || text_.front() > 'Z') throw "begins with no letter";
    for (const std::string_view taken :
         {"MESSAGE", "PRIORITY", "CODE_", "SYSLOG_", "ERRNO", "SITE"})
      if (text_.starts_with(taken)) throw "filled in already";
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

class Field {
 public:
  Field(FieldName name, std::string_view value) : name_(name), value_(value) {}
  Field(FieldName name, std::integral auto value) : name_(name), value_(std::to_string(value)) {}
  Field(FieldName name, accounts::Msisdn number) : name_(name), value_(number.masked()) {}
  Field(FieldName name, const accounts::Secret&) = delete;

  std::string_view name() const { return name_.text(); }
  std::string_view value() const { return value_; }

 private:
  FieldName name_;
  std::string value_;
};

}  // namespace pulih::operators
