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
  TokenReused,  ///< a Token whose request is in hand, with other octets (RFC 9765 §4.2.2)
  StaleEventTimestamp,  ///< an Event-Timestamp outside of the window, or none where one is required (RFC 5176 §6.3)
  Duplicate,            ///< the same request is in progress, or was not to be answered (RFC 5080 §2.2.2)
  Superseded,           ///< its answer came after its Identifier was used for another request
  StatusDisabled,       ///< a Status-Server where none is answered (RFC 5997 §4.2)
  StatusRate,           ///< more Status-Server than a client may send (RFC 5997 §4.2)
  ListenerInFlight,     ///< as many requests as the listener's max_in_flight are under way
  ClientInFlight,       ///< as many requests as the client's max_in_flight are under way
  OffloadQueueFull,     ///< as many calls as offload_queue wait for pool threads
  ConversationBusy,     ///< another round of the same conversation is under way
  DroppedByPlugin,      ///< a handler said DROP
  PluginError,          ///< a handler failed, and `on_error` is to drop
  PluginTimeout,        ///< a handler did not answer in time, and `on_error` is to drop
  Unanswered,           ///< accounting that nobody recorded (RFC 2866 §2)
  ReplyUnencodable,     ///< the reply does not fit a packet
  SendFailed,           ///< the system would not send the reply
  PassedOn,             ///< it belongs to the server that this one takes over from, which answers it
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
                                                                           "token_reused",
                                                                           "stale_event_timestamp",
                                                                           "duplicate",
                                                                           "superseded",
                                                                           "status_disabled",
                                                                           "status_rate",
                                                                           "listener_in_flight",
                                                                           "client_in_flight",
                                                                           "offload_queue_full",
                                                                           "conversation_busy",
                                                                           "dropped_by_plugin",
                                                                           "plugin_error",
                                                                           "plugin_timeout",
                                                                           "unanswered",
                                                                           "reply_unencodable",
                                                                           "send_failed",
                                                                           "passed_on"};

constexpr std::string_view to_word(Discard discard) { return discard_words[static_cast<size_t>(discard)]; }

}  // namespace radhost
