// SPDX-License-Identifier: Apache-2.0
/// Says what its table tells it to: any number as verdict, another in a conversation's later rounds, attributes into
/// reply and control, an exception; and leaves a group open in `handle_finish`.
#include <radius/plugin.hpp>

class Scripted {
 public:
  explicit Scripted(radius::Instance& instance)
      : verdict_(static_cast<radius_verdict_t>(instance.integer("verdict").value_or(RADIUS_PASS))),
        next_verdict_(static_cast<radius_verdict_t>(instance.integer("next_verdict").value_or(verdict_))),
        throws_(instance.boolean("throws").value_or(false)),
        reply_message_(instance.text("reply_message").value_or("")),
        note_(instance.text("note").value_or("")),
        finish_message_(instance.text("finish_message").value_or("")),
        password_attribute_(instance.attribute("Cleartext-Password")),
        long_reply_(instance.boolean("long_reply").value_or(false)),
        error_cause_(static_cast<uint64_t>(instance.integer("error_cause").value_or(0))),
        instance_(instance),
        leaves_group_(instance.boolean("leaves_group").value_or(false)),
        group_(leaves_group_ ? instance.attribute("Vendor-Specific.Cisco") : 0) {}

  radius::Verdict access(radius::Request& request) { return answer(request); }
  radius::Verdict accounting(radius::Request& request) { return answer(request); }
  radius::Verdict coa(radius::Request& request) { return answer(request); }
  radius::Verdict disconnect(radius::Request& request) { return answer(request); }

  void finish(radius::Request& request, radius::Verdict verdict) {
    // The veneer's own groups end with their scope.
    if (leaves_group_) instance_.host().lists->begin_group(request.reply().get(), group_);
    if (finish_message_.empty()) return;
    request.reply().add("Reply-Message", finish_message_ + " " + std::to_string(static_cast<int32_t>(verdict)));
  }

 private:
  radius::Verdict answer(radius::Request& request) {
    if (throws_) throw std::runtime_error("scripted to throw");
    if (!reply_message_.empty()) request.reply().add("Reply-Message", reply_message_);
    // More than a packet holds.
    for (int i = 0; long_reply_ && i < 17; ++i) request.reply().add("Reply-Message", std::string(253, 'x'));
    if (error_cause_ != 0) request.reply().add("Error-Cause", std::to_string(error_cause_));
    if (!note_.empty()) request.control().add("Cleartext-Password", note_);
    // What an earlier handler noted comes back in the reply.
    if (auto found = request.control().find(password_attribute_); found && note_.empty())
      request.reply().add("Reply-Message", "noted " + std::string(found->text()));
    return static_cast<radius::Verdict>(request.round() == 0 ? verdict_ : next_verdict_);
  }

  radius_verdict_t verdict_;
  radius_verdict_t next_verdict_;
  bool throws_;
  std::string reply_message_;
  std::string note_;
  std::string finish_message_;
  radius_attr_t password_attribute_;
  bool long_reply_;
  uint64_t error_cause_;
  radius::Instance& instance_;
  bool leaves_group_;
  radius_attr_t group_;
};

RADIUS_PLUGIN(Scripted, "org.radhost.test.scripted", "1.0.0", "says what it is told to")
