// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/octets.h"
#include "net/tls_context.h"
#include "net/tls_peer.h"
#include "net/tls_policy.h"

struct ssl_st;

namespace radhost {

/// One end of a TLS connection, without a socket: what comes over the wire is given to it, and what is to go out is
/// appended where the caller wants it. Between calls it holds no octets of its own but those of a record that has not
/// come whole. One thread at a time.
class TlsSession {
 public:
  /// Of a server. `policy`: whom it knows; asked until the handshake is over. `source`: the other end.
  TlsSession(std::shared_ptr<const TlsContext> context, std::shared_ptr<const TlsPolicy> policy,
             const IpAddress& source);
  /// Of a client. `server_name`: a DNS name or an address that the server's certificate must be for, among its
  /// alternative names; its common name does not count (RFC 6614 §2.3; conformance TLS-7).
  TlsSession(std::shared_ptr<const TlsContext> context, const std::string& server_name);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession();

  /// What a call came to.
  enum class Step : uint8_t {
    Done,
    WantsMore,  ///< of what comes over the wire
    Ended,      ///< the other end has said that it sends nothing more
    Failed      ///< the session is over; what was appended still goes out: it may be an alert
  };
  using Out = std::vector<uint8_t>;

  /// What came over the wire; borrowed until the calls below want more, and all of it is used up by then.
  void feed(Octets received) { in_ = received; }
  Step handshake(Out& out);
  /// Reads what was sent, into the front of `room`.
  struct Read {
    Step step;
    size_t size = 0;
  };
  Read read(MutableOctets room, Out& out);
  /// Appends one record, or several where one does not hold all. False when the session is over.
  [[nodiscard]] bool write(Octets clear, Out& out);
  /// Appends that nothing more comes.
  void close(Out& out);

  /// Why a handshake failed, where it was not for what OpenSSL itself judges.
  enum class Refusal : uint8_t {
    None,
    UnknownClient,
    WrongAddress,
    NoCommonVersion
  };
  Refusal refusal() const { return refusal_; }
  /// Did it fail because of the other end's certificate, or for want of one?
  bool is_certificate_bad() const { return is_certificate_bad_; }
  /// The same in words.
  const std::string& why() const { return why_; }

  // Once the handshake is done.

  /// radius_1_0 or radius_1_1 (RFC 9765 §3.3); nothing where the two have none in common.
  std::optional<uint8_t> radius_version() const;
  /// "radius/1.1"; empty where none was agreed upon.
  std::string_view protocol() const;
  /// "TLSv1.3".
  std::string_view tls_version() const;
  /// Who the other end has proven to be.
  TlsPeer peer() const;
  /// Would its certificate, or that it has none, be believed by another context? True for a pre-shared key.
  bool is_believed_by(const TlsContext& context) const;

  // For callbacks of OpenSSL.

  static TlsSession& of(const ssl_st* ssl);
  const TlsContext& context() const { return *context_; }
  const TlsPolicy& policy() const { return *policy_; }
  const IpAddress& source() const { return source_; }
  void note_refusal(Refusal refusal) { refusal_ = refusal; }
  /// The key of an identity, which the other end may write as it likes (RFC 9813 §4.2.1). nullptr: none.
  const TlsPsk* find_psk(std::string_view identity, TlsVersion version);

 private:
  struct Bio;
  class Sink;
  void begin();
  bool is_psk_used() const;
  Step step_of(int result);
  void note_failure();

  std::shared_ptr<const TlsContext> context_;
  std::shared_ptr<const TlsPolicy> policy_;
  IpAddress source_;
  ssl_st* ssl_ = nullptr;
  Octets in_;
  Out* out_ = nullptr;  // during a call
  std::string psk_identity_;
  Refusal refusal_ = Refusal::None;
  bool is_certificate_bad_ = false;
  std::string why_;
};

}  // namespace radhost
