// SPDX-License-Identifier: Apache-2.0
/// The least that idle TLS connections take: so many SSL objects of a server over memory BIOs, whose hands are shaken
/// and over each of which a record has gone both ways. Their context is as host/net/tls_context makes it.
///
///   idle_ssl COUNT SERVER.pem SERVER.key CLIENT.pem CLIENT.key CA.pem
///
/// Prints by how many octets the process has grown for each.
#include <openssl/ssl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

/// So that what is allocated once, or first of all, is there before anything is measured.
constexpr size_t warm_up = 100;

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "idle_ssl: %s\n", what);
  std::exit(1);
}

SSL_CTX* make_context(const SSL_METHOD* method, const char* certificate, const char* key, const char* ca) {
  SSL_CTX* context = SSL_CTX_new(method);
  SSL_CTX_set_security_level(context, 2);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  bool is_loaded = SSL_CTX_use_certificate_chain_file(context, certificate) == 1 &&
                   SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1 &&
                   SSL_CTX_load_verify_file(context, ca) == 1;
  if (!is_loaded) fail("cannot use a file");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return context;
}

/// Takes what one has written to the other.
void carry(SSL* from, SSL* to) {
  std::array<char, 16384> room;
  for (int size; (size = BIO_read(SSL_get_wbio(from), room.data(), room.size())) > 0;)
    BIO_write(SSL_get_rbio(to), room.data(), size);
}

SSL* make_end(SSL_CTX* context) {
  SSL* ssl = SSL_new(context);
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  if (ssl == nullptr || in == nullptr || out == nullptr) fail("no memory");
  SSL_set_bio(ssl, in, out);
  return ssl;
}

void send(SSL* from, SSL* to) {
  std::array<char, 128> packet{};
  if (SSL_write(from, packet.data(), packet.size()) <= 0) fail("cannot write");
  carry(from, to);
  if (SSL_read(to, packet.data(), packet.size()) <= 0) fail("cannot read");
  // As a connection does that waits for more.
  SSL_read(to, packet.data(), packet.size());
}

/// The server's end of one; the client's is gone.
SSL* make_idle(SSL_CTX* server_context, SSL_CTX* client_context) {
  SSL* server = make_end(server_context);
  SSL* client = make_end(client_context);
  SSL_set_accept_state(server);
  SSL_set_connect_state(client);
  for (int turn = 0; turn < 4; ++turn) {
    SSL_do_handshake(client);
    carry(client, server);
    SSL_do_handshake(server);
    carry(server, client);
  }
  if (!SSL_is_init_finished(server) || !SSL_is_init_finished(client)) fail("the handshake failed");
  send(client, server);
  send(server, client);
  SSL_free(client);
  return server;
}

size_t resident_octets() {
  std::FILE* statm = std::fopen("/proc/self/statm", "r");
  unsigned long all = 0, resident = 0;
  if (statm == nullptr || std::fscanf(statm, "%lu %lu", &all, &resident) != 2) fail("cannot read /proc/self/statm");
  std::fclose(statm);
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: idle_ssl COUNT SERVER.pem SERVER.key CLIENT.pem CLIENT.key CA.pem\n");
    return 64;
  }
  size_t count = std::stoul(argv[1]);
  SSL_CTX* server = make_context(TLS_server_method(), argv[2], argv[3], argv[6]);
  SSL_CTX* client = make_context(TLS_client_method(), argv[4], argv[5], argv[6]);
  std::vector<SSL*> idle(count);
  for (size_t i = 0; i < warm_up; ++i) SSL_free(make_idle(server, client));
  size_t before = resident_octets();
  for (SSL*& ssl : idle) ssl = make_idle(server, client);
  size_t after = resident_octets();
  std::printf("%zu\n", (after - before) / count);
  for (SSL* ssl : idle) SSL_free(ssl);
  SSL_CTX_free(client);
  SSL_CTX_free(server);
}
