# SPDX-License-Identifier: Apache-2.0
"""`radhost trace`: what becomes of requests, told while it happens to whoever asks."""

import contextlib
import json
import re
import signal
import socket

import pytest

from support import wire
from support.client import Client
from support.configurations import (ACCESS, ACCOUNTING, LOOPBACK_CLIENT, SECRET, later_plugin, listener, static_plugin,
                                    user)
from support.control import connect
from support.later import ask
from support.processes import Process
from support.waiting import wait_until

FILES = {"users.toml": user("alice", reply='{ "Reply-Message" = "hello" }') + user("bob")}
SECOND = LOOPBACK_CLIENT.replace("loopback", "second").replace('"127.0.0.0/8", "::1"', '"127.0.0.2"')


@contextlib.contextmanager
def tracing(server, program, *arguments):
    """`radhost trace`, which follows from here on; its lines are in `stdout`."""
    process = Process([program.path, "trace", "--control", server.control.path, *arguments])
    try:
        if "--json" in arguments:
            assert process.stdout.wait_for(lambda line: '"following"' in line, 10), process.report()
        else:
            wait_until(lambda: is_followed(server))
        yield process
    finally:
        if process.running():
            process.signal(signal.SIGINT)
            process.wait(10)


def is_followed(server):
    """Has a trace begun? Its requests are told from then on."""
    with Client(server.address("auth"), SECRET) as client:
        client.exchange(client.pap_request(b"probe", b"x"))
    return True


def events(process, *sorts):
    told = [json.loads(line) for line in list(process.stdout.lines)]
    return [event for event in told if event["event"] in (sorts or ("request", "handler", "failure", "reply", "discard"))]


def wait_for(process, sort, count=1):
    wait_until(lambda: len(events(process, sort)) >= count)
    return events(process, sort)


def exchange(server, name=b"alice", password=b"clientPass", where="auth", source=None):
    with Client(server.address(where), SECRET, source) as client:
        return client.exchange(client.pap_request(name, password))


def test_a_request_is_told_from_its_packet_to_its_answer(radhost, program):
    server = radhost(ACCESS, files=FILES)
    with tracing(server, program, "--json") as trace:
        exchange(server)
        wait_for(trace, "reply")
        request, users, password, reply = events(trace)
    common = ("id", "at", "listener", "client", "peer")
    assert all(list(event)[:6] == ["event", *common] for event in (request, users, password, reply))
    assert len({event["id"] for event in (request, users, password, reply)}) == 1 and request["id"] != 0
    assert (request["listener"], request["client"]) == ("auth", "loopback")
    assert re.fullmatch(r"127\.0\.0\.1:\d+", request["peer"])
    assert request["code"] == "Access-Request"
    assert 'User-Name = "alice"' in request["attributes"] and "User-Password = <hidden>" in request["attributes"]
    assert (users["plugin"], users["verdict"], users["depth"]) == ("users", "pass", 0)
    assert users["control"] == ["Cleartext-Password = <hidden>"]
    assert users["reply"] == ['Reply-Message = "hello"']
    assert (password["plugin"], password["verdict"]) == ("password", "accept")
    assert all(isinstance(event["took_us"], int) for event in (users, password, reply))
    assert (reply["code"], reply["sort"], reply["delayed"]) == ("Access-Accept", "answer", False)
    assert 'Reply-Message = "hello"' in reply["attributes"]
    assert "clientPass" not in trace.stdout.text()


def test_it_is_printed_for_people_with_what_each_handler_wrote(radhost, program):
    server = radhost(ACCESS, files=FILES)
    with tracing(server, program, "--user", "alice") as trace:
        def is_told():
            exchange(server)
            return any("Access-Accept" in line for line in list(trace.stdout.lines))
        wait_until(is_told)
        lines = list(trace.stdout.lines)
    end = next(number for number, line in enumerate(lines) if "Access-Accept" in line)
    number = re.match(r"#\d+ ", lines[end])[0]
    begin = next(place for place, line in enumerate(lines) if line.startswith(number))
    told = [line.removeprefix(number) for line in lines[begin:] if line.startswith(number)]
    assert re.fullmatch(r"Access-Request \d+ from 127\.0\.0\.1:\d+, client loopback, to auth", told[0])
    assert '    User-Name = "alice"' in told and "    User-Password = <hidden>" in told
    handlers = [re.sub(r"\(\d+ us\)", "(N us)", line) for line in told if re.match(r"  \S", line)]
    assert handlers == ["  users: pass (N us)", "  password: accept (N us)"]
    assert "    control + Cleartext-Password = <hidden>" in told
    assert '    reply + Reply-Message = "hello"' in told
    assert any(re.fullmatch(r"Access-Accept \d+ to 127\.0\.0\.1:\d+ \(after \d+ us\)", line) for line in told)
    assert "\033" not in trace.stdout.text()


@pytest.mark.parametrize("filters, told", [
    ([], ["alice", "bob", "carol", "alice"]),
    (["--user", "bob"], ["bob"]),
    (["--user", "?o*"], ["bob"]),
    (["--user", "*a*"], ["alice", "carol", "alice"]),
    (["--user", "nobody"], []),
    (["--listener", "other"], ["carol"]),
    (["--client", "second"], ["alice"]),
    (["--client", "loopback", "--listener", "auth", "--user", "alice"], ["alice"]),
    (["--kind", "accounting"], []),
    (["--kind", "access"], ["alice", "bob", "carol", "alice"])])
