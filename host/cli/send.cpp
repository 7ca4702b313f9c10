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
#include "cli/udp_client.h"
#include "packet/received_attributes.h"

namespace radhost {
namespace {

struct SendOptions {
  explicit SendOptions(CLI::App& command);

  DictionaryOption dictionary;
  SecretOption secret;
  std::string kind;
  std::vector<std::string> pairs;
  std::string to = "127.0.0.1";
  std::string radius_version = "1.0";
  std::string eap;
  std::vector<std::string> tls_files;
  bool udp = false, tcp = false, tls = false, dtls = false;
  bool chap = false, mschapv2 = false;
  uint32_t timeout_ms = 3000;
  uint32_t retries = 2;
  size_t count = 1;
  size_t parallel = 1;
};

SendOptions::SendOptions(CLI::App& command) : dictionary(command), secret(command) {
  command.add_option("KIND", kind, "access, accounting, coa, disconnect or status")->required();
  command.add_option("ATTR=VALUE", pairs, "attributes, each as one argument");
  command.add_option("--to", to, "HOST[:PORT]; 127.0.0.1 and the kind's port");
  command.add_flag("--udp", udp, "over UDP, which is the default");
  command.add_flag("--tcp", tcp, "over TCP (not built yet)");
  command.add_flag("--tls", tls, "over TLS (not built yet)");
  command.add_flag("--dtls", dtls, "over DTLS (not built yet)");
  command.add_option("--radius", radius_version, "1.0; 1.1 is not built yet");
  command.add_option("--cert,--key,--ca,--psk", tls_files, "for TLS (not built yet)");
  auto* chap_flag = command.add_flag("--chap", chap, "send User-Password as CHAP-Password");
  command.add_flag("--mschapv2", mschapv2, "send User-Password as MS-CHAP2-Response")->excludes(chap_flag);
  command.add_option("--eap", eap, "speak this EAP method (not built yet)");
  command.add_option("--timeout-ms", timeout_ms, "how long each transmission waits")->check(CLI::Range(1, 600000));
  command.add_option("--retries", retries, "retransmissions")->check(CLI::Range(0, 100));
  command.add_option("--count", count, "how many requests")->check(CLI::Range(1, 1000000));
  command.add_option("--parallel", parallel, "how many at once")->check(CLI::Range(1, 256));
}

/// What is asked for and not there; empty when all is.
std::string not_built(const SendOptions& options) {
  if (options.tcp) return "--tcp";
  if (options.tls || !options.tls_files.empty()) return "--tls";
  if (options.dtls) return "--dtls";
  if (options.radius_version != "1.0") return "--radius " + options.radius_version;
  if (!options.eap.empty()) return "--eap";
  return {};
}

/// One run of the command: what is sent, what came back, and what that means for the exit status.
class Sender {
 public:
  Sender(const SendOptions& options, const ClientKind& kind, Dictionary& dictionary, const SharedSecret& secret)
      : kind_(kind),
        dictionary_(dictionary),
        secret_(secret),
        method_(options.chap       ? PasswordMethod::Chap
                : options.mschapv2 ? PasswordMethod::MsChapV2
                                   : PasswordMethod::Pap),
        requests_(options.count) {
    for (auto& request : requests_) request.credentials = std::make_unique<Credentials>(method_);
  }

  std::string prepare(const std::vector<std::string>& arguments);
  int run(const UdpClient::Options& options);

 private:
  struct Sent {
    Authenticator authenticator{};
    std::unique_ptr<Credentials> credentials;
  };
  std::string encode(Sent& request, uint8_t identifier, std::vector<uint8_t>& octets);
  bool is_given(std::string_view name) const;
  bool take(size_t number, Octets octets);
  bool server_proves_itself(const Packet& answer, Sent& request);
  void print(const Packet& answer, const Sent& request);

