// SPDX-License-Identifier: Apache-2.0
/// The module `files`: looks the user up in users.toml, fills control and reply, and passes the request on.
#include "loader.h"

#include <array>
#include <optional>
#include <radius/plugin.hpp>
#include <string>
#include <system_error>

namespace files {

/// The module's own table.
struct Settings {
  std::string path;
  radius::Verdict unknown = radius::Verdict::Reject;

  void read(radius::Config& config) {
    config.required("path", path, "the path of a users file is needed");
    config.word("unknown", unknown, {{"reject", radius::Verdict::Reject}, {"pass", radius::Verdict::Pass}});
  }
};

Users load(const radius::Instance& instance, const std::string& path) {
  try {
    Users users = load_users(instance, instance.depend(path));
    instance.log_info(path + ": users: " + std::to_string(users.table.size()));
    return users;
  } catch (const std::system_error& error) {
    const std::string reason = path + ": " + error.code().message();
    instance.reject("path", reason);
    throw radius::Error(RADIUS_ERR_CONFIG, reason);
  }
}

class Files {
 public:
  explicit Files(radius::Instance& instance) : Files(instance, instance.settings<Settings>()) {}

  radius::Verdict access(radius::Request& request);

 private:
  Files(const radius::Instance& instance, const Settings& settings)
      : user_name_(instance.attribute<std::string_view>("User-Name")),
        credentials_{instance.attribute("Cleartext-Password"), instance.attribute("Crypt-Password"),
                     instance.attribute("NT-Password")},
        unknown_(settings.unknown),
        users_(load(instance, settings.path)) {}

  radius::Attr<std::string_view> user_name_;
  std::array<radius_attr_t, 3> credentials_;  // by CredentialKind
  radius::Verdict unknown_;
  Users users_;
};

/// Allocates nothing, and takes no lock.
radius::Verdict Files::access(radius::Request& request) {
  const std::optional<std::string_view> name = request.get(user_name_);
  if (!name) return radius::Verdict::Pass;

  const std::optional<UserView> user = users_.table.find(*name);
  if (!user) return unknown_;

  request.control().add(credentials_[static_cast<size_t>(user->kind)], user->credential);
  if (const radius::Prebuilt reply = users_.replies[user->reply]) request.reply().append(reply);
  return radius::Verdict::Pass;
}

}  // namespace files

RADIUS_PLUGIN(files::Files, "org.radhost.files", "0.1.0", "looks users up in a TOML file")
