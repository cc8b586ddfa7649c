// Reads the texts of one language (config/dialogue/LANGUAGE.yaml) and refuses them, with every
// fault and its place at once, if a key is missing, a blank is unknown or not given for that text,
// a character is not in the GSM alphabet, or a text could exceed its one SMS or screen with the
// longest values.
#pragma once
#include <filesystem>
#include <tl/expected.hpp>
#include <vector>

#include "config/error.hpp"
#include "daemon/conversation/phrasebook.hpp"
#include "daemon/conversation/policy.hpp"

namespace pulih::config {

// The words that are the same for every message of a site.
struct SiteWords {
  std::string brand;          // {merek}
  std::string service_hours;  // {layanan}
  std::string cost;           // {biaya}
  std::string ussd;           // {ussd}
};

tl::expected<conversation::Phrasebook, std::vector<ConfigError>> read_catalogue(
    const std::filesystem::path& file, const SiteWords& words, const conversation::Offers& offers,
    const conversation::Zone& zone);

}  // namespace pulih::config
