// SPDX-License-Identifier: Apache-2.0
#include "mschap.h"

#include "owned.h"
#include "utf16.h"

#include <algorithm>
#include <initializer_list>
#include <new>
#include <stdexcept>

#include <openssl/err.h>

namespace mschap {
namespace {

using Sha1 = Secret<20>;

constexpr size_t password_octets_max = 512;  // RFC 2759 §8: 0 to 256 Unicode characters

Octets octets_of(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

template <class T>
T* need(T* pointer, const char* what) {
  if (pointer != nullptr) return pointer;
  // Nobody else on this thread shall find OpenSSL's own account of it and take it for theirs.
  ERR_clear_error();
  throw std::runtime_error(what);
}

}  // namespace

void wipe(std::span<uint8_t> octets) { OPENSSL_cleanse(octets.data(), octets.size()); }

bool equal(Octets a, Octets b) { return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0; }

std::string_view without_domain(std::string_view user_name) {
  const size_t separator = user_name.find('\\');
  return separator == std::string_view::npos ? user_name : user_name.substr(separator + 1);
}

Secret<8> des_key(std::span<const uint8_t, 7> bits) {
  uint64_t all = 0;
  for (const uint8_t octet : bits) all = all << 8 | octet;
  Secret<8> key;
  for (size_t i = 0; i < key.octets.size(); ++i) {
    const auto seven = static_cast<unsigned>(all >> (49 - 7 * i) & 0x7F);
    const unsigned parity = (static_cast<unsigned>(__builtin_popcount(seven)) & 1U) ^ 1U;
    key.octets[i] = static_cast<uint8_t>(seven << 1 | parity);
  }
  return key;
}

// The members end in the reverse order: algorithms before their providers, those before the context.
struct Algorithms::Fetched {
  openssl::Context context;
  openssl::Provider base;
  openssl::Provider legacy;
  openssl::Digest md4;
  openssl::Digest sha1;
  openssl::Cipher des;
};

Algorithms::Algorithms() : fetched_(std::make_unique<Fetched>()) {
  Fetched& f = *fetched_;
  f.context.reset(need(OSSL_LIB_CTX_new(), "OpenSSL has no memory for a library context"));
  OSSL_LIB_CTX* context = f.context.get();
  f.base.reset(need(OSSL_PROVIDER_load(context, "default"), "OpenSSL's default provider does not load"));
  f.legacy.reset(need(OSSL_PROVIDER_load(context, "legacy"), "OpenSSL's legacy provider is not installed"));
  f.md4.reset(need(EVP_MD_fetch(context, "MD4", nullptr), "OpenSSL's legacy provider has no MD4"));
  f.sha1.reset(need(EVP_MD_fetch(context, "SHA1", nullptr), "OpenSSL's default provider has no SHA-1"));
  f.des.reset(need(EVP_CIPHER_fetch(context, "DES-ECB", nullptr), "OpenSSL's legacy provider has no DES"));
}

Algorithms::~Algorithms() = default;

void Algorithms::forget_thread() const { OPENSSL_thread_stop_ex(fetched_->context.get()); }

struct Calculator::Contexts {
  explicit Contexts(const Algorithms::Fetched& fetched)
      : algorithms(fetched), md4(EVP_MD_CTX_new()), sha1(EVP_MD_CTX_new()), des(EVP_CIPHER_CTX_new()) {
    if (!md4 || !sha1 || !des) throw std::bad_alloc();
    // Choosing the cipher here lets encrypt() set a key alone.
    if (EVP_EncryptInit_ex2(des.get(), algorithms.des.get(), nullptr, nullptr, nullptr) != 1 ||
        EVP_CIPHER_CTX_set_padding(des.get(), 0) != 1)
      throw std::runtime_error("OpenSSL does not set up DES");
  }

  bool digest(EVP_MD_CTX* context, const EVP_MD* algorithm, std::initializer_list<Octets> parts, uint8_t* out) const {
    bool done = EVP_DigestInit_ex2(context, algorithm, nullptr) == 1;
    for (const Octets part : parts) done = done && EVP_DigestUpdate(context, part.data(), part.size()) == 1;
    return done && EVP_DigestFinal_ex(context, out, nullptr) == 1;
  }
  bool md4_of(std::initializer_list<Octets> parts, NtHash& out) const {
    return digest(md4.get(), algorithms.md4.get(), parts, out.octets.data());
  }
  bool sha1_of(std::initializer_list<Octets> parts, Sha1& out) const {
    return digest(sha1.get(), algorithms.sha1.get(), parts, out.octets.data());
  }

  /// DesEncrypt, RFC 2759 §8.6: eight octets under a key of seven.
  bool encrypt(Octets clear, std::span<const uint8_t, 7> key_bits, uint8_t* out) const {
    const Secret<8> key = des_key(key_bits);
    int written = 0;
    return EVP_EncryptInit_ex2(des.get(), nullptr, key.octets.data(), nullptr, nullptr) == 1 &&
           EVP_EncryptUpdate(des.get(), out, &written, clear.data(), static_cast<int>(clear.size())) == 1 &&
           written == 8;
  }

