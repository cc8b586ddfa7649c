// pulih-phone: a carrier on this machine with a telephone to type on, or with one that follows a
// script. The script has one message a line, "*888#" dials, and what follows a screen is its
// answer; {kode} stands for the code that came since the last line with one. Each line is sent when
// the one before has been answered, and the talk ends with the message that the password was
// changed. --faults makes it a carrier on a bad day, the same one for the same --seed.
#include <CLI/CLI.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>

#include "tests/phone/screen.hpp"
#include "tests/phone/simulated_carrier.hpp"

namespace pulih::phone {
namespace {

namespace asio = boost::asio;

// Six digits on their own: the code in a message.
std::string code_in(const std::string& text) {
  const auto digit = [&](std::size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9';
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!digit(i) || (i > 0 && digit(i - 1))) continue;
    std::size_t end = i;
    while (digit(end)) ++end;
    if (end - i == 6) return text.substr(i, 6);
  }
  return {};
}

bool is_screen(SimulatedCarrier::Shown shown) { return shown != SimulatedCarrier::Shown::message; }
// Nobody dialled for it.
bool is_push(SimulatedCarrier::Shown shown) {
  return shown == SimulatedCarrier::Shown::called || shown == SimulatedCarrier::Shown::notice;
}

void show_in_chat(const std::string& to, const std::string& number, const std::string& text,
                  SimulatedCarrier::Shown shown) {
  const std::string arrow = to == number ? "←" : "← (" + to.substr(to.size() - 3) + ")";
  const std::string screen = (is_push(shown) ? "push [" : "[") + text + "]";
  std::cout << chat_line(arrow, is_screen(shown) ? screen : text) << std::flush;
}

// Follows a script; 0 when the password was changed.
int follow(const CarrierSettings& settings, const std::string& number, const std::string& script,
           std::chrono::seconds patience, const SimulatedCarrier::Log& log) {
  std::ifstream file(script);
  if (!file) {
    std::fprintf(stderr, "pulih-phone: %s cannot be read\n", script.c_str());
    return 1;
  }
  std::deque<std::string> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line.front() != '#') lines.push_back(line);

  asio::io_context io(1);
  std::string code, last;  // what came by SMS
  bool changed = false;
  bool on_screen = false;  // the last line went to a screen
  bool answered = true;
  SimulatedCarrier* here = nullptr;
  asio::steady_timer alarm(io);
  const auto say_next = [&] {
    if (lines.empty() || !answered) return;
    std::string text = lines.front();
    if (const auto at = text.find("{kode}"); at != std::string::npos) {
      if (code.empty()) return;  // it comes by SMS, after a screen that is closed for it
      text.replace(at, 6, std::exchange(code, ""));
    }
    lines.pop_front();
    std::cout << chat_line("→", text) << std::flush;
    on_screen = on_screen || text.starts_with('*');
    answered = false;
    here->send(number, text);
  };
  using Shown = SimulatedCarrier::Shown;
  SimulatedCarrier carrier(
      io, settings,
      [&](const std::string& to, const std::string& text, Shown shown) {
        show_in_chat(to, number, text, shown);
        // The same once more: its response was lost, and it is no answer to what she wrote since.
        if (shown == Shown::message && std::exchange(last, to + text) == to + text) return;
        if (const auto found = code_in(text); !found.empty()) code = found;
        const bool hers = to == number;
        changed = changed || (hers && shown == Shown::message &&
                              (text.find("BERHASIL") != std::string::npos ||
                               text.find("DONE.") != std::string::npos));
        if (changed) {  // once the gateway has our response
          alarm.expires_after(std::chrono::milliseconds{50});
          return alarm.async_wait([&](const boost::system::error_code& error) {
            if (!error) io.stop();
          });
        }
        if (shown == Shown::called) on_screen = true;
        if (hers && shown != Shown::notice && is_screen(shown) == on_screen) answered = true;
        if (shown == Shown::last_screen) on_screen = false;
        if (hers) say_next();
      },
      log);
  here = &carrier;
  std::function<void()> begin_when_bound = [&] {
    if (carrier.bound()) return say_next();
    alarm.expires_after(std::chrono::milliseconds{50});
    alarm.async_wait([&](const boost::system::error_code&) { begin_when_bound(); });
  };
  begin_when_bound();
  io.run_for(patience);
  if (!changed)
    std::fprintf(stderr, "pulih-phone: no word of a changed password within the time\n");
  return changed ? 0 : 1;
}

