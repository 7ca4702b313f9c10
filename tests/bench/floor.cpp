// SPDX-License-Identifier: Apache-2.0
/// The least that a RADIUS server must do for a request, and nothing else: what others are measured against. One
/// thread, one socket, one client, one user; no duplicates, no policy, no counters. Datagrams come and go in batches of
/// 64; a request is verified, its password is checked, its answer is signed. Digests are OpenSSL's, by the functions
/// that allocate nothing; what they come to behind HMAC's pads is kept.
///
///     floor SECRET PASSWORD        prints its port, and serves until it is killed
#define OPENSSL_SUPPRESS_DEPRECATED
#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/md5.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string_view>

namespace {

using Octets = std::span<const uint8_t>;
using Digest = std::array<uint8_t, 16>;

constexpr size_t batch = 64;
constexpr size_t packet_max = 4096;
constexpr uint8_t access_request = 1, access_accept = 2, access_reject = 3, accounting_request = 4,
                  accounting_response = 5;
constexpr uint8_t user_password = 2, chap_password = 3, chap_challenge = 60, message_authenticator = 80;

Digest md5(std::initializer_list<Octets> parts, MD5_CTX context) {
  for (Octets part : parts) MD5_Update(&context, part.data(), part.size());
  Digest digest;
  MD5_Final(digest.data(), &context);
  return digest;
}

Digest md5(std::initializer_list<Octets> parts) {
  MD5_CTX context;
  MD5_Init(&context);
  return md5(parts, context);
}

struct Floor {
  Octets secret, password;
  MD5_CTX inner, outer;  // behind HMAC's pads

  Floor(std::string_view secret_text, std::string_view password_text)
      : secret(as_octets(secret_text)), password(as_octets(password_text)) {
    begin_pad(inner, 0x36);
    begin_pad(outer, 0x5c);
  }

  void begin_pad(MD5_CTX& context, uint8_t mask) const {
    std::array<uint8_t, 64> pad;
    for (size_t i = 0; i < pad.size(); ++i) pad[i] = mask ^ (i < secret.size() ? secret[i] : uint8_t{0});
    MD5_Init(&context);
    MD5_Update(&context, pad.data(), pad.size());
  }

  static Octets as_octets(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
  }

  Digest hmac(std::initializer_list<Octets> parts) const { return md5({md5(parts, inner)}, outer); }

  bool is_right_password(Octets hidden, Octets authenticator) const {
    Digest key = md5({secret, authenticator});
    if (hidden.size() != key.size() || password.size() > key.size()) return false;
    uint8_t difference = 0;
    for (size_t i = 0; i < key.size(); ++i)
      difference |= static_cast<uint8_t>(hidden[i] ^ key[i] ^ (i < password.size() ? password[i] : 0));
    return difference == 0;
  }

  bool is_right_response(Octets response, Octets challenge) const {
    if (response.size() != 17) return false;
    Digest expected = md5({response.first(1), password, challenge});
    return CRYPTO_memcmp(expected.data(), response.data() + 1, expected.size()) == 0;
  }

  /// The size of the answer in `reply`; 0 for none.
  size_t answer(Octets request, std::span<uint8_t> reply) const {
    if (request.size() < 20 || request.size() < size_t{request[2]} * 256 + request[3]) return 0;
    request = request.first(size_t{request[2]} * 256 + request[3]);
    if (request.size() < 20) return 0;
    Octets authenticator = request.subspan(4, 16), before, hidden, response, challenge = authenticator;
    for (Octets rest = request.subspan(20); !rest.empty(); rest = rest.subspan(rest[1])) {
      if (rest.size() < 2 || rest[1] < 2 || rest[1] > rest.size()) return 0;
      Octets value = rest.subspan(2, rest[1] - size_t{2});
      if (rest[0] == message_authenticator && value.size() == 16) before = value;
      else if (rest[0] == user_password) hidden = value;
      else if (rest[0] == chap_password) response = value;
      else if (rest[0] == chap_challenge) challenge = value;
    }
    static constexpr Digest zeros{};
    reply[1] = request[1];
    if (request[0] == accounting_request) {
      Digest digest = md5({request.first(4), zeros, request.subspan(20), secret});
      if (CRYPTO_memcmp(digest.data(), authenticator.data(), digest.size()) != 0) return 0;
      reply[0] = accounting_response;
      return sign(reply.first(20), authenticator);
    }
    if (request[0] != access_request || before.empty()) return 0;
    auto at = static_cast<size_t>(before.data() - request.data());
    Digest digest = hmac({request.first(at), zeros, request.subspan(at + 16)});
    if (CRYPTO_memcmp(digest.data(), before.data(), digest.size()) != 0) return 0;
    bool is_right =
        response.empty() ? is_right_password(hidden, authenticator) : is_right_response(response, challenge);
    reply[0] = is_right ? access_accept : access_reject;
    reply[2] = 0;
    reply[3] = 38;
    reply[20] = message_authenticator;
    reply[21] = 18;
    digest = hmac({Octets(reply).first(4), authenticator, Octets(reply).subspan(20, 2), zeros});
    std::memcpy(&reply[22], digest.data(), digest.size());
    return sign(reply.first(38), authenticator);
  }

  size_t sign(std::span<uint8_t> reply, Octets authenticator) const {
    reply[2] = 0;
    reply[3] = static_cast<uint8_t>(reply.size());
    Digest digest = md5({reply.first(4), authenticator, reply.subspan(20), secret});
    std::memcpy(&reply[4], digest.data(), digest.size());
    return reply.size();
  }
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 3 || std::strlen(arguments[1]) > 64) return 64;
  Floor floor(arguments[1], arguments[2]);
  int udp = socket(AF_INET, SOCK_DGRAM, 0);
  int room = 4194304;
  setsockopt(udp, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof local;
  auto* name = reinterpret_cast<sockaddr*>(&local);
  if (bind(udp, name, size) != 0 || getsockname(udp, name, &size) != 0) return 1;
  std::printf("%d\n", ntohs(local.sin_port));
  std::fflush(stdout);

  static std::array<std::array<uint8_t, packet_max>, batch> requests, replies;
  std::array<sockaddr_in, batch> peers;
  std::array<iovec, batch> in, out;
  std::array<mmsghdr, batch> received, sent;
  for (;;) {
    for (size_t i = 0; i < batch; ++i) {
      in[i] = {requests[i].data(), packet_max};
      received[i].msg_hdr = {&peers[i], sizeof peers[i], &in[i], 1, nullptr, 0, 0};
    }
    int datagrams = recvmmsg(udp, received.data(), batch, MSG_WAITFORONE, nullptr);
    unsigned answers = 0;
    for (int i = 0; i < datagrams; ++i) {
      size_t octets = floor.answer(Octets(requests[i]).first(received[i].msg_len), replies[answers]);
      if (octets == 0) continue;
      out[answers] = {replies[answers].data(), octets};
      sent[answers].msg_hdr = {&peers[i], sizeof peers[i], &out[answers], 1, nullptr, 0, 0};
      ++answers;
    }
    for (unsigned done = 0; done < answers;) {
      int now = sendmmsg(udp, &sent[done], answers - done, 0);
      if (now < 0) break;
      done += static_cast<unsigned>(now);
    }
  }
}
