# SPDX-License-Identifier: Apache-2.0
"""When a pool's client connects again, and the watchdog of its connections (RFC 3539 §3.4.1)."""

import socket
import time

import pytest

from support import wire, wire_1_1
from support.home_servers import asked, client_of, named, stub_1_1
from support.pools import HOME_SECRET, home_answer, proxy_to, servers_of, tcp_server, tls_server
from support.stream_stub import StreamStub
from support.waiting import wait_until


@pytest.mark.row("TRN-10")
def test_the_gaps_between_attempts_grow_however_much_there_is_to_be_sent(radhost, certificates):
    """The port takes connections, and ends each before a handshake."""
    with socket.create_server(("127.0.0.1", 0)) as port:
        port.settimeout(8)
        server = radhost(proxy_to(tls_server("127.0.0.1:%d" % port.getsockname()[1], certificates)))
        came = []
        with client_of(server) as client:
            client.send(client.pap_request(b"bob", b"x"))
            while len(came) < 4:
                port.accept()[0].close()
                came.append(time.monotonic())
                for _ in range(5):
                    client.send(client.pap_request(b"bob", b"x"))
        gaps = [later - earlier for earlier, later in zip(came, came[1:])]
        assert gaps[0] >= 0.5 and gaps[1] >= 1.7 * gaps[0] and gaps[2] >= 1.7 * gaps[1], gaps
        assert gaps[2] < 3


# The watchdog: 300 ms, a third more or less

WATCHED = {"watchdog_ms": 300, "initial_timeout_ms": 5000, "max_timeout_ms": 5000, "max_duration_ms": 20000}


@pytest.mark.row("TRN-9", "TRN-4")
def test_a_silent_connection_is_asked_by_status_server_with_identifier_0(radhost):
    with StreamStub(home_answer) as home:
        server = radhost(proxy_to(tcp_server(home.address), **WATCHED))
        with client_of(server) as client:
            client.pap(b"bob", b"x")
        home.wait_for_requests(4)
        probes = home.requests[1:4]
        assert [(octets[0], octets[1]) for octets in probes] == [(wire.STATUS_SERVER, 0)] * 3
        gaps = [later - earlier for earlier, later in zip(home.times[:3], home.times[1:])]
        assert all(0.19 <= gap <= 0.6 for gap in gaps), gaps
        for octets in probes:
            packet = wire.decode(octets)
            assert packet.values(wire.MESSAGE_AUTHENTICATOR) == [
                wire.message_authenticator(octets, HOME_SECRET, packet.authenticator)]
        wait_until(lambda: servers_of(server)[0]["probe_answers"] >= 3)
        counted, = servers_of(server)
        assert (counted["requests"], counted["watchdog_expiries"], counted["connections_opened"]) == (1, 0, 1)


@pytest.mark.row("TRN-9")
def test_answers_to_requests_reset_the_watchdog(radhost):
    with StreamStub(home_answer) as home:
        server = radhost(proxy_to(tcp_server(home.address), **{**WATCHED, "watchdog_ms": 600}))
        with client_of(server) as client:
            for _ in range(12):
                client.pap(b"bob", b"x")
                time.sleep(0.1)
        assert not asked(home, wire.STATUS_SERVER)


@pytest.mark.row("V11-5")
def test_in_1_1_status_server_has_a_token_like_the_rest(radhost, certificates):
    with stub_1_1(certificates) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates, "1.1"), **WATCHED))
        with client_of(server) as client:
            client.pap(b"bob", b"x")
            home.wait_for_requests(2)
            client.pap(b"bob", b"x")
        packets = [wire_1_1.decode(octets) for octets in home.requests]
        tokens = [int.from_bytes(packet.token, "big") for packet in packets]
        assert tokens == [(tokens[0] + i) % (1 << 32) for i in range(len(tokens))]
        assert wire.STATUS_SERVER in [packet.code for packet in packets]
        for packet in packets:
            wire_1_1.check_attributes(packet)


@pytest.mark.row("TRN-9")
def test_one_silence_suspends_a_second_one_closes_and_three_answers_bring_it_back(radhost):
    speaks = [True]
    with StreamStub(lambda request: named(b"first")(request) if speaks[0] else None) as first, \
            StreamStub(named(b"second")) as second:
        server = radhost(proxy_to(tcp_server(first.address), tcp_server(second.address), **WATCHED))
        with client_of(server) as client:
            def who():
                return client.pap(b"bob", b"x").values(wire.REPLY_MESSAGE)
            assert who() == [b"first"]
            speaks[0] = False
            # Asked by the watchdog, and not answered: what waits goes to the second, and so does what comes.
            begun = time.monotonic()
            assert who() == [b"second"]
            assert 0.3 <= time.monotonic() - begun <= 1.5
            probes = asked(first, wire.STATUS_SERVER)
            assert len(probes) == 1 and servers_of(server)[0]["watchdog_expiries"] == 1
            sent = len(asked(first))
            assert who() == [b"second"] and len(asked(first)) == sent
            # The second expiry ends it; another connection comes, half a second later at the earliest.
            wait_until(lambda: servers_of(server)[0]["watchdog_expiries"] == 2)
            closed = time.monotonic()
            assert servers_of(server)[0]["connections"] == 0 and servers_of(server)[0]["state"] == "dead"
            assert asked(first, wire.STATUS_SERVER) == probes
            speaks[0] = True
            first.wait_for_connections(2)
            assert first.came[1] - closed >= 0.4
            while len(asked(first, wire.STATUS_SERVER)) < len(probes) + 3:
                assert who() == [b"second"]
                time.sleep(0.02)
            wait_until(lambda: servers_of(server)[0]["state"] == "up")
            assert len(asked(first)) == sent and who() == [b"first"]
            times = [at for octets, at in zip(first.requests, first.times) if octets[0] == wire.STATUS_SERVER][1:4]
            assert times[0] - first.came[1] < 0.2 and times[2] - times[0] >= 0.38, times
