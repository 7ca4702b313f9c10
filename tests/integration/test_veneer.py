# SPDX-License-Identifier: Apache-2.0
"""Modules through the C++ veneer in a running server, and one in C beside them: what unit tests cannot reach."""

import signal

import pytest

from support import wire
from support.client import Client
from support.configurations import LOOPBACK_CLIENT, SECRET, listener, static_plugin
from support.later import answer_to, message
from support.pools import home_answer, pool
from support.stub import Stub
from support.tunnel import chain

NAS_IDENTIFIER = 32
IP_PORT_LIMIT_INFO = (241, b"\x05\x01\x06\x00\x00\x00\x07")
AUTH = listener("auth", '["access"]', '["tried"]')


def tried(module, timeout_ms=2000, more="", on_error="reject"):
    return f"""
[plugin.tried]
module = "{module}"
timeout_ms = {timeout_ms}
on_error = "{on_error}"
[plugin.tried.config]
{more}
"""


def said(server):
    return [entry["message"] for entry in server.log() if entry.get("plugin") == "tried"]


@pytest.fixture(scope="module")
def home():
    with Stub(lambda request: home_answer(request, [(wire.REPLY_MESSAGE, b"from home")])) as stub:
        yield stub


@pytest.fixture(scope="module")
def services(shared_radhost, home):
    return shared_radhost(LOOPBACK_CLIENT + pool(home.address) + tried("veneer_services", more="outside = true")
                          + static_plugin("within", "accept", '{ "Reply-Message" = "from within" }')
                          + chain('["within"]') + AUTH)


@pytest.mark.parametrize("command, expected", [
    ("metrics", "counted"), ("timers", "expired"), ("store", "0 ok -9 value 0 ok value 0 ok value -2"),
    ("watch", "readable"), ("wrong", "refused"), ("send", "status 0, code 2"), ("forward", "from home"),
    ("cancel", "10 -10"), ("run", "from within")])
def test_timers_and_every_extension_do_what_the_veneer_says(services, command, expected):
    answer = answer_to(services, command)
    assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, expected), said(services)


def test_what_a_callback_throws_is_logged(services):
    answer_to(services, "timers")
    services.wait_for_log(lambda entry: entry["message"] == "a timer that throws" and entry["level"] == "error")


def test_edits_of_a_forwarded_request_are_made(services, home):
    answer_to(services, "forward")
    asked = wire.decode(home.requests[-1])
    assert (asked.values(wire.USER_NAME), asked.values(NAS_IDENTIFIER)) == ([], [b"veneer"])


def test_nothing_is_left_behind_by_what_ends_with_its_thread(radhost, home):
    server = radhost(LOOPBACK_CLIENT + pool(home.address) + tried("veneer_services") + AUTH)
    for command in ("timers", "watch", "leave"):
        assert answer_to(server, command).code == wire.ACCESS_ACCEPT
    server.stop()
    assert "nothing is left" in said(server)
    assert not [entry for entry in server.log() if "were left" in entry["message"]]


def test_a_module_without_what_it_asks_for_says_what_is_missing(program, tmp_path):
    configuration = LOOPBACK_CLIENT + tried("veneer_services", more="outside = true") + AUTH
    done = program.run("check", "-c", program.write_configuration(tmp_path, configuration))
    assert done.returncode == 1
    assert 'there is no pool "homes"' in done.stderr


# Verdicts that come later

@pytest.fixture(scope="module")
def late(shared_radhost):
    return shared_radhost(LOOPBACK_CLIENT + tried("throwing", timeout_ms=300) + AUTH)


def test_the_second_of_two_verdicts_is_refused_without_a_word(late):
    assert answer_to(late, "twice").code == wire.ACCESS_ACCEPT
    late.wait_for_log(lambda entry: entry["message"] == "10")


@pytest.mark.parametrize("command", ["held", "held-moved"])
def test_a_verdict_lets_go_of_what_is_held(late, command):
    answer = answer_to(late, command)
    assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, "held")
    late.wait_for_log(lambda entry: entry["message"] == "11")


@pytest.mark.parametrize("command, code", [
    ("forgets", wire.ACCESS_REJECT), ("fails", wire.ACCESS_REJECT), ("passes", wire.ACCESS_REJECT),
    ("challenges", wire.ACCESS_CHALLENGE), ("both", wire.ACCESS_REJECT), ("throws", wire.ACCESS_REJECT)])
def test_a_verdict_that_is_owed_is_given_one_way_or_another(late, command, code):
    """Long before the deadline: nobody waits for a request that was forgotten."""
    with Client(late.address("auth"), SECRET) as client:
        client.socket.settimeout(0.25)
        assert client.exchange(client.pap_request(command.encode(), b"x")).code == code


def test_why_a_verdict_that_comes_later_is_an_error_is_told(radhost):
    server = radhost(LOOPBACK_CLIENT + tried("throwing") + AUTH)
    assert answer_to(server, "fails").code == wire.ACCESS_REJECT
    server.wait_for_log(lambda entry: entry.get("why") == "the back end went away")


def test_a_request_that_is_dropped_gets_no_answer(late):
    with Client(late.address("auth"), SECRET) as client:
        client.expect_silence(client.pap_request(b"drops", b"x"), lambda: client.pap_request(b"now", b"x"))


def test_cancel_is_told_which_request_has_ended_and_its_verdict_is_too_late(late):
    assert answer_to(late, "never").code == wire.ACCESS_REJECT
    late.wait_for_log(lambda entry: entry["message"] == "too late")


@pytest.mark.parametrize("at", ["cancel", "finish"])
def test_a_server_serves_on_when_cancel_or_finish_throws(radhost, at):
    server = radhost(LOOPBACK_CLIENT + tried("throwing", timeout_ms=100, more=f'at = "{at}"') + AUTH)
    assert answer_to(server, "never").code == wire.ACCESS_REJECT
    assert answer_to(server, "now").code == wire.ACCESS_ACCEPT


# The same in C

@pytest.fixture(scope="module")
def inner(shared_radhost):
    return shared_radhost(LOOPBACK_CLIENT + tried("inner", timeout_ms=200)
                          + static_plugin("within", "accept", '{ "Reply-Message" = "from within" }')
                          + chain('["within"]') + AUTH)


def test_a_module_in_c_runs_an_inner_request_and_groups_attributes(inner):
    answer = answer_to(inner, "bob")
    assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, "from within")
    assert answer.values(241) == [IP_PORT_LIMIT_INFO[1]]
    inner.wait_for_log(lambda entry: entry["message"] == "finish 1")


def test_a_module_in_c_is_told_of_a_deadline_and_of_log_files(inner):
    assert answer_to(inner, "wait").code == wire.ACCESS_REJECT
    inner.wait_for_log(lambda entry: entry["message"] == "cancel 1")
    inner.process.signal(signal.SIGUSR1)
    inner.wait_for_log(lambda entry: entry["message"] == "reopen 0")


def test_a_module_in_c_says_that_its_chain_is_missing(program, tmp_path):
    done = program.run("check", "-c", program.write_configuration(tmp_path, LOOPBACK_CLIENT + tried("inner") + AUTH))
    assert done.returncode == 1
    assert 'plugin "tried": something was not found' in done.stderr
