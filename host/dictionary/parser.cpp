// SPDX-License-Identifier: Apache-2.0
#include "dictionary/parser.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/source_file.h"
#include "dictionary/words.h"

namespace radhost {
namespace {

namespace fs = std::filesystem;

constexpr size_t include_depth_max = 16;

// FreeRADIUS 4 writes definitions that no packet carries without a number; here they get these.
constexpr uint32_t first_unnumbered = 0x80000000;

/// How a file came to be read. What another file includes lies in the folders of the dictionaries that were named.
enum class Access {
  Named,
  Included
};

class Parser {
 public:
  /// `folders`: what may be included lies in them; they end in a slash.
  Parser(Dictionary& dictionary, std::vector<std::string> folders)
      : dictionary_(dictionary), folders_(std::move(folders)) {}

  std::string parse_file(const std::string& path, Access access);
  void parse_text(std::string_view text, const std::string& name);
  void resolve_pending_values();
  void fail_at(const std::string& file, unsigned line, std::string message) {
    errors_.push_back({file, line, std::move(message)});
  }
  std::vector<DictionaryError> take_errors() { return std::move(errors_); }

 private:
  /// What BEGIN-VENDOR and the like opened, and where.
  struct Block {
    AttributeDefinition* space;
    std::string_view begin_word;
    std::string name;
    unsigned line;
  };
  struct PendingValue {
    Naming naming;
    const AttributeDefinition* space;
    std::string attribute;
    std::string name;
    uint64_t value;
    std::string file;
    unsigned line;
  };
  /// What ends with the file that says it.
  struct FileScope {
    std::string name;
    unsigned line = 0;
    bool all_internal = false;  ///< FLAGS internal
    std::vector<Block> blocks;
    const AttributeDefinition* numbered = nullptr;  ///< the last attribute given with a whole number
  };
  struct OpenFile {
    fs::path path;
    std::string real_path;
  };
  struct Rule {
    std::string_view word;
    void (Parser::*parse)(const Words&);
  };

  void parse_line(std::string_view line);
  void parse_attribute(const Words& words);
  void parse_define(const Words& words);
  void parse_enumeration(const Words& words);
  void parse_alias(const Words& words);
  void parse_value(const Words& words);
  void parse_vendor(const Words& words);
  void parse_file_flags(const Words& words);
  void parse_protocol(const Words& words);
  void begin_vendor(const Words& words);
  void begin_tlv(const Words& words);
  void begin_protocol(const Words& words);
  void end_block(const Words& words);
  void include(const Words& words);
  void refuse_struct(const Words& words);

  bool parse_definition(std::string_view type, const Words& flags, AttributeDefinition& definition);
  const AttributeDefinition* add(AttributeDefinition& parent, const std::vector<uint32_t>& path, std::string_view name,
                                 AttributeDefinition definition);
  bool read_path(std::string_view word, AttributeDefinition*& parent, std::vector<uint32_t>& path);
  const AttributeDefinition* in_scope(const AttributeDefinition* space, std::string_view name) const;
  const AttributeDefinition* referred(std::string_view reference) const;
  AttributeDefinition& space() {
    return scope_.blocks.empty() ? dictionary_.mutable_root() : *scope_.blocks.back().space;
  }
  void fail(std::string message) { fail_at(scope_.name, scope_.line, std::move(message)); }

  static const Rule rules[];

