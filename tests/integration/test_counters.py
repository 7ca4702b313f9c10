# SPDX-License-Identifier: Apache-2.0
"""Counters in the words of RFC 4669, 4671 and 4673: every request moves `requests`, and one of the others."""

import time

import pytest

from support import wire
from support.client import Client
from support.configurations import (BOB, LOOPBACK_CLIENT, SECRET, ACCESS_PLUGINS, acctlog_plugin, later_plugin,
                                    listener, static_plugin)
from support.later import ask

ALL = (LOOPBACK_CLIENT + ACCESS_PLUGINS + acctlog_plugin() + later_plugin(timeout_ms=100, on_error="drop")
       + static_plugin("yes", "accept") + static_plugin("no", "reject", '{ "Error-Cause" = 503 }')
       + listener("auth", '["access"]', '["users", "password"]') + listener("later", '["access"]', '["later"]')
       + listener("acct", '["accounting"]', '["acctlog"]') + listener("acct-later", '["accounting"]', '["later"]')
       + listener("ack", '["coa", "disconnect"]', '["yes"]') + listener("nak", '["coa", "disconnect"]', '["no"]'))
KINDS = {"auth": ["access"], "later": ["access"], "acct": ["accounting"], "acct-later": ["accounting"],
         "ack": ["coa", "disconnect"], "nak": ["coa", "disconnect"]}


@pytest.fixture
def server(radhost):
    return radhost(ALL, files={"users.toml": BOB})


def strangers(numbers):
    """Requests from sources that are no clients."""
    return numbers["invalid_requests_ipv4"] + numbers["invalid_requests_ipv6"]


def moved(counters, name):
    """{kind: {counter: value}} of what is not zero."""
    numbers = counters.listener(name)
    return {kind: {word: value for word, value in numbers[kind].items() if value} for kind in KINDS[name]
            if any(numbers[kind].values())}


def assert_adds_up(counters):
    """MIB-3: what is not pending has come to one of the ends; clients and discards tell the same."""
    listeners = counters.tree["listeners"]
    for name, kinds in KINDS.items():
        for kind in kinds:
            numbers = dict(listeners[name][kind])
            for within in ("authorize_only", "naks_authorize_only", "naks_no_session"):
                numbers.pop(within, None)
            assert numbers.pop("pending") == 0
            assert numbers.pop("requests") == sum(numbers.values()), (name, kind, numbers)
        assert listeners[name]["in_flight"] == 0
    for word in ("requests", "replies"):
        unknown = sum(map(strangers, listeners.values())) if word == "requests" else 0
        assert sum(numbers[word] for numbers in listeners.values()) - unknown == counters.client("loopback")[word]
    total = {}
    for numbers in listeners.values():
        for word, count in numbers["discards"].items():
            total[word] = total.get(word, 0) + count
    assert total == counters.discards()


def accounting(client, *more):
    return client.accounting_request([(wire.ACCT_STATUS_TYPE, wire.integer(1)), (wire.ACCT_SESSION_ID, b"S1"), *more])


def spoiled(octets):
    return octets[:-1] + bytes([octets[-1] ^ 1])


