// SPDX-License-Identifier: Apache-2.0
#include "control/http_server.h"

#include <fcntl.h>
#include <microhttpd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "base/own_thread.h"

// libmicrohttpd holds each connection in a pool of a fixed size, and lets a silent one go after a while. That bounds
// what a client costs, however long its lines or many its headers are.

namespace radhost {
namespace {

/// How long the server's end waits for clients that take what streams were given.
constexpr int looks_for_end = 100;
constexpr std::chrono::milliseconds between_looks{10};

/// A request on its way in, then its answer on its way out. Belongs to the connection until `completed`.
struct Exchange {
  Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() {
    if (later.joinable()) later.join();
  }

  std::string body;
  bool is_answered = false;
  HttpAnswer answer;
  std::thread later;  // gives the answer, and has the connection go on
};

template <class Give>
HttpAnswer answer_of(Give give) {
  try {
    return give();
  } catch (const std::exception&) {
    return {500, R"({"error": "the server failed to answer", "details": []})"};
  }
}

/// What a stream's lines are cut into.
constexpr size_t piece_size = 16384;

/// A connection that a stream goes out by.
struct StreamReader {
  std::shared_ptr<HttpStream> stream;
  MHD_Connection* connection;

  static ssize_t read(void* self, uint64_t, char* into, size_t size) {
    auto& reader = *static_cast<StreamReader*>(self);
    ptrdiff_t taken = reader.stream->take(reader.connection, into, size);
    return taken < 0 ? MHD_CONTENT_READER_END_OF_STREAM : taken;
  }
  static void end(void* self) { delete static_cast<StreamReader*>(self); }
};

/// What the answer's socket is spoken on from now on is its taker's business.
void upgrade(void* self, MHD_Connection*, void*, const char*, size_t, MHD_socket socket,
             MHD_UpgradeResponseHandle* handle) {
  Descriptor own(fcntl(socket, F_DUPFD_CLOEXEC, 0));
  MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
  if (own) (*static_cast<std::function<void(Descriptor)>*>(self))(std::move(own));
}

MHD_Response* make_response(MHD_Connection* connection, HttpAnswer& answer) {
  if (answer.upgrade) {
    MHD_Response* response = MHD_create_response_for_upgrade(upgrade, &answer.upgrade);
    if (response != nullptr) MHD_add_response_header(response, MHD_HTTP_HEADER_UPGRADE, "radhost-takeover");
    return response;
  }
  if (answer.stream == nullptr)
    return MHD_create_response_from_buffer(answer.body.size(), answer.body.data(), MHD_RESPMEM_PERSISTENT);
  auto* reader = new StreamReader{answer.stream, connection};
  return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, piece_size, StreamReader::read, reader, StreamReader::end);
}

/// Sends `exchange.answer`, whose text the exchange keeps until it has left.
MHD_Result send(MHD_Connection* connection, Exchange& exchange) {
  HttpAnswer& answer = exchange.answer;
  MHD_Response* response = make_response(connection, answer);
  if (response == nullptr) return MHD_NO;
  if (!answer.upgrade) MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer.content_type);
  MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  if (!answer.allow.empty()) MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, answer.allow.c_str());
  MHD_Result queued = MHD_queue_response(connection, answer.status, response);
  MHD_destroy_response(response);
  return queued;
}

/// Does the head announce a body that is too large?
bool announces_too_much(MHD_Connection* connection) {
  const char* text = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
  if (text == nullptr) return false;
  size_t length = 0;
  auto parsed = std::from_chars(text, text + std::strlen(text), length);
  return parsed.ec != std::errc() || length > HttpServer::body_max;
}

HttpRequest::Query query_of(MHD_Connection* connection) {
  HttpRequest::Query query;
  auto add = [](void* self, MHD_ValueKind, const char* key, const char* value) {
    (*static_cast<HttpRequest::Query*>(self))[key] = value == nullptr ? "" : value;
    return MHD_YES;
  };
  MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, add, &query);
  return query;
}

