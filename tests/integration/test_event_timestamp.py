# SPDX-License-Identifier: Apache-2.0
"""Event-Timestamp: a CoA or Disconnect that is too old, or from the future, may be a replay (RFC 5176 §6.3)."""

import time

import pytest

from support import wire
from support.client import Client
from support.configurations import LOOPBACK_CLIENT, SECRET, acctlog_plugin, listener, static_plugin

CODES = [wire.COA_REQUEST, wire.DISCONNECT_REQUEST]


def start(radhost, more="", handlers='["yes"]'):
    return radhost(LOOPBACK_CLIENT + static_plugin("yes", "accept")
                   + listener("dynauth", '["coa", "disconnect"]', handlers, more=more))


def stamped(client, code, *times, **options):
    return client.signed_request(code, [(wire.ACCT_SESSION_ID, b"S1"),
                                        *[(wire.EVENT_TIMESTAMP, time_) for time_ in times]], **options)


def seconds(offset):
    return wire.integer((int(time.time()) + offset) % 2**32)


def answered(client, request):
    return client.exchange(request).code in (wire.COA_ACK, wire.DISCONNECT_ACK)


@pytest.mark.row("DYN-2")
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("offset", [0, -298, 298])
def test_within_the_window_it_is_answered(radhost, code, offset):
    server = start(radhost)
    with Client(server.address("dynauth"), SECRET) as client:
        assert answered(client, stamped(client, code, seconds(offset)))


def silence(server, datagram_of, code, word="stale_event_timestamp"):
    with Client(server.address("dynauth"), SECRET) as client:
        client.expect_silence(datagram_of(client), lambda: stamped(client, code, seconds(0)))
    counters = server.stop()
    assert counters.discards() == {word: 1}
    kind = counters.listener("dynauth")["coa" if code == wire.COA_REQUEST else "disconnect"]
    assert (kind["requests"], kind["dropped"], kind["acks"]) == (2, 1, 1)


@pytest.mark.row("DYN-2", "MIB-6")
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("offset", [-302, 302, -86400, 86400])
def test_outside_the_window_it_gets_no_answer(radhost, code, offset):
    silence(start(radhost), lambda client: stamped(client, code, seconds(offset)), code)


@pytest.mark.row("DYN-2")
@pytest.mark.parametrize("value", [bytes(4), b"\xff\xff\xff\xff"])
def test_the_ends_of_time_are_outside_the_window(radhost, value):
    silence(start(radhost), lambda client: stamped(client, wire.COA_REQUEST, value), wire.COA_REQUEST)


@pytest.mark.row("DYN-2")
def test_also_where_nobody_handles_it(radhost):
    """Silence, and no NAK."""
    server = start(radhost, handlers="[]")
    with Client(server.address("dynauth"), SECRET) as client:
        client.expect_silence(stamped(client, wire.COA_REQUEST, seconds(-400)),
                              lambda: stamped(client, wire.COA_REQUEST, seconds(0)))
    assert server.stop().discards() == {"stale_event_timestamp": 1}


@pytest.mark.row("DYN-2")
@pytest.mark.parametrize("offset, is_answered", [(-8, True), (8, True), (-13, False), (13, False)])
def test_the_window_may_be_set(radhost, offset, is_answered):
    server = start(radhost, "event_timestamp_window_s = 10")
    with Client(server.address("dynauth"), SECRET) as client:
        request = stamped(client, wire.COA_REQUEST, seconds(offset))
        if is_answered:
            assert answered(client, request)
        else:
            client.expect_silence(request, lambda: stamped(client, wire.COA_REQUEST, seconds(0)))


@pytest.mark.row("DYN-3")
@pytest.mark.parametrize("code", CODES)
def test_without_one_it_is_answered_unless_one_is_required(radhost, code):
    server = start(radhost)
    with Client(server.address("dynauth"), SECRET) as client:
        assert answered(client, stamped(client, code))
    silence(start(radhost, "require_event_timestamp = true"), lambda client: stamped(client, code), code)


@pytest.mark.row("DYN-3")
@pytest.mark.parametrize("value", [b"", bytes(3), bytes(5)])
def test_where_one_is_required_an_invalid_one_is_none(radhost, value):
    silence(start(radhost, "require_event_timestamp = true"),
            lambda client: stamped(client, wire.COA_REQUEST, value), wire.COA_REQUEST)


@pytest.mark.row("DYN-1", "DYN-2")
def test_a_forged_one_counts_as_forged(radhost):
    """The authenticator comes first."""
    server = start(radhost)
    with Client(server.address("dynauth"), SECRET) as client:
        stale = stamped(client, wire.COA_REQUEST, seconds(-400))
        client.expect_silence(stale[:4] + bytes(16) + stale[20:],
                              lambda: stamped(client, wire.COA_REQUEST, seconds(0)))
    assert server.stop().discards() == {"bad_authenticator": 1}


@pytest.mark.row("DYN-2", "ACC-8")
def test_accounting_may_be_as_old_as_it_is(radhost):
    """A NAS delivers later what it could not deliver then (RFC 2866 §2)."""
    server = radhost(LOOPBACK_CLIENT + acctlog_plugin()
                     + listener("acct", '["accounting"]', '["acctlog"]', more="require_event_timestamp = true"))
    with Client(server.address("acct"), SECRET) as client:
        for time_ in ([(wire.EVENT_TIMESTAMP, seconds(-86400))], []):
            request = client.accounting_request([(wire.ACCT_STATUS_TYPE, wire.integer(1)),
                                                 (wire.ACCT_SESSION_ID, b"S1"), *time_])
            assert client.exchange(request).code == wire.ACCOUNTING_RESPONSE
