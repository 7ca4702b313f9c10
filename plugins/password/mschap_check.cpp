// SPDX-License-Identifier: Apache-2.0
#include "mschap_check.h"

#include "mschap_attribute.h"

namespace password {
namespace {

/// The hash that both versions compute with: as known, or made from the password.
std::optional<mschap::NtHash> nt_hash_of(const Known& known, mschap::Calculator& calculator) {
  if (known.cleartext) return calculator.nt_hash(*known.cleartext);
  if (known.nt_hash) return mschap::NtHash(*known.nt_hash);
  return std::nullopt;
}

}  // namespace

MsChapFinding check_mschap(Octets response, Octets challenge, const Known& known, mschap::Calculator& calculator) {
  MsChapFinding result;
  const std::optional<mschap::ResponseAttribute> decoded = mschap::decode_response(response);
  if (!decoded || challenge.size() != 8) return result;
  result.ident = decoded->ident;

  result.finding = Finding::NothingKnown;
  const std::optional<mschap::NtHash> hash = nt_hash_of(known, calculator);
  if (!hash) return result;

  // A LAN Manager response alone proves next to nothing, so it counts as wrong.
  result.finding = Finding::Wrong;
  const std::optional<mschap::NtHash> twice = calculator.hash_of(*hash);
  if (!twice || !decoded->use_nt_response || !calculator.verify(challenge, decoded->nt_response, *hash)) return result;

  result.keys = mschap::encode_mppe_keys(*twice);
  result.finding = Finding::Right;
  return result;
}

MsChap2Finding check_mschap2(Octets response, Octets challenge, std::string_view user_name, const Known& known,
                             mschap::Calculator& calculator) {
  MsChap2Finding result;
  const std::optional<mschap::Response2Attribute> decoded = mschap::decode_response2(response);
  if (!decoded || challenge.size() != 16) return result;
  result.ident = decoded->ident;

  result.finding = Finding::NothingKnown;
  const std::optional<mschap::NtHash> hash = nt_hash_of(known, calculator);
  if (!hash) return result;

  result.finding = Finding::Wrong;
  // RFC 2759 §4: the name is hashed without its domain.
  const mschap::Exchange exchange{challenge, decoded->peer_challenge, mschap::without_domain(user_name)};
  if (!calculator.verify(exchange, decoded->nt_response, *hash)) return result;
  const auto text = calculator.authenticator_response(exchange, decoded->nt_response, *hash);
  const auto keys = calculator.session_keys(decoded->nt_response, *hash);
  if (!text || !keys) return result;

  result.success = mschap::encode_success2(decoded->ident, *text);
  result.keys = *keys;
  result.finding = Finding::Right;
  return result;
}

}  // namespace password
