// SPDX-License-Identifier: Apache-2.0
#include "attributes.h"

namespace password {
namespace {

Octets octets_of(const radius::Attribute& attribute) { return {attribute.data(), attribute.size()}; }

}  // namespace

Attributes::Attributes(const radius::Instance& instance)
    : user_name(instance.attribute("User-Name")),
      proofs{{{instance.attribute("User-Password"), Kind::UserPassword},
              {instance.attribute("CHAP-Password"), Kind::ChapPassword},
              {instance.attribute("CHAP-Challenge"), Kind::ChapChallenge},
              {instance.attribute("ARAP-Password"), Kind::ArapPassword},
              {instance.attribute("EAP-Message"), Kind::EapMessage},
              {instance.attribute("MS-CHAP-Challenge"), Kind::MsChapChallenge},
              {instance.attribute("MS-CHAP-Response"), Kind::MsChapResponse},
              {instance.attribute("MS-CHAP2-Response"), Kind::MsChap2Response}}},
      cleartext_password(instance.attribute("Cleartext-Password")),
      nt_password(instance.attribute("NT-Password")),
      crypt_password(instance.attribute("Crypt-Password")),
      reply_message(instance.attribute("Reply-Message")),
      ms_chap_error(instance.attribute("MS-CHAP-Error")),
      ms_chap2_success(instance.attribute("MS-CHAP2-Success")),
      ms_chap_mppe_keys(instance.attribute("MS-CHAP-MPPE-Keys")),
      ms_mppe_send_key(instance.attribute("MS-MPPE-Send-Key")),
      ms_mppe_recv_key(instance.attribute("MS-MPPE-Recv-Key")),
      ms_mppe_encryption_policy(instance.attribute("MS-MPPE-Encryption-Policy")),
      ms_mppe_encryption_types(instance.attribute("MS-MPPE-Encryption-Types")) {}

Attributes::Read Attributes::read(const radius::ListView& request) const {
  Read result;
  for (const radius::Attribute attribute : request) {
    if (attribute.is(user_name)) {
      result.user_name = attribute.text();
      continue;
    }
    for (const Proof& proof : proofs)
      if (attribute.is(proof.attr)) result.offered.note(proof.kind, octets_of(attribute), !attribute.is_invalid());
  }
  return result;
}

Known Attributes::known(const radius::ListView& control) const {
  Known result;
  for (const radius::Attribute attribute : control) {
    if (attribute.is(cleartext_password) && !result.cleartext) result.cleartext = attribute.text();
    if (attribute.is(crypt_password) && !result.crypt) result.crypt = attribute.text();
    if (attribute.is(nt_password) && attribute.size() == 16 && !result.nt_hash)
      result.nt_hash = octets_of(attribute).first<16>();
  }
  return result;
}

}  // namespace password
