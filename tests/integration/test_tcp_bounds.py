# SPDX-License-Identifier: Apache-2.0
"""RADIUS over TCP: nobody has more connections, buffers or time than the listener's table gives."""

import os
import time

import pytest

from support import wire
from support.configurations import LOOPBACK_CLIENT, SECRET, client_table, later_plugin, static_plugin, tcp_listener
from support.connections import connections, end_logged, ended, wait_for_ended, wait_for_open
from support.later import ask
from support.stream import Ended, Stream
from support.waiting import wait_until

SANITIZED = os.environ.get("RADHOST_SANITIZE", "")
BASE = LOOPBACK_CLIENT + later_plugin(timeout_ms=5000)


def bounded(**keys):
    return BASE + tcp_listener("auth", '["access"]', '["later"]', **keys)


def connect(server, name="auth", **options):
    return Stream.tcp(server.address(name), SECRET, **options)


def assert_answers(client):
    assert client.exchange(ask(client, "now 0 accept")).code == wire.ACCESS_ACCEPT


def assert_refused(client):
    """At once, whether the system's queue had taken it or not."""
    assert client.expect_closed(within_s=1) in ("close", "reset")


# Time

@pytest.mark.row("TRN-7")
def test_an_idle_connection_is_closed(radhost):
    server = radhost(bounded(idle_timeout_ms=300))
    with connect(server) as client:
        begin = time.monotonic()
        assert client.expect_closed() == "close"
        assert 0.25 <= time.monotonic() - begin < 2
    wait_for_ended(server, "auth", {"idle": 1})
    assert end_logged(server, reason="idle")["level"] == "info"


@pytest.mark.row("TRN-7")
def test_a_connection_in_use_is_not_idle(radhost):
    server = radhost(bounded(idle_timeout_ms=400))
    with connect(server) as client:
        begin = time.monotonic()
        while time.monotonic() - begin < 1.2:
            assert_answers(client)
            time.sleep(0.1)
        begin = time.monotonic()
        assert client.expect_closed() == "close"
        assert time.monotonic() - begin >= 0.25


@pytest.mark.row("TRN-7")
def test_a_connection_whose_request_is_handled_is_not_idle(radhost):
    server = radhost(bounded(idle_timeout_ms=300))
    with connect(server) as client:
        assert client.exchange(ask(client, "thread 900 accept")).code == wire.ACCESS_ACCEPT
        assert client.expect_closed() == "close"


@pytest.mark.row("TRN-7")
def test_a_part_of_a_packet_keeps_nothing_open(radhost):
    server = radhost(bounded(idle_timeout_ms=300))
    with connect(server) as client:
        client.send(ask(client, "now 0 accept")[:30])
        assert client.expect_closed(within_s=2) == "close"
    wait_for_ended(server, "auth", {"idle": 1})


@pytest.mark.row("TRN-7")
def test_the_idle_timeout_may_be_off(radhost):
    server = radhost(bounded(idle_timeout_ms=0))
    with connect(server) as client:
        client.expect_nothing_more(1)
        assert_answers(client)


# Connections

@pytest.mark.row("TRN-7")
def test_a_connection_beyond_the_listeners_bound_is_refused(radhost):
    server = radhost(bounded(max_connections=2))
    with connect(server) as one, connect(server) as two:
        assert_answers(one)
        assert_answers(two)
        with connect(server) as third:
            assert_refused(third)
        wait_for_ended(server, "auth", {"too_many_connections": 1})
        assert end_logged(server, reason="too_many_connections")["level"] == "warn"
        assert_answers(one)
        assert_answers(two)
    wait_for_open(server, "auth", 0)
    with connect(server) as again:
        assert_answers(again)


@pytest.mark.row("TRN-7")
def test_a_connection_beyond_the_bound_of_its_client_is_refused_and_others_are_not(radhost):
    clients = "".join(client_table(name, address=[address], secret=SECRET.decode())
                      for name, address in (("one", "127.0.0.1"), ("two", "127.0.0.2")))
    server = radhost(clients + later_plugin() + tcp_listener("auth", '["access"]', '["later"]',
                                                             max_connections_per_client=2))
    with connect(server, source="127.0.0.1") as first, connect(server, source="127.0.0.1") as second:
        assert_answers(first)
        assert_answers(second)
        with connect(server, source="127.0.0.1") as third:
            assert_refused(third)
        with connect(server, source="127.0.0.2") as other:
            assert_answers(other)
        assert end_logged(server, reason="too_many_of_client")["client"] == "one"
        assert_answers(first)
    assert ended(server.stop(), "auth")["too_many_of_client"] == 1


