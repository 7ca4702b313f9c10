// SPDX-License-Identifier: Apache-2.0
#include "cli/credentials.h"

#include <mschap.h>
#include <mschap_attribute.h>

#include "base/digest.h"

namespace radhost {
namespace {

const Pair* find_pair(const std::vector<Pair>& pairs, std::string_view name) {
  for (const Pair& pair : pairs)
    if (NameEqual{}(pair.name, name)) return &pair;
  return nullptr;
}

Pair octets_pair(std::string name, Octets value) {
  return {std::move(name), AttributeView::no_tag, "0x" + to_hex(value)};
}

}  // namespace

/// What the server's proof is computed from.
struct Credentials::Sent {
  mschap::Challenge authenticator_challenge;
  mschap::Challenge peer_challenge;
  std::string user;
  mschap::Response response;
  mschap::NtHash hash;

  mschap::Exchange exchange() const { return {authenticator_challenge, peer_challenge, user}; }
};

Credentials::Credentials(PasswordMethod method) : method_(method) {
  if (method != PasswordMethod::MsChapV2) return;
  algorithms_ = std::make_unique<mschap::Algorithms>();
  calculator_ = std::make_unique<mschap::Calculator>(*algorithms_);
}

Credentials::~Credentials() = default;

std::string Credentials::replace(Dictionary& dictionary, std::vector<Pair>& pairs) {
  if (method_ == PasswordMethod::Pap) return {};
  const Pair* password_pair = find_pair(pairs, "User-Password");
  if (password_pair == nullptr) return "User-Password is needed: the response is made from it";
  std::string password = password_pair->value;
  const Pair* user_pair = find_pair(pairs, "User-Name");
  std::string user = user_pair == nullptr ? std::string() : user_pair->value;
  std::erase_if(pairs, [](const Pair& pair) { return NameEqual{}(pair.name, "User-Password"); });
  if (method_ == PasswordMethod::Chap) return replace_by_chap(pairs, password);
  if (dictionary.find("MS-CHAP2-Response") == nullptr) return "the dictionary has no MS-CHAP2-Response";
  return replace_by_mschapv2(pairs, user, password);
}

std::string Credentials::replace_by_chap(std::vector<Pair>& pairs, const std::string& password) {
  std::array<uint8_t, 17> random;  // the CHAP identifier and the challenge
  fill_random(random);
  Octets identifier = Octets(random).first(1);
  Octets challenge = Octets(random).subspan(1);
  // RFC 2865 §5.3: the identifier, then MD5(identifier, password, challenge).
  std::vector<uint8_t> value(identifier.begin(), identifier.end());
  for (uint8_t octet : md5({identifier, octets_of(password), challenge})) value.push_back(octet);
  pairs.push_back(octets_pair("CHAP-Password", value));
  pairs.push_back(octets_pair("CHAP-Challenge", challenge));
  return {};
}

std::string Credentials::replace_by_mschapv2(std::vector<Pair>& pairs, const std::string& user,
                                             const std::string& password) {
  auto hash = calculator_->nt_hash(password);
  if (!hash) return "the password is too long, or not UTF-8";
  sent_ = std::make_unique<Sent>(Sent{{}, {}, std::string(mschap::without_domain(user)), {}, *hash});
  fill_random(sent_->authenticator_challenge);
  fill_random(sent_->peer_challenge);
  auto response = calculator_->response(sent_->exchange(), *hash);
  if (!response) return "OpenSSL cannot compute an MS-CHAP response";
  sent_->response = *response;
  std::array<uint8_t, 1> ident;
  fill_random(ident);
  pairs.push_back(octets_pair("MS-CHAP-Challenge", sent_->authenticator_challenge));
  pairs.push_back(
      octets_pair("MS-CHAP2-Response", mschap::encode_response2({ident[0], sent_->peer_challenge, sent_->response})));
  return {};
}

bool Credentials::verify_server(Octets success) {
  if (method_ != PasswordMethod::MsChapV2) return true;
  // RFC 2548 §2.3.3: an Ident, then the text.
  if (sent_ == nullptr || success.empty()) return false;
  return calculator_->verify_authenticator(sent_->exchange(), sent_->response, sent_->hash,
                                           text_of(success.subspan(1)));
}

}  // namespace radhost
