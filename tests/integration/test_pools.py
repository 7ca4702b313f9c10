# SPDX-License-Identifier: Apache-2.0
"""Requests to a pool of home servers: which one is asked, how often, and what counts as its answer."""

import itertools
import time

import pytest

from integration.test_metrics import scrape, value
from support import wire
from support.client import Client
from support.configurations import LOOPBACK_CLIENT, SECRET, listener
from support.pools import HOME_SECRET, home_answer, pool, proxy, proxy_plugin, servers_of
from support.stub import Stub
from support.waiting import wait_until


def client_of(server):
    return Client(server.address("auth"), SECRET)


def silent(_):
    return None


# Wrong answers

def flipped(octets, at):
    return octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1:]


WRONG = {
    "bad_authenticator": lambda request: flipped(home_answer(request), 4),
    "bad_message_authenticator": lambda request: wire.answer(wire.ACCESS_ACCEPT, request, [
        (wire.MESSAGE_AUTHENTICATOR, bytes(16))], HOME_SECRET, message_authenticator=None),
    "missing_message_authenticator": lambda request: home_answer(request, message_authenticator=None),
    "unsolicited": lambda request: bytes([2, request[1] ^ 0x80]) + home_answer(request)[2:],
    "unexpected_code": lambda request: home_answer(request, code=wire.ACCOUNTING_RESPONSE),
    "malformed": lambda request: home_answer(request)[:19],
}


@pytest.mark.row("PRX-3")
@pytest.mark.parametrize("reason", WRONG)
def test_a_wrong_answer_is_dropped_and_the_right_one_behind_it_counts(radhost, reason):
    with Stub(lambda request: [WRONG[reason](request), home_answer(request)]) as home:
        server = radhost(proxy(home.address, initial_timeout_ms=2000, max_timeout_ms=2000))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert len(home.requests) == 1
        counted, = servers_of(server)
        assert counted["bad_answers"] == {reason: 1}
        assert (counted["requests"], counted["answers"], counted["timeouts"]) == (1, 1, 0)


@pytest.mark.row("PRX-3")
@pytest.mark.parametrize("reason", WRONG)
def test_wrong_answers_alone_are_none(radhost, reason):
    with Stub(WRONG[reason]) as home:
        server = radhost(proxy(home.address, max_duration_ms=250))
        with client_of(server) as client:
            client.send(client.pap_request(b"bob", b"x"))
            wait_until(lambda: server.stats().discards().get("dropped_by_plugin"))
            client.expect_nothing_more()


def test_a_message_authenticator_need_not_be_there_where_the_pool_does_not_require_it(radhost):
    with Stub(WRONG["missing_message_authenticator"]) as home:
        server = radhost(proxy(home.address, require_message_authenticator=False))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT


def test_an_answer_with_an_eap_message_must_have_a_message_authenticator_all_the_same(radhost):
    def answers(request):
        eap = [(79, b"\x03\x01\x00\x04")]
        return [home_answer(request, eap, message_authenticator=None), home_answer(request, eap)]
    with Stub(answers) as home:
        server = radhost(proxy(home.address, require_message_authenticator=False))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert servers_of(server)[0]["bad_answers"] == {"missing_message_authenticator": 1}


@pytest.mark.row("PRX-3")
def test_an_answer_from_another_port_is_not_heard(radhost):
    with Stub(silent) as other:
        def answer(request):
            # From the socket of `other`, to where the request came from.
            other._socket.sendto(home_answer(request), home.sources[-1])
            time.sleep(0.1)
            return home_answer(request, [(wire.REPLY_MESSAGE, b"from home")])
        with Stub(answer) as home:
            server = radhost(proxy(home.address, initial_timeout_ms=2000, max_timeout_ms=2000))
            with client_of(server) as client:
                assert client.pap(b"bob", b"x").values(wire.REPLY_MESSAGE) == [b"from home"]
            assert servers_of(server)[0]["bad_answers"] == {}


@pytest.mark.row("PRX-3")
def test_duplicates_and_late_answers_are_counted_and_go_nowhere(radhost):
    with Stub(lambda request: [home_answer(request)] * 3) as home:
        server = radhost(proxy(home.address))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            wait_until(lambda: servers_of(server)[0]["bad_answers"] == {"late": 2})
            client.expect_nothing_more()