  Dictionary& dictionary_;
  std::vector<std::string> folders_;
  std::vector<DictionaryError> errors_;
  std::vector<PendingValue> pending_;
  std::vector<OpenFile> open_files_;
  FileScope scope_;
  Words words_;
  Naming naming_ = Naming::Global;  // in the files that a protocol's block includes too
  uint32_t next_unnumbered_ = first_unnumbered;
};

constexpr Parser::Rule Parser::rules[] = {
    {"ATTRIBUTE", &Parser::parse_attribute},
    {"VALUE", &Parser::parse_value},
    {"VENDOR", &Parser::parse_vendor},
    {"BEGIN-VENDOR", &Parser::begin_vendor},
    {"END-VENDOR", &Parser::end_block},
    {"BEGIN-TLV", &Parser::begin_tlv},
    {"END-TLV", &Parser::end_block},
    {"$INCLUDE", &Parser::include},
    {"$INCLUDE-", &Parser::include},
    {"FLAGS", &Parser::parse_file_flags},
    // What FreeRADIUS 4 adds.
    {"PROTOCOL", &Parser::parse_protocol},
    {"BEGIN-PROTOCOL", &Parser::begin_protocol},
    {"END-PROTOCOL", &Parser::end_block},
    {"BEGIN", &Parser::begin_tlv},
    {"END", &Parser::end_block},
    {"DEFINE", &Parser::parse_define},
    {"ENUM", &Parser::parse_enumeration},
    {"ALIAS", &Parser::parse_alias},
    {"STRUCT", &Parser::refuse_struct},
    {"MEMBER", &Parser::refuse_struct},
};

/// Why a file that should be read is not; empty when all went well.
std::string Parser::parse_file(const std::string& path, Access access) {
  dictionary_.note_file(path, FileState::of(path));
  auto file = SourceFile::open(path);
  if (!file.ok()) return path + ": " + file.error().message();
  const std::string& real_path = file->real_path();
  bool lies_inside = access == Access::Named || std::any_of(folders_.begin(), folders_.end(), [&](const auto& folder) {
                       return real_path.starts_with(folder);
                     });
  if (!lies_inside) return path + " lies outside of the dictionaries' folders: name it as a dictionary of its own";
  bool cycle = std::any_of(open_files_.begin(), open_files_.end(),
                           [&](const OpenFile& open) { return open.real_path == real_path; });
  if (cycle) return "\"" + path + "\" includes itself";
  if (open_files_.size() >= include_depth_max) return "includes are nested too deep";
  auto content = file->read();
  if (!content.ok()) return path + ": " + content.error().message();

  open_files_.push_back({path, real_path});
  parse_text(*content, path);
  open_files_.pop_back();
  return {};
}

void Parser::parse_text(std::string_view text, const std::string& name) {
  FileScope outer = std::exchange(scope_, FileScope{});
  scope_.name = name;
  Naming outer_naming = naming_;
  while (!text.empty()) {
    ++scope_.line;
    size_t end = text.find('\n');
    parse_line(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  for (const Block& block : scope_.blocks)
    fail_at(name, block.line,
            "\"" + block.name + "\" is begun here and has no END" +
                std::string(block.begin_word.substr(std::string_view("BEGIN").size())));
  naming_ = outer_naming;
  scope_ = std::move(outer);
}

void Parser::parse_line(std::string_view line) {
  line = line.substr(0, line.find('#'));
  Words words;
  words.swap(words_);  // its memory serves line after line
  split(
      line, [](char c) { return is_blank(c); }, words);
  auto rule = std::find_if(std::begin(rules), std::end(rules),
                           [&](const Rule& known) { return !words.empty() && known.word == words[0]; });
  if (rule != std::end(rules)) (this->*rule->parse)(words);
  else if (!words.empty()) fail("\"" + std::string(words[0]) + "\" is not a word of this format");
  words_.swap(words);
}

void Parser::parse_attribute(const Words& words) {
  if (words.size() < 4 || words.size() > 5)
    return fail("ATTRIBUTE takes a name, a number, a data type and perhaps flags");
  AttributeDefinition* parent = &space();
  std::vector<uint32_t> path;
  if (!read_path(words[2], parent, path)) return fail("\"" + std::string(words[2]) + "\" is not an attribute number");

  AttributeDefinition definition;
  // An older form names the vendor behind the data type.
  auto vendor = words.size() == 5 ? dictionary_.vendor_by_name(words[4]) : std::nullopt;
  if (vendor) parent = dictionary_.vendor_space(*vendor, nullptr);
  Words flags(words.begin() + 4, vendor ? words.begin() + 4 : words.end());
  if (!parse_definition(words[3], flags, definition)) return;
  const AttributeDefinition* added = add(*parent, path, words[1], std::move(definition));
  if (added != nullptr && !words[2].starts_with('.')) scope_.numbered = added;
}

/// FreeRADIUS 4: a number that begins with a dot goes on from the last attribute that was given without one.
bool Parser::read_path(std::string_view word, AttributeDefinition*& parent, std::vector<uint32_t>& path) {
  if (word.starts_with('.') && naming_ == Naming::Nested) {
    if (scope_.numbered == nullptr) return false;
    parent = dictionary_.mutable_by_id(scope_.numbered->id);
    word.remove_prefix(1);
  }
  auto parsed = parse_path(word);
  if (parsed) path = std::move(*parsed);
  return parsed.has_value();
}

bool Parser::parse_definition(std::string_view type, const Words& flags, AttributeDefinition& definition) {
  definition.internal = scope_.all_internal;
  std::string reason = parse_type(type, definition);
  std::string_view enumeration;
  if (reason.empty() && !flags.empty()) reason = parse_flags(flags[0], definition, enumeration);
  if (reason.empty() && !enumeration.empty()) {
    const AttributeDefinition* values = in_scope(&space(), enumeration);
    if (values == nullptr) reason = "there is no enumeration \"" + std::string(enumeration) + "\"";
    else definition.enumeration = values->id;
  }
  if (!reason.empty()) fail(std::move(reason));
  return reason.empty();
}

const AttributeDefinition* Parser::add(AttributeDefinition& parent, const std::vector<uint32_t>& path,
                                       std::string_view name, AttributeDefinition definition) {
  auto added = dictionary_.add_attribute(parent, path, name, naming_, std::move(definition));
  if (added.ok()) return *added;
  fail(added.error());
  return nullptr;
}

/// FreeRADIUS 4: an attribute that no packet carries.
void Parser::parse_define(const Words& words) {
  if (words.size() < 3 || words.size() > 4) return fail("DEFINE takes a name, a data type and perhaps flags");
  AttributeDefinition definition;
  if (!parse_definition(words[2], Words(words.begin() + 3, words.end()), definition)) return;
  add(dictionary_.mutable_root(), {next_unnumbered_++}, words[1], std::move(definition));
}

/// FreeRADIUS 4: names of values that several attributes share.
void Parser::parse_enumeration(const Words& words) {
  if (words.size() != 3) return fail("ENUM takes a name and a data type");
  parse_define(words);
}

/// FreeRADIUS 4: one more name for an attribute, which stands at the top of all names.
void Parser::parse_alias(const Words& words) {
  if (words.size() != 3) return fail("ALIAS takes a name and an attribute");
  const AttributeDefinition* attribute = referred(words[2]);
  if (attribute == nullptr) return fail("there is no attribute \"" + std::string(words[2]) + "\"");
  if (std::string reason = dictionary_.add_alias(words[1], *attribute); !reason.empty()) fail(std::move(reason));
}

/// An attribute by its whole name, or by its numbers from the root.
const AttributeDefinition* Parser::referred(std::string_view reference) const {
  if (reference.starts_with('@')) reference.remove_prefix(1);
  if (reference.starts_with('.')) reference.remove_prefix(1);
  if (const AttributeDefinition* named = dictionary_.find(reference)) return named;
  auto path = parse_path(reference);
  const AttributeDefinition* at = path ? &dictionary_.root() : nullptr;
  for (size_t i = 0; at != nullptr && i < path->size(); ++i) at = at->child((*path)[i]);
  return at == nullptr || at->id == 0 ? nullptr : at;
}

/// What a name means here: where names are nested, the nearest one.
const AttributeDefinition* Parser::in_scope(const AttributeDefinition* space, std::string_view name) const {
  bool is_nested = naming_ == Naming::Nested;
  for (; is_nested && space != nullptr && !space->name.empty(); space = space->parent)
    if (auto found = dictionary_.find(std::string(space->name) + "." + std::string(name))) return found;
  return dictionary_.find(name);
}

void Parser::parse_value(const Words& words) {
  if (words.size() != 4) return fail("VALUE takes an attribute, a name and a number");
  auto value = parse_number(words[3]);
  if (!value) return fail("\"" + std::string(words[3]) + "\" is not a number");
  const AttributeDefinition* nearest =
      naming_ == Naming::Nested && scope_.numbered != nullptr ? scope_.numbered : &space();
  const AttributeDefinition* attribute = in_scope(nearest, words[1]);
  if (attribute == nullptr) {
    pending_.push_back(
        {naming_, nearest, std::string(words[1]), std::string(words[2]), *value, scope_.name, scope_.line});
    return;
  }
  if (std::string reason = dictionary_.add_value(*attribute, words[2], *value); !reason.empty())
    fail(std::move(reason));
}

/// Values may come before their attribute, as long as that comes at all.
void Parser::resolve_pending_values() {
  for (const PendingValue& value : pending_) {
    naming_ = value.naming;
    const AttributeDefinition* attribute = in_scope(value.space, value.attribute);
    std::string reason = attribute == nullptr ? "there is no attribute \"" + value.attribute + "\""
                                              : dictionary_.add_value(*attribute, value.name, value.value);
    if (!reason.empty()) fail_at(value.file, value.line, std::move(reason));
  }
}

void Parser::parse_file_flags(const Words& words) {
  bool known = words.size() == 2 && (words[1] == "internal" || words[1] == "!internal");
  if (!known) return fail("FLAGS takes internal or !internal");
  scope_.all_internal = words[1] == "internal";
}

void Parser::parse_protocol(const Words& words) {
  // Other protocols' dictionaries have attributes of other shapes.
  if (words.size() < 3 || words[1] != "RADIUS") return fail("PROTOCOL takes RADIUS and its number");
}

/// Structures have no place in RADIUS (RFC 8044 §3 has no such data type); a TLV holds several values.
void Parser::refuse_struct(const Words& words) { fail(std::string(words[0]) + ": RADIUS has no structures"); }

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
  if (words.size() < 2 || words.size() > 3) return fail("BEGIN-VENDOR takes a vendor and perhaps what holds it");
  auto vendor = dictionary_.vendor_by_name(words[1]);
  if (!vendor) return fail("there is no vendor \"" + std::string(words[1]) + "\"");
  const AttributeDefinition* evs = nullptr;
  if (words.size() == 3) {
    // FreeRADIUS 3.2 writes `format=Extended-Vendor-Specific-5`, FreeRADIUS 4 `parent=`.
    std::string_view name = words[2].substr(words[2].find('=') + 1);
    evs = referred(name);
    if (evs == nullptr || evs->type != DataType::Evs)
      return fail("\"" + std::string(name) + "\" is not an attribute of data type evs");
  }
  scope_.blocks.push_back({dictionary_.vendor_space(*vendor, evs), words[0], std::string(words[1]), scope_.line});
}

void Parser::begin_tlv(const Words& words) {
  if (words.size() != 2) return fail(std::string(words[0]) + " takes an attribute");
  const AttributeDefinition* tlv = in_scope(&space(), words[1]);
  if (tlv == nullptr || tlv->type != DataType::Tlv)
    return fail("\"" + std::string(words[1]) + "\" is not an attribute of data type tlv");
  scope_.blocks.push_back({dictionary_.mutable_by_id(tlv->id), words[0], std::string(words[1]), scope_.line});
}

void Parser::begin_protocol(const Words& words) {
  if (words.size() != 2 || words[1] != "RADIUS") return fail("BEGIN-PROTOCOL takes RADIUS: this reads no other");
  naming_ = Naming::Nested;
  scope_.blocks.push_back({&dictionary_.mutable_root(), words[0], std::string(words[1]), scope_.line});
}

/// END-X ends what BEGIN-X of the same name began last.
void Parser::end_block(const Words& words) {
  constexpr std::string_view begin = "BEGIN", end = "END";
  const Block* block = scope_.blocks.empty() ? nullptr : &scope_.blocks.back();
  bool matches = words.size() == 2 && block != nullptr && NameEqual{}(block->name, words[1]) &&
                 block->begin_word.substr(begin.size()) == words[0].substr(end.size());
  if (!matches) return fail("this ends what was not begun");
  if (block->begin_word == "BEGIN-PROTOCOL") naming_ = Naming::Global;
  scope_.blocks.pop_back();
}

void Parser::include(const Words& words) {
  if (words.size() != 2) return fail(std::string(words[0]) + " takes a file");
  if (open_files_.empty()) return fail("there is no folder to include from");
  fs::path path =
      fs::path(words[1]).is_absolute() ? fs::path(words[1]) : open_files_.back().path.parent_path() / words[1];
  bool may_be_missing = words[0] == "$INCLUDE-";
  if (may_be_missing && ::access(path.c_str(), F_OK) != 0) return dictionary_.note_file(path.string(), {});
  if (std::string reason = parse_file(path.string(), Access::Included); !reason.empty()) fail(std::move(reason));
}

}  // namespace

std::vector<DictionaryError> parse_dictionaries(std::span<const std::string> paths, Dictionary& dictionary) {
  std::vector<std::string> folders;
  for (const std::string& path : paths) {
    std::error_code error;
    fs::path real = fs::canonical(path, error);
    if (!error) folders.push_back((real.parent_path() / "").string());
  }
  Parser parser(dictionary, std::move(folders));
  for (const std::string& path : paths)
    if (std::string reason = parser.parse_file(path, Access::Named); !reason.empty()) parser.fail_at(path, 0, reason);
  parser.resolve_pending_values();
  return parser.take_errors();
}

std::vector<DictionaryError> parse_dictionary(const std::string& path, Dictionary& dictionary) {
  return parse_dictionaries(std::span(&path, 1), dictionary);
}

std::vector<DictionaryError> parse_dictionary_text(std::string_view text, const std::string& name,
                                                   Dictionary& dictionary) {
  Parser parser(dictionary, {});
  parser.parse_text(text, name);
  parser.resolve_pending_values();
  return parser.take_errors();
}

}  // namespace radhost
