# SPDX-License-Identifier: Apache-2.0
"""`radhost load` over TCP and TLS, in RADIUS/1.0 and RADIUS/1.1: what it takes for an answer, what it does when a
connection ends, and full handshakes alone."""

import json
import signal
import socket
import threading

import pytest

from support import radsec, wire, wire_1_1
from support.configurations import (ACCESS_PLUGINS, LOOPBACK_CLIENT, SECRET, acctlog_plugin, tcp_listener, tls_listener,
                                    user)
from support.connections import connections, ended, wait_for_open
from support.processes import Process
from support.sending import LOGIN, START, accept_1_0, accept_1_1, identity
from support.stream import RADSEC
from support.stream_stub import StreamStub
from support.waiting import wait_until

RIGHT, WRONG, LOST, WRONG_USAGE = 0, 1, 2, 64
SECRET_TEXT = SECRET.decode()
USERS = user("alice") + "".join(user(f"user{number}") for number in range(20))
KINDS = '["access", "accounting"]'
CHAINS = '{ access = ["users", "password"], accounting = ["acctlog"] }'
TCP, TLS, TLS_1_1 = ("--tcp",), ("--tls",), ("--tls", "--radius", "1.1")
TRANSPORTS = [TCP, TLS, TLS_1_1]


def name_of(arguments):
    return " ".join(arguments) or "PAP"


@pytest.fixture(scope="module")
def server(shared_radhost, certificates):
    return shared_radhost(
        LOOPBACK_CLIENT + ACCESS_PLUGINS + acctlog_plugin() + tcp_listener("plain", KINDS, CHAINS)
        + tls_listener(certificates, "radsec", KINDS, CHAINS, radius_versions=["1.0", "1.1"]),
        files={"users.toml": USERS})


@pytest.fixture
def command(certificates):
    """The arguments of a load over a transport."""
    def make(transport, to, *arguments, secret=SECRET_TEXT):
        who = ["--secret", secret] if transport == TCP else identity(certificates)
        return ["load", *arguments, *transport, "--to", getattr(to, "address", to), *who, "--json"]
    return make


@pytest.fixture
def load(program, command):
    """load(transport, to, …) gives the exit status and the figures."""
    def run(transport, to, *arguments, **options):
        done = program.run(*command(transport, to, *arguments, **options))
        assert done.stdout != "", done.stderr
        return done.returncode, json.loads(done.stdout)
    return run


@pytest.fixture
def load_server(load, server):
    def run(transport, *arguments, **options):
        return load(transport, address_of(server, transport), *arguments, **options)
    return run


def address_of(server, transport):
    return "127.0.0.1:%d" % server.port("plain" if transport == TCP else "radsec")


def stub_of(transport, certificates, reply=None):
    """One that accepts, unless told otherwise."""
    if transport == TCP:
        return StreamStub(reply or accept_1_0(SECRET))
    alpn = (wire_1_1.ALPN_1_1,) if transport == TLS_1_1 else ()
    accept = accept_1_1 if transport == TLS_1_1 else accept_1_0(RADSEC)
    return StreamStub(reply or accept, context=radsec.stub_context(certificates, alpn=alpn))


# Against our own server

@pytest.mark.parametrize("transport", TRANSPORTS, ids=name_of)
@pytest.mark.parametrize("method", [(), ("--chap",), ("--mschapv2",)], ids=name_of)
def test_right_passwords_are_accepted(load_server, transport, method):
    status, figures = load_server(transport, *LOGIN, *method, "--count", 600, "--connections", 3, "--expect", "ACCEPT")
    assert status == RIGHT, figures
    assert (figures["sent"], figures["answered"], figures["lost"], figures["wrong"]) == (600, 600, 0, 0)
    assert figures["codes"] == {"Access-Accept": 600}
    assert (figures["connections"], figures["reconnects"]) == (3, 0)
    assert 0 < figures["p50_us"] <= figures["p99_us"] <= figures["max_us"]


@pytest.mark.parametrize("transport", TRANSPORTS, ids=name_of)
def test_wrong_passwords_are_rejected_which_is_an_answer(load_server, transport):
    status, figures = load_server(transport, "User-Name=alice", "User-Password=wrong", "--count", 100)
    assert status == RIGHT and figures["codes"] == {"Access-Reject": 100}


