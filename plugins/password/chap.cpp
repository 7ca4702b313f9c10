// SPDX-License-Identifier: Apache-2.0
// OpenSSL 3 would rather have digests by EVP, which allocates at each beginning, and which a system's policy may take
// MD5 away from.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "chap.h"

#include "mschap.h"

#include <openssl/md5.h>

namespace password {

Finding check_chap(Octets response, Octets challenge, const Known& known) {
  if (response.size() != 17 || challenge.empty()) return Finding::Malformed;
  // RFC 2865 §2.2: without a clear-text password the answer is a reject.
  if (!known.cleartext) return Finding::NothingKnown;

  mschap::Secret<16> digest;
  MD5_CTX context;
  MD5_Init(&context);
  MD5_Update(&context, response.data(), 1);
  MD5_Update(&context, known.cleartext->data(), known.cleartext->size());
  MD5_Update(&context, challenge.data(), challenge.size());
  MD5_Final(digest.octets.data(), &context);  // which wipes what it holds of its input
  return mschap::equal(digest.octets, response.subspan(1)) ? Finding::Right : Finding::Wrong;
}

}  // namespace password
