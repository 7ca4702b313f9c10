// SPDX-License-Identifier: Apache-2.0
#include "dictionary/parser.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace radhost {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string_view>;

constexpr size_t include_depth_max = 16;

Words split(std::string_view line, std::string_view blanks) {
  Words words;
  for (size_t at = line.find_first_not_of(blanks); at != std::string_view::npos;) {
    size_t end = std::min(line.find_first_of(blanks, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(blanks, end);
  }
  return words;
}

/// Decimal, or hexadecimal behind 0x.
std::optional<uint64_t> parse_number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Numbers joined by dots, as in 241.26.9.1.
std::optional<std::vector<uint32_t>> parse_path(std::string_view text) {
  std::vector<uint32_t> path;
  while (true) {
    size_t dot = text.find('.');
    auto number = parse_number(text.substr(0, dot));
    if (!number || *number > UINT32_MAX) return std::nullopt;
    path.push_back(static_cast<uint32_t>(*number));
    if (dot == std::string_view::npos) return path;
    text.remove_prefix(dot + 1);
  }
}

/// Names of data types beside the dictionary's own words.
std::optional<DataType> data_type_of(std::string_view word) {
  static constexpr std::pair<std::string_view, DataType> synonyms[] = {
      {"text", DataType::Text},           {"uint8", DataType::Uint8},       {"uint16", DataType::Uint16},
      {"uint32", DataType::Uint32},       {"uint64", DataType::Uint64},     {"int32", DataType::Int32},
      {"time", DataType::Time},           {"ethernet", DataType::Ethernet}, {"combo-ip", DataType::ComboIp},
      {"ipv4addr", DataType::Ipv4Address}};
  for (auto& [synonym, type] : synonyms)
    if (synonym == word) return type;
  if (word == "vendor") return std::nullopt;
  return data_type_by_word(word);
}

/// `format=2,1` or, with a continuation octet, `format=1,1,c`.
std::optional<VendorFormat> parse_format(std::string_view word) {
  constexpr std::string_view key = "format=";
  if (!word.starts_with(key)) return std::nullopt;
  Words sizes = split(word.substr(key.size()), ",");
  bool continued = sizes.size() == 3 && sizes[2] == "c";
  if (sizes.size() != 2 && !continued) return std::nullopt;
  uint64_t type_octets = parse_number(sizes[0]).value_or(0);
  uint64_t length_octets = parse_number(sizes[1]).value_or(3);
  bool right = (type_octets == 1 || type_octets == 2 || type_octets == 4) && length_octets <= 2;
  if (!right) return std::nullopt;
  return VendorFormat{static_cast<uint8_t>(type_octets), static_cast<uint8_t>(length_octets), continued};
}

class Parser {
 public:
  explicit Parser(Dictionary& dictionary) : dictionary_(dictionary) {}

  void parse_file(const fs::path& path);
  void parse_text(std::string_view text, const std::string& name);
  void resolve_pending_values();
  std::vector<DictionaryError> take_errors() { return std::move(errors_); }

 private:
  /// What BEGIN-VENDOR and BEGIN-TLV opened, and where.
  struct Block {
    AttributeDefinition* space;
    bool is_vendor;
    std::string_view end_word;
    std::string name;
    unsigned line;
  };
  struct PendingValue {
    std::string attribute;
    std::string name;
    uint64_t value;
    std::string file;
    unsigned line;
  };

  void parse_line(std::string_view line);
  void parse_attribute(const Words& words);
  bool parse_type(std::string_view word, AttributeDefinition& definition);
  bool parse_flags(std::string_view words, AttributeDefinition& definition);
  void parse_value(const Words& words);
  void parse_vendor(const Words& words);
  void begin_vendor(const Words& words);
  void begin_tlv(const Words& words);
  void end_block(const Words& words, bool is_vendor);
  void include(const Words& words, bool may_be_missing);
  AttributeDefinition& space() { return blocks_.empty() ? dictionary_.mutable_root() : *blocks_.back().space; }
  void fail(std::string message) { errors_.push_back({file_, line_, std::move(message)}); }

  Dictionary& dictionary_;
  std::vector<DictionaryError> errors_;
  std::vector<PendingValue> pending_;
  std::vector<fs::path> open_files_;
  std::vector<Block> blocks_;
  bool all_internal_ = false;  // FLAGS internal, to the end of the file
  std::string file_;
  unsigned line_ = 0;
};

void Parser::parse_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return fail("cannot read " + path.string());
  std::ostringstream content;
  content << stream.rdbuf();

  open_files_.push_back(path);
  parse_text(content.str(), path.string());
  open_files_.pop_back();
}

void Parser::parse_text(std::string_view text, const std::string& name) {
  std::string outer_file = std::exchange(file_, name);
  unsigned outer_line = std::exchange(line_, 0);
  bool outer_internal = std::exchange(all_internal_, false);
  std::vector<Block> outer_blocks = std::exchange(blocks_, {});

  while (!text.empty()) {
    ++line_;
    size_t end = text.find('\n');
    parse_line(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  for (const Block& block : blocks_) {
    line_ = block.line;
    fail("\"" + block.name + "\" is begun here and has no " + std::string(block.end_word));
  }
  file_ = std::move(outer_file);
  line_ = outer_line;
  all_internal_ = outer_internal;
  blocks_ = std::move(outer_blocks);
}

void Parser::parse_line(std::string_view line) {
  line = line.substr(0, line.find('#'));
  Words words = split(line, " \t\r");
  if (words.empty()) return;
  std::string_view word = words[0];
  if (word == "ATTRIBUTE") return parse_attribute(words);
  if (word == "VALUE") return parse_value(words);
  if (word == "VENDOR") return parse_vendor(words);
  if (word == "BEGIN-VENDOR") return begin_vendor(words);
  if (word == "END-VENDOR") return end_block(words, true);
  if (word == "BEGIN-TLV") return begin_tlv(words);
  if (word == "END-TLV") return end_block(words, false);
  if (word == "$INCLUDE") return include(words, false);
  if (word == "$INCLUDE-") return include(words, true);
  if (word == "FLAGS" && words.size() == 2 && words[1] == "internal") {
    all_internal_ = true;
    return;
  }
  fail("\"" + std::string(word) + "\" is not a word of this format");
}

void Parser::parse_attribute(const Words& words) {
  if (words.size() < 4 || words.size() > 5)
    return fail("ATTRIBUTE takes a name, a number, a data type and perhaps flags");
  auto path = parse_path(words[2]);
  if (!path) return fail("\"" + std::string(words[2]) + "\" is not an attribute number");
  AttributeDefinition definition;
  definition.internal = all_internal_;
  if (!parse_type(words[3], definition)) return;

  AttributeDefinition* parent = &space();
  if (words.size() == 5) {
    // An older form names the vendor here.
    auto vendor = dictionary_.vendor_by_name(words[4]);
    if (vendor) parent = dictionary_.vendor_space(*vendor, nullptr);
    else if (!parse_flags(words[4], definition)) return;
  }
  if (std::string reason = dictionary_.add_attribute(*parent, *path, words[1], std::move(definition)); !reason.empty())
    fail(std::move(reason));
}

bool Parser::parse_type(std::string_view word, AttributeDefinition& definition) {
  size_t bracket = word.find('[');
  if (bracket != std::string_view::npos && word.back() == ']') {
    auto size = parse_number(word.substr(bracket + 1, word.size() - bracket - 2));
    if (!size || *size == 0 || *size > 253 || word.substr(0, bracket) != "octets") {
      fail("\"" + std::string(word) + "\" is not octets of a size from 1 to 253");
      return false;
    }
    definition.exact_size = static_cast<uint16_t>(*size);
    word = word.substr(0, bracket);
  }
  auto type = data_type_of(word);
  if (!type) {
    fail("\"" + std::string(word) + "\" is not a data type");
    return false;
  }
  definition.type = *type;
  return true;
}

bool Parser::parse_flags(std::string_view flags, AttributeDefinition& definition) {
  for (std::string_view flag : split(flags, ",")) {
    if (flag == "has_tag" || flag == "has_tag=1") definition.tagged = true;
    else if (flag == "encrypt=1") definition.hiding = Hiding::UserPassword;
    else if (flag == "encrypt=2") definition.hiding = Hiding::TunnelPassword;
    else if (flag == "encrypt=3") definition.hiding = Hiding::AscendSecret;
    else if (flag == "concat") definition.concat = true;
    else if (flag == "array") definition.array = true;
    else if (flag == "internal") definition.internal = true;
    else if (flag == "virtual") definition.internal = true;
    else {
      fail("\"" + std::string(flag) + "\" is not a flag");
      return false;
    }
  }
  bool may_be_tagged = definition.type == DataType::Uint32 || definition.type == DataType::Text ||
                       definition.type == DataType::OctetString;
  if (definition.tagged && !may_be_tagged) {
    fail("has_tag is for integers, text and octets alone");
    return false;
  }
  return true;
}

void Parser::parse_value(const Words& words) {
  if (words.size() != 4) return fail("VALUE takes an attribute, a name and a number");
  auto value = parse_number(words[3]);
  if (!value) return fail("\"" + std::string(words[3]) + "\" is not a number");
  const AttributeDefinition* attribute = dictionary_.find(words[1]);
  if (attribute == nullptr) {
    pending_.push_back({std::string(words[1]), std::string(words[2]), *value, file_, line_});
    return;
  }
  if (std::string reason = dictionary_.add_value(*attribute, words[2], *value); !reason.empty())
    fail(std::move(reason));
}

/// Values may come before their attribute, as long as that comes at all.
void Parser::resolve_pending_values() {
  for (const PendingValue& value : pending_) {
    file_ = value.file;
    line_ = value.line;
    const AttributeDefinition* attribute = dictionary_.find(value.attribute);
    std::string reason = attribute == nullptr ? "there is no attribute \"" + value.attribute + "\""
                                              : dictionary_.add_value(*attribute, value.name, value.value);
    if (!reason.empty()) fail(std::move(reason));
  }
}

void Parser::parse_vendor(const Words& words) {
  if (words.size() < 3 || words.size() > 4) return fail("VENDOR takes a name, a number and perhaps a format");
  uint64_t number = parse_number(words[2]).value_or(0);
  if (number == 0 || number > UINT32_MAX) return fail("\"" + std::string(words[2]) + "\" is not a vendor number");
  std::optional<VendorFormat> format = words.size() == 4 ? parse_format(words[3]) : VendorFormat{};
  if (!format) return fail("\"" + std::string(words[3]) + "\" is not a format, such as format=1,1");
  std::string reason = dictionary_.add_vendor(words[1], static_cast<uint32_t>(number), *format);
  if (!reason.empty()) fail(std::move(reason));
}

void Parser::begin_vendor(const Words& words) {
  constexpr std::string_view parent_word = "parent=";
  if (words.size() < 2 || words.size() > 3) return fail("BEGIN-VENDOR takes a vendor and perhaps a parent");
  auto vendor = dictionary_.vendor_by_name(words[1]);
  if (!vendor) return fail("there is no vendor \"" + std::string(words[1]) + "\"");
  const AttributeDefinition* evs = nullptr;
  if (words.size() == 3) {
    std::string_view name = words[2].starts_with(parent_word) ? words[2].substr(parent_word.size()) : words[2];
    evs = dictionary_.find(name);
    if (evs == nullptr || evs->type != DataType::Evs)
      return fail("\"" + std::string(name) + "\" is not an attribute of data type evs");
  }
  AttributeDefinition* vendor_space = dictionary_.vendor_space(*vendor, evs);
  blocks_.push_back({vendor_space, true, "END-VENDOR", std::string(words[1]), line_});
}

void Parser::begin_tlv(const Words& words) {
  if (words.size() != 2) return fail("BEGIN-TLV takes an attribute");
  AttributeDefinition* tlv = dictionary_.find_mutable(words[1]);
  if (tlv == nullptr || tlv->type != DataType::Tlv)
    return fail("\"" + std::string(words[1]) + "\" is not an attribute of data type tlv");
  blocks_.push_back({tlv, false, "END-TLV", std::string(words[1]), line_});
}

void Parser::end_block(const Words& words, bool is_vendor) {
  bool matches = words.size() == 2 && !blocks_.empty() && blocks_.back().is_vendor == is_vendor &&
                 NameEqual{}(blocks_.back().name, words[1]);
  if (!matches) return fail("this ends what was not begun");
  blocks_.pop_back();
}

void Parser::include(const Words& words, bool may_be_missing) {
  if (words.size() != 2) return fail("$INCLUDE takes a file");
  if (open_files_.empty()) return fail("there is no folder to include from");
  fs::path path = fs::path(words[1]).is_absolute() ? fs::path(words[1]) : open_files_.back().parent_path() / words[1];
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    if (!may_be_missing) fail("there is no file " + path.string());
    return;
  }
  bool cycle = std::any_of(open_files_.begin(), open_files_.end(),
                           [&](const fs::path& open) { return fs::equivalent(open, path, error); });
  if (cycle) return fail("\"" + path.string() + "\" includes itself");
  if (open_files_.size() >= include_depth_max) return fail("includes are nested too deep");
  parse_file(path);
}

}  // namespace

std::vector<DictionaryError> parse_dictionary(const std::string& path, Dictionary& dictionary) {
  Parser parser(dictionary);
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return {{path, 0, "there is no such file"}};
  parser.parse_file(path);
  parser.resolve_pending_values();
  return parser.take_errors();
}

std::vector<DictionaryError> parse_dictionary_text(std::string_view text, const std::string& name,
                                                   Dictionary& dictionary) {
  Parser parser(dictionary);
  parser.parse_text(text, name);
  parser.resolve_pending_values();
  return parser.take_errors();
}

}  // namespace radhost
