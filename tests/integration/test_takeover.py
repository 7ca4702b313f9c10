# SPDX-License-Identifier: Apache-2.0
"""`radhost serve --takeover`: another process goes on with the sockets of a running server, and nothing is lost."""

import json
import os
import signal
import socket
import struct
import urllib.request

import pytest

from support import wire
from support.configurations import LOOPBACK_CLIENT, SECRET, listener
from support.control import connect
from support.later import ask, message
from support.server import split_address
from support.service_manager import ServiceManager
from support.stamped import Askers, build_of, client_of, stamped
from support.waiting import wait_until

AUTH = listener("auth", '["access", "accounting"]', '["stamped"]')
FIRST = LOOPBACK_CLIENT + stamped(text="first") + AUTH
SECOND = LOOPBACK_CLIENT + stamped(text="second") + AUTH


@pytest.fixture
def take_over(radhost):
    """take_over(server, configuration=…): another process takes over from it. The server it gives is ready."""
    def begin(server, configuration=None, **options):
        if configuration is not None:
            server.rewrite(configuration)
        return radhost.take_over(server, **options)
    return begin


def refused(server, configuration=None, program=None):
    """What one says that cannot take over."""
    if configuration is not None:
        server.rewrite(configuration)
    done = (program or server.program).run("serve", "-c", server.configuration, "--takeover")
    assert done.returncode == 1, done.stderr
    return done.stderr


def is_alone(server):
    """Is the server gone that it took over from?"""
    return "predecessor" not in server.control.get("/v1/status")


# Who answers

@pytest.mark.parametrize("workers", [1, 2])
def test_another_process_answers_at_the_same_address(radhost, take_over, workers):
    first = radhost(FIRST, workers=workers)
    address = first.address("auth")
    with client_of(first) as client:
        assert message(client.exchange(ask(client, "now"))) == "first"
        second = take_over(first, SECOND)
        # The socket of the client is the same, and so is the one that it asks.
        assert {message(client.exchange(ask(client, "now"))) for _ in range(8)} == {"second"}
    assert second.address("auth") == address
    first.wait_for_end()
    assert second.control.get("/v1/status")["pid"] == second.process.pid


def test_takeovers_follow_each_other(radhost, take_over):
    server = radhost(FIRST)
    for number in range(4):
        before, server = server, take_over(server, LOOPBACK_CLIENT + stamped(text=str(number)) + AUTH)
        before.wait_for_end()
        wait_until(lambda now=server: is_alone(now))
        assert build_of(server) == str(number)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_retransmission_gets_the_answer_that_the_first_server_gave(radhost, take_over, workers):
    first = radhost(FIRST, workers=workers)
    with client_of(first) as client:
        asked = [ask(client, "now") for _ in range(8)]
        answers = []
        for request in asked:
            client.send(request)
            answers.append(client.receive())
        second = take_over(first, SECOND)
        first.wait_for_end()
        for request, answer in zip(asked, answers):
            client.send(request)
            assert client.receive() == answer
        assert message(client.exchange(ask(client, "now"))) == "second"
    wait_until(lambda: is_alone(second))
    counted = second.stop().listener("auth")
    assert (counted["requests"], counted["replies"]) == (9, 9)
    assert counted["access"]["accepts"] == 1


