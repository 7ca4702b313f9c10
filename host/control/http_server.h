// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "control/http_stream.h"
#include "control/listening_socket.h"

struct MHD_Daemon;

namespace radhost {

/// A request as its handler sees it. The views are good for the call.
struct HttpRequest {
  using Query = std::map<std::string, std::string>;

  std::string_view method;  ///< HEAD is asked as GET
  std::string_view path;    ///< without the query
  std::string_view body;
  Query query = {};
};

struct HttpAnswer {
  unsigned status = 200;
  std::string body;
  const char* content_type = "application/json";
  std::string allow = {};                     ///< of a 405: the method that is right
  std::function<void()> when_sent = nullptr;  ///< runs once the answer has left, or cannot
  /// What takes its time gives the answer instead of this, on a thread of its own; only its connection waits.
  std::function<HttpAnswer()> later = nullptr;
  std::shared_ptr<HttpStream> stream = nullptr;  ///< goes on in the body's place
  /// Takes the connection's socket, on which HTTP is spoken no longer once the answer, a 101, has left.
  std::function<void(Descriptor)> upgrade = nullptr;
};

using HttpHandler = std::function<HttpAnswer(const HttpRequest&)>;

/// An HTTP/1.1 server with a thread of its own. What clients can make it hold is bounded in number, size and time, so
/// a client that is slow, greedy or broken costs nobody but other clients of this server.
class HttpServer {
 public:
  static constexpr unsigned connections_max = 64;
  static constexpr size_t head_max =
      32768;  ///< octets of a request before its body, and the room for the answer's head
  static constexpr size_t body_max = 65536;
  static constexpr unsigned idle_timeout_s = 5;

  /// Serves from now on. `handler` runs on the server's thread; what it throws becomes a 500. Throws
  /// std::runtime_error when there is no thread to be had.
  HttpServer(ListeningSocket socket, HttpHandler handler);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  /// Ends the thread, and cuts the connections that are left. Waits for answers that are given later: who gives them
  /// has come to an end.
  ~HttpServer();

  /// Takes no more connections; those that there are go on. Gives the socket, and its file, to another process.
  Descriptor leave();

  /// The handler's answer to a request.
  HttpAnswer ask(const HttpRequest& request) const;

  /// So many answers are being given on threads of their own.
  void begin_later();
  void end_later();
  /// An answer goes on until the server ends.
  void note_stream(const std::shared_ptr<HttpStream>& stream);

 private:
  void end_streams();

  ListeningSocket socket_;
  HttpHandler handler_;
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t later_ = 0;
  std::vector<std::weak_ptr<HttpStream>> streams_;
  MHD_Daemon* daemon_;
};

}  // namespace radhost
