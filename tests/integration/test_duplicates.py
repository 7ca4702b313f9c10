# SPDX-License-Identifier: Apache-2.0
"""A retransmission gets the first answer; what only looks like one is a request of its own."""

import json
import socket
import time

import pytest

from support import wire
from support.client import Client
from support.configurations import (ACCESS, ACCT_LISTENER, LOOPBACK_CLIENT, SECRET, acctlog_plugin, later_plugin,
                                    listener, static_plugin, user)
from support.later import ask, events, wait_for
from support.vectors import octets
from support.waiting import wait_until

# Tunnel-Password is hidden with a random salt: a second answer computed anew would differ from the first.
USERS = user("bob", 'password = "hello"', '{ "Tunnel-Password:1" = "tunnelpw", "Tunnel-Password:2" = "another" }')


@pytest.fixture
def server(radhost):
    return radhost(ACCESS + acctlog_plugin() + ACCT_LISTENER, files={"users.toml": USERS})


@pytest.fixture
def client(server):
    with Client(server.address("auth"), SECRET) as opened:
        yield opened


def raw(client, request):
    client.send(request)
    answer = client.receive()
    wire.check_answer(answer, request, SECRET)
    return answer


@pytest.mark.row("DUP-1", "DUP-2")
def test_a_retransmission_gets_the_first_answer_octet_for_octet(client):
    request = client.pap_request(b"bob", b"hello")
    first = raw(client, request)
    assert raw(client, request) == first
    assert raw(client, request) == first


@pytest.mark.row("DUP-5")
def test_the_same_identifier_with_another_authenticator_is_a_new_request(client):
    first = client.pap_request(b"bob", b"hello", identifier=7)
    second = client.pap_request(b"bob", b"wrong", identifier=7)
    assert raw(client, first)[0] == wire.ACCESS_ACCEPT
    assert raw(client, second)[0] == wire.ACCESS_REJECT
    assert raw(client, first)[0] == wire.ACCESS_ACCEPT


@pytest.mark.row("DUP-1")
def test_the_same_packet_from_another_port_is_a_new_request(server, client):
    request = client.pap_request(b"bob", b"hello")
    first = raw(client, request)
    with Client(server.address("auth"), SECRET) as other:
        assert raw(other, request) != first


@pytest.mark.row("DUP-1")
def test_another_identifier_is_another_request(client):
    requests = [client.pap_request(b"bob", b"hello") for _ in range(2)]
    answers = [raw(client, request) for request in requests]
    assert [raw(client, request) for request in requests] == answers


@pytest.mark.row("DUP-6")
def test_a_forged_copy_neither_fetches_nor_removes_the_answer(client):
    request = client.pap_request(b"bob", b"hello", message_authenticator="last")
    first = raw(client, request)
    forged = request[:-1] + bytes([request[-1] ^ 1])
    client.expect_silence(forged, lambda: client.pap_request(b"bob", b"hello"))
    assert raw(client, request) == first


@pytest.mark.row("DUP-7")
def test_accounting_is_recorded_once_and_acknowledged_again(server):
    with Client(server.address("acct"), SECRET) as client:
        for _ in range(3):
            client.send(octets("C-4a"))
            assert client.receive() == octets("C-4b")
    lines = (server.folder / "accounting.jsonl").read_text().splitlines()
    assert [json.loads(line)["attributes"]["Acct-Session-Id"] for line in lines] == [["S1"]]


@pytest.mark.row("DUP-7")
def test_a_record_that_comes_again_after_its_identifier_was_used_again_is_recorded_once(server):
    """A network that repeats and reorders delivers such copies."""
    with Client(server.address("acct"), SECRET) as client:
        first, second = (client.accounting_request(
            [(wire.ACCT_STATUS_TYPE, wire.integer(1)), (wire.ACCT_SESSION_ID, session)], identifier=7)
            for session in (b"S1", b"S2"))
        answers = [raw(client, first), raw(client, second)]
        assert [raw(client, first), raw(client, second)] == answers
    lines = (server.folder / "accounting.jsonl").read_text().splitlines()
    assert [json.loads(line)["attributes"]["Acct-Session-Id"] for line in lines] == [["S1"], ["S2"]]


