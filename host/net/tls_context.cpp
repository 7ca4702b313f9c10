// SPDX-License-Identifier: Apache-2.0
#include "net/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "net/tls_session.h"
#include "packet/radius_version.h"

namespace radhost {
namespace {

namespace fs = std::filesystem;
using In = TlsMistake::In;

/// RFC 9325 §4.2 for certificates; what of RFC 9813 §5 OpenSSL has for pre-shared keys.
constexpr const char* suites_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20:!PSK:!aNULL";
constexpr const char* suite_1_2_of_psk = "ECDHE-PSK-CHACHA20-POLY1305";
constexpr const char* suites_1_2_with_psk = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE-PSK-CHACHA20-POLY1305:!aNULL";
/// A pre-shared key of TLS 1.3 goes with the suites of one hash (RFC 8446 §4.2.11), which here is SHA-256: a client
/// offers no others, and a server takes them first, or else it would pass the key over.
constexpr const char* suites_1_3_of_psk = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* suites_1_3_with_psk =
    "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384";
/// 112 bits: RSA of 2048, no SHA-1.
constexpr int security_level = 2;

/// A key file with a passphrase is refused: nobody is there to type it.
int no_passphrase(char*, int, int, void*) { return -1; }

/// ALPN's own form: a length octet before each name (RFC 7301 §3.1).
void append_protocol(std::string_view name, std::string& list) {
  list += static_cast<char>(name.size());
  list += name;
}

bool offers(Octets list, std::string_view wanted) {
  while (!list.empty()) {
    size_t size = std::min<size_t>(list[0], list.size() - 1);
    if (text_of(list.subspan(1, size)) == wanted) return true;
    list = list.subspan(1 + size);
  }
  return false;
}

/// RFC 9765 §3.3: the highest version that both speak; an alert where there is none.
int select_protocol(SSL* ssl, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                    unsigned in_size, void* context) {
  const RadiusVersions& versions = static_cast<const TlsContext*>(context)->versions();
  Octets offered(in, in_size);
  // RFC 9765 §3.4: not below TLS 1.3.
  bool may_be_1_1 = versions.has_1_1 && SSL_version(ssl) >= TLS1_3_VERSION;
  std::string_view selected;
  if (may_be_1_1 && offers(offered, alpn_1_1)) selected = alpn_1_1;
  else if (versions.has_1_0 && offers(offered, alpn_1_0)) selected = alpn_1_0;
  if (selected.empty()) {
    TlsSession::of(ssl).note_refusal(TlsSession::Refusal::NoCommonVersion);
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = reinterpret_cast<const unsigned char*>(selected.data());
  *out_size = static_cast<unsigned char>(selected.size());
  return SSL_TLSEXT_ERR_OK;
}

/// RFC 9813 §6.2.1: where nobody may come from, nothing else is looked at.
int check_source(SSL* ssl, int* alert, void*) {
  TlsSession& session = TlsSession::of(ssl);
  if (session.policy().may_come_from(session.source())) return SSL_CLIENT_HELLO_SUCCESS;
  session.note_refusal(TlsSession::Refusal::WrongAddress);
  *alert = SSL_AD_ACCESS_DENIED;
  return SSL_CLIENT_HELLO_ERROR;
}

/// A certificate that is believed must be that of somebody who is let in (RFC 6614 §2.3): the other end hears of it at
/// once. OpenSSL has no way to say access_denied here.
int check_certificate(int is_believed, X509_STORE_CTX* check) {
  bool is_its_own = X509_STORE_CTX_get_error_depth(check) == 0;
  if (is_believed == 0 || !is_its_own) return is_believed;
  const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx()));
  TlsSession& session = TlsSession::of(ssl);
  const X509* certificate = X509_STORE_CTX_get_current_cert(check);
  // RFC 9813 §6, for certificates too: who shows the server its own is a mirror.
  const X509* own = SSL_get_certificate(ssl);
  if (own != nullptr && X509_cmp(own, certificate) == 0) {
    X509_STORE_CTX_set_error(check, X509_V_ERR_CERT_REJECTED);
    return 0;
  }
  TlsPeer peer = TlsPeer::of(*certificate);
  TlsPolicy::Admission admission = session.policy().admit(peer, session.source());
  if (admission == TlsPolicy::Admission::Known) return 1;
  bool is_elsewhere = admission == TlsPolicy::Admission::Elsewhere;
  session.note_refusal(is_elsewhere ? TlsSession::Refusal::WrongAddress : TlsSession::Refusal::UnknownClient);
  X509_STORE_CTX_set_error(check, X509_V_ERR_CERT_REJECTED);
  return 0;
}

/// The key for TLS 1.2 (RFC 4279, RFC 5489).
unsigned server_psk_1_2(SSL* ssl, const char* identity, unsigned char* key, unsigned key_room) {
  // OpenSSL asks here for TLS 1.3, too, where the other callback knows none.
  if (SSL_version(ssl) >= TLS1_3_VERSION) return 0;
  const TlsPsk* psk = TlsSession::of(ssl).find_psk(identity, TlsVersion::V1_2);
  if (psk == nullptr || psk->key.size() > key_room) return 0;
  std::copy(psk->key.begin(), psk->key.end(), key);
  return static_cast<unsigned>(psk->key.size());
}

/// What TLS 1.3 has in place of a session that is gone on with (RFC 8446 §4.2.11). The suite only says which hash.
SSL_SESSION* session_of(SSL* ssl, const TlsPsk& psk) {
  constexpr unsigned char aes_128_gcm_sha256[] = {0x13, 0x01};
  const SSL_CIPHER* cipher = SSL_CIPHER_find(ssl, aes_128_gcm_sha256);
  SSL_SESSION* session = SSL_SESSION_new();
  if (cipher != nullptr && session != nullptr && SSL_SESSION_set1_master_key(session, psk.key.data(), psk.key.size()) &&
      SSL_SESSION_set_cipher(session, cipher) && SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION))
    return session;
  SSL_SESSION_free(session);
  return nullptr;
}

