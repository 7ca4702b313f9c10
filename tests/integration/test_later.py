# SPDX-License-Identifier: Apache-2.0
"""Handlers that answer later: from threads of their own, by timers, on pool threads, too late, or never."""

import json
import os
import signal
import time

import pytest

from support import wire
from support.client import Client
from support.configurations import LOOPBACK_CLIENT, SECRET, later_plugin, listener, static_plugin
from support.later import answer_to, ask, events, events_in_the_end, message, wait_for
from support.processes import Process

SANITIZED = os.environ.get("RADHOST_SANITIZE", "")
AUTH = listener("auth", '["access"]', '["later"]')
LATER = LOOPBACK_CLIENT + later_plugin() + AUTH
HASTY = LOOPBACK_CLIENT + later_plugin(timeout_ms=200) + AUTH
OK, STATE, GONE = 0, -9, -10
VERDICTS = {"accept": wire.ACCESS_ACCEPT, "reject": wire.ACCESS_REJECT, "challenge": wire.ACCESS_CHALLENGE,
            "error": wire.ACCESS_REJECT, "nonsense": wire.ACCESS_REJECT, "pass": wire.ACCESS_REJECT,
            "unable": wire.ACCESS_REJECT}


@pytest.fixture(scope="module")
def server(shared_radhost):
    return shared_radhost(LATER)


@pytest.fixture(scope="module")
def hasty(shared_radhost):
    """200 ms are all its handler may take."""
    return shared_radhost(HASTY)


# Each way, each verdict

@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("way", ["thread 20", "timer 20", "offload 20", "offload-thread 20", "thread 0", "timer 0",
                                 "offload 0", "held 20", "release 20", "pin 20"])
def test_every_way_to_answer_later_serves_every_verdict(server, way, verdict):
    answer = answer_to(server, f"{way} {verdict}")
    assert answer.code == VERDICTS[verdict]
    # What a handler wrote before it failed is not sent.
    if verdict in ("accept", "reject", "challenge"):
        assert message(answer) == f"{way} {verdict}"


@pytest.mark.parametrize("way", ["thread 100", "timer 100", "offload 100"])
def test_the_answer_comes_when_the_work_is_done(radhost, way):
    """And not when the worker wakes for something else; there is nothing else."""
    server = radhost(LATER)
    for _ in range(3):
        begin = time.monotonic()
        assert answer_to(server, f"{way} accept").code == wire.ACCESS_ACCEPT
        assert 0.1 <= time.monotonic() - begin < 0.5


@pytest.mark.parametrize("way", ["early 0", "unacquired 20"])
def test_a_verdict_needs_no_acquired_request(server, way):
    """It may come before the handler has returned, too."""
    command = f"{way} accept"
    answer = answer_to(server, command)
    assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, "")
    assert events_in_the_end(server, command, 1) == [f"complete {OK}"]


def test_a_second_completion_is_refused_and_changes_nothing(server):
    command = "twice 10 accept"
    with Client(server.address("auth"), SECRET) as client:
        assert client.exchange(ask(client, command)).code == wire.ACCESS_ACCEPT
        wait_for(server, command, f"complete {GONE}")
        client.expect_nothing_more()
    assert events_in_the_end(server, command, 4) == ["acquire 1", f"complete {OK}", "acquire 0", f"complete {GONE}"]


def test_of_four_threads_that_complete_at_once_one_succeeds(server):
    with Client(server.address("auth"), SECRET) as client:
        for number in range(20):
            command = f"race {number} accept"
            assert client.exchange(ask(client, command)).code == wire.ACCESS_ACCEPT
            wait_for(server, command, "completed 1")
        client.expect_nothing_more()


def test_one_thread_at_a_time_holds_a_request(server):
    command = "release 10 accept"
    assert answer_to(server, command).code == wire.ACCESS_ACCEPT
    wait_for(server, command, f"complete {OK}")
    assert events_in_the_end(server, command, 5) == ["acquire 1", "acquire again 0", f"release {OK}", "acquire 1",
                                                     f"complete {OK}"]