@pytest.mark.row("DUP-4")
def test_an_answer_is_forgotten_when_its_time_is_over(radhost):
    server = radhost(ACCESS + "[listener.duplicates]\nttl_ms = 300\n", files={"users.toml": USERS})
    with Client(server.address("auth"), SECRET) as client:
        request = client.pap_request(b"bob", b"hello")
        first = raw(client, request)
        time.sleep(0.9)
        assert raw(client, request) != first


def test_where_duplicates_are_off_every_copy_is_a_new_request(radhost):
    server = radhost(ACCESS + "[listener.duplicates]\nenabled = false\n", files={"users.toml": USERS})
    with Client(server.address("auth"), SECRET) as client:
        request = client.pap_request(b"bob", b"hello")
        assert raw(client, request) != raw(client, request)


# Handlers that take their time. What `later` logs says how often it was called.

AUTH = listener("auth", '["access"]', '["later"]')
LATER = LOOPBACK_CLIENT + later_plugin() + AUTH
DROPPING = LOOPBACK_CLIENT + later_plugin(timeout_ms=200, on_error="drop") + AUTH


def calls(server, command):
    return events(server, command).count("acquire 1")


@pytest.mark.row("DUP-1", "DUP-3", "MIB-1")
@pytest.mark.parametrize("address", ["127.0.0.1:0", "[::1]:0"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_retransmission_of_what_is_in_hand_is_discarded(radhost, address, workers):
    server = radhost(LATER.replace("127.0.0.1:0", address), workers=workers)
    command = "thread 200 accept"
    with Client(server.address("auth"), SECRET) as client:
        request = ask(client, command)
        for _ in range(3):
            client.send(request)
        assert client.answer_to(request).code == wire.ACCESS_ACCEPT
        client.expect_nothing_more()
        client.send(request)
        assert client.answer_to(request).code == wire.ACCESS_ACCEPT
    counters = server.stop()
    assert calls(server, command) == 1
    assert counters.discards() == {"duplicate": 2}
    access = counters.listener("auth")["access"]
    assert (access["requests"], access["duplicates"], access["accepts"]) == (4, 3, 1)


@pytest.mark.row("DUP-5")
def test_the_late_answer_to_a_replaced_request_is_not_sent(radhost):
    server = radhost(LATER)
    with Client(server.address("auth"), SECRET) as client:
        client.send(ask(client, "thread 150 accept", identifier=7))
        second = ask(client, "thread 1 reject", identifier=7)
        client.send(second)
        assert client.answer_to(second).code == wire.ACCESS_REJECT
        wait_for(server, "thread 150 accept", "complete 0")
        client.exchange(ask(client, "thread 1 accept", identifier=8))
        client.expect_nothing_more()
        # Its entry is untouched by what came too late.
        client.send(second)
        assert client.answer_to(second).code == wire.ACCESS_REJECT
    assert server.stop().discards() == {"superseded": 1}
    assert calls(server, "thread 1 reject") == 1


@pytest.mark.row("DUP-5")
def test_a_replaced_request_that_comes_again_is_a_new_one(radhost):
    server = radhost(LATER)
    with Client(server.address("auth"), SECRET) as client:
        first = ask(client, "thread 50 accept", identifier=7)
        client.send(first)
        client.exchange(ask(client, "thread 1 reject", identifier=7))
        client.send(first)
        assert client.answer_to(first).code == wire.ACCESS_ACCEPT
        client.expect_nothing_more()
    wait_until(lambda: calls(server, "thread 50 accept") == 2)


@pytest.mark.row("DUP-5", "DUP-6")
def test_the_same_authenticator_over_other_attributes_is_another_request(radhost):
    """D-9: the whole packet is compared."""
    server = radhost(LATER)
    with Client(server.address("auth"), SECRET) as client:
        authenticator = bytes(range(16))
        for command, code in (("thread 1 accept", wire.ACCESS_ACCEPT), ("thread 1 reject", wire.ACCESS_REJECT)):
            request = ask(client, command, identifier=7, authenticator=authenticator, message_authenticator=None)
            assert client.exchange(request).code == code


@pytest.mark.row("DUP-6")
def test_a_forged_copy_does_not_disturb_what_is_in_hand(radhost):
    server = radhost(LATER)
    with Client(server.address("auth"), SECRET) as client:
        request = ask(client, "thread 100 accept", message_authenticator="last")
        client.send(request)
        client.send(request[:-1] + bytes([request[-1] ^ 1]))
        client.send(request[:4] + bytes(16) + request[20:])
        assert client.answer_to(request).code == wire.ACCESS_ACCEPT
        client.expect_nothing_more()
    assert server.stop().discards() == {"bad_message_authenticator": 2}


def repeated(server, command, copies=3):
    """Sends copies of a request that gets no answer, each after the one before it has come to its end."""
    with Client(server.address("auth"), SECRET) as client:
        request = ask(client, command)
        for _ in range(copies):
            client.expect_silence(request, lambda: ask(client, "thread 50 accept"))
    return server.stop().discards()


@pytest.mark.row("DUP-3")
@pytest.mark.parametrize("way", ["thread 1", "release 1"])
def test_a_drop_is_remembered(radhost, way):
    """D-30."""
    server = radhost(LATER)
    assert repeated(server, f"{way} drop") == {"dropped_by_plugin": 1, "duplicate": 2}
    assert events(server, f"{way} drop").count("complete 0") == 1


@pytest.mark.row("DUP-3")
def test_a_drop_is_remembered_as_long_as_an_answer(radhost):
    server = radhost(LATER + "[listener.duplicates]\nttl_ms = 100\n")
    with Client(server.address("auth"), SECRET) as client:
        request = ask(client, "thread 1 drop")
        for _ in range(2):
            client.expect_silence(request, lambda: ask(client, "thread 300 accept"))
    assert server.stop().discards() == {"dropped_by_plugin": 2}


@pytest.mark.row("DUP-3")
def test_after_an_error_a_retransmission_is_a_new_try(radhost):
    """D-30."""
    server = radhost(DROPPING)
    assert repeated(server, "thread 1 error") == {"plugin_error": 3}
    assert calls(server, "thread 1 error") == 3


@pytest.mark.row("DUP-3")
def test_after_a_timeout_a_retransmission_is_a_new_try(radhost):
    server = radhost(DROPPING)
    with Client(server.address("auth"), SECRET) as client:
        request = ask(client, "never 1")
        for number in range(1, 4):
            client.send(request)
            client.send(request)
            server.wait_for_log(lambda entry: events(server, "never 1").count("cancel") == number)
        client.expect_silence(b"", lambda: ask(client, "now 0 accept"))
    assert server.stop().discards() == {"plugin_timeout": 3, "duplicate": 3, "short_packet": 1}


@pytest.mark.row("DUP-2")
def test_a_reject_for_an_error_is_an_answer_like_any_other(radhost):
    server = radhost(LATER)
    with Client(server.address("auth"), SECRET) as client:
        request = ask(client, "thread 1 error")
        first = raw(client, request)
        assert raw(client, request) == first and first[0] == wire.ACCESS_REJECT
    server.stop()
    assert calls(server, "thread 1 error") == 1


@pytest.mark.row("DUP-7")
def test_accounting_that_failed_is_tried_anew_until_it_is_recorded(radhost):
    server = radhost(LOOPBACK_CLIENT + later_plugin() + listener("acct", '["accounting"]', '["later"]'))
    with Client(server.address("acct"), SECRET) as client:
        def record(command):
            return client.accounting_request([(wire.USER_NAME, command), (wire.ACCT_STATUS_TYPE, wire.integer(1)),
                                              (wire.ACCT_SESSION_ID, b"S1")])
        request = record(b"thread 1 reject")
        for _ in range(3):
            client.expect_silence(request, lambda: record(b"thread 30 accept"))
    server.stop()
    assert calls(server, "thread 1 reject") == 3


# What makes a request the same

@pytest.mark.row("DUP-1")
def test_another_code_with_the_same_identifier_is_another_request(radhost):
    """D-9; all from one port."""
    server = radhost(LOOPBACK_CLIENT + static_plugin("yes", "accept")
                     + listener("all", '["access", "accounting", "coa", "disconnect"]', '["yes"]'))
    with Client(server.address("all"), SECRET) as client:
        def all_kinds():
            yield client.pap_request(b"bob", b"x", identifier=7), wire.ACCESS_ACCEPT
            yield client.accounting_request([(wire.ACCT_STATUS_TYPE, wire.integer(1)), (wire.ACCT_SESSION_ID, b"S1")],
                                            identifier=7), wire.ACCOUNTING_RESPONSE
            yield client.coa_request([(wire.ACCT_SESSION_ID, b"S1")], identifier=7), wire.COA_ACK
            yield client.disconnect_request([(wire.ACCT_SESSION_ID, b"S1")], identifier=7), wire.DISCONNECT_ACK
            yield client.access_request([], identifier=7, code=wire.STATUS_SERVER), wire.ACCESS_ACCEPT
        sent = [(request, code, raw(client, request)) for request, code in all_kinds()]
        for request, code, answer in sent:
            assert answer[0] == code
            assert raw(client, request) == answer
    counters = server.stop().listener("all")
    assert [counters[kind]["duplicates"] for kind in ("access", "accounting", "coa", "disconnect")] == [1, 1, 1, 1]


@pytest.mark.row("DUP-1")
@pytest.mark.parametrize("address, asked", [("0.0.0.0:0", ["127.0.0.1", "127.0.0.2"]),
                                            ('["127.0.0.1:0", "127.0.0.2:0"]', ["127.0.0.1", "127.0.0.2"])])
def test_the_same_packet_to_another_address_is_another_request(radhost, address, asked):
    """D-9; from one socket, so that all else is the same."""
    server = radhost(ACCESS.replace('"127.0.0.1:0"', address if address[0] == "[" else f'"{address}"'),
                     files={"users.toml": USERS})
    ports = {host: port for host, port in server.addresses("auth")}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened, Client((asked[0], 9), SECRET) as builder:
        opened.bind(("127.0.0.1", 0))
        opened.settimeout(5)
        request = builder.pap_request(b"bob", b"hello")
        answers = []
        for host in asked * 2:
            opened.sendto(request, (host, ports.get(host) or ports["0.0.0.0"]))
            answers.append(opened.recv(4096))
    assert answers[0] == answers[2] != answers[1] == answers[3]


# CoA and Disconnect

DYNAUTH = LOOPBACK_CLIENT + later_plugin() + listener("auth", '["coa", "disconnect"]', '["later"]')


def dynauth_request(client, code, command, **options):
    return client.signed_request(code, [(wire.USER_NAME, command.encode()),
                                        (wire.EVENT_TIMESTAMP, wire.integer(int(time.time())))], **options)


@pytest.mark.row("DUP-8", "MIB-6")
@pytest.mark.parametrize("code, kind", [(wire.COA_REQUEST, "coa"), (wire.DISCONNECT_REQUEST, "disconnect")])
@pytest.mark.parametrize("verdict", ["accept", "reject"])
def test_dynamic_authorization_is_done_once_within_its_window(radhost, code, kind, verdict):
    """Its time is another than that of the rest. A handler's NAK is remembered too (D-29)."""
    server = radhost(DYNAUTH + "[listener.duplicates]\nttl_ms = 50\n")
    command = f"thread 1 {verdict}"
    with Client(server.address("auth"), SECRET) as client:
        request = dynauth_request(client, code, command)
        first = raw(client, request)
        for _ in range(2):
            time.sleep(0.15)
            assert raw(client, request) == first
    counters = server.stop()
    assert calls(server, command) == 1
    assert counters.listener("auth")[kind]["duplicates"] == 2 and counters.discards() == {}


@pytest.mark.row("DUP-8")
def test_dynamic_authorization_is_forgotten_when_its_window_is_over(radhost):
    server = radhost(DYNAUTH + "[listener.duplicates]\ndynauth_ttl_ms = 100\n")
    with Client(server.address("auth"), SECRET) as client:
        request = dynauth_request(client, wire.COA_REQUEST, "thread 1 accept")
        raw(client, request)
        time.sleep(0.3)
        raw(client, request)
    server.stop()
    assert calls(server, "thread 1 accept") == 2


@pytest.mark.row("DUP-8")
def test_more_requests_than_identifiers_fit_in_one_window(radhost):
    """D-10: the same Identifier with a new authenticator is a new request, and the old one is still remembered."""
    server = radhost(DYNAUTH)
    with Client(server.address("auth"), SECRET) as client:
        requests = [dynauth_request(client, wire.COA_REQUEST, f"thread 0 accept {number}", identifier=9)
                    for number in range(20)]
        answers = [raw(client, request) for request in requests]
        assert [raw(client, request) for request in requests] == answers
    counters = server.stop().listener("auth")["coa"]
    assert (counters["requests"], counters["duplicates"]) == (40, 20)


# Bounds

def distinct(client, count, password=b"hello"):
    """Requests with their first answers."""
    requests = [client.pap_request(b"bob", password) for _ in range(count)]
    return [(request, raw(client, request)) for request in requests]


@pytest.mark.row("DUP-2")
def test_beyond_max_entries_the_oldest_answer_is_forgotten(radhost):
    server = radhost(ACCESS + "[listener.duplicates]\nmax_entries = 8\n", files={"users.toml": USERS})
    with Client(server.address("auth"), SECRET) as client:
        sent = distinct(client, 9)
        for request, answer in sent[1:]:
            assert raw(client, request) == answer
        request, answer = sent[0]
        assert raw(client, request) != answer
    assert server.stop().listener("auth")["access"]["duplicates"] == 8


@pytest.mark.row("DUP-2")
def test_beyond_max_octets_the_oldest_answers_are_forgotten(radhost):
    """Each answer has more than 2,000 octets: 4 MB hold the latest at least, 100 kB not the first of a hundred."""
    reply = ", ".join(f'"{"x" * 250}"' for _ in range(8))
    users = user("bob", 'password = "hello"', f'{{ "Reply-Message" = [{reply}], "Tunnel-Password:1" = "t" }}')
    server = radhost(ACCESS + "[listener.duplicates]\nmax_octets = 100000\n", files={"users.toml": users})
    with Client(server.address("auth"), SECRET) as client:
        sent = distinct(client, 100)
        for request, answer in sent[-20:]:
            assert raw(client, request) == answer
        for request, answer in sent[:40]:
            assert raw(client, request) != answer


@pytest.mark.row("DUP-3")
def test_what_is_in_hand_is_never_forgotten_for_want_of_room(radhost):
    server = radhost(LATER + "[listener.duplicates]\nmax_entries = 2\n")
    command = "thread 300 accept"
    with Client(server.address("auth"), SECRET) as client:
        request = ask(client, command)
        client.send(request)
        for number in range(10):
            client.exchange(ask(client, f"now {number} accept"))
        client.send(request)
        assert client.answer_to(request).code == wire.ACCESS_ACCEPT
        client.exchange(ask(client, "thread 50 accept"))
        client.expect_nothing_more()
    server.stop()
    assert calls(server, command) == 1


@pytest.mark.row("DUP-3")
def test_more_in_hand_than_there_is_room_for_are_all_answered_once(radhost):
    server = radhost(LATER + "[listener.duplicates]\nmax_entries = 2\n")
    with Client(server.address("auth"), SECRET) as client:
        requests = [ask(client, f"thread 150 accept {number}") for number in range(20)]
        for request in requests:
            client.send(request)
        assert sorted(client.receive()[1] for _ in requests) == sorted(request[1] for request in requests)
        client.expect_nothing_more()
    assert server.stop().listener("auth")["access"]["accepts"] == 20


@pytest.mark.row("DUP-2", "DUP-3", "CLI-10")
def test_under_load_each_of_many_copies_gets_the_same_answer(radhost):
    """2,000 requests from eight ports on two workers, each sent three times: one Accept each, octet for octet."""
    server = radhost(ACCESS, files={"users.toml": USERS}, workers=2)
    for _ in range(8):
        with Client(server.address("auth"), SECRET) as client:
            for begin in range(0, 250, 25):
                requests = [client.pap_request(b"bob", b"hello", identifier=begin + n) for n in range(25)]
                for request in requests * 3:
                    client.send(request)
                answers = {}
                for _ in range(75):
                    octets_ = client.receive()
                    assert answers.setdefault(octets_[1], octets_) == octets_
                for request in requests:
                    assert wire.check_answer(answers[request[1]], request, SECRET).code == wire.ACCESS_ACCEPT
            client.expect_nothing_more()
    access = server.stop().listener("auth")["access"]
    assert (access["requests"], access["duplicates"], access["accepts"]) == (6000, 4000, 2000)
