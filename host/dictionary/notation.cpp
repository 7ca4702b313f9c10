// SPDX-License-Identifier: Apache-2.0
#include "dictionary/notation.h"

#include <algorithm>
#include <charconv>

#include "base/reader.h"
#include "base/writer.h"

namespace radhost {
namespace {

constexpr std::string_view blanks = " \t\r";

bool is_utf8_continuation(char c) { return (static_cast<uint8_t>(c) & 0xc0) == 0x80; }

/// The length of the well-formed UTF-8 character at the front, if it is one that prints; else 0.
size_t printable_length(std::string_view text) {
  auto first = static_cast<uint8_t>(text[0]);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  size_t length = first >= 0xf0 && first <= 0xf4 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (first > 0xf4 || length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i)
    if (!is_utf8_continuation(text[i])) return 0;
  return length;
}

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    char c = text[0];
    size_t length = printable_length(text);
    if (c == '"' || c == '\\') quoted.append("\\").append(1, c);
    else if (c == '\n') quoted += "\\n";
    else if (c == '\r') quoted += "\\r";
    else if (c == '\t') quoted += "\\t";
    else if (length > 0) quoted += text.substr(0, length);
    else {
      char octal[5];
      std::snprintf(octal, sizeof octal, "\\%03o", static_cast<uint8_t>(c));
      quoted += octal;
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return quoted + "\"";
}

int octal_digit(char c) { return c >= '0' && c <= '7' ? c - '0' : -1; }

/// Takes pairs apart, one after the other.
class PairReader {
 public:
  explicit PairReader(std::string_view text) : all_(text), rest_(text) {}

  Result<std::vector<Pair>, std::string> read() {
    std::vector<Pair> pairs;
    for (skip(separators); !rest_.empty(); skip(separators)) {
      Pair pair;
      if (!read_name(pair) || !read_operator() || !read_value(pair.value)) return error_;
      pairs.push_back(std::move(pair));
      skip(blanks);
      if (!rest_.empty() && rest_[0] != ',' && rest_[0] != '\n') return fail("a comma or the line's end must follow");
    }
    return pairs;
  }

 private:
  static constexpr std::string_view separators = " \t\r\n,";

  void skip(std::string_view characters) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
  }
  std::string fail(std::string_view what) {
    return error_ = std::string(what) + ", at character " + std::to_string(all_.size() - rest_.size() + 1);
  }

  bool read_name(Pair& pair) {
    size_t end = std::min(rest_.find_first_of(" \t\r\n,=:+"), rest_.size());
    if (end < rest_.size() && rest_[end] == ':' && end + 1 < rest_.size() && rest_[end + 1] != '=')
      end = std::min(rest_.find_first_of(" \t\r\n,=:+", end + 1), rest_.size());
    std::string_view name = rest_.substr(0, end);
    if (name.empty()) return fail("an attribute's name is expected"), false;
    if (!split_tag(name, pair.tag)) return fail("a tag is a number from 0 to 31"), false;
    pair.name = name;
    rest_.remove_prefix(end);
    return true;
  }

  bool read_operator() {
    skip(blanks);
    for (std::string_view word : {":=", "+=", "==", "="}) {
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      skip(blanks);
      return true;
    }
    return fail("\"=\" is expected"), false;
  }

  bool read_value(std::string& value) {
    if (rest_.empty()) return fail("a value is expected"), false;
    if (rest_[0] == '"') return read_quoted(value);
    size_t end = std::min(rest_.find_first_of(",\n"), rest_.size());
    std::string_view bare = rest_.substr(0, end);
    rest_.remove_prefix(end);
    size_t last = bare.find_last_not_of(blanks);
    value = bare.substr(0, last == std::string_view::npos ? 0 : last + 1);
    if (value.empty()) return fail("a value is expected"), false;
    return true;
  }

  bool read_quoted(std::string& value) {
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_[0] != '"') {
      if (rest_[0] != '\\') {
        value += rest_[0];
        rest_.remove_prefix(1);
      } else if (!read_escape(value)) {
        return false;
      }
    }
    if (rest_.empty()) return fail("the quotes do not end"), false;
    rest_.remove_prefix(1);
    return true;
  }

