// SPDX-License-Identifier: Apache-2.0
/// The C++ veneer over radius_plugin_v1: header-only, C++17. Exceptions end at the border, where they become
/// the error a C function would have returned.
///
///     class Hello {
///      public:
///       explicit Hello(radius::Instance&) {}
///       radius::Verdict access(radius::Request& request) {
///         request.reply().add("Reply-Message", "hello");
///         return radius::Verdict::Accept;
///       }
///     };
///     RADIUS_PLUGIN(Hello, "org.example.hello", "1.0.0", "says hello")
///
/// The class has any of `access`, `accounting`, `coa`, `disconnect` (Request& → Verdict) and
/// `finish` (Request&, Verdict); `start()`, `stop()` and `reopen()` too, where it needs them.
#ifndef RADIUS_PLUGIN_HPP
#define RADIUS_PLUGIN_HPP

#include <radius/plugin.h>

#include <array>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace radius {

enum class Verdict : radius_verdict_t {
  Accept = RADIUS_ACCEPT,
  Reject = RADIUS_REJECT,
  Challenge = RADIUS_CHALLENGE,
  Drop = RADIUS_DROP,
  Unable = RADIUS_UNABLE,
  Pass = RADIUS_PASS,
  Pending = RADIUS_PENDING,
  Offload = RADIUS_OFFLOAD
};

enum class Level : radius_level_t {
  Debug = RADIUS_DEBUG,
  Info = RADIUS_INFO,
  Warn = RADIUS_WARN,
  Error = RADIUS_ERROR
};

/// A failed call of the host, or a reason of the module's own to fail.
class Error : public std::runtime_error {
 public:
  Error(radius_status_t status, const std::string& what) : std::runtime_error(what), status_(status) {}
  radius_status_t status() const { return status_; }

 private:
  radius_status_t status_;
};

