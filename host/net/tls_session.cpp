// SPDX-License-Identifier: Apache-2.0
#include "net/tls_session.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <stdexcept>

#include "base/utf8.h"
#include "packet/radius_version.h"

namespace radhost {

/// What SSL reads from and writes to: the room that was fed, and the caller's vector.
struct TlsSession::Bio {
  static int read(BIO* bio, char* to, size_t size, size_t* count) {
    TlsSession& session = *static_cast<TlsSession*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    *count = std::min(size, session.in_.size());
    if (*count == 0) {
      BIO_set_retry_read(bio);
      return 0;
    }
    copy_octets({reinterpret_cast<uint8_t*>(to), *count}, session.in_.first(*count));
    session.in_ = session.in_.subspan(*count);
    return 1;
  }
  static int write(BIO* bio, const char* from, size_t size, size_t* count) {
    TlsSession& session = *static_cast<TlsSession*>(BIO_get_data(bio));
    Octets octets(reinterpret_cast<const uint8_t*>(from), size);
    if (session.out_ == nullptr) return 0;
    session.out_->insert(session.out_->end(), octets.begin(), octets.end());
    *count = size;
    return 1;
  }
  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static const BIO_METHOD* method() {
    static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> made = [] {
      std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method(
          BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "radhost"), BIO_meth_free);
      BIO_meth_set_read_ex(method.get(), read);
      BIO_meth_set_write_ex(method.get(), write);
      BIO_meth_set_ctrl(method.get(), control);
      return method;
    }();
    return made.get();
  }
};

/// Where what is to go out is appended, during a call.
class TlsSession::Sink {
 public:
  Sink(TlsSession& session, Out& out) : session_(session) {
    session_.out_ = &out;
    if (ERR_peek_error() != 0) ERR_clear_error();  // what others left is not this call's
  }
  ~Sink() { session_.out_ = nullptr; }

 private:
  TlsSession& session_;
};

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, std::shared_ptr<const TlsPolicy> policy,
                       const IpAddress& source)
    : context_(std::move(context)), policy_(std::move(policy)), source_(source) {
  begin();
  SSL_set_accept_state(ssl_);
}

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, const std::string& server_name)
    : context_(std::move(context)) {
  begin();
  SSL_set_connect_state(ssl_);
  if (server_name.empty()) return;
  X509_VERIFY_PARAM* wanted = SSL_get0_param(ssl_);
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  bool is_address = IpAddress::parse(server_name).has_value();
  bool is_set = is_address ? X509_VERIFY_PARAM_set1_ip_asc(wanted, server_name.c_str()) == 1
                           : X509_VERIFY_PARAM_set1_host(wanted, server_name.c_str(), 0) == 1 &&
                                 SSL_set_tlsext_host_name(ssl_, server_name.c_str()) == 1;
  if (!is_set) throw std::runtime_error("\"" + server_name + "\" can be no server's name");
}

void TlsSession::begin() {
  ssl_ = SSL_new(context_->get());
  BIO* bio = ssl_ == nullptr ? nullptr : BIO_new(Bio::method());
  if (bio == nullptr) {
    SSL_free(ssl_);
    throw std::bad_alloc();
  }
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
  SSL_set_app_data(ssl_, this);
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

TlsSession& TlsSession::of(const ssl_st* ssl) { return *static_cast<TlsSession*>(SSL_get_app_data(ssl)); }

TlsSession::Step TlsSession::step_of(int result) {
  if (result > 0) return Step::Done;
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ: return Step::WantsMore;
    case SSL_ERROR_ZERO_RETURN: return Step::Ended;
    default: note_failure(); return Step::Failed;
  }
}

void TlsSession::note_failure() {
  if (!why_.empty()) return;
  long verified = SSL_get_verify_result(ssl_);
  unsigned long code = ERR_peek_error();
  bool wants_certificate = ERR_GET_REASON(code) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE;
  switch (ERR_GET_REASON(code)) {
    case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:  // the server's alert (RFC 9765 §3.3)
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW: refusal_ = Refusal::NoCommonVersion; break;
    default: break;
  }
  is_certificate_bad_ = !SSL_is_init_finished(ssl_) && (wants_certificate || verified != X509_V_OK);
  why_ = openssl_reason();
  if (verified != X509_V_OK) why_ = X509_verify_cert_error_string(verified);
  if (why_.empty()) why_ = "the other end closed the connection";
}

