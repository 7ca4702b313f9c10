# SPDX-License-Identifier: Apache-2.0
"""`radhost send`: the client, its exit statuses, and what it puts on the wire."""

import pytest

from support import mschap, wire
from support.configurations import (ACCESS, ACCT_LISTENER, BOB, SECRET, acctlog_plugin, listener, static_plugin, user)
from support.relay import Relay
from support.stub import Stub

ACCEPTED, NEGATIVE, NO_ANSWER, CHALLENGED, WRONG_USAGE = 0, 1, 2, 3, 64

CONFIGURATION = (
    ACCESS + acctlog_plugin() + ACCT_LISTENER + static_plugin("ask", "challenge", '{ "Reply-Message" = "code?" }')
    + static_plugin("yes", "accept") + listener("challenge", '["access"]', '["ask"]')
    + listener("nak", '["coa", "disconnect"]', "[]") + listener("ack", '["coa", "disconnect"]', '["yes"]')
    + listener("lost", '["accounting"]', "[]"))
USERS = BOB + user("alice", reply="""{ "Reply-Message" = ["one", "two"], "Framed-IP-Address" = "192.0.2.10",
    "Tunnel-Type:1" = "VLAN", "Tunnel-Password:1" = "tunnelpw" }""".replace("\n", " "))


@pytest.fixture(scope="module")
def server(shared_radhost):
    return shared_radhost(CONFIGURATION, files={"users.toml": USERS})


@pytest.fixture
def send(program, server):
    """send(kind, …) to the listener of that name."""
    def run(kind, *arguments, to, secret="xyzzy5461", timeout_ms=2000, retries=1, **options):
        target = to if ":" in to else "127.0.0.1:%d" % server.port(to)
        return program.run("send", kind, *arguments, "--to", target, *(["--secret", secret] if secret else []),
                           "--timeout-ms", timeout_ms, "--retries", retries, **options)
    return run


LOGIN = ("User-Name=alice", "User-Password=clientPass")


# Exit statuses and what is printed

def test_an_accept_is_status_0_and_printed_decoded(send):
    done = send("access", *LOGIN, to="auth")
    assert done.returncode == ACCEPTED, done.stderr
    for text in ("Access-Accept", 'Reply-Message = "one"', 'Reply-Message = "two"', "Framed-IP-Address = 192.0.2.10",
                 "Tunnel-Type:1 = VLAN", 'Tunnel-Password:1 = "tunnelpw"'):
        assert text in done.stdout
    assert done.stdout.index('"one"') < done.stdout.index('"two"')


@pytest.mark.parametrize("method", ["--chap", "--mschapv2"])
def test_the_other_methods_log_in_and_are_rejected(send, method):
    assert send("access", *LOGIN, method, to="auth").returncode == ACCEPTED
    done = send("access", "User-Name=alice", "User-Password=wrong", method, to="auth")
    assert done.returncode == NEGATIVE and "Access-Reject" in done.stdout


def test_a_reject_is_status_1(send):
    done = send("access", "User-Name=alice", "User-Password=wrong", to="auth")
    assert done.returncode == NEGATIVE and "Access-Reject" in done.stdout


def test_a_challenge_is_status_3(send):
    done = send("access", *LOGIN, to="challenge")
    assert done.returncode == CHALLENGED
    assert "Access-Challenge" in done.stdout and 'Reply-Message = "code?"' in done.stdout


def test_accounting_that_was_recorded_is_status_0(send, server):
    done = send("accounting", "Acct-Status-Type=Start", "Acct-Session-Id=sent", to="acct")
    assert done.returncode == ACCEPTED and "Accounting-Response" in done.stdout
    assert '"sent"' in (server.folder / "accounting.jsonl").read_text()


def test_accounting_that_nobody_recorded_is_status_2(send):
    assert send("accounting", "Acct-Status-Type=Start", "Acct-Session-Id=sent", to="lost",
                timeout_ms=200).returncode == NO_ANSWER


@pytest.mark.parametrize("kind, name", [("coa", "CoA"), ("disconnect", "Disconnect")])
def test_an_ack_is_status_0_and_a_nak_is_status_1(send, kind, name):
    done = send(kind, "Acct-Session-Id=S1", to="ack")
    assert done.returncode == ACCEPTED and f"{name}-ACK" in done.stdout
    done = send(kind, "Acct-Session-Id=S1", to="nak")
    assert done.returncode == NEGATIVE and f"{name}-NAK" in done.stdout and "Error-Cause = " in done.stdout


