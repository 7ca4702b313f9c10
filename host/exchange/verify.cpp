// SPDX-License-Identifier: Apache-2.0
#include "exchange/verify.h"

#include "exchange/refusal.h"
#include "packet/authenticator.h"

namespace radhost {
namespace {

using namespace attribute_type;

bool is_required(RequireMessageAuthenticator policy, bool sends_message_authenticator) {
  if (policy == RequireMessageAuthenticator::Auto) return sends_message_authenticator;
  return policy != RequireMessageAuthenticator::False;
}

bool is_limited(LimitProxyState policy, bool sends_message_authenticator) {
  return policy == LimitProxyState::Auto ? sends_message_authenticator : policy == LimitProxyState::True;
}

/// Of an Access-Request without Message-Authenticator.
std::optional<Discard> verify_unprotected_access(const Packet& request, const Client& client,
                                                 bool sends_message_authenticator) {
  // RFC 3579 §3.1, §3.3: an EAP-Message without Message-Authenticator is silently discarded.
  if (is_required(client.require_message_authenticator, sends_message_authenticator) || request.has(eap_message))
    return Discard::MissingMessageAuthenticator;
  if (is_limited(client.limit_proxy_state, sends_message_authenticator) && request.has(proxy_state))
    return Discard::UnprotectedProxyState;
  // RFC 3579 §3.3 note 1: neither credentials nor Message-Authenticator.
  if (!has_credentials(request)) return Discard::NoCredentials;
  return std::nullopt;
}

/// RFC 2866 §5.13: a record without these belongs to no session. One of a wrong size is none.
bool names_session(const Packet& request) {
  if (!request.has(acct_status_type) || !request.has(acct_session_id)) return false;
  for (Attribute attribute : request.attributes())
    if (attribute.type == acct_status_type && attribute.value.size() == 4) return true;
  return false;
}

}  // namespace

std::optional<Discard> verify_request(const Packet& request, const Client& client, const Link& link,
                                      bool sends_message_authenticator) {
  // RFC 9765 §4.1, §5.2: no authenticator, and a Message-Authenticator that is there all the same is ignored.
  Code code = request.code();
  bool is_accounting = code == Code::AccountingRequest;
  if (link.is_1_1() && !is_accounting) return std::nullopt;
  const SharedSecret& secret = client.secret_over(link);
  if (!link.is_1_1() && request_authenticator_is_digest(code) && !verify_request_authenticator(request, secret))
    return Discard::BadAuthenticator;

  // RFC 3579 §3.3 forbids it in an Accounting-Request, and gives no formula for one that is there all the same:
  // the Request Authenticator protects the packet.
  if (is_accounting) return names_session(request) ? std::nullopt : std::optional(Discard::InvalidAccounting);
  bool is_protected = request.has(message_authenticator);
  if (is_protected && !verify_request_message_authenticator(request, secret)) return Discard::BadMessageAuthenticator;

  // TLS vouches for what has none, unless the client's entry wants one of all (conformance TRN-12).
  bool is_decided_by_policy = code == Code::AccessRequest && !link.is_tls();
  if (is_decided_by_policy && is_protected) return std::nullopt;
  if (is_decided_by_policy) return verify_unprotected_access(request, client, sends_message_authenticator);
  // RFC 5997 §2: a Status-Server must have one.
  bool is_status = code == Code::StatusServer && !link.is_tls();
  bool is_missed = is_status || client.require_message_authenticator == RequireMessageAuthenticator::All;
  if (is_missed && !is_protected) return Discard::MissingMessageAuthenticator;
  return std::nullopt;
}

}  // namespace radhost
