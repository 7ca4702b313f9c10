// SPDX-License-Identifier: Apache-2.0
#include "exchange/pipeline.h"

#include "base/clock.h"
#include "plugin/ready_queue.h"

namespace radhost {

void Request::Deadline::expired() { pipeline_.expire(request_); }

Request::Deadline::~Deadline() { pipeline_.timers().stop(*this); }

Pipeline::Pipeline(const Parts& parts)
    : log_(parts.log),
      tally_(parts.counters),
      discard_log_(parts.log),
      timers_(parts.timers),
      ready_(parts.ready),
      tokens_(parts.tokens),
      conversations_(parts.conversations),
      subrequests_(parts.subrequests),
      sources_(parts.sources),
      worker_(parts.worker),
      salts_(static_cast<uint16_t>(parts.random)),
      random_(parts.random | 1),
      next_id_(parts.first_id),
      witness_(parts.witness),
      tracer_(parts.tracer) {
  begin_batch();
}

std::unique_ptr<Request> Pipeline::make_request(ReplyPath& path, RequestWitness* witness) {
  std::unique_ptr<Request> request;
  if (spare_.empty()) {
    request = std::make_unique<Request>(*this);
    request->slot = tokens_.add(*request);
    request->ready = &ready_;
  } else {
    request = std::move(spare_.back());
    spare_.pop_back();
  }
  request->path = &path;
  request->link = {};
  request->usual = witness != nullptr ? witness : witness_;
  return request;
}

void Pipeline::take_back(std::vector<std::unique_ptr<Request>> requests) {
  std::move(requests.begin(), requests.end(), std::back_inserter(spare_));
}

void Pipeline::begin_batch() {
  now_ns_ = monotonic_ns();
  wall_clock_us_ = wall_clock_us();
}

void Pipeline::process(const Listener& listener, DuplicateCache* duplicates, Request& request) {
  request.listener = &listener;
  request.use(*listener.dictionary);
  request.witness = request.usual != nullptr ? request.usual : tracer_.load(std::memory_order_acquire);
  request.duplicates = duplicates;
  request.claim = {};
  request.is_status = request.is_answered = false;
  request.received_ns = now_ns_;
  settle(request, begin(request));
}

Pipeline::Progress Pipeline::run_chain(Request& request) {
  auto outcome = request.chain->run(request, worker_);
  return outcome ? conclude(request, std::move(*outcome)) : park(request);
}

/// Handlers will answer later: until then the worker keeps an eye on the time.
Pipeline::Progress Pipeline::park(Request& request) {
  enter_flight(request);
  timers_.start(request.deadline, request.info.deadline_ns);
  return {};
}

void Pipeline::enter_flight(Request& request) {
  request.is_in_flight = true;
  request.listener->record.in_flight.fetch_add(1, std::memory_order_relaxed);
  request.client->record.in_flight.fetch_add(1, std::memory_order_relaxed);
  request.asked->worker_thread(worker_).counters.in_flight.add();
  tally_.begin_handling(account(request));
}

void Pipeline::leave_flight(Request& request) {
  timers_.stop(request.deadline);
  if (!std::exchange(request.is_in_flight, false)) return;
  request.listener->record.in_flight.fetch_sub(1, std::memory_order_relaxed);
  request.client->record.in_flight.fetch_sub(1, std::memory_order_relaxed);
  request.asked->worker_thread(worker_).counters.in_flight.subtract();
  tally_.end_handling(account(request));
}

void Pipeline::resume(Request& request) {
  leave_flight(request);
  // It was answered when its time was over; now nobody holds it any more.
  if (request.state.completion().ended) request.is_answered = true;
  if (request.is_finishing && !request.chain->take_finished(request, worker_)) {
    request.outcome = request.chain->failed_finish(request);
    if (request.is_answered) note_failure(request, request.outcome);
  } else if (request.is_answered) {
    request.state.close();
  }
  if (request.is_answered) return finish_answered(request);
  if (request.is_finishing) return settle(request, conclude(request, std::move(request.outcome)));
  auto outcome = request.chain->resume(request, worker_);
  settle(request, outcome ? conclude(request, std::move(*outcome)) : park(request));
}

void Pipeline::expire(Request& request) {
  timers_.stop(request.deadline);
  radius_token_t token = request.state.is_token_taken() ? TokenTable::token(request.slot, request.state.serial()) : 0;
  RequestState::Expiry expiry = request.state.expire();
  if (expiry == RequestState::Expiry::Completed) return;
  ChainOutcome outcome = request.chain->time_out(request, worker_);
  if (token != 0) outcome.by->cancel(token);
  if (expiry == RequestState::Expiry::Free) {
    request.state.close();
    leave_flight(request);
    request.reply.clear();
    settle(request, conclude(request, std::move(outcome)));
    return;
  }
  // Somebody has its lists in hand. It stays in flight until they let go.
  Progress progress = conclude_without_lists(request, outcome);
  note_end(request, progress);
  if (progress.next != Progress::Next::Discard) request.path->send_copy(request, progress.due_ns);
  if (request.connection != nullptr) request.connection->release(request);
}

/// Tells the request's path what has become of it.
void Pipeline::settle(Request& request, const Progress& progress) {
  if (progress.next == Progress::Next::Later) return;
  note_end(request, progress);
  switch (progress.next) {
    case Progress::Next::Later: return;
    case Progress::Next::Reply:
    case Progress::Next::Refuse: return request.path->send(request);
    case Progress::Next::Discard: return request.path->discard(request, progress.reason);
    case Progress::Next::ReplyLater: break;
  }
  request.path->send_copy(request, progress.due_ns);
  request.path->give_back(request);
}

void Pipeline::note_failure(const Request& request, const ChainOutcome& outcome) {
  discard_log_.failed(account(request), request.info.id, outcome);
  if (RequestWitness* witness = witness_of(request)) witness->failed(request, outcome);
}

/// Counts and logs what is dropped, and tells who looks on.
void Pipeline::note_end(const Request& request, const Progress& progress) {
  if (progress.is_dropped()) note_discard(request, progress.reason);
  RequestWitness* witness = witness_of(request);
  if (witness == nullptr) return;
  if (progress.next == Progress::Next::Discard) witness->discarded(request, progress.reason);
  else witness->replied(request, progress.due_ns > now_ns_);
}

void Pipeline::note_discard(const Request& request, Discard reason) {
  if (request.is_status) tally_.status_discard(account(request), reason);
  else tally_.discard(account(request), reason);
  discard_log_.discarded(account(request), request.datagram, request.info.id, reason);
}

void Pipeline::count_unsent(const Account& account, const Datagram& datagram) {
  tally_.unsent(account);
  discard_log_.discarded(account, datagram, 0, Discard::SendFailed);
}

}  // namespace radhost
