// SPDX-License-Identifier: Apache-2.0
/// Asks two listeners at a steady rate while their module is swapped, and judges every answer: who made it, whether it
/// came, and whether a retransmission was answered with the same octets.
///
///   swap_load TRANSPORT ACCESS ACCOUNTING SECRET RATE SECONDS USER [CONTROL SWAPS PER_SECOND A.so B.so]
///
/// TRANSPORT is udp; or tls:FOLDER or tls11:FOLDER, where the folder has client.pem, client.key and ca.pem: RADIUS/1.0
/// or RADIUS/1.1 over connections that stay, where nothing is sent again. ACCESS and ACCOUNTING are HOST:PORT of
/// listeners named "auth" and "acct", whose plugin "stamped" is a build of tests/plugins/stamped.cpp; RATE is of both
/// together. With CONTROL there are SWAPS of them in turn, to B first. With a USER such as "rounds 10" logins are
/// conversations of so many challenges, each of which goes on as soon as it was answered, with the build that began it.
/// Prints one JSON object; the exit status is 1 when anything was lost or wrong.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <deque>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "base/clock.h"
#include "base/writer.h"
#include "cli/control_client.h"
#include "packet/attribute.h"
#include "packet/authenticator.h"
#include "swap_transport.h"

using namespace radhost;

namespace {

constexpr uint64_t lost_after_ns = 2'000'000'000;
constexpr double retransmitted = 0.02;
constexpr size_t ports_a_listener = Transport::ports;
constexpr size_t identifiers = 256;
constexpr std::array<const char*, 2> targets{"auth.stamped", "acct.stamped"};

/// A request that was answered: by which build, and when.
struct Answered {
  uint64_t sent_ns;
  uint64_t answered_ns;
  char build;  // 0 where a conversation had to go on with whom it began
};

struct Swap {
  uint64_t begun_ns;
  uint64_t done_ns;
  char build;
};

/// What became of the requests to one listener.
struct Tally {
  std::vector<Answered> answered;
  uint64_t sent = 0;
  uint64_t lost = 0;
  uint64_t wrong = 0;      // no answer to the request, or by nobody
  uint64_t repeated = 0;   // retransmissions
  uint64_t different = 0;  // that were answered with other octets
};

/// A request by port and Identifier.
struct Slot {
  enum class State : uint8_t {
    Free,
    Waiting,
    Again,  // it was answered, and sent again
    Lost
  } state = State::Free;
  char begun_by = 0;  // of a conversation that goes on; 0 for a first request
  uint64_t sent_ns = 0;
  uint64_t again_ns = 0;
  size_t size = 0;
  size_t answer_size = 0;
  std::array<uint8_t, 192> octets{};
  std::array<uint8_t, 256> answer{};
};

/// One listener and who asks it.
class Asker : private LoadPorts::Taker {
 public:
  Asker(const Transport& transport, const std::string& address, Code code, const std::string& secret, std::string user)
      : transport_(transport),
        code_(code),
        secret_(octets_of(secret)),
        user_(std::move(user)),
        slots_(ports_a_listener * identifiers) {
    auto server = SocketAddress::parse(address);
    if (!server) throw std::runtime_error(address + " is no HOST:PORT");
    ports_ = transport.open(*server);
    // RFC 6613 §2.6.5: over a stream Identifier 0 is Status-Server's.
    bool has_0 = transport.tls == nullptr || transport.is_1_1;
    for (size_t identifier = has_0 ? 0 : 1; identifier < identifiers; ++identifier)
      for (size_t port = 0; port < ports_a_listener; ++port) free_.push_back(port * identifiers + identifier);
    usable_ = free_.size();
  }

  void reserve(size_t requests) { tally_.answered.reserve(requests); }
  const Tally& tally() const { return tally_; }
  size_t under_way() const { return usable_ - free_.size() - tally_.lost; }

  /// `state`: of the conversation that it goes on with, and that `begun_by` began. False when all Identifiers are
  /// taken.
  bool send(uint64_t now_ns, Octets state = {}, char begun_by = 0) {
    if (free_.empty()) return false;
    size_t number = free_.front();
    free_.pop_front();
    Slot& slot = slots_[number];
    slot.state = Slot::State::Waiting;
    slot.begun_by = begun_by;
    slot.sent_ns = now_ns;
    write(slot, number, state);
    transmit(number);
    ++tally_.sent;
    return true;
  }

