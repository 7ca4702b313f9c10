// SPDX-License-Identifier: Apache-2.0
/// The attributes that the module reads and writes, resolved once.
#pragma once

#include "finding.h"
#include "offered.h"

#include <array>
#include <optional>
#include <radius/plugin.hpp>

namespace password {

struct Attributes {
  /// Throws radius::Error when the dictionary lacks one of them.
  explicit Attributes(const radius::Instance& instance);

  /// Reading a request: its proofs and its User-Name, in one pass. Borrowed from the request.
  struct Read {
    Offered offered;
    std::string_view user_name;
  };
  Read read(const radius::ListView& request) const;

  /// The credentials in the control list. Borrowed from it.
  Known known(const radius::ListView& control) const;

  radius_attr_t user_name;
  struct Proof {
    radius_attr_t attr;
    Kind kind;
  };
  std::array<Proof, 8> proofs;

  radius_attr_t cleartext_password;
  radius_attr_t nt_password;
  radius_attr_t crypt_password;

  radius_attr_t reply_message;
  radius_attr_t ms_chap_error;
  radius_attr_t ms_chap2_success;
  radius_attr_t ms_chap_mppe_keys;
  radius_attr_t ms_mppe_send_key;
  radius_attr_t ms_mppe_recv_key;
  radius_attr_t ms_mppe_encryption_policy;
  radius_attr_t ms_mppe_encryption_types;
};

}  // namespace password
