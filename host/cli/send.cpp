// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>

#include "cli/client_kind.h"
#include "cli/commands.h"
#include "cli/credentials.h"
#include "cli/dictionary_option.h"
#include "cli/exit_status.h"
#include "cli/packet_text.h"
#include "cli/secret_option.h"
#include "cli/stream_client.h"
#include "cli/transport_option.h"
#include "cli/udp_client.h"
#include "packet/received_attributes.h"

namespace radhost {
namespace {

struct SendOptions {
  explicit SendOptions(CLI::App& command);

  DictionaryOption dictionary;
  SecretOption secret;
  TransportOption transport;
  std::string kind;
  std::vector<std::string> pairs;
  std::string to = "127.0.0.1";
  std::string eap;
  bool chap = false, mschapv2 = false;
  uint32_t timeout_ms = 3000;
  uint32_t retries = 2;
  size_t count = 1;
  size_t parallel = 1;
};

SendOptions::SendOptions(CLI::App& command) : dictionary(command), secret(command), transport(command) {
  command.add_option("KIND", kind, "access, accounting, coa, disconnect or status")->required();
  command.add_option("ATTRIBUTES", pairs, "attributes, each as one argument, NAME=VALUE");
  command.add_option("--to", to, "HOST[:PORT]; 127.0.0.1 and the kind's port, 2083 for TLS");
  auto* chap_flag = command.add_flag("--chap", chap, "send User-Password as CHAP-Password");
  command.add_flag("--mschapv2", mschapv2, "send User-Password as MS-CHAP2-Response")->excludes(chap_flag);
  command.add_option("--eap", eap, "speak this EAP method (not built yet)");
  command.add_option("--timeout-ms", timeout_ms, "how long each transmission waits; and until there is a connection")
      ->check(CLI::Range(1, 600000));
  command.add_option("--retries", retries, "retransmissions, over UDP")->check(CLI::Range(0, 100));
  command.add_option("--count", count, "how many requests")->check(CLI::Range(1, 1000000));
  command.add_option("--parallel", parallel, "how many at once, as far as there are Identifiers or Tokens")
      ->check(CLI::Range(size_t{1}, StreamClient::parallel_max_1_1));
}

/// What is not there, or does not go together; empty when all is well.
std::string mistake_of(const SendOptions& options) {
  constexpr size_t identifiers = 256;
  if (!options.eap.empty()) return "--eap: not built yet";
  if (std::string mistake = options.transport.mistake(); !mistake.empty()) return mistake;
  if (!options.transport.is_stream() && options.parallel > identifiers)
    return "--parallel is at most 256 over UDP: there are no more Identifiers";
  return {};
}

/// One run of the command: what is sent, what came back, and what that means for the exit status.
class Sender {
 public:
  /// Borrows all but the options. `secret`: nullptr where RADIUS/1.1 alone is spoken.
  Sender(const SendOptions& options, const ClientKind& kind, Dictionary& dictionary, const SharedSecret* secret)
      : kind_(kind),
        dictionary_(dictionary),
        secret_(secret),
        method_(options.chap       ? PasswordMethod::Chap
                : options.mschapv2 ? PasswordMethod::MsChapV2
                                   : PasswordMethod::Pap),
        requests_(options.count) {
    for (auto& request : requests_) request.credentials = std::make_unique<Credentials>(method_);
  }

  std::string prepare(const std::vector<std::string>& arguments, const RadiusVersions& versions);
  int run(const UdpClient::Options& options);
  int run(const ServerConnection::Options& options, size_t parallel);

 private:
  struct Sent {
    Authenticator authenticator{};
    std::unique_ptr<Credentials> credentials;
  };
  std::string encode(Sent& request, uint32_t id, std::vector<uint8_t>& octets);
  std::vector<uint8_t> make(size_t number, uint32_t id);
  void add_header(uint32_t id, std::vector<Pair>& pairs) const;
  bool is_given(std::string_view name) const;
  Judgement take(size_t number, Octets octets);
  Judgement judge(const Result<Packet, Discard>& answer, const Sent& request) const;
  int conclude(const std::vector<size_t>& unanswered, const SocketAddress& server, const std::string& why);
  bool server_proves_itself(const Packet& answer, Sent& request);
  void print(const Packet& answer, const Sent& request);

