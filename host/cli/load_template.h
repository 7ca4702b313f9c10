// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/credentials.h"
#include "dictionary/notation.h"
#include "packet/code.h"

namespace radhost {

/// What all requests of a load have in common, as the command line says it.
struct LoadShape {
  Code code = Code::AccessRequest;
  std::vector<Pair> pairs;
  PasswordMethod method = PasswordMethod::Pap;
  uint64_t users = 0;   ///< `%n` in a value stands for a number below this; 0: for itself
  bool is_1_1 = false;  ///< RADIUS/1.1: nothing is hidden, and nothing signed
};

/// Where something lies that each request has anew; of size 0 where it is not needed.
struct Field {
  size_t offset = 0;
  size_t size = 0;

  explicit operator bool() const { return size != 0; }
  MutableOctets in(MutableOctets octets) const { return octets.subspan(offset, size); }
};

/// A place for the number of a request's user.
struct NumberField : Field {
  bool is_text = true;  ///< decimal digits; otherwise an integer
};

/// A request that is encoded once: what changes from one to the next is zero, and it is not signed. Numbers of users
/// are of variable length, so each length has a template of its own.
struct LoadTemplate {
  std::vector<uint8_t> octets;
  std::vector<NumberField> numbers;
  Field message_authenticator;
  Field user_name;
  Field user_password;  // hidden, but for RADIUS/1.1
  Field chap_password;
  Field chap_challenge;
  Field mschap_challenge;
  Field mschap_response;
  Field event_timestamp;
  Field session_id;   // of 16 hexadecimal digits: unique
  Field proxy_state;  // unique, where nothing else makes the request so
  std::vector<uint8_t> password;
  std::vector<NumberField> password_numbers;
};

/// The template for numbers of so many digits. Gives the reason when there can be none.
Result<LoadTemplate, std::string> make_load_template(const LoadShape& shape, size_t digits, Dictionary& dictionary,
                                                     const SharedSecret& secret);

}  // namespace radhost