  void receive() {
    uint64_t now_ns = monotonic_ns();
    ports_->wait(now_ns, now_ns, *this);
  }

  void expire(uint64_t now_ns) {
    for (Slot& slot : slots_) {
      bool waits = slot.state == Slot::State::Waiting || slot.state == Slot::State::Again;
      uint64_t since_ns = slot.state == Slot::State::Waiting ? slot.sent_ns : slot.again_ns;
      if (!waits || now_ns < since_ns + lost_after_ns) continue;
      slot.state = Slot::State::Lost;
      ++tally_.lost;
    }
  }

 private:
  void add(Slot& slot, uint8_t type, Octets value) {
    slot.octets[slot.size] = type;
    slot.octets[slot.size + 1] = static_cast<uint8_t>(value.size() + 2);
    copy_octets(MutableOctets(slot.octets).subspan(slot.size + 2), value);
    slot.size += value.size() + 2;
  }

  /// Unlike any other before.
  void write(Slot& slot, size_t number, Octets state) {
    slot.octets.fill(0);
    slot.octets[0] = static_cast<uint8_t>(code_);
    if (transport_.is_1_1)
      put_uint32be(MutableOctets(slot.octets).subspan(4), static_cast<uint32_t>(tally_.sent << 16 | number));
    else slot.octets[1] = static_cast<uint8_t>(number % identifiers);
    slot.size = Packet::header_size;
    std::array<uint8_t, 16> unique;
    for (uint8_t& octet : unique) octet = static_cast<uint8_t>(random_());
    size_t message_authenticator = 0;
    if (code_ == Code::AccessRequest && !transport_.is_1_1) {
      copy_octets(MutableOctets(slot.octets).subspan(4), unique);
      message_authenticator = slot.size + 2;
      add(slot, attribute_type::message_authenticator, std::array<uint8_t, 16>{});
    }
    add(slot, attribute_type::user_name, octets_of(user_));
    add(slot, 4, std::array<uint8_t, 4>{192, 0, 2, 1});        // NAS-IP-Address
    add(slot, code_ == Code::AccessRequest ? 2 : 44, unique);  // User-Password, Acct-Session-Id
    if (code_ == Code::AccountingRequest) add(slot, 40, std::array<uint8_t, 4>{0, 0, 0, 1});  // Acct-Status-Type
    if (!state.empty()) add(slot, attribute_type::state, state);
    slot.octets[2] = static_cast<uint8_t>(slot.size >> 8);
    slot.octets[3] = static_cast<uint8_t>(slot.size);
    MutableOctets packet = MutableOctets(slot.octets).first(slot.size);
    if (transport_.is_1_1) return;
    if (code_ == Code::AccessRequest) sign_request_message_authenticator(packet, message_authenticator, secret_);
    else sign_request_authenticator(packet, secret_);
  }

  void transmit(size_t number) {
    Octets packet = Octets(slots_[number].octets).first(slots_[number].size);
    ports_->send(number / identifiers, {&packet, 1});
  }

  /// Which slot an answer is for; nothing where there is none of that port.
  std::optional<size_t> number_of(size_t port, const Packet& answer) const {
    if (!transport_.is_1_1) return port * identifiers + answer.identifier();
    size_t number = get_uint16be(answer.octets().subspan(6));
    return number / identifiers == port ? std::optional(number) : std::nullopt;
  }

  /// Was it made by who knows the secret, for this request?
  bool is_signed(const Packet& answer, const Slot& slot) const {
    Octets authenticator = Octets(slot.octets).subspan(4, Packet::authenticator_size);
    if (transport_.is_1_1) return std::ranges::equal(authenticator.first(4), answer.octets().subspan(4, 4));
    return verify_response_authenticator(answer, authenticator, secret_) &&
           (code_ != Code::AccessRequest || verify_response_message_authenticator(answer, authenticator, secret_));
  }

  void closed(size_t port) override {
    for (size_t number = port * identifiers; number < (port + 1) * identifiers; ++number) {
      if (slots_[number].state != Slot::State::Waiting) continue;
      slots_[number].state = Slot::State::Lost;
      ++tally_.lost;
    }
  }

  bool take(size_t port, Octets octets, uint64_t now_ns) override {
    auto packet = Packet::decode(octets);
    auto found = packet.ok() ? number_of(port, *packet) : std::nullopt;
    if (found) judge(*found, *packet, now_ns);
    else ++tally_.wrong;
    return true;
  }

