# SPDX-License-Identifier: Apache-2.0
"""`radhost load`: how it counts what comes back, when it sends, and how it ends."""

import json
import signal
import time

import pytest

from support import wire
from support.configurations import ACCESS, ACCT_LISTENER, BOB, SECRET, acctlog_plugin, listener, static_plugin, user
from support.processes import Process
from support.stub import Stub

RIGHT, WRONG, LOST, WRONG_USAGE = 0, 1, 2, 64

CONFIGURATION = (
    ACCESS + acctlog_plugin() + ACCT_LISTENER + static_plugin("yes", "accept")
    + listener("ack", '["coa", "disconnect"]', '["yes"]') + listener("nak", '["coa", "disconnect"]', "[]")
    + listener("silent", '["accounting"]', "[]"))
USERS = BOB + user("alice") + "".join(user(f"user{number}") for number in range(20))
LOGIN = ("User-Name=alice", "User-Password=clientPass")


@pytest.fixture(scope="module")
def server(shared_radhost):
    return shared_radhost(CONFIGURATION, files={"users.toml": USERS})


@pytest.fixture
def load(program):
    """load(…, to=a stub) gives the exit status and the figures."""
    def run(*arguments, to, secret="xyzzy5461"):
        done = program.run("load", *arguments, "--to", getattr(to, "address", to), "--secret", secret, "--json")
        assert done.stdout != "", done.stderr
        return done.returncode, json.loads(done.stdout)
    return run


@pytest.fixture
def load_server(load, server):
    """The same to a listener of our server."""
    def run(*arguments, to="auth"):
        return load(*arguments, to="127.0.0.1:%d" % server.port(to))
    return run


def accept(request):
    return wire.answer(wire.ACCESS_ACCEPT, request, [], SECRET)


def silent(_):
    return None


# Against our own server

@pytest.mark.parametrize("method", [(), ("--chap",), ("--mschapv2",)], ids=lambda m: m[0] if m else "PAP")
def test_right_passwords_are_accepted(load_server, method):
    status, figures = load_server(*LOGIN, *method, "--count", 600, "--expect", "ACCEPT")
    assert status == RIGHT
    assert (figures["sent"], figures["answered"], figures["lost"], figures["wrong"]) == (600, 600, 0, 0)
    assert figures["codes"] == {"Access-Accept": 600}


@pytest.mark.parametrize("method", [(), ("--chap",), ("--mschapv2",)], ids=lambda m: m[0] if m else "PAP")
def test_wrong_passwords_are_rejected_which_is_an_answer(load_server, method):
    login = ("User-Name=alice", "User-Password=wrong", *method, "--count", 100)
    status, figures = load_server(*login)
    assert status == RIGHT and figures["answered"] == 100 and figures["codes"] == {"Access-Reject": 100}
    status, figures = load_server(*login, "--expect", "reject")
    assert status == RIGHT and figures["answered"] == 100


def test_an_answer_that_is_not_expected_is_wrong(load_server):
    status, figures = load_server("User-Name=alice", "User-Password=wrong", "--count", 50, "--expect", "ACCEPT")
    assert status == WRONG and figures["answered"] == 0
    assert figures["wrong"] == 50 and figures["wrong_reasons"] == {"unexpected": 50}
    assert figures["lost"] == 0 and figures["codes"] == {"Access-Reject": 50}


def test_numbered_users_log_in(load_server):
    status, figures = load_server("User-Name=user", LOGIN[1], "--users", 20, "--count", 100, "--expect", "ACCEPT")
    assert status == RIGHT and figures["answered"] == 100
    status, figures = load_server("User-Name=user", LOGIN[1], "--users", 25, "--count", 100)
    assert figures["codes"] == {"Access-Accept": 80, "Access-Reject": 20}


def test_accounting_is_answered_and_each_record_is_another_session(load_server, server):
    status, figures = load_server("accounting", "Acct-Status-Type=Start", "--count", 300, to="acct")
    assert status == RIGHT and figures["answered"] == 300
    records = (server.folder / "accounting.jsonl").read_text().splitlines()
    assert len(records) == len({json.loads(record)["attributes"]["Acct-Session-Id"][0] for record in records}) == 300