  const Algorithms::Fetched& algorithms;
  openssl::DigestContext md4;
  openssl::DigestContext sha1;
  openssl::CipherContext des;
};

Calculator::Calculator(const Algorithms& algorithms) : contexts_(std::make_unique<Contexts>(*algorithms.fetched_)) {}

Calculator::~Calculator() = default;

std::optional<NtHash> Calculator::nt_hash(std::string_view password) {
  Secret<password_octets_max> unicode;
  const std::optional<size_t> length = encode_utf16le(password, unicode.octets);
  if (!length) return std::nullopt;
  std::optional<NtHash> hash(std::in_place);
  if (!contexts_->md4_of({Octets(unicode.octets).first(*length)}, *hash)) return std::nullopt;
  return hash;
}

std::optional<NtHash> Calculator::hash_of(const NtHash& hash) {
  std::optional<NtHash> twice(std::in_place);
  if (!contexts_->md4_of({hash.octets}, *twice)) return std::nullopt;
  return twice;
}

std::optional<ShortChallenge> Calculator::challenge_hash(const Exchange& exchange) {
  if (exchange.peer_challenge.size() != 16 || exchange.authenticator_challenge.size() != 16) return std::nullopt;
  Sha1 digest;
  if (!contexts_->sha1_of({exchange.peer_challenge, exchange.authenticator_challenge, octets_of(exchange.user_name)},
                          digest))
    return std::nullopt;
  ShortChallenge challenge;
  std::copy_n(digest.octets.begin(), challenge.size(), challenge.begin());
  return challenge;
}

std::optional<Response> Calculator::response(Octets challenge, const NtHash& hash) {
  if (challenge.size() != 8) return std::nullopt;
  // The hash, and five octets of zero: three keys of seven octets.
  Secret<21> keys;
  std::copy(hash.octets.begin(), hash.octets.end(), keys.octets.begin());
  const std::span<const uint8_t, 21> all(keys.octets);
  Response response{};
  if (!contexts_->encrypt(challenge, all.subspan<0, 7>(), &response[0]) ||
      !contexts_->encrypt(challenge, all.subspan<7, 7>(), &response[8]) ||
      !contexts_->encrypt(challenge, all.subspan<14, 7>(), &response[16]))
    return std::nullopt;
  return response;
}

std::optional<Response> Calculator::response(const Exchange& exchange, const NtHash& hash) {
  const std::optional<ShortChallenge> challenge = challenge_hash(exchange);
  if (!challenge) return std::nullopt;
  return response(Octets(*challenge), hash);
}

std::optional<AuthenticatorResponse> Calculator::authenticator_response(const Exchange& exchange, Octets response,
                                                                        const NtHash& hash) {
  constexpr std::string_view signing_magic = "Magic server to client signing constant";
  constexpr std::string_view iteration_magic = "Pad to make it do more than one iteration";
  const std::optional<NtHash> twice = hash_of(hash);
  const std::optional<ShortChallenge> challenge = challenge_hash(exchange);
  if (!twice || !challenge) return std::nullopt;

  Sha1 inner;
  Sha1 outer;
  if (!contexts_->sha1_of({twice->octets, response, octets_of(signing_magic)}, inner) ||
      !contexts_->sha1_of({inner.octets, *challenge, octets_of(iteration_magic)}, outer))
    return std::nullopt;

  constexpr std::string_view hex_digits = "0123456789ABCDEF";
  AuthenticatorResponse text{'S', '='};
  for (size_t i = 0; i < outer.octets.size(); ++i) {
    text[2 + 2 * i] = static_cast<uint8_t>(hex_digits[outer.octets[i] >> 4]);
    text[3 + 2 * i] = static_cast<uint8_t>(hex_digits[outer.octets[i] & 0xF]);
  }
  return text;
}

std::optional<SessionKeys> Calculator::session_keys(Octets response, const NtHash& hash) {
  constexpr std::string_view master_magic = "This is the MPPE Master Key";
  constexpr std::string_view client_sends =
      "On the client side, this is the send key; on the server side, it is the receive key.";
  constexpr std::string_view server_sends =
      "On the client side, this is the receive key; on the server side, it is the send key.";
  static constexpr std::array<uint8_t, 40> pad1{};
  static constexpr std::array<uint8_t, 40> pad2 = [] {
    std::array<uint8_t, 40> pad{};
    for (uint8_t& octet : pad) octet = 0xF2;
    return pad;
  }();

  const std::optional<NtHash> twice = hash_of(hash);
  Sha1 master;
  if (!twice || !contexts_->sha1_of({twice->octets, response, octets_of(master_magic)}, master)) return std::nullopt;

  const Octets master_key = Octets(master.octets).first(16);
  const auto start_key = [&](std::string_view magic, Secret<16>& key) {
    Sha1 digest;
    if (!contexts_->sha1_of({master_key, pad1, octets_of(magic), pad2}, digest)) return false;
    std::copy_n(digest.octets.begin(), key.octets.size(), key.octets.begin());
    return true;
  };
  std::optional<SessionKeys> keys(std::in_place);
  if (!start_key(server_sends, keys->send) || !start_key(client_sends, keys->recv)) return std::nullopt;
  return keys;
}

bool Calculator::verify(Octets challenge, Octets claimed, const NtHash& hash) {
  const std::optional<Response> right = response(challenge, hash);
  return right && equal(*right, claimed);
}

bool Calculator::verify(const Exchange& exchange, Octets claimed, const NtHash& hash) {
  const std::optional<Response> right = response(exchange, hash);
  return right && equal(*right, claimed);
}

bool Calculator::verify_authenticator(const Exchange& exchange, Octets response, const NtHash& hash,
                                      std::string_view claimed) {
  const std::optional<AuthenticatorResponse> right = authenticator_response(exchange, response, hash);
  return right && equal(*right, octets_of(claimed));
}

}  // namespace mschap
