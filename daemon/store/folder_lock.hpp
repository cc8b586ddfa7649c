// The lock of a state_dir: one process at a time has its databases to itself, the daemon while it
// runs and a command that would put a file under its feet.
#pragma once
#include <filesystem>

namespace pulih::store {

class FolderLock {
 public:
  // Throws engine::StoreError: somebody else holds it, or the file cannot be made.
  explicit FolderLock(const std::filesystem::path& state_dir);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace pulih::store
