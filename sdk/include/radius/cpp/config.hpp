// SPDX-License-Identifier: Apache-2.0
/// Configuration as a struct: each key is declared once, with its field, whose initial value is the default.
///
///     struct Settings {
///       radius::SourceFile users;
///       std::chrono::milliseconds timeout{2000};
///       std::vector<std::string> realms;
///       void read(radius::Config& config) {
///         config.required("users", users);
///         config.optional("timeout_ms", timeout, radius::Range{1ms, 60s});
///         config.optional("realms", realms);
///       }
///     };
///     … instance.settings<Settings>() …
///
/// A field is a bool, an integer, a double, a std::string, a Secret, a SourceFile, a FilePath, an Attr<T>, a
/// std::chrono::duration (whose key ends in `_ms` or `_s`), a struct with a `read` of its own, or a std::optional,
/// std::vector or std::map<std::string, …> of these. Every mistake is reported where it stands, before anything throws.
#ifndef RADIUS_CPP_CONFIG_HPP
#define RADIUS_CPP_CONFIG_HPP

#include <radius/cpp/decimal.hpp>
#include <radius/cpp/instance.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace radius {

/// The absolute path of a file that the instance is made from: an edit to it counts as a change of the instance.
struct SourceFile {
  std::string path;
};

/// The absolute path of a file that the module writes, or otherwise does not depend on.
struct FilePath {
  std::string path;
};

/// From `least` to `most`, both included.
template <class T>
struct Range {
  template <class Least, class Most>
  constexpr Range(Least from, Most to) : least(from), most(to) {}
  T least;
  T most;
};
template <class Least, class Most>
Range(Least, Most) -> Range<std::common_type_t<Least, Most>>;

/// A table that is being read.
class Config {
 public:
  Config(const Instance& instance, std::string table, bool& is_whole)
      : instance_(&instance), table_(std::move(table)), is_whole_(&is_whole) {}

  /// A key that must be there; text must not be empty. `otherwise` is what people are told when it is missing.
  template <class Field>
  void required(std::string_view key, Field& field, std::string_view otherwise = {}) {
    bool is_right = true;
    const bool is_given = note(is_right, [&] { return read(path_of(key), field); });
    if (!is_given || (is_right && is_empty(field))) missing(key, otherwise);
  }
  template <class Field, class T>
  void required(std::string_view key, Field& field, const Range<T>& range) {
    if (!read(path_of(key), field, &range)) missing(key, {});
  }
  /// A key that may be there; the field keeps its value when it is not.
  template <class Field>
  void optional(std::string_view key, Field& field) {
    read(path_of(key), field);
  }
  template <class Field, class T>
  void optional(std::string_view key, Field& field, const Range<T>& range) {
    read(path_of(key), field, &range);
  }

  /// One of these words.
  template <class Enum>
  void word(std::string_view key, Enum& field, std::initializer_list<std::pair<std::string_view, Enum>> words) {
    std::string text;
    bool is_right = true;
    const bool is_given = note(is_right, [&] { return read(path_of(key), text); });
    if (!is_given || !is_right) return;
    std::string expected;
    size_t left = words.size();
    for (const auto& [word, value] : words) {
      if (text == word) return static_cast<void>(field = value);
      expected += "\"" + std::string(word) + "\"" + (--left > 1 ? ", " : left == 1 ? " or " : "");
    }
    mistake(key, "must be " + expected);
  }
  /// A value, with all below it, as JSON; text stays as it is where the key is absent.
  void json(std::string_view key, std::string& text) {
    radius_text_t value{};
    if (check(table().json(instance_->get(), to_text(path_of(key)), &value))) text = to_view(value);
  }

  /// Reports a mistake at a key of this table, as between two fields.
  void mistake(std::string_view key, std::string_view message) { reject(path_of(key), message); }
  const Instance& instance() const { return *instance_; }

 private:
  const radius_config_v1_t& table() const { return *instance_->host().config; }

  /// A key of this table, with the way to it.
  std::string path_of(std::string_view key) const {
    bool is_bare = !key.empty();
    for (const char c : key)
      is_bare = is_bare &&
                ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-');
    std::string path = table_;
    if (!path.empty()) path += '.';
    return is_bare ? path.append(key) : path.append("\"").append(key).append("\"");
  }
  void reject(const std::string& path, std::string_view message) {
    instance_->reject(path, message);
    *is_whole_ = false;
  }
  void missing(std::string_view key, std::string_view otherwise) {
    const std::string path = path_of(key);
    reject(is_there(path) ? path : table_,
           otherwise.empty() ? "the key \"" + std::string(key) + "\" is needed" : std::string(otherwise));
  }
  /// Was there a value? A wrong one has been reported by the host.
  bool check(radius_status_t status) {
    if (status != RADIUS_OK && status != RADIUS_ERR_NOT_FOUND) *is_whole_ = false;
    return status == RADIUS_OK;
  }

