// SPDX-License-Identifier: Apache-2.0
// What the veneer was when this was compiled: configuration, attributes, iteration, a finish, and exceptions.
#include <radius/plugin.hpp>

namespace {

class Veneer {
 public:
  explicit Veneer(radius::Instance& instance)
      : instance_(instance),
        greeting_(instance.text("greeting").value_or("hello")),
        user_name_(instance.attribute("User-Name")),
        session_timeout_(instance.attribute("Session-Timeout")) {
    if (instance.boolean("refuse").value_or(false)) throw std::runtime_error("it was told to refuse");
  }

  radius::Verdict access(radius::Request& request) {
    auto name = request.request().find(user_name_);
    if (!name) return radius::Verdict::Reject;
    if (name->text() == "throws") throw std::runtime_error("thrown for a user");
    uint64_t count = 0;
    for (radius::Attribute attribute : request.request()) count += attribute.handle() == user_name_ ? 1 : 0;
    request.reply().add("Reply-Message", greeting_ + ", " + std::string(name->text()));
    request.reply().add_integer(session_timeout_, count);
    return radius::Verdict::Accept;
  }

  void finish(radius::Request& request, radius::Verdict verdict) {
    if (verdict != radius::Verdict::Accept) return;
    uint64_t seconds = request.reply().find(session_timeout_)->integer().value_or(0);
    request.reply().remove(session_timeout_);
    request.reply().add_integer(session_timeout_, seconds + 3600);
    instance_.log(radius::Level::Info, "finished for " + std::string(radius::to_view(request.info().client)));
  }

 private:
  radius::Instance& instance_;
  std::string greeting_;
  radius_attr_t user_name_;
  radius_attr_t session_timeout_;
};

}  // namespace

RADIUS_PLUGIN(Veneer, "org.radhost.test.abi.veneer", "1.0.0", "speaks through the veneer")
