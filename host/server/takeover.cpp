// SPDX-License-Identifier: Apache-2.0
#include "server/takeover.h"

#include <algorithm>

#include "base/background.h"
#include "base/clock.h"
#include "base/own_thread.h"
#include "base/version.h"
#include "exchange/udp_exchange.h"

namespace radhost {
namespace {

using Sort = HandoverChannel::Sort;
using Patience = HandoverChannel::Patience;

constexpr Patience offer_patience{15'000};
constexpr Patience records_patience{30'000};
constexpr Patience left_patience{5000};
/// So long it learns without haste, as the other one tells.
constexpr uint64_t unhurried_ns = 5'000'000'000;
/// The other one ends when its drain_timeout_ms is over at the latest.
constexpr Patience end_patience{std::chrono::hours(24)};

}  // namespace

Result<std::unique_ptr<Takeover>, std::string> Takeover::begin(Descriptor socket) {
  std::unique_ptr<Takeover> takeover(new Takeover(std::move(socket)));
  if (std::string why = takeover->receive_offer(); !why.empty()) return why;
  return takeover;
}

Takeover::~Takeover() {
  channel_.end();
  if (thread_.joinable()) thread_.join();
}

std::string Takeover::receive_offer() {
  HandoverHello hello{HandoverChannel::version, std::string(program_version)};
  if (!channel_.send(Sort::Hello, hello.to_text())) return "the running server does not listen";
  auto message = channel_.expect(Sort::Offer, offer_patience);
  if (!message.ok()) return message.error();
  auto offer = HandoverOffer::parse(message->text());
  if (!offer) return "the running server's offer makes no sense";
  offer_ = std::move(*offer);
  for (size_t address = 0; address < offer_.addresses.size(); ++address) {
    message = channel_.expect(Sort::Sockets, offer_patience);
    if (!message.ok()) return message.error();
    auto known = HandoverSockets::parse(message->text());
    bool is_whole = known && known->by_worker.size() == offer_.workers && message->descriptors.size() == offer_.workers;
    if (!is_whole) return "the running server's sockets are not those of its offer";
    sockets_.push_back({std::move(message->descriptors), std::move(*known)});
  }
  message = channel_.expect(Sort::Relays, offer_patience);
  if (!message.ok()) return message.error();
  if (message->descriptors.size() != offer_.workers) return "the running server's offer is not whole";
  relays_ = std::move(message->descriptors);
  return {};
}

std::vector<OpenAddress> Takeover::give_sockets(const std::vector<OpenAddress>& open,
                                                std::vector<WorkerPorts>& by_worker) {
  std::vector<OpenAddress> taken;
  for (size_t i = 0; i < offer_.addresses.size(); ++i) {
    const Endpoint endpoint = offer_.addresses[i].endpoint();
    const SocketAddress& bound = endpoint.address;
    auto own = std::find_if(open.begin(), open.end(),
                            [&](const OpenAddress& known) { return known.endpoint() == endpoint; });
    std::vector<Descriptor> sockets = std::exchange(sockets_[i].by_worker, {});
    if (own == open.end()) continue;
    taken.push_back(*own);
    wishes_.addresses.push_back(endpoint);
    for (size_t worker = 0; worker < sockets.size(); ++worker) {
      if (endpoint.is_stream) {
        by_worker[worker].streams.push_back({StreamSocket::taken_over(std::move(sockets[worker])), bound});
        continue;
      }
      by_worker[worker].datagrams.push_back({UdpSocket::taken_over(std::move(sockets[worker]), bound,
                                                         sockets_[i].known.by_worker[worker].dropped),
                                             bound});
    }
  }
  return taken;
}

void Takeover::wish_control(bool control, bool metrics) {
  wishes_.control = control;
  wishes_.metrics = metrics;
}

std::string Takeover::take(const Assembly& assembly, std::vector<Inheritance>& inheritances) {
  inheritances.resize(offer_.workers);
  for (size_t worker = 0; worker < offer_.workers; ++worker) {
    Inheritance& own = inheritances[worker];
    own.predecessor = std::make_unique<RelaySocket>(std::move(relays_[worker]));
    for (size_t i = 0; i < offer_.addresses.size(); ++i) {
      const Endpoint endpoint = offer_.addresses[i].endpoint();
      auto wished = std::find(wishes_.addresses.begin(), wishes_.addresses.end(), endpoint);
      if (wished == wishes_.addresses.end()) continue;
      const SocketAddress& bound = endpoint.address;
      if (endpoint.is_stream) {
        own.streams.insert(bound);
        continue;
      }
      const auto& hash = sockets_[i].known.by_worker[worker].hash;
      // Where the other one knows no copies, there is nothing to be learnt.
      own.duplicates[bound] = UdpExchange::make_cache(*assembly.listener_at(endpoint), offer_.workers,
                                                      hash ? KeyedHash(*hash) : KeyedHash());
    }
  }
  if (!channel_.send(Sort::Ready, wishes_.to_text())) return "the running server is gone";
  // Most of it while the other one serves, who may need the processor more urgently.
  Learnt so_far;
  do_in_background(
      [&] { so_far = learn_until(Sort::AllTold, inheritances, monotonic_ns() + unhurried_ns); }, Urgency::Low);
  if (so_far.why.empty() && !so_far.is_all) so_far = learn_until(Sort::AllTold, inheritances);
  if (so_far.why.empty() && !channel_.send(Sort::AllHeard)) so_far.why = "the running server is gone";
  if (so_far.why.empty()) so_far = learn_until(Sort::Yours, inheritances);
  if (!so_far.why.empty()) return so_far.why;
  assembly.foundation().conversations.take_over_from(offer_.epoch);
  return {};
}

std::string Takeover::confirm() {
  return channel_.send(Sort::Serving) ? std::string() : "the running server goes on: this one was too slow";
}

/// Learns what comes before `last`, or before the time is over.
Takeover::Learnt Takeover::learn_until(Sort last, std::vector<Inheritance>& inheritances, uint64_t by_ns) {
  while (monotonic_ns() < by_ns) {
    auto message = channel_.receive(records_patience);
    if (!message.ok()) return {false, message.error()};
    if (message->sort == last) return {true, {}};
    if (message->sort == Sort::Refused) return {false, std::string(message->text())};
    if (message->sort != Sort::Records || !learn(message->octets, inheritances))
      return {false, "the running server tells what makes no sense"};
  }
  return {false, {}};
}

/// False when it makes no sense.
bool Takeover::learn(Octets octets, std::vector<Inheritance>& inheritances) const {
  auto told = HandoverRecords::parse(octets);
  if (!told || told->worker >= inheritances.size()) return false;
  auto& caches = inheritances[told->worker].duplicates;
  DuplicateRecord record;
  for (const auto& [address, records] : told->records) {
    auto cache = caches.find(address);
    if (cache == caches.end() || cache->second == nullptr) continue;
    for (Octets rest = records; !rest.empty();) {
      if (!take_record(rest, record)) return false;
      cache->second->learn(record);
    }
  }
  return true;
}

std::string Takeover::take_control(ControlPorts& ports, const std::string& path) {
  auto left = channel_.expect(Sort::Left, left_patience);
  if (!left.ok()) return left.error();
  auto given = HandoverWishes::parse(left->text());
  size_t count = given ? size_t{given->control} + size_t{given->metrics} : 0;
  if (!given || count != left->descriptors.size()) return "what comes makes no sense";
  auto next = left->descriptors.begin();
  if (given->control) ports.control.emplace(ListeningSocket::taken_over(std::move(*next++), path));
  if (given->metrics) ports.metrics.emplace(ListeningSocket::taken_over(std::move(*next), {}));
  bool is_all = given->control == wishes_.control && given->metrics == wishes_.metrics;
  return is_all ? std::string() : "the first server could not give them";
}

void Takeover::follow(std::function<void(std::vector<RecordsByAddress>)> gone) {
  thread_ = std::thread([this, gone = std::move(gone)] { hear_out(gone); });
}

void Takeover::hear_out(const std::function<void(std::vector<RecordsByAddress>)>& gone) {
  OwnThread own;
  std::vector<RecordsByAddress> by_worker(offer_.workers);
  for (;;) {
    auto message = channel_.receive(end_patience);
    if (message.ok() && message->sort == Sort::Left) continue;  // which comes too late
    if (!message.ok() || message->sort != Sort::Records) break;
    auto told = HandoverRecords::parse(message->octets);
    if (told && told->worker < by_worker.size()) by_worker[told->worker] = std::move(told->records);
  }
  gone(std::move(by_worker));
}

}  // namespace radhost