# name → (listener, what is sent, is it answered?, what moves beside `requests`)
ACCESS_EVENTS = {
    "accept": ("auth", lambda c: c.pap_request(b"bob", b"hello"), True, "accepts"),
    "reject": ("auth", lambda c: c.pap_request(b"bob", b"wrong"), True, "rejects"),
    "challenge": ("later", lambda c: ask(c, "now 0 challenge"), True, "challenges"),
    "bad Message-Authenticator": (
        "auth", lambda c: spoiled(c.pap_request(b"bob", b"x", message_authenticator="last")), False,
        "bad_authenticators"),
    "framing": ("auth", lambda c: wire.encode(1, 9, bytes(16), [])[:2] + b"\0\x16" + bytes(16) + b"\1\1", False,
                "malformed"),
    "short": ("auth", lambda c: b"\1\1\0\4", False, "malformed"),
    "unknown code": ("auth", lambda c: wire.encode(99, 9, bytes(16), []), False, "unknown_types"),
    "another kind": ("auth", accounting, False, "unknown_types"),
    "no credentials": ("auth", lambda c: c.access_request([(wire.USER_NAME, b"bob")], message_authenticator=None),
                       False, "dropped"),
    "dropped": ("later", lambda c: ask(c, "thread 1 drop"), False, "dropped"),
    "error": ("later", lambda c: ask(c, "thread 1 error"), False, "dropped"),
}
ACCOUNTING_EVENTS = {
    "recorded": ("acct", accounting, True, "responses"),
    "bad authenticator": ("acct", lambda c: spoiled(accounting(c)), False, "bad_authenticators"),
    "another kind": ("acct", lambda c: c.pap_request(b"bob", b"x"), False, "unknown_types"),
    "no session": ("acct", lambda c: c.accounting_request([(wire.ACCT_STATUS_TYPE, wire.integer(1))]), False,
                   "dropped"),
    "not recorded": ("acct-later", lambda c: accounting(c, (wire.USER_NAME, b"thread 1 reject")), False,
                     "no_records"),
    "error": ("acct-later", lambda c: accounting(c, (wire.USER_NAME, b"thread 1 error")), False, "no_records"),
    "too late": ("acct-later", lambda c: accounting(c, (wire.USER_NAME, b"never 0")), False, "no_records"),
    "dropped": ("acct-later", lambda c: accounting(c, (wire.USER_NAME, b"thread 1 drop")), False, "dropped"),
}
PROBES = {"auth": lambda c: c.pap_request(b"bob", b"hello"), "later": lambda c: ask(c, "thread 50 accept"),
          "acct": accounting, "acct-later": lambda c: accounting(c, (wire.USER_NAME, b"thread 60 accept"))}


def send(server, name, make, is_answered):
    with Client(server.address(name), SECRET) as client:
        if is_answered:
            client.exchange(make(client))
        else:
            client.expect_silence(make(client), lambda: PROBES[name](client))


@pytest.mark.row("MIB-1", "MIB-3", "MIB-7")
@pytest.mark.parametrize("event", ACCESS_EVENTS)
def test_each_end_of_an_access_request_moves_one_counter(server, event):
    name, make, is_answered, word = ACCESS_EVENTS[event]
    send(server, name, make, is_answered)
    counters = server.stop()
    expected = {"requests": 1, word: 1} if is_answered else {"requests": 2, word: 1, "accepts": 1}
    assert moved(counters, name) == {"access": expected}
    assert sum(counters.discards().values()) == (0 if is_answered else 1)
    assert_adds_up(counters)


@pytest.mark.row("MIB-2", "MIB-3", "MIB-7")
@pytest.mark.parametrize("event", ACCOUNTING_EVENTS)
def test_each_end_of_an_accounting_request_moves_one_counter(server, event):
    name, make, is_answered, word = ACCOUNTING_EVENTS[event]
    send(server, name, make, is_answered)
    counters = server.stop()
    expected = {"requests": 1, word: 1} if is_answered else {"requests": 2, word: 1, "responses": 1}
    assert moved(counters, name) == {"accounting": expected}
    assert_adds_up(counters)


@pytest.mark.row("MIB-1")
def test_a_stranger_moves_the_total_alone(radhost):
    server = radhost(ALL.replace('"127.0.0.0/8"', '"127.0.0.9"'), files={"users.toml": BOB})
    with Client(server.address("auth"), SECRET, "127.0.0.1") as stranger, \
            Client(server.address("auth"), SECRET, "127.0.0.9") as known:
        for _ in range(3):
            stranger.send(stranger.pap_request(b"bob", b"hello"))
        known.pap(b"bob", b"hello")
    counters = server.stop()
    assert strangers(counters.listener("auth")) == 3
    assert moved(counters, "auth") == {"access": {"requests": 1, "accepts": 1}}
    assert counters.discards() == {"unknown_client": 3}
    assert_adds_up(counters)


