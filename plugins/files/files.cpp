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
};

/// Every mistake is reported; then it throws radius::Error.
Settings read_settings(const radius::Instance& instance) {
  Settings settings;
  bool whole = true;
  const auto mistake = [&](std::string_view key, std::string_view text) {
    instance.reject(key, text);
    whole = false;
  };
  settings.path = instance.text("path").value_or("");
  if (settings.path.empty()) mistake("path", "the path of a users file is needed");

  const std::string unknown = instance.text("unknown").value_or("reject");
  if (unknown == "pass") settings.unknown = radius::Verdict::Pass;
  else if (unknown != "reject") mistake("unknown", "must be \"reject\" or \"pass\"");

  if (!whole) throw radius::Error(RADIUS_ERR_CONFIG, "the module's table has mistakes");
  return settings;
}

Users load(const radius::Instance& instance, const std::string& path) {
  try {
    Users users = load_users(instance, instance.depend(path));
    instance.log(radius::Level::Info, path + ": users: " + std::to_string(users.table.size()));
    return users;
  } catch (const std::system_error& error) {
    const std::string reason = path + ": " + error.code().message();
    instance.reject("path", reason);
    throw radius::Error(RADIUS_ERR_CONFIG, reason);
  }
}

class Files {
 public:
  explicit Files(radius::Instance& instance) : Files(instance, read_settings(instance)) {}

  radius::Verdict access(radius::Request& request);

 private:
  Files(const radius::Instance& instance, const Settings& settings)
      : host_(instance.host()),
        user_name_(instance.attribute("User-Name")),
        credentials_{instance.attribute("Cleartext-Password"), instance.attribute("Crypt-Password"),
                     instance.attribute("NT-Password")},
        unknown_(settings.unknown),
        users_(load(instance, settings.path)) {}

  const radius_host_v1_t& host_;
  radius_attr_t user_name_;
  std::array<radius_attr_t, 3> credentials_;  // by CredentialKind
  radius::Verdict unknown_;
  Users users_;
};

/// Allocates nothing, and takes no lock.
radius::Verdict Files::access(radius::Request& request) {
  const radius_lists_v1_t& lists = *host_.lists;
  radius_view_t name{};
  if (lists.find(request.request().get(), user_name_, &name) != RADIUS_OK) return radius::Verdict::Pass;

  const std::optional<UserView> user = users_.table.find({reinterpret_cast<const char*>(name.data), name.length});
  if (!user) return unknown_;

  radius::require(
      lists.add_octets(request.control().get(), credentials_[static_cast<size_t>(user->kind)], RADIUS_NO_TAG,
                       reinterpret_cast<const uint8_t*>(user->credential.data()), user->credential.size()),
      "the credential");
  if (const radius_prebuilt_t* reply = users_.replies[user->reply]) request.reply().append(reply);
  return radius::Verdict::Pass;
}

}  // namespace files

RADIUS_PLUGIN(files::Files, "org.radhost.files", "0.1.0", "looks users up in a TOML file")
