// SPDX-License-Identifier: Apache-2.0
#include "cli/request_printer.h"

#include "dictionary/shown_text.h"
#include "exchange/request.h"
#include "packet/authenticator.h"

namespace radhost {
namespace {

std::string title(const Packet& packet) {
  return std::string(code_name(packet.code())) + " " + std::to_string(packet.identifier());
}

}  // namespace

std::string RequestPrinter::in(Colour colour, const std::string& text) const {
  if (!has_colours_) return text;
  constexpr std::array<std::string_view, 5> begin{"\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[33m"};
  return std::string(begin[static_cast<size_t>(colour)]) + text + "\033[0m";
}

std::string RequestPrinter::verdict_text(Verdict verdict) const {
  std::string text(verdict_word(verdict));
  switch (verdict) {
    case Verdict::Accept: return in(Colour::Green, text);
    case Verdict::Pass: return text;
    case Verdict::Challenge: return in(Colour::Yellow, text);
    default: return in(Colour::Red, text);
  }
}

/// Of the request itself, or of its reply.
void RequestPrinter::print_attributes(const Request& request, Octets packet) {
  HidingKey key{request.client->secret, hiding_authenticator(*request.packet)};
  for (const std::string& pair : shown_attributes(request.dictionary(), packet.subspan(Packet::header_size), &key))
    out_ << "    " << pair << "\n";
}

void RequestPrinter::received(const Request& request) {
  std::lock_guard lock(mutex_);
  const Packet& packet = *request.packet;
  out_ << in(Colour::Bold, title(packet)) << " from " << request.datagram.peer.to_text() << " to "
       << request.listener->name << "\n";
  print_attributes(request, packet.octets());
  out_ << std::flush;
}

void RequestPrinter::handled(const radius_request& request, const Instance& instance, const ChainOutcome& outcome,
                             uint64_t took_ns) {
  std::lock_guard lock(mutex_);
  out_ << std::string(2 + 2 * size_t{request.info.depth}, ' ') << instance.name() << ": "
       << verdict_text(outcome.verdict);
  // Of an inner request's failure nothing more is heard.
  if (request.info.depth != 0 && !outcome.reason.empty()) out_ << ": " << outcome.reason;
  out_ << in(Colour::Faint, " (" + std::to_string(took_ns / 1000) + " us)") << "\n" << std::flush;
}

void RequestPrinter::failed(const Request& /*request*/, const ChainOutcome& outcome) {
  std::lock_guard lock(mutex_);
  out_ << "  " << outcome.by->name() << ": " << in(Colour::Red, outcome.reason) << "\n" << std::flush;
}

void RequestPrinter::replied(const Request& request, bool is_delayed) {
  std::lock_guard lock(mutex_);
  Octets reply = request.reply_written();
  auto packet = Packet::decode(reply);
  if (!packet.ok()) return;
  out_ << in(Colour::Bold, title(*packet)) << " to " << request.datagram.peer.to_text();
  // What met no handler was given no number.
  if (request.info.id == 0) out_ << (request.is_status ? ", for Status-Server" : ", again");
  if (is_delayed) out_ << ", later";
  out_ << "\n";
  print_attributes(request, reply);
  out_ << "\n" << std::flush;
}

void RequestPrinter::discarded(const Request& request, Discard reason) {
  std::lock_guard lock(mutex_);
  out_ << in(Colour::Bold, "no answer") << " to " << request.datagram.peer.to_text() << ": "
       << in(Colour::Red, std::string(to_word(reason))) << "\n\n"
       << std::flush;
}

}  // namespace radhost
