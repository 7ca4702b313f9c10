// SPDX-License-Identifier: Apache-2.0
#include "server/worker.h"

#include "base/reader.h"

namespace radhost {
namespace {

/// Slots for what is received and not yet sent; requests are answered before the next batch is read.
constexpr size_t slots_per_port = 4 * UdpSocket::batch_max;

uint64_t random_number() {
  std::array<uint8_t, 8> octets;
  fill_random(octets);
  return get_uint_be(octets);
}

}  // namespace

struct Worker::Serving {
  explicit Serving(const Pipeline::Parts& parts) : pipeline(parts) {}

  Pipeline pipeline;
  std::vector<std::unique_ptr<UdpExchange>> exchanges;
  std::vector<std::unique_ptr<UdpListener>> listeners;
};

Worker::Worker(const Parts& parts, std::vector<Port> ports)
    : parts_(parts),
      ports_(std::move(ports)),
      counters_(parts.assembly.config().listeners.size(), parts.assembly.config().clients.size()) {
  if (int error = uv_loop_init(&loop_); error != 0)
    throw std::runtime_error(std::string("cannot make a loop: ") + uv_strerror(error));
  wake_.data = this;
  uv_async_init(&loop_, &wake_, [](uv_async_t* wake) {
    auto& worker = *static_cast<Worker*>(wake->data);
    if (worker.serving_ != nullptr) worker.serving_->listeners.clear();
    uv_close(reinterpret_cast<uv_handle_t*>(&worker.wake_), nullptr);
  });
}

Worker::~Worker() {
  stop();
  uv_run(&loop_, UV_RUN_DEFAULT);  // closes what is left where the thread never ran
  uv_loop_close(&loop_);
}

std::string Worker::start() {
  std::promise<std::string> started;
  std::future<std::string> outcome = started.get_future();
  thread_ = std::thread([this, &started] { run(started); });
  return outcome.get();
}

void Worker::stop() {
  if (!uv_is_closing(reinterpret_cast<uv_handle_t*>(&wake_))) uv_async_send(&wake_);
  if (thread_.joinable()) thread_.join();
}

void Worker::run(std::promise<std::string>& started) {
  if (std::string reason = start_instances(); !reason.empty()) {
    started.set_value(std::move(reason));
    return;
  }
  try {
    open_ports();
  } catch (const std::exception& error) {
    stop_instances();
    started.set_value(error.what());
    return;
  }
  started.set_value({});
  uv_run(&loop_, UV_RUN_DEFAULT);
  serving_.reset();
  stop_instances();
}

std::string Worker::start_instances() {
  for (const std::shared_ptr<Instance>& instance : parts_.assembly.instances())
    if (std::string reason = instance->thread_start(parts_.number); !reason.empty()) {
      stop_instances();
      return reason;
    }
  return {};
}

void Worker::stop_instances() {
  for (const std::shared_ptr<Instance>& instance : parts_.assembly.instances()) instance->thread_stop(parts_.number);
}

void Worker::open_ports() {
  Pipeline::Parts pipeline{parts_.assembly.dictionary(),
                           parts_.digests,
                           parts_.log,
                           counters_,
                           parts_.number,
                           static_cast<uint16_t>(random_number()),
                           uint64_t{parts_.number} << 48 | (random_number() >> 32)};
  serving_ = std::make_unique<Serving>(pipeline);
  for (Port& port : ports_) {
    auto& exchange = serving_->exchanges.emplace_back(std::make_unique<UdpExchange>(
        *parts_.assembly.listeners()[port.listener], serving_->pipeline, parts_.assembly.dictionary(), slots_per_port));
    serving_->listeners.push_back(std::make_unique<UdpListener>(loop_, std::move(port.socket), *exchange));
  }
}

}  // namespace radhost
