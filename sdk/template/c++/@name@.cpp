// Greets the users that it knows, and rejects all others. Its table in the configuration:
//
//     [plugin.@name@.config]
//     allow = ["bob"]
//     greeting = "Hello"
#include <radius/plugin.hpp>

#include <set>
#include <string>

namespace {

class @class@ {
 public:
  // Once, before anything is served: reads the configuration, and looks names up in the dictionary.
  explicit @class@(radius::Instance& instance)
      : user_name_(instance.attribute("User-Name")),
        reply_message_(instance.attribute("Reply-Message")),
        greeting_(instance.text("greeting").value_or("Hello")) {
    for (uint64_t i = 0; i < instance.count("allow"); ++i)
      if (auto user = instance.text("allow[" + std::to_string(i) + "]")) allowed_.insert(*user);
  }

  // For each Access-Request, on several threads at once: reads what the constructor made, and must not block.
  radius::Verdict access(radius::Request& request) {
    auto user = request.request().find(user_name_);
    if (!user) return radius::Verdict::Pass;
    // A name proves nothing: this is where your own check goes.
    if (allowed_.find(user->text()) == allowed_.end()) return radius::Verdict::Reject;
    request.reply().add(reply_message_, greeting_ + ", " + std::string(user->text()));
    return radius::Verdict::Accept;
  }

 private:
  radius_attr_t user_name_;
  radius_attr_t reply_message_;
  std::string greeting_;
  std::set<std::string, std::less<>> allowed_;
};

}  // namespace

RADIUS_PLUGIN(@class@, "org.example.@name@", "0.1.0", "greets the users that it knows")
