// SPDX-License-Identifier: Apache-2.0
/// Puts the name of its build into each answer; two builds of it are swapped for each other. The User-Name says how it
/// answers:
///
///     now                 at once
///     pending 50          50 ms later, by a timer
///     offload 50          after 50 ms on a pool thread
///     rounds 10           in the end of a conversation of ten challenges, whose data checks that no other build goes
///     on
///
/// An answer has the build's name in Reply-Message, or in an attribute of a vendor's where there may be none.
#include <radius/plugin.hpp>

#include <chrono>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

namespace {

constexpr const char* build = BUILD;

/// What a challenge leaves: its destructor is this build's code.
struct Round {
  std::string by = build;
  ~Round() { by = "gone"; }
};

class Stamped {
 public:
  explicit Stamped(radius::Instance& instance)
      : user_name_(instance.attribute<std::string_view>("User-Name")),
        reply_message_(instance.attribute<std::string_view>("Reply-Message")),
        stamp_(instance.attribute("Vendor-99999-Attr-1")),
        text_(instance.text("text").value_or(build)) {}

  radius::Verdict access(radius::Request& request) {
    auto name = request.get(user_name_);
    std::istringstream words(std::string(name.value_or("now")));
    std::string way;
    uint32_t number = 0;
    words >> way >> number;
    std::chrono::milliseconds delay(number);

    if (way == "rounds") return go_on(request, number);
    if (way == "offload") {
      if (!request.is_offloaded()) return radius::Verdict::Offload;
      std::this_thread::sleep_for(delay);
    }
    if (way == "pending") {
      request.thread().after(delay, [this, pending = request.defer()]() mutable {
        pending.with([this](radius::Request& held) { stamp(held); });
        pending.accept();
      });
      return radius::Verdict::Pending;
    }
    stamp(request);
    return radius::Verdict::Accept;
  }

  radius::Verdict accounting(radius::Request& request) {
    request.reply().add(stamp_, text_);
    return radius::Verdict::Accept;
  }

 private:
  void stamp(radius::Request& request) { request.reply().add(reply_message_, text_); }

  radius::Verdict go_on(radius::Request& request, uint32_t rounds) {
    auto left = request.conversation<Round>();
    if (left && left->by != build) throw radius::Error(RADIUS_ERR_STATE, "another build began this");
    stamp(request);
    if (left.round() == rounds) return radius::Verdict::Accept;
    left.emplace();
    return radius::Verdict::Challenge;
  }

  radius::Attr<std::string_view> user_name_;
  radius::Attr<std::string_view> reply_message_;
  radius_attr_t stamp_;
  std::string text_;
};

}  // namespace

RADIUS_PLUGIN(Stamped, "org.radhost.test.stamped", "1.0.0-" BUILD, "says which build answers")
