// See process.hpp. A process is waited for once; its end is kept.
#include "tests/chaos/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace pulih::chaos {

Process::Process(const std::vector<std::string>& words, const std::filesystem::path& output) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  const int failed =
      ::posix_spawn(&process_, arguments[0], &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::runtime_error("cannot start " + words[0]);
}

Process::~Process() {
  if (ended()) return;
  signal(SIGKILL);
  end();
}

void Process::signal(int signal) const {
  if (!ended_) ::kill(process_, signal);
}

void Process::take(int status) {
  ended_ = true;
  how_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

bool Process::ended() {
  int status = 0;
  if (!ended_ && ::waitpid(process_, &status, WNOHANG) == process_) take(status);
  return ended_;
}

int Process::end() {
  int status = 0;
  if (!ended_ && ::waitpid(process_, &status, 0) == process_) take(status);
  return how_;
}

void run(const std::vector<std::string>& words, const std::filesystem::path& output) {
  Process process(words, output);
  if (process.end() != 0)
    throw std::runtime_error(words[0] + " failed; it says why in " + output.string());
}

}  // namespace pulih::chaos
