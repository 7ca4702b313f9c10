// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "net/tls_policy.h"

struct ssl_ctx_st;

namespace radhost {

/// Which versions of RADIUS one end speaks over TLS (RFC 9765 §3.3).
struct RadiusVersions {
  bool has_1_0 = true;
  bool has_1_1 = false;
};

/// The files that prove who one end is, and whom it believes. All PEM; empty: none.
struct TlsFiles {
  std::string certificate;  ///< with its chain
  std::string key;
  std::string ca;   ///< the authorities that the other end's certificate must lead to; there are no others
  std::string crl;  ///< their lists of revoked certificates: a file, or a folder of files
};

/// What is wrong with a context's files or wishes.
struct TlsMistake {
  enum class In : uint8_t {
    Certificate,
    Key,
    Ca,
    Crl,
    System
  } in;
  std::string why;
};

/// What the connections of a listener, or those to a server, have in common: certificates, trust, versions, suites.
/// TLS 1.2 or later, with suites that encrypt, authenticate and have forward secrecy; no compression, no
/// renegotiation, no early data, and no resumption, so that each connection is authorised by a full handshake
/// (RFC 6614 §2.3, RFC 9765 §3.1). Immutable; any thread.
class TlsContext {
 public:
  struct ServerOptions {
    TlsFiles files;
    bool require_client_certificate = true;  ///< of those that do not prove themselves by a pre-shared key
    TlsVersion minimum = TlsVersion::V1_2;   ///< RADIUS/1.1 makes it 1.3 (RFC 9765 §3.1)
    RadiusVersions versions;
    bool has_psks = false;  ///< may the sessions' policy know pre-shared keys?
  };
  static Result<std::shared_ptr<const TlsContext>, TlsMistake> for_server(const ServerOptions& options);

  struct ClientOptions {
    TlsFiles files;
    TlsVersion minimum = TlsVersion::V1_2;  ///< RADIUS/1.1 makes it 1.3
    RadiusVersions versions;
    std::shared_ptr<const TlsPsk> psk;  ///< in place of a certificate; its version is the only one then
  };
  static Result<std::shared_ptr<const TlsContext>, TlsMistake> for_client(const ClientOptions& options);

  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

  bool is_server() const { return is_server_; }
  const RadiusVersions& versions() const { return versions_; }
  const TlsPsk* psk() const { return psk_.get(); }
  ssl_ctx_st* get() const { return context_; }

 private:
  explicit TlsContext(bool is_server);
  std::string limit(TlsVersion minimum, const RadiusVersions& versions);
  Result<bool, TlsMistake> load(const TlsFiles& files);

  ssl_ctx_st* context_;
  bool is_server_;
  RadiusVersions versions_;
  std::shared_ptr<const TlsPsk> psk_;
};

/// The oldest error that OpenSSL has noted on this thread, in its words, and forgets all. Empty when there is none.
std::string openssl_reason();

}  // namespace radhost