  void judge(size_t number, const Packet& packet, uint64_t now_ns) {
    Slot& slot = slots_[number];
    Octets octets = packet.octets();
    bool is_access = code_ == Code::AccessRequest;
    bool is_challenge = packet.code() == Code::AccessChallenge;
    Code final_code = is_access ? Code::AccessAccept : Code::AccountingResponse;
    bool is_right = (packet.code() == final_code || (is_access && is_challenge)) && is_signed(packet, slot);
    if (slot.state == Slot::State::Again && is_right) {
      bool is_same = slot.answer_size == octets.size() && std::equal(octets.begin(), octets.end(), slot.answer.begin());
      if (!is_same) ++tally_.different;
      return give_back(number);
    }
    char build = is_right ? build_of(packet) : 0;
    bool is_of_another = slot.begun_by != 0 && build != slot.begun_by;
    if (slot.state != Slot::State::Waiting || build == 0 || is_of_another) {
      ++tally_.wrong;
      return;
    }
    tally_.answered.push_back({slot.sent_ns, now_ns, slot.begun_by == 0 ? build : '\0'});
    if (is_challenge && !send(now_ns, packet.value_of(attribute_type::state), build)) ++tally_.lost;
    // RFC 6613 §2.6.1: over a stream nothing is sent twice.
    bool is_once = transport_.tls != nullptr || std::generate_canonical<double, 16>(random_) >= retransmitted;
    if (is_once) return give_back(number);
    ++tally_.repeated;
    slot.state = Slot::State::Again;
    slot.again_ns = now_ns;
    slot.answer_size = octets.size();
    copy_octets(slot.answer, octets);
    transmit(number);
  }

  void give_back(size_t number) {
    slots_[number].state = Slot::State::Free;
    free_.push_back(number);
  }

  /// 0 when none has signed it.
  char build_of(const Packet& answer) const {
    for (Attribute attribute : answer.attributes()) {
      if (attribute.type == 18 && attribute.value.size() == 1) return static_cast<char>(attribute.value[0]);
      // Vendor 99999, its attribute 1.
      if (attribute.type == attribute_type::vendor_specific && attribute.value.size() == 7)
        return static_cast<char>(attribute.value[6]);
    }
    return 0;
  }

  Transport transport_;
  Code code_;
  SharedSecret secret_;
  std::string user_;
  std::unique_ptr<LoadPorts> ports_;
  std::vector<Slot> slots_;
  std::deque<size_t> free_;
  size_t usable_ = 0;
  std::mt19937_64 random_{std::random_device{}()};
  Tally tally_;
};

/// Answers by another build than the one that served from before the request was sent until after it was answered.
uint64_t count_stale(const Tally& tally, const std::vector<Swap>& swaps) {
  uint64_t stale = 0;
  for (const Answered& answered : tally.answered) {
    if (answered.build == 0) continue;
    char build = 'a';
    bool may_be_next = false;
    for (const Swap& swap : swaps) {
      if (swap.done_ns <= answered.sent_ns) build = swap.build;
      else may_be_next = may_be_next || swap.begun_ns <= answered.answered_ns;
    }
    if (answered.build != build && !may_be_next) ++stale;
  }
  return stale;
}

double at(const std::vector<uint64_t>& sorted, double quantile) {
  if (sorted.empty()) return 0;
  auto place = static_cast<size_t>(quantile * static_cast<double>(sorted.size() - 1));
  return static_cast<double>(sorted[place]) / 1000;
}

/// Swaps each in turn. Gives the reason when one is refused.
struct Swapper {
  std::string control;
  uint64_t count = 0;
  double per_second = 20;
  std::array<std::string, 2> files;  // of builds a and b
  std::array<std::vector<Swap>, 2> done;
  std::string refused;

