// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/digest.h"
#include "dictionary/notation.h"

namespace mschap {
class Algorithms;
class Calculator;
}  // namespace mschap

namespace radhost {

/// How a client turns a user's password into attributes: the side of the NAS and its user.
enum class PasswordMethod : uint8_t {
  Pap,
  Chap,
  MsChapV2
};

class Credentials {
 public:
  explicit Credentials(PasswordMethod method);
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;
  ~Credentials();

  /// Replaces User-Password by what the method sends: CHAP-Password with CHAP-Challenge (RFC 2865 §2.2), or
  /// MS-CHAP-Challenge with MS-CHAP2-Response (RFC 2548 §2.3.2), fresh each time. Empty when all went well, else
  /// the reason.
  std::string replace(Dictionary& dictionary, std::vector<Pair>& pairs);

  /// The server's proof that it knows the password too, for what replace() made last (RFC 2759 §8.7). True where
  /// the method has none. `success` is MS-CHAP2-Success, empty when the answer has none.
  bool verify_server(Octets success);

 private:
  std::string replace_by_chap(std::vector<Pair>& pairs, const std::string& password);
  std::string replace_by_mschapv2(std::vector<Pair>& pairs, const std::string& user, const std::string& password);

  PasswordMethod method_;
  std::unique_ptr<mschap::Algorithms> algorithms_;
  std::unique_ptr<mschap::Calculator> calculator_;
  struct Sent;
  std::unique_ptr<Sent> sent_;
};

}  // namespace radhost