def test_what_the_server_answers_to_nobody_is_lost(load_server):
    status, figures = load_server("accounting", "Acct-Status-Type=Start", "--count", 10, "--timeout-ms", 100,
                                  to="silent")
    assert status == LOST and figures["lost"] == figures["sent"] == 10 and figures["answered"] == 0
    assert figures["p50_us"] is None


@pytest.mark.parametrize("kind, name", [("coa", "CoA"), ("disconnect", "Disconnect")])
def test_dynamic_authorization_is_answered(load_server, kind, name):
    status, figures = load_server(kind, "Acct-Session-Id=S1", "--count", 300, to="ack")
    assert status == RIGHT and figures["codes"] == {f"{name}-ACK": 300}
    status, figures = load_server(kind, "Acct-Session-Id=S1", "--count", 300, "--expect", "NAK", to="nak")
    assert status == RIGHT and figures["codes"] == {f"{name}-NAK": 300}


def test_a_wrong_secret_is_answered_by_nobody(load, server):
    status, figures = load(*LOGIN, "--count", 5, "--timeout-ms", 100, to="127.0.0.1:%d" % server.port("auth"),
                           secret="wrong")
    assert status == LOST and figures["lost"] == 5


def test_an_ipv6_server_is_loaded(load, shared_radhost):
    server = shared_radhost(ACCESS.replace("127.0.0.1:0", "[::1]:0"), files={"users.toml": USERS})
    status, figures = load(*LOGIN, "--count", 300, "--expect", "ACCEPT", to="[::1]:%d" % server.port("auth"))
    assert status == RIGHT and figures["answered"] == 300


# What counts as an answer

def test_the_figures_of_right_answers(load):
    with Stub(accept) as stub:
        status, figures = load(*LOGIN, "--count", 200, to=stub)
    assert status == RIGHT and figures["sent"] == figures["answered"] == len(stub.requests) == 200
    assert 0 < figures["p50_us"] <= figures["p90_us"] <= figures["p99_us"] <= figures["p999_us"] <= figures["max_us"]
    assert figures["rate"] == pytest.approx(200 / figures["duration_s"])
    assert figures["cpu_us_per_request"] > 0 and len(figures["steps"]) == 1


def forged(request):
    return wire.answer(wire.ACCESS_ACCEPT, request, [], b"another secret")


def other_identifier(request):
    return wire.answer(wire.ACCESS_ACCEPT, request[:1] + bytes([request[1] ^ 128]) + request[2:], [], SECRET)


def wrong_message_authenticator(request):
    spoiled = accept(request)[:22] + bytes(16)
    return spoiled[:4] + wire.response_authenticator(spoiled, request[4:20], SECRET) + spoiled[20:]


@pytest.mark.parametrize("reply, reason", [
    (forged, "authenticator"), (other_identifier, "not_asked"), (lambda _: b"no packet", "malformed"),
    (wrong_message_authenticator, "message_authenticator")])
def test_an_answer_that_does_not_verify_is_wrong_and_the_request_is_lost(load, reply, reason):
    with Stub(reply) as stub:
        status, figures = load(*LOGIN, "--count", 20, "--timeout-ms", 500, to=stub)
    assert status == WRONG and figures["answered"] == 0
    assert figures["wrong"] == figures["lost"] == 20 and figures["wrong_reasons"] == {reason: 20}


def test_a_right_answer_after_a_forged_one_counts(load):
    with Stub(lambda request: [forged(request), accept(request)]) as stub:
        status, figures = load(*LOGIN, "--count", 20, to=stub)
    assert status == WRONG and figures["answered"] == 20 and figures["wrong_reasons"] == {"authenticator": 20}


@pytest.mark.parametrize("kind, code", [("access", wire.COA_ACK), ("accounting", wire.ACCESS_ACCEPT),
                                        ("coa", wire.DISCONNECT_ACK), ("status", wire.ACCESS_REJECT)])
def test_an_answer_of_another_family_is_wrong(load, kind, code):
    with Stub(lambda request: wire.answer(code, request, [], SECRET)) as stub:
        status, figures = load(kind, "--count", 5, to=stub)
    assert status == WRONG and figures["wrong_reasons"] == {"code": 5} and figures["lost"] == 0


@pytest.mark.parametrize("code", [wire.ACCESS_ACCEPT, wire.ACCOUNTING_RESPONSE])
def test_a_status_server_may_be_answered_by_either_kind_of_port(load, code):
    with Stub(lambda request: wire.answer(code, request, [], SECRET)) as stub:
        status, figures = load("status", "--count", 5, to=stub)
    assert status == RIGHT and figures["answered"] == 5


