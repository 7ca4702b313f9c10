// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace radhost {

/// Why a packet was dropped: error, log word and counter label at once.
enum class Discard : uint8_t {
  ShortPacket,                  ///< fewer than 20 octets, or Length below 20 (RFC 2865 §3)
  OversizedPacket,              ///< Length above 4096 (RFC 2865 §3)
  TruncatedPacket,              ///< fewer octets received than Length (RFC 2865 §3)
  MalformedAttribute,           ///< attributes that do not fill the packet exactly (RFC 2865 §5)
  UnknownCode,                  ///< a Code that is not defined
  UnexpectedCode,               ///< a Code that this listener does not accept
  UnknownClient,                ///< a source that is no client of this listener (RFC 2865 §3)
  BadAuthenticator,             ///< a wrong Request Authenticator (RFC 2866 §3, RFC 5176 §2.3)
  BadMessageAuthenticator,      ///< a wrong, misshapen or repeated Message-Authenticator (RFC 3579 §3.2)
  MissingMessageAuthenticator,  ///< required by EAP (RFC 3579 §3.1), Status-Server or the client's policy
  UnprotectedProxyState,        ///< Proxy-State without Message-Authenticator, where that is limited
  NoCredentials,                ///< neither credentials nor Message-Authenticator (RFC 3579 §3.3)
  InvalidAccounting,            ///< no Acct-Status-Type or no Acct-Session-Id (RFC 2866 §5.13)
  DroppedByPlugin,              ///< a handler said DROP
  PluginError,                  ///< a handler failed, and `on_error` is to drop
  Unanswered,                   ///< accounting that nobody recorded (RFC 2866 §2)
  Overload,                     ///< a bound was reached
  ReplyUnencodable,             ///< the reply does not fit a packet
  SendFailed,                   ///< the system would not send the reply
  Count_
};

inline constexpr size_t discard_count = static_cast<size_t>(Discard::Count_);

/// The word for logs and counters, by the order above.
inline constexpr std::array<std::string_view, discard_count> discard_words{"short_packet",
                                                                           "oversized_packet",
                                                                           "truncated_packet",
                                                                           "malformed_attribute",
                                                                           "unknown_code",
                                                                           "unexpected_code",
                                                                           "unknown_client",
                                                                           "bad_authenticator",
                                                                           "bad_message_authenticator",
                                                                           "missing_message_authenticator",
                                                                           "unprotected_proxy_state",
                                                                           "no_credentials",
                                                                           "invalid_accounting",
                                                                           "dropped_by_plugin",
                                                                           "plugin_error",
                                                                           "unanswered",
                                                                           "overload",
                                                                           "reply_unencodable",
                                                                           "send_failed"};

constexpr std::string_view to_word(Discard discard) { return discard_words[static_cast<size_t>(discard)]; }

}  // namespace radhost
