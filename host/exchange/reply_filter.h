// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet/encode.h"
#include "packet/packet.h"

namespace radhost {

bool is_dynamic_authorization_reply(Code code);

/// What a reply of some Code to a request may carry: RFC 2865 §5.44, RFC 2866 §5.13, RFC 2869 §5.19, RFC 5176 §3.6. For
/// one reply.
class ReplyFilter final : public AttributeFilter {
 public:
  ReplyFilter(Code code, const Packet& request, bool is_vouched_for);

  bool passes(const AttributeView& attribute) override;

  size_t left_out() const { return left_out_; }
  /// Did an Error-Cause pass, and which?
  bool has_error_cause() const { return error_cause_ != 0; }
  uint32_t error_cause() const { return error_cause_; }

 private:
  bool may_carry(const AttributeView& attribute);
  bool accept_may_carry(const AttributeDefinition& attribute) const;
  bool may_carry_raw(const AttributeView& attribute) const;
  bool may_carry_error_cause(const AttributeView& attribute);

  Code code_;
  bool is_protected_;       // the request has a Message-Authenticator
  bool is_bare_check_;      // an authorization check: no credentials, no State
  bool asks_for_identity_;  // it has a Chargeable-User-Identity
  uint32_t error_cause_ = 0;
  size_t left_out_ = 0;
};

}  // namespace radhost
