// SPDX-License-Identifier: Apache-2.0
#include "offered.h"

namespace password {

void Offered::note(Kind kind, Octets value, bool valid) {
  switch (kind) {
    case Kind::UserPassword: return note_proof(Method::Pap, value, valid);
    case Kind::ChapPassword: return note_proof(Method::Chap, value, valid);
    case Kind::MsChapResponse: return note_proof(Method::MsChap, value, valid);
    case Kind::MsChap2Response: return note_proof(Method::MsChap2, value, valid);
    case Kind::ArapPassword:
    case Kind::EapMessage: return note_proof(Method::Elsewhere, value, true);
    case Kind::ChapChallenge: chap_challenge_ = value; return;
    case Kind::MsChapChallenge: mschap_challenge_ = value; return;
  }
}

void Offered::note_proof(Method method, Octets value, bool valid) {
  // An EAP packet may come in several attributes.
  if (method == Method::Elsewhere && method_ == Method::Elsewhere) return;
  // RFC 2865 §4.1, RFC 3579 §3.3 note 1: the proofs exclude each other, and none comes twice.
  if (method_ != Method::None || !valid) {
    method_ = Method::Contradiction;
    return;
  }
  method_ = method;
  proof_ = value;
}

}  // namespace password