def test_who_does_not_hold_a_request_neither_completes_it_nor_lets_go_of_it(server):
    command = "intrude 10 accept"
    assert answer_to(server, command).code == wire.ACCESS_ACCEPT
    wait_for(server, command, f"complete {OK}")
    assert events_in_the_end(server, command, 4) == ["acquire 1", f"intruder's complete {STATE}",
                                                     f"intruder's release {STATE}", f"complete {OK}"]


def test_a_token_that_was_not_needed_is_void_after_the_answer(server):
    command = "forgets-then-thread 50 accept"
    answer = answer_to(server, command)
    assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, command)
    wait_for(server, command, f"release {GONE}")
    assert events_in_the_end(server, command, 3) == ["acquire 0", f"complete {GONE}", f"release {GONE}"]


def test_a_handler_that_answers_itself_after_it_was_completed_is_one_answer(server):
    """Which of the two is the answer the ABI does not say; there is one, and the next request is answered."""
    with Client(server.address("auth"), SECRET) as client:
        assert client.exchange(ask(client, "many-times 1 reject")).code in (wire.ACCESS_ACCEPT, wire.ACCESS_REJECT)
        assert client.exchange(ask(client, "now 0 accept")).code == wire.ACCESS_ACCEPT
        client.expect_nothing_more()


@pytest.mark.parametrize("way", ["thread 20", "timer 20", "offload 20"])
def test_a_drop_is_no_answer(radhost, way):
    server = radhost(LATER)
    with Client(server.address("auth"), SECRET) as client:
        client.expect_silence(ask(client, f"{way} drop"), lambda: ask(client, "thread 100 accept"))
    assert server.stop().discards() == {"dropped_by_plugin": 1}


@pytest.mark.parametrize("kind, code, verdict, expected", [
    ("accounting", wire.ACCOUNTING_REQUEST, "accept", wire.ACCOUNTING_RESPONSE),
    ("coa", wire.COA_REQUEST, "accept", wire.COA_ACK), ("coa", wire.COA_REQUEST, "reject", wire.COA_NAK),
    ("coa", wire.COA_REQUEST, "error", wire.COA_NAK),
    ("disconnect", wire.DISCONNECT_REQUEST, "accept", wire.DISCONNECT_ACK),
    ("disconnect", wire.DISCONNECT_REQUEST, "unable", wire.DISCONNECT_NAK)])
@pytest.mark.parametrize("way", ["thread 20", "timer 20", "offload 20"])
def test_other_kinds_are_answered_later_too(radhost, way, kind, code, verdict, expected):
    server = radhost(LOOPBACK_CLIENT + later_plugin() + listener("all", f'["{kind}"]', '["later"]'))
    with Client(server.address("all"), SECRET) as client:
        request = client.signed_request(code, [
            (wire.USER_NAME, f"{way} {verdict}".encode()), (wire.ACCT_SESSION_ID, b"S1"),
            *([(wire.ACCT_STATUS_TYPE, wire.integer(1))] if kind == "accounting" else []), (wire.PROXY_STATE, b"p")])
        answer = client.exchange(request)
    assert (answer.code, answer.values(wire.PROXY_STATE)) == (expected, [b"p"])


def test_a_chain_goes_on_after_a_late_pass(radhost):
    server = radhost(LOOPBACK_CLIENT + later_plugin() + static_plugin("yes", "accept", '{ "Class" = "0x01" }')
                     + listener("auth", '["access"]', '["later", "yes"]'))
    for way in ("thread 20", "timer 20", "offload 20", "early 0"):
        answer = answer_to(server, f"{way} pass")
        assert (answer.code, answer.values(wire.CLASS)) == (wire.ACCESS_ACCEPT, [b"\1"])
        assert answer_to(server, f"{way} reject").code == wire.ACCESS_REJECT


def test_a_chain_may_wait_twice(radhost):
    server = radhost(LOOPBACK_CLIENT + later_plugin("first", more="finishes = true")
                     + later_plugin("second", more="finishes = true")
                     + listener("auth", '["access"]', '["first", "second"]'))
    for way in ("thread 20", "timer 20", "offload 20"):
        command = f"{way} pass"
        assert answer_to(server, command).code == wire.ACCESS_REJECT  # the end of the chain
        for name in ("first", "second"):
            server.wait_for_log(lambda entry: (entry["message"], entry.get("plugin")) == (f"{command}: finish 2", name))


