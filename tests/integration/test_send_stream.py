# SPDX-License-Identifier: Apache-2.0
"""`radhost send --tcp` and `--tls`: what the client puts on a connection, and how it ends."""

import contextlib
import functools
import itertools
import socket
import threading
import time

import pytest

from support import mschap, radsec, sending, wire, wire_1_1
from support.configurations import (ACCESS_PLUGINS, BOB, LOOPBACK_CLIENT, SECRET, acctlog_plugin, static_plugin,
                                    tcp_listener, tls_listener, user)
from support.sending import (ACCEPTED, CHALLENGED, LOGIN, NEGATIVE, NO_ANSWER, START, WRONG_USAGE, accept_1_0,
                             accept_1_1, identity)
from support.stream import RADSEC
from support.stream_stub import StreamStub

USERS = BOB + user("alice", reply="""{ "Reply-Message" = ["one", "two"], "Framed-IP-Address" = "192.0.2.10",
    "Tunnel-Type:1" = "VLAN", "Tunnel-Password:1" = "tunnelpw" }""".replace("\n", " "))

# Each way of sending: its options, and the transport of the server's listeners.
WAYS = {
    "tcp": (["--tcp", "--secret", SECRET.decode()], "tcp"),
    "tls": (["--tls"], "tls"),
    "tls 1.1": (["--tls", "--radius", "1.1"], "tls"),
    "tls 1.0,1.1": (["--tls", "--radius", "1.0,1.1"], "tls"),
}


def listeners(certificates):
    """One for each chain and transport: "auth-tcp", "auth-tls"…"""
    chains = [("auth", '["access"]', '["users", "password"]'), ("acct", '["accounting"]', '["acctlog"]'),
              ("challenge", '["access"]', '["ask"]'), ("ack", '["coa", "disconnect"]', '["yes"]'),
              ("nak", '["coa", "disconnect"]', "[]")]
    text = ""
    for name, accepts, handlers in chains:
        text += tcp_listener(f"{name}-tcp", accepts, handlers)
        text += tls_listener(certificates, f"{name}-tls", accepts, handlers, radius_versions=["1.0", "1.1"])
    return text


@pytest.fixture(scope="module")
def server(shared_radhost, certificates):
    """Its clients come from 127.0.0.1, by TCP with a secret and by TLS with a certificate for that address."""
    return shared_radhost(
        LOOPBACK_CLIENT + ACCESS_PLUGINS + acctlog_plugin() + static_plugin("yes", "accept")
        + static_plugin("ask", "challenge", '{ "Reply-Message" = "code?" }') + listeners(certificates),
        files={"users.toml": USERS})


@pytest.fixture
def run(program):
    """run(address, kind, …)"""
    return functools.partial(sending.send, program)


@pytest.fixture(params=WAYS)
def send(request, run, server, certificates):
    """send(kind, …, to=chain) in each of the ways."""
    options, transport = WAYS[request.param]
    more = identity(certificates) if transport == "tls" else []

    def one(kind, *arguments, to, **keywords):
        return run("127.0.0.1:%d" % server.port(f"{to}-{transport}"), kind, *arguments, *options, *more, **keywords)
    return one


# Exit statuses and what is printed

def test_an_accept_is_status_0_and_printed_decoded(send):
    done = send("access", *LOGIN, to="auth")
    assert done.returncode == ACCEPTED, done.stderr
    for text in ("Access-Accept", 'Reply-Message = "one"', 'Reply-Message = "two"', "Framed-IP-Address = 192.0.2.10",
                 "Tunnel-Type:1 = VLAN", 'Tunnel-Password:1 = "tunnelpw"'):
        assert text in done.stdout


def test_a_reject_is_status_1(send):
    done = send("access", "User-Name=alice", "User-Password=wrong", to="auth")
    assert done.returncode == NEGATIVE and "Access-Reject" in done.stdout