@pytest.mark.row("MIB-6")
@pytest.mark.parametrize("kind, code", [("coa", wire.COA_REQUEST), ("disconnect", wire.DISCONNECT_REQUEST)])
def test_dynamic_authorization_has_counters_of_its_own(server, kind, code):
    session = [(wire.ACCT_SESSION_ID, b"S1")]
    with Client(server.address("ack"), SECRET) as client:
        request = client.signed_request(code, session)
        client.exchange(request)
        client.exchange(request)
        client.expect_silence(spoiled(client.signed_request(code, session)),
                              lambda: client.signed_request(code, session))
        client.expect_silence(client.signed_request(code, [*session, (wire.EVENT_TIMESTAMP, bytes(4))]),
                              lambda: client.signed_request(code, session))
    with Client(server.address("nak"), SECRET) as client:
        client.exchange(client.signed_request(code, session))
    counters = server.stop()
    assert moved(counters, "ack") == {kind: {"requests": 6, "duplicates": 1, "bad_authenticators": 1, "dropped": 1,
                                             "acks": 3}}
    assert moved(counters, "nak") == {kind: {"requests": 1, "naks": 1, "naks_no_session": 1}}
    assert_adds_up(counters)


@pytest.mark.row("MIB-6", "DYN-8")
def test_authorize_only_is_counted_too(radhost):
    """Its answer is a NAK with Service-Type Authorize Only and 507 (RFC 5176 §3.2)."""
    server = radhost(LOOPBACK_CLIENT
                     + static_plugin("initiate", "reject", '{ "Error-Cause" = 507, "Service-Type" = "Authorize-Only" }')
                     + listener("nak", '["coa"]', '["initiate"]'))
    authorize_only = [(wire.SERVICE_TYPE, wire.integer(17)), (wire.STATE, b"s"), (wire.ACCT_SESSION_ID, b"S1")]
    with Client(server.address("nak"), SECRET) as client:
        answer = client.exchange(client.coa_request(authorize_only))
    assert answer.code == wire.COA_NAK
    assert answer.values(wire.SERVICE_TYPE) == [wire.integer(17)]
    assert (answer.values(wire.ERROR_CAUSE), answer.values(wire.STATE)) == ([wire.integer(507)], [b"s"])
    numbers = server.stop().listener("nak")["coa"]
    assert (numbers["requests"], numbers["authorize_only"]) == (1, 1)
    assert (numbers["naks"], numbers["naks_authorize_only"]) == (1, 1)


@pytest.mark.row("MIB-3")
def test_what_is_in_hand_when_a_deadline_passes_is_pending_no_more(server):
    with Client(server.address("later"), SECRET) as client:
        for way in ("never 0", "pin 200", "late 200", "offload 200"):
            client.send(ask(client, way))
        time.sleep(0.4)
        client.exchange(ask(client, "now 0 accept"))
    counters = server.stop()
    assert moved(counters, "later") == {"access": {"requests": 5, "dropped": 4, "accepts": 1}}
    assert counters.discards() == {"plugin_timeout": 4}
    assert_adds_up(counters)


@pytest.mark.row("MIB-3")
def test_all_of_it_at_once_adds_up(radhost):
    server = radhost(ALL, files={"users.toml": BOB}, workers=2)
    for events in (ACCESS_EVENTS, ACCOUNTING_EVENTS):
        for name, make, *_ in events.values():
            with Client(server.address(name), SECRET) as client:
                for identifier in range(4):
                    client.identifier = identifier
                    datagram = make(client)
                    client.send(datagram)
                    client.send(datagram)
    time.sleep(0.3)
    assert_adds_up(server.stop())


@pytest.mark.row("MIB-7")
def test_a_discard_is_logged_but_a_flood_of_them_is_not(server):
    with Client(server.address("auth"), SECRET) as client:
        for _ in range(500):
            client.send(b"\1\1\0\4")
        client.pap(b"bob", b"hello")
    assert server.stop().discards() == {"short_packet": 500}
    lines = [entry for entry in server.log() if entry["message"] == "packet discarded"]
    assert 1 <= len(lines) <= 5
    assert lines[0]["reason"] == "short_packet" and lines[0]["listener"] == "auth" and "peer" in lines[0]