# Pool threads

def test_the_handler_is_called_again_on_a_pool_thread(server):
    command = "offload 1 accept"
    assert answer_to(server, command).code == wire.ACCESS_ACCEPT
    assert events_in_the_end(server, command, 2) == ["offloads", "runs on the pool"]


def test_to_offload_again_from_a_pool_thread_is_a_failure(radhost):
    server = radhost(LATER.replace('"reject"', '"drop"'))
    with Client(server.address("auth"), SECRET) as client:
        client.expect_silence(ask(client, "offload 1 offload"), lambda: ask(client, "thread 50 accept"))
    assert server.stop().discards() == {"plugin_error": 1}


def test_blocked_pool_threads_hold_up_nobody_else(radhost):
    """Two threads sleep; requests that need none are answered meanwhile."""
    server = radhost(LATER, settings="offload_threads = 2")
    with Client(server.address("auth"), SECRET) as slow, Client(server.address("auth"), SECRET) as quick:
        requests = [ask(slow, "offload 400 accept") for _ in range(2)]
        for request in requests:
            slow.send(request)
        begin = time.monotonic()
        for _ in range(20):
            assert quick.exchange(ask(quick, "now 0 accept")).code == wire.ACCESS_ACCEPT
            assert quick.exchange(ask(quick, "thread 1 accept")).code == wire.ACCESS_ACCEPT
        assert time.monotonic() - begin < 0.4
        identifiers = {slow.receive()[1] for _ in requests}
    assert identifiers == {request[1] for request in requests}


def test_a_slow_listener_does_not_slow_another(radhost):
    """200 requests wait on one; on the other each is answered at once."""
    server = radhost(LOOPBACK_CLIENT + later_plugin("slow") + static_plugin("yes", "accept")
                     + listener("slow", '["access"]', '["slow"]') + listener("quick", '["access"]', '["yes"]'))
    with Client(server.address("slow"), SECRET) as slow, Client(server.address("quick"), SECRET) as quick:
        for number in range(200):
            slow.send(ask(slow, f"{('thread', 'timer', 'offload')[number % 3]} 300 accept"))
        waits = []
        for _ in range(100):
            begin = time.monotonic()
            assert quick.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            waits.append(time.monotonic() - begin)
        assert sorted(waits)[50] < 0.02
        assert len({slow.receive()[1] for _ in range(200)}) == 200


def test_a_full_pool_queue_is_a_failure_that_is_counted(radhost):
    """One thread sleeps, two requests wait for it; the others are turned away at once."""
    server = radhost(LATER, settings="offload_threads = 1\noffload_queue = 2")
    with Client(server.address("auth"), SECRET) as client:
        first = ask(client, "offload 300 accept")
        client.send(first)
        wait_for(server, "offload 300 accept", "offloads")
        time.sleep(0.05)  # the thread has taken it from the queue
        requests = [ask(client, f"offload 10 accept {number}") for number in range(5)]
        for request in requests:
            client.send(request)
        answers = {}
        while len(answers) < 3:
            octets = client.receive()
            answers[octets[1]] = octets[0]
        probe = ask(client, "now 0 accept")
        assert client.exchange(probe).code == wire.ACCESS_ACCEPT
    assert answers[first[1]] == wire.ACCESS_ACCEPT
    assert server.stats().tree["plugins"]["later"]["no_thread"] == 3
    assert server.stop().discards() == {"offload_queue_full": 3}


ROOMY = (LOOPBACK_CLIENT + "max_in_flight = 16384\n" + later_plugin(timeout_ms=20000) + AUTH +
         listener("tight", '["access"]', '["later"]', more="max_in_flight = 100\n"))


def begin_load(program, server, name, requests, user, timeout_ms):
    host, port = server.address(name)
    return Process([program.path, "load", "access", "--to", f"{host}:{port}", "--secret", SECRET.decode(), "--json",
                    "--count", str(requests), "--window", str(requests), "--timeout-ms", str(timeout_ms),
                    f"User-Name={user}", "User-Password=x"])