/// Called once for a request's head, then for each part of its body, and with no octets at its end.
MHD_Result received(void* self, MHD_Connection* connection, const char* path, const char* method, const char*,
                    const char* octets, size_t* size, void** state) {
  static thread_local OwnThread library_thread;  // it was begun for this server, by no module
  if (*state == nullptr) {
    *state = new Exchange;
    if (!announces_too_much(connection)) return MHD_YES;
    auto& exchange = *static_cast<Exchange*>(*state);
    exchange.answer = {413, R"({"error": "the request is too large", "details": []})"};
    return send(connection, exchange);
  }
  auto& exchange = *static_cast<Exchange*>(*state);
  if (exchange.is_answered) return send(connection, exchange);
  if (*size > 0) {
    if (exchange.body.size() + *size > HttpServer::body_max) return MHD_NO;  // cuts the connection
    exchange.body.append(octets, *size);
    *size = 0;
    return MHD_YES;
  }
  std::string_view asked = method;
  if (asked == MHD_HTTP_METHOD_HEAD) asked = MHD_HTTP_METHOD_GET;
  auto& server = *static_cast<HttpServer*>(self);
  exchange.answer = server.ask({asked, path, exchange.body, query_of(connection)});
  exchange.is_answered = true;
  if (exchange.answer.stream != nullptr) server.note_stream(exchange.answer.stream);
  if (exchange.answer.later == nullptr) return send(connection, exchange);
  // It is called again when the connection goes on.
  MHD_suspend_connection(connection);
  server.begin_later();
  exchange.later = std::thread([&server, &exchange, connection] {
    OwnThread own;
    exchange.answer = answer_of(exchange.answer.later);
    MHD_resume_connection(connection);
    server.end_later();
  });
  return MHD_YES;
}

void completed(void*, MHD_Connection*, void** state, MHD_RequestTerminationCode) {
  auto* exchange = static_cast<Exchange*>(*state);
  if (exchange == nullptr) return;
  if (exchange->answer.when_sent) exchange->answer.when_sent();
  if (exchange->answer.stream != nullptr) exchange->answer.stream->close();
  delete exchange;
  *state = nullptr;
}

}  // namespace

HttpServer::HttpServer(ListeningSocket socket, HttpHandler handler)
    : socket_(std::move(socket)), handler_(std::move(handler)) {
  unsigned flags = MHD_USE_AUTO_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE;
  daemon_ = MHD_start_daemon(flags, 0, nullptr, nullptr, received, this,           //
                             MHD_OPTION_LISTEN_SOCKET, socket_.take_descriptor(),  //
                             MHD_OPTION_NOTIFY_COMPLETED, completed, nullptr,      //
                             MHD_OPTION_CONNECTION_LIMIT, connections_max,         //
                             MHD_OPTION_CONNECTION_TIMEOUT, idle_timeout_s,        //
                             MHD_OPTION_CONNECTION_MEMORY_LIMIT, head_max,         //
                             MHD_OPTION_END);
  if (daemon_ == nullptr) throw std::runtime_error("the control plane gets no thread");
}

HttpServer::~HttpServer() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return later_ == 0; });
  }
  end_streams();
  MHD_stop_daemon(daemon_);
}

Descriptor HttpServer::leave() {
  int socket = MHD_quiesce_daemon(daemon_);
  if (socket < 0) return Descriptor();
  socket_.put_back(socket);  // the daemon's thread may still look at it
  socket_.leave_file();
  return Descriptor(fcntl(socket, F_DUPFD_CLOEXEC, 0));
}

/// What they were given leaves, where their clients take it.
void HttpServer::end_streams() {
  std::unique_lock lock(mutex_);
  auto streams = std::exchange(streams_, {});
  lock.unlock();
  for (const std::weak_ptr<HttpStream>& known : streams)
    if (std::shared_ptr<HttpStream> stream = known.lock()) stream->end();
  auto is_over = [](const std::weak_ptr<HttpStream>& known) {
    std::shared_ptr<HttpStream> stream = known.lock();
    return stream == nullptr || stream->is_over();
  };
  for (int look = 0; look < looks_for_end && !std::all_of(streams.begin(), streams.end(), is_over); ++look)
    std::this_thread::sleep_for(between_looks);
}

HttpAnswer HttpServer::ask(const HttpRequest& request) const {
  return answer_of([&] { return handler_(request); });
}

void HttpServer::begin_later() {
  std::lock_guard lock(mutex_);
  ++later_;
}

void HttpServer::note_stream(const std::shared_ptr<HttpStream>& stream) {
  std::lock_guard lock(mutex_);
  std::erase_if(streams_, [](const auto& known) { return known.expired(); });
  streams_.push_back(stream);
}

void HttpServer::end_later() {
  std::lock_guard lock(mutex_);
  --later_;
  changed_.notify_all();
}

}  // namespace radhost
