# SPDX-License-Identifier: Apache-2.0
"""On which threads modules are called, and starts that finish later."""

import signal
import time
from datetime import datetime

import pytest

from support import wire
from support.client import Client
from support.configurations import LOOPBACK_CLIENT, SECRET, listener, static_plugin
from support.later import answer_to, message

OK, STATE = 0, -9


def module(threading, more="", settings=""):
    """An instance of tests/plugins/threads.cpp, alone in its chain."""
    return (LOOPBACK_CLIENT + f'[plugin.threads]\nmodule = "threads_{threading}"\n{settings}\n[plugin.threads.config]\n'
            f"{more}\n" + listener("auth", '["access"]', '["threads"]'))


def said(server):
    """What the module has logged, in order."""
    return [entry["message"] for entry in server.log() if entry.get("plugin") == "threads" and entry["level"] == "info"]


def sleepers(server, milliseconds, count):
    """So many requests at once: the answers, and how long it took until the last."""
    with Client(server.address("auth"), SECRET) as client:
        begin = time.monotonic()
        for number in range(count):
            client.send(client.pap_request(f"{milliseconds} {number}".encode(), b"x"))
        answers = [wire.decode(client.receive()) for _ in range(count)]
        return answers, time.monotonic() - begin


def refusal(program, folder, configuration, **server):
    """What `serve` says when it does not."""
    done = program.run("serve", "-c", program.write_configuration(folder, configuration, **server))
    assert done.returncode == 1, done.stderr
    return done.stderr


# Where handlers run

def test_a_blocking_module_is_called_on_pool_threads_only(radhost):
    server = radhost(module("blocking"), workers=2)
    answers, took = sleepers(server, 200, 4)
    assert {answer.code for answer in answers} == {wire.ACCESS_ACCEPT}
    texts = [message(answer) for answer in answers]
    assert all(text.startswith("own pool thread, ") for text in texts), texts
    assert "4 at once" in texts[-1] and took < 0.7
    server.stop()
    calls = said(server)
    assert calls[0] == "start" and calls[-2:] == ["stop", "destroy"]
    assert 4 <= calls.count("thread_start") == calls.count("thread_stop")


def test_a_serial_module_is_called_on_one_thread_one_call_at_a_time(radhost):
    server = radhost(module("serial"), workers=2)
    answers, took = sleepers(server, 50, 6)
    assert [message(answer).split("\n")[0] for answer in answers] == ["own pool thread, 1 at once"] * 6
    assert took >= 0.3
    server.stop()
    assert said(server).count("thread_start") == said(server).count("thread_stop") == 1


def test_a_concurrent_module_is_called_on_workers(radhost):
    server = radhost(module("concurrent"), workers=2)
    assert message(answer_to(server, "0")).startswith("own worker thread")
    server.stop()
    assert said(server).count("thread_start") == said(server).count("thread_stop") == 2


def test_the_pool_thread_of_an_offloaded_call_is_started_like_a_workers(radhost):
    server = radhost(module("concurrent", "offload = true"))
    # What it finishes runs on the worker, which has a part of its own.
    assert message(answer_to(server, "0")).split("\n") == ["own pool thread, 1 at once",
                                                           "own thread finishes 1, token 0"]
    server.stop()
    assert said(server).count("thread_start") == said(server).count("thread_stop") == 2


@pytest.mark.parametrize("threading", ["blocking", "serial"])
def test_a_blocking_handler_keeps_nobody_else_waiting(radhost, threading):
    server = radhost(module(threading) + static_plugin("yes", "accept") +
                     listener("other", '["access"]', '["yes"]'))
    with Client(server.address("auth"), SECRET) as slow, Client(server.address("other"), SECRET) as quick:
        slow.send(slow.pap_request(b"500", b"x"))
        begin = time.monotonic()
        assert quick.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert time.monotonic() - begin < 0.3
        assert wire.decode(slow.receive()).code == wire.ACCESS_ACCEPT