@pytest.mark.row("V11-11")
@pytest.mark.parametrize("method", ["--chap", "--mschapv2"])
def test_the_other_methods_log_in_and_are_rejected(send, method):
    assert send("access", *LOGIN, method, to="auth").returncode == ACCEPTED
    done = send("access", "User-Name=alice", "User-Password=wrong", method, to="auth")
    assert done.returncode == NEGATIVE and "Access-Reject" in done.stdout


def test_a_challenge_is_status_3(send):
    done = send("access", *LOGIN, to="challenge")
    assert done.returncode == CHALLENGED and "Access-Challenge" in done.stdout


def test_accounting_that_was_recorded_is_status_0(send, server):
    done = send("accounting", *START, to="acct")
    assert done.returncode == ACCEPTED and "Accounting-Response" in done.stdout
    assert '"sent"' in (server.folder / "accounting.jsonl").read_text()


@pytest.mark.parametrize("kind, name", [("coa", "CoA"), ("disconnect", "Disconnect")])
def test_an_ack_is_status_0_and_a_nak_is_status_1(send, kind, name):
    done = send(kind, "Acct-Session-Id=S1", to="ack")
    assert done.returncode == ACCEPTED and f"{name}-ACK" in done.stdout
    done = send(kind, "Acct-Session-Id=S1", to="nak")
    assert done.returncode == NEGATIVE and f"{name}-NAK" in done.stdout and "Error-Cause = " in done.stdout


@pytest.mark.parametrize("name, answer", [("auth", "Access-Accept"), ("acct", "Accounting-Response")])
def test_a_server_that_is_well_is_status_0(send, name, answer):
    done = send("status", to=name)
    assert done.returncode == ACCEPTED, done.stderr
    assert f"Packet-Type = {answer}" in done.stdout


@pytest.mark.row("TRN-11")
@pytest.mark.parametrize("kind, arguments", [("access", LOGIN), ("accounting", START)])
def test_a_kind_that_is_not_served_is_a_protocol_error_printed_and_final(send, kind, arguments):
    done = send(kind, *arguments, to="ack", retries=3)
    assert done.returncode == NEGATIVE, done
    assert "Protocol-Error" in done.stdout and "Error-Cause = " in done.stdout


@pytest.mark.parametrize("password, status", [("clientPass", ACCEPTED), ("wrong", NEGATIVE)])
def test_many_requests_are_sent_and_answered(send, password, status):
    done = send("access", "User-Name=alice", f"User-Password={password}", "--count", "300", "--parallel", "100",
                to="auth")
    assert done.returncode == status, done.stderr


# Stubs that answer

@pytest.fixture
def stub_1_1(certificates):
    """stub_1_1(reply): one that speaks RADIUS/1.1 alone."""
    def make(reply=accept_1_1):
        return StreamStub(reply, context=radsec.stub_context(certificates, alpn=[wire_1_1.ALPN_1_1]))
    return make


@pytest.fixture
def send_1_1(run, certificates):
    def one(stub, kind, *arguments, **options):
        return run(stub.address, kind, *arguments, "--tls", "--radius", "1.1", *identity(certificates), **options)
    return one


@pytest.fixture(params=["tcp", "tls", "tls 1.1"])
def talk(request, run, certificates):
    """talk(reply) starts a stub of that transport and version; its send(kind, …) sends to it. It has `answer` too:
    answer(request) gives the octets of a right answer."""
    options, transport = WAYS[request.param]
    is_1_1 = request.param == "tls 1.1"
    context = None
    if transport == "tls":
        context = radsec.stub_context(certificates, alpn=[wire_1_1.ALPN_1_1] if is_1_1 else [])
        options = [*options, *identity(certificates)]
    secret = SECRET if transport == "tcp" else RADSEC

    @contextlib.contextmanager
    def start(reply):
        with StreamStub(reply, context=context) as stub:
            stub.send = lambda kind, *arguments, **keywords: run(stub.address, kind, *arguments, *options, **keywords)
            yield stub

    start.answer = accept_1_1 if is_1_1 else accept_1_0(secret)
    start.is_1_1 = is_1_1
    start.secret = secret
    return start


