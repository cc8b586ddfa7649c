// See sync.hpp: the copy. A first one, one of another epoch and one that was damaged are made in
// the same way: cursors from now on, then every block whose fingerprint differs, then what changed
// meanwhile.
#include <algorithm>

#include "daemon/central/block_hash.hpp"
#include "daemon/central/sync_calls.hpp"

namespace pulih::central {
namespace {

constexpr std::uint64_t highest = (std::uint64_t{1} << 63) - 1;
constexpr std::uint64_t last_block = highest / block_numbers;

// A peer that is wrong is told so, and nothing of what it sent is kept.
[[noreturn]] void wrong(const std::string& what) {
  throw Unavailable{
      "the central database sent " + what + "; its release and this gateway's must belong together",
      Unavailable::Kind::refused};
}

void check(const Row& row) {
  if (row.number > highest || row.row_version > highest) wrong("an account number beyond 2^63");
  if (row.gone) return;
  if (row.id.empty() || row.id.size() > longest_id) wrong("an account id without end or beginning");
  if (row.email.size() > longest_email || row.phone.value() > accounts::Msisdn::highest_value)
    wrong("a contact that is too long");
  const auto changed = row.contact_changed.time_since_epoch().count();
  if (changed < -latest_second || changed > latest_second) wrong("a time of no clock");
}

void check(const Cursor& cursor) {
  if (cursor.empty() || cursor.size() > most_cursor_octets || cursor == at_present)
    wrong("a cursor that is none");
}

}  // namespace

void Sync::anchor() {
  const auto urgent = answered(parts_.source.changes(Feed::urgent, at_present, pace_.page)).next;
  const auto all = answered(parts_.source.changes(Feed::all, at_present, pace_.page)).next;
  check(urgent);
  check(all);
  parts_.replica.anchor(standing_.epoch, urgent, all);
  anchored_ = owed_ = true;
  compare_next_ = 0;
  differing_.clear();
  watermark_ = 0;
}

// ---- pulling

// True: there is more.
bool Sync::pull(Feed feed, std::size_t& changed) {
  const auto cursor = parts_.replica.cursor(feed);
  auto page = answered(parts_.source.changes(feed, cursor, pace_.page));
  for (const auto& row : page.rows) check(row);
  check(page.next);
  const bool any = !page.rows.empty();
  changed = parts_.replica.apply(std::move(page.rows), feed, page.next);
  rows_flowed_ |= changed > 0;
  if (feed == Feed::all) look_at_watermark(page);
  figure([&](SyncFigures& figures) {
    figures.last_contact = now_.wall;
    figures.rows_changed += changed;
    if (feed == Feed::all) figures.rows_behind = page.behind;
    ++figures.pages;
  });
  return page.behind > 0 && (page.next != cursor || any);
}

void Sync::urgent() {
  std::size_t changed = 0;
  const bool more = pull(Feed::urgent, changed);
  urgent_due_ = more ? Steady{} : now_.steady + pace_.poll;
  if (more) return;
  turn_ = Turn::changes;
  contacts();
}

void Sync::contacts() {
  auto changes = answered(parts_.contacts.contact_changes(contact_cursor_, pace_.contact_page));
  const bool more = changes.size() >= pace_.contact_page;
  if (more) urgent_due_ = Steady{};
  for (auto& change : changes) {
    contact_cursor_ = change.cursor;
    if (skip_contacts_) change.old_phone = {};
    calls_.tell_engine(engine::ContactChange{change.cursor, change.account, std::move(change.id),
                                             change.old_phone, change.new_phone});
  }
  if (!more) skip_contacts_ = false;
}

void Sync::changes() {
  std::size_t changed = 0;
  if (pull(Feed::all, changed)) return void(changes_due_ = Steady{});
  changes_due_ = now_.steady + pace_.poll;
  turn_ = Turn::copy;
  // A copy that has blocks to compare is not yet what the database has.
  if (!owed_) agree();
}

void Sync::agree() {
  agreed_ = now_.steady;
  // For the next start; a disk is not worn out by it.
  if (agreed_stored_ && now_.steady - *agreed_stored_ < std::chrono::minutes{1}) return;
  agreed_stored_ = now_.steady;
  keep_clocks();
}

// For the next start: when the copy agreed, and how far the clocks were apart then.
void Sync::keep_clocks() {
  parts_.replica.set_agreed(now_.wall);
  if (const auto ahead = central_ahead()) parts_.replica.set_central_ahead(*ahead);
}

// Rows are sent again and again until they are final: a transaction left open over there makes each
// page as long as everything since its beginning.
void Sync::look_at_watermark(const Page& page) {
  if (page.watermark == 0) return;
  if (page.watermark != watermark_) {
    watermark_ = page.watermark;
    watermark_since_ = now_.steady;
    told_stalled_ = rows_flowed_ = false;
  } else if (rows_flowed_ && !told_stalled_ &&
             now_.steady - watermark_since_ >= pace_.watermark_stalls) {
    told_stalled_ = true;
    const auto minutes =
        std::chrono::floor<std::chrono::minutes>(now_.steady - watermark_since_).count();
    tell(News::What::stalled,
         "no change of the central database has become final for " + std::to_string(minutes) +
             " minutes, although rows flow",
         static_cast<std::uint64_t>(minutes));
  }
}

// ---- comparing

void Sync::compare() {
  const auto first = compare_next_.value_or(0);
  const auto theirs = answered(parts_.source.fingerprints(first, pace_.fingerprints));
  for (std::size_t i = 0; i < theirs.size(); ++i)
    if (theirs[i].block < first || theirs[i].block > last_block ||
        (i > 0 && theirs[i].block <= theirs[i - 1].block))
      wrong("fingerprints out of order");
  const auto last = theirs.empty() ? last_block : theirs.back().block;
  differ(first, last, theirs);
  compare_next_ = last == last_block ? std::nullopt : std::optional(last + 1);
  // What is on its way may explain a difference: all changes are taken first.
  if (!differing_.empty() && !owed_) changes_due_ = Steady{};
  settle_comparison();
  figure([&](SyncFigures& figures) {
    figures.last_contact = now_.wall;
    figures.compared_from = compare_next_.value_or(0);
  });
}

// Both lists rise: the blocks that are not the same in both.
void Sync::differ(std::uint64_t first, std::uint64_t last, const std::vector<Fingerprint>& theirs) {
  const auto ours = parts_.replica.fingerprints(first, last);
  auto here = ours.begin();
  auto there = theirs.begin();
  while (here != ours.end() || there != theirs.end()) {
    const bool only_here =
        there == theirs.end() || (here != ours.end() && here->block < there->block);
    const bool only_there =
        here == ours.end() || (there != theirs.end() && there->block < here->block);
    const auto block = only_there ? there->block : here->block;
    if (only_here || only_there || !same(*here, *there))
      differing_.push_back({block, owed_, false});
    else if (!owed_ && !parts_.replica.sound(block))
      differing_.push_back({block, true, true});
    here += only_there ? 0 : 1;
    there += only_here ? 0 : 1;
  }
}

// When everything that differed so far is here, the comparison need not go back behind it.
void Sync::settle_comparison() {
  if (!differing_.empty()) return;
  if (owed_) parts_.replica.compared_until(compare_next_);
  if (compare_next_) return;
  owed_ = false;
  compare_due_ = now_.steady + pace_.compare_every;
}

bool Sync::still_differs(std::uint64_t block) {
  const auto theirs = answered(parts_.source.fingerprints(block, 1));
  const auto ours = parts_.replica.fingerprints(block, block);
  const bool there = !theirs.empty() && theirs.front().block == block;
  if (!there || ours.empty()) return there || !ours.empty();
  return !same(theirs.front(), ours.front());
}

void Sync::mend() {
  const auto next = differing_.front();
  if (!next.certain && !still_differs(next.block)) {
    differing_.pop_front();
    return settle_comparison();
  }
  auto rows = answered(parts_.source.rows(next.block));
  for (const auto& row : rows) {
    check(row);
    if (row.gone || block_of(row.number) != next.block) wrong("a row of another block");
  }
  parts_.replica.replace(next.block, std::move(rows));
  const bool checked = !parts_.replica.building() && (next.damaged || !next.certain);
  differing_.pop_front();
  if (checked && !parts_.replica.sound(next.block))
    return damaged("block " + std::to_string(next.block) + " is damaged beyond its rows");
  const bool repaired = !owed_;
  if (repaired)
    tell(News::What::repaired,
         "block " + std::to_string(next.block) + " of the copy was fetched again: " +
             (next.damaged ? "its rows did not open" : "its fingerprint was another one"),
         next.block);
  settle_comparison();
  figure([&](SyncFigures& figures) {
    figures.last_contact = now_.wall;
    ++figures.blocks_fetched;
    figures.blocks_repaired += repaired;
  });
}

void Sync::finish() {
  const bool first = !parts_.replica.whole() && !had_damaged_;
  parts_.replica.finish();
  had_damaged_ = false;
  keep_clocks();
  begun();
  tell(first ? News::What::first_copy : News::What::exchanged, "", parts_.replica.count());
}

}  // namespace pulih::central