def test_a_full_queue_turns_requests_away(radhost):
    server = radhost(module("serial"), settings="offload_queue = 1")
    with Client(server.address("auth"), SECRET) as client:
        for number in range(4):
            client.send(client.pap_request(f"300 {number}".encode(), b"x"))
            time.sleep(0.05)
        assert [wire.decode(client.receive()).code for _ in range(2)] == [wire.ACCESS_ACCEPT] * 2
    assert server.stop().discards() == {"offload_queue_full": 2}


# handle_finish

@pytest.mark.parametrize("threading, milliseconds", [("blocking", 0), ("serial", 0), ("blocking", 100)])
def test_handle_finish_runs_on_a_pool_thread_before_the_reply_is_encoded(radhost, threading, milliseconds):
    server = radhost(module(threading, f"finish_ms = {milliseconds}"))
    begin = time.monotonic()
    answer = answer_to(server, "0")
    assert time.monotonic() - begin >= milliseconds / 1000
    assert answer.code == wire.ACCESS_ACCEPT
    assert message(answer).split("\n") == ["own pool thread, 1 at once", "own thread finishes 1, token 0"]
    assert server.stop().tree["plugins"]["threads"]["errors"] == 0


def test_handlers_before_and_behind_hear_of_it_too(radhost):
    chain = listener("auth", '["access"]', '["first", "threads"]')
    first = '[plugin.first]\nmodule = "scripted"\n[plugin.first.config]\nfinish_message = "first"\n'
    server = radhost(module("blocking").replace(listener("auth", '["access"]', '["threads"]'), first + chain))
    assert message(answer_to(server, "0")).split("\n")[-2:] == ["own thread finishes 1, token 0", "first 1"]


@pytest.mark.parametrize("on_error, expected", [("reject", wire.ACCESS_REJECT), ("drop", None)])
def test_a_handle_finish_that_takes_too_long_is_the_modules_failure(radhost, on_error, expected):
    server = radhost(module("blocking", "finish_ms = 600", f'timeout_ms = 200\non_error = "{on_error}"'))
    with Client(server.address("auth"), SECRET) as client:
        begin = time.monotonic()
        client.send(client.pap_request(b"0", b"x"))
        if expected is None:
            client.expect_nothing_more()
        else:
            answer = wire.decode(client.receive())
            assert (answer.code, message(answer)) == (expected, "")  # what it was writing to is not sent
        assert time.monotonic() - begin < 0.6 or expected is None
        time.sleep(0.6)
        client.expect_nothing_more()
    counters = server.stop()
    assert counters.tree["plugins"]["threads"]["timeouts"] == 1
    assert counters.listener("auth")["in_flight"] == 0


def test_a_group_left_open_by_handle_finish_is_the_modules_failure(radhost):
    for threading in ("concurrent", "blocking"):
        server = radhost(module(threading, "leaves_group = true"))
        assert answer_to(server, "0").code == wire.ACCESS_REJECT
        server.wait_for_log(lambda entry: "it left a group of attributes open" in entry.get("why", ""))
        assert server.stop().tree["plugins"]["threads"]["errors"] == 1


# thread_start that fails

def test_a_pool_thread_that_does_not_start_leaves_requests_to_those_that_do(radhost):
    server = radhost(module("blocking", "failing_from = 2"))
    answers, _ = sleepers(server, 20, 4)
    assert {answer.code for answer in answers} == {wire.ACCESS_ACCEPT}
    entry = server.wait_for_log(lambda entry: entry["message"] == "a pool thread does not start")
    assert "only 1 threads are to be had" in entry["why"] and entry["plugin"] == "threads"
    assert server.stop().tree["plugins"]["threads"]["errors"] == 0