@pytest.mark.parametrize("listener, answer", [("auth", "Access-Accept"), ("acct", "Accounting-Response")])
def test_a_server_that_is_well_is_status_0(send, listener, answer):
    done = send("status", to=listener)
    assert done.returncode == ACCEPTED, done.stderr
    assert f"Packet-Type = {answer}" in done.stdout


@pytest.mark.row("STA-2")
def test_a_status_query_has_a_message_authenticator_and_is_never_sent_twice(send):
    with Stub(lambda request: None) as stub:
        done = send("status", to=stub.address, timeout_ms=100, retries=2)
        assert done.returncode == NO_ANSWER
        assert len(stub.requests) == 1
        assert stub.requests[0][0] == wire.STATUS_SERVER and stub.requests[0][20:22] == b"\x50\x12"


def test_a_reject_is_no_answer_to_a_status_query(send):
    with Stub(lambda request: wire.answer(wire.ACCESS_REJECT, request, [], SECRET)) as stub:
        done = send("status", to=stub.address, timeout_ms=200)
    assert done.returncode == NO_ANSWER and "is no answer to Status-Server" in done.stderr


def test_a_server_that_does_not_know_the_secret_gives_no_valid_answer(send):
    done = send("access", *LOGIN, to="auth", secret="wrong", timeout_ms=200)
    assert done.returncode == NO_ANSWER and done.stdout == ""


def forged(request):
    return wire.answer(wire.ACCESS_ACCEPT, request, [], b"another secret")


def other_identifier(request):
    return wire.answer(wire.ACCESS_ACCEPT, request[:1] + bytes([request[1] ^ 1]) + request[2:], [], SECRET)


def wrong_message_authenticator(request):
    answer = wire.answer(wire.ACCESS_ACCEPT, request, [], SECRET)
    spoiled = answer[:22] + bytes(16)
    return spoiled[:4] + wire.response_authenticator(spoiled, request[4:20], SECRET) + spoiled[20:]


@pytest.mark.parametrize("reply", [forged, other_identifier, wrong_message_authenticator])
def test_an_answer_that_does_not_verify_is_no_answer(send, reply):
    with Stub(reply) as stub:
        done = send("access", *LOGIN, to=stub.address, timeout_ms=200, retries=0)
    assert done.returncode == NO_ANSWER and "Access-Accept" not in done.stdout
    assert stub.requests


@pytest.mark.row("DUP-10")
def test_a_retransmission_is_the_same_octets(send):
    with Stub(lambda _: None) as stub:
        done = send("access", *LOGIN, to=stub.address, timeout_ms=100, retries=2)
        assert done.returncode == NO_ANSWER
        assert len(stub.requests) == 3 and len(set(stub.requests)) == 1


def test_an_ipv6_server_is_asked(program, shared_radhost):
    server = shared_radhost(ACCESS.replace("127.0.0.1:0", "[::1]:0"), files={"users.toml": USERS})
    target = "[::1]:%d" % server.port("auth")
    done = program.run("send", "access", *LOGIN, "--to", target, "--secret", "xyzzy5461")
    assert done.returncode == ACCEPTED, done.stderr


# Where the secret comes from

