// SPDX-License-Identifier: Apache-2.0
#include "cli/stream_client.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <numeric>
#include <thread>

#include "base/reader.h"
#include "base/writer.h"
#include "catch.h"
#include "packet/packet.h"

using namespace radhost;
using Packets = std::vector<std::vector<uint8_t>>;

namespace {

/// Believes one pre-shared key, from anywhere.
class OneKey : public TlsPolicy {
 public:
  explicit OneKey(std::shared_ptr<const TlsPsk> psk) : psk_(std::move(psk)) {}
  bool may_come_from(const IpAddress&) const override { return true; }
  Admission admit(const TlsPeer&, const IpAddress&) const override { return Admission::Unknown; }
  const TlsPsk* find_psk(std::string_view identity, const IpAddress&) const override {
    return identity == psk_->identity ? psk_.get() : nullptr;
  }

 private:
  std::shared_ptr<const TlsPsk> psk_;
};

std::shared_ptr<const TlsPsk> make_psk(uint8_t octet) {
  TlsPsk psk{"me", SecretOctets(32, octet), TlsVersion::V1_3};
  return std::make_shared<const TlsPsk>(std::move(psk));
}

std::shared_ptr<const TlsContext> make_server(const RadiusVersions& versions) {
  TlsContext::ServerOptions options;
  options.versions = versions;
  options.has_psks = true;
  auto made = TlsContext::for_server(options);
  REQUIRE(made.ok());
  return *made;
}

std::shared_ptr<const TlsContext> make_client(const RadiusVersions& versions, uint8_t key_octet = 7) {
  TlsContext::ClientOptions options;
  options.versions = versions;
  options.psk = make_psk(key_octet);
  auto made = TlsContext::for_client(options);
  REQUIRE(made.ok());
  return *made;
}

/// A server of one connection, on a thread of its own. `answer` gives what is sent back for a packet.
class Peer {
 public:
  using Answer = std::function<Packets(const std::vector<uint8_t>& packet)>;
  explicit Peer(Answer answer, std::shared_ptr<const TlsContext> tls = nullptr)
      : answer_(std::move(answer)), tls_(std::move(tls)), listening_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_storage storage{};
    socklen_t size = SocketAddress::parse("127.0.0.1:0")->to_system(storage, IpAddress::Family::V4);
    REQUIRE(bind(listening_.number(), reinterpret_cast<sockaddr*>(&storage), size) == 0);
    REQUIRE(listen(listening_.number(), 1) == 0);
    size = sizeof storage;
    REQUIRE(getsockname(listening_.number(), reinterpret_cast<sockaddr*>(&storage), &size) == 0);
    address_ = SocketAddress::from(storage);
    thread_ = std::thread([this] { serve(); });
  }
  ~Peer() {
    if (thread_.joinable()) thread_.join();
  }

  ServerConnection::Options options(std::shared_ptr<const TlsContext> tls = nullptr) const {
    return {address_, std::move(tls), "", 2000};
  }
  /// What came, once the client has gone.
  const Packets& received() {
    thread_.join();
    return received_;
  }
  bool was_closed_in_words() const { return was_closed_in_words_; }

 private:
  void serve() {
    pollfd waiting{listening_.number(), POLLIN, 0};
    if (poll(&waiting, 1, 5000) != 1) return;
    socket_ = Descriptor(accept(listening_.number(), nullptr, nullptr));
    if (tls_ != nullptr)
      session_ = std::make_unique<TlsSession>(tls_, std::make_shared<OneKey>(make_psk(7)), IpAddress());
    std::array<uint8_t, 4096> room;
    std::array<uint8_t, 16384> clear;
    bool is_shaken = session_ == nullptr;
    for (ssize_t size; (size = recv(socket_.number(), room.data(), room.size(), 0)) > 0;) {
      Octets octets = Octets(room).first(static_cast<size_t>(size));
      if (session_ == nullptr) {
        take(octets);
        continue;
      }
      session_->feed(octets);
      TlsSession::Step step = is_shaken ? TlsSession::Step::Done : session_->handshake(out_);
      is_shaken = step == TlsSession::Step::Done;
      while (step == TlsSession::Step::Done) {
        TlsSession::Read read = session_->read(clear, out_);
        step = read.step;
        if (step == TlsSession::Step::Done) {
          take(Octets(clear).first(read.size));
        }
      }
      was_closed_in_words_ = step == TlsSession::Step::Ended;
      flush();
      if (step == TlsSession::Step::Failed) return socket_ = Descriptor(), void();
    }
  }
  void take(Octets octets) {
    framer_.receive(octets, [&](Octets packet) {
      received_.emplace_back(packet.begin(), packet.end());
      for (const auto& answer : answer_(received_.back())) {
        if (session_ == nullptr) out_.insert(out_.end(), answer.begin(), answer.end());
        else if (!session_->write(answer, out_)) return false;
      }
      return true;
    });
    flush();
  }
  void flush() {
    if (!out_.empty()) ::send(socket_.number(), out_.data(), out_.size(), MSG_NOSIGNAL);
    out_.clear();
  }

