// SPDX-License-Identifier: Apache-2.0
/// Accepts every request, and replies what the host told of it beside its attributes, and the password it carried: one
/// Reply-Message "NAME VALUE" each. Answers to other kinds than access may hold no Reply-Message: those it logs.
#include <radius/plugin.hpp>

class Told {
 public:
  explicit Told(radius::Instance& instance)
      : instance_(instance), password_(instance.attribute<std::string_view>("User-Password")) {}

  radius::Verdict access(radius::Request& request) {
    tell(request, [&](const std::string& line) { request.reply().add("Reply-Message", line); });
    return radius::Verdict::Accept;
  }
  radius::Verdict accounting(radius::Request& request) { return log(request); }
  radius::Verdict coa(radius::Request& request) { return log(request); }
  radius::Verdict disconnect(radius::Request& request) { return log(request); }

 private:
  radius::Verdict log(radius::Request& request) {
    tell(request, [&](const std::string& line) { instance_.log_info(line); });
    return radius::Verdict::Accept;
  }

  template <typename Say>
  void tell(radius::Request& request, Say say) {
    const radius_request_info_t info = request.info();
    say("code " + std::to_string(info.code));
    say("identifier " + std::to_string(info.identifier));
    say("version " + std::to_string(info.version));
    say("transport " + std::to_string(info.transport));
    say("authenticator " + hexadecimal(info.authenticator, sizeof info.authenticator));
    say("protected " + std::to_string((info.flags & RADIUS_REQUEST_PROTECTED) != 0));
    say("client " + std::string(info.client.data, info.client.length));
    say("listener " + std::string(info.listener.data, info.listener.length));
    say("identified " + std::to_string(info.tls_identity.length != 0));
    if (auto password = request.get(password_)) say("password " + std::string(*password));
  }

  static std::string hexadecimal(const uint8_t* octets, size_t count) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (size_t i = 0; i != count; ++i) {
      text += digits[octets[i] >> 4];
      text += digits[octets[i] & 15];
    }
    return text;
  }

  radius::Instance& instance_;
  radius::Attr<std::string_view> password_;
};

RADIUS_PLUGIN(Told, "org.radhost.test.told", "1.0.0", "replies what it was told of a request")