@pytest.mark.parametrize("on_error, expected", [("reject", wire.ACCESS_REJECT), ("drop", None)])
def test_where_no_pool_thread_starts_calls_fail(radhost, on_error, expected):
    server = radhost(module("concurrent", "offload = true\nfailing_from = 2", f'on_error = "{on_error}"'))
    with Client(server.address("auth"), SECRET) as client:
        client.send(client.pap_request(b"0", b"x"))
        if expected is None:
            client.expect_nothing_more()
        else:
            assert wire.decode(client.receive()).code == expected
    failed = server.wait_for_log(lambda entry: entry["message"] == "handler failed")
    assert "only 1 threads are to be had" in failed["why"]
    assert server.stop().tree["plugins"]["threads"]["errors"] == 1


@pytest.mark.parametrize("threading", ["blocking", "serial", "concurrent"])
def test_a_module_whose_first_thread_does_not_start_is_refused(program, tmp_path, threading):
    stderr = refusal(program, tmp_path, module(threading, "failing_from = 1"))
    assert ('radhost serve: plugin "threads" does not start on a thread: only 0 threads are to be had') in stderr
    assert '"stop"' in stderr  # it was started, so it was stopped


@pytest.mark.parametrize("threading", ["blocking", "serial"])
@pytest.mark.parametrize("begin_ms", [1300, 8000])
def test_a_pool_thread_whose_thread_start_does_not_return_is_refused(program, tmp_path, threading, begin_ms):
    """Whether it comes back while the pool is ended, or is left behind."""
    begin = time.monotonic()
    stderr = refusal(program, tmp_path, module(threading, f"begin_ms = {begin_ms}", "start_timeout_ms = 1000"))
    assert 'radhost serve: plugin "threads": thread_start has not returned within 1000 ms' in stderr
    assert time.monotonic() - begin < 6


def test_a_pool_thread_whose_thread_start_takes_its_time_is_waited_for(radhost):
    server = radhost(module("blocking", "begin_ms = 300"))
    entries = [entry["message"] for entry in server.log()]
    assert entries.index("thread_start") < entries.index("ready")
    assert message(answer_to(server, "0")).startswith("own pool thread")


# Starts that finish later

def test_no_request_is_served_before_a_start_has_finished(radhost):
    server = radhost(module("concurrent", "start_ms = 300"))
    at = {entry["message"]: datetime.fromisoformat(entry["time"]) for entry in server.log()}
    assert (at["ready"] - at["start"]).total_seconds() >= 0.3
    server.wait_for_log(lambda entry: entry["message"] == "started 0")  # which the module's thread says a moment later
    assert answer_to(server, "0").code == wire.ACCESS_ACCEPT


def test_two_starts_are_waited_for_at_once(radhost):
    second = '[plugin.second]\nmodule = "threads_concurrent"\n[plugin.second.config]\nstart_ms = 1500\n'
    begin = time.monotonic()
    radhost(module("concurrent", "start_ms = 1500") + second)
    assert time.monotonic() - begin < 2.8


def test_a_start_that_finishes_with_an_error_is_refused_with_the_reason(program, tmp_path):
    stderr = refusal(program, tmp_path, module("concurrent", 'start_ms = 20\nstart_error = "the database is away"'))
    assert 'radhost serve: plugin "threads" does not start: the database is away' in stderr
    assert '"stop"' in stderr


def test_a_start_that_takes_too_long_is_refused(program, tmp_path):
    begin = time.monotonic()
    stderr = refusal(program, tmp_path, module("concurrent", "start_ms = 1000", "start_timeout_ms = 200"))
    assert 'radhost serve: plugin "threads" does not start: it has not said so within 200 ms' in stderr
    assert f"started {STATE}" in stderr  # it was too late, and was told so
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize("workers", [1, 3])
def test_a_thread_start_finishes_later_while_the_loop_turns(radhost, workers):
    server = radhost(module("concurrent", "thread_ms = 200"), workers=workers)
    entries = [entry["message"] for entry in server.log()]
    assert entries.count(f"thread_started {STATE} {OK} {STATE}") == workers  # not elsewhere, and once
    assert entries.index(f"thread_started {STATE} {OK} {STATE}") < entries.index("ready")
    assert answer_to(server, "0").code == wire.ACCESS_ACCEPT


