// SPDX-License-Identifier: Apache-2.0
#include "server/handover_messages.h"

#include <algorithm>
#include <concepts>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/reader.h"
#include "base/writer.h"

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;

std::string written(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// What `read` makes of the text; nothing where a member is missing, or is not what it should be.
template <class Read>
auto parsed(std::string_view text, Read read) -> std::optional<decltype(read(Json()))> {
  try {
    return read(Json::parse(text));
  } catch (const Json::exception&) {
    return std::nullopt;
  } catch (const std::out_of_range&) {
    return std::nullopt;
  }
}

/// Becomes a whole number that the type it becomes can hold. JSON's own conversion takes any number, cut to fit.
struct Whole {
  const Json& json;

  template <std::integral Number>
  operator Number() const {
    bool is_one = json.is_number_unsigned();
    if (!is_one || json.get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<Number>::max()))
      throw std::out_of_range("no such number");
    return static_cast<Number>(json.get<uint64_t>());
  }
};

KeyedHash::Key key_of(const Json& json) {
  KeyedHash::Key key{};
  if (!json.is_array() || json.size() != key.size()) throw std::out_of_range("no key");
  for (size_t i = 0; i < key.size(); ++i) key[i] = Whole{json[i]};
  return key;
}

Json address_json(const SocketAddress& address) {
  return {{"address", address.to_text()}, {"scope", address.scope_id}};
}

/// One that is none is 0.0.0.0:0, which nothing is bound to.
SocketAddress address_of(const Json& json) {
  SocketAddress address = SocketAddress::parse(json.at("address").get<std::string>()).value_or(SocketAddress());
  address.scope_id = Whole{json.at("scope")};
  return address;
}

/// Servers that had no other said nothing.
Transport transport_of(const Json& json) {
  std::string word = json.value("transport", std::string(transport_word(Transport::Udp)));
  auto known = std::find(transport_words.begin(), transport_words.end(), word);
  return known == transport_words.end() ? Transport::Udp : static_cast<Transport>(known - transport_words.begin());
}

/// Servers that did not hand it on said nothing.
ServiceManager service_manager_of(const Json& offer) {
  ServiceManager manager{offer.value("notify_socket", std::string())};
  auto time = offer.find("watchdog_us");
  int64_t time_us = time == offer.end() || time->is_null() ? 0 : static_cast<int64_t>(Whole{*time});
  if (time_us > 0) manager.watchdog = std::chrono::microseconds(time_us);
  return manager;
}

}  // namespace

std::string HandoverHello::to_text() const { return written({{"version", version}, {"program", program}}); }

std::optional<HandoverHello> HandoverHello::parse(std::string_view text) {
  return parsed(text, [](const Json& json) { return HandoverHello{Whole{json.at("version")}, json.at("program")}; });
}

std::string HandoverOffer::to_text() const {
  Json open = Json::array();
  for (const OpenAddress& address : addresses)
    open.push_back({{"listener", address.name},
                    {"configured", address_json(address.configured)},
                    {"bound", address_json(address.bound)},
                    {"receive_buffer", address.receive_buffer},
                    {"transport", transport_word(address.transport)}});
  return written({{"program", program},
                  {"pid", pid},
                  {"workers", workers},
                  {"epoch", epoch},
                  {"addresses", open},
                  {"control", control},
                  {"metrics", metrics},
                  {"notify_socket", service_manager.socket},
                  {"watchdog_us", service_manager.watchdog ? Json(service_manager.watchdog->count()) : Json()}});
}

std::optional<HandoverOffer> HandoverOffer::parse(std::string_view text) {
  return parsed(text, [](const Json& json) {
    HandoverOffer offer{json.at("program"),      Whole{json.at("pid")}, Whole{json.at("workers")},
                        Whole{json.at("epoch")}, {},                    json.at("control"),
                        json.at("metrics"),     service_manager_of(json)};
    for (const Json& open : json.at("addresses"))
      offer.addresses.push_back({0, open.at("listener"), address_of(open.at("configured")),
                                 address_of(open.at("bound")), Whole{open.at("receive_buffer")}, transport_of(open)});
    return offer;
  });
}

std::string HandoverSockets::to_text() const {
  Json sockets = Json::array();
  for (const HandoverSocket& socket : by_worker)
    sockets.push_back({{"hash", socket.hash ? Json(*socket.hash) : Json()}, {"dropped", socket.dropped}});
  return written(sockets);
}

std::optional<HandoverSockets> HandoverSockets::parse(std::string_view text) {
  return parsed(text, [](const Json& json) {
    HandoverSockets sockets;
    for (const Json& socket : json) {
      const Json& hash = socket.at("hash");
      sockets.by_worker.push_back(
          {hash.is_null() ? std::nullopt : std::optional(key_of(hash)), Whole{socket.at("dropped")}});
    }
    return sockets;
  });
}

std::string HandoverWishes::to_text() const {
  Json taken = Json::array();
  for (const Endpoint& endpoint : addresses) {
    Json& json = taken.emplace_back(address_json(endpoint.address));
    json["is_stream"] = endpoint.is_stream;
  }
  return written({{"addresses", taken}, {"control", control}, {"metrics", metrics}});
}

std::optional<HandoverWishes> HandoverWishes::parse(std::string_view text) {
  return parsed(text, [](const Json& json) {
    HandoverWishes wishes{{}, json.at("control"), json.at("metrics")};
    for (const Json& address : json.at("addresses"))
      wishes.addresses.push_back({address_of(address), address.value("is_stream", false)});
    return wishes;
  });
}

// The worker's number; then for each address its text and its records, each after its size.

std::vector<uint8_t> HandoverRecords::to_octets() const {
  std::vector<uint8_t> octets(2);
  put_uint16be(octets, static_cast<uint16_t>(worker));
  for (const auto& [address, told] : records) {
    if (told.empty()) continue;
    std::string name = written(address_json(address));
    size_t begin = octets.size();
    octets.resize(begin + 2 + name.size() + 4 + told.size());
    Writer writer(MutableOctets(octets).subspan(begin));
    writer.put_uint16(static_cast<uint16_t>(name.size()));
    writer.put(octets_of(name));
    writer.put_uint32(static_cast<uint32_t>(told.size()));
    writer.put(told);
  }
  return octets;
}

std::optional<HandoverRecords> HandoverRecords::parse(Octets octets) {
  Reader reader(octets);
  HandoverRecords parsed_records;
  parsed_records.worker = reader.take_uint16();
  while (reader.ok() && !reader.at_end()) {
    Octets name = reader.take(reader.take_uint16());
    Octets told = reader.take(reader.take_uint32());
    auto address = parsed(text_of(name), address_of);
    if (!reader.ok() || !address) return std::nullopt;
    parsed_records.records[*address].assign(told.begin(), told.end());
  }
  if (!reader.ok()) return std::nullopt;
  return parsed_records;
}

}  // namespace radhost
