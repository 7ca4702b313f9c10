# SPDX-License-Identifier: Apache-2.0
"""Subrequests: a request that a module runs inside of another one, through a [chain.NAME]."""

import signal
import time

import pytest

from support import wire
from support.client import Client
from support.configurations import ACCESS_PLUGINS, BOB, LOOPBACK_CLIENT, SECRET, later_plugin, listener, static_plugin
from support.later import events, events_in_the_end, message, wait_for
from support.tunnel import chain, outer, through, tunnel_plugin

AUTH = listener("auth", '["access"]', '["tunnel"]')
PASSWORDS = LOOPBACK_CLIENT + ACCESS_PLUGINS + tunnel_plugin() + chain('["users", "password"]') + AUTH
LATER = LOOPBACK_CLIENT + tunnel_plugin() + later_plugin(more="finishes = true") + chain('["later"]') + AUTH
CODES = {"accept": wire.ACCESS_ACCEPT, "reject": wire.ACCESS_REJECT, "error": wire.ACCESS_REJECT,
         "nonsense": wire.ACCESS_REJECT, "pass": wire.ACCESS_REJECT, "unable": wire.ACCESS_REJECT}
VERDICTS = {"accept": 1, "reject": 2, "error": 2, "nonsense": 2, "pass": 2, "unable": 5, "drop": 4}


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def server(request, shared_radhost):
    return shared_radhost(LATER, workers=request.param)


def state_of(challenge):
    assert challenge.code == wire.ACCESS_CHALLENGE
    state, = challenge.values(wire.STATE)
    return state


def next_round(server, state, command):
    """From a port of its own, so that two workers share a conversation's rounds."""
    with Client(server.address("auth"), SECRET) as client:
        return client.exchange(outer(client, command, attributes=[(wire.STATE, state)]))


def is_never_called_again(server):
    return not any("CALLED AGAIN" in entry["message"] or "A STATE" in entry["message"] for entry in server.log())


# Verdicts

def test_an_inner_user_is_accepted_by_its_password_with_its_reply(radhost):
    server = radhost(PASSWORDS, files={"users.toml": BOB})
    answer = through(server, "bob", "hello")
    assert (answer.code, answer.values(wire.SERVICE_TYPE)) == (wire.ACCESS_ACCEPT, [wire.integer(1)])


@pytest.mark.parametrize("name, password", [("bob", "hallo"), ("bob", ""), ("eve", "hello")])
def test_an_inner_user_without_the_right_password_is_rejected(radhost, name, password):
    """The outer User-Password plays no part."""
    server = radhost(PASSWORDS, files={"users.toml": BOB.replace("hello", "outer") if not password else BOB})
    assert through(server, name, password).code == wire.ACCESS_REJECT


@pytest.mark.parametrize("verdict", CODES)
@pytest.mark.parametrize("way", ["now 0", "thread 20", "timer 20", "offload 20", "offload-thread 20", "early 0", "held 20"])
def test_every_inner_way_and_verdict_comes_back_once(server, way, verdict):
    command = f"{way} {verdict}"
    answer = through(server, command)
    assert answer.code == CODES[verdict]
    if way != "early 0" and verdict in ("accept", "reject"):
        assert message(answer) == command
    how = "at once" if way in ("now 0", "early 0") else "later"
    wait_for(server, command, f"{how} {VERDICTS[verdict]}")
    called = [event for event in events(server, command) if event.startswith(("at once", "later"))]
    assert len(called) == 1 and is_never_called_again(server)


@pytest.mark.parametrize("way", ["now 0", "thread 20"])
def test_an_inner_drop_is_a_drop(radhost, way):
    server = radhost(LATER)
    with Client(server.address("auth"), SECRET) as client:
        client.expect_silence(outer(client, f"{way} drop"), lambda: outer(client, "thread 50 accept"))
    assert server.stop().discards() == {"dropped_by_plugin": 1}


@pytest.mark.parametrize("command", ["now 0 error", "thread 10 nonsense", "never 0"])
@pytest.mark.parametrize("on_error, verdict", [("reject", 2), ("drop", 4)])
def test_an_inner_failure_is_what_on_error_of_the_inner_handler_says(radhost, command, on_error, verdict):
    server = radhost(LATER.replace(later_plugin(more="finishes = true"), later_plugin(timeout_ms=200, on_error=on_error)))
    with Client(server.address("auth"), SECRET) as client:
        client.send(outer(client, command))
        wait_for(server, command, f"{'at once' if command.startswith('now') else 'later'} {verdict}")
    failed = [entry for entry in server.log() if entry["message"] == "handler failed in a subrequest"]
    assert [entry["plugin"] for entry in failed] == ["later"]


def test_received_attributes_may_run_through_a_chain_as_they_are(server):
    """Hidden ones too: to the inner handlers they are clear."""
    for verdict in ("accept", "reject"):
        answer = through(server, "copy", way=f"now 3 {verdict}")
        assert (answer.code, message(answer)) == (CODES[verdict], f"now 3 {verdict}")