  bool read_escape(std::string& value) {
    rest_.remove_prefix(1);
    if (rest_.empty()) return fail("the quotes do not end"), false;
    char c = rest_[0];
    if (rest_.size() >= 3 && octal_digit(c) >= 0 && octal_digit(c) <= 3 && octal_digit(rest_[1]) >= 0 &&
        octal_digit(rest_[2]) >= 0) {
      value += static_cast<char>(octal_digit(c) << 6 | octal_digit(rest_[1]) << 3 | octal_digit(rest_[2]));
      rest_.remove_prefix(3);
      return true;
    }
    switch (c) {
      case 'n': value += '\n'; break;
      case 'r': value += '\r'; break;
      case 't': value += '\t'; break;
      case '"':
      case '\\': value += c; break;
      default: return fail("this escape is not known"), false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view all_;
  std::string_view rest_;
  std::string error_;
};

bool take_number(std::string_view& text, uint32_t& number) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

/// The numbers of `Attr-241.1` or `Vendor-9-Attr-1`, from the root; empty when the name is neither.
std::vector<uint32_t> path_of_name(std::string_view name) {
  std::vector<uint32_t> path;
  uint32_t number = 0;
  if (name.starts_with("Vendor-")) {
    name.remove_prefix(7);
    if (!take_number(name, number)) return {};
    path = {26, number};
    if (!name.starts_with("-")) return {};
    name.remove_prefix(1);
  }
  if (!name.starts_with("Attr-")) return {};
  name.remove_prefix(5);
  do {
    if (!take_number(name, number)) return {};
    path.push_back(number);
    if (name.empty()) return path;
    bool dot = name[0] == '.';
    name.remove_prefix(1);
    if (!dot) return {};
  } while (true);
}

std::string explain(ListError error) {
  switch (error) {
    case ListError::Type: return "it holds other attributes, not a value";
    case ListError::Range: return "the value cannot be encoded";
    case ListError::Limit: return "the list is full";
    case ListError::State: return "a group is open";
  }
  return {};
}

}  // namespace

std::string path_of(const AttributeDefinition& attribute) {
  std::string path = std::to_string(attribute.number);
  for (const AttributeDefinition* at = attribute.parent; at != nullptr && at->type != DataType::Root; at = at->parent)
    path = std::to_string(at->number) + "." + path;
  return path;
}

std::string print_value(const Dictionary& dictionary, const AttributeDefinition& attribute, Octets value) {
  if (is_integer(attribute.type)) {
    std::string_view name = dictionary.name_by_value(attribute, get_uint_be(value));
    if (!name.empty()) return std::string(name);
  }
  return print_value(attribute.type, value);
}

Result<std::vector<uint8_t>, std::string> parse_value(const Dictionary& dictionary,
                                                      const AttributeDefinition& attribute, std::string_view text) {
  if (is_integer(attribute.type)) {
    if (auto number = dictionary.value_by_name(attribute, text)) {
      std::vector<uint8_t> octets(fixed_size(attribute.type));
      put_uint_be(octets, *number);
      return octets;
    }
  }
  return parse_value(attribute.type, text);
}

std::string print_name(const AttributeView& view, const AttributeDefinition* holder) {
  if (view.definition != nullptr && !view.invalid && !view.definition->name.empty()) {
    std::string name(view.definition->name);
    if (view.tag > 0) name += ":" + std::to_string(view.tag);
    return name;
  }
  if (holder != nullptr) return "Attr-" + path_of(*holder) + "." + std::to_string(view.type);
  // A container that is invalid as a whole is shown whole, under its own number.
  bool whole = view.invalid && view.definition != nullptr && is_container(view.definition->type);
  if (whole) return "Attr-" + std::to_string(view.top);
  if (view.top == 26) return "Vendor-" + std::to_string(view.vendor) + "-Attr-" + std::to_string(view.type);
  if (view.vendor != 0 || view.in_evs)
    return "Attr-" + std::to_string(view.top) + ".26." + std::to_string(view.vendor) + "." + std::to_string(view.type);
  if (view.top >= 241 && view.top <= 246) return "Attr-" + std::to_string(view.top) + "." + std::to_string(view.type);
  return "Attr-" + std::to_string(view.type);
}

std::string print_pair(const Dictionary& dictionary, const AttributeView& view, const AttributeDefinition* holder) {
  std::string pair = print_name(view, holder) + " = ";
  if (view.definition == nullptr || view.invalid) return pair + "0x" + to_hex(view.value);
  std::string text = print_value(dictionary, *view.definition, view.value);
  DataType type = view.definition->type;
  return pair + (type == DataType::Text || type == DataType::Time ? quote(text) : text);
}

void print_pairs(const Dictionary& dictionary, ReceivedAttributes& received, AttributeView view, bool revealed,
                 std::vector<std::string>& pairs) {
  struct Level {
    AttributeView holder;
    AttributeView part;
  };
  std::vector<Level> levels;  // nested as deep as the dictionary's TLVs are
  while (true) {
    if (view.hidden() && !revealed) view.invalid = true;
    bool has_parts = view.definition != nullptr && view.definition->type == DataType::Tlv && !view.invalid;
    if (has_parts) levels.push_back({view, {}});
    else pairs.push_back(print_pair(dictionary, view, levels.empty() ? nullptr : levels.back().holder.definition));
    while (!levels.empty() && !received.next_child(levels.back().holder, levels.back().part)) levels.pop_back();
    if (levels.empty()) return;
    view = levels.back().part;
  }
}

Result<std::vector<Pair>, std::string> parse_pairs(std::string_view text) { return PairReader(text).read(); }

const AttributeDefinition* resolve_name(Dictionary& dictionary, std::string_view name) {
  if (const AttributeDefinition* known = dictionary.find(name)) return known;
  std::vector<uint32_t> path = path_of_name(name);
  return path.empty() ? nullptr : dictionary.raw_attribute(path, name);
}

bool split_tag(std::string_view& name, int& tag) {
  size_t colon = name.find(':');
  if (colon == std::string_view::npos) return true;
  std::string_view digits = name.substr(colon + 1);
  uint32_t number = 0;
  if (!take_number(digits, number) || !digits.empty() || number > 31) return false;
  name = name.substr(0, colon);
  tag = static_cast<int>(number);
  return true;
}

std::string add_text(const Dictionary& dictionary, const AttributeDefinition& attribute, int tag, std::string_view text,
                     AttributeList& list) {
  auto value = parse_value(dictionary, attribute, text);
  if (!value.ok()) return std::string(attribute.name) + " takes " + value.error();
  auto error = list.add(attribute, *value, tag);
  if (!error) return {};
  if (tag != AttributeView::no_tag && !attribute.tagged) return std::string(attribute.name) + " carries no tag";
  return std::string(attribute.name) + ": " + explain(*error);
}

std::string add_pair(Dictionary& dictionary, const Pair& pair, AttributeList& list) {
  const AttributeDefinition* attribute = resolve_name(dictionary, pair.name);
  if (attribute == nullptr) return "the dictionary has no attribute \"" + pair.name + "\"";
  return add_text(dictionary, *attribute, pair.tag, pair.value, list);
}

namespace {

/// Keeps open what the next part may share.
class OpenTlvs {
 public:
  explicit OpenTlvs(AttributeList& list) : list_(list) {}

