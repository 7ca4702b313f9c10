// SPDX-License-Identifier: Apache-2.0
/// The module `acctlog`: records Accounting-Requests, one JSON object a line, and answers what it has
/// recorded.
#include "../support/threaded.h"
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
  std::string path;
  Fsync fsync = Fsync::Interval;
};

/// Every mistake is reported; then it throws radius::Error.
Settings read_settings(const radius::Instance& instance) {
  Settings settings;
  bool whole = true;
  const auto mistake = [&](std::string_view key, std::string_view text) {
    instance.reject(key, text);
    whole = false;
  };
  settings.path = instance.path("path").value_or("");
  if (settings.path.empty()) mistake("path", "the file to write to is needed");

  const std::string fsync = instance.text("fsync").value_or("interval");
  if (fsync == "always") settings.fsync = Fsync::Always;
  else if (fsync == "never") settings.fsync = Fsync::Never;
  else if (fsync != "interval") mistake("fsync", "must be \"always\", \"interval\" or \"never\"");

  if (!whole) throw radius::Error(RADIUS_ERR_CONFIG, "the module's table has mistakes");
  return settings;
}

}  // namespace

class AcctLog {
 public:
  explicit AcctLog(radius::Instance& instance) : AcctLog(instance, read_settings(instance)) {}

  void start();
  void stop() { syncer_.reset(); }
  void reopen();

  class Worker;

 private:
  AcctLog(const radius::Instance& instance, const Settings& settings)
      : instance_(instance),
        left_out_(instance),
        status_type_(instance.attribute("Acct-Status-Type")),
        session_id_(instance.attribute("Acct-Session-Id")),
        fsync_(settings.fsync),
        file_(settings.path, settings.fsync) {}

  uint64_t now_ns() const { return instance_.host().system->monotonic_ns(); }
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
    instance_.log(radius::Level::Error, file_.path() + ": " + error.message() + "; the old file stays open");
}

void AcctLog::sync() {
  const std::error_code error = file_.sync();
  if (error && sync_failures_.failed(now_ns()))
    instance_.log(radius::Level::Error,
                  file_.path() + ": " + error.message() + "; what was recorded may not outlive a power failure");
  if (!error && sync_failures_.succeeded(now_ns()))
    instance_.log(radius::Level::Info, file_.path() + ": records reach the disk again");
}

class AcctLog::Worker {
 public:
  explicit Worker(AcctLog& shared) : shared_(shared), writer_(shared.instance_, shared.left_out_) {}

  radius::Verdict accounting(radius::Request& request);

 private:
  void need(const radius_list_t* list, radius_attr_t attr, const char* name) const;

  AcctLog& shared_;
  RecordWriter writer_;
};

radius::Verdict AcctLog::Worker::accounting(radius::Request& request) {
  const radius_list_t* list = request.request().get();
  // RFC 2866 §5.13: both are in every Accounting-Request.
  need(list, shared_.status_type_, "Acct-Status-Type");
  need(list, shared_.session_id_, "Acct-Session-Id");

  const std::string_view line = writer_.write(request);
  const uint64_t now_ns = shared_.now_ns();
  if (const std::error_code error = shared_.file_.append(line, now_ns)) {
    const std::string reason = shared_.file_.path() + ": " + error.message();
    if (shared_.write_failures_.failed(now_ns))
      shared_.instance_.log(radius::Level::Error, reason + "; accounting is neither recorded nor answered");
    throw radius::Error(RADIUS_ERR_IO, reason);
  }
  if (shared_.write_failures_.succeeded(now_ns))
    shared_.instance_.log(radius::Level::Info, shared_.file_.path() + ": accounting is recorded again");
  return radius::Verdict::Accept;
}

void AcctLog::Worker::need(const radius_list_t* list, radius_attr_t attr, const char* name) const {
  radius_view_t view{};
  if (shared_.instance_.host().lists->find(list, attr, &view) != RADIUS_OK)
    throw radius::Error(RADIUS_ERR_INVALID, "an Accounting-Request without " + std::string(name));
}

}  // namespace acctlog

RADHOST_THREADED_PLUGIN(acctlog::AcctLog, "org.radhost.acctlog", "0.1.0", "records accounting, one JSON object a line")