@pytest.mark.row("TRN-7")
def test_the_bound_of_a_client_is_that_of_the_whole_client(radhost):
    """Not of each of its addresses, and not of each worker."""
    server = radhost(bounded(max_connections_per_client=3), workers=2)
    clients = [connect(server, source=f"127.0.0.{number}") for number in range(1, 4)]
    for client in clients:
        assert_answers(client)
    with connect(server, source="127.0.0.4") as more:
        assert_refused(more)
    for client in clients:
        client.close()


@pytest.mark.row("TRN-7")
def test_new_connections_come_at_a_bounded_rate(radhost):
    server = radhost(bounded(max_new_connections_per_s=5))
    clients = [connect(server) for _ in range(30)]
    refused = 0
    for client in clients:
        try:
            assert_answers(client)
        except Ended:
            refused += 1
        client.close()
    assert 15 <= refused < 30
    wait_until(lambda: ended(server.stats(), "auth").get("too_many_new") == refused)
    time.sleep(1.1)
    with connect(server) as client:
        assert_answers(client)


def test_connections_are_counted(radhost):
    server = radhost(bounded())
    assert connections(server.stats(), "auth")["open"] == 0
    with connect(server) as one, connect(server) as two:
        assert_answers(one)
        assert_answers(two)
        told = connections(server.stats(), "auth")
        assert (told["open"], told["opened"]) == (2, 2)
    wait_for_ended(server, "auth", {"peer_closed": 2})
    told = connections(server.stop(), "auth")
    assert (told["open"], told["opened"]) == (0, 2)


# Buffers

LONG = "x" * 250
WORDY = (LOOPBACK_CLIENT + static_plugin("wordy", "accept", f'{{ "Reply-Message" = ["{LONG}", "{LONG}", "{LONG}"] }}') +
         tcp_listener("auth", '["access"]', '["wordy"]', max_buffered_octets=65536))
MEBIBYTE = 1 << 20


def resident_octets(server):
    with open(f"/proc/{server.process.pid}/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_client_that_never_reads_is_bounded_and_others_are_served(radhost, workers):
    """The system's own buffers take some mebibytes in each direction, the server's as much as its table says."""
    server = radhost(WORDY, workers=workers)
    before = resident_octets(server)
    with connect(server, buffer_octets=65536) as silent, connect(server) as other:
        many = b"".join(silent.pap_request(b"bob", b"x", identifier=number) for number in range(256))
        assert silent.send_until_blocked(many, 64 * MEBIBYTE) < 32 * MEBIBYTE
        for _ in range(20):
            begin = time.monotonic()
            assert other.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            assert time.monotonic() - begin < 1
        assert SANITIZED or resident_octets(server) - before < 32 * MEBIBYTE
        with connect(server) as new:
            assert new.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
    wait_for_open(server, "auth", 0)
    assert server.stats().listener("auth")["in_flight"] == 0


def test_a_client_that_reads_late_gets_all_its_answers(radhost):
    """What fits the bound is held for it."""
    server = radhost(WORDY)
    with connect(server) as client:
        requests = [client.pap_request(b"bob", b"x", identifier=number) for number in range(60)]
        client.send(b"".join(requests))
        time.sleep(0.5)
        assert len(client.answers_to(requests)) == 60


def test_a_client_that_reads_slowly_gets_right_answers_for_all_it_sent(radhost):
    """More than any buffer holds, and never more than 256 unanswered."""
    server = radhost(WORDY)
    with connect(server, buffer_octets=16384) as client:
        for _ in range(20):
            requests = [client.pap_request(b"bob", b"x", identifier=number) for number in range(256)]
            client.send(b"".join(requests))
            assert len(client.answers_to(requests)) == 256
    wait_for_ended(server, "auth", {"peer_closed": 1})


@pytest.mark.parametrize("bound, word", [("max_in_flight = 4", "listener_in_flight")])
def test_no_more_requests_wait_than_the_listener_may_have(radhost, bound, word):
    """As over UDP; the connection stays."""
    server = radhost(BASE + tcp_listener("auth", '["access"]', '["later"]', more=bound))
    with connect(server) as client:
        requests = [ask(client, "thread 300 accept") for _ in range(6)]
        client.send(b"".join(requests))
        assert len(client.answers_to(requests[:4])) == 4
        assert_answers(client)
    assert server.stop().discards() == {word: 2}