def test_ten_thousand_requests_wait_at_once(radhost, program):
    """Each for a timer of its own; and the next request is answered at once all the same."""
    server = radhost(ROOMY)
    server.control.set_log_level("error")  # the module tells all that it does
    hold_ms = 12000 if SANITIZED else 4000  # until all have come
    load = begin_load(program, server, "auth", 10000, f"timer {hold_ms} accept", 20000)
    deadline = time.monotonic() + 20
    while (waiting := server.stats().listener("auth")["in_flight"]) < 10000 and time.monotonic() < deadline:
        time.sleep(0.02)
    begin = time.monotonic()
    assert answer_to(server, "now 0 accept").code == wire.ACCESS_ACCEPT
    assert waiting == 10000 and time.monotonic() - begin < 1
    assert load.wait(60) == 0, load.report()
    told = json.loads(load.stdout.text())
    assert (told["answered"], told["lost"], told["wrong"]) == (10000, 0, 0)
    assert server.stats().listener("auth")["in_flight"] == 0
    assert server.stop().discards() == {}


def test_no_more_wait_than_the_listener_may_have(radhost, program):
    """The newest are dropped, each counted."""
    server = radhost(ROOMY)
    server.control.set_log_level("error")
    load = begin_load(program, server, "tight", 1000, "timer 2000 accept", 3000)
    load.wait(60)
    told = json.loads(load.stdout.text())
    assert (told["answered"], told["lost"], told["wrong"]) == (100, 900, 0)
    assert server.stop().discards() == {"listener_in_flight": 900}


# Deadlines

def test_a_handler_that_never_answers_is_a_reject_at_its_deadline(radhost):
    server = radhost(HASTY)
    begin = time.monotonic()
    answer = answer_to(server, "never 0")
    assert 0.2 <= time.monotonic() - begin < 0.9
    assert (answer.code, message(answer)) == (wire.ACCESS_REJECT, "")
    assert server.stop().listener("auth")["access"]["rejects"] == 1


DROPPING = LOOPBACK_CLIENT + later_plugin(timeout_ms=100, on_error="drop") + AUTH


def test_where_on_error_is_drop_its_deadline_is_silence(radhost):
    server = radhost(DROPPING)
    with Client(server.address("auth"), SECRET) as client:
        client.expect_silence(ask(client, "never 0"), lambda: ask(client, "thread 20 accept"))
        wait_for(server, "never 0", "cancel")
        client.exchange(ask(client, "thread 20 accept"))
        client.expect_nothing_more()
    assert server.stop().discards() == {"plugin_timeout": 1}


def test_to_wait_without_a_token_is_a_failure(radhost):
    """Nobody could ever answer."""
    server = radhost(DROPPING)
    with Client(server.address("auth"), SECRET) as client:
        client.expect_silence(ask(client, "silent 0"), lambda: ask(client, "thread 20 accept"))
    assert server.stop().discards() == {"plugin_error": 1}


def test_a_handler_is_told_of_a_deadline_that_has_passed(hasty):
    command = "never 1 accept"
    assert answer_to(hasty, command).code == wire.ACCESS_REJECT
    wait_for(hasty, command, "cancel")
    assert events(hasty, command) == ["cancel"]


def test_a_handler_that_answered_in_time_is_told_of_nothing(hasty):
    commands = [f"{way} {number} accept" for number, way in enumerate(("thread", "timer", "early", "race", "twice"))]
    for command in commands:
        assert answer_to(hasty, command).code == wire.ACCESS_ACCEPT
    answer_to(hasty, "never 2 accept")
    wait_for(hasty, "never 2 accept", "cancel")
    assert not any("cancel" in events(hasty, command) for command in commands)


def test_after_the_deadline_a_token_is_void(hasty):
    command = "late 350 accept"
    with Client(hasty.address("auth"), SECRET) as client:
        assert client.exchange(ask(client, command)).code == wire.ACCESS_REJECT
        wait_for(hasty, command, f"release {GONE}")
        client.expect_nothing_more()
    assert events(hasty, command) == ["cancel", "acquire 0", f"complete {GONE}", f"release {GONE}"]