def test_a_silent_server_loses_everything(load):
    with Stub(silent) as stub:
        status, figures = load(*LOGIN, "--count", 20, "--timeout-ms", 100, to=stub)
    assert status == LOST and len(stub.requests) == 20
    assert (figures["sent"], figures["lost"], figures["late"], figures["answered"]) == (20, 20, 0, 0)
    assert figures["rate"] == 0


def test_a_late_answer_is_lost_and_late(load):
    with Stub(accept, delay_s=0.6) as stub:
        status, figures = load(*LOGIN, "--count", 20, "--timeout-ms", 500, to=stub)
    assert status == LOST and figures["wrong"] == 0
    assert (figures["lost"], figures["late"], figures["answered"]) == (20, 20, 0)


def test_the_same_delay_is_not_late_where_there_is_time(load):
    with Stub(accept, delay_s=0.6) as stub:
        status, figures = load(*LOGIN, "--count", 20, "--timeout-ms", 3000, to=stub)
    assert status == RIGHT and (figures["answered"], figures["late"]) == (20, 0)
    assert figures["p50_us"] >= 600_000


def test_an_answer_that_comes_twice_is_counted_once(load):
    with Stub(lambda request: [accept(request)] * 2) as stub:
        status, figures = load(*LOGIN, "--count", 50, "--window", 1, to=stub)
    assert status == WRONG and figures["answered"] == 50
    # The run ends with the last answer, so that one's duplicate may not be seen.
    assert 49 <= figures["wrong_reasons"]["duplicate"] <= 50


def test_a_retransmission_is_the_same_octets_and_is_answered(load):
    counted = {}

    def answer_the_second(request):
        counted[request] = counted.get(request, 0) + 1
        return accept(request) if counted[request] == 2 else None

    with Stub(answer_the_second) as stub:
        status, figures = load(*LOGIN, "--count", 20, "--timeout-ms", 500, "--retries", 2, to=stub)
    assert status == RIGHT and figures["sent"] == figures["answered"] == 20
    assert set(counted.values()) == {2} and len(counted) == 20
    assert figures["p50_us"] >= 500_000


def test_without_retries_nothing_is_transmitted_again(load):
    with Stub(silent) as stub:
        load(*LOGIN, "--count", 20, "--timeout-ms", 100, to=stub)
    assert len(stub.requests) == len(set(stub.requests)) == 20


# Closed loop

def test_the_window_bounds_what_is_unanswered(load):
    with Stub(silent) as stub:
        load(*LOGIN, "--window", 7, "--duration-s", 0.3, "--timeout-ms", 500, to=stub)
    assert len(stub.requests) == 7


def test_a_window_of_more_than_256_takes_several_sockets(load):
    with Stub(silent) as stub:
        _, figures = load(*LOGIN, "--window", 600, "--duration-s", 0.3, "--timeout-ms", 500, to=stub)
    assert figures["sent"] == len(stub.requests) == 600
    assert len({source for _, source in stub.sources}) == 3
    assert len({(source, request[1]) for source, request in zip(stub.sources, stub.requests)}) == 600


def test_a_duration_ends_the_load(load):
    with Stub(accept) as stub:
        begin = time.monotonic()
        status, figures = load(*LOGIN, "--duration-s", 0.5, to=stub)
        assert 0.4 < time.monotonic() - begin < 5
    assert status == RIGHT and figures["answered"] == figures["sent"] > 0
    assert 0.3 < figures["duration_s"] < 2


# Open loop

def test_a_rate_sends_as_many_as_its_time_makes(load):
    with Stub(accept) as stub:
        status, figures = load(*LOGIN, "--rate", 200, "--duration-s", 1, to=stub)
    assert status == RIGHT and figures["sent"] == figures["answered"] == 200
    assert 0.9 < figures["duration_s"] < 3


def test_several_rates_are_steps_with_figures_of_their_own(load):
    with Stub(accept) as stub:
        status, figures = load(*LOGIN, "--rates", "100,300", "--duration-s", 0.5, to=stub)
    assert status == RIGHT and figures["sent"] == 200
    assert [(step["rate_asked"], step["sent"], step["answered"]) for step in figures["steps"]] == \
        [(100, 50, 50), (300, 150, 150)]


