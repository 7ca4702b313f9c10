// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iterator>

#include "base/octets.h"

namespace radhost {

/// Attribute types that the protocol machinery itself looks at (IANA "RADIUS Attribute Types").
namespace attribute_type {
inline constexpr uint8_t user_name = 1;
inline constexpr uint8_t user_password = 2;
inline constexpr uint8_t chap_password = 3;
inline constexpr uint8_t nas_ip_address = 4;
inline constexpr uint8_t nas_port = 5;
inline constexpr uint8_t service_type = 6;
inline constexpr uint8_t framed_ip_address = 8;
inline constexpr uint8_t reply_message = 18;
inline constexpr uint8_t state = 24;
inline constexpr uint8_t class_attribute = 25;
inline constexpr uint8_t vendor_specific = 26;
inline constexpr uint8_t session_timeout = 27;
inline constexpr uint8_t idle_timeout = 28;
inline constexpr uint8_t called_station_id = 30;
inline constexpr uint8_t calling_station_id = 31;
inline constexpr uint8_t nas_identifier = 32;
inline constexpr uint8_t proxy_state = 33;
inline constexpr uint8_t acct_status_type = 40;
inline constexpr uint8_t acct_session_id = 44;
inline constexpr uint8_t acct_terminate_cause = 49;
inline constexpr uint8_t acct_multi_session_id = 50;
inline constexpr uint8_t event_timestamp = 55;
inline constexpr uint8_t chap_challenge = 60;
inline constexpr uint8_t nas_port_type = 61;
inline constexpr uint8_t tunnel_password = 69;
inline constexpr uint8_t arap_password = 70;
inline constexpr uint8_t arap_features = 71;
inline constexpr uint8_t arap_security = 73;
inline constexpr uint8_t arap_security_data = 74;
inline constexpr uint8_t password_retry = 75;
inline constexpr uint8_t prompt = 76;
inline constexpr uint8_t eap_message = 79;
inline constexpr uint8_t message_authenticator = 80;
inline constexpr uint8_t acct_interim_interval = 85;
inline constexpr uint8_t nas_port_id = 87;
inline constexpr uint8_t chargeable_user_identity = 89;
inline constexpr uint8_t originating_line_info = 94;
inline constexpr uint8_t nas_ipv6_address = 95;
inline constexpr uint8_t framed_interface_id = 96;
inline constexpr uint8_t framed_ipv6_prefix = 97;
inline constexpr uint8_t error_cause = 101;
inline constexpr uint8_t digest_response = 103;
inline constexpr uint8_t delegated_ipv6_prefix = 123;
inline constexpr uint8_t operator_name = 126;
inline constexpr uint8_t framed_ipv6_address = 168;
inline constexpr uint8_t extended_1 = 241;
inline constexpr uint8_t extended_4 = 244;
inline constexpr uint8_t long_extended_1 = 245;
inline constexpr uint8_t long_extended_2 = 246;
}  // namespace attribute_type

/// One attribute as it lies on the wire (RFC 2865 §5):
///
///      0                   1                   2
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
///     |     Type      |    Length     |  Value ...
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
struct Attribute {
  uint8_t type;
  Octets value;
  size_t offset;  ///< of its Type octet, from the first attribute's

  static constexpr size_t header_size = 2;
  static constexpr size_t value_max = 253;
};

/// The attributes in octets that are known to be well-formed (see `attributes_fill`), in order.
class AttributeRange {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Attribute;
    using difference_type = std::ptrdiff_t;
    using pointer = const Attribute*;
    using reference = Attribute;

    Iterator(Octets all, size_t offset) : all_(all), offset_(offset) {}
    Attribute operator*() const {
      return {all_[offset_], all_.subspan(offset_ + Attribute::header_size, length() - Attribute::header_size),
              offset_};
    }
    Iterator& operator++() {
      offset_ += length();
      return *this;
    }
    bool operator!=(const Iterator& other) const { return offset_ != other.offset_; }

    /// Of the attribute it stands at; the range's size at its end.
    size_t offset() const { return offset_; }

   private:
    size_t length() const { return all_[offset_ + 1]; }
    Octets all_;
    size_t offset_;
  };

  explicit AttributeRange(Octets octets) : octets_(octets) {}
  Iterator begin() const { return {octets_, 0}; }
  Iterator end() const { return {octets_, octets_.size()}; }

  /// The attribute that begins at an offset, which must be one that the range gave; end() at the end.
  Iterator at(size_t offset) const { return {octets_, offset}; }

 private:
  Octets octets_;
};

/// Do well-formed attributes, each of Length 2 or more, fill the octets exactly?
bool attributes_fill(Octets octets);

}  // namespace radhost