def test_a_void_token_does_not_reach_the_request_that_has_its_place(hasty):
    """Others come and go in the same slot before the late verdict."""
    command = "late 400 reject"
    with Client(hasty.address("auth"), SECRET) as client:
        assert client.exchange(ask(client, command)).code == wire.ACCESS_REJECT
        for _ in range(20):
            assert client.exchange(ask(client, "thread 15 accept")).code == wire.ACCESS_ACCEPT
    wait_for(hasty, command, f"complete {GONE}")


@pytest.mark.parametrize("way, last", [("pin", f"complete {GONE}"), ("pin-release", f"release {OK}")])
def test_a_request_that_is_held_beyond_its_deadline_stays_readable(hasty, way, last):
    """One answer; what the late holder writes and says is lost. A release unpins, whatever became of the request."""
    command = f"{way} 400 accept"
    with Client(hasty.address("auth"), SECRET) as client:
        answer = client.exchange(ask(client, command))
        assert (answer.code, message(answer)) == (wire.ACCESS_REJECT, "")
        for _ in range(10):
            assert client.exchange(ask(client, "thread 5 accept")).code == wire.ACCESS_ACCEPT
        hasty.wait_for_log(lambda entry: entry["message"].startswith(f"{command}: {last.split()[0]}"))
        client.expect_nothing_more()
    seen = events(hasty, command)
    assert sorted(seen[:2]) == ["acquire 1", "cancel"] and seen[2] == "still holds the request"
    assert seen[3] in (last, f"release {GONE}")


@pytest.mark.parametrize("identifier", [6, 7], ids=["one worker", "the other worker"])
@pytest.mark.parametrize("way", ["pin", "held", "offload"])
def test_the_deadline_of_a_request_in_other_hands_is_kept_by_every_worker(radhost, way, identifier):
    """Nothing else arrives that would wake the worker. Identifiers choose it."""
    server = radhost(HASTY, workers=2)
    with Client(server.address("auth"), SECRET) as client:
        begin = time.monotonic()
        answer = client.exchange(ask(client, f"{way} 600 accept", identifier=identifier))
        assert answer.code == wire.ACCESS_REJECT and time.monotonic() - begin < 0.5


def test_a_pool_thread_that_sleeps_beyond_the_deadline_answers_nobody(radhost):
    server = radhost(HASTY)
    command = "offload 400 accept"
    with Client(server.address("auth"), SECRET) as client:
        begin = time.monotonic()
        answer = client.exchange(ask(client, command))
        assert answer.code == wire.ACCESS_REJECT and time.monotonic() - begin < 0.35
        wait_for(server, command, "runs on the pool")
        assert client.exchange(ask(client, "offload 1 accept")).code == wire.ACCESS_ACCEPT
        client.expect_nothing_more()
    access = server.stop().listener("auth")["access"]
    assert (access["accepts"], access["rejects"], access["pending"]) == (1, 1, 0)


def test_each_handler_has_a_deadline_of_its_own(radhost):
    """Together they take longer than either may."""
    server = radhost(LOOPBACK_CLIENT + later_plugin("first", timeout_ms=400) + later_plugin("second", timeout_ms=400)
                     + static_plugin("yes", "accept") + listener("auth", '["access"]', '["first", "second", "yes"]'))
    assert answer_to(server, "thread 250 pass").code == wire.ACCESS_ACCEPT


@pytest.mark.parametrize("code, expected", [(wire.COA_REQUEST, wire.COA_NAK),
                                            (wire.DISCONNECT_REQUEST, wire.DISCONNECT_NAK)])
@pytest.mark.parametrize("command", ["never 0", "now 0 error", "thread 10 error"])
def test_the_failure_of_a_handler_of_coa_is_nak_506(radhost, code, expected, command):
    """506: Resources Unavailable (RFC 5176 §3.5)."""
    server = radhost(LOOPBACK_CLIENT + later_plugin(timeout_ms=100)
                     + listener("auth", '["coa", "disconnect"]', '["later"]'))
    with Client(server.address("auth"), SECRET) as client:
        answer = client.exchange(client.signed_request(code, [(wire.USER_NAME, command.encode())]))
    assert answer.code == expected and answer.values(wire.ERROR_CAUSE) == [wire.integer(506)]


