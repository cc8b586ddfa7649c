// How far a listing has come, in the servers' own words. An entry's CSN (draft-ietf-ldup-model-09,
// and OpenLDAP's entryCSN) has the clock of the server that changed it, so one highest CSN says
// nothing of the other servers. The contextCSN of the suffix has one for each server, and a server
// raises it only when it has every change before: the place is all of these.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/accounts/secret.hpp"

namespace pulih::directory {

// "20261126061947.315257Z#000000#001#000000": a time, a count within it, the server, a part.
struct LdapCsn {
  std::string_view server;  // three digits
  std::string place;        // the time to microseconds, and the count: its order is theirs
};
std::optional<LdapCsn> read_csn(std::string_view written);

class LdapProgress {
 public:
  // Of the values of a contextCSN; none: the server keeps none, or one that cannot be read.
  explicit LdapProgress(std::span<const accounts::Secret> context);
  // As place() wrote it; none: it did not.
  explicit LdapProgress(std::string_view place);

  // For the next listing; empty, the beginning, where nothing shorter would be true.
  std::string place() const;
  // The CSN, as a filter has it, from which on everything that changed between `earlier` and this
  // is found. Nothing: only a full listing finds it.
  std::optional<std::string> since(const LdapProgress& earlier) const;

 private:
  std::map<std::string, std::string, std::less<>> servers_;
};

}  // namespace pulih::directory
