// SPDX-License-Identifier: Apache-2.0
#include "cli/load_template.h"

#include <mschap_attribute.h>

#include <algorithm>

#include "cli/packet_text.h"

namespace radhost {
namespace {

constexpr std::string_view number_sign = "%n";
constexpr uint32_t microsoft = 311;
constexpr uint8_t ms_chap_challenge = 11;
constexpr uint8_t ms_chap2_response = 25;

/// A value whose `%n` are zeros, as many as the number has digits; without digits they stand for themselves.
struct Numbered {
  std::string text;
  std::vector<NumberField> numbers;
};

Numbered with_zeros(std::string_view text, size_t digits) {
  Numbered numbered;
  for (size_t i = 0; i < text.size();) {
    if (digits > 0 && text.substr(i, number_sign.size()) == number_sign) {
      numbered.numbers.push_back({{numbered.text.size(), digits}, true});
      numbered.text.append(digits, '0');
      i += number_sign.size();
    } else {
      numbered.text += text[i++];
    }
  }
  return numbered;
}

/// Writes a template's attributes, and remembers where they lie. A reason is empty while all goes well.
class TemplateWriter {
 public:
  TemplateWriter(const LoadShape& shape, size_t digits, Dictionary& dictionary, const SharedSecret& secret)
      : shape_(shape),
        digits_(shape.users > 0 ? digits : 0),
        dictionary_(dictionary),
        secret_(secret),
        octets_(Packet::maximum_size),
        writer_(octets_) {}

  std::string write();
  LoadTemplate take();

 private:
  bool is_given(std::string_view name) const;
  bool is_access() const { return shape_.code == Code::AccessRequest; }
  std::string put_given();
  std::string put_plain(const std::vector<Pair>& pairs);
  std::string put_numbered(const Pair& pair);
  std::string put_password(const Pair& pair);
  std::string put_missing();
  std::string put_list_of(const AttributeList& list);
  Field put_zeros(uint8_t type, size_t size);
  Field put_microsoft_zeros(uint8_t type, size_t size);