@pytest.mark.parametrize("transport", TRANSPORTS, ids=name_of)
def test_numbered_users_log_in(load_server, transport):
    status, figures = load_server(transport, "User-Name=user", LOGIN[1], "--users", 25, "--count", 100)
    assert status == RIGHT and figures["codes"] == {"Access-Accept": 80, "Access-Reject": 20}


@pytest.mark.parametrize("transport", TRANSPORTS, ids=name_of)
def test_accounting_is_answered(load_server, transport):
    status, figures = load_server(transport, "accounting", *START, "--count", 100)
    assert status == RIGHT and figures["codes"] == {"Accounting-Response": 100}


@pytest.mark.parametrize("transport", TRANSPORTS, ids=name_of)
def test_status_queries_are_answered(load_server, transport):
    status, figures = load_server(transport, "status", "--count", 8, "--window", 4, "--connections", 4)
    assert status == RIGHT and figures["answered"] == 8


@pytest.mark.parametrize("transport", TRANSPORTS, ids=name_of)
def test_a_rate_is_kept_and_shared_by_all_connections(load_server, server, transport):
    status, figures = load_server(transport, *LOGIN, "--rates", "200,400", "--duration-s", 0.5, "--connections", 5)
    assert status == RIGHT and figures["sent"] == figures["answered"] == 300
    assert [step["sent"] for step in figures["steps"]] == [100, 200]


def test_a_window_of_more_than_255_takes_several_connections(load_server):
    status, figures = load_server(TCP, *LOGIN, "--window", 600, "--count", 3000)
    assert status == RIGHT and figures["connections"] == 3 and figures["answered"] == 3000


@pytest.mark.parametrize("transport", TRANSPORTS, ids=name_of)
def test_connections_are_open_before_the_load_begins(program, command, server, transport):
    """A rate so low that most of them would be idle."""
    name = "plain" if transport == TCP else "radsec"
    wait_for_open(server, name, 0)
    process = Process([program.path, *command(transport, address_of(server, transport), *LOGIN, "--connections", "40",
                                              "--rate", "10", "--duration-s", "60")])
    wait_for_open(server, name, 40)
    process.signal(signal.SIGTERM)
    assert process.wait(10) in (RIGHT, LOST), process.report()
    wait_for_open(server, name, 0)


# What goes over a stream, and what counts as an answer

@pytest.mark.parametrize("transport", TRANSPORTS, ids=name_of)
def test_the_window_is_divided_among_connections_and_nothing_is_sent_twice(load, certificates, transport):
    with stub_of(transport, certificates, lambda _: None) as stub:
        status, figures = load(transport, stub, *LOGIN, "--window", 8, "--connections", 4, "--duration-s", 0.3,
                               "--timeout-ms", 500)
    assert status == LOST and figures["sent"] == figures["lost"] == 8 and figures["reconnects"] == 0
    assert len(stub.requests) == len(set(stub.requests)) == 8 and stub.connections == 4


@pytest.mark.row("TRN-4")
def test_identifier_0_is_for_status_alone(load, certificates):
    for kind, right in (("access", set(range(1, 256))), ("status", {0})):
        with stub_of(TLS, certificates) as stub:
            status, _ = load(TLS, stub, kind, *(LOGIN if kind == "access" else ()), "--count", 600)
        assert status == RIGHT and {request[1] for request in stub.requests} == right


@pytest.mark.row("V11-6")
def test_a_request_of_1_1_has_a_token_of_its_own_and_nothing_that_is_signed(load, certificates):
    with stub_of(TLS_1_1, certificates) as stub:
        status, _ = load(TLS_1_1, stub, *LOGIN, "--count", 600)
    packets = [wire_1_1.decode(request) for request in stub.requests]
    assert status == RIGHT and len({packet.token for packet in packets}) == 600
    assert all(packet.reserved == bytes(13) for packet in packets)
    assert all(packet.values(wire.MESSAGE_AUTHENTICATOR) == [] for packet in packets)
    assert {packet.values(wire.USER_PASSWORD)[0] for packet in packets} == {b"clientPass"}