@pytest.mark.row("ACC-1")
@pytest.mark.parametrize("on_error", ["reject", "drop"])
@pytest.mark.parametrize("command", ["never 0", "now 0 error", "thread 10 error", "thread 10 reject", "thread 10 pass"])
def test_accounting_that_is_not_recorded_in_time_is_not_answered(radhost, command, on_error):
    server = radhost(LOOPBACK_CLIENT + later_plugin(timeout_ms=300, on_error=on_error)
                     + listener("acct", '["accounting"]', '["later"]'))
    with Client(server.address("acct"), SECRET) as client:
        def record(name):
            return client.accounting_request([(wire.USER_NAME, name), (wire.ACCT_STATUS_TYPE, wire.integer(1)),
                                              (wire.ACCT_SESSION_ID, b"S1")])
        client.expect_silence(record(command.encode()), lambda: record(b"thread 90 accept"))
        time.sleep(0.35)
        client.expect_nothing_more()
    assert sum(server.stop().discards().values()) == 1


# Bounds

def fill(client, count, command):
    requests = [ask(client, command) for _ in range(count)]
    for request in requests:
        client.send(request)
    return requests


@pytest.mark.parametrize("place, word", [("listener", "listener_in_flight"), ("client", "client_in_flight")])
def test_beyond_max_in_flight_requests_are_discarded_and_may_come_again(radhost, place, word):
    """Three are in hand; the fourth gets nothing until one of them is done."""
    configuration = LATER.replace(
        {"listener": "reject_delay_ms = 0", "client": "limit_proxy_state = false"}[place],
        {"listener": "reject_delay_ms = 0", "client": "limit_proxy_state = false"}[place] + "\nmax_in_flight = 3")
    server = radhost(configuration)
    with Client(server.address("auth"), SECRET) as client:
        held = fill(client, 3, "thread 200 accept")
        fourth = ask(client, "now 0 accept")
        client.send(fourth)
        answered = [client.receive()[1] for _ in held]
        assert sorted(answered) == sorted(request[1] for request in held)
        client.expect_nothing_more()
        client.send(fourth)
        assert client.answer_to(fourth).code == wire.ACCESS_ACCEPT
    counters = server.stop()
    assert counters.discards() == {word: 1}
    assert counters.listener("auth")["in_flight"] == 0


def test_a_retransmission_of_what_is_in_hand_is_a_duplicate_and_not_one_too_many(radhost):
    server = radhost(LATER.replace("reject_delay_ms = 0", "reject_delay_ms = 0\nmax_in_flight = 2"))
    with Client(server.address("auth"), SECRET) as client:
        held = fill(client, 2, "thread 200 accept")
        for request in held:
            client.send(request)
        assert sorted(client.receive()[1] for _ in held) == sorted(request[1] for request in held)
        client.expect_nothing_more()
    assert server.stop().discards() == {"duplicate": 2}


def test_the_bound_of_one_client_leaves_room_for_another(radhost):
    server = radhost("""
[[client]]
name = "greedy"
address = ["127.0.0.2"]
secret = "xyzzy5461"
max_in_flight = 2

[[client]]
name = "modest"
address = ["127.0.0.3"]
secret = "xyzzy5461"
max_in_flight = 2
""" + later_plugin() + AUTH)
    with Client(server.address("auth"), SECRET, "127.0.0.2") as greedy, \
            Client(server.address("auth"), SECRET, "127.0.0.3") as modest:
        held = fill(greedy, 5, "thread 200 accept")
        assert modest.exchange(ask(modest, "now 0 accept")).code == wire.ACCESS_ACCEPT
        answered = [greedy.receive()[1] for _ in range(2)]
        greedy.expect_nothing_more()
    assert set(answered) <= {request[1] for request in held}
    counters = server.stop()
    assert counters.discards() == {"client_in_flight": 3}
    assert counters.client("greedy")["discards"] == {"client_in_flight": 3}