def test_only_what_is_asked_for_is_told(radhost, program, filters, told):
    server = radhost(SECOND + ACCESS + listener("other", '["access"]', '["users", "password"]'), files=FILES)
    with tracing(server, program, "--json", *filters) as trace, tracing(server, program, "--json") as all_of_it:
        exchange(server, b"alice")
        exchange(server, b"bob")
        exchange(server, b"carol", where="other")
        exchange(server, b"alice", source="127.0.0.2")
        wait_for(all_of_it, "reply", 4)
        server.stop()  # what was told before has left by then
        assert trace.wait(10) == all_of_it.wait(10) == 0
        names = [re.search(r'User-Name = "(\w+)"', "\n".join(event["attributes"]))[1] for event in events(trace, "request")]
    assert names == told


def test_what_is_dropped_is_told_with_its_reason(radhost, program):
    server = radhost(ACCESS, files=FILES)
    with tracing(server, program, "--json") as trace, Client(server.address("auth"), b"wrong secret") as client:
        client.send(client.pap_request(b"alice", b"clientPass"))
        client.send(b"\x01\x02\x00\x04nonsense")
        told = wait_for(trace, "discard", 2)
    assert [event["reason"] for event in told] == ["bad_message_authenticator", "short_packet"]
    assert told[0]["client"] == "loopback" and told[0]["listener"] == "auth"


def test_a_duplicate_and_a_status_server_are_told_as_what_they_are(radhost, program):
    server = radhost(ACCESS, files=FILES)
    with tracing(server, program, "--json") as trace, Client(server.address("auth"), SECRET) as client:
        request = client.pap_request(b"alice", b"clientPass")
        for _ in range(2):
            client.send(request)
            client.receive()
        client.exchange(client.access_request([], code=wire.STATUS_SERVER))
        told = wait_for(trace, "reply", 3)
    assert [event["sort"] for event in told] == ["answer", "again", "status"]


def test_a_handler_that_is_late_or_wrong_is_told(radhost, program):
    server = radhost(LOOPBACK_CLIENT + later_plugin(timeout_ms=300) + listener("auth", '["access"]', '["later"]'))
    with tracing(server, program, "--json") as trace, Client(server.address("auth"), SECRET) as client:
        client.exchange(ask(client, "never"))
        handler, = wait_for(trace, "handler")
        wait_for(trace, "reply")
    assert handler["verdict"] == "timed_out" and "reply" not in handler
    assert events(trace, "failure")


def test_a_trace_of_what_there_is_not_is_refused(radhost, program):
    server = radhost(ACCESS, files=FILES)
    for arguments, reason in ((("--client", "nobody"), 'there is no client "nobody"'),
                              (("--listener", "nowhere"), 'there is no listener "nowhere"')):
        done = program.run("trace", *arguments, "--control", server.control.path)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", f"radhost trace: {reason}\n")
    assert program.run("trace", "--kind", "nonsense", "--control", server.control.path).returncode == 64
    assert server.control.request("GET", "/v1/trace?nonsense=1")[0] == 400


def test_no_more_trace_than_may(radhost, program):
    server = radhost(ACCESS, files=FILES)
    with contextlib.ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(tracing(server, program, "--json"))
        done = program.run("trace", "--control", server.control.path)
        assert (done.returncode, done.stderr) == (1, "radhost trace: there are 8 who trace already\n")
    # Those that are gone make room, once the server has found out.
    def is_let_in():
        process = Process([program.path, "trace", "--json", "--control", server.control.path])
        followed = process.stdout.wait_for(lambda line: '"following"' in line, 0.5)
        if process.running():
            process.signal(signal.SIGINT)
            process.wait(10)
        return followed is not None
    wait_until(is_let_in, timeout_s=20)


def test_a_follower_that_reads_too_slowly_loses_lines_and_holds_up_nobody(radhost):
    """Its lines are counted; the requests are answered as ever. One that reads nothing at all is let go after a while."""
    reply = '{ "Reply-Message" = [' + ", ".join(['"' + "x" * 240 + '"'] * 14) + "] }"
    server = radhost(LOOPBACK_CLIENT + static_plugin("yes", "accept", reply) + listener("auth", '["access"]', '["yes"]'))
    with connect(server.control.path) as slow, Client(server.address("auth"), SECRET) as client:
        slow.sendall(b"GET /v1/trace HTTP/1.0\r\n\r\n")
        assert slow.recv(4096)
        for number in range(1500):
            client.exchange(client.pap_request(b"bob", b"x"))
            if number % 150 == 149:
                slow.recv(1 << 17, socket.MSG_WAITALL)
        tail = b""
        while not re.search(rb'"following","lost":[1-9]', tail):
            part = slow.recv(1 << 20)
            assert part, "the trace ended, and told of no loss"
            tail = tail[-100:] + part
    assert server.stop().listener("auth")["replies"] == 1500


def test_a_trace_ends_with_the_server(radhost, program):
    server = radhost(ACCESS, files=FILES)
    with tracing(server, program, "--json") as trace:
        server.stop()
        assert trace.wait(10) == 0


def test_a_trace_goes_on_over_a_reload(radhost, program):
    server = radhost(ACCESS, files=FILES)
    with tracing(server, program, "--json") as trace:
        server.rewrite(ACCESS + SECOND)
        server.control.reload()
        exchange(server, b"alice", source="127.0.0.2")
        assert wait_for(trace, "reply")[0]["client"] == "second"


def test_accounting_is_told_too(radhost, program):
    server = radhost(ACCOUNTING)
    with tracing(server, program, "--json") as trace, Client(server.address("acct"), SECRET) as client:
        client.exchange(client.accounting_request([
            (wire.ACCT_STATUS_TYPE, wire.integer(1)), (wire.ACCT_SESSION_ID, b"S1"),
            (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1"))]))
        reply, = wait_for(trace, "reply")
    assert reply["code"] == "Accounting-Response"
    assert "Acct-Status-Type = Start" in events(trace, "request")[0]["attributes"]
