// SPDX-License-Identifier: Apache-2.0
/// The module `password`: checks PAP, CHAP and MS-CHAP against what the control list knows of the user.
#include "attributes.h"
#include "chap.h"
#include "crypt_hash.h"
#include "mschap.h"
#include "mschap_attribute.h"
#include "mschap_check.h"
#include "pap.h"

#include <memory>
#include <optional>
#include <radius/plugin.hpp>
#include <stdexcept>
#include <string>

namespace password {

/// What all threads share: handles and algorithms.
class Password {
 public:
  explicit Password(radius::Instance& instance) : instance_(&instance), attributes_(instance) {
    try {
      mschap_ = std::make_unique<mschap::Algorithms>();
    } catch (const std::runtime_error& error) {
      instance.log_warn(std::string(error.what()) + ": MS-CHAP, and PAP against NT hashes, are refused");
    }
  }

  class Thread;

 private:
  radius::Instance* instance_;
  Attributes attributes_;
  std::unique_ptr<mschap::Algorithms> mschap_;  // NULL without OpenSSL's legacy provider
};

/// What each thread has of its own: contexts.
class Password::Thread {
 public:
  explicit Thread(Password& shared) : shared_(shared), attributes_(shared.attributes_) {
    if (shared.mschap_) calculator_.emplace(*shared.mschap_);
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  ~Thread() {
    if (shared_.mschap_) shared_.mschap_->forget_thread();
  }

  radius::Verdict access(radius::Request& request);

 private:
  /// The lists of the request in hand, and what was read from them.
  struct Case {
    radius::Request& request;
    Attributes::Read read;
    Known known;
  };

  Finding check(Case& c);
  Finding check_chap(Case& c);
  Finding check_mschap(Case& c);
  Finding check_mschap2(Case& c);
  void add_error(Case& c, Finding finding, uint8_t ident, size_t challenge_size);
  void add_encryption(Case& c);
  void add(Case& c, radius_attr_t attr, Octets octets);
  void add_missing(Case& c, radius_attr_t attr, uint64_t value);

  Password& shared_;
  const Attributes& attributes_;
  Crypt crypt_;
  std::optional<mschap::Calculator> calculator_;
};

radius::Verdict Password::Thread::access(radius::Request& request) {
  Case c{request, attributes_.read(request.request()), {}};
  const Method method = c.read.offered.method();
  if (method == Method::None || method == Method::Elsewhere) return radius::Verdict::Pass;

  c.known = attributes_.known(request.control());
  const Finding finding = check(c);
  if (request.enabled(radius::Level::Debug)) request.log_debug(to_text(finding));
  if (finding == Finding::Right) return radius::Verdict::Accept;

  // What greets the user must not greet an impostor, or tell him that the name is right.
  request.reply().remove(attributes_.reply_message);
  return radius::Verdict::Reject;
}

Finding Password::Thread::check(Case& c) {
  const Octets proof = c.read.offered.proof();
  switch (c.read.offered.method()) {
    case Method::Pap:
      return check_pap({reinterpret_cast<const char*>(proof.data()), proof.size()}, c.known,
                       calculator_ ? &*calculator_ : nullptr, crypt_);
    case Method::Chap: return check_chap(c);
    case Method::MsChap: return calculator_ ? check_mschap(c) : Finding::Unavailable;
    case Method::MsChap2: return calculator_ ? check_mschap2(c) : Finding::Unavailable;
    default: return Finding::Malformed;
  }
}

Finding Password::Thread::check_chap(Case& c) {
  const Octets challenge = c.read.offered.chap_challenge();
  if (!challenge.empty()) return password::check_chap(c.read.offered.proof(), challenge, c.known);

  // RFC 2865 §2.2: without CHAP-Challenge it is the Request Authenticator. RFC 9765 §5.1.2: 1.1 has none.
  const radius_request_info_t info = c.request.info();
  if (info.version != 10) return Finding::Malformed;
  return password::check_chap(c.read.offered.proof(), info.authenticator, c.known);
}

Finding Password::Thread::check_mschap(Case& c) {
  const Offered& offered = c.read.offered;
  const MsChapFinding result =
      password::check_mschap(offered.proof(), offered.mschap_challenge(), c.known, *calculator_);
  if (result.finding != Finding::Right) {
    add_error(c, result.finding, result.ident, 8);
    return result.finding;
  }
  add(c, attributes_.ms_chap_mppe_keys, result.keys.octets);
  add_encryption(c);
  return result.finding;
}

Finding Password::Thread::check_mschap2(Case& c) {
  const Offered& offered = c.read.offered;
  const MsChap2Finding result =
      password::check_mschap2(offered.proof(), offered.mschap_challenge(), c.read.user_name, c.known, *calculator_);
  if (result.finding != Finding::Right) {
    add_error(c, result.finding, result.ident, 16);
    return result.finding;
  }
  add(c, attributes_.ms_chap2_success, result.success);
  // RFC 2548 §2.4.2: Send and Recv are named from the NAS's side, which is the server's of RFC 3079.
  add(c, attributes_.ms_mppe_send_key, result.keys.send.octets);
  add(c, attributes_.ms_mppe_recv_key, result.keys.recv.octets);
  add_encryption(c);
  return result.finding;
}

void Password::Thread::add_error(Case& c, Finding finding, uint8_t ident, size_t challenge_size) {
  if (finding == Finding::Malformed) return;  // there is no Ident to answer to
  std::array<uint8_t, 16> challenge{};
  shared_.instance_->random(challenge.data(), challenge_size);
  const std::string error = mschap::encode_error(ident, Octets(challenge).first(challenge_size));
  add(c, attributes_.ms_chap_error, {reinterpret_cast<const uint8_t*>(error.data()), error.size()});
}

void Password::Thread::add_encryption(Case& c) {
  constexpr uint64_t encryption_allowed = 1;  // RFC 2548 §2.4.4
  constexpr uint64_t rc4_40_or_128_bits = 6;  // RFC 2548 §2.4.5
  add_missing(c, attributes_.ms_mppe_encryption_policy, encryption_allowed);
  add_missing(c, attributes_.ms_mppe_encryption_types, rc4_40_or_128_bits);
}

void Password::Thread::add(Case& c, radius_attr_t attr, Octets octets) {
  c.request.reply().add(attr, radius::Octets(octets));
}

void Password::Thread::add_missing(Case& c, radius_attr_t attr, uint64_t value) {
  // What an earlier handler has put there stands.
  radius::List reply = c.request.reply();
  if (!reply.find(attr)) reply.add(attr, value);
}

}  // namespace password

RADIUS_PLUGIN(password::Password, "org.radhost.password", "0.1.0", "checks PAP, CHAP and MS-CHAP passwords")