def protocol_error(talk, request, cause):
    attributes = [(wire.ERROR_CAUSE, wire.integer(cause))]
    if talk.is_1_1:
        return wire_1_1.answer(wire.PROTOCOL_ERROR, request, attributes)
    code = wire.Attribute(241, bytes([wire_1_1.ORIGINAL_PACKET_CODE]) + wire.integer(request[0]))
    return wire.answer(wire.PROTOCOL_ERROR, request, [code, *attributes], talk.secret)


@pytest.mark.row("TRN-5")
@pytest.mark.parametrize("kind, arguments", [("access", LOGIN), ("accounting", START), ("coa", START[1:]),
                                             ("status", ())])
def test_nothing_is_sent_twice_on_a_stream(talk, kind, arguments):
    with talk(lambda request: None) as stub:
        done = stub.send(kind, *arguments, timeout_ms=150, retries=3)
        assert done.returncode == NO_ANSWER and done.stdout == "" and done.stderr != ""
        assert (stub.connections, len(stub.requests)) == (1, 1)


@pytest.mark.row("TRN-5")
def test_a_server_that_closes_instead_of_answering_gives_no_answer(talk):
    with talk(lambda request: StreamStub.CLOSE) as stub:
        begin = time.monotonic()
        done = stub.send("access", *LOGIN, timeout_ms=10000, retries=0)
        assert done.returncode == NO_ANSWER and done.stderr != ""
        assert time.monotonic() - begin < 8, "it waited for an answer on a connection that was gone"
        assert len(stub.requests) == 1


@pytest.mark.row("TRN-11")
@pytest.mark.parametrize("cause", [406, 502, 506])
def test_a_protocol_error_is_printed_and_final(talk, cause):
    with talk(lambda request: protocol_error(talk, request, cause)) as stub:
        done = stub.send("access", *LOGIN, timeout_ms=5000, retries=3)
        assert done.returncode == NEGATIVE, done
        assert "Protocol-Error" in done.stdout and "Error-Cause = " in done.stdout
        assert len(stub.requests) == 1


@pytest.mark.row("TRN-1")
@pytest.mark.parametrize("cut", [1, 4, 19, 20, 21])
def test_an_answer_may_come_in_pieces(talk, cut):
    def reply(request):
        whole = talk.answer(request)
        return [whole[:cut], whole[cut:]]

    with talk(reply) as stub:
        assert stub.send("access", *LOGIN).returncode == ACCEPTED


@pytest.mark.row("TRN-1", "TRN-3")
@pytest.mark.parametrize("length", [0, 19, 4097])
def test_an_answer_of_an_impossible_length_is_none(talk, length):
    def reply(request):
        whole = talk.answer(request)
        return whole[:2] + length.to_bytes(2, "big") + whole[4:]

    with talk(reply) as stub:
        done = stub.send("access", *LOGIN, timeout_ms=500, retries=0)
        assert done.returncode == NO_ANSWER and "Access-Accept" not in done.stdout


def in_batches(answer, size):
    """Answers nothing until so many requests wait, and then all of them, the last one first."""
    waiting, guard = [], threading.Lock()

    def reply(request):
        with guard:
            waiting.append(request)
            if len(waiting) < size:
                return None
            batch = [answer(waited) for waited in reversed(waiting)]
            waiting.clear()
            return batch
    return reply


@pytest.mark.row("TRN-1", "TRN-4")
@pytest.mark.parametrize("count, parallel", [(10, 10), (60, 20), (250, 250)])
def test_requests_are_pipelined_on_one_connection(talk, count, parallel):
    """The stub says nothing before so many have come, and answers in the wrong order."""
    with talk(in_batches(talk.answer, parallel)) as stub:
        done = stub.send("access", *LOGIN, "--count", count, "--parallel", parallel, timeout_ms=8000, retries=0)
        assert done.returncode == ACCEPTED, done.stderr
        assert (stub.connections, len(stub.requests)) == (1, count)


