// SPDX-License-Identifier: Apache-2.0
/// The arithmetic of MS-CHAP: RFC 2433 (version 1), RFC 2759 (version 2) and RFC 3079 (the keys both leave).
/// It serves both sides: the server verifies what the client makes.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include <openssl/types.h>
#include <stdint.h>

namespace mschap {

using Octets = std::span<const uint8_t>;

/// Overwrites octets in a way that no compiler leaves out.
void wipe(std::span<uint8_t> octets);

/// Are both equal? Takes as long for the first octet as for the last.
[[nodiscard]] bool equal(Octets a, Octets b);

/// Octets that are wiped at the end of their life.
template <size_t N>
struct Secret {
  Secret() = default;
  explicit Secret(std::span<const uint8_t, N> from) { std::copy(from.begin(), from.end(), octets.begin()); }
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret() { wipe(octets); }

  std::array<uint8_t, N> octets{};
};

using Challenge = std::array<uint8_t, 16>;              // version 2, of either side
using ShortChallenge = std::array<uint8_t, 8>;          // version 1
using Response = std::array<uint8_t, 24>;               // the NT-Response of both versions
using AuthenticatorResponse = std::array<uint8_t, 42>;  // "S=" and 40 upper-case hex digits
using NtHash = Secret<16>;

/// What version 2 computes its response from.
struct Exchange {
  Octets authenticator_challenge;  // the NAS's, 16 octets
  Octets peer_challenge;           // the user's, 16 octets
  std::string_view user_name;      // without its domain
};

/// RFC 3079 §3.3, as the server names them; the client's Send is the server's Recv.
struct SessionKeys {
  Secret<16> send;
  Secret<16> recv;
};

/// The name without the domain before it: `User` of `BIGCO\User` (RFC 2759 §4).
std::string_view without_domain(std::string_view user_name);

/// MD4, SHA-1 and DES, fetched once. They live in an OpenSSL context of their own, because loading the legacy
/// provider into the process's one would change it for everybody. Any number of threads may share it.
class Algorithms {
 public:
  /// Throws std::runtime_error, with the reason, where OpenSSL's legacy provider is not installed.
  Algorithms();
  Algorithms(const Algorithms&) = delete;
  Algorithms& operator=(const Algorithms&) = delete;
  ~Algorithms();

  /// Ends what OpenSSL keeps of these for the calling thread.
  void forget_thread() const;

 private:
  friend class Calculator;
  struct Fetched;
  std::unique_ptr<Fetched> fetched_;
};

/// Computes; belongs to one thread. Nothing means that OpenSSL failed or that an argument has a wrong size.
class Calculator {
 public:
  /// `algorithms` must outlive it. Throws std::bad_alloc.
  explicit Calculator(const Algorithms& algorithms);
  Calculator(const Calculator&) = delete;
  Calculator& operator=(const Calculator&) = delete;
  ~Calculator();

  /// NtPasswordHash, RFC 2759 §8.3. `password` is UTF-8, of at most 256 UTF-16 units.
  [[nodiscard]] std::optional<NtHash> nt_hash(std::string_view password);

  /// HashNtPasswordHash, RFC 2759 §8.4.
  [[nodiscard]] std::optional<NtHash> hash_of(const NtHash& hash);

  /// ChallengeHash, RFC 2759 §8.2.
  [[nodiscard]] std::optional<ShortChallenge> challenge_hash(const Exchange& exchange);

  /// ChallengeResponse, RFC 2759 §8.5: the NT-Response of version 1.
  [[nodiscard]] std::optional<Response> response(Octets challenge, const NtHash& hash);

  /// GenerateNTResponse, RFC 2759 §8.1: the NT-Response of version 2.
  [[nodiscard]] std::optional<Response> response(const Exchange& exchange, const NtHash& hash);

  /// GenerateAuthenticatorResponse, RFC 2759 §8.7: how the server proves itself.
  [[nodiscard]] std::optional<AuthenticatorResponse> authenticator_response(const Exchange& exchange, Octets response,
                                                                            const NtHash& hash);

  /// GetMasterKey and GetAsymmetricStartKey, RFC 3079 §3.4: 128-bit keys of version 2.
  [[nodiscard]] std::optional<SessionKeys> session_keys(Octets response, const NtHash& hash);

  /// The verifying halves.
  [[nodiscard]] bool verify(Octets challenge, Octets claimed, const NtHash& hash);
  [[nodiscard]] bool verify(const Exchange& exchange, Octets claimed, const NtHash& hash);
  [[nodiscard]] bool verify_authenticator(const Exchange& exchange, Octets response, const NtHash& hash,
                                          std::string_view claimed);

 private:
  struct Contexts;
  std::unique_ptr<Contexts> contexts_;
};

/// A DES key from seven octets: each octet's lowest bit becomes odd parity (RFC 2759 §8.6).
Secret<8> des_key(std::span<const uint8_t, 7> bits);

}  // namespace mschap
