// How SQLite's write-ahead log is written: SQLite writes each page and each page's header by
// itself, thousands of them for a large batch; here they are gathered and go to the file in one
// piece when the log is synced. Nothing else is changed, and a write that fails is told by the sync
// of the same commit, which then fails as a whole.
#pragma once

namespace pulih::store {

// The name under which it is registered with SQLite, at the first call; it stands on whatever VFS
// is then SQLite's default.
const char* gathering_vfs();

}  // namespace pulih::store