  Answer answer_;
  std::shared_ptr<const TlsContext> tls_;
  Descriptor listening_;
  Descriptor socket_{};
  SocketAddress address_;
  std::unique_ptr<TlsSession> session_;
  StreamFramer framer_;
  TlsSession::Out out_;
  Packets received_;
  bool was_closed_in_words_ = false;
  std::thread thread_;
};

Packets echo(const std::vector<uint8_t>& packet) { return {packet}; }
Packets silence(const std::vector<uint8_t>&) { return {}; }

/// A packet that only its Identifier or its Token tells from others.
std::vector<uint8_t> make_packet(bool is_1_1, uint32_t id) {
  std::vector<uint8_t> packet(Packet::header_size, 0);
  packet[0] = 1;
  packet[3] = Packet::header_size;
  if (is_1_1) put_uint32be(MutableOctets(packet).subspan(4), id);
  else packet[1] = static_cast<uint8_t>(id), packet[19] = 1;
  return packet;
}

struct Outcome {
  std::vector<size_t> unanswered;
  size_t taken = 0;
  size_t strays = 0;
  std::string why;
};

struct Run {
  StreamClient::Options options;
  size_t count = 1;
  Judgement judgement = Judgement::Answer;
  std::shared_ptr<const TlsContext> tls;
};

Outcome ask(const Peer& peer, const Run& run) {
  auto connection = ServerConnection::open(peer.options(run.tls));
  if (!connection.ok()) return {{}, 0, 0, connection.error()};
  bool is_1_1 = (*connection)->is_1_1();
  StreamClient client(**connection, run.options);
  Outcome outcome;
  std::vector<std::vector<uint8_t>> sent(run.count);
  outcome.unanswered = client.exchange(
      run.count, [&](size_t number, uint32_t id) { return sent[number] = make_packet(is_1_1, id); },
      [&](size_t number, Octets answer) {
        CHECK(std::equal(answer.begin(), answer.end(), sent[number].begin(), sent[number].end()));
        ++outcome.taken;
        return run.judgement;
      });
  outcome.strays = client.strays();
  outcome.why = (*connection)->why_ended();
  return outcome;
}

std::vector<uint32_t> ids(const Packets& packets, bool is_1_1) {
  std::vector<uint32_t> found;
  for (const auto& packet : packets) found.push_back(is_1_1 ? get_uint32be(Octets(packet).subspan(4)) : packet[1]);
  return found;
}

constexpr RadiusVersions only_1_0{true, false}, only_1_1{false, true}, both{true, true};

}  // namespace

TEST_CASE("Identifier 0 is Status-Server's, and no other request's") {
  Peer peer(echo);
  Outcome outcome = ask(peer, {{Code::AccessRequest, 2000, 256}, 1000, Judgement::Answer, nullptr});
  CHECK(outcome.unanswered.empty());
  CHECK(outcome.taken == 1000);
  std::vector<uint32_t> used = ids(peer.received(), false);
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  CHECK(used.size() == 255);
  CHECK(used.front() == 1);

  Peer other(echo);
  CHECK(ask(other, {{Code::StatusServer, 2000, 9}, 3, Judgement::Answer, nullptr}).unanswered.empty());
  CHECK(ids(other.received(), false) == std::vector<uint32_t>{0, 0, 0});
}

TEST_CASE("answers belong to their requests in any order") {
  Packets held;
  Peer peer([&](const std::vector<uint8_t>& packet) {
    held.insert(held.begin(), packet);
    return held.size() < 50 ? Packets() : std::exchange(held, {});
  });
  Outcome outcome = ask(peer, {{Code::AccessRequest, 2000, 50}, 200, Judgement::Answer, nullptr});
  CHECK(outcome.unanswered.empty());
  CHECK(outcome.taken == 200);
}