def test_one_at_a_time_waits_for_each_answer(talk):
    """The reject twin: with two in a batch nobody is answered."""
    with talk(in_batches(talk.answer, 2)) as stub:
        done = stub.send("access", *LOGIN, "--count", 4, "--parallel", 1, timeout_ms=300, retries=0)
        assert done.returncode == NO_ANSWER, done
        assert len(stub.requests) <= 4


# Identifiers of 1.0

def only(*ways):
    return pytest.mark.parametrize("talk", ways, indirect=True)


@pytest.mark.row("TRN-4")
@only("tcp", "tls")
def test_identifier_0_is_for_status_server_alone(talk):
    with talk(talk.answer) as stub:
        assert stub.send("access", *LOGIN, "--count", 300, "--parallel", 4).returncode == ACCEPTED
        assert len(stub.requests) == 300
        assert {request[1] for request in stub.requests} <= set(range(1, 256))
        assert stub.send("status").returncode == ACCEPTED
        assert stub.requests[-1][:2] == bytes([wire.STATUS_SERVER, 0])


@pytest.mark.row("TRN-4")
@only("tcp", "tls")
def test_no_identifier_is_used_twice_while_it_waits(talk):
    """More are asked for at once than there are Identifiers."""
    waiting, most, clashes = {}, [0], []

    def reply(request):
        if request[1] in waiting:
            clashes.append(request[1])
        waiting[request[1]] = request
        most[0] = max(most[0], len(waiting))
        if len(waiting) < 200:
            return None
        batch = [talk.answer(waited) for waited in list(waiting.values())[:100]]
        for answer in batch:
            del waiting[answer[1]]
        return batch

    with talk(reply) as stub:
        # The last hundred are not answered.
        done = stub.send("access", *LOGIN, "--count", 1000, "--parallel", 600, timeout_ms=1500, retries=0)
        assert done.returncode == NO_ANSWER, done
        assert (stub.connections, len(stub.requests), clashes) == (1, 1000, [])
        assert most[0] == 200


@pytest.mark.row("TLS-4", "SEC-2")
@only("tcp", "tls")
def test_requests_of_1_0_are_signed_with_the_secret_of_their_transport(talk):
    with talk(talk.answer) as stub:
        assert stub.send("access", *LOGIN).returncode == ACCEPTED
        assert stub.send("accounting", *START).returncode == ACCEPTED
        assert stub.send("coa", "Acct-Session-Id=S1").returncode == ACCEPTED
        access, accounting, coa = stub.requests
    packet = wire.decode(access)
    assert access[20:22] == b"\x50\x12"
    assert packet.values(wire.MESSAGE_AUTHENTICATOR) == [wire.message_authenticator(access, talk.secret, access[4:20])]
    hidden, = packet.values(wire.USER_PASSWORD)
    assert wire.reveal_password(hidden, talk.secret, access[4:20]) == b"clientPass"
    assert wire.request_authenticator_is_right(accounting, talk.secret)
    assert wire.request_authenticator_is_right(coa, talk.secret)


@pytest.mark.row("TLS-4")
@pytest.mark.parametrize("secret, status", [("radsec", ACCEPTED), (SECRET.decode(), NO_ANSWER)])
@only("tls")
def test_an_answer_over_tls_that_another_secret_signed_is_none(talk, secret, status):
    with talk(accept_1_0(secret.encode())) as stub:
        assert stub.send("access", *LOGIN, timeout_ms=500, retries=0).returncode == status


# RADIUS/1.1

@pytest.mark.row("V11-4", "V11-7", "V11-9", "V11-12")
@pytest.mark.parametrize("kind, arguments", [("access", LOGIN), ("accounting", START), ("coa", START[1:]),
                                             ("status", ())])
