// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/commands.h"
#include "cli/dictionary_option.h"
#include "cli/exit_status.h"
#include "cli/packet_text.h"
#include "cli/secret_option.h"

namespace radhost {
namespace {

/// What `decode` and `encode` share.
struct CodecOptions {
  explicit CodecOptions(CLI::App& command) : dictionary(command), secret(command) {
    command.add_option("INPUT", input, "what to work on; -: standard input")->required();
    command.add_option("--request-authenticator", authenticator,
                       "of the request that an answer belongs to, hexadecimal");
    command.add_option("--authenticator", authenticator, "the request's, for hidden attributes of a bare list");
    command.add_option("--radius", radius_version, "1.0, or 1.1, where nothing is hidden or signed")
        ->check(CLI::IsMember({"1.0", "1.1"}));
    command.add_flag("--attributes", attributes, "a bare list of attributes, without a header");
    command.add_flag("--one-line", one_line, "pairs in one line, separated by commas");
  }

  std::string read_input() const {
    if (input != "-") return input;
    return {std::istreambuf_iterator<char>(std::cin), {}};
  }

  PacketTextKey key(const SharedSecret* shared_secret) const { return {shared_secret, {}, radius_version == "1.1"}; }

  /// Empty when the authenticator is right or absent.
  std::string read_authenticator(PacketTextKey& key) const {
    if (authenticator.empty()) return {};
    auto octets = from_hex(authenticator.starts_with("0x") ? authenticator.substr(2) : authenticator);
    if (!octets || octets->size() != Packet::authenticator_size) return "an authenticator is 16 octets in hexadecimal";
    key.request_authenticator.emplace();
    copy_octets(*key.request_authenticator, *octets);
    return {};
  }

  DictionaryOption dictionary;
  SecretOption secret;
  std::string input;
  std::string authenticator;
  std::string radius_version = "1.0";
  bool attributes = false;
  bool one_line = false;
};

int fail(std::string_view command, const std::string& reason, int status) {
  std::cerr << "radhost " << command << ": " << reason << "\n";
  return status;
}

int decode(const CodecOptions& options) {
  auto dictionary = options.dictionary.load();
  auto secret = options.secret.load();
  PacketTextKey key = options.key(secret.get());
  if (std::string reason = options.read_authenticator(key); !reason.empty())
    return fail("decode", reason, exit_status::usage);
  auto octets = from_hex(options.read_input());
  if (!octets) return fail("decode", "the input is not hexadecimal", exit_status::usage);

  auto pairs =
      options.attributes ? print_attributes(*dictionary, *octets, key) : print_packet(*dictionary, *octets, key);
  if (!pairs.ok()) return fail("decode", pairs.error(), exit_status::negative);
  std::string_view separator = options.one_line ? ", " : "\n";
  std::string text;
  for (const std::string& pair : *pairs) text.append(text.empty() ? "" : separator).append(pair);
  if (!text.empty()) std::cout << text << "\n";
  return exit_status::done;
}

int encode(const CodecOptions& options) {
  auto dictionary = options.dictionary.load();
  auto secret = options.secret.load();
  PacketTextKey key = options.key(secret.get());
  if (std::string reason = options.read_authenticator(key); !reason.empty())
    return fail("encode", reason, exit_status::usage);
  auto pairs = parse_pairs(options.read_input());
  if (!pairs.ok()) return fail("encode", pairs.error(), exit_status::negative);
  auto octets =
      options.attributes ? encode_attributes(*dictionary, *pairs, key) : encode_packet(*dictionary, *pairs, key);
  if (!octets.ok()) return fail("encode", octets.error(), exit_status::negative);
  std::cout << to_hex(*octets) << "\n";
  return exit_status::done;
}

}  // namespace

Run add_decode(CLI::App& program) {
  CLI::App* command = program.add_subcommand("decode", "a packet's octets, hexadecimal, as text");
  auto options = std::make_shared<CodecOptions>(*command);
  return [options] { return decode(*options); };
}

Run add_encode(CLI::App& program) {
  CLI::App* command = program.add_subcommand("encode", "text as a packet's octets, hexadecimal");
  auto options = std::make_shared<CodecOptions>(*command);
  return [options] { return encode(*options); };
}

}  // namespace radhost
