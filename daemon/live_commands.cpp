// See live_commands.hpp. Exit codes as pulihctl's others: 0 done, 2 it could not be done, 64 a
// wrong command line, 78 a bad configuration.
#include "daemon/live_commands.hpp"

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <memory>
#include <system_error>

#include "config/settings.hpp"
#include "daemon/exits.hpp"
#include "daemon/operator/asking.hpp"
#include "daemon/operator/pcap.hpp"
#include "daemon/operator/shown.hpp"
#include "daemon/operator/trace_desk.hpp"
#include "protocols/gsm/msisdn.hpp"
#include "protocols/smpp/codec.hpp"

namespace pulih {
namespace {

using operators::Asking;
using operators::field;
using operators::Json;
using operators::TracedPdu;

// "21:40:02.123456 bind 1 → deliver_sm sequence=…"; the arrow leads to the carrier or from it.
void print(const TracedPdu& pdu) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(pdu.at);
  const std::time_t time = seconds.count();
  std::tm local{};
  localtime_r(&time, &local);
  const auto decoded = smpp::decode(pdu.octets);
  const std::string text =
      decoded ? smpp::print(*decoded) : "unreadable: " + decoded.error().text();
  std::printf("%02d:%02d:%02d.%06d bind %llu %s %s\n", local.tm_hour, local.tm_min, local.tm_sec,
              static_cast<int>((pdu.at - seconds).count()),
              static_cast<unsigned long long>(pdu.bind), pdu.from_carrier ? "←" : "→",
              text.c_str());
}

// Each packet is in the file when it has been heard, so that Ctrl-C cuts nothing off.
class PcapFile {
 public:
  static std::unique_ptr<PcapFile> create(const std::string& path) {
    std::FILE* const file = std::fopen(path.c_str(), "wbxe");
    if (!file) return nullptr;
    std::setvbuf(file, nullptr, _IONBF, 0);
    return std::unique_ptr<PcapFile>(new PcapFile(file));
  }
  ~PcapFile() { std::fclose(file_); }
  PcapFile(const PcapFile&) = delete;
  PcapFile& operator=(const PcapFile&) = delete;
  bool write(const std::string& octets) {
    return std::fwrite(octets.data(), 1, octets.size(), file_) == octets.size();
  }

 private:
  explicit PcapFile(std::FILE* file) : file_(file) {}
  std::FILE* file_;
};

// Until the daemon's last line; `take` says what is wrong with one, or nothing.
int hear_all(const std::filesystem::path& socket, const Json& request,
             const std::function<std::optional<std::string>(const Json&)>& take) {
  auto asking = Asking::begin(socket, request);
  if (!asking) return fail(asking.error());
  for (;;) {
    const auto line = asking->next();
    if (!line) return fail(line.error());
    if (!*line) return 0;
    if (const auto wrong = take(**line)) return fail(*wrong);
  }
}

}  // namespace

LiveCommands::LiveCommands(CLI::App& app, std::function<int()>& chosen) : chosen_(chosen) {
  const auto of_section = [&](const char* name, const char* what) {
    command(app, name, what, [this, name](const auto& socket) {
      return show(socket, name);
    })->add_flag("--json", json_, "as JSON, for a script");
  };
  of_section("status", "how the running daemon stands");
  of_section("carriers", "its carriers: binds, windows, what waits, what has passed");
  auto* tracing = command(app, "trace", "each PDU to and from a carrier, secrets masked",
                          [this](const auto& socket) { return trace(socket); });
  tracing->add_option("carrier", carrier_, "as in the configuration")->required();
  tracing->add_option("--number", number_, "only PDUs from or to it, like 6281100000000");
  tracing->add_option("--for", time_, "for so long: 30s, 5m, at most 24h")->capture_default_str();
  tracing->add_option("--file", file_, "to a new file for Wireshark instead of the terminal");
}

CLI::App* LiveCommands::command(CLI::App& app, const char* name, const char* what,
                                std::function<int(const std::filesystem::path&)> run) {
  auto* made = app.add_subcommand(name, what);
  made->add_option("--config", configuration_, "the configuration file")->capture_default_str();
  made->callback([this, run = std::move(run)] {
    chosen_ = [this, run] {
      const auto socket = config::read_control_socket(configuration_);
      if (socket) return run(*socket);
      for (const auto& error : socket.error()) std::fprintf(stderr, "%s\n", error.text().c_str());
      return exit_configuration;
    };
  });
  return made;
}

int LiveCommands::show(const std::filesystem::path& socket, const char* section) const {
  return hear_all(socket, {{"ask", section}}, [this](const Json& answer) {
    std::fputs(json_ ? operators::one_line(answer).c_str() : operators::shown(answer).c_str(),
               stdout);
    return std::optional<std::string>{};
  });
}

int LiveCommands::trace(const std::filesystem::path& socket) const {
  const auto time =
      config::parse_duration(time_, {std::chrono::seconds{1}, operators::longest_trace});
  if (!time) return fail("--for: " + time.error().what + "; " + time.error().hint, exit_usage);
  Json request{{"ask", "trace"}, {"carrier", carrier_}, {"seconds", time->count()}};
  if (!number_.empty()) {
    constexpr std::uint8_t unknown_ton = 0;
    const auto digits = gsm::normal_form(number_, unknown_ton);
    if (!digits) return fail("--number is no telephone number; like 6281100000000", exit_usage);
    request["number"] = *digits;
  }
  std::unique_ptr<PcapFile> file;
  if (!file_.empty()) {
    file = PcapFile::create(file_);
    if (!file || !file->write(operators::pcap_head()))
      return fail(file_ + ": " + std::system_category().message(errno) +
                  "; name a new file in a folder that is there");
  }
  std::uint64_t written = 0;
  const int ended = hear_all(socket, request, [&](const Json& line) -> std::optional<std::string> {
    if (const auto lost = field<std::uint64_t>(line, "lost"))
      std::fprintf(stderr, "pulihctl: %llu PDUs left out here: more came than could be taken\n",
                   static_cast<unsigned long long>(*lost));
    const auto pdu = operators::traced_pdu(line);
    if (!pdu) return std::nullopt;
    if (!file) {
      print(*pdu);
      std::fflush(stdout);
    } else if (!file->write(operators::pcap_packet(*pdu))) {
      return file_ + ": " + std::system_category().message(errno) + "; is the disk full?";
    }
    ++written;
    return std::nullopt;
  });
  if (ended == 0 && file)
    std::printf("%s: %llu PDUs\n", file_.c_str(), static_cast<unsigned long long>(written));
  return ended;
}

}  // namespace pulih