  void run(uint64_t begin_ns) {
    for (uint64_t number = 0; number < count && refused.empty(); ++number) {
      auto due_ns = begin_ns + static_cast<uint64_t>(static_cast<double>(number) / per_second * 1e9);
      while (monotonic_ns() < due_ns) usleep(500);
      size_t side = number % 2;
      size_t build = 1 - done[side].size() % 2;
      nlohmann::json body{{"target", targets[side]}, {"file", files[build]}};
      Swap swap{monotonic_ns(), 0, static_cast<char>('a' + build)};
      auto answer = ask_server(control, {"POST", "/v1/swap", body.dump()});
      if (!answer.ok()) refused = answer.error().reason;
      else if (answer->status != 200) refused = answer->body;
      swap.done_ns = monotonic_ns();
      done[side].push_back(swap);
    }
  }
};

int run(int argc, char** argv) {
  if (argc != 8 && argc != 13) {
    std::fprintf(stderr,
                 "usage: swap_load TRANSPORT ACCESS ACCOUNTING SECRET RATE SECONDS USER "
                 "[CONTROL SWAPS PER_SECOND A B]\n");
    return 64;
  }
  Transport transport = Transport::parse(argv[1]);
  double rate = std::stod(argv[5]), seconds = std::stod(argv[6]);
  std::string user = argv[7];
  std::deque<Asker> askers;
  askers.emplace_back(transport, argv[2], Code::AccessRequest, argv[4], user);
  askers.emplace_back(transport, argv[3], Code::AccountingRequest, argv[4], user);
  for (Asker& asker : askers) asker.reserve(static_cast<size_t>(rate * seconds));
  // A conversation is as many requests.
  uint64_t requests_a_login = user.starts_with("rounds ") ? std::stoull(user.substr(7)) + 1 : 1;
  Swapper swapper;
  if (argc == 13) {
    swapper.control = argv[8];
    swapper.count = std::stoull(argv[9]);
    swapper.per_second = std::stod(argv[10]);
    swapper.files = {argv[11], argv[12]};
  }

  uint64_t begin_ns = monotonic_ns();
  std::thread swapping([&] { swapper.run(begin_ns); });
  uint64_t due = 0, skipped = 0;
  uint64_t looked_ns = begin_ns;
  auto all = static_cast<uint64_t>(rate * seconds);
  for (;;) {
    uint64_t now_ns = monotonic_ns();
    auto wanted = std::min(all, static_cast<uint64_t>(static_cast<double>(now_ns - begin_ns) / 1e9 * rate));
    for (; due < wanted; ++due) {
      bool is_later_round = due % 2 == 0 && due / 2 % requests_a_login != 0;
      if (!is_later_round && !askers[due % 2].send(monotonic_ns())) ++skipped;
    }
    for (Asker& asker : askers) asker.receive();
    if (now_ns > looked_ns + 100'000'000) {
      looked_ns = now_ns;
      for (Asker& asker : askers) asker.expire(now_ns);
      if (due == all && askers[0].under_way() + askers[1].under_way() == 0) break;
    }
  }
  swapping.join();

  nlohmann::ordered_json result;
  uint64_t faults = skipped;
  std::vector<uint64_t> latencies, swap_times;
  for (size_t side = 0; side < askers.size(); ++side) {
    const Tally& tally = askers[side].tally();
    uint64_t stale = count_stale(tally, swapper.done[side]);
    faults += tally.lost + tally.wrong + tally.different + stale;
    for (const Answered& answered : tally.answered) latencies.push_back(answered.answered_ns - answered.sent_ns);
    for (const Swap& swap : swapper.done[side]) swap_times.push_back(swap.done_ns - swap.begun_ns);
    result[targets[side]] = {{"sent", tally.sent},
                             {"answered", tally.answered.size()},
                             {"lost", tally.lost},
                             {"wrong", tally.wrong},
                             {"stale", stale},
                             {"retransmitted", tally.repeated},
                             {"answered_otherwise", tally.different}};
  }
  std::sort(latencies.begin(), latencies.end());
  std::sort(swap_times.begin(), swap_times.end());
  result["rate"] = rate;
  result["not_sent"] = skipped;
  result["p50_us"] = at(latencies, 0.5);
  result["p99_us"] = at(latencies, 0.99);
  result["p999_us"] = at(latencies, 0.999);
  result["max_us"] = at(latencies, 1);
  result["swaps"] = swap_times.size();
  result["swap_p50_us"] = at(swap_times, 0.5);
  result["swap_max_us"] = at(swap_times, 1);
  if (!swapper.refused.empty()) result["refused"] = swapper.refused;
  std::printf("%s\n", result.dump().c_str());
  return faults == 0 && swapper.refused.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "swap_load: %s\n", error.what());
    return 1;
  }
}
