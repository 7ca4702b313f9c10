# SPDX-License-Identifier: Apache-2.0
"""Pools whose servers are reached over TCP and TLS: one packet over each connection, in the version of each server, and
what happens when a connection is silent, breaks off, or cannot be had."""

import contextlib
import socket
import time

import pytest

from integration.test_metrics import scrape, value
from support import radsec, wire, wire_1_1
from support.configurations import client_table, tls_listener
from support.home_servers import (accounting, asked, client_of, over_tls, silent, stub_1_1, tls_stub)
from support.pools import (HOME_SECRET, LISTENER, home_answer, home_answer_1_1, pool_of, proxy_plugin, proxy_to, servers_of,
                           tcp_server, tls_server, udp_server)
from support.stream import RADSEC
from support.stream_stub import StreamStub
from support.stub import Stub
from support.waiting import wait_until


@pytest.fixture
def refused():
    """An address at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield "127.0.0.1:%d" % held.getsockname()[1]


# The ways

WAYS = {
    "tcp": (lambda certificates: StreamStub(home_answer), lambda address, _: tcp_server(address)),
    "tls": (tls_stub, tls_server),
    "1.1": (stub_1_1, lambda address, certificates: tls_server(address, certificates, "1.0", "1.1")),
}


@pytest.mark.row("TRN-4", "TRN-8")
@pytest.mark.parametrize("way", WAYS)
def test_requests_of_each_kind_go_over_one_connection_and_come_back(radhost, certificates, way):
    stub, table = WAYS[way]
    with stub(certificates) as home:
        server = radhost(proxy_to(table(home.address, certificates)))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            assert client.exchange(accounting(client)).code == wire.ACCOUNTING_RESPONSE
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert len(asked(home)) == 3 and len(set(home.sources)) == 1
        counted, = servers_of(server)
        assert (counted["requests"], counted["answers"], counted["retransmissions"]) == (3, 3, 0)
        assert (counted["connections_opened"], counted["connections"], counted["connections_failed"]) == (1, 1, 0)
        assert (counted["state"], counted["transport"]) == ("up", "tcp" if way == "tcp" else "tls")


@pytest.mark.row("TRN-4")
def test_in_1_0_identifiers_begin_at_1_and_each_packet_is_signed(radhost):
    with StreamStub(home_answer) as home:
        server = radhost(proxy_to(tcp_server(home.address)))
        with client_of(server) as client:
            for _ in range(3):
                client.pap(b"bob", b"secret word")
        assert [octets[1] for octets in asked(home)] == [1, 2, 3]
        packet = wire.decode(home.requests[0])
        assert wire.message_authenticator(home.requests[0], HOME_SECRET, packet.authenticator) == \
            packet.values(wire.MESSAGE_AUTHENTICATOR)[0]
        assert wire.reveal_password(packet.values(wire.USER_PASSWORD)[0], HOME_SECRET,
                                    packet.authenticator) == b"secret word"


@pytest.mark.row("V11-6", "V11-4")
def test_tokens_are_counted_from_a_random_one(radhost, certificates):
    with stub_1_1(certificates) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates, "1.1")))
        with client_of(server) as client:
            for _ in range(300):
                client.pap(b"bob", b"x")
        packets = [wire_1_1.decode(octets) for octets in asked(home)]
        tokens = [int.from_bytes(packet.token, "big") for packet in packets]
        assert len(tokens) == 300 and tokens == [(tokens[0] + i) % (1 << 32) for i in range(300)]
        assert not any(any(packet.reserved) for packet in packets)
        assert len(set(home.sources)) == 1 and home.alpn == [wire_1_1.ALPN_1_1]


@pytest.mark.row("TRN-4")
def test_more_requests_than_identifiers_open_another_connection(radhost):
    with StreamStub(silent) as home:
        server = radhost(proxy_to(tcp_server(home.address), initial_timeout_ms=9000, max_timeout_ms=9000,
                                  max_duration_ms=9000).replace("timeout_ms = 10000", "timeout_ms = 1000"))
        with client_of(server) as one, client_of(server) as other:
            for i in range(300):
                client = (one, other)[i % 2]
                client.send(client.pap_request(b"user%d" % i, b"x"))
            home.wait_for_requests(300)
        assert len(home.requests) == 300 and len(set(home.sources)) == 2
        by_source = {source: [octets[1] for octets, its in zip(home.requests, home.sources) if its == source]
                     for source in set(home.sources)}
        assert sorted(len(identifiers) for identifiers in by_source.values()) == [45, 255]
        assert all(0 not in identifiers and len(set(identifiers)) == len(identifiers)
                   for identifiers in by_source.values())


# Versions

@pytest.mark.row("V11-11", "V11-12", "V11-9")
def test_what_came_in_1_0_goes_out_in_1_1_in_the_clear(radhost, certificates):
    with stub_1_1(certificates) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates, "1.1")))
        with client_of(server) as client:
            client.pap(b"bob", b"secret word", [(wire.PROXY_STATE, b"theirs"), (200, b"unknown")])
            request = client.chap_request(b"bob", b"secret word")
            client.exchange(request)
        pap, chap = (wire_1_1.decode(octets) for octets in asked(home))
        for packet in (pap, chap):
            wire_1_1.check_attributes(packet)
        assert pap.values(wire.USER_PASSWORD) == [b"secret word"] and pap.values(200) == [b"unknown"]
        assert pap.values(wire.PROXY_STATE)[0] == b"theirs" and len(pap.values(wire.PROXY_STATE)) == 2
        # RFC 9765 §5.1.2: where no attribute was, the Request Authenticator was the challenge.
        sent = wire.decode(request)
        expected = sent.values(wire.CHAP_CHALLENGE) or [sent.authenticator]
        assert chap.values(wire.CHAP_CHALLENGE) == expected
        assert chap.values(wire.CHAP_PASSWORD) == sent.values(wire.CHAP_PASSWORD)


@pytest.mark.row("V11-10")
def test_keys_come_back_from_1_1_hidden_for_a_client_of_1_0(radhost, certificates):
    key = bytes(range(32))
    with stub_1_1(certificates, lambda request: home_answer_1_1(request, [
            wire_1_1.mppe_key(17, key), wire_1_1.tunnel_password(1, b"tunnelpw")])) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates, "1.1")))
        with client_of(server) as client:
            answer = client.pap(b"bob", b"x")
        hidden, = answer.values(26)
        assert answer.code == wire.ACCESS_ACCEPT and key not in hidden and len(hidden) > len(key) + 6
        assert b"tunnelpw" not in answer.values(wire.TUNNEL_PASSWORD)[0]


@pytest.mark.row("V11-16")
@pytest.mark.parametrize("way", ["udp", "tls"])
def test_what_came_in_1_1_goes_out_in_1_0_hidden_and_signed(radhost, certificates, way):
    clients = client_table("nas", address=["127.0.0.1"], secret="of UDP alone")
    listener = tls_listener(certificates, handlers='["proxy"]', radius_versions=["1.1"])
    with tls_stub(certificates) if way == "tls" else Stub(home_answer) as home:
        table = tls_server(home.address, certificates) if way == "tls" else udp_server(home.address)
        secret = RADSEC if way == "tls" else HOME_SECRET
        server = radhost(clients + pool_of(table) + proxy_plugin() + listener)
        with radsec.connected(server.address("radsec"), certificates) as client:
            for _ in range(2):  # the first waits for the connection
                assert client.pap(b"bob", b"secret word", [(200, b"unknown")]).code == wire.ACCESS_ACCEPT
        for octets in home.requests:
            packet = wire.decode(octets)
            assert packet.types()[0] == wire.MESSAGE_AUTHENTICATOR and packet.values(200) == [b"unknown"]
            assert packet.values(wire.MESSAGE_AUTHENTICATOR) == [
                wire.message_authenticator(octets, secret, packet.authenticator)]
            hidden, = packet.values(wire.USER_PASSWORD)
            assert wire.reveal_password(hidden, secret, packet.authenticator) == b"secret word"


@pytest.mark.row("V11-10")
def test_from_1_1_to_1_1_octets_stay_as_they_are(radhost, certificates):
    """Also what would be too long when it is hidden."""
    clients = client_table("nas", address=["127.0.0.1"], secret="of UDP alone")
    listener = tls_listener(certificates, handlers='["proxy"]', radius_versions=["1.1"])
    sent = [wire_1_1.tunnel_password(1, b"x" * 249), (200, b"unknown"), (4, b"bad")]
    with stub_1_1(certificates) as home:
        server = radhost(clients + pool_of(tls_server(home.address, certificates, "1.1")) + proxy_plugin() + listener)
        with radsec.connected(server.address("radsec"), certificates) as client:
            for _ in range(2):
                junk = [(wire.MESSAGE_AUTHENTICATOR, bytes(16))]
                assert client.pap(b"bob", b"secret word", [*sent, *junk]).code == wire.ACCESS_ACCEPT
        for octets in asked(home):
            packet = wire_1_1.decode(octets)
            wire_1_1.check_attributes(packet)
            assert packet.values(wire.USER_PASSWORD) == [b"secret word"]
            assert [tuple(attribute) for attribute in packet.attributes][3:-1] == [tuple(each) for each in sent]


@pytest.mark.row("V11-2", "V11-3")
def test_a_server_that_does_not_speak_what_is_required_is_not_used(radhost, certificates):
    with tls_stub(certificates) as home, Stub(home_answer) as second:
        server = radhost(proxy_to(tls_server(home.address, certificates, "1.1"), udp_server(second.address)))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert not home.requests and len(second.requests) == 1
        assert servers_of(server)[0]["state"] == "dead" and servers_of(server)[0]["connections_failed"] >= 1
        told = server.wait_for_log(lambda entry: entry["message"] == "cannot connect to a home server")
        assert told["reason"] == "no_common_version"


# Fail-over

@pytest.mark.row("TRN-8", "TRN-10")
def test_a_refused_port_has_the_next_server_asked(radhost, certificates, refused):
    with tls_stub(certificates) as second:
        server = radhost(proxy_to(tls_server(refused, certificates), tls_server(second.address, certificates)))
        with client_of(server) as client:
            begun = time.monotonic()
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            assert time.monotonic() - begun < 1
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        first, other = servers_of(server)
        assert (first["requests"], first["outstanding"], first["state"]) == (0, 0, "dead") and first["connections_failed"]
        assert (other["requests"], other["state"]) == (2, "up")


@pytest.mark.row("TRN-5")
@pytest.mark.parametrize("way", ["tcp", "tls"])
def test_a_silent_server_gets_one_copy_and_then_the_next_is_asked(radhost, certificates, way):
    make = tls_stub if way == "tls" else lambda _, reply: StreamStub(reply)
    table = tls_server if way == "tls" else lambda address, _: tcp_server(address)
    right = over_tls if way == "tls" else home_answer
    with make(certificates, silent) as first, make(certificates, right) as second:
        server = radhost(proxy_to(table(first.address, certificates), table(second.address, certificates)))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert len(asked(first)) == 1 and len(asked(second)) == 1
        one, other = wire.decode(first.requests[0]), wire.decode(second.requests[0])
        assert one.authenticator != other.authenticator
        assert (servers_of(server)[0]["timeouts"], servers_of(server)[0]["retransmissions"]) == (1, 0)


@pytest.mark.row("TRN-5")
def test_a_silent_server_alone_gets_one_copy_until_the_time_is_over(radhost):
    with StreamStub(silent) as home:
        server = radhost(proxy_to(tcp_server(home.address), max_duration_ms=700))
        with client_of(server) as client:
            client.send(client.pap_request(b"bob", b"x"))
            wait_until(lambda: server.stats().discards().get("dropped_by_plugin"))
            client.expect_nothing_more()
        assert len(home.requests) == 1 and servers_of(server)[0]["outstanding"] == 0


@pytest.mark.row("TRN-5", "TRN-6")
def test_what_is_in_flight_when_a_connection_closes_goes_to_another_server(radhost):
    with StreamStub(lambda _: StreamStub.CLOSE) as first, StreamStub(home_answer) as second:
        server = radhost(proxy_to(tcp_server(first.address), tcp_server(second.address), initial_timeout_ms=2000,
                                  max_timeout_ms=2000))
        with client_of(server) as client:
            begun = time.monotonic()
            assert client.pap(b"bob", b"secret word").code == wire.ACCESS_ACCEPT
            assert time.monotonic() - begun < 1
        assert len(first.requests) == 1 and len(second.requests) == 1
        other = wire.decode(second.requests[0])
        assert wire.decode(first.requests[0]).authenticator != other.authenticator
        assert wire.reveal_password(other.values(wire.USER_PASSWORD)[0], HOME_SECRET,
                                    other.authenticator) == b"secret word"


@pytest.mark.row("TRN-5", "TRN-10")
def test_with_one_server_it_is_sent_again_over_the_next_connection_and_not_at_once(radhost):
    answers = iter([StreamStub.CLOSE])
    with StreamStub(lambda request: next(answers, None) or home_answer(request)) as home:
        server = radhost(proxy_to(tcp_server(home.address), initial_timeout_ms=2000, max_timeout_ms=2000))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        requests = asked(home)
        assert len(requests) == 2 and requests[0] != requests[1]
        assert home.came[1] - home.came[0] >= 0.5


# Wrong answers

@pytest.mark.row("TRN-3")
def test_a_forged_answer_ends_the_connection(radhost):
    def forged(request):
        octets = home_answer(request)
        return octets[:4] + bytes([octets[4] ^ 1]) + octets[5:]
    with StreamStub(forged) as first, StreamStub(home_answer) as second:
        server = radhost(proxy_to(tcp_server(first.address), tcp_server(second.address)))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        counted, other = servers_of(server)
        assert counted["bad_answers"] == {"bad_authenticator": 1} and counted["connections"] == 0
        assert other["answers"] == 1


@pytest.mark.row("TRN-3")
def test_unmatched_answers_are_counted_and_ignored(radhost):
    with StreamStub(lambda request: [bytes([2, request[1] ^ 0x80]) + home_answer(request)[2:], home_answer(request),
                                     home_answer(request)]) as home:
        server = radhost(proxy_to(tcp_server(home.address)))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            wait_until(lambda: servers_of(server)[0]["bad_answers"] == {"unsolicited": 1, "late": 1})
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert home.connections == 1


@pytest.mark.row("TRN-5")
def test_an_answer_that_comes_late_is_not_taken_for_another_requests(radhost):
    """The Identifier of what was given up is not used again before its answer has come."""
    asked_for = []

    def answer(request):
        asked_for.append(request)
        late = [home_answer(asked_for[0])] if len(asked_for) == 200 else []
        return None if len(asked_for) == 1 else [*late, home_answer(request)]

    with StreamStub(answer) as home:
        server = radhost(proxy_to(tcp_server(home.address), max_duration_ms=300))
        with client_of(server) as client:
            client.send(client.pap_request(b"bob", b"x"))
            wait_until(lambda: server.stats().discards().get("dropped_by_plugin"))
            for _ in range(300):
                assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert home.connections == 1 and servers_of(server)[0]["bad_answers"] == {"late": 1}


@pytest.mark.row("TRN-12")
def test_over_tls_an_answer_without_message_authenticator_is_one(radhost, certificates):
    with tls_stub(certificates, lambda request: over_tls(request, message_authenticator=None)) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates)))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT


# Protocol-Error

def protocol_error(cause):
    return lambda request: home_answer_1_1(request, [(wire.ERROR_CAUSE, wire.integer(cause))], wire.PROTOCOL_ERROR)


@pytest.mark.row("V11-14")
@pytest.mark.parametrize("cause", [502, 505, 506])
def test_a_protocol_error_of_a_proxy_has_the_next_server_asked(radhost, certificates, cause):
    with stub_1_1(certificates, protocol_error(cause)) as first, stub_1_1(certificates) as second:
        server = radhost(proxy_to(tls_server(first.address, certificates, "1.1"),
                                  tls_server(second.address, certificates, "1.1")))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert len(asked(first)) == 1 and len(asked(second)) == 1


@pytest.mark.row("V11-14", "PRX-11", "TRN-11")
def test_any_other_protocol_error_is_final(radhost, certificates):
    with stub_1_1(certificates, protocol_error(406)) as first, stub_1_1(certificates) as second:
        server = radhost(proxy_to(tls_server(first.address, certificates, "1.1"),
                                  tls_server(second.address, certificates, "1.1")))
        with client_of(server) as client:
            client.send(client.pap_request(b"bob", b"x"))
            wait_until(lambda: server.stats().discards().get("dropped_by_plugin"))
            client.expect_nothing_more()
        assert len(asked(first)) == 1 and not asked(second)


@pytest.fixture
def told_an_error(radhost, certificates):
    """told_an_error(attributes, *versions) → a proxy with a listener of these RADIUS versions, and a home server that
    answers everything with a Protocol-Error of these attributes."""
    with contextlib.ExitStack() as stack:
        def make(attributes, *versions):
            home = stack.enter_context(stub_1_1(certificates, lambda request: home_answer_1_1(
                request, attributes, wire.PROTOCOL_ERROR)))
            return radhost(radsec.RADSEC_CLIENT + pool_of(tls_server(home.address, certificates, "1.1")) + proxy_plugin()
                           + tls_listener(certificates, "auth", '["access", "accounting", "coa"]', '["proxy"]',
                                          radius_versions=list(versions)))
        yield make


@pytest.mark.row("V11-14", "PRX-11")
@pytest.mark.parametrize("said, told", [
    ([(wire.ERROR_CAUSE, wire.integer(406))], 406), ([(wire.ERROR_CAUSE, wire.integer(404))], 404),
    ([], 506), ([(wire.ERROR_CAUSE, b"406")], 506)], ids=["406", "404", "nothing", "no number"])
def test_a_client_of_1_1_is_told_what_the_home_server_said(told_an_error, certificates, said, told):
    server = told_an_error([(wire.REPLY_MESSAGE, b"of the home server"), *said], "1.1")
    with radsec.connected(server.address("auth"), certificates) as client:
        for request in (client.pap_request(b"bob", b"x"),
                        client.request(wire.ACCOUNTING_REQUEST, [
                            (wire.ACCT_STATUS_TYPE, wire.integer(1)), (wire.ACCT_SESSION_ID, b"S1")])):
            answer = client.exchange(request)
            assert (answer.code, answer.attributes) == (
                wire.PROTOCOL_ERROR, [wire.Attribute(wire.ERROR_CAUSE, wire.integer(told))])
        nak = client.exchange(client.request(wire.COA_REQUEST, [(wire.USER_NAME, b"bob")]))
        assert (nak.code, nak.values(wire.ERROR_CAUSE)) == (wire.COA_NAK, [wire.integer(told)])


@pytest.mark.row("V11-14", "PRX-11")
def test_a_client_of_1_0_is_told_nothing_of_a_protocol_error(told_an_error, certificates):
    server = told_an_error([(wire.ERROR_CAUSE, wire.integer(406))], "1.0")
    with radsec.open_stream(server.address("auth"), certificates) as client:
        client.send(client.pap_request(b"bob", b"x"))
        wait_until(lambda: server.stats().discards().get("dropped_by_plugin"))
        client.expect_nothing_more()


# What is told of it

@pytest.mark.row("MIB-5")
def test_metrics_and_status_tell_of_connections(radhost, certificates, refused):
    metrics = '\n[metrics]\naddress = "127.0.0.1:0"\n'
    with tls_stub(certificates) as second:
        server = radhost(proxy_to(tls_server(refused, certificates), tls_server(second.address, certificates)) + metrics)
        with client_of(server) as client:
            client.pap(b"bob", b"x")
        text = scrape(server)
        def of(name, address):
            return value(text, name, pool="homes", server=address)
        assert of("radhost_pool_connections_failed_total", refused) >= 1
        assert of("radhost_pool_connections_opened_total", second.address) == 1
        assert of("radhost_pool_connections", second.address) == 1
        assert of("radhost_pool_watchdog_expiries_total", second.address) == 0
        assert [of("radhost_pool_server_up", address) for address in (refused, second.address)] == [0, 1]


def test_what_is_under_way_when_the_server_ends_is_gone_and_the_connection_closed_orderly(radhost, certificates):
    with tls_stub(certificates, silent) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates), max_duration_ms=60000,
                                  initial_timeout_ms=30000, max_timeout_ms=30000).replace("timeout_ms = 10000",
                                                                                          "timeout_ms = 200"))
        with client_of(server) as client:
            client.send(client.pap_request(b"bob", b"x"))
            home.wait_for_requests(1)
        server.stop()


# Another configuration, another process

def slowly(request):
    time.sleep(0.6)
    return home_answer(request)


def test_a_request_under_way_is_answered_over_the_connection_of_the_pool_that_it_was_sent_to(radhost):
    with StreamStub(slowly) as first, StreamStub(home_answer) as second:
        server = radhost(proxy_to(tcp_server(first.address), initial_timeout_ms=3000, max_timeout_ms=3000))
        with client_of(server) as client:
            client.send(slow := client.pap_request(b"bob", b"x"))
            assert first.wait_for_requests(1)
            server.rewrite(proxy_to(tcp_server(second.address)))
            server.control.reload()
            assert client.pap(b"alice", b"x").code == wire.ACCESS_ACCEPT
            assert client.answer_to(slow).code == wire.ACCESS_ACCEPT
        assert (len(first.requests), len(second.requests)) == (1, 1)
        # Nobody sends there any more.
        assert first.wait_for_end(1)


def test_a_process_that_takes_over_has_connections_of_its_own(radhost):
    with StreamStub(slowly) as home:
        configuration = proxy_to(tcp_server(home.address), initial_timeout_ms=3000, max_timeout_ms=3000)
        server = radhost(configuration)
        with client_of(server) as client:
            client.send(slow := client.pap_request(b"bob", b"x"))
            assert home.wait_for_requests(1)
            radhost.take_over(server)
            assert client.answer_to(slow).code == wire.ACCESS_ACCEPT
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert len(set(home.sources)) == 2 and len(asked(home)) == 2
        assert home.wait_for_end(1)
