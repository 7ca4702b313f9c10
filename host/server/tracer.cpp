// SPDX-License-Identifier: Apache-2.0
#include "server/tracer.h"

#include <fnmatch.h>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "dictionary/shown_text.h"
#include "exchange/request.h"
#include "packet/authenticator.h"
#include "plugin/subrequest.h"
#include "server/foundation.h"

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;

/// Octets of lines that may wait for a follower.
constexpr size_t waiting_max = size_t{4} << 20;

/// What users write may be no UTF-8.
std::string to_line(const Json& event) { return event.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// A request's events are known by its slot and its number; what met no handler has none.
Json begin_event(std::string_view event, const Request& request) {
  return {{"event", event},
          {"id", request.info.id},
          {"at", to_rfc3339(wall_clock_us())},
          {"listener", request.listener->name},
          {"client", request.client == nullptr ? Json() : Json(request.client->name)},
          {"peer", request.datagram.peer.to_text()}};
}

std::vector<std::string> attributes_of(const Request& request, Octets packet) {
  HidingKey key{request.secret(), hiding_authenticator(*request.packet)};
  const HidingKey* used = request.link.is_1_1() ? nullptr : &key;
  return shown_attributes(request.dictionary(), packet.subspan(Packet::header_size), used);
}

/// The one that a packet began, of one that is inside of others; nullptr where that is over.
const Request* outermost(const radius_request& request) {
  const radius_request* at = &request;
  while (at != nullptr && at->info.depth != 0) at = static_cast<const Subrequest*>(at)->outer;
  return static_cast<const Request*>(at);
}

}  // namespace

std::shared_ptr<HttpStream> Tracer::follow(const TraceFilter& filter) {
  std::lock_guard lock(mutex_);
  for (Follower& follower : followers_) {
    if (follower.stream != nullptr) continue;
    follower = {filter, std::make_shared<HttpStream>(waiting_max), 0};
    follower.stream->push(to_line({{"event", "following"}, {"lost", 0}}));
    foundation_.tracer.store(this, std::memory_order_release);
    return follower.stream;
  }
  return nullptr;
}

bool Tracer::look() {
  std::lock_guard lock(mutex_);
  bool has_any = false;
  for (Follower& follower : followers_) {
    if (follower.stream == nullptr) continue;
    // A connection that is gone shows when something is sent.
    follower.stream->push(to_line({{"event", "following"}, {"lost", follower.lost}}));
    if (follower.stream->is_over()) follower.stream.reset();
    else has_any = true;
  }
  if (!has_any) foundation_.tracer.store(nullptr, std::memory_order_release);
  return has_any;
}

bool Tracer::wants(const Follower& follower, const Request& request) const {
  const TraceFilter& filter = follower.filter;
  if (follower.stream == nullptr) return false;
  if (!filter.listener.empty() && filter.listener != request.listener->name) return false;
  if (!filter.client.empty() && (request.client == nullptr || filter.client != request.client->name)) return false;
  bool needs_packet = !filter.kind.empty() || !filter.user.empty();
  if (!needs_packet) return true;
  if (!request.packet) return false;
  auto kind = request_kind(request.packet->code());
  if (!filter.kind.empty() && (!kind || kind_word(*kind) != filter.kind)) return false;
  if (filter.user.empty()) return true;
  std::string user(text_of(request.packet->value_of(attribute_type::user_name)));
  return user == filter.user || fnmatch(filter.user.c_str(), user.c_str(), 0) == 0;
}

uint32_t Tracer::followers_of(const Request& request) const {
  std::lock_guard lock(mutex_);
  uint32_t followers = 0;
  for (size_t i = 0; i < followers_max; ++i)
    if (wants(followers_[i], request)) followers |= uint32_t{1} << i;
  return followers;
}

void Tracer::tell(uint32_t followers, const std::string& line) {
  std::lock_guard lock(mutex_);
  for (size_t i = 0; i < followers_max; ++i) {
    Follower& follower = followers_[i];
    if ((followers >> i & 1) == 0 || follower.stream == nullptr) continue;
    if (!follower.stream->push(line)) ++follower.lost;
  }
}

void Tracer::received(const Request& request) {
  request.followers = followers_of(request);
  if (request.followers == 0) return;
  Json event = begin_event("request", request);
  event["code"] = code_name(request.packet->code());
  event["identifier"] = request.packet->identifier();
  event["attributes"] = attributes_of(request, request.packet->octets());
  tell(request.followers, to_line(event));
}

void Tracer::handled(const radius_request& request, const Instance& instance, const ChainOutcome& outcome,
                     uint64_t took_ns) {
  const Request* whole = outermost(request);
  if (whole == nullptr || whole->followers == 0) return;
  Json event = begin_event("handler", *whole);
  event["depth"] = request.info.depth;
  event["plugin"] = instance.name();
  event["verdict"] = verdict_word(outcome.verdict);
  event["took_us"] = took_ns / 1000;
  if (!outcome.reason.empty()) event["reason"] = outcome.reason;
  // Who did not come back in time may be writing still.
  if (outcome.verdict != Verdict::TimedOut) {
    event["reply"] = shown_list(request.dictionary(), request.reply);
    event["control"] = shown_list(request.dictionary(), request.control);
  }
  tell(whole->followers, to_line(event));
}

void Tracer::failed(const Request& request, const ChainOutcome& outcome) {
  if (request.followers == 0) return;
  Json event = begin_event("failure", request);
  event["plugin"] = outcome.by->name();
  event["reason"] = outcome.reason;
  tell(request.followers, to_line(event));
}

void Tracer::replied(const Request& request, bool is_delayed) {
  // What met no handler: the answer to a duplicate, or to a Status-Server.
  bool is_repeated = request.info.id == 0;
  uint32_t followers = is_repeated ? followers_of(request) : request.followers;
  auto packet = Packet::decode(request.reply_written());
  if (followers == 0 || !packet.ok()) return;
  Json event = begin_event("reply", request);
  event["code"] = code_name(packet->code());
  event["identifier"] = packet->identifier();
  event["sort"] = !is_repeated ? "answer" : request.is_status ? "status" : "again";
  event["delayed"] = is_delayed;
  event["took_us"] = (monotonic_ns() - request.received_ns) / 1000;
  event["attributes"] = attributes_of(request, request.reply_written());
  tell(followers, to_line(event));
}

void Tracer::discarded(const Request& request, Discard reason) {
  uint32_t followers = request.info.id == 0 ? followers_of(request) : request.followers;
  if (followers == 0) return;
  Json event = begin_event("discard", request);
  event["reason"] = to_word(reason);
  tell(followers, to_line(event));
}

}  // namespace radhost