def test_inner_handlers_hear_how_it_ended(server):
    for command in ("now 1 accept", "thread 1 accept", "thread 2 pass"):
        through(server, command)
        wait_for(server, command, f"finish {VERDICTS[command.split()[-1]]}")


def test_an_inner_chain_goes_on_after_a_late_pass(radhost):
    server = radhost(LATER.replace('handlers = ["later"]', 'handlers = ["later", "yes"]')
                     + static_plugin("yes", "accept", '{ "Class" = "0x01" }'))
    for way in ("thread 20", "timer 20", "offload 20"):
        answer = through(server, f"{way} pass")
        assert (answer.code, answer.values(wire.CLASS)) == (wire.ACCESS_ACCEPT, [b"\1"])
        assert through(server, f"{way} reject").code == wire.ACCESS_REJECT


def test_an_inner_chain_waits_for_one_handler_after_the_other(radhost):
    server = radhost(LATER.replace('handlers = ["later"]', 'handlers = ["later", "again", "yes"]')
                     + later_plugin("again") + static_plugin("yes", "accept", '{ "Class" = "0x01" }'))
    for way in ("thread 20", "timer 20"):
        answer = through(server, f"{way} pass")
        assert (answer.code, answer.values(wire.CLASS)) == (wire.ACCESS_ACCEPT, [b"\1"])
        assert through(server, f"{way} reject").code == wire.ACCESS_REJECT
        for verdict, calls in (("pass", 2), ("reject", 1)):
            seen = events_in_the_end(server, f"{way} {verdict}", 2 * calls + 1)
            assert seen.count("complete 0") == calls, seen
    assert is_never_called_again(server)


# Conversations

def test_an_inner_conversation_goes_on_in_the_outer_ones_rounds(server):
    """The inner notes, data and numbers are kept; the inner handler's State is never seen."""
    command = "rounds 5 accept"
    answer = through(server, command)
    states = []
    for number in range(5):
        assert message(answer) == f"round {number}, notes {number}, data {number}"
        states.append(state_of(answer))
        answer = next_round(server, states[-1], command)
    assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, "round 5, notes 5, data 5")
    assert len(set(states)) == 5 and is_never_called_again(server)
    wait_for(server, command, "destroyed 5")
    assert [event for event in events(server, command) if event.startswith("destroyed")] == ["destroyed 5"]
    assert next_round(server, states[-1], command).code == wire.ACCESS_REJECT


def test_an_inner_conversation_may_end_in_a_reject(server):
    command = "rounds 1 reject"
    assert next_round(server, state_of(through(server, command)), command).code == wire.ACCESS_REJECT


def test_two_outer_conversations_have_inner_ones_of_their_own(server):
    states = [state_of(through(server, f"rounds 2 accept {number}")) for number in range(2)]
    answers = [next_round(server, state, f"rounds 2 accept {number}") for number, state in enumerate(states)]
    assert [message(answer) for answer in answers] == ["round 1, notes 1, data 1"] * 2


def test_an_outer_request_without_its_state_begins_anew(server):
    command = "rounds 3 accept again"
    state_of(through(server, command))
    assert message(through(server, command)) == "round 0, notes 0, data 0"


def test_an_inner_conversation_ends_with_the_outer_one(radhost):
    """Its time is over, and with it what the inner module left."""
    server = radhost(LATER, settings="conversation_timeout_ms = 300")
    command = "rounds 3 accept"
    state = state_of(through(server, command))
    wait_for(server, command, "destroyed 1")
    assert next_round(server, state, command).code == wire.ACCESS_REJECT


# Bounds and ends

def test_nesting_ends_at_its_bound(radhost):
    nested = LOOPBACK_CLIENT + tunnel_plugin() + chain('["tunnel"]') + AUTH
    answer = through(radhost(nested), "anybody")
    assert (answer.code, message(answer)) == (wire.ACCESS_REJECT, "run -6 at depth 4 for loopback on auth")
    answer = through(radhost(nested, settings="max_subrequest_depth = 2"), "anybody")
    assert (answer.code, message(answer)) == (wire.ACCESS_REJECT, "run -6 at depth 2 for loopback on auth")


def test_without_depth_there_are_no_subrequests(radhost):
    assert message(through(radhost(LATER, settings="max_subrequest_depth = 0"), "now 0 accept")).startswith("run -6 ")


def test_nesting_below_its_bound_comes_back_through_all(radhost):
    nested = (LOOPBACK_CLIENT + tunnel_plugin() + tunnel_plugin("deeper", "last") + later_plugin() + chain('["deeper"]')
              + chain('["later"]', "last") + AUTH)
    server = radhost(nested)
    for verdict in ("accept", "reject"):
        answer = through(server, f"thread 20 {verdict}")
        assert (answer.code, message(answer)) == (CODES[verdict], f"thread 20 {verdict}")
    answer = through(server, "rounds 2 accept")
    for number in range(2):
        assert message(answer) == f"round {number}, notes {number}, data {number}"
        answer = next_round(server, state_of(answer), "rounds 2 accept")
    assert answer.code == wire.ACCESS_ACCEPT


