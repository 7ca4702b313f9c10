// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "plugin/host_table.h"
#include "plugin/instance.h"

namespace radhost {
namespace {

/// A value by its key, while `create` runs.
struct Found {
  Instance* instance = nullptr;
  const ConfigValue* value = nullptr;
  radius_status_t status = RADIUS_OK;
};

Found find(radius_instance_t* instance, radius_text_t key) {
  if (instance == nullptr) return {nullptr, nullptr, RADIUS_ERR_INVALID};
  auto& asked = *static_cast<Instance*>(instance);
  if (!asked.is_creating()) return {&asked, nullptr, RADIUS_ERR_STATE};
  const ConfigValue* value = asked.find_key(to_view(key));
  return {&asked, value, value == nullptr ? RADIUS_ERR_NOT_FOUND : RADIUS_OK};
}

/// The value as T; another type is reported where it stands.
template <class T>
radius_status_t get(radius_instance_t* instance, radius_text_t key, std::string_view wanted, const T*& value) {
  Found found = find(instance, key);
  if (found.status != RADIUS_OK) return found.status;
  value = std::get_if<T>(&found.value->value);
  if (value != nullptr) return RADIUS_OK;
  found.instance->reject(found.value->position,
                         std::string(wanted) + " is expected here, not " + std::string(found.value->type_name()));
  return RADIUS_ERR_TYPE;
}

radius_config_type_t type_of(radius_instance_t* instance, radius_text_t key) {
  constexpr radius_config_type_t types[] = {RADIUS_CONFIG_TABLE,   RADIUS_CONFIG_ARRAY, RADIUS_CONFIG_TEXT,
                                            RADIUS_CONFIG_INTEGER, RADIUS_CONFIG_REAL,  RADIUS_CONFIG_BOOLEAN};
  Found found = find(instance, key);
  return found.value == nullptr ? RADIUS_CONFIG_ABSENT : types[found.value->value.index()];
}

radius_status_t text(radius_instance_t* instance, radius_text_t key, radius_text_t* value) {
  const std::string* found = nullptr;
  if (value == nullptr) return RADIUS_ERR_INVALID;
  radius_status_t status = get(instance, key, "text", found);
  if (status == RADIUS_OK) *value = to_text(*found);
  return status;
}

radius_status_t integer(radius_instance_t* instance, radius_text_t key, int64_t* value) {
  const int64_t* found = nullptr;
  if (value == nullptr) return RADIUS_ERR_INVALID;
  radius_status_t status = get(instance, key, "an integer", found);
  if (status == RADIUS_OK) *value = *found;
  return status;
}

radius_status_t real(radius_instance_t* instance, radius_text_t key, double* value) {
  if (value == nullptr) return RADIUS_ERR_INVALID;
  // 3 is a number too.
  if (type_of(instance, key) == RADIUS_CONFIG_INTEGER) {
    int64_t whole = 0;
    radius_status_t status = integer(instance, key, &whole);
    *value = static_cast<double>(whole);
    return status;
  }
  const double* found = nullptr;
  radius_status_t status = get(instance, key, "a number", found);
  if (status == RADIUS_OK) *value = *found;
  return status;
}

radius_status_t boolean(radius_instance_t* instance, radius_text_t key, int32_t* value) {
  const bool* found = nullptr;
  if (value == nullptr) return RADIUS_ERR_INVALID;
  radius_status_t status = get(instance, key, "true or false", found);
  if (status == RADIUS_OK) *value = *found ? 1 : 0;
  return status;
}

radius_status_t secret_from_file(Instance& instance, const ConfigValue& place, const std::string& path,
                                 radius_text_t* value) {
  instance.depend(instance.resolve_path(path));
  std::ifstream stream(instance.resolve_path(path), std::ios::binary);
  std::string line;
  if (!stream || !std::getline(stream, line) || line.empty()) {
    instance.reject(place.position, "cannot read a secret from \"" + path + "\"");
    return RADIUS_ERR_IO;
  }
  *value = to_text(instance.keep_text(std::move(line)));
  return RADIUS_OK;
}

radius_status_t secret(radius_instance_t* instance, radius_text_t key, radius_text_t* value) {
  radius_status_t status = text(instance, key, value);
  if (status != RADIUS_ERR_NOT_FOUND) return status;
  std::string name(to_view(key));
  radius_text_t place{};
  std::string file_key = name + "_file";
  status = text(instance, to_text(file_key), &place);
  auto& asked = *static_cast<Instance*>(instance);
  if (status == RADIUS_OK)
    return secret_from_file(asked, *asked.find_key(file_key), std::string(to_view(place)), value);
  if (status != RADIUS_ERR_NOT_FOUND) return status;
  std::string env_key = name + "_env";
  status = text(instance, to_text(env_key), &place);
  if (status != RADIUS_OK) return status;
  const char* found = std::getenv(std::string(to_view(place)).c_str());
  if (found == nullptr || *found == 0) {
    asked.reject(asked.find_key(env_key)->position, "the environment has no \"" + std::string(to_view(place)) + "\"");
    return RADIUS_ERR_NOT_FOUND;
  }
  *value = to_text(asked.keep_text(found));
  return RADIUS_OK;
}

uint64_t count(radius_instance_t* instance, radius_text_t key) {
  Found found = find(instance, key);
  if (found.value == nullptr) return 0;
  if (const ConfigValue::Array* array = found.value->array()) return array->size();
  if (const ConfigValue::Table* table = found.value->table()) return table->size();
  return 0;
}

radius_status_t member(radius_instance_t* instance, radius_text_t key, uint64_t index, radius_text_t* name) {
  Found found = find(instance, key);
  if (found.status != RADIUS_OK || name == nullptr) return name == nullptr ? RADIUS_ERR_INVALID : found.status;
  const ConfigValue::Table* table = found.value->table();
  if (table == nullptr) return RADIUS_ERR_TYPE;
  if (index >= table->size()) return RADIUS_ERR_NOT_FOUND;
  *name = to_text((*table)[static_cast<size_t>(index)].first);
  return RADIUS_OK;
}

struct ToJson {
  nlohmann::ordered_json operator()(const ConfigValue::Table& table) const {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (auto& [key, value] : table) {
      value.was_read = true;
      object[key] = std::visit(*this, value.value);
    }
    return object;
  }
  nlohmann::ordered_json operator()(const ConfigValue::Array& array) const {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const ConfigValue& element : array) list.push_back(std::visit(*this, element.value));
    return list;
  }
  template <class Scalar>
  nlohmann::ordered_json operator()(const Scalar& scalar) const {
    return scalar;
  }
};

radius_status_t json(radius_instance_t* instance, radius_text_t key, radius_text_t* value) {
  Found found = find(instance, key);
  if (found.status != RADIUS_OK || value == nullptr) return value == nullptr ? RADIUS_ERR_INVALID : found.status;
  nlohmann::ordered_json converted = std::visit(ToJson{}, found.value->value);
  auto replace = nlohmann::ordered_json::error_handler_t::replace;
  *value = to_text(found.instance->keep_text(converted.dump(-1, ' ', false, replace)));
  return RADIUS_OK;
}

void reject(radius_instance_t* instance, radius_text_t key, radius_text_t message) {
  Found found = find(instance, key);
  if (found.instance == nullptr) return;
  const Position& position = found.value != nullptr ? found.value->position : found.instance->config_position();
  found.instance->reject(position, std::string(to_view(message)));
}

void reject_at(radius_instance_t* instance, radius_text_t file, uint32_t line, uint32_t column, radius_text_t message) {
  if (instance == nullptr) return;
  Position position{std::make_shared<const std::string>(to_view(file)), line, column};
  static_cast<Instance*>(instance)->reject(position, std::string(to_view(message)));
}

radius_status_t depend(radius_instance_t* instance, radius_text_t path, radius_text_t* resolved) {
  if (instance == nullptr || path.length == 0) return RADIUS_ERR_INVALID;
  auto& asked = *static_cast<Instance*>(instance);
  if (!asked.is_creating()) return RADIUS_ERR_STATE;
  std::string absolute = asked.resolve_path(to_view(path));
  asked.depend(absolute);
  if (resolved != nullptr) *resolved = to_text(asked.keep_text(std::move(absolute)));
  return RADIUS_OK;
}

radius_status_t path(radius_instance_t* instance, radius_text_t key, radius_text_t* value) {
  radius_status_t status = text(instance, key, value);
  if (status != RADIUS_OK) return status;
  auto& asked = *static_cast<Instance*>(instance);
  *value = to_text(asked.keep_text(asked.resolve_path(to_view(*value))));
  return RADIUS_OK;
}

}  // namespace

const radius_config_v1_t& config_table() {
  static constexpr radius_config_v1_t table{sizeof table,       0,
                                            guarded<type_of>,   guarded<text>,
                                            guarded<integer>,   guarded<real>,
                                            guarded<boolean>,   guarded<secret>,
                                            guarded<count>,     guarded<member>,
                                            guarded<json>,      guarded<reject>,
                                            guarded<reject_at>, guarded<depend>,
                                            guarded<path>};
  return table;
}

}  // namespace radhost