TlsSession::Step TlsSession::handshake(Out& out) {
  Sink sink(*this, out);
  return step_of(SSL_do_handshake(ssl_));
}

TlsSession::Read TlsSession::read(MutableOctets room, Out& out) {
  Sink sink(*this, out);
  size_t size = 0;
  int result = SSL_read_ex(ssl_, room.data(), room.size(), &size);
  return {step_of(result), size};
}

bool TlsSession::write(Octets clear, Out& out) {
  Sink sink(*this, out);
  while (!clear.empty()) {
    size_t written = 0;
    if (step_of(SSL_write_ex(ssl_, clear.data(), clear.size(), &written)) != Step::Done) return false;
    clear = clear.subspan(written);
  }
  return true;
}

void TlsSession::close(Out& out) {
  Sink sink(*this, out);
  if (SSL_is_init_finished(ssl_)) SSL_shutdown(ssl_);
  ERR_clear_error();
}

std::string_view TlsSession::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_, &name, &size);
  return text_of({name, size});
}

std::optional<uint8_t> TlsSession::radius_version() const {
  const RadiusVersions& versions = context_->versions();
  if (protocol() == alpn_1_1) return versions.has_1_1 ? std::optional(radius_1_1) : std::nullopt;
  return versions.has_1_0 ? std::optional(radius_1_0) : std::nullopt;
}

std::string_view TlsSession::tls_version() const { return SSL_get_version(ssl_); }

TlsPeer TlsSession::peer() const {
  const X509* certificate = SSL_get0_peer_certificate(ssl_);
  TlsPeer peer = certificate != nullptr ? TlsPeer::of(*certificate) : TlsPeer();
  // An identity that was asked for says nothing: the key may have been passed over, and a certificate used instead.
  if (certificate == nullptr && is_psk_used()) peer.psk_identity = psk_identity_;
  return peer;
}

/// Was the handshake authenticated by the pre-shared key?
bool TlsSession::is_psk_used() const {
  // There is no resumption here, so a session that is gone on with is the key's (RFC 8446 §4.2.11).
  if (SSL_version(ssl_) >= TLS1_3_VERSION) return SSL_session_reused(ssl_) == 1;
  const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl_);
  return cipher != nullptr && SSL_CIPHER_get_auth_nid(cipher) == NID_auth_psk;
}

bool TlsSession::is_believed_by(const TlsContext& context) const {
  X509* certificate = SSL_get0_peer_certificate(ssl_);
  bool must_have_one = (SSL_CTX_get_verify_mode(context.get()) & SSL_VERIFY_FAIL_IF_NO_PEER_CERT) != 0;
  if (certificate == nullptr) return is_psk_used() || !must_have_one;
  std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> check(X509_STORE_CTX_new(), X509_STORE_CTX_free);
  X509_STORE* trusted = SSL_CTX_get_cert_store(context.get());
  bool is_believed = check != nullptr &&
                     X509_STORE_CTX_init(check.get(), trusted, certificate, SSL_get_peer_cert_chain(ssl_)) == 1 &&
                     X509_STORE_CTX_set_default(check.get(), "ssl_client") == 1 &&
                     X509_verify_cert(check.get()) == 1;
  ERR_clear_error();
  return is_believed;
}

const TlsPsk* TlsSession::find_psk(std::string_view identity, TlsVersion version) {
  bool is_text = !identity.empty() && identity.size() <= TlsPsk::identity_max && is_plain_text(identity);
  const TlsPsk* psk = is_text ? policy_->find_psk(identity, source_) : nullptr;
  if (psk == nullptr || psk->version != version) return nullptr;
  psk_identity_ = psk->identity;
  return psk;
}

}  // namespace radhost
