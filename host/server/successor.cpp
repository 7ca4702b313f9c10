// SPDX-License-Identifier: Apache-2.0
#include "server/successor.h"

#include <unistd.h>

#include <array>

#include "base/own_program.h"

namespace radhost {

Successor::Successor(uv_loop_t& loop, std::vector<std::string> arguments, Log& log)
    : loop_(loop), arguments_(std::move(arguments)), log_(log) {}

Result<int, std::string> Successor::start() {
  if (arguments_.empty()) return std::string("without a configuration file no other process can take over");
  if (int pid = pid_; pid != 0) return "process " + std::to_string(pid) + " is to take over already";
  std::string program = own_program();
  std::vector<char*> words{program.data()};
  for (std::string& argument : arguments_) words.push_back(argument.data());
  words.push_back(nullptr);
  std::array<uv_stdio_container_t, 3> streams{};
  for (int i = 0; i < 3; ++i) {
    streams[static_cast<size_t>(i)].flags = UV_INHERIT_FD;
    streams[static_cast<size_t>(i)].data.fd = i;
  }
  uv_process_options_t options{};
  options.file = program.c_str();
  options.args = words.data();
  options.stdio_count = static_cast<int>(streams.size());
  options.stdio = streams.data();
  options.exit_cb = [](uv_process_t* process, int64_t status, int signal) {
    static_cast<Successor*>(process->data)->ended(status, signal);
  };
  // What a module has opened without this is not the next process's.
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  process_ = new uv_process_t{};
  process_->data = this;
  int error = uv_spawn(&loop_, process_, &options);
  if (error != 0) {
    forget();
    return "cannot start " + program + ": " + uv_strerror(error);
  }
  uv_unref(reinterpret_cast<uv_handle_t*>(process_));  // the loop may end before it
  pid_ = process_->pid;
  log_.info("a process is started that takes over", {{"pid", static_cast<uint64_t>(process_->pid)}, {"program", program}});
  return process_->pid;
}

void Successor::ended(int64_t status, int signal) {
  log_.error("the process that was to take over has ended", {{"pid", static_cast<uint64_t>(pid_)},
                                                             {"status", static_cast<uint64_t>(status)},
                                                             {"signal", static_cast<uint64_t>(signal)}});
  forget();
}

void Successor::forget() {
  pid_ = 0;
  if (process_ == nullptr) return;
  uv_close(reinterpret_cast<uv_handle_t*>(std::exchange(process_, nullptr)),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_process_t*>(handle); });
}

}  // namespace radhost
