// SPDX-License-Identifier: Apache-2.0
/// The module `acctlog`: records Accounting-Requests, one JSON object a line, and answers what it has
/// recorded.
#include "episode.h"
#include "log_file.h"
#include "record.h"
#include "syncer.h"

#include <chrono>
#include <optional>
#include <radius/plugin.hpp>
#include <string>

namespace acctlog {
namespace {

struct Settings {
  radius::FilePath path;
  Fsync fsync = Fsync::Interval;

  void read(radius::Config& config) {
    config.required("path", path, "the file to write to is needed");
    config.word("fsync", fsync, {{"always", Fsync::Always}, {"interval", Fsync::Interval}, {"never", Fsync::Never}});
  }
};

void need(const radius::ListView& list, radius_attr_t attr, const char* name) {
  if (!list.find(attr)) throw radius::Error(RADIUS_ERR_INVALID, "an Accounting-Request without " + std::string(name));
}

}  // namespace

class AcctLog {
 public:
  explicit AcctLog(radius::Instance& instance) : AcctLog(instance, instance.settings<Settings>()) {}

  void start();
  void stop() { syncer_.reset(); }
  void reopen();

  class Thread;

 private:
  AcctLog(const radius::Instance& instance, const Settings& settings)
      : instance_(instance),
        left_out_(instance),
        status_type_(instance.attribute("Acct-Status-Type")),
        session_id_(instance.attribute("Acct-Session-Id")),
        fsync_(settings.fsync),
        file_(settings.path.path, settings.fsync) {}

  uint64_t now_ns() const { return instance_.monotonic_ns(); }
  void sync();

  const radius::Instance& instance_;
  LeftOut left_out_;
  radius_attr_t status_type_;
  radius_attr_t session_id_;
  Fsync fsync_;
  LogFile file_;
  Episode write_failures_;
  Episode sync_failures_;
  std::optional<Syncer> syncer_;
};

/// Not earlier: a configuration is checked without making the file, and before the server has changed its
/// user.
void AcctLog::start() {
  if (const std::error_code error = file_.open())
    throw radius::Error(RADIUS_ERR_IO, file_.path() + ": " + error.message());
  if (fsync_ == Fsync::Interval) syncer_.emplace(std::chrono::seconds(1), [this] { sync(); });
}

void AcctLog::reopen() {
  if (const std::error_code error = file_.open())
    instance_.log_error(file_.path() + ": " + error.message() + "; the old file stays open");
}

void AcctLog::sync() {
  const std::error_code error = file_.sync();
  if (error && sync_failures_.failed(now_ns()))
    instance_.log_error(file_.path() + ": " + error.message() + "; what was recorded may not outlive a power failure");
  if (!error && sync_failures_.succeeded(now_ns())) instance_.log_info(file_.path() + ": records reach the disk again");
}

class AcctLog::Thread {
 public:
  explicit Thread(AcctLog& shared) : shared_(shared), writer_(shared.instance_, shared.left_out_) {}

  radius::Verdict accounting(radius::Request& request);

 private:
  AcctLog& shared_;
  RecordWriter writer_;
};

radius::Verdict AcctLog::Thread::accounting(radius::Request& request) {
  // RFC 2866 §5.13: both are in every Accounting-Request.
  need(request.request(), shared_.status_type_, "Acct-Status-Type");
  need(request.request(), shared_.session_id_, "Acct-Session-Id");

  const std::string_view line = writer_.write(request);
  const uint64_t now_ns = shared_.now_ns();
  if (const std::error_code error = shared_.file_.append(line, now_ns)) {
    const std::string reason = shared_.file_.path() + ": " + error.message();
    if (shared_.write_failures_.failed(now_ns))
      shared_.instance_.log_error(reason + "; accounting is neither recorded nor answered");
    throw radius::Error(RADIUS_ERR_IO, reason);
  }
  if (shared_.write_failures_.succeeded(now_ns))
    shared_.instance_.log_info(shared_.file_.path() + ": accounting is recorded again");
  return radius::Verdict::Accept;
}

}  // namespace acctlog

RADIUS_PLUGIN(acctlog::AcctLog, "org.radhost.acctlog", "0.1.0", "records accounting, one JSON object a line")
