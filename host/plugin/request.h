// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/plugin.h>

#include <atomic>
#include <thread>

#include "dictionary/dictionary.h"
#include "packet/attribute_list.h"
#include "packet/code.h"
#include "packet/received_attributes.h"
#include "plugin/conversation.h"
#include "plugin/request_state.h"

namespace radhost {
class ChainVersion;
class Instance;
class ReadyQueue;
class Subrequests;
class Witness;
struct Subrequest;
}  // namespace radhost

/// A list as a module sees it: either what was received, or a list that is written to. The other pointer is null.
struct radius_list {
  radhost::ReceivedAttributes* received = nullptr;
  radhost::AttributeList* written = nullptr;
  const radhost::Dictionary* dictionary = nullptr;
  bool may_be_internal = false;

  /// The storage of a module's own list, and whose it is.
  std::unique_ptr<radhost::AttributeList> own;
  radhost::Instance* maker = nullptr;

  radius_request* request = nullptr;  ///< whose list this is
};

/// A list that modules append and never change.
struct radius_prebuilt {
  radhost::AttributeList list;
  bool has_internal = false;
  radhost::Instance* instance = nullptr;
  bool is_ended = false;  ///< destroyed, and kept so that guard rails know it
};

/// A request as handlers see it, and how far it is on its way through its chain. The exchange keeps one in each request
/// slot and fills it anew; its lists keep their memory. One thread at a time: RequestState says whose it is.
struct radius_request {
  radhost::ReceivedAttributes received;
  radhost::AttributeList reply;
  radhost::AttributeList control;

  radius_list request_list;
  radius_list reply_list;
  radius_list control_list;

  radius_request_info_t info{};
  radhost::RequestKind kind = radhost::RequestKind::Access;

  // The way through the chain.
  const radhost::ChainVersion* chain = nullptr;
  std::shared_ptr<const radhost::ChainVersion> continued;  ///< the same where a conversation goes on, which held it
  size_t next_handler = 0;                                 ///< whose turn it is
  size_t visited_from = 0;               ///< the first that was called: not 0 where a conversation goes on
  radhost::Instance* handler = nullptr;  ///< whose handler runs
  radhost::Instance* asked = nullptr;    ///< whom the worker called last, or waits for
  uint64_t called_ns = 0;                ///< when it was called
  uint64_t latest_ns = UINT64_MAX;       ///< no handler may take longer than until then
  std::string failure;                   ///< why a call on a pool thread failed
  std::string said;                      ///< by who completed it with an error
  bool proxied = false;                  ///< the verdict came from another server

  // The way back: who was called hears what it comes to.
  bool is_finishing = false;
  size_t to_finish = 0;                           ///< so many handlers from the first on have not heard of it
  radius_verdict_t finish_verdict = RADIUS_PASS;  ///< what a pool thread tells

  std::atomic<std::thread::id> caller{};  ///< whose handler runs on it, for guard rails

  // Answering later.
  radhost::RequestState state;
  uint32_t slot = 0;                       ///< in the table of tokens
  radhost::ReadyQueue* ready = nullptr;    ///< its worker's
  radius_request* next_ready = nullptr;    ///< in that queue
  radius_request* next_offload = nullptr;  ///< in a pool's queue

  radhost::ConversationRound conversation;

  // Requests inside of it, and of one that is inside of another, who goes on with it.
  radhost::Subrequest* waiting_subrequests = nullptr;
  uint32_t subrequest_count = 0;  ///< under way, waiting or not
  bool has_concluded = false;     ///< its chain has given an outcome: none may begin any more
  radhost::Subrequests* subrequests = nullptr;

  radhost::Witness* witness = nullptr;  ///< who looks on; nullptr for nobody

  radius_request()
      : request_list{&received, nullptr, nullptr, false, nullptr, nullptr, this},
        reply_list{nullptr, &reply, nullptr, false, nullptr, nullptr, this},
        control_list{nullptr, &control, nullptr, true, nullptr, nullptr, this} {}
  explicit radius_request(const radhost::Dictionary& dictionary) : radius_request() { use(dictionary); }
  radius_request(const radius_request&) = delete;
  radius_request& operator=(const radius_request&) = delete;

  /// The names and types of its attributes: those that its handlers know. Before anything is in its lists.
  void use(const radhost::Dictionary& dictionary) {
    request_list.dictionary = reply_list.dictionary = control_list.dictionary = &dictionary;
  }
  const radhost::Dictionary& dictionary() const { return *request_list.dictionary; }

  /// Ends a request: wipes what it held.
  void clear() {
    received.end();
    reply.clear();
    control.clear();
    failure.clear();
    said.clear();
    chain = nullptr;
    continued.reset();
    next_handler = visited_from = 0;
    proxied = is_finishing = has_concluded = false;
  }
};