# Retransmission

@pytest.mark.row("DUP-10", "DUP-11")
def test_a_request_is_sent_again_octet_for_octet_until_it_is_answered(radhost):
    count = itertools.count()
    with Stub(lambda request: home_answer(request) if next(count) == 2 else None) as home:
        server = radhost(proxy(home.address, attempts_per_server=10))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert len(home.requests) == 3 and len(set(home.requests)) == 1 and len(set(home.sources)) == 1
        counted, = servers_of(server)
        assert (counted["requests"], counted["retransmissions"], counted["timeouts"]) == (1, 2, 2)


@pytest.mark.row("DYN-12")
@pytest.mark.parametrize("kind", ["coa", "disconnect"])
def test_a_dynamic_authorization_is_sent_again_with_the_event_timestamp_that_it_had(radhost, kind):
    count = itertools.count()
    with Stub(lambda request: home_answer(request) if next(count) == 2 else None) as home:
        server = radhost(proxy(home.address, attempts_per_server=10))
        event_timestamp = wire.integer(int(time.time()))
        with client_of(server) as client:
            ask = client.coa_request if kind == "coa" else client.disconnect_request
            answer = client.exchange(ask([(wire.USER_NAME, b"bob"), (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1")),
                                          (wire.EVENT_TIMESTAMP, event_timestamp)]))
        assert answer.code == (wire.COA_ACK if kind == "coa" else wire.DISCONNECT_ACK)
        assert len(home.requests) == 3 and len(set(home.requests)) == 1 and len(set(home.sources)) == 1
        assert wire.decode(home.requests[0]).values(wire.EVENT_TIMESTAMP) == [event_timestamp]


@pytest.mark.row("PRX-12", "PRX-13")
@pytest.mark.parametrize("kind", ["access", "accounting"])
def test_a_request_that_nobody_answers_is_given_up_and_gets_no_answer(radhost, kind):
    with Stub(silent) as home:
        server = radhost(proxy(home.address, max_attempts=3))
        with client_of(server) as client:
            request = client.pap_request(b"bob", b"x") if kind == "access" else client.accounting_request(
                [(40, wire.integer(1)), (44, b"session"), (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1"))])
            client.send(request)
            wait_until(lambda: servers_of(server)[0]["outstanding"] == 0 and servers_of(server)[0]["timeouts"] == 3)
            time.sleep(0.3)
            assert len(home.requests) == 3
            client.expect_nothing_more()


# Fail-over

@pytest.mark.row("PRX-9")
def test_the_next_server_is_asked_with_a_packet_of_its_own(radhost):
    with Stub(silent) as first, Stub(home_answer) as second:
        server = radhost(proxy(first.address, second.address))
        with client_of(server) as client:
            assert client.pap(b"bob", b"secret word").code == wire.ACCESS_ACCEPT
        assert len(first.requests) == 2 and len(second.requests) == 1
        one, other = wire.decode(first.requests[0]), wire.decode(second.requests[0])
        assert one.authenticator != other.authenticator
        for octets, packet in [(first.requests[0], one), (second.requests[0], other)]:
            assert wire.message_authenticator(octets, HOME_SECRET, packet.authenticator) == \
                packet.values(wire.MESSAGE_AUTHENTICATOR)[0]
            hidden, = packet.values(wire.USER_PASSWORD)
            assert wire.reveal_password(hidden, HOME_SECRET, packet.authenticator) == b"secret word"


@pytest.mark.row("PRX-9")
def test_a_dead_server_is_passed_over_and_tried_again_when_its_time_is_over(radhost):
    alive = []
    with Stub(lambda request: home_answer(request, [(wire.REPLY_MESSAGE, b"first")]) if alive else None) as first, \
            Stub(lambda request: home_answer(request, [(wire.REPLY_MESSAGE, b"second")])) as second:
        server = radhost(proxy(first.address, second.address, dead_after=2, dead_time_ms=700))
        with client_of(server) as client:
            def who():
                return client.pap(b"bob", b"x").values(wire.REPLY_MESSAGE)
            assert who() == [b"second"]
            assert [entry["state"] for entry in servers_of(server)] == ["dead", "up"]
            status = server.control.get("/v1/status")["pools"]["homes"]["servers"]
            assert [entry["state"] for entry in status] == ["dead", "up"]
            sent = len(first.requests)
            for _ in range(5):
                assert who() == [b"second"]
            assert len(first.requests) == sent
            alive.append(True)
            time.sleep(0.8)
            assert who() == [b"first"] and who() == [b"first"]
            assert [entry["state"] for entry in servers_of(server)] == ["up", "up"]


@pytest.mark.row("STA-8", "PRX-9")
def test_status_server_asks_a_dead_server_and_brings_it_back(radhost):
    alive = []
    with Stub(lambda request: home_answer(request) if alive else None) as first, Stub(home_answer) as second:
        configuration = proxy(first.address, second.address, dead_after=2, probe_interval_ms=50, revive_after=2,
                              server_more=", status_server = true")
        server = radhost(configuration)
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            probes = lambda: [octets for octets in first.requests if octets[0] == wire.STATUS_SERVER]  # noqa: E731
            wait_until(lambda: len(probes()) >= 3)
            seen = probes()
            assert len({octets[1] for octets in seen}) == len(seen)  # never the same Identifier, never sent again
            for octets in seen:
                packet = wire.decode(octets)
                assert packet.values(wire.MESSAGE_AUTHENTICATOR) == [
                    wire.message_authenticator(octets, HOME_SECRET, packet.authenticator)]
            assert servers_of(server)[0]["state"] == "dead"
            alive.append(True)
            wait_until(lambda: servers_of(server)[0]["state"] == "up")
            assert servers_of(server)[0]["probe_answers"] >= 2
            sent = len(first.requests)
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT and len(first.requests) > sent
            assert not [octets for octets in second.requests if octets[0] == wire.STATUS_SERVER]


@pytest.mark.row("STA-8")
def test_no_server_is_asked_that_is_not_said_to_answer_status_server(radhost):
    with Stub(silent) as home:
        server = radhost(proxy(home.address, dead_after=1, max_attempts=1, probe_interval_ms=20))
        with client_of(server) as client:
            client.send(client.pap_request(b"bob", b"x"))
            wait_until(lambda: servers_of(server)[0]["state"] == "dead")
            time.sleep(0.2)
        assert {octets[0] for octets in home.requests} == {wire.ACCESS_REQUEST}


# Bounds

def test_more_than_256_requests_wait_at_once_and_each_gets_its_own_answer(radhost):
    """They leave from two sockets, and come back in another order."""
    waiting = []

    def answer(request):
        waiting.append(request)
        if len(waiting) < 300:
            return None
        return [home_answer(held, [(wire.REPLY_MESSAGE, wire.decode(held).values(wire.USER_NAME)[0])])
                for held in reversed(waiting)]
    with Stub(answer) as home:
        server = radhost(proxy(home.address, initial_timeout_ms=5000, max_timeout_ms=5000, max_duration_ms=9000))
        with client_of(server) as one, client_of(server) as other:
            requests = {}
            for i in range(300):
                client = (one, other)[i % 2]
                octets = client.pap_request(b"user%d" % i, b"x")
                requests[client, octets[1]] = (octets, b"user%d" % i)
                client.send(octets)
            for i in range(300):
                client = (one, other)[i % 2]
                answered = client.receive()
                octets, name = requests[client, answered[1]]
                assert wire.check_answer(answered, octets, SECRET).values(wire.REPLY_MESSAGE) == [name]
        assert len(set(home.sources)) == 2


@pytest.mark.row("PRX-10")
def test_a_request_that_has_passed_too_many_proxies_is_not_forwarded(radhost):
    with Stub(home_answer) as home:
        server = radhost(proxy(home.address, max_proxy_states=3))
        with client_of(server) as client:
            states = [(wire.PROXY_STATE, bytes([i])) for i in range(4)]
            client.expect_silence(client.pap_request(b"bob", b"x", states),
                                  lambda: client.pap_request(b"bob", b"x", states[:3]))
        assert len(home.requests) == 1


# The table of functions

PROBE = LOOPBACK_CLIENT + proxy_plugin(module="client_probe") + listener("auth", '["access"]', '["proxy"]')


@pytest.mark.parametrize("what", ["arguments", "cancel", "bound", "offload"])
def test_each_function_does_what_the_header_says(radhost, what):
    with Stub(silent) as home:
        server = radhost(PROBE + pool(home.address, max_outstanding=4))
        with client_of(server) as client:
            assert client.pap(what.encode(), b"x").values(wire.REPLY_MESSAGE) == [b"0"]
            assert client.pap(what.encode(), b"x").values(wire.REPLY_MESSAGE) == [b"0"]


def test_a_module_sends_a_request_of_its_own(radhost):
    with Stub(home_answer) as home:
        server = radhost(PROBE + pool(home.address))
        with client_of(server) as client:
            assert client.pap(b"send", b"x").values(wire.REPLY_MESSAGE) == [b"status 0, code 2"]
        packet = wire.decode(home.requests[0])
        assert packet.types() == [wire.MESSAGE_AUTHENTICATOR, wire.USER_NAME, wire.USER_PASSWORD]
        hidden, = packet.values(wire.USER_PASSWORD)
        assert wire.reveal_password(hidden, HOME_SECRET, packet.authenticator) == b"secret word"


def test_a_module_hears_that_nobody_answers(radhost):
    with Stub(silent) as home:
        server = radhost(PROBE + pool(home.address, max_attempts=2))
        with client_of(server) as client:
            assert client.pap(b"send", b"x").values(wire.REPLY_MESSAGE) == [b"status -15, code 0"]


def test_what_is_under_way_when_the_server_ends_is_gone_before(radhost):
    with Stub(silent) as home:
        server = radhost(PROBE + pool(home.address, max_duration_ms=60000, initial_timeout_ms=30000,
                                      max_timeout_ms=30000))
        with client_of(server) as client:
            assert client.pap(b"leave", b"x").values(wire.REPLY_MESSAGE) == [b"0"]
        server.stop()
        assert [entry for entry in server.log() if entry["message"] == "an exchange is gone"]


# What is told of it

@pytest.mark.row("MIB-5")
def test_metrics_status_and_stats_tell_of_each_server(radhost, program):
    metrics = '\n[metrics]\naddress = "127.0.0.1:0"\n'
    with Stub(silent) as first, Stub(home_answer) as second:
        server = radhost(proxy(first.address, second.address, dead_after=2) + metrics)
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        text = scrape(server)
        def of(name, stub, **labels):
            return value(text, name, pool="homes", server=stub.address, **labels)
        assert of("radhost_pool_requests_total", first) == of("radhost_pool_requests_total", second) == 1
        assert of("radhost_pool_retransmissions_total", first) == 1
        assert of("radhost_pool_timeouts_total", first) == 2 and of("radhost_pool_timeouts_total", second) == 0
        assert of("radhost_pool_answers_total", first) == 0 and of("radhost_pool_answers_total", second) == 1
        assert of("radhost_pool_server_up", first) == 0 and of("radhost_pool_server_up", second) == 1
        assert of("radhost_pool_outstanding", first) == of("radhost_pool_outstanding", second) == 0
        assert of("radhost_pool_bad_answers_total", second, reason="late") == 0
        for command in ("status", "stats"):
            done = program.run(command, "--control", server.control.path)
            line, = [line for line in done.stdout.splitlines() if first.address in line]
            assert done.returncode == 0 and "homes" in line and "dead" in line


def test_workers_share_what_they_know_of_a_server_and_each_gets_its_own_answers(radhost):
    with Stub(silent) as first, Stub(home_answer) as second:
        server = radhost(proxy(first.address, second.address, dead_after=2), workers=2)
        with client_of(server) as client:
            for _ in range(20):
                assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert len(first.requests) <= 3 and len(second.requests) == 20
        assert len(set(second.sources)) == 2


def test_what_is_weak_about_a_pool_is_told_at_the_start(radhost):
    with Stub(silent) as home:
        server = radhost(proxy(home.address, secret=b"short", require_message_authenticator=False))
        warned = [entry["message"] for entry in server.log() if entry.get("pool") == "homes"]
        assert len(warned) == 2 and "forged" in warned[1] and "short" in warned[0]
        assert "short\"" not in str(server.log())