def test_a_thread_start_that_finishes_with_an_error_is_refused_with_the_reason(program, tmp_path):
    stderr = refusal(program, tmp_path, module("concurrent", 'thread_ms = 20\nthread_error = "no loop"'), workers=2)
    assert 'radhost serve: plugin "threads" does not start on a thread: no loop' in stderr
    assert stderr.count('"thread_stop"') == 2 and '"stop"' in stderr


def test_a_thread_start_that_takes_too_long_is_refused(program, tmp_path):
    stderr = refusal(program, tmp_path, module("concurrent", "thread_ms = 60000", "start_timeout_ms = 200"))
    assert 'plugin "threads" does not start on a thread: it has not said so within 200 ms' in stderr
    assert stderr.count('"thread_stop"') == 1


def test_a_pool_thread_finishes_its_start_at_once_or_never(radhost, program, tmp_path):
    server = radhost(module("serial", "thread_ms = 20"))
    assert f"timer {STATE}" in said(server)
    assert answer_to(server, "0").code == wire.ACCESS_ACCEPT
    stderr = refusal(program, tmp_path, module("serial", 'thread_ms = 20\nthread_error = "no loop"'))
    assert 'plugin "threads" does not start on a thread: no loop' in stderr


# The lifecycle thread

def test_one_thread_creates_starts_reopens_stops_and_destroys(radhost):
    """And no request waits for it."""
    server = radhost(module("concurrent"), workers=2)
    server.process.signal(signal.SIGUSR1)
    server.wait_for_log(lambda entry: entry["message"] == "log files reopened")
    assert answer_to(server, "0").code == wire.ACCESS_ACCEPT
    server.stop()
    assert [event for event in said(server) if "thread" not in event and "finish" not in event] == [
        "start", "reopen", "stop", "destroy"]


# A worker that is held

def test_a_handler_that_holds_a_worker_is_named_while_it_does_and_after(radhost):
    server = radhost(module("concurrent"), settings="handler_warn_ms = 50")
    with Client(server.address("auth"), SECRET) as client:
        client.send(client.pap_request(b"600", b"x"))
        during = server.wait_for_log(lambda entry: entry["message"] == "a handler is holding a worker")
        assert (during["plugin"], during["listener"], during["level"]) == ("threads", "auth", "warn")
        assert 50 <= during["ms"] < 600
        assert not [entry for entry in server.log() if entry["message"] == "a handler held a worker"]
        assert wire.decode(client.receive()).code == wire.ACCESS_ACCEPT
    after = server.wait_for_log(lambda entry: entry["message"] == "a handler held a worker")
    assert (after["plugin"], after["listener"]) == ("threads", "auth") and 600 <= after["ms"] < 5000
    assert server.stop().tree["plugins"]["threads"]["slow_calls"] == 1


def test_a_handle_finish_that_holds_a_worker_is_named_too(radhost):
    server = radhost(module("concurrent", "finish_ms = 200"), settings="handler_warn_ms = 50")
    assert answer_to(server, "0").code == wire.ACCESS_ACCEPT
    server.wait_for_log(lambda entry: entry["message"] == "a handler is holding a worker")
    server.wait_for_log(lambda entry: entry["message"] == "a handler held a worker")
    assert server.stop().tree["plugins"]["threads"]["slow_calls"] == 1


@pytest.mark.parametrize("threading, settings", [("blocking", "handler_warn_ms = 20"),
                                                 ("concurrent", "handler_warn_ms = 0"),
                                                 ("concurrent", "handler_warn_ms = 5000")])
def test_who_holds_no_worker_or_not_too_long_is_not_named(radhost, threading, settings):
    server = radhost(module(threading), settings=settings)
    assert answer_to(server, "200").code == wire.ACCESS_ACCEPT
    counters = server.stop()
    assert counters.tree["plugins"]["threads"]["slow_calls"] == 0
    assert not [entry for entry in server.log() if "worker" in entry["message"] and entry["level"] == "warn"]
