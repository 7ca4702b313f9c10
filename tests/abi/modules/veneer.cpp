// SPDX-License-Identifier: Apache-2.0
// What the veneer was when this was compiled: configuration, attributes, iteration, a finish, and exceptions.
#include <radius/plugin.hpp>

namespace {

class Veneer {
 public:
  explicit Veneer(radius::Instance& instance)
      : instance_(instance),
        greeting_(instance.text("greeting").value_or("hello")),
        user_name_(instance.attribute<std::string_view>("User-Name")),
        session_timeout_(instance.attribute<uint32_t>("Session-Timeout")) {
    if (instance.boolean("refuse").value_or(false)) throw std::runtime_error("it was told to refuse");
  }

  radius::Verdict access(radius::Request& request) {
    auto name = request.request().find(user_name_);
    if (!name) return radius::Verdict::Reject;
    if (name->text() == "throws") throw std::runtime_error("thrown for a user");
    uint32_t count = 0;
    for (const radius::Attribute attribute : request.request()) count += attribute.is(user_name_) ? 1 : 0;
    request.reply().add("Reply-Message", greeting_ + ", " + std::string(name->text()));
    request.reply().add(session_timeout_, count);
    return radius::Verdict::Accept;
  }

  void finish(radius::Request& request, radius::Verdict verdict) {
    if (verdict != radius::Verdict::Accept) return;
    const uint32_t seconds = request.reply().get(session_timeout_).value_or(0);
    request.reply().replace(session_timeout_, seconds + 3600);
    instance_.log(radius::Level::Info, "finished for " + std::string(radius::to_view(request.info().client)));
  }

 private:
  radius::Instance& instance_;
  std::string greeting_;
  radius::Attr<std::string_view> user_name_;
  radius::Attr<uint32_t> session_timeout_;
};

}  // namespace

RADIUS_PLUGIN(Veneer, "org.radhost.test.abi.veneer", "1.0.0", "speaks through the veneer")