TEST_CASE("nothing is sent twice, and no Identifier is used again whose answer may still come") {
  Peer peer(silence);
  Outcome outcome = ask(peer, {{Code::AccessRequest, 50, 256}, 300, Judgement::Answer, nullptr});
  CHECK(outcome.unanswered.size() == 300);
  std::vector<uint32_t> used = ids(peer.received(), false);
  std::vector<uint32_t> each(255);
  std::iota(each.begin(), each.end(), 1u);
  CHECK(used == each);
}

TEST_CASE("a forged answer ends the connection, another goes on waiting") {
  Peer peer(echo);
  Outcome outcome = ask(peer, {{Code::AccessRequest, 2000, 1}, 3, Judgement::Forged, nullptr});
  CHECK(outcome.taken == 1);
  CHECK(outcome.unanswered == std::vector<size_t>{0, 1, 2});
  CHECK(!outcome.why.empty());

  Peer other(echo);
  outcome = ask(other, {{Code::AccessRequest, 50, 1}, 1, Judgement::Ignored, nullptr});
  CHECK(outcome.unanswered == std::vector<size_t>{0});
  CHECK(outcome.why.empty());
}

TEST_CASE("what answers nothing is counted, and what is no packet ends the connection") {
  Peer peer([](const std::vector<uint8_t>& packet) { return Packets{make_packet(false, 200), packet}; });
  Outcome outcome = ask(peer, {{Code::AccessRequest, 2000, 1}, 3, Judgement::Answer, nullptr});
  CHECK(outcome.unanswered.empty());
  CHECK(outcome.strays == 3);

  Peer other([](const std::vector<uint8_t>&) { return Packets{{2, 1, 0, 19}}; });
  outcome = ask(other, {{Code::AccessRequest, 2000, 1}, 1, Judgement::Answer, nullptr});
  CHECK(outcome.unanswered.size() == 1);
  CHECK(outcome.why.find("below 20") != std::string::npos);
}

TEST_CASE("Tokens count up, one a packet, and more than Identifiers may be outstanding") {
  Packets held;
  Peer peer(
      [&](const std::vector<uint8_t>& packet) {
        held.insert(held.begin(), packet);
        return held.size() < 400 ? Packets() : std::exchange(held, {});
      },
      make_server(both));
  Outcome outcome = ask(peer, {{Code::AccessRequest, 5000, 400}, 800, Judgement::Answer, make_client(both)});
  CHECK(outcome.why.empty());
  CHECK(outcome.unanswered.empty());
  std::vector<uint32_t> tokens = ids(peer.received(), true);
  REQUIRE(tokens.size() == 800);
  for (size_t i = 1; i < tokens.size(); ++i) CHECK(tokens[i] == static_cast<uint32_t>(tokens[i - 1] + 1));
  CHECK(peer.was_closed_in_words());
}

TEST_CASE("the versions that two ends speak") {
  struct {
    RadiusVersions client, server;
    std::string why;
  } rows[] = {{only_1_0, only_1_0, ""}, {both, only_1_0, ""},
              {only_1_0, both, ""},     {only_1_1, both, ""},
              {both, only_1_1, ""},     {only_1_1, only_1_0, "the server does not speak RADIUS/1.1"}};
  for (const auto& row : rows) {
    Peer peer(echo, make_server(row.server));
    Outcome outcome = ask(peer, {{Code::AccessRequest, 2000, 1}, 1, Judgement::Answer, make_client(row.client)});
    CHECK(outcome.taken == (row.why.empty() ? 1 : 0));
    CHECK(outcome.why.find(row.why) != std::string::npos);
  }
}

TEST_CASE("a server that speaks RADIUS/1.1 alone may say so in its own header") {
  std::vector<uint8_t> refusal(Packet::header_size, 0);
  refusal[0] = static_cast<uint8_t>(Code::ProtocolError);
  refusal[3] = Packet::header_size;
  Peer peer([&](const std::vector<uint8_t>&) { return Packets{refusal}; });
  Outcome outcome = ask(peer, {{Code::AccessRequest, 2000, 1}, 1, Judgement::Answer, nullptr});
  CHECK(outcome.taken == 0);
  CHECK(outcome.why == "the server does not speak RADIUS/1.0");
}

TEST_CASE("a wrong key, and a port where nobody listens, are told") {
  Peer peer(echo, make_server(both));
  CHECK(ask(peer, {{}, 1, Judgement::Answer, make_client(both, 8)}).why.find("the handshake failed") !=
        std::string::npos);
  auto closed = ServerConnection::open({*SocketAddress::parse("127.0.0.1:1"), nullptr, "", 2000});
  REQUIRE(!closed.ok());
  CHECK(closed.error() == "cannot reach 127.0.0.1:1: Connection refused");
}