@pytest.mark.parametrize("transport", [TCP, TLS], ids=name_of)
def test_a_forged_answer_is_wrong_and_ends_its_connection(load, certificates, transport):
    with stub_of(transport, certificates, accept_1_0(b"another secret")) as stub:
        status, figures = load(transport, stub, *LOGIN, "--count", 6, "--window", 2, "--timeout-ms", 500)
    assert status == WRONG and figures["answered"] == 0 and figures["lost"] == 6
    assert figures["wrong_reasons"] == {"authenticator": figures["wrong"]} and 3 <= figures["wrong"] <= 6
    assert figures["reconnects"] >= 2


def test_an_answer_of_1_1_with_another_token_is_nobodys(load, certificates):
    def other_token(request):
        answer = accept_1_1(request)
        return answer[:4] + bytes([answer[4] ^ 1]) + answer[5:]

    with stub_of(TLS_1_1, certificates, other_token) as stub:
        status, figures = load(TLS_1_1, stub, *LOGIN, "--count", 5, "--timeout-ms", 500)
    assert status == WRONG and (figures["answered"], figures["lost"], figures["reconnects"]) == (0, 5, 0)
    assert figures["wrong_reasons"] == {"not_asked": 5}


@pytest.mark.parametrize("transport", TRANSPORTS, ids=name_of)
def test_an_answer_that_comes_twice_is_counted_once(load, certificates, transport):
    accept = {TCP: accept_1_0(SECRET), TLS: accept_1_0(RADSEC), TLS_1_1: accept_1_1}[transport]
    with stub_of(transport, certificates, lambda request: [accept(request)] * 2) as stub:
        status, figures = load(transport, stub, *LOGIN, "--count", 50, "--window", 1)
    assert status == WRONG and figures["answered"] == 50
    assert 49 <= figures["wrong_reasons"]["duplicate"] <= 50


def test_a_wrong_secret_loses_everything(load_server, server):
    before = ended(server.stats(), "plain").get("bad_message_authenticator", 0)
    status, figures = load_server(TCP, *LOGIN, "--count", 5, secret="wrong")
    assert status == LOST and figures["lost"] == 5 and figures["answered"] == 0
    assert ended(server.stats(), "plain")["bad_message_authenticator"] > before


# Connections that end

class CloseAfter:
    """Accepts, but closes the connection in place of each answer that has such a number."""

    def __init__(self, accept, every):
        self._accept, self._every, self._asked = accept, every, 0
        self._lock = threading.Lock()

    def __call__(self, request):
        with self._lock:
            self._asked += 1
            return StreamStub.CLOSE if self._asked % self._every == 0 else self._accept(request)


@pytest.mark.parametrize("transport", TRANSPORTS, ids=name_of)
def test_a_connection_that_ends_is_opened_again_and_its_requests_are_lost(load, certificates, transport):
    accept = {TCP: accept_1_0(SECRET), TLS: accept_1_0(RADSEC), TLS_1_1: accept_1_1}[transport]
    with stub_of(transport, certificates, CloseAfter(accept, every=20)) as stub:
        status, figures = load(transport, stub, *LOGIN, "--count", 200, "--window", 4, "--connections", 2)
    assert status == LOST and figures["wrong"] == 0 and figures["sent"] == 200
    assert figures["answered"] + figures["lost"] == 200 and figures["lost"] >= figures["reconnects"] >= 8
    assert stub.connections == 2 + figures["reconnects"]


def test_a_server_that_goes_away_ends_the_load(program, command):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = Process([program.path, *command(TCP, "127.0.0.1:%d" % listening.getsockname()[1], *LOGIN, "--count",
                                                  "1000", "--timeout-ms", "500")])
        opened, _ = listening.accept()
        with opened:
            assert opened.recv(1)
    assert process.wait(10) == LOST, process.report()
    figures = json.loads(process.stdout.text())
    assert figures["lost"] == figures["sent"] == 64 and figures["unsent"] == 936


@pytest.mark.parametrize("transport", TRANSPORTS, ids=name_of)
def test_without_a_connection_there_is_no_load(program, command, transport):
    with socket.create_server(("127.0.0.1", 0)) as bound:
        address = "127.0.0.1:%d" % bound.getsockname()[1]
    done = program.run(*command(transport, address, *LOGIN, "--count", 5))
    assert done.returncode == LOST and done.stdout == "" and "cannot reach" in done.stderr