  const ClientKind& kind_;
  Dictionary& dictionary_;
  const SharedSecret* secret_;
  PasswordMethod method_;
  bool is_1_1_ = false;
  std::vector<Pair> pairs_;
  std::vector<Sent> requests_;
  int worst_ = exit_status::done;
};

/// Takes the arguments apart, and encodes once for each version to find mistakes before anything is sent.
std::string Sender::prepare(const std::vector<std::string>& arguments, const RadiusVersions& versions) {
  for (const std::string& argument : arguments) {
    auto parsed = parse_pairs(argument);
    if (!parsed.ok()) return argument + ": " + parsed.error();
    for (Pair& pair : *parsed) pairs_.push_back(std::move(pair));
  }
  for (bool is_1_1 : {false, true}) {
    if (is_1_1 ? !versions.has_1_1 : !versions.has_1_0) continue;
    is_1_1_ = is_1_1;
    std::vector<uint8_t> trial;
    if (std::string reason = encode(requests_[0], 0, trial); !reason.empty()) return reason;
  }
  return {};
}

void Sender::add_header(uint32_t id, std::vector<Pair>& pairs) const {
  constexpr int no_tag = AttributeView::no_tag;
  pairs.push_back({"Packet-Type", no_tag, std::string(code_name(kind_.code))});
  if (is_1_1_) {
    std::array<uint8_t, PacketTextKey::token_size> token;
    put_uint32be(token, id);
    pairs.push_back({"Packet-Token", no_tag, to_hex(token)});
    return;
  }
  pairs.push_back({"Packet-Id", no_tag, std::to_string(id)});
  // CVE-2024-3596: first, in every request that may carry one (RFC 3579 §3.3 forbids it in accounting).
  if (kind_.code != Code::AccountingRequest && !is_given("Message-Authenticator"))
    pairs.push_back({"Message-Authenticator", no_tag, "0x00"});
}

std::string Sender::encode(Sent& request, uint32_t id, std::vector<uint8_t>& octets) {
  std::vector<Pair> pairs;
  add_header(id, pairs);
  pairs.insert(pairs.end(), pairs_.begin(), pairs_.end());
  // RFC 9765 §5.2: never sent, not even where somebody says which place it has in RADIUS/1.0.
  if (is_1_1_) std::erase_if(pairs, [](const Pair& pair) { return NameEqual{}(pair.name, "Message-Authenticator"); });
  // RFC 2865 §4.1, RFC 2866 §4.1, RFC 5997 §3: a request says which NAS it comes from.
  bool from_nas = kind_.code != Code::CoaRequest && kind_.code != Code::DisconnectRequest;
  if (from_nas && !is_given("NAS-IP-Address") && !is_given("NAS-IPv6-Address") && !is_given("NAS-Identifier"))
    pairs.push_back({"NAS-Identifier", AttributeView::no_tag, "radhost"});
  // RFC 9765 §5.1.2: with CHAP-Challenge in any version.
  if (std::string reason = request.credentials->replace(dictionary_, pairs); !reason.empty()) return reason;
  PacketTextKey key{secret_, {}, is_1_1_};
  auto encoded = encode_packet(dictionary_, pairs, key);
  if (!encoded.ok()) return encoded.error();
  octets = std::move(*encoded);
  copy_octets(request.authenticator, Octets(octets).subspan(Packet::authenticator_offset, Packet::authenticator_size));
  return {};
}

std::vector<uint8_t> Sender::make(size_t number, uint32_t id) {
  std::vector<uint8_t> octets;
  encode(requests_[number], id, octets);  // prepare() found what could go wrong
  return octets;
}

bool Sender::is_given(std::string_view name) const {
  return std::any_of(pairs_.begin(), pairs_.end(), [&](const Pair& pair) { return NameEqual{}(pair.name, name); });
}

int Sender::run(const UdpClient::Options& options) {
  UdpClient client(options);
  auto unanswered = client.exchange(
      requests_.size(), [&](size_t number, uint8_t identifier) { return make(number, identifier); },
      [&](size_t number, Octets octets) { return take(number, octets) == Judgement::Answer; });
  return conclude(unanswered, options.server, {});
}

int Sender::run(const ServerConnection::Options& options, size_t parallel) {
  auto connection = ServerConnection::open(options);
  if (!connection.ok()) {
    std::cerr << "radhost send: " << connection.error() << "\n";
    return exit_status::no_answer;
  }
  // What is encoded depends on what was agreed upon.
  is_1_1_ = (*connection)->is_1_1();
  StreamClient client(**connection, {kind_.code, options.timeout_ms, parallel});
  auto unanswered = client.exchange(
      requests_.size(), [&](size_t number, uint32_t id) { return make(number, id); },
      [&](size_t number, Octets octets) { return take(number, octets); });
  if (client.strays() > 0)
    std::cerr << "radhost send: packets that answer nothing, or too late: " << client.strays() << "\n";
  return conclude(unanswered, options.server, (*connection)->why_ended());
}

int Sender::conclude(const std::vector<size_t>& unanswered, const SocketAddress& server, const std::string& why) {
  if (unanswered.empty()) return worst_;
  std::cerr << "radhost send: no valid answer from " << server.to_text();
  if (requests_.size() > 1) std::cerr << " to " << unanswered.size() << " of " << requests_.size() << " requests";
  if (!why.empty()) std::cerr << ": " << why;
  std::cerr << "\n";
  return exit_status::no_answer;
}

/// Is it what only the server can have made?
Judgement Sender::judge(const Result<Packet, Discard>& answer, const Sent& request) const {
  // RFC 6613 §2.6.4: a Code that nobody knows is no reason to close.
  if (!answer.ok()) return answer.error() == Discard::UnknownCode ? Judgement::Ignored : Judgement::Forged;
  // RFC 9765 §4.1, §5.2: nothing else is looked at.
  if (is_1_1_) return Judgement::Answer;
  bool valid = verify_response_authenticator(*answer, request.authenticator, *secret_);
  if (valid && answer->has(attribute_type::message_authenticator))
    valid = verify_response_message_authenticator(*answer, request.authenticator, *secret_);
  return valid ? Judgement::Answer : Judgement::Forged;
}

Judgement Sender::take(size_t number, Octets octets) {
  Sent& request = requests_[number];
  auto answer = Packet::decode(octets);
  if (Judgement judgement = judge(answer, request); judgement != Judgement::Answer) {
    std::cerr << "radhost send: an answer is not valid ";
    if (answer.ok()) std::cerr << "(is the secret right?)\n";
    else std::cerr << "(" << to_word(answer.error()) << ")\n";
    return judgement;
  }
  // RFC 5997 §4.1: these two say that the server lives; RFC 7930 §4: Protocol-Error is final. Nothing else is an
  // answer.
  bool is_final = answer->code() == Code::AccessAccept || answer->code() == Code::AccountingResponse ||
                  answer->code() == Code::ProtocolError;
  if (kind_.code == Code::StatusServer && !is_final) {
    std::cerr << "radhost send: " << code_name(answer->code()) << " is no answer to Status-Server\n";
    return Judgement::Ignored;
  }
  int status = exit_status::done;
  switch (answer->code()) {
    case Code::AccessAccept:
    case Code::AccountingResponse:
    case Code::CoaAck:
    case Code::DisconnectAck: break;
    case Code::AccessChallenge: status = exit_status::challenge; break;
    default: status = exit_status::negative; break;
  }
  print(*answer, request);
  if (status == exit_status::done && !server_proves_itself(*answer, request)) {
    std::cerr << "radhost send: the server's MS-CHAP2-Success is missing or wrong: it does not know the password\n";
    status = exit_status::no_answer;
  }
  if (worst_ == exit_status::done) worst_ = status;
  return Judgement::Answer;
}

bool Sender::server_proves_itself(const Packet& answer, Sent& request) {
  if (method_ != PasswordMethod::MsChapV2) return true;
  const AttributeDefinition* success = dictionary_.find("MS-CHAP2-Success");
  ReceivedAttributes received;
  received.begin(answer.attribute_octets(), dictionary_.root(), nullptr);
  AttributeView view;
  bool found = success != nullptr && received.find(*success, view);
  return request.credentials->verify_server(found ? view.value : Octets());
}

void Sender::print(const Packet& answer, const Sent& request) {
  PacketTextKey key{secret_, request.authenticator, is_1_1_};
  auto pairs = print_packet(dictionary_, answer.octets(), key);
  for (const std::string& pair : *pairs) std::cout << pair << "\n";
  if (requests_.size() > 1) std::cout << "\n";
}

int send(const SendOptions& options) {
  auto usage = [](const std::string& reason) {
    std::cerr << "radhost send: " << reason << "\n";
    return exit_status::usage;
  };
  const ClientKind* kind = find_client_kind(options.kind);
  if (kind == nullptr) return usage("\"" + options.kind + "\" is none of access, accounting, coa, disconnect, status");
  if (std::string mistake = mistake_of(options); !mistake.empty()) return usage(mistake);
  auto server = options.transport.parse_server(options.to, *kind);
  if (!server) return usage("\"" + options.to + "\" is not an address, such as 127.0.0.1:1812");

  auto secret = options.transport.load_secret(options.secret);
  if (!secret.ok()) return usage(secret.error());
  auto dictionary = options.dictionary.load();
  Sender sender(options, *kind, *dictionary, secret->get());
  RadiusVersions versions = options.transport.versions();
  if (std::string reason = sender.prepare(options.pairs, versions); !reason.empty()) return usage(reason);
  if (options.transport.is_stream()) {
    auto connection = options.transport.connection(options.to, *server, options.timeout_ms);
    if (!connection.ok()) return usage(connection.error());
    return sender.run(*connection, options.parallel);
  }
  // RFC 5997 §4.1: a Status-Server is never retransmitted.
  uint32_t retries = kind->code == Code::StatusServer ? 0 : options.retries;
  return sender.run({*server, options.timeout_ms, retries, options.parallel});
}

}  // namespace

Run add_send(CLI::App& program) {
  CLI::App* command = program.add_subcommand("send", "ask a server, and print its answer");
  auto options = std::make_shared<SendOptions>(*command);
  return [options] { return send(*options); };
}

}  // namespace radhost
