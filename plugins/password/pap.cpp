// SPDX-License-Identifier: Apache-2.0
#include "pap.h"

namespace password {
namespace {

mschap::Octets octets_of(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

Finding right_if(bool right) { return right ? Finding::Right : Finding::Wrong; }

}  // namespace

Finding check_pap(std::string_view password, const Known& known, mschap::Calculator* calculator, Crypt& crypt) {
  if (known.cleartext) return right_if(mschap::equal(octets_of(password), octets_of(*known.cleartext)));
  if (known.nt_hash) {
    if (calculator == nullptr) return Finding::Unavailable;
    const std::optional<mschap::NtHash> hash = calculator->nt_hash(password);
    return right_if(hash && mschap::equal(hash->octets, *known.nt_hash));
  }
  if (known.crypt) return right_if(crypt.verify(password, *known.crypt));
  return Finding::NothingKnown;
}

}  // namespace password