def test_slots_that_were_waited_in_are_used_again(radhost):
    """Many more requests than may be under way at once, by every way, with some that never end by themselves."""
    server = radhost(LOOPBACK_CLIENT + later_plugin(timeout_ms=100) + listener(
        "auth", '["access"]', '["later"]', more="max_in_flight = 64"), workers=2)
    ways = ["thread 5 accept", "timer 5 accept", "offload 1 accept", "early 0 accept", "never 0", "twice 3 reject",
            "thread 5 drop", "held 2 accept"]
    expected = sum("drop" not in way for way in ways)
    with Client(server.address("auth"), SECRET) as client:
        for _ in range(40):
            for way in ways:
                client.send(ask(client, way))
            assert len({client.receive()[1] for _ in range(expected)}) == expected
        client.expect_nothing_more()
    counters = server.stop()
    assert counters.discards() == {"dropped_by_plugin": 40}
    assert counters.listener("auth")["in_flight"] == 0


# The end

@pytest.mark.parametrize("way", ["thread 400", "timer 400", "offload 400"])
def test_what_is_in_flight_when_the_server_ends_is_answered(radhost, way):
    server = radhost(LATER)
    with Client(server.address("auth"), SECRET) as client:
        requests = fill(client, 20 if "offload" not in way else 10, f"{way} accept")
        client.exchange(ask(client, "now 0 accept"))
        server.process.signal(signal.SIGTERM)
        assert sorted(client.receive()[1] for _ in requests) == sorted(request[1] for request in requests)
    server.wait_for_end(5)


def test_while_it_ends_a_new_request_is_not_begun(radhost):
    server = radhost(LATER)
    with Client(server.address("auth"), SECRET) as client, Client(server.address("auth"), SECRET) as other:
        request = ask(client, "thread 500 accept")
        client.send(request)
        client.exchange(ask(client, "now 0 accept"))
        server.process.signal(signal.SIGTERM)
        time.sleep(0.1)
        try:
            other.send(ask(other, "now 1 accept"))
        except ConnectionRefusedError:
            pass
        assert client.answer_to(request).code == wire.ACCESS_ACCEPT
    server.wait_for_end(5)
    assert events(server, "now 1 accept") == []


@pytest.mark.parametrize("command", ["never 0", "thread 60000 accept", "timer 60000 accept"])
def test_a_handler_that_does_not_answer_cannot_keep_the_server_from_ending(radhost, command):
    server = radhost(LOOPBACK_CLIENT + later_plugin(timeout_ms=60000) + AUTH, settings="drain_timeout_ms = 300")
    with Client(server.address("auth"), SECRET) as client:
        client.send(ask(client, command))
        client.exchange(ask(client, "now 0 accept"))
    begin = time.monotonic()
    server.process.signal(signal.SIGTERM)
    server.wait_for_end(5)
    assert 0.25 <= time.monotonic() - begin < 3


@pytest.mark.parametrize("command", ["pin 60000", "offload 60000"])
def test_a_request_that_is_held_cannot_keep_the_server_from_ending(radhost, command):
    """By a thread of the module's own, or by a pool thread that sleeps."""
    server = radhost(LOOPBACK_CLIENT + later_plugin(timeout_ms=60000) + AUTH, settings="drain_timeout_ms = 300")
    with Client(server.address("auth"), SECRET) as client:
        client.send(ask(client, command))
        client.exchange(ask(client, "now 0 accept"))
    server.process.signal(signal.SIGTERM)
    server.wait_for_end(5)


def test_a_second_signal_ends_it_at_once(radhost):
    server = radhost(LOOPBACK_CLIENT + later_plugin(timeout_ms=60000) + AUTH)
    with Client(server.address("auth"), SECRET) as client:
        client.send(ask(client, "never 0"))
        client.exchange(ask(client, "now 0 accept"))
    server.process.signal(signal.SIGTERM)
    time.sleep(0.2)
    assert server.process.running()
    server.process.signal(signal.SIGTERM)
    server.ended = True
    server.process.wait(5)


