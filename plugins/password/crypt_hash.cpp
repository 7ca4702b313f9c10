// SPDX-License-Identifier: Apache-2.0
#include "crypt_hash.h"

#include "mschap.h"

#include <algorithm>
#include <array>

#include <crypt.h>

namespace password {
namespace {

/// Text with the NUL behind it that C wants.
template <size_t N>
bool terminate(std::string_view text, std::array<uint8_t, N>& out) {
  // crypt(3) would take a password up to its first NUL for the whole.
  if (text.size() >= N || text.find('\0') != std::string_view::npos) return false;
  std::copy(text.begin(), text.end(), out.begin());
  out[text.size()] = 0;
  return true;
}

mschap::Octets octets_of(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

}  // namespace

Crypt::Crypt() : data_(std::make_unique<crypt_data>()) {}

Crypt::~Crypt() { mschap::wipe({reinterpret_cast<uint8_t*>(data_.get()), sizeof *data_}); }

bool Crypt::verify(std::string_view password, std::string_view hash) {
  mschap::Secret<256> phrase;
  mschap::Secret<CRYPT_OUTPUT_SIZE> setting;
  if (!terminate(password, phrase.octets) || !terminate(hash, setting.octets)) return false;
  const char* made = crypt_rn(reinterpret_cast<const char*>(phrase.octets.data()),
                              reinterpret_cast<const char*>(setting.octets.data()), data_.get(), sizeof *data_);
  return made != nullptr && mschap::equal(octets_of(made), octets_of(hash));
}

}  // namespace password
