// A program of ours as a process: what it says goes to the end of a file, and its death is known.
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace pulih::chaos {

class Process {
 public:
  // In the network namespace of the calling thread.
  Process(const std::vector<std::string>& words, const std::filesystem::path& output);
  ~Process();  // kills it, if it has not ended
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int signal) const;
  bool ended();
  // Waits. Its exit status, or minus the signal that it died of.
  int end();

 private:
  void take(int status);

  pid_t process_ = 0;
  bool ended_ = false;
  int how_ = 0;
};

// Runs one to its end; throws when it does not end with 0.
void run(const std::vector<std::string>& words, const std::filesystem::path& output);

}  // namespace pulih::chaos