def test_requests_of_1_1_have_zero_reserved_octets_and_nothing_of_1_0(stub_1_1, send_1_1, kind, arguments):
    with stub_1_1() as stub:
        assert send_1_1(stub, kind, *arguments).returncode == ACCEPTED
        request, = stub.requests
    packet = wire_1_1.decode(request)
    assert not any(packet.reserved)
    wire_1_1.check_attributes(packet)
    if kind == "access":
        assert packet.values(wire.USER_PASSWORD) == [b"clientPass"]


@pytest.mark.row("V11-9")
@pytest.mark.parametrize("length, status", [(128, ACCEPTED), (129, WRONG_USAGE)])
def test_a_password_has_no_more_than_128_octets(stub_1_1, send_1_1, length, status):
    with stub_1_1() as stub:
        assert send_1_1(stub, "access", "User-Name=a", "User-Password=" + "x" * length).returncode == status
        sent = [wire_1_1.decode(request).values(wire.USER_PASSWORD) for request in stub.requests]
    assert sent == ([[b"x" * length]] if status == ACCEPTED else [])


@pytest.mark.row("V11-11")
def test_chap_over_1_1_sends_its_challenge(stub_1_1, send_1_1):
    with stub_1_1() as stub:
        assert send_1_1(stub, "access", *LOGIN, "--chap").returncode == ACCEPTED
        packet = wire_1_1.decode(stub.requests[0])
    challenge, = packet.values(wire.CHAP_CHALLENGE)
    response, = packet.values(wire.CHAP_PASSWORD)
    assert packet.values(wire.USER_PASSWORD) == []
    assert any(challenge) and response == wire.chap_response(response[0], b"clientPass", challenge)


@pytest.mark.row("V11-6")
@pytest.mark.parametrize("parallel", [1, 50])
def test_tokens_are_consecutive(stub_1_1, send_1_1, parallel):
    with stub_1_1() as stub:
        done = send_1_1(stub, "access", *LOGIN, "--count", 1000, "--parallel", parallel)
        assert done.returncode == ACCEPTED, done.stderr
        assert stub.connections == 1
        tokens = [request[4:8] for request in stub.requests]
    assert len(tokens) == len(set(tokens)) == 1000
    assert all(wire_1_1.next_token(one) == other for one, other in itertools.pairwise(tokens))


@pytest.mark.row("V11-6")
def test_tokens_begin_anywhere(stub_1_1, send_1_1):
    with stub_1_1() as stub:
        for _ in range(3):
            assert send_1_1(stub, "access", *LOGIN).returncode == ACCEPTED
        tokens = [int.from_bytes(request[4:8], "big") for request in stub.requests]
    assert all(abs(one - other) > 1000 for one, other in itertools.combinations(tokens, 2)), tokens


@pytest.mark.row("V11-6")
def test_a_status_query_has_a_token_like_the_rest(stub_1_1, send_1_1):
    with stub_1_1() as stub:
        for _ in range(2):
            assert send_1_1(stub, "status").returncode == ACCEPTED
        assert {request[4:8] for request in stub.requests} != {wire_1_1.ZERO_TOKEN}


@pytest.mark.row("V11-4", "V11-12")
@pytest.mark.parametrize("attributes, options", [
    ([(wire.MESSAGE_AUTHENTICATOR, b"\xde" * 16)], {}), ([(wire.MESSAGE_AUTHENTICATOR, b"")], {}),
    ([], {"reserved_1": 0xff}), ([], {"reserved_2": b"\xff" * 12})],
    ids=["Message-Authenticator", "an empty one", "Reserved-1", "Reserved-2"])
def test_what_an_answer_of_1_1_need_not_have_is_ignored(stub_1_1, send_1_1, attributes, options):
    with stub_1_1(lambda request: wire_1_1.answer(wire.ACCESS_ACCEPT, request, attributes, **options)) as stub:
        done = send_1_1(stub, "access", *LOGIN)
    assert done.returncode == ACCEPTED and "Access-Accept" in done.stdout, done


