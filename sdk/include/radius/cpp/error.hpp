// SPDX-License-Identifier: Apache-2.0
/// Errors: exceptions within the module, statuses at its border.
#ifndef RADIUS_CPP_ERROR_HPP
#define RADIUS_CPP_ERROR_HPP

#include <radius/host.h>
#include <radius/cpp/decimal.hpp>
#include <radius/cpp/text.hpp>

#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

namespace radius {

/// A failed call of the host, or a reason of the module's own to fail.
class Error : public std::runtime_error {
 public:
  Error(radius_status_t status, const std::string& what) : std::runtime_error(what), status_(status) {}
  radius_status_t status() const { return status_; }

 private:
  radius_status_t status_;
};

/// Throws unless `status` is RADIUS_OK.
inline void require(radius_status_t status, std::string_view what) {
  if (status != RADIUS_OK) throw Error(status, std::string(what) + " failed (" + detail::decimal(status) + ")");
}

namespace detail {

/// Runs `body`. What it throws becomes a status, and `tell` is told why.
template <class Body, class Tell>
int32_t guard(Body&& body, Tell&& tell) noexcept {
  try {
    return body();
  } catch (const Error& error) {
    tell(error.what());
    return error.status() < 0 ? error.status() : RADIUS_ERR_INTERNAL;
  } catch (const std::bad_alloc&) {
    tell("out of memory");
    return RADIUS_ERR_MEMORY;
  } catch (const std::exception& error) {
    tell(error.what());
    return RADIUS_ERR_EXCEPTION;
  } catch (...) {
    tell("an exception of unknown type");
    return RADIUS_ERR_EXCEPTION;
  }
}

/// Of what returns to the host: the error is explained.
template <class Body>
int32_t guard(const radius_host_v1_t* host, radius_instance_t* instance, Body&& body) noexcept {
  return guard(body, [=](const char* why) { host->log->explain(instance, to_text(why)); });
}

/// Of a callback, which has nobody to return an error to: it is logged.
template <class Body>
void guard_callback(const radius_host_v1_t* host, radius_instance_t* instance, Body&& body) noexcept {
  guard([&] { return body(), RADIUS_OK; },
        [=](const char* why) { host->log->write(instance, RADIUS_ERROR, to_text(why)); });
}

}  // namespace detail
}  // namespace radius

#endif
