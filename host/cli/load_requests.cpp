// SPDX-License-Identifier: Apache-2.0
#include "cli/load_requests.h"

#include <mschap.h>
#include <mschap_attribute.h>

#include <algorithm>
#include <charconv>

#include "cli/packet_text.h"
#include "packet/authenticator.h"

namespace radhost {
namespace {

constexpr size_t password_max = 128;  // RFC 2865 §5.2; the template holds no longer one

size_t digits_of(uint64_t number) {
  size_t digits = 1;
  for (; number >= 10; number /= 10) ++digits;
  return digits;
}

void put_decimal(uint64_t number, MutableOctets field) {
  auto* text = reinterpret_cast<char*>(field.data());
  std::to_chars(text, text + field.size(), number);
}

void put_hexadecimal(uint64_t number, MutableOctets field) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (size_t i = field.size(); i > 0; --i) {
    field[i - 1] = static_cast<uint8_t>(digits[number & 15]);
    number >>= 4;
  }
}

void put_numbers(const std::vector<NumberField>& fields, uint64_t number, MutableOctets octets) {
  for (const NumberField& field : fields) {
    if (field.is_text) put_decimal(number, field.in(octets));
    else put_uint_be(field.in(octets), number);
  }
}

MutableOctets authenticator_of(MutableOctets packet) {
  return packet.subspan(Packet::authenticator_offset, Packet::authenticator_size);
}

}  // namespace

LoadRequests::LoadRequests(const LoadShape& shape, const SharedSecret& secret, uint64_t seed)
    : shape_(shape),
      secret_(secret),
      random_(seed),
      unique_(random_()),
      first_token_(static_cast<uint32_t>(random_())) {}

LoadRequests::~LoadRequests() = default;

std::string LoadRequests::prepare(Dictionary& dictionary) {
  size_t digits_max = digits_of(shape_.users > 0 ? shape_.users - 1 : 0);
  for (size_t digits = 1; digits <= digits_max; ++digits) {
    auto made = make_load_template(shape_, digits, dictionary, secret_);
    if (!made.ok()) return made.error();
    templates_.push_back(std::move(*made));
  }
  if (!templates_[0].mschap_response) return {};
  algorithms_ = std::make_unique<mschap::Algorithms>();
  calculator_ = std::make_unique<mschap::Calculator>(*algorithms_);
  if (!calculator_->nt_hash(text_of(templates_.back().password))) return "the password is too long, or not UTF-8";
  return {};
}

size_t LoadRequests::size_max() const {
  size_t size = 0;
  for (const LoadTemplate& shared : templates_) size = std::max(size, shared.octets.size());
  return size;
}

MutableOctets LoadRequests::write(const Next& next, MutableOctets room) {
  uint64_t user = shape_.users > 0 ? next.number % shape_.users : 0;
  const LoadTemplate& shared = templates_[digits_of(user) - 1];
  MutableOctets packet = room.first(shared.octets.size());
  copy_octets(packet, shared.octets);
  put_numbers(shared.numbers, user, packet);
  fill_unique_fields(shared, next.now_s, packet);
  if (shape_.is_1_1) {
    put_token(next, packet);
    fill_credentials(shared, user, packet);
    return packet;
  }
  put_uint_be(packet.subspan(1, 1), next.identifier);
  bool digest = request_authenticator_is_digest(shape_.code);
  if (!digest) draw(authenticator_of(packet));
  fill_credentials(shared, user, packet);
  if (shared.message_authenticator)
    sign_request_message_authenticator(packet, shared.message_authenticator.offset, secret_);
  if (digest) sign_request_authenticator(packet, secret_);
  return packet;
}

/// RFC 9765 §4.2.1: counts from a random start; unlike that of any other request that waits.
void LoadRequests::put_token(const Next& next, MutableOctets packet) const {
  constexpr uint32_t identifiers = 256;
  auto counted = static_cast<uint32_t>(first_token_ + next.number);
  put_uint_be(packet.subspan(PacketTextKey::token_offset, PacketTextKey::token_size),
              counted * identifiers + next.identifier);
}

void LoadRequests::fill_unique_fields(const LoadTemplate& shared, uint32_t now_s, MutableOctets packet) {
  ++unique_;
  if (shared.session_id) put_hexadecimal(unique_, shared.session_id.in(packet));
  if (shared.proxy_state) put_uint_be(shared.proxy_state.in(packet), unique_);
  if (shared.event_timestamp) put_uint_be(shared.event_timestamp.in(packet), now_s);
}

void LoadRequests::fill_credentials(const LoadTemplate& shared, uint64_t user, MutableOctets packet) {
  if (shared.password.empty() && !shared.user_password) return;
  std::array<uint8_t, password_max> room;
  MutableOctets password = MutableOctets(room).first(shared.password.size());
  copy_octets(password, shared.password);
  put_numbers(shared.password_numbers, user, password);
  if (shared.user_password) {
    if (shape_.is_1_1) return copy_octets(shared.user_password.in(packet), password);
    HidingKey key{secret_, authenticator_of(packet)};
    hide(Hiding::UserPassword, password, shared.user_password.in(packet), 0, key);
  } else if (shared.chap_password) {
    // RFC 2865 §5.3: an identifier, then MD5(identifier, password, challenge).
    MutableOctets value = shared.chap_password.in(packet);
    MutableOctets challenge = shared.chap_challenge.in(packet);
    draw(challenge);
    draw(value.first(1));
    copy_octets(value.subspan(1), md5({value.first(1), password, challenge}));
  } else if (shared.mschap_response) {
    fill_mschap(shared, password, packet);
  }
}

void LoadRequests::fill_mschap(const LoadTemplate& shared, Octets password, MutableOctets packet) {
  MutableOctets challenge = shared.mschap_challenge.in(packet);
  draw(challenge);
  mschap::Response2Attribute attribute;
  draw(attribute.peer_challenge);
  draw(MutableOctets(&attribute.ident, 1));
  std::string_view user = mschap::without_domain(text_of(shared.user_name.in(packet)));
  auto hash = calculator_->nt_hash(text_of(password));  // prepare() found what could go wrong
  auto response = calculator_->response({challenge, attribute.peer_challenge, user}, *hash);
  if (response) attribute.nt_response = *response;
  copy_octets(shared.mschap_response.in(packet), mschap::encode_response2(attribute));
}

/// Fills with what is random enough to be different each time.
void LoadRequests::draw(MutableOctets octets) {
  while (!octets.empty()) {
    size_t size = std::min(octets.size(), sizeof(uint64_t));
    put_uint_be(octets.first(size), random_());
    octets = octets.subspan(size);
  }
}

}  // namespace radhost
