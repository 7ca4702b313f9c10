// SPDX-License-Identifier: Apache-2.0
/// What a request offers as proof of who its user is.
#pragma once

#include <span>

#include <stdint.h>

namespace password {

using Octets = std::span<const uint8_t>;

/// The attributes that carry a proof, or belong to one.
enum class Kind {
  UserPassword,
  ChapPassword,
  ChapChallenge,
  ArapPassword,
  EapMessage,
  MsChapChallenge,
  MsChapResponse,
  MsChap2Response
};

enum class Method {
  None,           // no proof at all
  Elsewhere,      // EAP or ARAP: other handlers' business
  Contradiction,  // two proofs, or one that cannot be
  Pap,
  Chap,
  MsChap,
  MsChap2
};

/// Gathers a request's attributes, in any order. The octets are borrowed.
class Offered {
 public:
  /// `valid`: the octets are what the attribute's data type asks for.
  void note(Kind kind, Octets value, bool valid);

  Method method() const { return method_; }
  Octets proof() const { return proof_; }
  Octets chap_challenge() const { return chap_challenge_; }  // empty: the Request Authenticator
  Octets mschap_challenge() const { return mschap_challenge_; }

 private:
  void note_proof(Method method, Octets value, bool valid);

  Method method_ = Method::None;
  Octets proof_;
  Octets chap_challenge_;
  Octets mschap_challenge_;
};

}  // namespace password
