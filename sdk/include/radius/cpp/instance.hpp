// SPDX-License-Identifier: Apache-2.0
/// An instance's side of the host.
#ifndef RADIUS_CPP_INSTANCE_HPP
#define RADIUS_CPP_INSTANCE_HPP

#include <radius/cpp/dictionary.hpp>
#include <radius/cpp/error.hpp>
#include <radius/cpp/log.hpp>
#include <radius/cpp/secret.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace radius {

/// An instance's side of the host: configuration, dictionary, log. Lives as long as the module's object; what reads the
/// configuration or resolves attributes belongs in that object's constructor.
class Instance : public LogLevels<Instance> {
 public:
  Instance(const radius_host_v1_t& host, radius_instance_t* instance) : host_(&host), instance_(instance) {}

  const radius_host_v1_t& host() const { return *host_; }
  radius_instance_t* get() const { return instance_; }
  Dictionary dictionary() const { return {*host_, instance_}; }

  void log(Level level, std::string_view message) const {
    host_->log->write(instance_, static_cast<radius_level_t>(level), to_text(message));
  }
  /// Is anything written at this level? Ask before building a costly message.
  bool enabled(Level level) const { return host_->log->enabled(instance_, static_cast<radius_level_t>(level)) != 0; }

  uint64_t monotonic_ns() const { return host_->system->monotonic_ns(instance_); }
  /// Microseconds since 1970, UTC.
  int64_t wall_clock_us() const { return host_->system->wall_clock_us(instance_); }
  /// Fills `octets` with unpredictable ones.
  void random(uint8_t* octets, size_t length) const {
    require(host_->system->random(instance_, octets, length), "random");
  }

  /// The whole table as a struct of the module's own: see config.hpp. Throws Error when all mistakes are reported.
  template <class Settings>
  Settings settings() const;

  /// Single values; nothing where the key is absent. Throw Error when the value has another type.
  std::optional<std::string> text(std::string_view key) const {
    radius_text_t value{};
    if (!found(host_->config->text(instance_, to_text(key), &value), key)) return std::nullopt;
    return std::string(to_view(value));
  }
  std::optional<int64_t> integer(std::string_view key) const {
    int64_t value = 0;
    if (!found(host_->config->integer(instance_, to_text(key), &value), key)) return std::nullopt;
    return value;
  }
  std::optional<double> real(std::string_view key) const {
    double value = 0;
    if (!found(host_->config->real(instance_, to_text(key), &value), key)) return std::nullopt;
    return value;
  }
  std::optional<bool> boolean(std::string_view key) const {
    int32_t value = 0;
    if (!found(host_->config->boolean(instance_, to_text(key), &value), key)) return std::nullopt;
    return value != 0;
  }
  /// Given as KEY, KEY_file or KEY_env.
  std::optional<Secret> secret(std::string_view key) const {
    radius_text_t value{};
    if (!found(host_->config->secret(instance_, to_text(key), &value), key)) return std::nullopt;
    return Secret(to_view(value));
  }
  /// A value, with all below it, as JSON.
  std::optional<std::string> json(std::string_view key) const {
    radius_text_t value{};
    if (!found(host_->config->json(instance_, to_text(key), &value), key)) return std::nullopt;
    return std::string(to_view(value));
  }
  /// A file's absolute path; a relative one starts at the configuration file's folder.
  std::optional<std::string> path(std::string_view key) const {
    radius_text_t value{};
    if (!found(host_->config->path(instance_, to_text(key), &value), key)) return std::nullopt;
    return std::string(to_view(value));
  }
  uint64_t count(std::string_view key) const { return host_->config->count(instance_, to_text(key)); }
  std::string member(std::string_view key, uint64_t index) const {
    radius_text_t name{};
    require(host_->config->member(instance_, to_text(key), index, &name), key);
    return std::string(to_view(name));
  }
  radius_config_type_t type_of(std::string_view key) const { return host_->config->type_of(instance_, to_text(key)); }

  /// Reports a mistake at a key's position. Throw, or return an error, when all are reported.
  void reject(std::string_view key, std::string_view message) const {
    host_->config->reject(instance_, to_text(key), to_text(message));
  }
  void reject_at(std::string_view file, uint32_t line, uint32_t column, std::string_view message) const {
    host_->config->reject_at(instance_, to_text(file), line, column, to_text(message));
  }

  /// Names a file that the instance is made from; gives its absolute path.
  std::string depend(std::string_view path) const {
    radius_text_t resolved{};
    require(host_->config->depend(instance_, to_text(path), &resolved), path);
    return std::string(to_view(resolved));
  }

  /// The handle of an attribute. Throws Error, with the nearest name, when the dictionary does not have it.
  radius_attr_t attribute(std::string_view name) const {
    if (const auto attr = dictionary().find(name)) return *attr;
    throw Error(RADIUS_ERR_NOT_FOUND, unknown_attribute(name));
  }
  /// One whose values are a T. Throws Error, too, when the dictionary says that they are not.
  template <class T>
  Attr<T> attribute(std::string_view name) const {
    const radius_attr_t attr = attribute(name);
    if (!detail::Value<T>::holds(dictionary().describe(attr).data_type))
      throw Error(RADIUS_ERR_TYPE, std::string(name) + " does not hold " + detail::Value<T>::name);
    return Attr<T>(attr);
  }
  /// What to say of a name that the dictionary does not have.
  std::string unknown_attribute(std::string_view name) const {
    std::string message = "the dictionary has no attribute \"" + std::string(name) + "\"";
    if (const auto nearest = dictionary().suggest(name)) message += "; did you mean \"" + *nearest + "\"?";
    return message;
  }

  /// An extension's table, such as `extension<radius_store_v1_t>(RADIUS_EXT_STORE)`. Throws Error when this host does
  /// not have it.
  template <class Table>
  const Table& extension(const char* id) const {
    const void* table = host_->extension(instance_, to_text(id));
    if (table == nullptr) throw Error(RADIUS_ERR_UNSUPPORTED, "this host does not have " + std::string(id));
    return *static_cast<const Table*>(table);
  }

 private:
  static bool found(radius_status_t status, std::string_view key) {
    if (status == RADIUS_ERR_NOT_FOUND) return false;
    require(status, key);
    return true;
  }
  const radius_host_v1_t* host_;
  radius_instance_t* instance_;
};

}  // namespace radius

#endif
