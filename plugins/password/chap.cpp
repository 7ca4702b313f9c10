// SPDX-License-Identifier: Apache-2.0
#include "chap.h"

#include "mschap.h"

#include <new>
#include <stdexcept>

namespace password {

Md5::Md5() : context_(OSSL_LIB_CTX_new()) {
  if (!context_) throw std::bad_alloc();
  provider_.reset(OSSL_PROVIDER_load(context_.get(), "default"));
  if (!provider_) throw std::runtime_error("OpenSSL's default provider does not load");
  digest_.reset(EVP_MD_fetch(context_.get(), "MD5", nullptr));
  if (!digest_) throw std::runtime_error("OpenSSL's default provider has no MD5");
}

void Md5::forget_thread() const { OPENSSL_thread_stop_ex(context_.get()); }

Chap::Chap(const Md5& md5) : md5_(md5), context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
}

Finding Chap::check(Octets response, Octets challenge, const Known& known) {
  if (response.size() != 17 || challenge.empty()) return Finding::Malformed;
  // RFC 2865 §2.2: without a clear-text password the answer is a reject.
  if (!known.cleartext) return Finding::NothingKnown;

  mschap::Secret<16> digest;
  const bool done = EVP_DigestInit_ex2(context_.get(), md5_.get(), nullptr) == 1 &&
                    EVP_DigestUpdate(context_.get(), response.data(), 1) == 1 &&
                    EVP_DigestUpdate(context_.get(), known.cleartext->data(), known.cleartext->size()) == 1 &&
                    EVP_DigestUpdate(context_.get(), challenge.data(), challenge.size()) == 1 &&
                    EVP_DigestFinal_ex(context_.get(), digest.octets.data(), nullptr) == 1;
  return done && mschap::equal(digest.octets, response.subspan(1)) ? Finding::Right : Finding::Wrong;
}

}  // namespace password
