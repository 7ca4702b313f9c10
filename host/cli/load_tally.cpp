// SPDX-License-Identifier: Apache-2.0
#include "cli/load_tally.h"

#include <algorithm>
#include <numeric>

namespace radhost {
namespace {

template <size_t N>
void add_each(std::array<uint64_t, N>& to, const std::array<uint64_t, N>& from) {
  for (size_t i = 0; i < N; ++i) to[i] += from[i];
}

}  // namespace

std::string_view to_word(WrongAnswer reason) {
  switch (reason) {
    case WrongAnswer::Malformed: return "malformed";
    case WrongAnswer::NotAsked: return "not_asked";
    case WrongAnswer::Authenticator: return "authenticator";
    case WrongAnswer::MessageAuthenticator: return "message_authenticator";
    case WrongAnswer::Duplicate: return "duplicate";
    case WrongAnswer::Code: return "code";
    case WrongAnswer::Unexpected: return "unexpected";
  }
  return {};
}

uint64_t LoadTally::all_wrong() const { return std::accumulate(wrong.begin(), wrong.end(), uint64_t{0}); }

double LoadTally::rate() const { return end_ns > begin_ns ? static_cast<double>(answered) / duration_s() : 0; }

void LoadTally::extend(uint64_t now_ns) {
  if (begin_ns == 0) begin_ns = now_ns;
  end_ns = std::max(end_ns, now_ns);
}

void LoadTally::merge(const LoadTally& other) {
  sent += other.sent;
  answered += other.answered;
  lost += other.lost;
  unsent += other.unsent;
  late += other.late;
  add_each(wrong, other.wrong);
  add_each(codes, other.codes);
  latency.merge(other.latency);
  if (other.begin_ns == 0) return;
  begin_ns = begin_ns == 0 ? other.begin_ns : std::min(begin_ns, other.begin_ns);
  end_ns = std::max(end_ns, other.end_ns);
}

}  // namespace radhost
