// SPDX-License-Identifier: Apache-2.0
#include "exchange/tally.h"

#include "exchange/answer.h"

namespace radhost {

void Tally::request(const Account& account) {
  each(account, [&](Counters& counters) {
    counters.requests.add();
    counters.kind(account.kind).requests.add();
  });
}

void Tally::invalid_request(const Account& account, IpAddress::Family family) {
  Counters& counters = counters_.listeners[account.listener.index];
  counters.requests.add();
  (family == IpAddress::Family::V4 ? counters.invalid_requests_ipv4 : counters.invalid_requests_ipv6).add();
}

void Tally::status_request(const Account& account) {
  each(account, [](Counters& counters) {
    counters.requests.add();
    counters.status.requests.add();
  });
}

void Tally::authorize_only(const Account& account) {
  each(account, [&](Counters& counters) { counters.kind(account.kind).authorize_only.add(); });
}

void Tally::discard(const Account& account, Discard reason) {
  each(account, [&](Counters& counters) {
    counters.discards[static_cast<size_t>(reason)].add();
    if (reason != Discard::UnknownClient) counter_of(counters.kind(account.kind), reason, account.kind).add();
  });
}

void Tally::status_discard(const Account& account, Discard reason) {
  each(account, [&](Counters& counters) {
    counters.discards[static_cast<size_t>(reason)].add();
    counters.status.dropped.add();
  });
}

void Tally::reply(const Account& account, Code code, uint32_t error_cause, uint64_t took_ns) {
  counters_.handling[account.listener.index].add(took_ns);
  each(account, [&](Counters& counters) {
    counters.replies.add();
    KindCounters& kind = counters.kind(account.kind);
    switch (code) {
      case Code::AccessChallenge: kind.challenges.add(); break;
      case Code::AccessReject: kind.negative.add(); break;
      case Code::CoaNak:
      case Code::DisconnectNak:
        kind.negative.add();
        if (error_cause == error_cause::request_initiated) kind.naks_authorize_only.add();
        if (error_cause == error_cause::session_context_not_found) kind.naks_no_session.add();
        break;
      default: kind.positive.add(); break;
    }
  });
}

void Tally::refusal(const Account& account) {
  each(account, [](Counters& counters) { counters.replies.add(); });
}

void Tally::repeated_reply(const Account& account) {
  each(account, [&](Counters& counters) {
    counters.replies.add();
    counters.kind(account.kind).duplicates.add();
  });
}

void Tally::status_reply(const Account& account) {
  each(account, [](Counters& counters) {
    counters.replies.add();
    counters.status.replies.add();
  });
}

void Tally::left_out(const Account& account, uint64_t attributes) {
  each(account, [attributes](Counters& counters) { counters.attributes_left_out.add(attributes); });
}

void Tally::unsent(const Account& account) {
  each(account, [](Counters& counters) {
    counters.replies.subtract();
    counters.discards[static_cast<size_t>(Discard::SendFailed)].add();
  });
}

void Tally::begin_handling(const Account& account) {
  each(account, [](Counters& counters) { counters.in_flight.add(); });
}

void Tally::end_handling(const Account& account) {
  each(account, [](Counters& counters) { counters.in_flight.subtract(); });
}

}  // namespace radhost
