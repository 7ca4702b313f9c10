// SPDX-License-Identifier: Apache-2.0
#include "cli/control_client.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/unix_path.h"

namespace radhost {
namespace {

using Answered = Result<ControlAnswer, ControlFailure>;

/// A connection to the server; closes itself.
struct Connection {
  explicit Connection(int patience_s) : socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    timeval patience{patience_s, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(socket); }

  bool send_all(std::string_view text) const {
    while (!text.empty()) {
      ssize_t sent = send(socket, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent < 0) return false;
      text.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  /// Until the end, or until `look` has seen enough.
  bool receive(std::string& text, const std::function<void()>& look) const {
    char octets[65536];
    ssize_t size = 0;
    while ((size = recv(socket, octets, sizeof octets, 0)) > 0) {
      text.append(octets, static_cast<size_t>(size));
      look();
    }
    return size == 0;
  }

  int socket;
};

constexpr std::string_view end_of_head = "\r\n\r\n";

/// "HTTP/1.1 200 OK", headers, an empty line, the body.
Answered take_apart(const std::string& text) {
  constexpr std::string_view version = "HTTP/1.x ";
  ControlAnswer answer;
  size_t head_end = text.find(end_of_head);
  bool is_http = text.starts_with("HTTP/1.") && head_end != std::string::npos && text.size() > version.size() &&
                 std::from_chars(&text[version.size()], text.data() + text.size(), answer.status).ec == std::errc();
  if (!is_http) return ControlFailure{"what answers there is no radhost server", true};
  answer.body = text.substr(head_end + end_of_head.size());
  return answer;
}

/// Takes an answer's head off the front of `text`, once it is whole; nothing until then.
std::string take_head(std::string& text) {
  size_t end = text.find(end_of_head);
  if (end == std::string::npos) return {};
  std::string head = text.substr(0, end + end_of_head.size());
  text.erase(0, head.size());
  return head;
}

/// The same with a line, without its end.
std::optional<std::string> take_line(std::string& text) {
  size_t end = text.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = text.substr(0, end);
  text.erase(0, end + 1);
  return line;
}

/// Sends a question and reads what comes; `look` is called whenever `text` has grown.
std::optional<ControlFailure> talk(const std::string& socket_path, const ControlQuestion& question, std::string& text,
                                   const std::function<void()>& look) {
  Connection connection(question.patience_s);
  int error = connect_to_path(connection.socket, socket_path);
  if (error == EAGAIN) return ControlFailure{"the server at " + socket_path + " accepts no connection", true};
  if (error != 0) return ControlFailure{"no server at " + socket_path + " to be reached: " + std::strerror(error)};
  // An answer to HTTP/1.0 ends where the connection does.
  std::string request = question.method + " " + question.path +
                        " HTTP/1.0\r\nContent-Length: " + std::to_string(question.body.size()) +
                        "\r\nContent-Type: application/json\r\n\r\n" + question.body;
  if (!connection.send_all(request) || !connection.receive(text, look))
    return ControlFailure{"the server at " + socket_path + " does not answer: " + std::strerror(errno), true};
  return std::nullopt;
}

}  // namespace

Answered ask_server(const std::string& socket_path, const ControlQuestion& question) {
  std::string text;
  if (auto failure = talk(socket_path, question, text, [] {})) return *failure;
  return take_apart(text);
}

Answered follow_server(const std::string& socket_path, const ControlQuestion& question,
                       const std::function<void(const std::string&)>& take) {
  std::string head, text;
  auto look = [&] {
    if (head.empty()) head = take_head(text);
    auto answer = take_apart(head);
    if (!answer.ok() || answer->status != 200) return;
    while (auto line = take_line(text)) take(*line);
  };
  if (auto failure = talk(socket_path, question, text, look)) return *failure;
  return take_apart(head + text);
}

}  // namespace radhost
