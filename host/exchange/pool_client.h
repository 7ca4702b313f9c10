// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.h"
#include "exchange/answer_check.h"
#include "exchange/home_link.h"
#include "exchange/home_server_counters.h"
#include "exchange/outbound.h"
#include "exchange/pool.h"
#include "exchange/server_port.h"

namespace radhost {

/// One worker's client of one pool: transmits requests until they are answered, to one server after the other, each as
/// it is reached, and tells who sent them. Allocates when more are under way at once than ever before, up to its bound,
/// and never else.
class PoolClient {
 public:
  struct Parts {
    std::shared_ptr<const Pool> pool;
    Log& log;
    TimerQueue& timers;
    uv_loop_t& loop;
    StreamRooms& rooms;
    HomeServerCounters* counters;  ///< of all pools' servers, by their index
    size_t workers;
    bool probes;  ///< one worker alone sends Status-Server
    uint64_t random;
  };
  /// All else of it outlives this.
  explicit PoolClient(const Parts& parts);
  PoolClient(const PoolClient&) = delete;
  PoolClient& operator=(const PoolClient&) = delete;
  ~PoolClient();

  /// RADIUS_OK and the slot, whose number and serial name the exchange, or why nothing is sent.
  radius_status_t send(Code code, const AttributeList& attributes, const OutboundCall& call, Outbound*& begun);
  radius_status_t forward(radius_request& request, const ForwardEdits& edits, const OutboundCall& call,
                          Outbound*& begun);

  bool cancel(const radius_thread& owner, uint32_t number, uint32_t serial);
  void cancel_all(const radius_thread& owner);

  /// Ends its connections, and opens no more.
  void close_connections();

  // What slots and ports hear.
  void expired(Outbound& request);
  void receive(ServerPort& port, Octets datagram);

  // What links to servers use: pool_client_streams.cpp.

  /// A request has a connection: sends it there, as a packet of its own where it was sent before.
  void dispatch(Outbound& request, HomeConnection& connection);
  /// Its connection has ended: it goes to another server, or waits for another connection, or its time is over.
  void reassign(Outbound& request);
  /// It goes to another server. False when there is none for it, and it is as it was.
  /// `is_answered`: what was sent to this one is.
  bool try_another(Outbound& request, bool is_answered = false);
  /// An answer by its Identifier or Token.
  void receive(Outbound& request, const Packet& answer);
  /// Is it the answer to what was sent there? If not, that is counted, and a forged one ends the connection.
  bool accepts(HomeConnection& connection, const Packet& answer, const OutboundPacket& request);
  uint64_t random();

  const std::shared_ptr<const Pool>& pool() const { return parts_.pool; }
  /// The name of the exchange, as modules know it; the pool's own part of it.
  void be_named(uint64_t prefix) { name_prefix_ = prefix; }
  radius_exchange_t name_of(const Outbound& request) const {
    return name_prefix_ | uint64_t{request.number} << 32 | request.serial;
  }

 private:
  /// Sends Status-Server while a server is dead (RFC 5997 §4.3).
  class Probe : public TimerQueue::Timer {
   public:
    Probe(PoolClient& client, size_t server);
    ~Probe() override;

   private:
    void start();
    void expired() override;

    PoolClient& client_;
    size_t server_;
  };

  template <class Encode>
  radius_status_t begin(const OutboundCall& call, Outbound*& begun, bool is_clear, Encode encode);
  Outbound* take_slot();
  void give_back(Outbound& request);
  ServerSet usable(uint64_t now_ns) const;
  bool take_place(Outbound& request, size_t server, bool is_usable);
  bool take_port(Outbound& request, size_t server);
  void leave(Outbound& request, bool is_answered);
  ServerPort* open_port(size_t server);
  const SharedSecret* secret_for(const Outbound& request, bool is_clear) const;
  void begin_waiting(Outbound& request);
  void transmit(Outbound& request, bool is_first);
  bool move_on(Outbound& request, size_t server, bool is_answered);
  void note_unanswered(Outbound& request, uint64_t now_ns);
  void expired_on_stream(Outbound& request, uint64_t now_ns);
  AnswerRules rules_for(const HomeServer& server, const SharedSecret* secret) const;
  void settle(Outbound& request, const Packet& answer);
  void finish(Outbound& request, radius_status_t status, Code code, const radius_list_t* answer);
  void take_answer(Outbound& request, const Packet& answer);

  // pool_probes.cpp.
  void begin_probing();
  void probe(size_t server);
  void tell_dead(const HomeServer& server);
  void tell_alive(const HomeServer& server);

  const HomeServer& server_of(const Outbound& request) const { return parts_.pool->servers[request.server]; }
  HomeServerCounters& counters_of(size_t server) { return parts_.counters[parts_.pool->servers[server].index]; }

  Parts parts_;
  size_t slots_max_;
  size_t ports_max_;  // to one server
  uint64_t name_prefix_ = 0;
  SaltSource salts_;
  uint64_t random_;
  std::vector<std::unique_ptr<Outbound>> slots_;
  std::vector<Outbound*> free_;
  std::vector<std::vector<std::unique_ptr<ServerPort>>> ports_;  // by server
  std::vector<std::unique_ptr<HomeLink>> links_;                 // by server: null over UDP
  std::vector<char> is_unreachable_;                             // by server: no socket could be had
  std::vector<std::unique_ptr<Probe>> probes_;
  std::array<uint8_t, Packet::maximum_size> answer_octets_;
  ReceivedAttributes answer_;
  ReceivedAttributes readdressed_;
};

}  // namespace radhost
