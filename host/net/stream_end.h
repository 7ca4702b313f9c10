// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace radhost {

/// Why a connection ended: log word and counter label at once.
enum class StreamEnd : uint8_t {
  PeerClosed,               ///< the other end has sent all that it will
  PeerReset,                ///< it, or the system, broke the connection off
  Idle,                     ///< nothing came, or was taken, for idle_timeout_ms
  UnknownClient,            ///< no client of the listener is what it has proven to be
  TooManyConnections,       ///< max_connections
  TooManyOfClient,          ///< max_connections_per_client
  TooManyHandshakes,        ///< max_handshakes
  TooManyNew,               ///< max_new_connections_per_s
  HandshakeTimeout,         ///< handshake_timeout_ms
  HandshakeFailed,          ///< for what TLS itself judges
  BadCertificate,           ///< none, or not to be believed
  WrongAddress,             ///< the right proof, from where its client may not come (RFC 6614 §2.4)
  NoCommonVersion,          ///< of TLS, or of RADIUS (RFC 9765 §3.3)
  BadLength,                ///< no packet's border can be found any more (RFC 6613 §2.6.4)
  MalformedAttribute,       ///< attributes that do not fill their packet
  BadAuthenticator,         ///< a wrong Request Authenticator
  BadMessageAuthenticator,  ///< a wrong Message-Authenticator
  TokenReused,              ///< for another packet, while the first one is in hand (RFC 9765 §4.2.2)
  BufferFull,               ///< answers beyond max_buffered_octets that the other end does not take
  Drained,                  ///< by this server: it ends, or the listener or client is there no more
  Count_
};

inline constexpr size_t stream_end_count = static_cast<size_t>(StreamEnd::Count_);

/// By the order above.
inline constexpr std::array<std::string_view, stream_end_count> stream_end_words{"peer_closed",
                                                                                 "peer_reset",
                                                                                 "idle",
                                                                                 "unknown_client",
                                                                                 "too_many_connections",
                                                                                 "too_many_of_client",
                                                                                 "too_many_handshakes",
                                                                                 "too_many_new",
                                                                                 "handshake_timeout",
                                                                                 "handshake_failed",
                                                                                 "bad_certificate",
                                                                                 "wrong_address",
                                                                                 "no_common_version",
                                                                                 "bad_length",
                                                                                 "malformed_attribute",
                                                                                 "bad_authenticator",
                                                                                 "bad_message_authenticator",
                                                                                 "token_reused",
                                                                                 "buffer_full",
                                                                                 "drained"};

constexpr std::string_view to_word(StreamEnd end) { return stream_end_words[static_cast<size_t>(end)]; }

}  // namespace radhost