def test_a_server_of_1_0_alone_is_not_loaded_in_1_1(program, command, certificates):
    with stub_of(TLS, certificates) as stub:
        done = program.run(*command(TLS_1_1, stub, *LOGIN, "--count", 5))
    assert done.returncode == LOST and done.stdout == "" and "1.1" in done.stderr and stub.requests == []


# Handshakes alone

@pytest.mark.parametrize("transport", [TLS, TLS_1_1, ("--tls", "--tls-version", "1.3")], ids=name_of)
def test_handshakes_are_counted(load_server, server, transport):
    before = connections(server.stats(), "radsec")["opened"]
    status, figures = load_server(transport, "--handshakes", "--count", 30, "--connections", 3)
    assert status == RIGHT and (figures["handshakes"], figures["failed"]) == (30, 0)
    assert figures["rate"] == pytest.approx(30 / figures["duration_s"])
    assert 0 < figures["p50_us"] <= figures["max_us"] and figures["cpu_us_per_handshake"] > 0
    wait_until(lambda: connections(server.stats(), "radsec")["opened"] == before + 30)


def test_handshakes_end_with_their_time(load_server):
    status, figures = load_server(TLS, "--handshakes", "--duration-s", 0.3)
    assert status == RIGHT and figures["handshakes"] > 1 and 0.2 < figures["duration_s"] < 3


def test_handshakes_that_the_server_refuses_have_failed(program, server, certificates):
    """In TLS 1.3 the client thinks that it is done when the server has not looked at its certificate yet."""
    certificate, key = certificates.stranger
    done = program.run("load", "--tls", "--handshakes", "--count", 5, "--to", address_of(server, TLS), "--cert",
                       certificate, "--key", key, "--ca", certificates.ca, "--json")
    figures = json.loads(done.stdout)
    assert done.returncode == LOST and (figures["handshakes"], figures["failed"]) == (0, 5)
    assert "unknown ca" in figures["why"] and figures["p50_us"] is None


def test_people_get_text(program, server, certificates):
    to = ["--to", address_of(server, TLS), "--tls", *identity(certificates)]
    done = program.run("load", *LOGIN, *to, "--count", 20, "--connections", 2)
    assert done.returncode == RIGHT
    assert "sent 20, answered 20" in done.stdout and "connections 2, opened again 0" in done.stdout
    done = program.run("load", *to, "--handshakes", "--count", 3)
    assert done.returncode == RIGHT and "handshakes 3, failed 0" in done.stdout


# Wrong usage

@pytest.mark.parametrize("arguments", [
    ("--tcp", "--tls"), ("--tls",), ("--radius", "1.1"), ("--tcp", "--radius", "1.1"), ("--dtls",),
    ("--tls", "--radius", "1.0,1.1", "--psk", "me:" + "00" * 16), ("--tls", "--radius", "2", "--psk", "me:" + "00" * 16),
    ("--connections", "2"), ("--tcp", "--connections", "0"), ("--tcp", "--sockets", "2"), ("--tcp", "--sources", "2"),
    ("--tcp", "--retries", "1"), ("--tcp", "--handshakes"), ("--handshakes",), ("--ca", "ca.pem"),
    ("--tls", "--psk", "me:" + "00" * 16, "--handshakes", "--rate", "5"), ("--tls", "--ca", "nowhere.pem"),
    ("--tls", "--radius", "1.1", "--tls-version", "1.2", "--psk", "me:" + "00" * 16)], ids=" ".join)
def test_wrong_usage_is_status_64(program, arguments):
    done = program.run("load", *LOGIN, "--to", "127.0.0.1:1", *arguments, "--secret", "s")
    assert done.returncode == WRONG_USAGE
    assert done.stdout == "" and done.stderr != ""


def test_without_a_secret_nothing_is_sent_over_tcp(program):
    done = program.run("load", *LOGIN, "--tcp", "--to", "127.0.0.1:1", environment={"RADHOST_SECRET": ""})
    assert done.returncode == WRONG_USAGE and "secret" in done.stderr
