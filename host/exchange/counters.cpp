// SPDX-License-Identifier: Apache-2.0
#include "exchange/counters.h"

namespace radhost {

uint64_t KindCounters::ended() const {
  uint64_t sum = 0;
  for (const Counter* counter : {&duplicates, &malformed, &bad_authenticators, &dropped, &no_records, &unknown_types,
                                 &positive, &negative, &challenges})
    sum += counter->value();
  return sum;
}

Counter& counter_of(KindCounters& kind, Discard reason, RequestKind request_kind) {
  switch (reason) {
    case Discard::ShortPacket:
    case Discard::OversizedPacket:
    case Discard::TruncatedPacket:
    case Discard::MalformedAttribute: return kind.malformed;
    case Discard::BadAuthenticator:
    case Discard::BadMessageAuthenticator: return kind.bad_authenticators;
    case Discard::UnknownCode:
    case Discard::UnexpectedCode: return kind.unknown_types;
    case Discard::Duplicate: return kind.duplicates;
    case Discard::Unanswered:
    case Discard::PluginError:
    case Discard::PluginTimeout: return request_kind == RequestKind::Accounting ? kind.no_records : kind.dropped;
    default: return kind.dropped;
  }
}

}  // namespace radhost