  const ClientKind& kind_;
  Dictionary& dictionary_;
  const SharedSecret& secret_;
  PasswordMethod method_;
  std::vector<Pair> pairs_;
  std::vector<Sent> requests_;
  int worst_ = exit_status::done;
};

/// Takes the arguments apart, and encodes once to find mistakes before anything is sent.
std::string Sender::prepare(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    auto parsed = parse_pairs(argument);
    if (!parsed.ok()) return argument + ": " + parsed.error();
    for (Pair& pair : *parsed) pairs_.push_back(std::move(pair));
  }
  std::vector<uint8_t> trial;
  return encode(requests_[0], 0, trial);
}

std::string Sender::encode(Sent& request, uint8_t identifier, std::vector<uint8_t>& octets) {
  std::vector<Pair> pairs{{"Packet-Type", AttributeView::no_tag, std::string(code_name(kind_.code))},
                          {"Packet-Id", AttributeView::no_tag, std::to_string(identifier)}};
  // CVE-2024-3596: first, in every request that may carry one (RFC 3579 §3.3 forbids it in accounting).
  if (kind_.code != Code::AccountingRequest && !is_given("Message-Authenticator"))
    pairs.push_back({"Message-Authenticator", AttributeView::no_tag, "0x00"});
  pairs.insert(pairs.end(), pairs_.begin(), pairs_.end());
  // RFC 2865 §4.1, RFC 2866 §4.1, RFC 5997 §3: a request says which NAS it comes from.
  bool from_nas = kind_.code != Code::CoaRequest && kind_.code != Code::DisconnectRequest;
  if (from_nas && !is_given("NAS-IP-Address") && !is_given("NAS-IPv6-Address") && !is_given("NAS-Identifier"))
    pairs.push_back({"NAS-Identifier", AttributeView::no_tag, "radhost"});
  if (std::string reason = request.credentials->replace(dictionary_, pairs); !reason.empty()) return reason;
  PacketTextKey key{&secret_, {}};
  auto encoded = encode_packet(dictionary_, pairs, key);
  if (!encoded.ok()) return encoded.error();
  octets = std::move(*encoded);
  copy_octets(request.authenticator, Octets(octets).subspan(Packet::authenticator_offset, Packet::authenticator_size));
  return {};
}

bool Sender::is_given(std::string_view name) const {
  return std::any_of(pairs_.begin(), pairs_.end(), [&](const Pair& pair) { return NameEqual{}(pair.name, name); });
}

int Sender::run(const UdpClient::Options& options) {
  UdpClient client(options);
  auto make = [&](size_t number, uint8_t identifier) {
    std::vector<uint8_t> octets;
    encode(requests_[number], identifier, octets);  // prepare() found what could go wrong
    return octets;
  };
  auto unanswered =
      client.exchange(requests_.size(), make, [&](size_t number, Octets octets) { return take(number, octets); });
  if (unanswered.empty()) return worst_;
  std::cerr << "radhost send: no valid answer from " << options.server.to_text();
  if (requests_.size() > 1) std::cerr << " to " << unanswered.size() << " of " << requests_.size() << " requests";
  std::cerr << "\n";
  return exit_status::no_answer;
}

bool Sender::take(size_t number, Octets octets) {
  Sent& request = requests_[number];
  auto answer = Packet::decode(octets);
  bool valid = answer.ok() && verify_response_authenticator(*answer, request.authenticator, secret_);
  if (valid && answer->has(attribute_type::message_authenticator))
    valid = verify_response_message_authenticator(*answer, request.authenticator, secret_);
  if (!valid) {
    std::cerr << "radhost send: an answer is not valid (is the secret right?)\n";
    return false;
  }
  // RFC 5997 §4.1: these two say that the server lives; nothing else is an answer.
  bool says_alive = answer->code() == Code::AccessAccept || answer->code() == Code::AccountingResponse;
  if (kind_.code == Code::StatusServer && !says_alive) {
    std::cerr << "radhost send: " << code_name(answer->code()) << " is no answer to Status-Server\n";
    return false;
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
  return true;
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
  PacketTextKey key{&secret_, request.authenticator};
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
  if (std::string missing = not_built(options); !missing.empty()) return usage(missing + ": not built yet");
  if (kind == nullptr) return usage("\"" + options.kind + "\" is none of access, accounting, coa, disconnect, status");
  auto server = parse_server(options.to, kind->port);
  if (!server) return usage("\"" + options.to + "\" is not an address, such as 127.0.0.1:1812");

  auto secret = options.secret.load();
  if (secret == nullptr) return usage("the secret is needed: --secret, --secret-file or RADHOST_SECRET");
  auto dictionary = options.dictionary.load();
  Sender sender(options, *kind, *dictionary, *secret);
  if (std::string reason = sender.prepare(options.pairs); !reason.empty()) return usage(reason);
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
