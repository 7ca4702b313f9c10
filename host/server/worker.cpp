// SPDX-License-Identifier: Apache-2.0
#include "server/worker.h"

#include <algorithm>

#include "base/clock.h"
#include "base/own_thread.h"
#include "base/reader.h"
#include "server/worker_serving.h"

namespace radhost {
namespace {

/// How often requests may come back at once before sockets are looked at again.
constexpr int rounds_a_turn = 64;
/// How often it is looked whether instances have started.
constexpr uint64_t start_step_ns = 10'000'000;
/// How long a drain waits for those who hold requests though their time is over.
constexpr uint64_t grace_ns = 200'000'000;

uint64_t random_number() {
  std::array<uint8_t, 8> octets;
  fill_random(octets);
  return get_uint_be(octets);
}

}  // namespace

Worker::Worker(const Parts& parts, std::shared_ptr<const Assembly> assembly, WorkerPorts ports)
    : parts_(parts),
      assembly_(std::move(assembly)),
      ports_(std::move(ports)),
      counters_(parts.foundation.listeners.records_max(), parts.foundation.clients.records_max(),
                parts.foundation.home_servers.records_max()),
      ready_([this] { uv_async_send(&wake_); }),
      subrequests_({parts.foundation.tokens, ready_, timers_, parts.foundation.log,
                    parts.number, config().max_subrequests, config().max_subrequest_depth}) {
  if (int error = uv_loop_init(&loop_); error != 0)
    throw std::runtime_error(std::string("cannot make a loop: ") + uv_strerror(error));
  wake_.data = prepare_.data = timer_.data = this;
  uv_async_init(&loop_, &wake_, [](uv_async_t*) {});  // it is enough that the loop turns
  uv_prepare_init(&loop_, &prepare_);
  uv_prepare_start(&prepare_, [](uv_prepare_t* prepare) { static_cast<Worker*>(prepare->data)->turn(); });
  uv_timer_init(&loop_, &timer_);
}

Worker::~Worker() {
  stop();
  // Until now other threads might wake it.
  uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&prepare_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
  if (serving_ != nullptr) serving_->close_all(rooms_);
  for (StreamConnection* connection : rooms_.connections) connection->drop();  // those to home servers
  uv_run(&loop_, UV_RUN_DEFAULT);
  uv_loop_close(&loop_);
}

void Worker::begin_start() {
  thread_ = std::thread([this] { run(); });
}

std::string Worker::await_start() { return started_.get_future().get(); }

std::string Worker::serve(Inheritance inheritance) {
  inheritance_ = std::move(inheritance);  // the thread looks at it when it may serve
  may_serve_ = true;
  uv_async_send(&wake_);
  return served_.get_future().get();
}

void Worker::begin_stop() {
  stopping_ = true;
  uv_async_send(&wake_);
}

void Worker::run_on_thread(Job job) {
  {
    std::lock_guard lock(jobs_mutex_);
    new_jobs_.push_back(std::move(job));
  }
  has_new_jobs_ = true;
  uv_async_send(&wake_);
}

void Worker::stop() {
  may_end_ = true;
  begin_stop();
  if (thread_.joinable()) thread_.join();
}

void Worker::run() {
  OwnThread own;
  ready_.belongs_to_this_thread();
  subrequests_.belongs_to_this_thread();
  pool_clients_ = std::make_unique<PoolClients>(
      PoolClients::Parts{parts_.foundation.log, timers_, loop_, rooms_, counters_.home_servers.begin(),
                         parts_.number, parts_.workers});
  for (const std::shared_ptr<const Pool>& pool : assembly_->pools()) pool_clients_->add(pool);
  std::string reason = start_instances();
  if (reason.empty()) reason = await_instances();
  bool can_serve = reason.empty();
  started_.set_value(std::move(reason));
  // What instances wait for on this thread comes meanwhile, as it will later.
  while (can_serve && !may_serve_ && !stopping_) uv_run(&loop_, UV_RUN_ONCE);
  if (!can_serve || !may_serve_) return stop_instances();
  try {
    begin_serving();
  } catch (const std::exception& error) {
    stop_instances();
    served_.set_value(error.what());
    return;
  }
  served_.set_value({});
  uv_run(&loop_, UV_RUN_DEFAULT);
  pool_clients_->close_connections();
  serving_->close_all(rooms_);
  serving_->relay.reset();
  stop_instances();
}

std::string Worker::start_instances() {
  for (const std::shared_ptr<Instance>& instance : assembly_->instances())
    if (std::string reason = start_instance(*instance); !reason.empty()) return reason;
  return {};
}

std::string Worker::start_instance(Instance& instance) {
  instances_.push_back(&instance);
  for (const NamedPool& named : instance.pools()) pool_clients_->add(named.pool);
  return instance.worker_start(parts_.number, {timers_, turn_, *pool_clients_, fds_, subrequests_});
}

void Worker::stop_instance(Instance& instance) {
  if (std::erase(instances_, &instance) == 0) return;
  instance.worker_stop(parts_.number);
  end_pool_clients();
}

/// Those of pools that are not served any more, and that no instance sends to.
void Worker::end_pool_clients() {
  pool_clients_->remove_if([this](const std::shared_ptr<const Pool>& pool) {
    const auto& served = assembly_->pools();
    bool is_served = std::find(served.begin(), served.end(), pool) != served.end();
    return !is_served && std::none_of(instances_.begin(), instances_.end(), [&](const Instance* instance) {
      return std::any_of(instance->pools().begin(), instance->pools().end(),
                         [&](const NamedPool& named) { return named.pool == pool; });
    });
  });
}

/// Turns the loop until all instances have started on this thread, or one's time for it is over.
std::string Worker::await_instances() {
  uint64_t begun_ns = monotonic_ns();
  Repeated look(timers_, start_step_ns, [] {});
  look.start();
  for (const std::shared_ptr<Instance>& instance : assembly_->instances()) {
    for (;;) {
      auto started = instance->worker_started(parts_.number);
      if (started && started->empty()) break;
      if (started) return *started;
      if (monotonic_ns() - begun_ns > uint64_t{instance->start_timeout_ms()} * 1000000)
        return instance->not_started_in_time();
      uv_run(&loop_, UV_RUN_ONCE);
    }
  }
  return {};
}

void Worker::stop_instances() {
  while (!instances_.empty()) stop_instance(*instances_.front());
  pool_clients_.reset();
}

void Worker::begin_serving() {
  Foundation& foundation = parts_.foundation;
  uint64_t first_id = uint64_t{parts_.number} << 48 | (random_number() >> 32);
  Pipeline::Parts pipeline{foundation.log,
                           counters_,
                           timers_,
                           ready_,
                           foundation.tokens,
                           foundation.conversations,
                           subrequests_,
                           foundation.sources,
                           parts_.number,
                           random_number(),
                           first_id,
                           foundation.tracer,
                           parts_.witness};
  serving_ = std::make_unique<Serving>(pipeline, foundation.conversations, foundation.extensions.store);
  if (parts_.number == 0) serving_->sweep.start();
  for (Port& port : ports_.datagrams) open(std::move(port));
  for (StreamPort& port : ports_.streams) open(std::move(port));
  ports_ = {};
  inheritance_.duplicates.clear();
  inheritance_.streams.clear();
}

void Worker::open(Port port) {
  UdpExchange::Parts parts{assembly_->listener_at({port.bound, false}), serving_->pipeline, timers_, parts_.number,
                           parts_.workers, port.bound};
  if (auto known = inheritance_.duplicates.find(port.bound); known != inheritance_.duplicates.end()) {
    parts.duplicates = std::move(known->second);
    parts.predecessor = inheritance_.predecessor.get();
  }
  bool waits = parts.predecessor != nullptr;  // two must not receive at once
  auto exchange = std::make_unique<UdpExchange>(std::move(parts));
  auto listener = std::make_unique<UdpListener>(loop_, std::move(port.socket), *exchange);
  if (waits) listener->pause_receiving();
  serving_->opened.push_back({port.bound, std::move(exchange), std::move(listener)});
}

void Worker::open(StreamPort port) {
  auto exchange = std::make_unique<StreamExchange>(StreamExchange::Parts{
      assembly_->listener_at({port.bound, true}), serving_->pipeline, timers_, parts_.foundation.log, parts_.number});
  auto listener = std::make_unique<StreamListener>(StreamListener::Parts{loop_, timers_, rooms_, *exchange},
                                                   std::move(port.socket));
  if (inheritance_.streams.contains(port.bound)) listener->pause_accepting();
  serving_->streams.push_back({port.bound, std::move(exchange), std::move(listener)});
}

Pipeline& Worker::pipeline() { return serving_->pipeline; }

void Worker::publish(std::shared_ptr<const Assembly> assembly, WorkerPorts opened, bool recheck) {
  assembly_ = std::move(assembly);
  for (const std::shared_ptr<const Pool>& pool : assembly_->pools()) pool_clients_->add(pool);
  end_pool_clients();
  subrequests_.limit(config().max_subrequests, config().max_subrequest_depth);
  for (Serving::Opened& known : serving_->opened)
    if (auto listener = assembly_->listener_at({known.bound, false})) known.exchange->replace(std::move(listener));
  for (Serving::OpenedStream& known : serving_->streams)
    if (auto listener = assembly_->listener_at({known.bound, true}))
      known.exchange->replace(std::move(listener), *known.listener, recheck);
  for (Port& port : opened.datagrams) open(std::move(port));
  for (StreamPort& port : opened.streams) open(std::move(port));
}

void Worker::close(const std::vector<Endpoint>& addresses, std::shared_ptr<std::atomic<size_t>> left) {
  uint64_t by_ns = monotonic_ns() + uint64_t{config().drain_timeout_ms} * 1000000;
  for (Serving::Opened& opened : serving_->opened) {
    if (!has(addresses, {opened.bound, false})) continue;
    opened.listener->stop_receiving();
    opened.closing = left;
    opened.close_by_ns = by_ns;
  }
  for (Serving::OpenedStream& stream : serving_->streams) {
    if (!has(addresses, {stream.bound, true})) continue;
    stream.listener->stop_accepting();
    stream.exchange->hurry();
    stream.closing = left;
    stream.close_by_ns = by_ns;
  }
  serving_->close_step.start();
}

namespace {

/// Closes those of `all` that are to be, once nothing is under way there. Is there any left?
template <class Opened>
bool close_those_idle(std::vector<Opened>& all, uint64_t now_ns) {
  bool is_closing = false;
  for (size_t i = 0; i < all.size();) {
    Opened& opened = all[i];
    if (opened.closing == nullptr || !opened.may_close(now_ns)) {
      is_closing = is_closing || opened.closing != nullptr;
      ++i;
      continue;
    }
    auto closing = std::move(opened.closing);
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
    closing->fetch_sub(1, std::memory_order_release);
  }
  return is_closing;
}

}  // namespace

/// Closes addresses where nothing is under way any more; where that takes too long, nobody waits for handlers.
void Worker::close_idle(uint64_t now_ns) {
  bool are_datagrams = close_those_idle(serving_->opened, now_ns);
  bool are_streams = close_those_idle(serving_->streams, now_ns);
  if (!are_datagrams && !are_streams) serving_->close_step.stop();
}

void Worker::expire_requests(const Listener& version) {
  for (Serving::Opened& opened : serving_->opened) opened.exchange->expire_all(&version);
  for (Serving::OpenedStream& stream : serving_->streams) stream.exchange->expire_all(&version);
}

void Worker::expire_all() {
  for (Serving::Opened& opened : serving_->opened) opened.exchange->expire_all();
  for (Serving::OpenedStream& stream : serving_->streams) stream.exchange->expire_all();
}

/// Before the loop waits: calls what is due, goes on with what came back, sends what is ready.
void Worker::turn() {
  uint64_t now = monotonic_ns();
  if (serving_ == nullptr) {
    timers_.run(now);
    go_on_with_returned();
    return arm_timer();
  }
  if (stopping_ && !draining_) begin_drain();
  auto due = timers_.next_due();
  if (due && *due <= now) {
    serving_->pipeline.begin_batch();
    timers_.run(now);
  }
  if (has_new_jobs_.load(std::memory_order_relaxed) || !jobs_.empty()) run_jobs();
  go_on_with_returned();
  if (draining_ && now >= drained_by_ns_) expire_all();
  for (Serving::Opened& opened : serving_->opened) opened.listener->send_waiting();
  bool has_more = false;
  for (Serving::OpenedStream& stream : serving_->streams) has_more = stream.exchange->flush() || has_more;
  if (has_more) uv_async_send(&wake_);
  if (serving_->close_step.is_running()) close_idle(now);
  bool is_given_up = draining_ && now >= drained_by_ns_ + grace_ns;
  has_drained_ = draining_ && (is_drained() || is_given_up);
  if (has_drained_ && (!serving_->relay || may_end_)) uv_stop(&loop_);
  arm_timer();
}

/// What a handler completes on this thread meanwhile comes back too, and wakes nobody.
void Worker::go_on_with_returned() {
  for (int round = 0; round < rounds_a_turn; ++round) {
    bool was_called = turn_.run();
    radius_request* returned = ready_.take();
    if (returned == nullptr && !was_called) return;
    if (serving_ != nullptr) serving_->pipeline.begin_batch();
    while (returned != nullptr) {
      radius_request& request = *std::exchange(returned, returned->next_ready);
      if (request.subrequests != nullptr) request.subrequests->resume(request);
      else serving_->pipeline.resume(static_cast<Request&>(request));
    }
  }
  uv_async_send(&wake_);
}

void Worker::run_jobs() {
  has_new_jobs_ = false;  // before they are taken: one that comes now is taken, or is seen by the next turn
  {
    std::lock_guard lock(jobs_mutex_);
    std::move(new_jobs_.begin(), new_jobs_.end(), std::back_inserter(jobs_));
    new_jobs_.clear();
  }
  serving_->pipeline.begin_batch();
  std::erase_if(jobs_, [this](const Job& job) { return job(*this); });
  if (jobs_.empty()) serving_->job_step.stop();
  else serving_->job_step.start();
}

void Worker::begin_drain() {
  draining_ = true;
  drained_by_ns_ = monotonic_ns() + uint64_t{config().drain_timeout_ms} * 1000000;
  serving_->drain_step.start();
  for (Serving::Opened& opened : serving_->opened) {
    opened.listener->stop_receiving();
    // But where another process goes on, who is told late can be told late.
    if (!serving_->relay) opened.exchange->hurry();
  }
  for (Serving::OpenedStream& stream : serving_->streams) {
    stream.listener->stop_accepting();
    stream.exchange->hurry();
  }
}

/// What was answered in vain stays with who holds it. Who passes datagrams on does so for conversations, too.
bool Worker::is_drained() const {
  if (serving_->relay && parts_.foundation.conversations.count() != 0) return false;
  auto is_idle = [](const auto& opened) { return opened.is_idle(); };
  // The last octets are still on their way to some, but not for long.
  bool is_said = rooms_.lingering == 0;
  return is_said && subrequests_.is_idle() && std::all_of(serving_->opened.begin(), serving_->opened.end(), is_idle) &&
         std::all_of(serving_->streams.begin(), serving_->streams.end(), is_idle);
}

/// The loop wakes when the next timer is due.
void Worker::arm_timer() {
  auto due = timers_.next_due();
  if (!due || due == armed_ns_) return;
  armed_ns_ = due;
  // Rounded up: waking before it is due would be in vain.
  uint64_t now = monotonic_ns();
  uint64_t wait_ms = *due <= now ? 0 : (*due - now + 999999) / 1000000;
  uv_update_time(&loop_);
  uv_timer_start(
      &timer_, [](uv_timer_t* timer) { static_cast<Worker*>(timer->data)->armed_ns_.reset(); }, wait_ms, 0);
}

}  // namespace radhost
