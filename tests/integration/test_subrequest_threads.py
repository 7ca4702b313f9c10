# SPDX-License-Identifier: Apache-2.0
"""Subrequests whose handlers, and what they do when it is over, run on pool threads."""

import time

import pytest

from support import wire
from support.client import Client
from support.configurations import LOOPBACK_CLIENT, SECRET, listener
from support.later import events, message, wait_for
from support.tunnel import chain, outer, through, tunnel_plugin

VERDICTS = {"reject": 2, "drop": 4}


def configuration(threading, more="", settings="", handlers='["threads"]', tunnel=tunnel_plugin()):
    """An instance of tests/plugins/threads.cpp in the inner chain; the inner name says how long it takes."""
    return (LOOPBACK_CLIENT + tunnel + f'[plugin.threads]\nmodule = "threads_{threading}"\n{settings}\n'
            f"[plugin.threads.config]\n{more}\n" + chain(handlers) + listener("auth", '["access"]', '["tunnel"]'))


def finishes(server):
    """The verdicts that the inner module has heard of."""
    return [entry["message"] for entry in server.log()
            if entry.get("plugin") == "threads" and entry["message"].startswith("finish")]


def failures(server):
    return [(entry["plugin"], entry["why"]) for entry in server.log()
            if entry["message"] == "handler failed in a subrequest"]


def is_idle(server):
    """Nothing is left that a drain would wait for."""
    begin = time.monotonic()
    counters = server.stop()
    return time.monotonic() - begin < 2 and counters.listener("auth")["in_flight"] == 0


@pytest.mark.parametrize("threading, more", [("blocking", ""), ("serial", ""), ("concurrent", "offload = true"),
                                             ("blocking", "finish_ms = 100"), ("serial", "finish_ms = 100")])
def test_what_inner_handlers_add_on_pool_threads_is_in_the_reply(radhost, threading, more):
    server = radhost(configuration(threading, more), workers=2)
    for number in range(3):
        answer = through(server, f"0 {number}")
        assert answer.code == wire.ACCESS_ACCEPT
        assert message(answer).split("\n") == ["own pool thread, 1 at once", "own thread finishes 1, token 0"]
        wait_for(server, f"0 {number}", "later 1")
        assert len([event for event in events(server, f"0 {number}") if event.startswith("later")]) == 1
    assert failures(server) == [] and is_idle(server)


def test_inner_handlers_before_and_behind_hear_of_it_too(radhost):
    more = '[plugin.first]\nmodule = "scripted"\n[plugin.first.config]\nfinish_message = "first"\n'
    server = radhost(configuration("blocking", handlers='["first", "threads"]') + more)
    assert message(through(server, "0")).split("\n")[-2:] == ["own thread finishes 1, token 0", "first 1"]


@pytest.mark.parametrize("on_error", VERDICTS)
@pytest.mark.parametrize("threading", ["concurrent", "blocking"])
def test_an_inner_handle_finish_that_fails_is_the_inner_handlers_failure(radhost, threading, on_error):
    server = radhost(configuration(threading, "leaves_group = true", f'on_error = "{on_error}"'))
    with Client(server.address("auth"), SECRET) as client:
        client.send(outer(client, "0"))
        wait_for(server, "0", f"{'at once' if threading == 'concurrent' else 'later'} {VERDICTS[on_error]}")
        if on_error == "reject":
            answer = wire.decode(client.receive())
            assert (answer.code, message(answer)) == (wire.ACCESS_REJECT, "")
    assert failures(server) == [("threads", "handle_finish: it left a group of attributes open")]
    assert server.stop().tree["plugins"]["threads"]["errors"] == 1


@pytest.mark.parametrize("on_error", VERDICTS)
def test_an_inner_handle_finish_that_takes_too_long_is_the_inner_handlers_failure(radhost, on_error):
    server = radhost(configuration("blocking", "finish_ms = 600", f'timeout_ms = 200\non_error = "{on_error}"'))
    with Client(server.address("auth"), SECRET) as client:
        begin = time.monotonic()
        client.send(outer(client, "0"))
        wait_for(server, "0", f"later {VERDICTS[on_error]}")
        assert time.monotonic() - begin < 0.55
        if on_error == "reject":
            answer = wire.decode(client.receive())
            assert (answer.code, message(answer)) == (wire.ACCESS_REJECT, "")  # what it was writing to is not shown
    time.sleep(0.6)
    assert failures(server) == [("threads", "it gave no verdict in time")]
    # It heard of what it came to once, as long as nobody knew better.
    server.wait_for_log(lambda entry: entry["message"] == "finish 1")
    assert finishes(server) == ["finish 1"]
    assert events(server, "0") == [f"later {VERDICTS[on_error]}"]
    assert is_idle(server)


@pytest.mark.parametrize("milliseconds, more", [(300, ""), (0, "finish_ms = 300"), (300, "finish_ms = 100")])
def test_what_an_outer_request_leaves_on_a_pool_thread_is_gone(radhost, milliseconds, more):
    """The verdict is RADIUS_ERR_GONE, once, and the inner handlers hear of a drop."""
    server = radhost(configuration("blocking", more))
    name = f"{milliseconds}"
    assert through(server, name, way="leave").code == wire.ACCESS_ACCEPT
    wait_for(server, name, "later -10")
    server.wait_for_log(lambda entry: entry["message"] == "finish 4")
    assert events(server, name) == ["later -10"]
    assert through(server, "0 more").code == wire.ACCESS_ACCEPT
    assert is_idle(server)


def test_an_inner_handle_finish_has_no_more_time_than_the_outer_request(radhost):
    """Whichever is noticed first, there is one callback and one answer, in time."""
    server = radhost(configuration("blocking", "finish_ms = 600", tunnel=tunnel_plugin(timeout_ms=200)))
    begin = time.monotonic()
    assert through(server, "0").code == wire.ACCESS_REJECT
    assert 0.15 < time.monotonic() - begin < 0.55
    server.wait_for_log(lambda entry: entry["message"] == "finish 1")
    told = [event for event in events(server, "0") if event.startswith("later")]
    assert len(told) == 1 and told[0] in ("later -10", "later 2")
    assert finishes(server) == ["finish 1"] and is_idle(server)


def test_a_full_queue_of_inner_handlers_is_their_failure(radhost):
    """One sleeps on the thread, one waits for it, and the others are turned away."""
    server = radhost(configuration("serial"), settings="offload_queue = 1")
    with Client(server.address("auth"), SECRET) as client:
        requests = [outer(client, f"300 {number}") for number in range(4)]
        for request in requests:
            client.send(request)
            time.sleep(0.05)
        answers = {octets[1]: octets[0] for octets in (client.receive() for _ in requests)}
    codes = [answers[request[1]] for request in requests]
    assert codes == [wire.ACCESS_ACCEPT] * 2 + [wire.ACCESS_REJECT] * 2
    assert {why for _, why in failures(server)} == {"too many requests wait for its pool threads"}


def test_many_tunnels_into_pool_threads_are_each_answered(radhost):
    server = radhost(configuration("blocking", "finish_ms = 1"), workers=2, settings="offload_queue = 4096")
    with Client(server.address("auth"), SECRET) as client:
        expected = set()
        for number in range(200):
            request = outer(client, f"{number % 5} {number}")
            expected.add(request[1])
            client.send(request)
        received = {}
        while len(received) < 200:
            octets = client.receive()
            received[octets[1]] = octets[0]
    assert set(received) == expected and set(received.values()) == {wire.ACCESS_ACCEPT}
    assert not any("CALLED AGAIN" in entry["message"] for entry in server.log()) and is_idle(server)
