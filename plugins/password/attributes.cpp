// SPDX-License-Identifier: Apache-2.0
#include "attributes.h"

namespace password {
namespace {

Octets octets_of(const radius_view_t& view) { return {view.data, view.length}; }

std::string_view text_of(const radius_view_t& view) { return {reinterpret_cast<const char*>(view.data), view.length}; }

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

Attributes::Read Attributes::read(const radius_lists_v1_t& lists, const radius_list_t* request) const {
  Read result;
  radius_view_t view{};
  for (radius_status_t status = lists.first(request, &view); status == RADIUS_OK; status = lists.next(request, &view)) {
    if (view.attr == user_name) {
      result.user_name = text_of(view);
      continue;
    }
    for (const Proof& proof : proofs)
      if (view.attr == proof.attr)
        result.offered.note(proof.kind, octets_of(view), (view.flags & RADIUS_VIEW_INVALID) == 0);
  }
  return result;
}

Known Attributes::known(const radius_lists_v1_t& lists, const radius_list_t* control) const {
  Known result;
  radius_view_t view{};
  for (radius_status_t status = lists.first(control, &view); status == RADIUS_OK; status = lists.next(control, &view)) {
    if (view.attr == cleartext_password && !result.cleartext) result.cleartext = text_of(view);
    if (view.attr == crypt_password && !result.crypt) result.crypt = text_of(view);
    if (view.attr == nt_password && view.length == 16 && !result.nt_hash) result.nt_hash = octets_of(view).first<16>();
  }
  return result;
}

}  // namespace password
