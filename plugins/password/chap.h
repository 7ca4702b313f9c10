// SPDX-License-Identifier: Apache-2.0
/// CHAP (RFC 1994, RFC 2865 §5.3): MD5 over an identifier, the password and a challenge.
#pragma once

#include "finding.h"
#include "offered.h"
#include "owned.h"

namespace password {

/// MD5, fetched once, in an OpenSSL context of its own: it is there on systems whose policy forbids it
/// elsewhere. Any number of threads may share it.
class Md5 {
 public:
  /// Throws std::runtime_error.
  Md5();

  const EVP_MD* get() const { return digest_.get(); }
  void forget_thread() const;

 private:
  openssl::Context context_;
  openssl::Provider provider_;
  openssl::Digest digest_;
};

/// Belongs to one thread.
class Chap {
 public:
  /// `md5` must outlive it. Throws std::bad_alloc.
  explicit Chap(const Md5& md5);

  /// `response`: the value of CHAP-Password, which is an identifier and 16 octets.
  [[nodiscard]] Finding check(Octets response, Octets challenge, const Known& known);

 private:
  const Md5& md5_;
  openssl::DigestContext context_;
};

}  // namespace password