inline radius_text_t to_text(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view to_view(radius_text_t text) {
  return text.length == 0 ? std::string_view{} : std::string_view{text.data, static_cast<size_t>(text.length)};
}

/// Throws unless `status` is RADIUS_OK.
inline void require(radius_status_t status, std::string_view what) {
  if (status != RADIUS_OK) throw Error(status, std::string(what) + " failed (" + std::to_string(status) + ")");
}

/// One attribute of a list, seen where it lies. As long-lived as the list, until that is next written to.
class Attribute {
 public:
  Attribute(const radius_host_v1_t& host, const radius_view_t& view) : host_(&host), view_(view) {}

  radius_attr_t handle() const { return view_.attr; }
  std::optional<uint8_t> tag() const {
    if ((view_.flags & RADIUS_VIEW_TAGGED) == 0) return std::nullopt;
    return view_.tag;
  }
  const uint8_t* data() const { return view_.data; }
  size_t size() const { return view_.length; }
  std::string_view text() const { return {reinterpret_cast<const char*>(view_.data), view_.length}; }

  /// The value of an integer, an enumeration or a time; nothing when the octets are of another length.
  std::optional<uint64_t> integer() const {
    uint64_t value = 0;
    if (host_->lists->read_integer(&view_, &value) != RADIUS_OK) return std::nullopt;
    return value;
  }
  const radius_view_t& view() const { return view_; }

 private:
  const radius_host_v1_t* host_;
  radius_view_t view_;
};

/// A list of attributes, borrowed.
class List {
 public:
  List(const radius_host_v1_t& host, radius_list_t* list) : host_(&host), list_(list) {}

  class Iterator {
   public:
    Iterator() = default;
    Iterator(const radius_host_v1_t* host, const radius_list_t* list) : host_(host), list_(list) {
      if (host_->lists->first(list_, &view_) != RADIUS_OK) list_ = nullptr;
    }
    Attribute operator*() const { return {*host_, view_}; }
    Iterator& operator++() {
      if (host_->lists->next(list_, &view_) != RADIUS_OK) list_ = nullptr;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return list_ != other.list_; }

   private:
    const radius_host_v1_t* host_ = nullptr;
    const radius_list_t* list_ = nullptr;
    radius_view_t view_{};
  };
  Iterator begin() const { return {host_, list_}; }
  Iterator end() const { return {}; }

  /// The first attribute with this handle.
  std::optional<Attribute> find(radius_attr_t attr) const {
    radius_view_t view{};
    if (host_->lists->find(list_, attr, &view) != RADIUS_OK) return std::nullopt;
    return Attribute(*host_, view);
  }
  /// The next one with its handle.
  std::optional<Attribute> find_next(const Attribute& attribute) const {
    radius_view_t view = attribute.view();
    if (host_->lists->find_next(list_, view.attr, &view) != RADIUS_OK) return std::nullopt;
    return Attribute(*host_, view);
  }

  /// By name and text, as an operator writes them; for set-up and rare cases. Throws Error.
  void add(std::string_view name, std::string_view text) {
    require(host_->lists->add_named(list_, to_text(name), to_text(text)), name);
  }
  /// By handle. Throw Error when the value does not fit the attribute.
  void add(radius_attr_t attr, std::string_view octets, int32_t tag = RADIUS_NO_TAG) {
    require(host_->lists->add_octets(list_, attr, tag, reinterpret_cast<const uint8_t*>(octets.data()), octets.size()),
            "add");
  }
  void add(radius_attr_t attr, const uint8_t* octets, size_t length, int32_t tag = RADIUS_NO_TAG) {
    require(host_->lists->add_octets(list_, attr, tag, octets, length), "add");
  }
  void add_integer(radius_attr_t attr, uint64_t value, int32_t tag = RADIUS_NO_TAG) {
    require(host_->lists->add_integer(list_, attr, tag, value), "add_integer");
  }
  void append(const radius_prebuilt_t* prebuilt) { require(host_->lists->append_prebuilt(list_, prebuilt), "append"); }
  void append(const List& other) { require(host_->lists->append(list_, other.list_), "append"); }

  /// Takes out every attribute with this handle, and says how many there were.
  uint64_t remove(radius_attr_t attr) {
    uint64_t removed = 0;
    require(host_->lists->remove(list_, attr, &removed), "remove");
    return removed;
  }
  radius_list_t* get() const { return list_; }

 private:
  const radius_host_v1_t* host_;
  radius_list_t* list_;
};

/// One request in a handler.
class Request {
 public:
  Request(const radius_host_v1_t& host, radius_request_t* request) : host_(&host), request_(request) {}

  const List request() const { return list(RADIUS_LIST_REQUEST); }
  List reply() { return list(RADIUS_LIST_REPLY); }
  List control() { return list(RADIUS_LIST_CONTROL); }

  radius_request_info_t info() const {
    radius_request_info_t info{};
    info.size = sizeof info;
    require(host_->requests->info(request_, &info), "info");
    return info;
  }
  void log(Level level, std::string_view message) {
    host_->log->write_for(request_, static_cast<radius_level_t>(level), to_text(message));
  }
  radius_request_t* get() const { return request_; }

 private:
  List list(radius_list_kind_t kind) const { return {*host_, host_->requests->list(request_, kind)}; }
  const radius_host_v1_t* host_;
  radius_request_t* request_;
};

/// An instance's side of the host: configuration, dictionary, log. Lives as long as the module's object.
class Instance {
 public:
  Instance(const radius_host_v1_t& host, radius_instance_t* instance) : host_(&host), instance_(instance) {}

  const radius_host_v1_t& host() const { return *host_; }
  radius_instance_t* get() const { return instance_; }

  void log(Level level, std::string_view message) const {
    host_->log->write(instance_, static_cast<radius_level_t>(level), to_text(message));
  }

  /// Configuration values; nothing where the key is absent. Throw Error when the value has another type.
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
  std::optional<bool> boolean(std::string_view key) const {
    int32_t value = 0;
    if (!found(host_->config->boolean(instance_, to_text(key), &value), key)) return std::nullopt;
    return value != 0;
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
  radius_config_type_t type(std::string_view key) const { return host_->config->type(instance_, to_text(key)); }

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
    radius_attr_t attr = 0;
    if (host_->dictionary->resolve(instance_, to_text(name), &attr) == RADIUS_OK) return attr;
    throw Error(RADIUS_ERR_NOT_FOUND, unknown_attribute(name));
  }
  /// What to say of a name that the dictionary does not have.
  std::string unknown_attribute(std::string_view name) const {
    std::string message = "the dictionary has no attribute \"" + std::string(name) + "\"";
    radius_text_t nearest{};
    if (host_->dictionary->suggest(instance_, to_text(name), &nearest) == RADIUS_OK)
      message += "; did you mean \"" + std::string(to_view(nearest)) + "\"?";
    return message;
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

/// A list of the module's own; ends itself.
class OwnList {
 public:
  explicit OwnList(const Instance& instance) : host_(&instance.host()), instance_(instance.get()) {
    require(host_->lists->create_list(instance_, &list_), "create_list");
  }
  OwnList(const OwnList&) = delete;
  OwnList& operator=(const OwnList&) = delete;
  ~OwnList() { host_->lists->destroy_list(list_); }

  List list() const { return {*host_, list_}; }

  /// An immutable copy, which lives as long as the instance.
  const radius_prebuilt_t* prebuild() const {
    radius_prebuilt_t* prebuilt = nullptr;
    require(host_->lists->prebuild(instance_, list_, &prebuilt), "prebuild");
    return prebuilt;
  }

 private:
  const radius_host_v1_t* host_;
  radius_instance_t* instance_;
  radius_list_t* list_ = nullptr;
};

namespace detail {

template <class P, class = void>
struct has_access : std::false_type {};
template <class P>
struct has_access<P, std::void_t<decltype(&P::access)>> : std::true_type {};
template <class P, class = void>
struct has_accounting : std::false_type {};
template <class P>
struct has_accounting<P, std::void_t<decltype(&P::accounting)>> : std::true_type {};
template <class P, class = void>
struct has_coa : std::false_type {};
template <class P>
struct has_coa<P, std::void_t<decltype(&P::coa)>> : std::true_type {};
template <class P, class = void>
struct has_disconnect : std::false_type {};
template <class P>
struct has_disconnect<P, std::void_t<decltype(&P::disconnect)>> : std::true_type {};
template <class P, class = void>
struct has_finish : std::false_type {};
template <class P>
struct has_finish<P, std::void_t<decltype(&P::finish)>> : std::true_type {};
template <class P, class = void>
struct has_start : std::false_type {};
template <class P>
struct has_start<P, std::void_t<decltype(&P::start)>> : std::true_type {};
template <class P, class = void>
struct has_stop : std::false_type {};
template <class P>
struct has_stop<P, std::void_t<decltype(&P::stop)>> : std::true_type {};
template <class P, class = void>
struct has_reopen : std::false_type {};
template <class P>
struct has_reopen<P, std::void_t<decltype(&P::reopen)>> : std::true_type {};

/// What `self` points to: the module's object beside its instance.
template <class P>
struct Holder {
  Holder(const radius_host_v1_t& host, radius_instance_t* handle) : instance(host, handle), plugin(instance) {}
  Instance instance;
  P plugin;
};

/// Runs `body`; what it throws becomes an explained error.
template <class Body>
int32_t guard(const radius_host_v1_t* host, radius_instance_t* instance, Body&& body) noexcept {
  try {
    return body();
  } catch (const Error& error) {
    host->log->explain(instance, to_text(error.what()));
    return error.status() < 0 ? error.status() : RADIUS_ERR_INTERNAL;
  } catch (const std::bad_alloc&) {
    host->log->explain(instance, to_text("out of memory"));
    return RADIUS_ERR_MEMORY;
  } catch (const std::exception& error) {
    host->log->explain(instance, to_text(error.what()));
    return RADIUS_ERR_EXCEPTION;
  } catch (...) {
    host->log->explain(instance, to_text("an exception of unknown type"));
    return RADIUS_ERR_EXCEPTION;
  }
}

template <class P>
struct Border {
  static Holder<P>& holder(void* self) { return *static_cast<Holder<P>*>(self); }

  template <class Body>
  static int32_t call(void* self, Body&& body) noexcept {
    Holder<P>& holder = Border::holder(self);
    return guard(&holder.instance.host(), holder.instance.get(), [&] { return body(holder); });
  }

  static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** self) {
    return guard(host, instance, [&] {
      *self = new Holder<P>(*host, instance);
      return RADIUS_OK;
    });
  }
  static void destroy(void* self) { delete &holder(self); }

  template <Verdict (P::*handler)(Request&)>
  static radius_verdict_t handle(void* self, void*, radius_request_t* request) {
    return call(self, [&](Holder<P>& holder) {
      Request view(holder.instance.host(), request);
      return static_cast<radius_verdict_t>((holder.plugin.*handler)(view));
    });
  }

  static radius_plugin_v1_t describe(std::string_view id, std::string_view version, std::string_view description) {
    radius_plugin_v1_t descriptor{};
    descriptor.size = sizeof descriptor;
    descriptor.abi_minor = RADIUS_PLUGIN_ABI_MINOR;
    descriptor.id = to_text(id);
    descriptor.version = to_text(version);
    descriptor.description = to_text(description);
    descriptor.create = &create;
    descriptor.destroy = &destroy;
    if constexpr (has_start<P>::value)
      descriptor.start = [](void* self) -> radius_status_t {
        return call(self, [](Holder<P>& holder) { return holder.plugin.start(), RADIUS_OK; });
      };
    if constexpr (has_stop<P>::value)
      descriptor.stop = [](void* self) {
        call(self, [](Holder<P>& holder) { return holder.plugin.stop(), RADIUS_OK; });
      };
    if constexpr (has_reopen<P>::value)
      descriptor.reopen = [](void* self) {
        call(self, [](Holder<P>& holder) { return holder.plugin.reopen(), RADIUS_OK; });
      };
    if constexpr (has_access<P>::value) descriptor.handle_access = &handle<&P::access>;
    if constexpr (has_accounting<P>::value) descriptor.handle_accounting = &handle<&P::accounting>;
    if constexpr (has_coa<P>::value) descriptor.handle_coa = &handle<&P::coa>;
    if constexpr (has_disconnect<P>::value) descriptor.handle_disconnect = &handle<&P::disconnect>;
    if constexpr (has_finish<P>::value)
      descriptor.handle_finish = [](void* self, void*, radius_request_t* request, radius_verdict_t verdict) {
        call(self, [&](Holder<P>& holder) {
          Request view(holder.instance.host(), request);
          return holder.plugin.finish(view, static_cast<Verdict>(verdict)), RADIUS_OK;
        });
      };
    return descriptor;
  }
};

}  // namespace detail
}  // namespace radius

/// Makes `Class` the module: the exported function and the note. Use it once, outside any namespace.
#define RADIUS_PLUGIN(Class, id, version, description)                                                              \
  RADIUS_NOTE(id, version, 0);                                                                                      \
  extern "C" RADIUS_EXPORT const radius_plugin_v1_t* radius_plugin_v1(void) {                                       \
    static const radius_plugin_v1_t descriptor = radius::detail::Border<Class>::describe(id, version, description); \
    return &descriptor;                                                                                             \
  }

#endif