  /// Opens the TLVs that hold an attribute, and no others.
  void lead_to(const AttributeDefinition& attribute, size_t value_size) {
    std::vector<const AttributeDefinition*> wanted;
    for (const AttributeDefinition* at = attribute.parent; at->type == DataType::Tlv; at = at->parent)
      wanted.insert(wanted.begin(), at);
    auto common = std::mismatch(open_.begin(), open_.end(), wanted.begin(), wanted.end()).first;
    size_t kept = static_cast<size_t>(common - open_.begin());
    close(kept);
    size_t headers = (wanted.size() - kept) * Attribute::header_size;
    if (!list_.group_has_room(value_size + headers)) close(0);
    for (size_t i = open_.size(); i < wanted.size(); ++i) {
      static_cast<void>(list_.begin_group(*wanted[i]));  // a full list says so when the value is added
      open_.push_back(wanted[i]);
    }
  }

  void close(size_t kept) {
    for (; open_.size() > kept; open_.pop_back()) static_cast<void>(list_.end_group());
  }

 private:
  AttributeList& list_;
  std::vector<const AttributeDefinition*> open_;
};

}  // namespace

std::string add_pairs(Dictionary& dictionary, const std::vector<Pair>& pairs, AttributeList& list) {
  OpenTlvs tlvs(list);
  for (const Pair& pair : pairs) {
    if (const AttributeDefinition* attribute = resolve_name(dictionary, pair.name)) {
      auto value = parse_value(dictionary, *attribute, pair.value);
      size_t size = value.ok() ? value->size() : 0;
      tlvs.lead_to(*attribute, hidden_size(attribute->hiding, size).value_or(size));
    }
    if (std::string reason = add_pair(dictionary, pair, list); !reason.empty()) return reason;
  }
  tlvs.close(0);
  return {};
}

}  // namespace radhost