int server_psk_1_3(SSL* ssl, const unsigned char* identity, size_t size, SSL_SESSION** session) {
  *session = nullptr;
  const TlsPsk* psk = TlsSession::of(ssl).find_psk(text_of({identity, size}), TlsVersion::V1_3);
  if (psk == nullptr) return 1;  // another identity may follow, or a certificate
  *session = session_of(ssl, *psk);
  return *session != nullptr ? 1 : 0;
}

unsigned client_psk_1_2(SSL* ssl, const char*, char* identity, unsigned identity_room, unsigned char* key,
                        unsigned key_room) {
  const TlsPsk& psk = *TlsSession::of(ssl).context().psk();
  if (psk.identity.size() >= identity_room || psk.key.size() > key_room) return 0;
  std::copy(psk.identity.begin(), psk.identity.end(), identity);
  identity[psk.identity.size()] = '\0';
  std::copy(psk.key.begin(), psk.key.end(), key);
  return static_cast<unsigned>(psk.key.size());
}

int client_psk_1_3(SSL* ssl, const EVP_MD*, const unsigned char** identity, size_t* size, SSL_SESSION** session) {
  const TlsPsk& psk = *TlsSession::of(ssl).context().psk();
  *session = session_of(ssl, psk);
  if (*session == nullptr) return 0;
  *identity = reinterpret_cast<const unsigned char*>(psk.identity.data());
  *size = psk.identity.size();
  return 1;
}

std::string cannot_read(const std::string& path) { return "cannot use \"" + path + "\": " + openssl_reason(); }

/// Adds a file's lists, or those of a folder's files.
std::string load_crls(X509_STORE* store, const std::string& path) {
  std::vector<fs::path> files;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(path, error))
      if (entry.is_regular_file(error)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
  } else {
    files.emplace_back(path);
  }
  X509_LOOKUP* lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
  for (const fs::path& file : files)
    if (lookup == nullptr || X509_load_crl_file(lookup, file.c_str(), X509_FILETYPE_PEM) <= 0)
      return cannot_read(file.string());
  // RFC 5280 §6.3: of each certificate of a chain.
  X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  return {};
}

}  // namespace

std::string openssl_reason() {
  unsigned long code = ERR_get_error();
  // A system's error stands before what came of it, and says more.
  if (ERR_GET_LIB(code) != ERR_LIB_SYS)
    for (unsigned long next = ERR_peek_error(); next != 0 && ERR_GET_LIB(code) == ERR_LIB_BIO; next = ERR_peek_error())
      code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return {};
  if (ERR_GET_LIB(code) == ERR_LIB_SYS) return std::strerror(ERR_GET_REASON(code));
  if (const char* reason = ERR_reason_error_string(code)) return reason;
  char text[256];
  ERR_error_string_n(code, text, sizeof text);
  return text;
}

TlsContext::TlsContext(bool is_server)
    : context_(SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method())), is_server_(is_server) {}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

/// What both ends keep to. Gives the reason when it cannot be.
std::string TlsContext::limit(TlsVersion minimum, const RadiusVersions& versions) {
  if (context_ == nullptr) return openssl_reason();
  versions_ = versions;
  // RFC 9765 §3.1: who may speak RADIUS/1.1 speaks TLS 1.3.
  bool is_1_3 = minimum == TlsVersion::V1_3 || versions.has_1_1;
  SSL_CTX_set_security_level(context_, security_level);
  SSL_CTX_set_options(context_, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                    SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                    SSL_OP_CLEANSE_PLAINTEXT);
  SSL_CTX_set_mode(context_,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Of many small records that came together the buffer is filled, and freed, once.
  SSL_CTX_set_read_ahead(context_, 1);
  SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context_, 0);
  SSL_CTX_set_max_early_data(context_, 0);
  SSL_CTX_set_default_passwd_cb(context_, no_passphrase);
  if (SSL_CTX_set_min_proto_version(context_, is_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION) != 1) return openssl_reason();
  return {};
}

