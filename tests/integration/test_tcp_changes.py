# SPDX-License-Identifier: Apache-2.0
"""Open TCP connections while the server changes: a reload, a swap, its end."""

import signal

import pytest

from support import wire
from support.configurations import LOOPBACK_CLIENT, SECRET, client_table, tcp_listener
from support.connections import connections, ended, wait_for_ended, wait_for_open
from support.later import ask, message
from support.server import split_address
from support.stamped import is_gone, module, stamped
from support.stream import Stream
from support.waiting import wait_until

AUTH = tcp_listener("auth", '["access"]', '["stamped"]')
ONE = LOOPBACK_CLIENT + stamped() + AUTH
SECOND = tcp_listener("second", '["access"]', '["stamped"]')


def connect(server, name="auth", secret=SECRET, **options):
    return Stream.tcp(split_address(server.control.listener(name)["address"]), secret, **options)


def build(client, command="now"):
    return message(client.exchange(ask(client, command)))


def begin(server, client, command, in_flight=1):
    """A request that is being handled."""
    request = ask(client, command)
    client.send(request)
    wait_until(lambda: server.control.plugins("auth")[0]["in_flight"] == in_flight)
    return request


def reload(server, configuration):
    server.rewrite(configuration)
    return [change["text"] for change in server.control.reload()["changes"]]


def is_refused(address):
    """Does nobody accept there, or nobody serve whom the system has accepted?"""
    try:
        with Stream.tcp(address, SECRET) as client:
            return client.expect_closed(within_s=0.3) in ("close", "reset")
    except (ConnectionRefusedError, ConnectionResetError):  # the latter while the socket is being closed
        return True
    except wire.WrongAnswer:  # it stays open
        return False


# The end

def test_at_the_end_what_is_in_flight_is_answered_and_then_closed(radhost):
    server = radhost(ONE, workers=2)
    with connect(server) as busy, connect(server) as idle:
        assert build(idle) == "a"
        request = begin(server, busy, "pending 800")
        server.process.signal(signal.SIGTERM)
        assert message(busy.answer_to(request)) == "a"
        assert busy.expect_closed() == "close"
        assert idle.expect_closed() == "close"
        counters = server.wait_for_end()
    assert ended(counters, "auth") == {"drained": 2}
    assert connections(counters, "auth")["open"] == 0 and counters.listener("auth")["in_flight"] == 0


def test_while_it_ends_nobody_new_is_let_in(radhost):
    server = radhost(ONE)
    address = server.address("auth")
    with connect(server) as busy:
        request = begin(server, busy, "pending 2500")
        server.process.signal(signal.SIGTERM)
        wait_until(lambda: is_refused(address), timeout_s=2)
        assert message(busy.answer_to(request)) == "a"
    server.wait_for_end()


def test_the_end_does_not_wait_for_those_who_do_not_go(radhost):
    """A client that leaves its answers unread and the connection open holds up nothing."""
    server = radhost(ONE, settings="drain_timeout_ms = 1000")
    with connect(server) as silent:
        silent.send(b"".join(ask(silent, "now") for _ in range(200)))
        assert connections(server.stop(), "auth")["open"] == 0


def test_the_end_does_not_wait_for_a_packet_that_never_becomes_whole(radhost):
    server = radhost(ONE)
    with connect(server) as client:
        client.send(ask(client, "now")[:-1])
        wait_for_open(server, "auth", 1)
        assert ended(server.stop(), "auth") == {"drained": 1}
        assert client.expect_closed() in ("close", "reset")


# A reload

def test_a_reload_keeps_the_connections(radhost):
    server = radhost(ONE)
    with connect(server) as client:
        request = begin(server, client, "pending 500")
        assert reload(server, ONE + SECOND) == ["listener second added"]
        assert message(client.answer_to(request)) == "a"
        assert reload(server, ONE.replace("stamped_a", "stamped_b") + SECOND)
        assert build(client) == "b"
        with connect(server, "second") as other:
            assert build(other) == "b"
    told = connections(server.stats(), "auth")
    assert told["opened"] == 1


def test_a_refused_reload_keeps_them_too(radhost):
    server = radhost(ONE)
    with connect(server) as client:
        server.rewrite(ONE.replace('["stamped"]', '["stampd"]'))
        server.control.refuse_reload()
        assert build(client) == "a"


def test_a_secret_changes_between_two_packets(radhost):
    """An answer is signed with the secret that its request was verified with."""
    server = radhost(ONE)
    with connect(server) as client, connect(server) as stubborn:
        request = begin(server, client, "pending 700")
        assert reload(server, ONE.replace("xyzzy5461", "another secret")) == ["client loopback changed: secret"]
        assert message(client.answer_to(request)) == "a"
        client.secret = b"another secret"
        assert build(client) == "a"
        stubborn.send(ask(stubborn, "now"))
        assert stubborn.expect_closed() == "close"