def test_the_secret_may_come_from_a_file_or_the_environment(send, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("xyzzy5461\n")
    assert send("access", *LOGIN, "--secret-file", secret, to="auth", secret=None).returncode == ACCEPTED
    assert send("access", *LOGIN, to="auth", secret=None, environment={"RADHOST_SECRET": "xyzzy5461"}).returncode == \
        ACCEPTED


# Wrong usage

@pytest.mark.parametrize("arguments", [
    (), ("acess", "User-Name=a"), ("access", "--no-such-option"), ("access", "User-Name"),
    ("access", "User-Name=a", "--timeout-ms", "soon")])
def test_wrong_usage_is_status_64(program, arguments):
    done = program.run("send", *arguments, environment={"RADHOST_SECRET": "s"})
    assert done.returncode == WRONG_USAGE
    assert done.stdout == "" and done.stderr != ""


def test_without_a_secret_nothing_is_sent(program):
    done = program.run("send", "access", *LOGIN, environment={"RADHOST_SECRET": ""})
    assert done.returncode == WRONG_USAGE and "secret" in done.stderr


def test_an_unknown_attribute_is_named(program):
    done = program.run("send", "access", "User-Nam=a", "--secret", "s")
    assert done.returncode == WRONG_USAGE and "User-Nam" in done.stderr


# On the wire

@pytest.fixture
def relay(server):
    with Relay(server.address("auth")) as opened:
        yield opened


def captured(send, relay, *arguments):
    done = send("access", *arguments, to="127.0.0.1:%d" % relay.address[1])
    assert done.returncode == ACCEPTED, done.stderr
    return relay.requests[0], wire.decode(relay.requests[0])


@pytest.mark.row("SEC-2")
@pytest.mark.parametrize("method", [(), ("--chap",), ("--mschapv2",)], ids=lambda m: m[0] if m else "PAP")
def test_message_authenticator_is_first_and_right(send, relay, method):
    octets, packet = captured(send, relay, *LOGIN, *method)
    assert octets[20:22] == b"\x50\x12"
    assert packet.values(80) == [wire.message_authenticator(octets, SECRET, octets[4:20])]


def test_the_password_is_hidden(send, relay):
    octets, packet = captured(send, relay, *LOGIN)
    assert b"clientPass" not in octets
    assert wire.reveal_password(packet.values(wire.USER_PASSWORD)[0], SECRET, octets[4:20]) == b"clientPass"


def test_chap_sends_no_password(send, relay):
    _, packet = captured(send, relay, *LOGIN, "--chap")
    assert packet.values(wire.USER_PASSWORD) == []
    challenge = (packet.values(wire.CHAP_CHALLENGE) or [packet.authenticator])[0]
    response, = packet.values(wire.CHAP_PASSWORD)
    assert response == wire.chap_response(response[0], b"clientPass", challenge)


@pytest.mark.row("AUTH-17")
def test_mschapv2_sends_no_password(send, relay):
    _, packet = captured(send, relay, *LOGIN, "--mschapv2")
    assert packet.values(wire.USER_PASSWORD) == []
    challenge, = packet.vendor_values(mschap.MICROSOFT, mschap.MS_CHAP_CHALLENGE)
    response, = packet.vendor_values(mschap.MICROSOFT, mschap.MS_CHAP2_RESPONSE)
    assert len(response) == 50 and response[1] == 0 and response[18:26] == bytes(8)
    assert response[26:] == mschap.generate_nt_response(challenge, response[2:18], b"alice", "clientPass")


@pytest.mark.row("CLI-6")
def test_an_access_request_names_its_nas(send, relay):
    _, packet = captured(send, relay, *LOGIN)
    assert set(packet.types()) & {4, 32, 95}


def test_attributes_are_sent_as_written_and_in_order(send, relay):
    _, packet = captured(send, relay, *LOGIN, "Service-Type=Framed-User", "Tunnel-Type:1=VLAN", "Attr-200=0x0102",
                         "Vendor-99999-Attr-1=0xab", "Proxy-State=0x01", "Proxy-State=0x02", "NAS-IP-Address=192.0.2.7",
                         'Calling-Station-Id="a, b"')
    assert packet.values(wire.SERVICE_TYPE) == [wire.integer(2)]
    assert packet.values(wire.TUNNEL_TYPE) == [b"\x01\0\0\x0d"]
    assert packet.values(200) == [b"\x01\x02"]
    assert packet.vendor_values(99999, 1) == [b"\xab"]
    assert packet.values(wire.PROXY_STATE) == [b"\x01", b"\x02"]
    assert packet.values(wire.NAS_IP_ADDRESS) == [wire.ipv4("192.0.2.7")]
    assert packet.values(31) == [b"a, b"]


def test_count_sends_that_many_requests(send, relay):
    done = send("access", *LOGIN, "--count", "10", "--parallel", "3", to="127.0.0.1:%d" % relay.address[1])
    assert done.returncode == ACCEPTED, done.stderr
    assert len(relay.requests) == len({octets[4:20] for octets in relay.requests}) == 10


@pytest.mark.row("AUTH-3", "AUTH-6")
@pytest.mark.parametrize("kind, code", [("coa", wire.COA_REQUEST), ("disconnect", wire.DISCONNECT_REQUEST)])
def test_dynamic_authorization_is_signed(send, server, kind, code):
    with Relay(server.address("ack")) as relay:
        send(kind, "Acct-Session-Id=S1", to="127.0.0.1:%d" % relay.address[1])
        octets = relay.requests[0]
    assert octets[0] == code and wire.request_authenticator_is_right(octets, SECRET)
    present = wire.decode(octets).values(wire.MESSAGE_AUTHENTICATOR)
    assert present == [wire.message_authenticator(octets, SECRET, wire.ZERO_AUTHENTICATOR)]


@pytest.mark.row("AUTH-2", "AUTH-8")
def test_accounting_is_signed_and_holds_no_message_authenticator(send, server):
    with Relay(server.address("acct")) as relay:
        send("accounting", "Acct-Status-Type=Stop", "Acct-Session-Id=S1", to="127.0.0.1:%d" % relay.address[1])
        octets = relay.requests[0]
    assert wire.request_authenticator_is_right(octets, SECRET)
    assert wire.decode(octets).values(wire.MESSAGE_AUTHENTICATOR) == []