  const LoadShape& shape_;
  size_t digits_;
  Dictionary& dictionary_;
  const SharedSecret& secret_;
  std::vector<uint8_t> octets_;
  Writer writer_;
  LoadTemplate made_;
};

bool TemplateWriter::is_given(std::string_view name) const {
  return std::any_of(shape_.pairs.begin(), shape_.pairs.end(),
                     [&](const Pair& pair) { return NameEqual{}(pair.name, name); });
}

std::string TemplateWriter::write() {
  if (is_given("Message-Authenticator")) return "Message-Authenticator is computed, and cannot be given";
  writer_.put_uint8(static_cast<uint8_t>(shape_.code));
  writer_.reserve(Packet::header_size - 1);
  // CVE-2024-3596: first, in every request that may carry one (RFC 3579 §3.3 forbids it in accounting,
  // RFC 9765 §5.2 in RADIUS/1.1).
  if (shape_.code != Code::AccountingRequest && !shape_.is_1_1)
    made_.message_authenticator = put_zeros(attribute_type::message_authenticator, Packet::message_authenticator_size);
  if (std::string reason = put_given(); !reason.empty()) return reason;
  if (std::string reason = put_missing(); !reason.empty()) return reason;
  return writer_.ok() ? std::string() : "the packet would be longer than 4096 octets";
}

/// What was given, in that order. Parts of a TLV that follow each other share it, unless one has a number.
std::string TemplateWriter::put_given() {
  std::vector<Pair> plain;
  auto put_collected = [&] { return put_plain(std::exchange(plain, {})); };
  for (const Pair& pair : shape_.pairs) {
    bool is_password = is_access() && NameEqual{}(pair.name, "User-Password");
    bool has_number = digits_ > 0 && pair.value.find(number_sign) != std::string::npos;
    bool is_user = NameEqual{}(pair.name, "User-Name");
    if (!is_password && !has_number && !is_user) {
      plain.push_back(pair);
      continue;
    }
    if (std::string reason = put_collected(); !reason.empty()) return reason;
    if (std::string reason = is_password ? put_password(pair) : put_numbered(pair); !reason.empty()) return reason;
  }
  return put_collected();
}

std::string TemplateWriter::put_plain(const std::vector<Pair>& pairs) {
  AttributeList list;
  if (std::string reason = add_pairs(dictionary_, pairs, list); !reason.empty()) return reason;
  return put_list_of(list);
}

std::string TemplateWriter::put_list_of(const AttributeList& list) {
  // RFC 9765 §5.1: in RADIUS/1.1 nothing is hidden.
  if (shape_.is_1_1) return put_list(list, nullptr, writer_);
  bool hides_anew = !request_authenticator_is_digest(shape_.code);
  for (size_t i = 0; i < list.size(); ++i)
    if (const AttributeDefinition* hidden = hidden_part(list.at(i)); hidden != nullptr && hides_anew)
      return std::string(hidden->name) + " is hidden, which load does for User-Password alone";
  Authenticator zero{};
  HidingKey key{secret_, zero};
  return put_list(list, &key, writer_);
}

/// One attribute whose value stays known: it ends what is written. A number in it is text, or an integer.
std::string TemplateWriter::put_numbered(const Pair& pair) {
  Numbered numbered = with_zeros(pair.value, digits_);
  AttributeList list;
  bool is_number_alone = digits_ > 0 && pair.value == number_sign;
  Pair zeros{pair.name, pair.tag, numbered.text};
  if (std::string reason = add_pair(dictionary_, zeros, list); !reason.empty()) return reason;
  if (std::string reason = put_list_of(list); !reason.empty()) return reason;

  AttributeView view = list.at(0);
  size_t size = view.value.size();
  bool is_text = text_of(view.value) == numbered.text;
  bool is_integer_alone =
      is_number_alone && view.definition != nullptr && is_integer(view.definition->type) && !view.definition->tagged;
  bool is_at_end = writer_.size() >= size && std::ranges::equal(writer_.written().last(size), view.value);
  bool is_movable = (is_text || is_integer_alone || numbered.numbers.empty()) && is_at_end;
  if (!is_movable) return pair.name + ": %n can stand in text that fits one attribute, or alone for an integer";

  Field value{writer_.size() - size, size};
  if (NameEqual{}(pair.name, "User-Name")) made_.user_name = value;
  if (is_integer_alone && !is_text) made_.numbers.push_back({value, false});
  if (!is_text) return {};
  for (NumberField number : numbered.numbers) {
    number.offset += value.offset;
    made_.numbers.push_back(number);
  }
  return {};
}

std::string TemplateWriter::put_password(const Pair& pair) {
  if (made_.user_password || made_.chap_password || made_.mschap_response) return "User-Password is given twice";
  Numbered numbered = with_zeros(pair.value, digits_);
  Octets text = octets_of(numbered.text);
  auto hidden = hidden_size(Hiding::UserPassword, text.size());
  if (hidden && shape_.is_1_1) hidden = text.size();
  if (!hidden) return "User-Password is longer than 128 octets";
  made_.password.assign(text.begin(), text.end());
  made_.password_numbers = numbered.numbers;
  switch (shape_.method) {
    case PasswordMethod::Pap: made_.user_password = put_zeros(attribute_type::user_password, *hidden); return {};
    case PasswordMethod::Chap:
      made_.chap_password = put_zeros(attribute_type::chap_password, 1 + sizeof(Digest16));
      made_.chap_challenge = put_zeros(attribute_type::chap_challenge, sizeof(Digest16));
      return {};
    case PasswordMethod::MsChapV2:
      made_.mschap_challenge = put_microsoft_zeros(ms_chap_challenge, sizeof(mschap::Challenge));
      made_.mschap_response = put_microsoft_zeros(ms_chap2_response, mschap::Response2Attribute::size);
      return {};
  }
  return {};
}

/// What a request needs beside what was given, so that it is complete, and that no other is the same.
std::string TemplateWriter::put_missing() {
  if (shape_.method != PasswordMethod::Pap && made_.password.empty())
    return "User-Password is needed: the response is made from it";
  // RFC 2865 §4.1, RFC 2866 §4.1: a request says which NAS it comes from.
  bool from_nas = is_access() || shape_.code == Code::AccountingRequest;
  if (from_nas && !is_given("NAS-IP-Address") && !is_given("NAS-IPv6-Address") && !is_given("NAS-Identifier"))
    if (std::string reason = put_plain({{"NAS-Identifier", AttributeView::no_tag, "radhost"}}); !reason.empty())
      return reason;
  // Where the Request Authenticator is random, it makes the request unique.
  if (!request_authenticator_is_digest(shape_.code)) return {};
  if (shape_.code == Code::AccountingRequest && !is_given("Acct-Session-Id")) {
    made_.session_id = put_zeros(attribute_type::acct_session_id, 16);
    return {};
  }
  made_.proxy_state = put_zeros(attribute_type::proxy_state, sizeof(uint64_t));
  bool dynamic_authorization = shape_.code != Code::AccountingRequest;
  if (dynamic_authorization && !is_given("Event-Timestamp") && dictionary_.find("Event-Timestamp") != nullptr)
    made_.event_timestamp = put_zeros(attribute_type::event_timestamp, sizeof(uint32_t));
  return {};
}

/// An attribute whose value each request fills in.
Field TemplateWriter::put_zeros(uint8_t type, size_t size) {
  writer_.put_uint8(type);
  writer_.put_uint8(static_cast<uint8_t>(Attribute::header_size + size));
  writer_.reserve(size);
  return {writer_.size() - size, size};
}

Field TemplateWriter::put_microsoft_zeros(uint8_t type, size_t size) {
  constexpr size_t vendor_id_size = 4;
  writer_.put_uint8(attribute_type::vendor_specific);
  writer_.put_uint8(static_cast<uint8_t>(2 * Attribute::header_size + vendor_id_size + size));
  writer_.put_uint32(microsoft);
  return put_zeros(type, size);
}

LoadTemplate TemplateWriter::take() {
  octets_.resize(writer_.size());
  put_uint16be(MutableOctets(octets_).subspan(2), static_cast<uint16_t>(octets_.size()));
  made_.octets = std::move(octets_);
  return std::move(made_);
}

}  // namespace

Result<LoadTemplate, std::string> make_load_template(const LoadShape& shape, size_t digits, Dictionary& dictionary,
                                                     const SharedSecret& secret) {
  TemplateWriter writer(shape, digits, dictionary, secret);
  if (std::string reason = writer.write(); !reason.empty()) return reason;
  return writer.take();
}

}  // namespace radhost