  /// Did `body` report no mistake?
  template <class Body>
  bool note(bool& is_right, Body&& body) {
    const bool was_whole = std::exchange(*is_whole_, true);
    const bool result = body();
    is_right = *is_whole_;
    *is_whole_ = is_right && was_whole;
    return result;
  }

  // Each says whether the key is there, be its value right or wrong.

  bool is_there(const std::string& path) const {
    return table().type_of(instance_->get(), to_text(path)) != RADIUS_CONFIG_ABSENT;
  }
  bool read_text(const std::string& path, std::string& field, decltype(radius_config_v1_t::text) from) {
    radius_text_t value{};
    const radius_status_t status = from(instance_->get(), to_text(path), &value);
    if (check(status)) field = to_view(value);
    return status != RADIUS_ERR_NOT_FOUND;
  }
  bool read(const std::string& path, std::string& field) { return read_text(path, field, table().text); }
  bool read(const std::string& path, FilePath& field) {
    const bool is_given = read_text(path, field.path, table().text);
    return is_given && !field.path.empty() ? read_text(path, field.path, table().path) : is_given;
  }
  bool read(const std::string& path, SourceFile& field) {
    const bool is_given = read_text(path, field.path, table().text);
    if (is_given && !field.path.empty()) field.path = instance_->depend(field.path);
    return is_given;
  }
  bool read(const std::string& path, Secret& field) {
    radius_text_t value{};
    const radius_status_t status = table().secret(instance_->get(), to_text(path), &value);
    if (status == RADIUS_OK) field = Secret(to_view(value));
    // Not found may also mean that what names it leads nowhere, which the host has reported.
    const bool is_named = is_there(path + "_file") || is_there(path + "_env");
    const bool is_given = status != RADIUS_ERR_NOT_FOUND || is_named;
    if (status != RADIUS_OK && is_given) *is_whole_ = false;
    return is_given;
  }
  static bool is_empty(const std::string& field) { return field.empty(); }
  static bool is_empty(const Secret& field) { return field.empty(); }
  static bool is_empty(const FilePath& field) { return field.path.empty(); }
  static bool is_empty(const SourceFile& field) { return field.path.empty(); }
  template <class Field>
  static bool is_empty(const Field&) {
    return false;
  }
  bool read(const std::string& path, bool& field) {
    int32_t value = field ? 1 : 0;
    const radius_status_t status = table().boolean(instance_->get(), to_text(path), &value);
    if (check(status)) field = value != 0;
    return status != RADIUS_ERR_NOT_FOUND;
  }
  template <class T>
  bool read(const std::string& path, Attr<T>& field) {
    std::string name;
    if (!read(path, name)) return false;
    if (table().type_of(instance_->get(), to_text(path)) != RADIUS_CONFIG_TEXT) return true;
    detail::guard([&] { return field = instance_->attribute<T>(name), RADIUS_OK; },
                  [&](const char* why) { reject(path, why); });
    return true;
  }
  template <class T>
  bool read(const std::string& path, std::optional<T>& field) {
    if (!is_there(path) && !std::is_same_v<T, Secret>) return false;
    T value{};
    const bool is_given = read(path, value);
    if (is_given) field = std::move(value);
    return is_given;
  }
  template <class T, class Limit>
  bool read(const std::string& path, std::optional<T>& field, const Range<Limit>* range) {
    if (!is_there(path)) return false;
    T value{};
    bool is_right = true;
    note(is_right, [&] { return read(path, value, range); });
    if (is_right) field = value;
    return true;
  }
  template <class T>
  bool read(const std::string& path, std::vector<T>& field) {
    if (!is_kind(path, RADIUS_CONFIG_ARRAY, "an array is expected here")) return is_there(path);
    field.clear();
    const uint64_t count = table().count(instance_->get(), to_text(path));
    for (uint64_t i = 0; i != count; ++i) {
      T element{};
      read(path + "[" + detail::decimal(static_cast<int64_t>(i)) + "]", element);
      field.push_back(std::move(element));
    }
    return true;
  }
  template <class T>
  bool read(const std::string& path, std::map<std::string, T>& field) {
    if (!is_kind(path, RADIUS_CONFIG_TABLE, "a table is expected here")) return is_there(path);
    field.clear();
    Config inner(*instance_, path, *is_whole_);
    radius_text_t name{};
    for (uint64_t i = 0; table().member(instance_->get(), to_text(path), i, &name) == RADIUS_OK; ++i) {
      std::string key(to_view(name));
      T element{};
      read(inner.path_of(key), element);
      field.emplace(std::move(key), std::move(element));
    }
    return true;
  }