/// Nothing is taken from the system's own trust.
Result<bool, TlsMistake> TlsContext::load(const TlsFiles& files) {
  ERR_clear_error();
  if (!files.certificate.empty() && SSL_CTX_use_certificate_chain_file(context_, files.certificate.c_str()) != 1)
    return TlsMistake{In::Certificate, cannot_read(files.certificate)};
  if (!files.key.empty()) {
    if (SSL_CTX_use_PrivateKey_file(context_, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
      return TlsMistake{In::Key, cannot_read(files.key)};
    if (!files.certificate.empty() && SSL_CTX_check_private_key(context_) != 1)
      return TlsMistake{In::Key, "\"" + files.key + "\" is not the key of \"" + files.certificate + "\""};
  }
  if (!files.ca.empty()) {
    if (SSL_CTX_load_verify_file(context_, files.ca.c_str()) != 1) return TlsMistake{In::Ca, cannot_read(files.ca)};
    // A server names those that it believes.
    if (is_server_) SSL_CTX_set_client_CA_list(context_, SSL_load_client_CA_file(files.ca.c_str()));
  }
  if (!files.crl.empty())
    if (std::string why = load_crls(SSL_CTX_get_cert_store(context_), files.crl); !why.empty())
      return TlsMistake{In::Crl, std::move(why)};
  ERR_clear_error();
  return true;
}

Result<std::shared_ptr<const TlsContext>, TlsMistake> TlsContext::for_server(const ServerOptions& options) {
  std::shared_ptr<TlsContext> made(new TlsContext(true));
  if (std::string why = made->limit(options.minimum, options.versions); !why.empty())
    return TlsMistake{In::System, std::move(why)};
  if (auto loaded = made->load(options.files); !loaded.ok()) return loaded.error();
  SSL_CTX* context = made->context_;
  if (SSL_CTX_set_cipher_list(context, options.has_psks ? suites_1_2_with_psk : suites_1_2) != 1)
    return TlsMistake{In::System, openssl_reason()};
  bool asks = !options.files.ca.empty();
  int verify = asks ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
  if (asks && options.require_client_certificate) verify |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify(context, verify, check_certificate);
  SSL_CTX_set_client_hello_cb(context, check_source, nullptr);
  // OpenSSL takes a pre-shared key for a session that is gone on with, and wants to know whose those are.
  constexpr std::string_view whose = "radhost";
  SSL_CTX_set_session_id_context(context, octets_of(whose).data(), whose.size());
  if (options.has_psks) {
    if (SSL_CTX_set_ciphersuites(context, suites_1_3_with_psk) != 1) return TlsMistake{In::System, openssl_reason()};
    SSL_CTX_set_psk_server_callback(context, server_psk_1_2);
    SSL_CTX_set_psk_find_session_callback(context, server_psk_1_3);
  }
  // Conformance D-28: with 1.0 alone there is no ALPN, as historic peers know it.
  if (made->versions_.has_1_1) SSL_CTX_set_alpn_select_cb(context, select_protocol, made.get());
  return std::shared_ptr<const TlsContext>(std::move(made));
}

Result<std::shared_ptr<const TlsContext>, TlsMistake> TlsContext::for_client(const ClientOptions& options) {
  std::shared_ptr<TlsContext> made(new TlsContext(false));
  if (std::string why = made->limit(options.minimum, options.versions); !why.empty())
    return TlsMistake{In::System, std::move(why)};
  if (auto loaded = made->load(options.files); !loaded.ok()) return loaded.error();
  SSL_CTX* context = made->context_;
  if (SSL_CTX_set_cipher_list(context, options.psk != nullptr ? suite_1_2_of_psk : suites_1_2) != 1)
    return TlsMistake{In::System, openssl_reason()};
  // A server that proves itself by a pre-shared key shows no certificate.
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (options.psk != nullptr) {
    made->psk_ = options.psk;
    if (options.psk->version == TlsVersion::V1_2) {
      SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
      SSL_CTX_set_psk_client_callback(context, client_psk_1_2);
    } else {
      if (SSL_CTX_set_ciphersuites(context, suites_1_3_of_psk) != 1) return TlsMistake{In::System, openssl_reason()};
      SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
      SSL_CTX_set_psk_use_session_callback(context, client_psk_1_3);
    }
  }
  if (options.versions.has_1_1) {
    std::string offered;
    append_protocol(alpn_1_1, offered);
    if (options.versions.has_1_0) append_protocol(alpn_1_0, offered);
    SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(offered.data()),
                            static_cast<unsigned>(offered.size()));
  }
  return std::shared_ptr<const TlsContext>(std::move(made));
}

}  // namespace radhost
