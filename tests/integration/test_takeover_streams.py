# SPDX-License-Identifier: Apache-2.0
"""Another process takes over listeners of streams: what is in hand is answered where it is, and nobody is refused."""

import threading

import pytest

from support import wire
from support.configurations import LOOPBACK_CLIENT, SECRET, later_plugin, listener, tcp_listener, tls_listener
from support.connections import connection_logged, connections
from support.later import ask, message
from support.stream import Ended, Stream
from support.waiting import wait_until


@pytest.fixture
def configuration(certificates):
    return (LOOPBACK_CLIENT + later_plugin() + listener("udp", '["access"]', '["later"]') +
            tcp_listener("tcp", '["access"]', '["later"]') + tls_listener(certificates, "tls", '["access"]', '["later"]'))


@pytest.fixture
def connect(certificates):
    def connected(address, name):
        if name == "tcp":
            return Stream.tcp(address, SECRET)
        return Stream.tls(address, authority=certificates.ca, certificate=certificates.client)
    return connected


@pytest.mark.row("TRN-6")
@pytest.mark.parametrize("name", ["tcp", "tls"])
@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_in_hand_is_answered_and_then_closed_and_new_ones_come_to_the_other(radhost, configuration, connect,
                                                                                  name, workers):
    first = radhost(configuration, workers=workers)
    address = first.address(name)
    with connect(address, name) as busy, connect(address, name) as idle:
        assert message(idle.exchange(ask(idle, "now 0 accept hello"))) == "now 0 accept hello"
        request = ask(busy, "thread 1500 accept")
        busy.send(request)
        wait_until(lambda: first.stats().listener(name)["in_flight"] == 1)
        second = radhost.take_over(first)
        assert second.address(name) == address
        assert idle.expect_closed() == "close"
        assert message(busy.answer_to(request)) == "thread 1500 accept"
        assert busy.expect_closed() == "close"
        with connect(address, name) as other:
            assert message(other.exchange(ask(other, "now 0 accept"))) == "now 0 accept"
        if name == "tls":
            assert connection_logged(second)["client"] == "loopback"
    assert first.wait_for_end().listener(name)["connections"]["open"] == 0
    assert connections(second.stop(), name)["opened"] == 1


@pytest.mark.parametrize("name", ["tcp", "tls"])
def test_nobody_is_refused_meanwhile(radhost, configuration, connect, name):
    first = radhost(configuration, workers=2)
    address, stop, refused, answered = first.address(name), threading.Event(), [], []

    def come_and_go():
        while not stop.is_set():
            try:
                with connect(address, name) as client:
                    answered.append(client.exchange(ask(client, "now 0 accept")).code == wire.ACCESS_ACCEPT)
            except Ended:  # by the first one, that ends
                pass
            except OSError as problem:
                refused.append(problem)

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(answered) > 20)
    second = radhost.take_over(first)
    first.wait_for_end()
    before = len(answered)
    wait_until(lambda: len(answered) > before + 20)
    stop.set()
    for thread in threads:
        thread.join()
    assert all(answered) and not [problem for problem in refused if isinstance(problem, ConnectionRefusedError)]
    assert connections(second.stop(), name)["opened"] > 20


def test_a_transport_that_changed_is_another_address(radhost, configuration, certificates):
    """The port of UDP goes on, that of TCP is closed with the first process."""
    first = radhost(configuration)
    port = first.address("tcp")
    other = listener("tcp", '["access"]', '["later"]')
    first.rewrite(configuration.replace(tcp_listener("tcp", '["access"]', '["later"]'), other))
    second = radhost.take_over(first)
    first.wait_for_end()
    with pytest.raises(ConnectionRefusedError):
        Stream.tcp(port, SECRET)
    second.stop()