@pytest.mark.row("V11-5")
def test_an_answer_with_another_token_is_none(stub_1_1, send_1_1):
    def reply(request):
        return wire_1_1.encode(wire.ACCESS_ACCEPT, wire_1_1.next_token(request[4:8]), [])

    with stub_1_1(reply) as stub:
        done = send_1_1(stub, "access", *LOGIN, timeout_ms=500, retries=0)
    assert done.returncode == NO_ANSWER and "Access-Accept" not in done.stdout


@pytest.mark.row("V11-10")
def test_what_1_0_hides_is_read_in_the_clear(stub_1_1, send_1_1):
    attributes = [wire_1_1.mppe_key(mschap.MS_MPPE_SEND_KEY, bytes(range(0x60, 0x80))),
                  wire_1_1.tunnel_password(1, b"tunnelpw")]
    with stub_1_1(lambda request: wire_1_1.answer(wire.ACCESS_ACCEPT, request, attributes)) as stub:
        done = send_1_1(stub, "access", *LOGIN)
    assert 'Tunnel-Password:1 = "tunnelpw"' in done.stdout
    assert "MS-MPPE-Send-Key = 0x" + bytes(range(0x60, 0x80)).hex() in done.stdout


# Where to, and never elsewhere

@pytest.mark.row("TRN-8")
@pytest.mark.parametrize("options", [["--tls"], ["--tls", "--radius", "1.1"], ["--tcp", "--secret", "s"]],
                         ids=["tls", "tls 1.1", "tcp"])
def test_nobody_there_is_status_2_and_nothing_goes_by_udp(run, certificates, options):
    """UDP ports of the same number, and of plain RADIUS beside it, hear nothing."""
    with socket.socket() as closed, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        closed.bind(("127.0.0.1", 0))  # bound, but not listening
        port = closed.getsockname()[1]
        heard.bind(("127.0.0.1", port))
        heard.setblocking(False)
        tls = identity(certificates) if "--tls" in options else []
        done = run(f"127.0.0.1:{port}", "access", *LOGIN, *options, *tls, timeout_ms=500)
        assert done.returncode == NO_ANSWER and done.stdout == "" and done.stderr != ""
        with pytest.raises(BlockingIOError):
            heard.recv(1)


@pytest.mark.parametrize("target", ["127.0.0.77", "127.0.0.77:2083"])
def test_the_port_of_tls_is_2083(run, certificates, target):
    with StreamStub(accept_1_0(RADSEC), context=radsec.stub_context(certificates),
                    address=("127.0.0.77", 2083)) as stub:
        done = run(target, "access", *LOGIN, "--tls", *identity(certificates), "--server-name", "localhost")
        assert done.returncode == ACCEPTED, done.stderr
        assert len(stub.requests) == 1


@pytest.mark.parametrize("arguments", [
    ["--tcp", "--tls", "--secret", "s"],
    ["--udp", "--tls", "--secret", "s"],
    ["--tls", "--radius", "1.2"],
    ["--tls", "--radius", ""],
    ["--tcp", "--secret", "s", "--radius", "1.1"],
    ["--udp", "--secret", "s", "--radius", "1.1"],
    ["--secret", "s", "--radius", "1.0,1.1"],
    ["--tls", "--cert", "/no/such/file", "--key", "/no/such/file", "--ca", "/no/such/file"],
], ids=" ".join)
def test_what_does_not_fit_together_is_wrong_usage(run, arguments):
    done = run("127.0.0.1:1", "access", *LOGIN, *arguments)
    assert done.returncode == WRONG_USAGE and done.stdout == "" and done.stderr != ""


def test_tcp_without_a_secret_is_wrong_usage(run):
    done = run("127.0.0.1:1", "access", *LOGIN, "--tcp", environment={"RADHOST_SECRET": ""})
    assert done.returncode == WRONG_USAGE and "secret" in done.stderr


def test_a_certificate_without_its_key_is_wrong_usage(run, certificates):
    certificate, _, ca = radsec.client_files(certificates)
    done = run("127.0.0.1:1", "access", *LOGIN, "--tls", "--cert", certificate, "--ca", ca)
    assert done.returncode == WRONG_USAGE and "--key" in done.stderr