def test_an_answered_record_is_not_recorded_twice(radhost, take_over):
    first = radhost(FIRST)
    with client_of(first) as client:
        record = client.accounting_request([(wire.ACCT_STATUS_TYPE, wire.integer(1)), (wire.ACCT_SESSION_ID, b"S1"),
                                            (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1"))])
        client.send(record)
        answer = client.receive()
        take_over(first, SECOND)
        client.send(record)
        assert client.receive() == answer
        assert wire.check_answer(answer, record, SECRET).vendor_values(99999, 1) == [b"first"]


# What is in hand

@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("way", ["pending 1500", "offload 1500"])
def test_a_request_in_hand_is_answered_by_the_first_server_and_run_once(radhost, take_over, way, workers):
    first = radhost(FIRST, workers=workers)
    with client_of(first) as client:
        request = ask(client, way)
        client.send(request)
        wait_until(lambda: first.control.plugins("auth")[0]["in_flight"] == 1)
        second = take_over(first, SECOND)
        client.send(request)  # the second server does not know the answer, and must not run it
        answer = client.receive()
        assert message(wire.check_answer(answer, request, SECRET)) == "first"
        assert first.wait_for_end().listener("auth")["access"]["accepts"] == 1
        client.expect_nothing_more()
        wait_until(lambda: is_alone(second))
        client.send(request)
        assert client.receive() == answer
    counted = second.stop().listener("auth")
    assert counted["access"]["accepts"] == 0
    assert counted["discards"]["passed_on"] == 1


def test_what_the_first_server_never_answered_is_a_new_request(radhost, take_over):
    first = radhost(FIRST.replace("timeout_ms = 5000", 'timeout_ms = 9000\non_error = "drop"'),
                    settings="drain_timeout_ms = 300")
    with client_of(first) as client:
        request = ask(client, "pending 800")
        client.send(request)
        wait_until(lambda: first.control.plugins("auth")[0]["in_flight"] == 1)
        second = take_over(first, SECOND)
        first.wait_for_end()
        wait_until(lambda: is_alone(second))
        assert message(client.exchange(request)) == "second"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_conversation_goes_on_where_it_began(radhost, take_over, workers):
    first = radhost(FIRST, workers=workers)
    with client_of(first) as client:
        answer = client.exchange(ask(client, "rounds 10"))
        for number in range(10):
            assert (answer.code, message(answer)) == (wire.ACCESS_CHALLENGE, "first")
            if number == 4:
                second = take_over(first, SECOND)
                assert first.process.running() and not is_alone(second)
                assert build_of(second) == "second"  # others are not held up
            state, = answer.values(wire.STATE)
            answer = client.exchange(ask(client, "rounds 10", [(wire.STATE, state)]))
        assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, "first")
    first.wait_for_end()  # nothing holds it any more
    wait_until(lambda: is_alone(second))
    assert second.stop().listener("auth")["discards"]["passed_on"] == 6


def test_a_round_that_is_sent_again_is_passed_on_again(radhost, take_over):
    first = radhost(FIRST)
    with client_of(first) as client:
        state, = client.exchange(ask(client, "rounds 2")).values(wire.STATE)
        take_over(first, SECOND)
        request = ask(client, "rounds 2", [(wire.STATE, state)])
        client.send(request)
        answer = client.receive()
        client.send(request)
        assert client.receive() == answer
        state, = wire.check_answer(answer, request, SECRET).values(wire.STATE)
        assert message(client.exchange(ask(client, "rounds 2", [(wire.STATE, state)]))) == "first"


def test_a_conversation_that_the_first_server_took_with_it_is_over(radhost, take_over):
    first = radhost(FIRST, settings="drain_timeout_ms = 300")
    with client_of(first) as client:
        state, = client.exchange(ask(client, "rounds 2")).values(wire.STATE)
        second = take_over(first, SECOND)
        first.wait_for_end()
        wait_until(lambda: is_alone(second))
        assert client.exchange(ask(client, "rounds 2", [(wire.STATE, state)])).code == wire.ACCESS_REJECT
        # But one that neither has made is for the handlers to judge.
        foreign = ask(client, "now", [(wire.STATE, os.urandom(32))])
        assert message(client.exchange(foreign)) == "second"


@pytest.mark.parametrize("workers", [1, 2])
def test_under_load_nothing_is_lost_and_nothing_is_run_twice(radhost, take_over, workers):
    server = radhost(FIRST, workers=workers)
    accepted = 0
    with Askers(server) as askers:
        for _ in range(4):
            before, server = server, take_over(server, SECOND)
            accepted += before.wait_for_end().listener("auth")["access"]["accepts"]
            wait_until(lambda now=server: is_alone(now))
    assert not askers.problems, askers.problems
    accepted += server.stop().listener("auth")["access"]["accepts"]
    assert accepted == len(askers.answered) > 100


# Sockets

def test_listeners_may_come_and_go_with_it(radhost, take_over):
    first = radhost(FIRST + listener("old", '["access"]', '["stamped"]'))
    old = first.address("old")
    second = take_over(first, SECOND + listener("new", '["access"]', '["stamped"]'))
    assert (build_of(second), build_of(second, "new")) == ("second", "second")
    first.wait_for_end()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(old)  # it is nobody's


def test_the_metrics_endpoint_goes_with_it(radhost, take_over):
    metrics = '\n[metrics]\naddress = "127.0.0.1:0"\n'
    first = radhost(FIRST + metrics)
    where = [entry["address"] for entry in first.log() if entry["message"] == "metrics"]
    second = take_over(first, SECOND + metrics)
    first.wait_for_end()
    build_of(second)
    with urllib.request.urlopen(f"http://{where[0]}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    assert f'radhost_info{{version="{second.control.get("/v1/status")["version"]}"}} 1' in text
    assert 'kind="access"' in text


def test_the_control_socket_stays_when_the_first_server_has_ended(radhost, take_over):
    first = radhost(FIRST)
    second = take_over(first)
    first.wait_for_end()
    assert second.control.path.exists()
    second.stop()
    assert not second.control.path.exists()


def test_modules_can_be_swapped_and_reloaded_after_it(radhost, program, take_over):
    first = radhost(FIRST)
    second = take_over(first, LOOPBACK_CLIENT + stamped() + AUTH)
    first.wait_for_end()
    wait_until(lambda: is_alone(second))
    second.control.swap("auth.stamped", program.test_plugin_path / "stamped_b.so")
    assert build_of(second) == "b"
    second.rewrite(SECOND)
    second.control.reload()
    assert build_of(second) == "second"


def test_what_a_reload_cannot_change_another_process_can(radhost, take_over):
    first = radhost(FIRST)
    watched = '\n[metrics]\naddress = "127.0.0.1:0"\n'
    first.rewrite(FIRST + watched)
    _, (why,) = first.control.refuse_reload()
    assert why.startswith("[metrics] address: ") and why.endswith(
        ": a change needs a new process (radhost serve --takeover)")
    second = take_over(first, SECOND + watched)
    assert build_of(second) == "second"
    assert any(entry["message"] == "metrics" for entry in second.log())
    wait_until(lambda: is_alone(second))
    assert second.control.reload()["changes"] == []


# Who cannot take over leaves everything as it was

def test_a_mistake_in_the_configuration_is_told_and_the_first_server_goes_on(radhost):
    first = radhost(FIRST)
    assert "time_out_ms" in refused(first, FIRST.replace("timeout_ms", "time_out_ms"))
    assert build_of(first) == "first"


def test_a_module_that_cannot_be_made_is_told_and_the_first_server_goes_on(radhost, take_over):
    first = radhost(FIRST)
    assert "no_such_module" in refused(first, FIRST.replace("stamped_a", "no_such_module"))
    assert build_of(first) == "first"
    first.rewrite(SECOND)
    wait_until(lambda: first.control.request("POST", "/v1/reload")[0] == 200)  # it may be changed again
    assert build_of(first) == "second"
    second = take_over(first, FIRST)
    assert build_of(second) == "first"


def test_another_number_of_workers_is_refused(radhost):
    first = radhost(FIRST, workers=2)
    first.options["workers"] = 1
    assert "has 2 workers and this one would have 1" in refused(first, FIRST)
    assert build_of(first) == "first"


def test_without_a_running_server_there_is_nothing_to_take_over(program, tmp_path):
    path = program.write_configuration(tmp_path, FIRST)
    done = program.run("serve", "-c", path, "--takeover")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"radhost serve: no server at {tmp_path}/control.sock")


def test_without_a_control_socket_nobody_can_be_asked(program, tmp_path):
    path = program.write_configuration(tmp_path, FIRST, control="")
    done = program.run("serve", "-c", path, "--takeover")
    assert done.returncode == 1 and "control socket" in done.stderr


def test_a_server_with_a_predecessor_cannot_be_taken_over_yet(radhost, take_over):
    first = radhost(FIRST)
    with client_of(first) as client:
        state, = client.exchange(ask(client, "rounds 1")).values(wire.STATE)
        second = take_over(first, SECOND)
        assert f"process {first.process.pid}" in refused(second)
        assert second.control.get("/v1/status")["predecessor"] == first.process.pid
        assert message(client.exchange(ask(client, "rounds 1", [(wire.STATE, state)]))) == "first"
    first.wait_for_end()
    wait_until(lambda: is_alone(second))
    third = take_over(second, FIRST)
    assert build_of(third) == "first"


# What the two say to each other: a stranger in the second server's place

SORTS = ("Refused", "Hello", "Offer", "Sockets", "Relays", "Ready", "Records", "AllTold", "AllHeard", "Yours", "Serving",
         "Left", "Done")


class Stranger:
    """Speaks the language of the one that takes over, as far as a test wants it to."""

    def __init__(self, server):
        self.socket = connect(server.control.path, 10)
        self.socket.send(b"POST /v1/takeover HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                         b"Upgrade: radhost-takeover\r\n\r\n")
        self.head = b""
        while not self.head.endswith(b"\r\n\r\n"):
            octet = self.socket.recv(1)
            assert octet, self.head
            self.head += octet
        self.descriptors = []

    def say(self, sort, octets=b""):
        self.socket.sendall(struct.pack(">BI", SORTS.index(sort), len(octets)) + octets)

    def hear(self):
        """The next message: its sort and its octets. Nothing when there is none."""
        head = self._receive(5)
        if not head:
            return None
        sort, size = struct.unpack(">BI", head)
        return SORTS[sort], self._receive(size)

    def _receive(self, size):
        octets = b""
        while len(octets) < size:
            part, descriptors, _, _ = socket.recv_fds(self.socket, size - len(octets), 64)
            self.descriptors += descriptors
            if not part:
                return b""
            octets += part
        return octets

    def hello(self, version=1):
        self.say("Hello", json.dumps({"version": version, "program": "stranger"}).encode())

    def hear_offer(self):
        """The offer, and what comes with it."""
        sort, octets = self.hear()
        assert sort == "Offer", octets
        offer = json.loads(octets)
        for _ in offer["addresses"]:
            assert self.hear()[0] == "Sockets"
        assert self.hear()[0] == "Relays"
        return offer

    def ready(self, offer):
        wishes = {"addresses": [address["bound"] for address in offer["addresses"]], "control": True, "metrics": False}
        self.say("Ready", json.dumps(wishes).encode())

    def hear_until(self, last):
        while (heard := self.hear())[0] == "Records":
            pass
        assert heard[0] == last

    def hear_until_yours(self):
        self.hear_until("AllTold")
        self.say("AllHeard")
        self.hear_until("Yours")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.socket.close()


def goes_on(server):
    """It serves, and may be changed again."""
    assert build_of(server) == "first"
    wait_until(lambda: server.control.request("POST", "/v1/reload")[0] == 200)
    assert server.stats().discards() == {}
    return True


def test_one_that_speaks_another_version_is_refused(radhost):
    server = radhost(FIRST)
    with Stranger(server) as stranger:
        assert stranger.head.startswith(b"HTTP/1.1 101 ")
        stranger.hello(version=99)
        sort, why = stranger.hear()
        assert (sort, b"hands over in another way" in why) == ("Refused", True)
    assert goes_on(server)


def test_one_that_makes_no_sense_is_refused(radhost):
    server = radhost(FIRST)
    for octets in (b"\xff" * 64, struct.pack(">BI", 1, 0xffffffff), struct.pack(">BI", 1, 2) + b"{}",
                   struct.pack(">BI", 8, 0)):
        with Stranger(server) as stranger:
            stranger.socket.sendall(octets)
            assert stranger.hear()[0] == "Refused"
        wait_until(lambda: server.control.request("POST", "/v1/reload")[0] == 200)
    assert goes_on(server)


def test_what_is_offered_has_all_sockets_and_no_secret(radhost):
    server = radhost(FIRST, workers=2)
    with Stranger(server) as stranger:
        stranger.hello()
        offer = stranger.hear_offer()
        address, = offer["addresses"]
        assert split_address(address["bound"]["address"]) == server.address("auth")
        assert (offer["workers"], len(stranger.descriptors)) == (2, 4)
        assert SECRET.decode() not in json.dumps(offer)
    assert goes_on(server)


def test_nothing_can_be_changed_while_another_server_takes_over(radhost):
    server = radhost(FIRST)
    with Stranger(server) as stranger:
        stranger.hello()
        stranger.hear_offer()
        why, _ = server.control.refuse_reload()
        assert why == f"process {os.getpid()} is taking over from this server"
        assert server.control.refuse("/v1/takeover")[0] == why
        server.process.signal(signal.SIGHUP)
        server.wait_for_log(lambda entry: entry["message"] == "not reloaded" and entry["why"] == why)
        assert build_of(server) == "first"
    assert goes_on(server)


@pytest.mark.parametrize("until", ["offer", "ready", "told", "yours"])
def test_one_that_dies_on_the_way_costs_nothing(radhost, until):
    server = radhost(FIRST, workers=2)
    with Stranger(server) as stranger:
        stranger.hello()
        offer = stranger.hear_offer()
        if until != "offer":
            stranger.ready(offer)
        if until == "told":
            stranger.hear_until("AllTold")
        if until == "yours":
            stranger.hear_until_yours()
    server.wait_for_log(lambda entry: entry["message"] == "nobody takes over")
    assert goes_on(server)


def test_one_that_does_not_begin_to_receive_is_given_up_and_no_datagram_is_lost(radhost):
    server = radhost(FIRST)
    with Stranger(server) as stranger, client_of(server) as client:
        stranger.hello()
        stranger.ready(stranger.hear_offer())
        stranger.hear_until_yours()
        # Nobody receives now; the socket holds what comes.
        asked = [ask(client, "now") for _ in range(8)]
        for request in asked:
            client.send(request)
        answers = {octets[1]: octets for octets in (client.receive() for _ in asked)}
        assert all(message(wire.check_answer(answers[request[1]], request, SECRET)) == "first" for request in asked)
        # What it says now is in vain, and it knows that.
        with pytest.raises(OSError):
            for _ in range(8):
                stranger.say("Serving")
    assert goes_on(server)


def test_a_server_that_is_told_to_end_does_so_whoever_takes_over(radhost):
    server = radhost(FIRST)
    with Stranger(server) as stranger:
        stranger.hello()
        stranger.hear_offer()
        server.stop()


# The service manager

def test_the_service_manager_is_told_which_process_is_the_main_one(radhost, take_over, tmp_path):
    manager = ServiceManager(tmp_path)
    first = radhost(FIRST, environment=manager.environment)
    assert manager.hear() == "READY=1"
    second = take_over(first, environment=manager.environment)
    assert sorted((manager.hear(), manager.hear())) == [f"MAINPID={second.process.pid}", "READY=1"]
    first.wait_for_end()
    second.stop()
    assert manager.hear() == "STOPPING=1"


def test_the_watchdog_is_told_by_each_process_that_takes_over_that_all_is_well(radhost, take_over, tmp_path):
    """It tells the process that it started itself; the others are not told, or not all."""
    manager = ServiceManager(tmp_path, watchdog_s=0.8)
    server = radhost(FIRST, environment=manager.environment)
    for told_itself in ("NOTIFY_SOCKET",), ():
        environment = {name: manager.environment[name] for name in told_itself}
        before, server = server, take_over(server, environment=environment)
        before.wait_for_end()
        manager.hear_all(0.1)
        told = manager.hear_all(1.6)
        assert set(told) == {"WATCHDOG=1"} and len(told) >= 4
    server.stop()
