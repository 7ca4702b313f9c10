// SPDX-License-Identifier: Apache-2.0
#include "packet/encode.h"

#include "packet/packet.h"

namespace radhost {
namespace {

using Error = std::optional<EncodeError>;

constexpr uint8_t tag_max = 0x1f;
constexpr uint8_t more = 0x80;

/// A value in wire form that headers are put in front of, from the inside out.
class WireValue {
 public:
  bool set(const AttributeView& view, const HidingKey* key, SaltSource& salts);
  /// Another value of an array.
  void append(Octets value) {
    copy_octets(MutableOctets(buffer_).subspan(end_), value);
    end_ += value.size();
  }

  Octets octets() const { return Octets(buffer_).subspan(begin_, end_ - begin_); }
  size_t size() const { return end_ - begin_; }

  bool prepend(uint64_t number, size_t octets) {
    if (octets > begin_) return false;
    begin_ -= octets;
    put_uint_be(MutableOctets(buffer_).subspan(begin_, octets), number);
    return true;
  }

 private:
  static constexpr size_t headroom = 64;
  std::array<uint8_t, headroom + Packet::maximum_size> buffer_;
  size_t begin_ = headroom;
  size_t end_ = headroom;
};

/// Writes a TLV's content with what is hidden in it hidden. False when something gets too long by it.
bool put_hidden_tlvs(const AttributeDefinition& parent, Octets content, const HidingKey& key, SaltSource& salts,
                     Writer& writer) {
  AttributeView child;
  while (next_tlv(&parent, content, child)) {
    size_t begin = writer.size();
    writer.put_uint8(static_cast<uint8_t>(child.type));
    writer.put_uint8(0);
    bool nested = child.definition != nullptr && child.definition->holds_hidden;
    if (nested && !put_hidden_tlvs(*child.definition, child.value, key, salts, writer)) return false;
    if (child.hidden()) {
      std::array<uint8_t, Attribute::value_max> hidden;
      auto size = hidden_size(child.definition->hiding, child.value.size());
      if (!size) return false;
      uint16_t salt = child.definition->hiding == Hiding::TunnelPassword ? salts.next() : uint16_t{0};
      hide(child.definition->hiding, child.value, MutableOctets(hidden).first(*size), salt, key);
      writer.put(Octets(hidden).first(*size));
    } else if (!nested) {
      writer.put(child.value);
    }
    size_t size = writer.size() - begin;
    if (!writer.ok() || size > 255) return false;
    writer.written()[begin + 1] = static_cast<uint8_t>(size);
  }
  return writer.ok();
}

bool WireValue::set(const AttributeView& view, const HidingKey* key, SaltSource& salts) {
  const AttributeDefinition& definition = *view.definition;
  if (definition.holds_hidden && key != nullptr) {
    Writer writer(MutableOctets(buffer_).subspan(begin_));
    if (!put_hidden_tlvs(definition, view.value, *key, salts, writer)) return false;
    end_ = begin_ + writer.size();
    return true;
  }
  Hiding hiding = key == nullptr ? Hiding::None : definition.hiding;
  // Only what is hidden has the small bound; the rest may be concat or long-extended.
  std::optional<size_t> size = hiding == Hiding::None ? view.value.size() : hidden_size(hiding, view.value.size());
  if (!size || *size > Packet::maximum_size) return false;
  end_ = begin_ + *size;
  MutableOctets place = MutableOctets(buffer_).subspan(begin_, *size);
  if (hiding == Hiding::None) copy_octets(place, view.value);
  else hide(hiding, view.value, place, hiding == Hiding::TunnelPassword ? salts.next() : uint16_t{0}, *key);

  if (!definition.tagged) return true;
  // RFC 2868 §3.1, §3.5: integers and Tunnel-Password always have a tag octet. A string without one needs a zero
  // tag where its first octet would be taken for a tag.
  bool always = definition.tagged_integer() || definition.hiding == Hiding::TunnelPassword;
  bool has_tag = view.tag != AttributeView::no_tag;
  bool looks_tagged = size > 0 && buffer_[begin_] <= tag_max;
  if (has_tag || always || looks_tagged) return prepend(has_tag ? static_cast<uint64_t>(view.tag) : 0, 1);
  return true;
}

Error put_attribute(uint32_t type, std::initializer_list<Octets> parts, Writer& writer) {
  size_t size = Attribute::header_size;
  for (Octets part : parts) size += part.size();
  if (size > Attribute::header_size + Attribute::value_max) return EncodeError::TooLong;
  if (size > writer.room()) return EncodeError::NoRoom;
  writer.put_uint8(static_cast<uint8_t>(type));
  writer.put_uint8(static_cast<uint8_t>(size));
  for (Octets part : parts) writer.put(part);
  return std::nullopt;
}

/// RFC 8044 §3.6: parts in order, adjacent, each as long as can be.
Error put_concat(uint32_t type, Octets value, Writer& writer) {
  while (!value.empty()) {
    size_t part = std::min(value.size(), Attribute::value_max);
    if (Error error = put_attribute(type, {value.first(part)}, writer)) return error;
    value = value.subspan(part);
  }
  return std::nullopt;
}

/// RFC 6929 §2.2: fragments of Length 255 with More, then the last.
Error put_long_extended(uint32_t type, uint32_t extended_type, Octets value, Writer& writer) {
  constexpr size_t part_max = Attribute::value_max - 2;
  do {
    size_t part = std::min(value.size(), part_max);
    uint8_t header[] = {static_cast<uint8_t>(extended_type), part < value.size() ? more : uint8_t{0}};
    if (Error error = put_attribute(type, {header, value.first(part)}, writer)) return error;
    value = value.subspan(part);
  } while (!value.empty());
  return std::nullopt;
}

/// Puts a vendor's header in front of a value: its type, length and continuation.
Error wrap_in_vendor_format(const AttributeDefinition& vendor, uint32_t type, WireValue& value) {
  const VendorFormat& format = vendor.format;
  size_t length = value.size() + format.header_size();
  if (format.length_octets == 1 && length > 255) return EncodeError::TooLong;
  bool fits = (!format.continuation || value.prepend(0, 1)) && value.prepend(length, format.length_octets) &&
              value.prepend(type, format.type_octets);
  return fits ? Error{} : EncodeError::TooLong;
}

/// WiMAX: a value that is too long goes into several Vendor-Specific attributes, all but the last with the top bit
/// of the continuation octet.
Error put_continued(const AttributeDefinition& vendor, uint32_t type, Octets value, Writer& writer) {
  const VendorFormat& format = vendor.format;
  const size_t part_max = Attribute::value_max - 4 - format.header_size();
  do {
    size_t part = std::min(value.size(), part_max);
    std::array<uint8_t, 4 + 4 + 2 + 1> buffer;
    Writer header(buffer);
    header.put_uint32(vendor.number);
    header.put_uint(format.type_octets, type);
    header.put_uint(format.length_octets, part + format.header_size());
    header.put_uint8(part < value.size() ? more : uint8_t{0});
    if (Error error = put_attribute(attribute_type::vendor_specific, {header.written(), value.first(part)}, writer))
      return error;
    value = value.subspan(part);
  } while (!value.empty());
  return std::nullopt;
}

/// Writes what stands directly in the packet: an attribute of the root, of a vendor, or of an extended space.
Error put_in_container(const AttributeDefinition& definition, WireValue& value, Writer& writer) {
  const AttributeDefinition& parent = *definition.parent;
  switch (parent.type) {
    case DataType::Root:
      if (definition.concat) return put_concat(definition.number, value.octets(), writer);
      return put_attribute(definition.number, {value.octets()}, writer);
    case DataType::Extended: {
      uint8_t extended_type = static_cast<uint8_t>(definition.number);
      return put_attribute(parent.number, {Octets(&extended_type, 1), value.octets()}, writer);
    }
    case DataType::LongExtended: return put_long_extended(parent.number, definition.number, value.octets(), writer);
    case DataType::Vendor: break;
    default: return EncodeError::TooLong;
  }

  const AttributeDefinition& space = *parent.parent;
  if (space.type == DataType::Evs) {
    // RFC 6929 §2.4: Vendor-Id and Vendor-Type stand before the value, in the first fragment alone.
    if (!value.prepend(definition.number, 1) || !value.prepend(parent.number, 4)) return EncodeError::TooLong;
    return put_in_container(space, value, writer);
  }
  if (parent.format.continuation && value.size() + 4 + parent.format.header_size() > Attribute::value_max)
    return put_continued(parent, definition.number, value.octets(), writer);
  if (Error error = wrap_in_vendor_format(parent, definition.number, value)) return error;
  std::array<uint8_t, 4> vendor_id;
  put_uint32be(vendor_id, parent.number);
  return put_attribute(attribute_type::vendor_specific, {vendor_id, value.octets()}, writer);
}

/// The attribute of a list's item as far as its outermost TLV: `definition` becomes that TLV's.
Error wrap_in_tlvs(const AttributeDefinition*& definition, WireValue& value) {
  while (definition->parent->type == DataType::Tlv) {
    if (value.size() == 0 || value.size() > 253) return EncodeError::TooLong;
    if (!value.prepend(value.size() + 2, 1) || !value.prepend(definition->number, 1)) return EncodeError::TooLong;
    definition = definition->parent;
  }
  return std::nullopt;
}

/// Appends another sub-attribute to the Vendor-Specific attribute that was written last.
bool put_in_last_vendor_attribute(const AttributeDefinition& definition, WireValue& value, MutableOctets last,
                                  Writer& writer) {
  // Without a length field nobody could take them apart, and an EVS attribute holds one alone (RFC 6929 §2.4).
  const AttributeDefinition& vendor = *definition.parent;
  if (vendor.format.length_octets == 0 || vendor.parent->type == DataType::Evs) return false;
  if (wrap_in_vendor_format(*definition.parent, definition.number, value)) return false;
  if (last[1] + value.size() > 255 || value.size() > writer.room()) return false;
  writer.put(value.octets());
  last[1] = static_cast<uint8_t>(last[1] + value.size());
  return true;
}

/// Does number `index` of the list go into the attribute of the array's value before it?
bool continues_array(const AttributeList& list, size_t index, const AttributeDefinition& array, size_t size) {
  size_t element = fixed_size(array.type);
  return array.array && element != 0 && index < list.size() && list.at(index).definition == &array &&
         list.is_grouped_as(index, index - 1) && size + element <= array.wire_room();
}

bool may_be_left_out(const AttributeDefinition& definition) {
  bool has_any_size = definition.type == DataType::Text || definition.type == DataType::OctetString ||
                      definition.type == DataType::ABinary;
  return has_any_size && !definition.hidden();
}

}  // namespace

EncodeResult encode_attribute(const AttributeList& list, size_t index, const HidingKey* key, SaltSource& salts,
                              Writer& writer, AttributeFilter* filter) {
  std::optional<size_t> last_attribute;  // where the attribute that was written last begins
  size_t at = index;
  do {
    AttributeView view = list.at(at);
    const AttributeDefinition* definition = view.definition;
    if (filter != nullptr && !filter->passes(view)) continue;
    if (definition == nullptr) {
      if (Error error = put_attribute(view.type, {view.value}, writer)) return {at, error};
      continue;
    }
    if (definition->internal) return {at, EncodeError::Internal};
    // RFC 8044 §3.4, §3.5: never sent with length 0.
    if (view.value.empty() && may_be_left_out(*definition)) continue;

    WireValue value;
    if (!value.set(view, key, salts)) return {at, EncodeError::TooLong};
    while (continues_array(list, at + 1, *definition, value.size())) value.append(list.at(++at).value);
    if (Error error = wrap_in_tlvs(definition, value)) return {at, error};
    if (last_attribute) {
      WireValue shared = value;
      MutableOctets last = writer.written().subspan(*last_attribute);
      if (put_in_last_vendor_attribute(*definition, shared, last, writer)) continue;
    }
    last_attribute = writer.size();
    if (Error error = put_in_container(*definition, value, writer)) return {at, error};
  } while (++at < list.size() && list.joins_previous(at));
  return {at, std::nullopt};
}

}  // namespace radhost
