// SPDX-License-Identifier: Apache-2.0
#include "cli/client_kind.h"

namespace radhost {
namespace {

constexpr ClientKind kinds[] = {{"access", Code::AccessRequest, 1812},
                                {"accounting", Code::AccountingRequest, 1813},
                                {"coa", Code::CoaRequest, 3799},
                                {"disconnect", Code::DisconnectRequest, 3799},
                                {"status", Code::StatusServer, 1812}};

}  // namespace

const ClientKind* find_client_kind(std::string_view word) {
  for (const ClientKind& kind : kinds)
    if (kind.word == word) return &kind;
  return nullptr;
}

std::optional<SocketAddress> parse_server(const std::string& text, uint16_t default_port) {
  if (auto both = SocketAddress::parse(text)) return both;
  std::string host =
      text.size() > 2 && text.front() == '[' && text.back() == ']' ? text.substr(1, text.size() - 2) : text;
  if (host == "localhost") host = "127.0.0.1";
  if (auto address = IpAddress::parse(host)) return SocketAddress{*address, default_port};
  size_t colon = text.rfind(':');
  if (text.substr(0, colon) == "localhost" && colon != std::string::npos)
    return SocketAddress::parse("127.0.0.1" + text.substr(colon));
  return std::nullopt;
}

}  // namespace radhost
