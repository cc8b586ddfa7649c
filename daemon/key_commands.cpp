// See key_commands.hpp. Exit codes as pulihctl's others: 0 done, 2 it could not be done.
#include "daemon/key_commands.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "daemon/central/embedded_schema.hpp"
#include "daemon/central/replica_schema.hpp"
#include "daemon/exits.hpp"
#include "daemon/operator/asking.hpp"
#include "daemon/operator/progress.hpp"
#include "daemon/store/renaming.hpp"
#include "daemon/store/resealing.hpp"
#include "daemon/store/schema.hpp"

namespace pulih {
namespace {

using accounts::KeyRing;
using accounts::KeyringLock;
using accounts::SiteKey;
using std::filesystem::path;

auto wrong(const std::string& why) { return tl::make_unexpected(why); }

// Who opens the keyring. The data keys do too: a running daemon knows no more than them.
std::vector<SiteKey> openers_of(std::initializer_list<const SiteKey*> site_keys,
                                const KeyRing& ring) {
  std::vector<SiteKey> openers;
  const auto add = [&](const SiteKey& key) {
    if (std::ranges::find(openers, key) == openers.end()) openers.push_back(key);
  };
  for (const auto* key : site_keys) add(*key);
  for (const auto& key : ring.data) add(key);
  return openers;
}

// Whether a daemon holds this state_dir. Asked only when nobody listens on its socket: one that
// starts in this very moment would be refused the folder, and is started again.
bool daemon_runs(const path& state_dir) {
  const int lock = ::open((state_dir / "state.lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (lock < 0) return false;
  const bool held = ::flock(lock, LOCK_SH | LOCK_NB) != 0;
  ::close(lock);
  return held;
}

// It has the keys of the keyring from now on, or it does not run; whoever starts later reads them.
tl::expected<void, std::string> tell_daemon(const config::Settings& settings) {
  // One that starts holds the folder for a moment before it listens, and one that is killed in the
  // middle of its answer comes again.
  std::string why = "it has no control.socket";
  for (int tries = 0; tries < 40; ++tries) {
    if (!settings.control_socket.empty()) {
      auto asked = operators::Asking::begin(settings.control_socket, {{"ask", "keys"}});
      const auto heard = asked ? asked->next() : tl::make_unexpected(asked.error());
      // A release that does not know that rows can be named anew would look for them in vain.
      if (heard && *heard && (*heard)->contains("names_rows")) return {};
      why = heard ? "it is of an earlier release" : heard.error();
      if (heard) break;
    }
    if (!daemon_runs(settings.state_dir)) return {};
    ::poll(nullptr, 0, 250);
  }
  return wrong("pulihd runs and could not be told of the new key: " + why +
               "; nothing was sealed under it yet: type systemctl restart pulihd, then this again");
}

struct Kept {
  path file;
  std::span<const accounts::SealedColumn> columns;
  std::span<const accounts::NamedTable> tables;
};

std::vector<Kept> files_of(const config::Settings& settings) {
  std::vector<Kept> files{
      {settings.state_dir / "state.db", store::sealed_columns, store::named_tables}};
  if (const auto* here = std::get_if<config::EmbeddedCentral>(&settings.central))
    files.push_back(
        {here->database, central::embedded_sealed_columns, central::embedded_named_tables});
  if (const auto copy = config::replica_of(settings); !copy.empty())
    for (const auto* end : {".new", ""})
      files.push_back(
          {copy.string() + end, central::replica_sealed_columns, central::replica_named_tables});
  return files;
}

struct Round {
  std::uint64_t rows = 0, unreadable = 0;
  bool changed = false;  // some of them
};

// One round over all rows. A batch that was under way when the daemon was told may have sealed a
// few rows under the earlier key, and a copy of the accounts may have been exchanged: whoever needs
// to be sure goes round until nothing is left to do.
tl::expected<Round, std::string> round(const config::Settings& settings,
                                       const accounts::SiteKeys& keys, accounts::Entropy& entropy) {
  Round all;
  for (const auto& [file, columns, tables] : files_of(settings)) {
    operators::Progress progress("rows");
    const auto sealed =
        store::reseal(file, columns, keys, entropy,
                      [&](const store::Resealing& so_far) { progress(so_far.rows, so_far.all); });
    progress.end();
    if (!sealed) return wrong(sealed.error());
    const auto named = store::rename_rows(file, tables, keys);
    if (!named) return wrong(named.error());
    all.rows += sealed->rows;
    all.unreadable += sealed->unreadable;
    all.changed |= sealed->done != 0 || *named != 0;
  }
  return all;
}

}  // namespace

KeyCommands::KeyCommands(CLI::App& app, std::function<int()>& chosen) : chosen_(chosen) {
  auto* key = app.add_subcommand("key", "the keys of a site")->require_subcommand(1);
  command(*key, "new", "make a key file", [this] { return make(); })
      ->add_option("path", file_, "the file to make")
      ->required();
  of_site(*key, "rotate", "seal everything anew under another key, while the daemon runs",
          &KeyCommands::rotate)
      ->add_option("--to", file_, "a file that takes the site key's place (pulihctl key new)");
  of_site(*key, "retire", "a former site key opens nothing any more", &KeyCommands::retire)
      ->add_option("path", file_, "its file; without it, every one but the present");
  of_site(*key, "status", "how many keys there are", &KeyCommands::status);
}

CLI::App* KeyCommands::command(CLI::App& under, const char* name, const char* what,
                               std::function<Done()> run) {
  auto* made = under.add_subcommand(name, what);
  made->callback([this, run = std::move(run)] {
    chosen_ = [run] {
      const auto done = run();
      if (done) return std::puts(done->c_str()), 0;
      std::fprintf(stderr, "pulihctl: %s\n", done.error().c_str());
      return exit_not_done;
    };
  });
  return made;
}

CLI::App* KeyCommands::of_site(CLI::App& under, const char* name, const char* what,
                               Done (KeyCommands::*run)(const config::Settings&)) {
  auto* made = command(under, name, what, [this, run]() -> Done {
    const auto settings = config::read_settings(configuration_);
    if (settings) return (this->*run)(*settings);
    std::string all;
    for (const auto& error : settings.error()) all += (all.empty() ? "" : "\n") + error.text();
    return wrong(all);
  });
  made->add_option("--config", configuration_, "the configuration file")->capture_default_str();
  return made;
}

KeyCommands::Done KeyCommands::make() const {
  accounts::SystemEntropy entropy;
  if (const auto made = accounts::make_site_key(file_, entropy); !made) return wrong(made.error());
  return file_ + ": a new key; keep a copy in a safe place, without it nothing here can be read";
}

KeyCommands::Done KeyCommands::rotate(const config::Settings& settings) {
  const KeyringLock lock(settings.state_dir, KeyringLock::How::alone);
  if (const auto held = lock.held(); !held) return wrong(held.error());
  const auto site_key = accounts::read_site_key(settings.site_key);
  if (!site_key) return wrong(site_key.error());
  auto next = file_.empty() ? site_key : accounts::read_site_key(file_);
  if (!next) return wrong(next.error());
  const auto keyring = settings.state_dir / accounts::keyring_file;
  auto ring = accounts::read_keyring(keyring, std::span(&*site_key, 1));
  const auto open_it = accounts::openers_of(keyring);
  if (!ring || !open_it) return wrong(!ring ? ring.error() : open_it.error());
  if (file_.empty() && *open_it > openers_of({&*site_key}, *ring).size())
    return wrong(keyring.string() +
                 ": another site key opens it too; type pulihctl key retire, or "
                 "pulihctl key rotate --to with that key's file");

  accounts::SystemEntropy entropy;
  if (ring->data.size() == 1) {  // else an earlier rotation was interrupted, and goes on
    ring->data.insert(ring->data.begin(), SiteKey());
    entropy.fill(ring->data.front());
  }
  const auto write = [&] {
    return accounts::write_keyring(keyring, *ring, openers_of({&*site_key, &*next}, *ring),
                                   entropy);
  };
  if (const auto written = write(); !written) return wrong(written.error());
  if (const auto told = tell_daemon(settings); !told) return wrong(told.error());

  const accounts::SiteKeys keys(*ring);
  auto last = round(settings, keys, entropy);
  while (last && last->changed) last = round(settings, keys, entropy);
  if (!last) return wrong(last.error());
  for (const auto& kept : files_of(settings))
    if (const auto swept = store::sweep_out(kept.file); !swept) return wrong(swept.error());
  ring->data.resize(1);
  if (const auto written = write(); !written) return wrong(written.error());
  auto text = std::to_string(last->rows - last->unreadable) + " rows lie under a new key";
  if (last->unreadable != 0)
    text += "; " + std::to_string(last->unreadable) + " were damaged before, and still are";
  if (!file_.empty())
    text += "; now put " + file_ + " in the place of " + settings.site_key.string() +
            ", keep the former one aside, and type: pulihctl key retire FORMER";
  return text;
}

KeyCommands::Done KeyCommands::retire(const config::Settings& settings) {
  const KeyringLock lock(settings.state_dir, KeyringLock::How::alone);
  if (const auto held = lock.held(); !held) return wrong(held.error());
  const auto site_key = accounts::read_site_key(settings.site_key);
  if (!site_key) return wrong(site_key.error());
  if (!file_.empty()) {
    const auto former = accounts::read_site_key(file_);
    if (!former) return wrong(former.error());
    if (*former == *site_key)
      return wrong(file_ + ": this is the present site key, " + settings.site_key.string() +
                   "; put the new one in its place first");
  }
  const auto keyring = settings.state_dir / accounts::keyring_file;
  const auto ring = accounts::read_keyring(keyring, std::span(&*site_key, 1));
  if (!ring) return wrong(ring.error());
  if (ring->data.size() != 1)
    return wrong("a rotation was interrupted; type pulihctl key rotate again first");
  accounts::SystemEntropy entropy;
  const auto written =
      accounts::write_keyring(keyring, *ring, openers_of({&*site_key}, *ring), entropy);
  if (!written) return wrong(written.error());
  return settings.site_key.string() + " alone opens " + keyring.string() + " now";
}

KeyCommands::Done KeyCommands::status(const config::Settings& settings) {
  const auto ring = accounts::read_ring_of_site(settings.site_key, settings.state_dir);
  const auto open_it = accounts::openers_of(settings.state_dir / accounts::keyring_file);
  if (!ring || !open_it) return wrong(!ring ? ring.error() : open_it.error());
  if (*open_it == 0) return "the site key seals everything; it was never rotated";
  if (ring->data.size() != 1)
    return "a rotation was interrupted; type pulihctl key rotate again: it goes on";
  const auto site_keys = *open_it - 1;  // the data key is one
  return site_keys == 1 ? "the site key alone opens the keyring"
                        : std::to_string(site_keys) +
                              " site keys open the keyring; type pulihctl key retire FORMER";
}

}  // namespace pulih