# Delayed rejects

def delayed(way, more=""):
    return LOOPBACK_CLIENT + later_plugin() + AUTH.replace("reject_delay_ms = 0", f"reject_delay_ms = 300\n{more}"), way


@pytest.mark.row("CLI-16")
@pytest.mark.parametrize("way", ["now 0", "thread 10", "offload 10", "timer 10"])
def test_a_reject_is_delayed_and_an_accept_is_not(radhost, way):
    """By 1.0 to 1.1 times the set time."""
    server = radhost(delayed(way)[0])
    begin = time.monotonic()
    assert answer_to(server, f"{way} reject").code == wire.ACCESS_REJECT
    assert 0.3 <= time.monotonic() - begin < 0.8
    begin = time.monotonic()
    assert answer_to(server, f"{way} accept").code == wire.ACCESS_ACCEPT
    assert time.monotonic() - begin < 0.25


@pytest.mark.row("CLI-16")
@pytest.mark.parametrize("way", ["thread 10", "unacquired 10", "early 0"])
def test_a_reject_from_another_server_is_not_delayed_again(radhost, way):
    server = radhost(delayed(way)[0])
    begin = time.monotonic()
    assert answer_to(server, f"{way} proxied").code == wire.ACCESS_REJECT
    assert time.monotonic() - begin < 0.25


@pytest.mark.row("CLI-16")
def test_a_delayed_reject_holds_up_no_other_request(radhost):
    """It stands outside max_in_flight, too."""
    server = radhost(delayed("", "max_in_flight = 2")[0])
    with Client(server.address("auth"), SECRET) as client:
        rejects = [ask(client, f"now {number} reject") for number in range(20)]
        for request in rejects:
            client.send(request)
        begin = time.monotonic()
        assert client.exchange(ask(client, "now 0 accept")).code == wire.ACCESS_ACCEPT
        assert time.monotonic() - begin < 0.25
        assert sorted(client.receive()[1] for _ in rejects) == sorted(request[1] for request in rejects)
    assert server.stop().discards() == {}


@pytest.mark.row("CLI-16")
def test_the_delays_of_many_rejects_differ(radhost):
    """Jitter: each waits 1.0 to 1.1 times the set time, and not all the same."""
    server = radhost(LOOPBACK_CLIENT + later_plugin() + AUTH.replace("reject_delay_ms = 0", "reject_delay_ms = 1000"))
    with Client(server.address("auth"), SECRET) as client:
        begin = time.monotonic()
        for number in range(40):
            client.send(ask(client, f"now {number} reject"))
        sent = time.monotonic()
        arrivals = []
        for _ in range(40):
            client.receive()
            arrivals.append(time.monotonic())
    assert arrivals[0] - begin >= 1.0
    assert arrivals[-1] - sent < 1.5  # 1.1 s, and what a busy machine adds
    assert arrivals[-1] - arrivals[0] > 0.03


@pytest.mark.row("CLI-16", "DUP-3")
def test_a_retransmission_does_not_hasten_a_delayed_reject(radhost):
    server = radhost(delayed("")[0])
    with Client(server.address("auth"), SECRET) as client:
        request = ask(client, "now 0 reject")
        begin = time.monotonic()
        for _ in range(3):
            client.send(request)
        answer = client.receive()
        assert time.monotonic() - begin >= 0.3
        client.expect_nothing_more()
        client.send(request)
        assert client.receive() == answer
        assert time.monotonic() - begin < 1.2
    counters = server.stop()
    assert counters.listener("auth")["access"]["duplicates"] == 3
    assert counters.discards() == {"duplicate": 2}


@pytest.mark.row("CLI-16")
def test_delayed_rejects_are_sent_before_the_server_ends(radhost):
    server = radhost(delayed("")[0])
    with Client(server.address("auth"), SECRET) as client:
        request = ask(client, "now 0 reject")
        client.send(request)
        client.exchange(ask(client, "now 0 accept"))
        server.process.signal(signal.SIGTERM)
        assert client.answer_to(request).code == wire.ACCESS_REJECT
    server.wait_for_end(5)