class Stall:
    """Answers, but once does nothing for half a second, as a server does that waits for something."""

    def __init__(self, after):
        self._after = after

    def __call__(self, request):
        self._after -= 1
        if self._after == 0:
            time.sleep(0.5)
        return accept(request)


@pytest.mark.parametrize("rate, sockets", [(200, 1), (1000, 1)], ids=["identifiers enough", "too few identifiers"])
def test_latency_counts_from_when_a_request_was_due(load, rate, sockets):
    """Half of the load is due in the half second in which the server stalls, and waits for what is left of it."""
    with Stub(Stall(after=rate // 4)) as stub:
        status, figures = load(*LOGIN, "--rate", rate, "--duration-s", 1, "--sockets", sockets, to=stub)
    assert status == RIGHT and figures["answered"] == figures["sent"] == rate
    # A tenth of a second of the stall is a tenth of the load, whether or not it could be sent.
    assert figures["p99_us"] > 450_000 and figures["p90_us"] > 350_000 and figures["p999_us"] < 3_000_000


def test_a_server_that_does_not_stall_shows_no_such_latency(load):
    with Stub(accept) as stub:
        status, figures = load(*LOGIN, "--rate", 200, "--duration-s", 1, to=stub)
    assert status == RIGHT and figures["p90_us"] < 350_000


def test_what_never_found_an_identifier_is_told_apart(load):
    with Stub(silent) as stub:
        status, figures = load(*LOGIN, "--rate", 4000, "--duration-s", 0.5, "--sockets", 1, "--timeout-ms", 500,
                               to=stub)
    assert status == LOST and len(stub.requests) == figures["sent"]
    assert 256 <= figures["sent"] == figures["lost"] < 2000 and figures["sent"] + figures["unsent"] == 2000


# How it ends, and what it prints

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_signal_ends_the_load_with_a_report(program, number):
    with Stub(accept) as stub:
        process = Process([program.path, "load", *LOGIN, "--duration-s", "60", "--to", stub.address, "--secret",
                           "xyzzy5461", "--json"])
        assert stub.wait_for_requests(10), process.report()
        process.signal(number)
        assert process.wait(10) == RIGHT, process.report()
    figures = json.loads(process.stdout.text())
    assert figures["answered"] == figures["sent"] >= 10


def test_people_get_text(program):
    with Stub(accept) as stub:
        done = program.run("load", *LOGIN, "--count", 20, "--to", stub.address, "--secret", "xyzzy5461")
    assert done.returncode == RIGHT
    for text in ("sent 20, answered 20, lost 0, wrong 0", "p50", "p99.9", "Access-Accept 20"):
        assert text in done.stdout


def test_people_are_told_why_answers_are_wrong(program):
    with Stub(forged) as stub:
        done = program.run("load", *LOGIN, "--count", 20, "--timeout-ms", 500, "--to", stub.address, "--secret",
                           "xyzzy5461")
    assert done.returncode == WRONG and "wrong: authenticator 20" in done.stdout and "lost 20" in done.stdout


@pytest.mark.parametrize("arguments", [
    ("acess",), ("access", "User-Name"), ("--no-such-option",), ("User-Nam=a",), ("--expect", "NAK"),
    ("coa", "--expect", "ACCEPT"), ("--rate", "0"), ("--rate", "10", "--window", "5"), ("--count", "0"),
    ("--window", "0"), ("--chap", "User-Name=a"), ("--chap", "--mschapv2", *LOGIN), ("--users", "5"),
    ("--users", "5", "NAS-IP-Address=192.0.2.%n"), ("Message-Authenticator=0x00",), ("Tunnel-Password=x",),
    ("User-Password=" + "x" * 129,), ("User-Password=a", "User-Password=b"), ("--sources", "2", "--to", "192.0.2.1"),
    ("--to", "nowhere"), ("--duration-s", "soon")], ids=" ".join)
def test_wrong_usage_is_status_64(program, arguments):
    done = program.run("load", *arguments, "--secret", "s")
    assert done.returncode == WRONG_USAGE
    assert done.stdout == "" and done.stderr != ""


def test_without_a_secret_nothing_is_sent(program):
    done = program.run("load", *LOGIN, environment={"RADHOST_SECRET": ""})
    assert done.returncode == WRONG_USAGE and "secret" in done.stderr