def test_the_connections_of_a_client_that_is_removed_are_closed(radhost):
    def client(name, address):
        return client_table(name, address=[address], secret=SECRET.decode())

    rest = stamped() + AUTH
    server = radhost(client("one", "127.0.0.1") + client("two", "127.0.0.2") + rest)
    with connect(server, source="127.0.0.1") as one, connect(server, source="127.0.0.2") as two:
        assert (build(one), build(two)) == ("a", "a")
        assert reload(server, client("one", "127.0.0.1") + rest) == ["client two removed"]
        two.send(ask(two, "now"))
        assert two.expect_closed() in ("close", "reset")
        wait_for_ended(server, "auth", {"unknown_client": 1})
        assert build(one) == "a"


def test_a_listener_that_goes_answers_what_it_has_and_closes(radhost):
    server = radhost(ONE + SECOND)
    address = server.address("second")
    with connect(server, "second") as busy, connect(server, "second") as idle, connect(server) as elsewhere:
        assert build(idle) == "a"
        request = begin(server, busy, "pending 800")
        assert reload(server, ONE) == ["listener second removed"]
        assert message(busy.answer_to(request)) == "a"
        assert (busy.expect_closed(), idle.expect_closed()) == ("close", "close")
        assert build(elsewhere) == "a"
    wait_until(lambda: is_refused(address))


def test_an_address_that_was_given_up_can_be_had_again(radhost):
    """Though connections of before wait for their end in the system."""
    server = radhost(ONE + SECOND)
    port = server.port("second")
    fixed = SECOND.replace(":0", f":{port}")
    for _ in range(3):
        with connect(server, "second") as client:
            assert build(client) == "a"
            reload(server, ONE)
            assert client.expect_closed() == "close"
        wait_until(lambda: server.control.request("POST", "/v1/reload")[0] == 200)
        assert reload(server, ONE + fixed) == ["listener second added"]


def test_the_bounds_of_a_listener_change_while_it_serves(radhost):
    """For new connections; nobody is thrown out."""
    bounded = ONE + "max_connections = {}\n"
    server = radhost(bounded.format(2))
    with connect(server) as one, connect(server) as two:
        assert (build(one), build(two)) == ("a", "a")
        assert reload(server, bounded.format(1)) == ["listener auth changed: tcp.max_connections: 2 -> 1"]
        assert (build(one), build(two)) == ("a", "a")
        assert is_refused(server.address("auth"))
        reload(server, bounded.format(3))
        with connect(server) as third:
            assert build(third) == "a"


# A swap

@pytest.mark.parametrize("workers", [1, 2])
def test_a_swap_keeps_the_connections_and_the_next_packet_meets_the_new_build(radhost, program, workers):
    server = radhost(ONE, workers=workers)
    clients = [connect(server) for _ in range(4)]
    for number in range(6):
        name = "ba"[number % 2]
        server.control.swap("auth.stamped", module(program, f"stamped_{name}"))
        assert [build(client) for client in clients] == [name] * 4
    for client in clients:
        client.close()
    assert connections(server.stats(), "auth")["opened"] == 4


@pytest.mark.parametrize("way", ["pending 500", "offload 500"])
def test_what_the_old_build_has_it_answers(radhost, program, way):
    server = radhost(ONE)
    with connect(server) as client:
        request = begin(server, client, way)
        server.control.swap("auth.stamped", module(program, "stamped_b"))
        later = ask(client, "now")
        client.send(later)
        answers = client.answers_to([request, later])
    assert [message(answer) for answer in answers] == ["b", "a"]
    wait_until(lambda: is_gone(server))


def test_the_old_build_goes_though_the_connection_of_its_last_request_is_gone(radhost, program):
    server = radhost(ONE)
    with connect(server) as client:
        begin(server, client, "pending 500")
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    wait_until(lambda: is_gone(server))
    assert server.stats().listener("auth")["in_flight"] == 0


def test_a_conversation_on_a_connection_goes_on_where_it_began(radhost, program):
    server = radhost(ONE)
    with connect(server) as client:
        answer = client.exchange(ask(client, "rounds 4"))
        server.control.swap("auth.stamped", module(program, "stamped_b"))
        while answer.code == wire.ACCESS_CHALLENGE:
            assert message(answer) == "a"
            answer = client.exchange(ask(client, "rounds 4", [(wire.STATE, answer.values(wire.STATE)[0])]))
        assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, "a")
        assert build(client) == "b"