  /// Numbers, times and structs; `range` may be null.
  template <class Field, class T = Field>
  bool read(const std::string& path, Field& field, const Range<T>* range = nullptr) {
    if constexpr (detail::is_integer_v<Field>) return read_integer(path, field, range);
    else if constexpr (std::is_floating_point_v<Field>) return read_real(path, field, range);
    else if constexpr (is_duration<Field>::value) return read_duration(path, field, range);
    else return read_table(path, field);
  }
  template <class Field, class T>
  bool read_integer(const std::string& path, Field& field, const Range<T>* range) {
    int64_t value = 0;
    const radius_status_t status = table().integer(instance_->get(), to_text(path), &value);
    if (!check(status)) return status != RADIUS_ERR_NOT_FOUND;
    using Limits = std::numeric_limits<Field>;
    int64_t least = std::is_signed_v<Field> ? static_cast<int64_t>(Limits::min()) : 0;
    int64_t most = sizeof(Field) < sizeof value || std::is_signed_v<Field> ? static_cast<int64_t>(Limits::max())
                                                                           : std::numeric_limits<int64_t>::max();
    if (range != nullptr) {
      least = static_cast<int64_t>(range->least);
      most = static_cast<int64_t>(range->most);
    }
    if (value < least || value > most) out_of_range(path, detail::decimal(least), detail::decimal(most));
    else field = static_cast<Field>(value);
    return true;
  }
  template <class Field, class T>
  bool read_real(const std::string& path, Field& field, const Range<T>* range) {
    double value = 0;
    const radius_status_t status = table().real(instance_->get(), to_text(path), &value);
    if (!check(status)) return status != RADIUS_ERR_NOT_FOUND;
    if (range != nullptr && !(value >= static_cast<double>(range->least) && value <= static_cast<double>(range->most)))
      out_of_range(path, short_text(range->least), short_text(range->most));
    else field = static_cast<Field>(value);
    return true;
  }
  template <class Field, class T>
  bool read_duration(const std::string& path, Field& field, const Range<T>* range) {
    using std::chrono::milliseconds;
    using std::chrono::seconds;
    if (ends_with(path, "_ms")) return read_units<milliseconds>(path, field, range);
    if (ends_with(path, "_s")) return read_units<seconds>(path, field, range);
    throw Error(RADIUS_ERR_INVALID, "the key of a time ends in _ms or _s, not as \"" + path + "\" does");
  }
  template <class Unit, class Field, class T>
  bool read_units(const std::string& path, Field& field, const Range<T>* range) {
    int64_t value = 0;
    const radius_status_t status = table().integer(instance_->get(), to_text(path), &value);
    if (!check(status)) return status != RADIUS_ERR_NOT_FOUND;
    // No longer than 31 years, so that no unit of it overflows.
    int64_t least = 0;
    int64_t most = std::chrono::duration_cast<Unit>(std::chrono::seconds(1000000000)).count();
    if (range != nullptr) {
      least = std::chrono::duration_cast<Unit>(range->least).count();
      most = std::chrono::duration_cast<Unit>(range->most).count();
    }
    if (value < least || value > most) out_of_range(path, detail::decimal(least), detail::decimal(most));
    else field = std::chrono::duration_cast<Field>(Unit(value));
    return true;
  }
  template <class Field>
  bool read_table(const std::string& path, Field& field) {
    if (!is_kind(path, RADIUS_CONFIG_TABLE, "a table is expected here")) return is_there(path);
    Config inner(*instance_, path, *is_whole_);
    field.read(inner);
    return true;
  }

  /// False where the key is absent, and, with a mistake reported, where it is of another kind.
  bool is_kind(const std::string& path, radius_config_type_t kind, std::string_view message) {
    const radius_config_type_t type = table().type_of(instance_->get(), to_text(path));
    if (type != kind && type != RADIUS_CONFIG_ABSENT) reject(path, message);
    return type == kind;
  }
  void out_of_range(const std::string& path, const std::string& least, const std::string& most) {
    reject(path, "must be from " + least + " to " + most);
  }
  template <class Number>
  static std::string short_text(Number number) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", static_cast<double>(number));
    return text;
  }
  static bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
  }
  template <class T>
  struct is_duration : std::false_type {};
  template <class Rep, class Period>
  struct is_duration<std::chrono::duration<Rep, Period>> : std::true_type {};

  const Instance* instance_;
  std::string table_;
  bool* is_whole_;
};

template <class Settings>
Settings Instance::settings() const {
  bool is_whole = true;
  Settings settings{};
  Config config(*this, {}, is_whole);
  settings.read(config);
  if (!is_whole) throw Error(RADIUS_ERR_CONFIG, "the module's table has mistakes");
  return settings;
}

}  // namespace radius

#endif