@pytest.mark.parametrize("command", ["thread 300 accept", "never 0", "timer 300 accept", "offload 300 accept", "pin 300 accept"])
def test_what_an_outer_request_leaves_behind_is_gone(server, command):
    """The verdict is RADIUS_ERR_GONE, once, and the inner module is told."""
    assert through(server, command, way="leave").code == wire.ACCESS_ACCEPT
    wait_for(server, command, "later -10")
    if not command.startswith("offload"):
        wait_for(server, command, "cancel")
    time.sleep(0.4)
    assert sum(event.startswith("later") for event in events(server, command)) == 1
    assert is_never_called_again(server)
    assert through(server, "thread 1 accept").code == wire.ACCESS_ACCEPT


@pytest.mark.parametrize("command", ["thread 600 accept", "never 0", "pin 600 accept", "offload 600 accept"])
def test_an_inner_deadline_is_no_later_than_the_outer_one(radhost, command):
    """Whichever is noticed first, there is one callback and one answer, in time."""
    server = radhost(LATER.replace(tunnel_plugin(), tunnel_plugin(timeout_ms=200)))
    begin = time.monotonic()
    assert through(server, command).code == wire.ACCESS_REJECT
    assert 0.15 < time.monotonic() - begin < 0.55
    time.sleep(0.6)
    told = [event for event in events(server, command) if event.startswith("later")]
    assert len(told) == 1 and told[0] in ("later -10", "later 2")
    assert through(server, "thread 1 accept").code == wire.ACCESS_ACCEPT


def test_of_one_request_so_many_may_be_under_way(server):
    assert message(through(server, "thread 50 accept", way="many")) == "began 16 then -6"
    assert through(server, "thread 1 accept").code == wire.ACCESS_ACCEPT


def test_on_a_worker_so_many_may_be_under_way(radhost):
    server = radhost(LATER, settings="max_subrequests = 5")
    for _ in range(3):
        assert message(through(server, "thread 50 accept", way="many")) == "began 5 then -6"
    assert through(server, "thread 1 accept").code == wire.ACCESS_ACCEPT


def test_what_may_not_be_is_refused_and_calls_nobody_back(server):
    """NULLs, chains that are none, internal attributes, more than a packet holds, and chain() after create."""
    answer = through(server, "now 0 accept", way="wrong")
    assert message(answer) == "-1 -1 -1 -1 -1 -1 -1 -5 -9 0, 0 and 1 calls"


def test_a_pool_thread_runs_no_subrequests(server):
    answer = through(server, "now 0 accept", way="pool")
    assert (answer.code, message(answer)) == (wire.ACCESS_REJECT, "run -9 at depth 0 for loopback on auth")


def test_after_its_deadline_a_request_runs_no_more(radhost):
    server = radhost(LATER.replace(tunnel_plugin(), tunnel_plugin(timeout_ms=200)))
    assert through(server, "now 0 accept", way="late").code == wire.ACCESS_REJECT
    wait_for(server, "late", "run -10")


def test_a_request_that_has_its_verdict_runs_no_more(server):
    assert through(server, "now 0 accept", way="finish").code == wire.ACCESS_ACCEPT
    wait_for(server, "finish", "run -10")


def test_a_drain_waits_for_inner_handlers(radhost):
    server = radhost(LATER)
    with Client(server.address("auth"), SECRET) as client:
        request = outer(client, "thread 500 accept")
        client.send(request)
        time.sleep(0.1)
        server.process.signal(signal.SIGTERM)
        assert client.answer_to(request).code == wire.ACCESS_ACCEPT
    server.wait_for_end(5)


def test_many_tunnels_at_once_are_each_answered(radhost):
    server = radhost(LATER, workers=2)
    with Client(server.address("auth"), SECRET) as client:
        expected = {}
        for number in range(200):
            verdict = ("accept", "reject")[number % 2]
            request = outer(client, f"{('thread', 'timer', 'offload')[number % 3]} {number % 7} {verdict}")
            expected[request[1]] = CODES[verdict]
            client.send(request)
        received = {}
        while len(received) < 200:
            octets = client.receive()
            received[octets[1]] = octets[0]
    assert received == expected and is_never_called_again(server)


def test_a_chain_that_is_not_there_is_an_error_at_its_place(program, tmp_path):
    configuration = program.write_configuration(tmp_path, LATER.replace('chain = "inner"', 'chain = "outer"'))
    done = program.run("check", "-c", configuration)
    assert done.returncode == 1 and 'there is no chain "outer"' in done.stderr and "radhost.toml:" in done.stderr
    assert program.run("check", "-c", program.write_configuration(tmp_path, LATER)).returncode == 0
