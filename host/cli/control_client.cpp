// SPDX-License-Identifier: Apache-2.0
#include "cli/control_client.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/unix_path.h"

namespace radhost {
namespace {

using Answered = Result<ControlAnswer, ControlFailure>;

constexpr std::string_view end_of_head = "\r\n\r\n";
constexpr size_t head_max = 8192;
/// How long a server may take to agree to something else than HTTP.
constexpr int upgrade_patience_s = 10;

/// A connection to the server.
struct Connection {
  explicit Connection(int patience_s) : socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    timeval patience{patience_s, 0};
    setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket.number(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }

  /// Why it is not connected; nothing when it is.
  std::optional<ControlFailure> connect(const std::string& path) const {
    int error = connect_to_path(socket.number(), path);
    if (error == EAGAIN) return ControlFailure{"the server at " + path + " accepts no connection", true};
    if (error != 0) return ControlFailure{"no server at " + path + " to be reached: " + std::strerror(error)};
    return std::nullopt;
  }

  bool send_all(std::string_view text) const {
    while (!text.empty()) {
      ssize_t sent = send(socket.number(), text.data(), text.size(), MSG_NOSIGNAL);
      if (sent < 0) return false;
      text.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  /// Until the end, or until `look` has seen enough.
  bool receive(std::string& text, const std::function<void()>& look) const {
    char octets[65536];
    ssize_t size = 0;
    while ((size = recv(socket.number(), octets, sizeof octets, 0)) > 0) {
      text.append(octets, static_cast<size_t>(size));
      look();
    }
    return size == 0;
  }

  /// An answer's head, and nothing that follows it. False when it does not come.
  bool receive_head(std::string& head) const {
    char octet = 0;
    while (!head.ends_with(end_of_head))
      if (head.size() == head_max || recv(socket.number(), &octet, 1, 0) != 1) return false;
      else head.push_back(octet);
    return true;
  }

  Descriptor socket;
};

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
  if (auto failure = connection.connect(socket_path)) return failure;
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

Result<Descriptor, ControlFailure> upgrade_server(const std::string& socket_path, const std::string& path) {
  Connection connection(upgrade_patience_s);
  if (auto failure = connection.connect(socket_path)) return *failure;
  std::string request = "POST " + path +
                        " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
                        "Connection: Upgrade\r\nUpgrade: radhost-takeover\r\n\r\n";
  std::string answer;
  if (!connection.send_all(request) || !connection.receive_head(answer))
    return ControlFailure{"the server at " + socket_path + " does not answer: " + std::strerror(errno), true};
  auto head = take_apart(answer);
  if (!head.ok()) return head.error();
  if (head->status == 101) return std::move(connection.socket);
  shutdown(connection.socket.number(), SHUT_WR);  // so that the answer ends
  static_cast<void>(connection.receive(answer, [] {}));
  auto body = nlohmann::json::parse(take_apart(answer)->body, nullptr, false);
  return ControlFailure{body.is_object() ? body.value("error", "the server refuses") : "the server refuses", true};
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
