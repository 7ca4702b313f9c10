// SPDX-License-Identifier: Apache-2.0
#include "plugin/subrequests.h"

#include <algorithm>

#include "base/clock.h"
#include "plugin/explanation.h"
#include "plugin/guards.h"
#include "plugin/inner_chains.h"

namespace radhost {
namespace {

bool has_state(const AttributeList& list) {
  for (size_t i = 0; i < list.size(); ++i)
    if (list.at(i).top == attribute_type::state) return true;
  return false;
}

bool is_failure(Verdict verdict) {
  return verdict == Verdict::Failed || verdict == Verdict::TimedOut || verdict == Verdict::NoThread;
}

/// What a chain's outcome means to who ran it. As for a whole request, the end of a chain is a reject, and a failure
/// what its handler's `on_error` says.
radius_verdict_t verdict_of(const ChainOutcome& outcome) {
  switch (outcome.verdict) {
    case Verdict::Accept: return RADIUS_ACCEPT;
    case Verdict::Challenge: return RADIUS_CHALLENGE;
    case Verdict::Drop: return RADIUS_DROP;
    case Verdict::Unable: return RADIUS_UNABLE;
    case Verdict::Reject:
    case Verdict::Pass: return RADIUS_REJECT;
    case Verdict::Failed:
    case Verdict::TimedOut:
    case Verdict::NoThread: break;
  }
  return outcome.by->on_error() == OnError::Drop ? RADIUS_DROP : RADIUS_REJECT;
}

}  // namespace

void Subrequest::Deadline::expired() { runner_.expire(subrequest_); }

Subrequests::~Subrequests() {
  for (const std::unique_ptr<Subrequest>& slot : slots_) parts_.timers.stop(slot->deadline);
}

radius_status_t Subrequests::may_run(const Call& call, const ChainVersion*& chain) const {
  const radius_request& outer = *call.outer;
  bool is_here = std::this_thread::get_id() == owner_ && outer.ready == &parts_.ready && outer.chain != nullptr;
  if (!is_here) return RADIUS_ERR_STATE;
  if (outer.has_concluded || outer.state.has_ended()) return RADIUS_ERR_GONE;
  bool is_too_much = outer.info.depth >= parts_.depth_max || outer.subrequest_count >= of_one_request_max;
  if (is_too_much) return RADIUS_ERR_LIMIT;
  const InnerChains* inner = outer.chain->inner_chains();
  chain = inner == nullptr ? nullptr : inner->find(call.chain);
  return chain == nullptr ? RADIUS_ERR_NOT_FOUND : RADIUS_OK;
}

radius_status_t Subrequests::run(const Call& call) {
  const ChainVersion* chain = nullptr;
  if (radius_status_t status = may_run(call, chain); status != RADIUS_OK) return status;
  Subrequest* subrequest = take();
  if (subrequest == nullptr) return RADIUS_ERR_LIMIT;
  if (radius_status_t status = put_attributes(call, *subrequest); status != RADIUS_OK) {
    release(*subrequest);
    return status;
  }
  begin(*subrequest, call, *chain);
  auto outcome = chain->run(*subrequest, parts_.worker);
  if (outcome) conclude(*subrequest, std::move(*outcome));
  else park(*subrequest);
  clear_explanation();  // of inner handlers: the outer one is still running
  return RADIUS_OK;
}

Subrequest* Subrequests::take() {
  if (free_.empty()) {
    if (slots_.size() >= parts_.subrequests_max) return nullptr;
    auto made = std::make_unique<Subrequest>(*this);
    made->ready = &parts_.ready;
    made->slot = parts_.tokens.add(*made);
    free_.reserve(slots_.size() + 1);
    free_.push_back(made.get());
    slots_.push_back(std::move(made));
  }
  Subrequest* taken = free_.back();
  free_.pop_back();
  return taken;
}

/// Encodes the attributes as a packet would carry them, and reads them from there: so an inner handler sees what it
/// would see of a packet.
radius_status_t Subrequests::put_attributes(const Call& call, Subrequest& subrequest) {
  const radius_list& attributes = *call.attributes;
  subrequest.use(call.outer->dictionary());
  const AttributeList* list = attributes.written;
  if (attributes.received != nullptr) {
    copied_.clear();
    if (attributes.received->copy_to(copied_)) return RADIUS_ERR_RANGE;
    list = &copied_;
  }
  if (list->has_open_group()) return RADIUS_ERR_INVALID;
  Writer writer(subrequest.received_octets);
  for (size_t index = 0; index < list->size();) {
    EncodeResult encoded = encode_attribute(*list, index, nullptr, salts_, writer);
    if (encoded.error) return *encoded.error == EncodeError::Internal ? RADIUS_ERR_INVALID : RADIUS_ERR_RANGE;
    index = encoded.next;
  }
  copied_.clear();
  subrequest.received.begin(writer.written(), subrequest.dictionary().root(), nullptr);
  return RADIUS_OK;
}

void Subrequests::begin(Subrequest& subrequest, const Call& call, const ChainVersion& chain) {
  radius_request& outer = *call.outer;
  subrequest.outer = &outer;
  subrequest.by = call.by;
  subrequest.done = call.done;
  subrequest.data = call.data;
  ++outer.subrequest_count;

  subrequest.info = outer.info;
  subrequest.info.code = RADIUS_CODE_ACCESS_REQUEST;
  subrequest.info.flags &= ~uint32_t{RADIUS_REQUEST_OFFLOADED};
  ++subrequest.info.depth;
  // It was in no packet.
  subrequest.info.identifier = 0;
  std::fill(std::begin(subrequest.info.authenticator), std::end(subrequest.info.authenticator), uint8_t{0});
  subrequest.kind = RequestKind::Access;
  subrequest.latest_ns = outer.info.deadline_ns;
  subrequest.witness = outer.witness;
  subrequest.chain = &chain;
  begin_round(subrequest);
}

/// Goes on where an earlier subrequest was challenged.
void Subrequests::begin_round(Subrequest& subrequest) {
  ChildConversation* child = subrequest.outer->conversation.children.find(subrequest.by, subrequest.chain);
  if (child == nullptr) return;
  if (subrequest.control.append(child->control)) return;  // it fitted when it was kept
  child->in_hand = true;
  subrequest.child = child;
  subrequest.conversation.round = child->round;
  subrequest.conversation.data = std::move(child->data);
  subrequest.conversation.children = std::move(child->children);
  subrequest.next_handler = subrequest.visited_from = child->handler;
}

void Subrequests::release(Subrequest& subrequest) {
  subrequest.conversation.data = {};
  subrequest.conversation.children.clear();
  subrequest.conversation.round = 0;
  subrequest.child = nullptr;
  subrequest.final_verdict = RADIUS_DROP;
  subrequest.clear();
  wipe(subrequest.received_octets);
  free_.push_back(&subrequest);
}

/// Handlers will answer later: until then the worker keeps an eye on the time.
void Subrequests::park(Subrequest& subrequest) {
  subrequest.earlier = nullptr;
  subrequest.later = std::exchange(subrequest.outer->waiting_subrequests, &subrequest);
  if (subrequest.later != nullptr) subrequest.later->earlier = &subrequest;
  parts_.timers.start(subrequest.deadline, subrequest.info.deadline_ns);
}

void Subrequests::unpark(Subrequest& subrequest) {
  parts_.timers.stop(subrequest.deadline);
  (subrequest.earlier != nullptr ? subrequest.earlier->later : subrequest.outer->waiting_subrequests) =
      subrequest.later;
  if (subrequest.later != nullptr) subrequest.later->earlier = subrequest.earlier;
  subrequest.earlier = subrequest.later = nullptr;
}

void Subrequests::resume(Subrequest& subrequest) {
  // It may have been answered before; now nobody holds it any more.
  bool is_answered = subrequest.outer == nullptr;
  if (!is_answered) unpark(subrequest);
  if (subrequest.is_finishing && !subrequest.chain->take_finished(subrequest, parts_.worker)) {
    subrequest.outcome = subrequest.chain->failed_finish(subrequest);
    if (is_answered) log_failure(subrequest, subrequest.outcome);
  } else if (is_answered) {
    subrequest.state.close();
  }
  if (is_answered) {
    if (finish_answered(subrequest)) release(subrequest);
    return;
  }
  if (subrequest.is_finishing) return conclude(subrequest, std::move(subrequest.outcome));
  auto outcome = subrequest.chain->resume(subrequest, parts_.worker);
  if (outcome) conclude(subrequest, std::move(*outcome));
  else park(subrequest);
}

/// Takes one that waits from its handler, who is told so unless the verdict is given already.
RequestState::Expiry Subrequests::stop_waiting(Subrequest& subrequest) {
  radius_token_t token =
      subrequest.state.is_token_taken() ? TokenTable::token(subrequest.slot, subrequest.state.serial()) : 0;
  RequestState::Expiry expiry = subrequest.state.expire();
  if (expiry == RequestState::Expiry::Completed) return expiry;
  if (token != 0) subrequest.asked->cancel(token);
  if (expiry == RequestState::Expiry::Free) subrequest.state.close();
  return expiry;
}

/// A handler did not answer in time.
void Subrequests::expire(Subrequest& subrequest) {
  RequestState::Expiry expiry = stop_waiting(subrequest);
  if (expiry == RequestState::Expiry::Completed) return;
  unpark(subrequest);
  ChainOutcome outcome = subrequest.chain->time_out(subrequest, parts_.worker);
  if (expiry == RequestState::Expiry::Free) return conclude(subrequest, std::move(outcome));
  // Somebody has its lists in hand: the answer is bare, and its handlers hear of it later.
  log_failure(subrequest, outcome);
  subrequest.final_verdict = verdict_of(outcome);
  end_of(subrequest);
  answer(subrequest, subrequest.final_verdict, no_reply(subrequest));
}

void Subrequests::end_of(radius_request& outer) {
  outer.has_concluded = true;
  while (outer.waiting_subrequests != nullptr) cancel(*outer.waiting_subrequests);
}

void Subrequests::cancel(Subrequest& subrequest) {
  unpark(subrequest);
  RequestState::Expiry expiry = stop_waiting(subrequest);
  end_of(subrequest);
  if (expiry != RequestState::Expiry::Held) put_back_round(subrequest);
  bool is_over = expiry == RequestState::Expiry::Free && finish_answered(subrequest);
  answer(subrequest, RADIUS_ERR_GONE, no_reply(subrequest));
  if (is_over) release(subrequest);
}

const radius_list& Subrequests::no_reply(const Subrequest& subrequest) {
  no_reply_.dictionary = &subrequest.dictionary();
  return no_reply_;
}

/// Tells the handlers what the subrequest comes to, and answers it; or answers it when all have heard.
void Subrequests::conclude(Subrequest& subrequest, ChainOutcome&& outcome) {
  end_of(subrequest);
  if (outcome.by != nullptr && !outcome.reason.empty()) log_failure(subrequest, outcome);
  outcome.reason.clear();
  if (is_failure(outcome.verdict)) subrequest.reply.clear();
  radius_verdict_t verdict = verdict_of(outcome);
  switch (subrequest.chain->finish(subrequest, parts_.worker, verdict)) {
    case ChainVersion::Finished::All: return answer_with(subrequest, std::move(outcome), verdict);
    case ChainVersion::Finished::Later: subrequest.outcome = std::move(outcome); return park(subrequest);
    case ChainVersion::Finished::Failed: break;
  }
  // What it would have added to the reply is missing: that is no answer to give.
  conclude(subrequest, subrequest.chain->failed_finish(subrequest));
}

/// Tells the handlers of one that was answered, or is about to be, what it came to. False when some hear of it later:
/// then it comes back.
bool Subrequests::finish_answered(Subrequest& subrequest) {
  auto finished = subrequest.chain->finish(subrequest, parts_.worker, subrequest.final_verdict);
  while (finished == ChainVersion::Finished::Failed) {
    log_failure(subrequest, subrequest.chain->failed_finish(subrequest));
    finished = subrequest.chain->finish(subrequest, parts_.worker, subrequest.final_verdict);
  }
  return finished == ChainVersion::Finished::All;
}

void Subrequests::answer_with(Subrequest& subrequest, ChainOutcome outcome, radius_verdict_t verdict) {
  bool goes_on = verdict == RADIUS_CHALLENGE && !has_state(subrequest.reply);
  if (goes_on && !keep_for_next_round(subrequest)) {
    outcome = {Verdict::Failed, outcome.by, "there are too many conversations"};
    log_failure(subrequest, outcome);
    subrequest.reply.clear();
    verdict = verdict_of(outcome);
    goes_on = false;
  }
  // What a handler said ends a conversation; that nobody said anything does not.
  bool is_said = outcome.verdict <= Verdict::Challenge || outcome.verdict == Verdict::Pass;
  if (!goes_on && is_said) end_round(subrequest);
  else if (!goes_on) put_back_round(subrequest);
  answer(subrequest, verdict, subrequest.reply_list);
  release(subrequest);
}

/// False when there are too many; then nothing has happened.
bool Subrequests::keep_for_next_round(Subrequest& subrequest) {
  ChildConversations& children = subrequest.outer->conversation.children;
  ChildConversation* child = std::exchange(subrequest.child, nullptr);
  // The latest challenge is the one that the next subrequest answers.
  if (child == nullptr) child = children.find(subrequest.by, subrequest.chain);
  if (child == nullptr) child = children.add(subrequest.by, subrequest.chain);
  if (child == nullptr) return false;
  child->handler = subrequest.next_handler - 1;
  child->round = subrequest.conversation.round + 1;
  std::swap(child->control, subrequest.control);
  child->data = std::move(subrequest.conversation.data);
  child->children = std::move(subrequest.conversation.children);
  child->in_hand = false;
  return true;
}

void Subrequests::end_round(Subrequest& subrequest) {
  if (subrequest.child == nullptr) return;
  subrequest.outer->conversation.children.remove(std::exchange(subrequest.child, nullptr));
}

/// It came to nothing: its conversation stands where it stood.
void Subrequests::put_back_round(Subrequest& subrequest) {
  ChildConversation* child = std::exchange(subrequest.child, nullptr);
  if (child == nullptr) return;
  child->data = std::move(subrequest.conversation.data);
  child->children = std::move(subrequest.conversation.children);
  child->in_hand = false;
}

/// The one callback. After it the outer request may be gone.
void Subrequests::answer(Subrequest& subrequest, radius_verdict_t verdict, const radius_list& reply) {
  end_round(subrequest);
  --subrequest.outer->subrequest_count;
  subrequest.outer = nullptr;
  // The reply is the module's to read meanwhile.
  bool is_lent = has_guards && &reply == &subrequest.reply_list;
  if (is_lent) subrequest.caller = owner_;
  subrequest.done(subrequest.data, verdict, &reply);
  if (is_lent) subrequest.caller = std::thread::id();
}

/// Each at debug; else one a second, with how many more there were.
void Subrequests::log_failure(const Subrequest& subrequest, const ChainOutcome& outcome) {
  auto second = static_cast<uint64_t>(wall_clock_us() / 1000000);
  bool is_shown = parts_.log.enabled(LogLevel::Debug) || second != logged_second_;
  if (!is_shown) {
    ++unlogged_;
    return;
  }
  logged_second_ = second;
  parts_.log.warn("handler failed in a subrequest", {{"plugin", outcome.by->name()},
                                                     {"request", subrequest.info.id},
                                                     {"why", outcome.reason},
                                                     {"more_like_it", std::exchange(unlogged_, 0)}});
}

}  // namespace radhost