// A telephone to type on: each line is a message, Ctrl-D puts it away.
int type(const CarrierSettings& settings, const std::string& number,
         const SimulatedCarrier::Log& log) {
  asio::io_context io(1);
  using Shown = SimulatedCarrier::Shown;
  SimulatedCarrier carrier(
      io, settings,
      [&](const std::string& to, const std::string& text, Shown shown) {
        const std::string ussd = is_push(shown) ? "USSD push" : "USSD";
        const std::string from = is_screen(shown) ? ussd : settings.short_code;
        const std::string who = to == number ? from : from + " > " + to;
        std::cout << "\n" << on_screen(who, text) << number << "> " << std::flush;
      },
      log);
  asio::posix::stream_descriptor keys(io, ::dup(STDIN_FILENO));
  asio::streambuf typed;
  std::cout << "The telephone " << number
            << " is on. Type a message and Enter, *888# to dial, an "
               "answer while a screen is open; Ctrl-D ends.\n"
            << number << "> " << std::flush;
  std::function<void()> read = [&] {
    asio::async_read_until(keys, typed, '\n',
                           [&](const boost::system::error_code& error, std::size_t) {
                             if (error) return io.stop();
                             std::string line;
                             std::istream stream(&typed);
                             std::getline(stream, line);
                             if (!line.empty()) carrier.send(number, line);
                             std::cout << number << "> " << std::flush;
                             read();
                           });
  };
  read();
  io.run();
  std::cout << "\n";
  return 0;
}

}  // namespace
}  // namespace pulih::phone

int main(int argc, char** argv) {
  using namespace pulih::phone;
  CLI::App app("A carrier simulator with a telephone");
  CarrierSettings settings;
  std::string number = "6281100000000";
  std::string script;
  int patience = 60;
  std::string faults;
  std::uint64_t seed = 1;
  std::uint32_t late = 2000;
  bool logged = false;
  app.add_option("--port", settings.port, "where the gateway connects to")->capture_default_str();
  app.add_option("--system-id", settings.system_id)->capture_default_str();
  app.add_option("--password", settings.password)->capture_default_str();
  app.add_option("--short-code", settings.short_code)->capture_default_str();
  app.add_option("--number", number, "of the telephone")->capture_default_str();
  app.add_option("--script", script, "messages to send, one a line, instead of a keypad");
  app.add_option("--patience", patience, "seconds for the whole script")->capture_default_str();
  app.add_option("--faults", faults, "how often what goes wrong, as in throttled=5%,cut-after=1%");
  app.add_option("--seed", seed, "of the faults")->capture_default_str();
  app.add_option("--late", late, "milliseconds, how late at most what is late comes")
      ->capture_default_str();
  app.add_flag("--log", logged, "tell what no telephone shows: receipts, faults, binds");
  app.footer("Faults:\n" + known_faults());
  CLI11_PARSE(app, argc, argv);
  auto plan = FaultPlan::read(faults, seed);
  if (!plan) {
    std::fprintf(stderr, "pulih-phone: --faults: %s\n", plan.error().c_str());
    return 64;
  }
  settings.faults = std::move(*plan);
  settings.late = std::chrono::milliseconds{late};
  SimulatedCarrier::Log log;
  if (logged)
    log = [](const std::string& line) { std::cout << chat_line("·", line) << std::flush; };
  try {
    if (script.empty()) return type(settings, number, log);
    return follow(settings, number, script, std::chrono::seconds{patience}, log);
  } catch (const boost::system::system_error& error) {
    std::fprintf(stderr, "pulih-phone: port %u: %s\n", unsigned{settings.port}, error.what());
    return 1;
  }
}
