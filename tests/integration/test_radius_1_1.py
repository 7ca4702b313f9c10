# SPDX-License-Identifier: Apache-2.0
"""RADIUS/1.1 (RFC 9765) as the server speaks it: packets without a secret, on connections that agreed to it."""

import json
import os
import re
import time

import pytest

from support import mschap, radsec, wire, wire_1_1
from support.configurations import (ACCESS_PLUGINS, BOB, acctlog_plugin, later_plugin, static_plugin, tls_listener,
                                    user)
from support.connections import connection_logged, connections, ended, wait_for_ended
from support.later import message
from support.stream import RADSEC
from support.vectors import octets

EVERY_KIND = '["access", "accounting", "coa", "disconnect"]'
KEYS = {mschap.MS_MPPE_RECV_KEY: bytes(range(0x40, 0x60)), mschap.MS_MPPE_SEND_KEY: bytes(range(0x60, 0x80))}
HIDDEN_REPLY = """{ "Tunnel-Password:1" = "tunnelpw", "MS-MPPE-Recv-Key" = "0x%s", "MS-MPPE-Send-Key" = "0x%s" }""" % (
    KEYS[mschap.MS_MPPE_RECV_KEY].hex(), KEYS[mschap.MS_MPPE_SEND_KEY].hex())
USERS = BOB + user("long", 'password = "%s"' % ("x" * 128)) + user("longer", 'password = "%s"' % ("x" * 129))


def told_plugin():
    """An instance of tests/plugins/told.cpp, which replies what it was told of a request."""
    return '\n[plugin.told]\nmodule = "told"\n'


def configuration(certificates):
    """One server for most tests: a listener for each chain, all of RADIUS/1.1 alone but "either"."""
    def listener(*arguments, radius_versions=("1.1",)):
        return tls_listener(certificates, *arguments, radius_versions=list(radius_versions))

    return (radsec.RADSEC_CLIENT + ACCESS_PLUGINS + acctlog_plugin() + told_plugin()
            + static_plugin("yes", "accept", HIDDEN_REPLY) + static_plugin("ack", "accept")
            + static_plugin("ask", "challenge", '{ "Reply-Message" = "code?" }')
            + later_plugin(timeout_ms=20000) + later_plugin("drops", timeout_ms=200, on_error="drop")
            + later_plugin("rejects", timeout_ms=200)
            + listener("radsec", '["access", "accounting"]',
                       '{ access = ["users", "password"], accounting = ["acctlog"] }')
            + listener("acct", '["accounting"]', '["acctlog"]')
            + listener("hidden", '["access"]', '["yes"]')
            + listener("ask", '["access"]', '["ask"]')
            + listener("ack", '["coa", "disconnect"]', '["ack"]')
            + listener("nak", '["coa", "disconnect"]', "[]")
            + listener("nobody", '["accounting"]', "[]")
            + listener("later", EVERY_KIND, '["later"]')
            + listener("drops", EVERY_KIND, '["drops"]')
            + listener("rejects", EVERY_KIND, '["rejects"]')
            + listener("either", '["access", "accounting"]', '{ access = ["told"], accounting = ["acctlog"] }',
                       radius_versions=["1.0", "1.1"]))


@pytest.fixture(scope="module")
def server(shared_radhost, certificates):
    return shared_radhost(configuration(certificates), files={"users.toml": USERS})


@pytest.fixture
def connect(server, certificates):
    """connect(listener) → a context manager that gives a client."""
    return lambda name: radsec.connected(server.address(name), certificates)


@pytest.fixture
def client(connect):
    with connect("radsec") as made:
        yield made


def protocol_error(answer, cause):
    """Is this the answer of a server that cannot?"""
    return (answer.code, answer.values(wire.ERROR_CAUSE)) == (wire.PROTOCOL_ERROR, [wire.integer(cause)])


# The header

@pytest.mark.row("V11-5", "V11-7", "V11-9")
def test_the_vector_of_an_access_request_is_answered(client):
    answer = client.exchange(octets("C-13a"))
    assert answer.code == wire.ACCESS_ACCEPT
    assert answer.values(wire.SERVICE_TYPE) == [wire.integer(1)]


@pytest.mark.row("V11-7", "V11-9")
def test_a_wrong_password_is_rejected(client):
    assert client.pap(b"bob", b"hullo").code == wire.ACCESS_REJECT


@pytest.mark.row("V11-4", "V11-7")
@pytest.mark.parametrize("reserved_1, reserved_2", [(0xff, bytes(12)), (0, b"\xff" * 12), (0xa5, bytes(range(12)))])
@pytest.mark.parametrize("password, code", [(b"hello", wire.ACCESS_ACCEPT), (b"hullo", wire.ACCESS_REJECT)])
def test_reserved_octets_may_hold_anything_and_are_zero_in_the_answer(client, reserved_1, reserved_2, password, code):
    assert client.pap(b"bob", password, reserved_1=reserved_1, reserved_2=reserved_2).code == code


@pytest.mark.row("V11-5")
@pytest.mark.parametrize("token", ["00000000", "00000001", "01020304", "80000000", "ffffffff"])
@pytest.mark.parametrize("password, code", [(b"hello", wire.ACCESS_ACCEPT), (b"hullo", wire.ACCESS_REJECT)])
def test_any_token_is_echoed(client, token, password, code):
    assert client.exchange(wire_1_1.pap_request(bytes.fromhex(token), b"bob", password)).code == code


@pytest.mark.row("V11-4")
@pytest.mark.parametrize("length", [0, 19, 4097, 65535])
def test_a_length_that_no_packet_has_ends_its_connection_alone(radhost, certificates, length):
    server = radhost(configuration(certificates), files={"users.toml": USERS})
    address = server.address("radsec")
    request = octets("C-13a")
    with radsec.connected(address, certificates) as other, radsec.connected(address, certificates) as client:
        client.send(request[:2] + length.to_bytes(2, "big") + request[4:])
        client.stream.expect_closed(5)
        assert other.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
        wait_for_ended(server, "radsec", {"bad_length": 1})


# Tokens

@pytest.mark.row("V11-5", "V11-8")
def test_a_thousand_requests_are_under_way_and_answered_in_another_order(connect):
    """The first is answered last; each answer tells its request, and carries that one's Token."""
    count = 1000
    with connect("later") as client:
        asked = {}
        for number in range(count):
            command = f"thread {count - number // 2} accept {number}"
            asked[client.next_token()] = command
            client.send(wire_1_1.pap_request(client.token, command.encode(), b"x"))
        order = []
        while len(order) < count:
            answer = wire_1_1.decode(client.receive())
            assert answer.code == wire.ACCESS_ACCEPT and not any(answer.reserved)
            assert message(answer) == asked[answer.token]
            order.append(answer.token)
    assert len(set(order)) == count
    assert order != list(asked)


@pytest.mark.row("V11-8")
def test_a_token_that_was_answered_may_come_again(client):
    """Nothing is remembered of a stream: the same octets are a new request, and so are others."""
    token = client.next_token()
    for password, code in [(b"hello", wire.ACCESS_ACCEPT), (b"hullo", wire.ACCESS_REJECT),
                           (b"hello", wire.ACCESS_ACCEPT), (b"hello", wire.ACCESS_ACCEPT)]:
        assert client.exchange(wire_1_1.pap_request(token, b"bob", password)).code == code


@pytest.mark.row("V11-8")
def test_the_same_request_on_two_connections_is_two_requests(connect):
    request = octets("C-13a")
    with connect("radsec") as one, connect("radsec") as other:
        one.send(request)
        other.send(request)
        assert [wire_1_1.check_answer(client.receive(), request).code for client in (one, other)] == [
            wire.ACCESS_ACCEPT] * 2


@pytest.mark.row("V11-8")
@pytest.mark.parametrize("code", [wire.ACCESS_REQUEST, wire.ACCOUNTING_REQUEST], ids=["same code", "another code"])
def test_a_token_for_something_else_while_it_is_pending_ends_the_connection(radhost, certificates, code):
    server = radhost(configuration(certificates), files={"users.toml": USERS})
    address = server.address("later")
    with radsec.connected(address, certificates) as other, radsec.connected(address, certificates) as client:
        other.send(other.pap_request(b"thread 1500 accept other", b"x"))
        client.send(client.pap_request(b"thread 1000 accept first", b"x"))
        client.send(client.request(code, [(wire.USER_NAME, b"thread 0 accept second"),
                                          (wire.ACCT_STATUS_TYPE, wire.integer(1)), (wire.ACCT_SESSION_ID, b"S1")],
                                   token=client.token))
        client.stream.expect_closed(5)
        assert message(wire_1_1.decode(other.receive())) == "thread 1500 accept other"
        wait_for_ended(server, "later", {"token_reused": 1})
    assert server.wait_for_log(lambda entry: "token" in json.dumps(entry).lower())["level"] == "warn"


@pytest.mark.row("V11-8")
def test_another_token_for_the_same_content_while_it_is_pending_is_another_request(connect):
    with connect("later") as client:
        requests = [client.pap_request(b"thread 200 accept", b"x") for _ in range(2)]
        for request in requests:
            client.send(request)
        tokens = {wire_1_1.decode(client.receive()).token for _ in requests}
        assert tokens == {request[4:8] for request in requests}


# Attributes that RADIUS/1.1 has no use for

@pytest.mark.row("V11-12")
@pytest.mark.parametrize("junk", [
    [(wire.MESSAGE_AUTHENTICATOR, b"\xde" * 16)],
    [(wire.MESSAGE_AUTHENTICATOR, b"\xde" * 3)],
    [(wire.MESSAGE_AUTHENTICATOR, b"")],
    [(wire.MESSAGE_AUTHENTICATOR, bytes(16))] * 2,
    [(wire_1_1.EXTENDED_1, bytes([wire_1_1.ORIGINAL_PACKET_CODE]) + wire.integer(1))],
], ids=["Message-Authenticator", "a short one", "an empty one", "two", "Original-Packet-Code"])
@pytest.mark.parametrize("password, code", [(b"hello", wire.ACCESS_ACCEPT), (b"hullo", wire.ACCESS_REJECT)])
def test_what_was_left_behind_is_ignored(client, junk, password, code):
    """check_answer sees that nothing of it is in the answer either."""
    assert client.pap(b"bob", password, junk).code == code


@pytest.mark.row("V11-12")
def test_no_answer_of_any_kind_has_a_message_authenticator(connect):
    """client.exchange looks for it."""
    start = [(wire.ACCT_STATUS_TYPE, wire.integer(1)), (wire.ACCT_SESSION_ID, b"S1")]
    junk = [(wire.MESSAGE_AUTHENTICATOR, bytes(16))]
    for name, code, attributes, answer in [
            ("radsec", wire.ACCOUNTING_REQUEST, start, wire.ACCOUNTING_RESPONSE),
            ("ack", wire.COA_REQUEST, session(), wire.COA_ACK), ("nak", wire.COA_REQUEST, session(), wire.COA_NAK),
            ("ack", wire.DISCONNECT_REQUEST, session(), wire.DISCONNECT_ACK),
            ("radsec", wire.STATUS_SERVER, [], wire.ACCESS_ACCEPT),
            ("radsec", wire.COA_REQUEST, session(), wire.PROTOCOL_ERROR)]:
        with connect(name) as client:
            assert client.exchange(client.request(code, attributes + junk)).code == answer


# Passwords

@pytest.mark.row("V11-9")
@pytest.mark.parametrize("name, password, code", [
    (b"long", b"x" * 128, wire.ACCESS_ACCEPT),
    (b"long", b"x" * 127, wire.ACCESS_REJECT),
    (b"longer", b"x" * 129, wire.ACCESS_REJECT),
    (b"bob", b"", wire.ACCESS_REJECT),
    (b"bob", b"hello\0", wire.ACCESS_REJECT),
    (b"bob", b"hello" + bytes(11), wire.ACCESS_REJECT),
], ids=["128 octets", "127 of 128", "129 octets", "none", "a NUL behind it", "padded as for 1.0"])
def test_a_password_is_what_it_says_up_to_128_octets(client, name, password, code):
    assert client.pap(name, password).code == code
    assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT


@pytest.mark.row("V11-7", "V11-9")
def test_a_password_that_is_hidden_with_any_secret_is_a_wrong_one(client):
    hidden = wire.hide_password(b"hello", RADSEC, bytes(16))
    assert client.pap(b"bob", hidden).code == wire.ACCESS_REJECT


@pytest.mark.row("V11-11")
@pytest.mark.parametrize("length", [5, 16, 32])
def test_chap_is_accepted_with_its_challenge(client, length):
    assert client.exchange(client.chap_request(b"bob", b"hello", os.urandom(length))).code == wire.ACCESS_ACCEPT
    assert client.exchange(client.chap_request(b"bob", b"hullo", os.urandom(length))).code == wire.ACCESS_REJECT


@pytest.mark.row("V11-11")
@pytest.mark.parametrize("challenge", ["zero", "field"])
def test_chap_without_its_challenge_is_rejected(client, challenge):
    """Whatever stands where RADIUS/1.0 has its authenticator is no challenge."""
    token = client.next_token()
    field = bytes(16) if challenge == "zero" else token + bytes(12)
    response = wire.chap_response(7, b"hello", field)
    request = wire_1_1.encode(wire.ACCESS_REQUEST, token, [
        (wire.USER_NAME, b"bob"), (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1")), (wire.CHAP_PASSWORD, response)])
    assert client.exchange(request).code == wire.ACCESS_REJECT


@pytest.mark.row("V11-10")
def test_mschapv2_logs_in_and_its_keys_come_in_the_clear(client):
    challenge, peer_challenge = os.urandom(16), os.urandom(16)
    response = mschap.generate_nt_response(challenge, peer_challenge, b"bob", "hello")

    def ask(nt_response):
        return client.exchange(client.request(wire.ACCESS_REQUEST, [
            (wire.USER_NAME, b"bob"), (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1")),
            wire.vendor(mschap.MICROSOFT, mschap.MS_CHAP_CHALLENGE, challenge),
            wire.vendor(mschap.MICROSOFT, mschap.MS_CHAP2_RESPONSE,
                        mschap.mschapv2_response(peer_challenge, nt_response))]))

    answer = ask(response)
    assert answer.code == wire.ACCESS_ACCEPT
    send, receive = mschap.mschapv2_keys("hello", response)
    assert answer.vendor_values(mschap.MICROSOFT, mschap.MS_MPPE_SEND_KEY) == [send]
    assert answer.vendor_values(mschap.MICROSOFT, mschap.MS_MPPE_RECV_KEY) == [receive]
    assert ask(bytes(24)).code == wire.ACCESS_REJECT


@pytest.mark.row("V11-10")
def test_what_an_answer_of_1_0_hides_is_in_the_clear(connect):
    """As vectors C-13b and C-13c have it."""
    with connect("hidden") as client:
        answer = client.exchange(octets("C-13a"))
    assert answer.code == wire.ACCESS_ACCEPT
    tunnel = wire_1_1.decode(octets("C-13b")).values(wire.TUNNEL_PASSWORD)
    assert answer.values(wire.TUNNEL_PASSWORD) == tunnel == [b"\x01tunnelpw"]
    for vendor_type, key in KEYS.items():
        assert answer.vendor_values(mschap.MICROSOFT, vendor_type) == [key]


# The other kinds

@pytest.mark.row("V11-5", "V11-12")
@pytest.mark.parametrize("name, code", [("radsec", wire.ACCESS_ACCEPT), ("acct", wire.ACCOUNTING_RESPONSE)])
def test_a_status_query_is_answered_with_its_token(connect, name, code):
    """Vector C-13f has Token 0 and no Message-Authenticator."""
    with connect(name) as client:
        assert client.exchange(octets("C-13f")).code == code
        assert client.status().code == code


def session():
    return [(wire.ACCT_SESSION_ID, b"S1"), (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1")),
            (wire.EVENT_TIMESTAMP, wire.integer(int(time.time())))]


def accounting(name, *more):
    return [(wire.ACCT_STATUS_TYPE, wire.integer(1)), (wire.ACCT_SESSION_ID, name), *more]


def records(server):
    return [json.loads(line) for line in (server.folder / "accounting.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.row("V11-7")
def test_accounting_is_recorded_and_acknowledged(server, client):
    answer = client.exchange(client.request(wire.ACCOUNTING_REQUEST, accounting(b"over 1.1")))
    assert (answer.code, answer.attributes) == (wire.ACCOUNTING_RESPONSE, [])
    record = records(server)[-1]
    assert record["attributes"] == {"Acct-Status-Type": ["Start"], "Acct-Session-Id": ["over 1.1"]}
    assert (record["client"], record["listener"]) == ("radsec", "radsec")


@pytest.mark.row("V11-13")
def test_accounting_that_nobody_records_is_not_acknowledged(connect):
    with connect("nobody") as client:
        answer = client.exchange(client.request(wire.ACCOUNTING_REQUEST, accounting(b"lost")))
        assert protocol_error(answer, 506)


@pytest.mark.row("V11-7")
@pytest.mark.parametrize("request_code, ack, nak", [
    (wire.COA_REQUEST, wire.COA_ACK, wire.COA_NAK),
    (wire.DISCONNECT_REQUEST, wire.DISCONNECT_ACK, wire.DISCONNECT_NAK)], ids=["CoA", "Disconnect"])
def test_dynamic_authorization_is_granted_by_a_handler_and_refused_without_one(connect, request_code, ack, nak):
    with connect("ack") as client:
        answer = client.exchange(client.request(request_code, session()))
        assert (answer.code, answer.values(wire.ERROR_CAUSE)) == (ack, [])
    with connect("nak") as client:
        answer = client.exchange(client.request(request_code, session()))
        assert (answer.code, answer.values(wire.ERROR_CAUSE)) == (nak, [wire.integer(406)])


def test_a_challenge_holds_a_state_and_proxy_state_comes_back(connect):
    with connect("ask") as client:
        answer = client.pap(b"bob", b"hello", [(wire.PROXY_STATE, b"one"), (wire.PROXY_STATE, b"two")])
    assert answer.code == wire.ACCESS_CHALLENGE and len(answer.values(wire.STATE)) == 1
    assert answer.values(wire.PROXY_STATE) == [b"one", b"two"]


@pytest.mark.row("V11-13", "TRN-11")
@pytest.mark.parametrize("name, code", [
    ("radsec", wire.COA_REQUEST), ("radsec", wire.DISCONNECT_REQUEST), ("acct", wire.ACCESS_REQUEST),
    ("ack", wire.ACCESS_REQUEST), ("hidden", wire.ACCOUNTING_REQUEST)])
def test_a_kind_that_the_listener_does_not_accept_is_a_protocol_error(connect, name, code):
    """D-13. The connection goes on."""
    with connect(name) as client:
        for _ in range(2):
            attributes = accounting(b"S1") if code == wire.ACCOUNTING_REQUEST else session()
            assert protocol_error(client.exchange(client.request(code, attributes)), 406)


# Servers that cannot

# A handler that fails, one that is silent for longer than its time, and one that says that it is unable.
FAILURES = [b"now 0 error", b"now 0 nonsense", b"silent", b"now 0 unable"]


@pytest.mark.row("V11-13")
@pytest.mark.parametrize("command", FAILURES, ids=lambda command: command.decode())
@pytest.mark.parametrize("code", [wire.ACCESS_REQUEST, wire.ACCOUNTING_REQUEST], ids=["access", "accounting"])
def test_where_1_0_would_be_silent_there_is_a_protocol_error(connect, command, code):
    """As in vector C-13e."""
    def ask(text):
        if code == wire.ACCESS_REQUEST:
            return client.pap(text, b"x")
        return client.exchange(client.request(code, accounting(b"S1", (wire.USER_NAME, text))))

    with connect("drops") as client:
        assert protocol_error(ask(command), 506)
        answer = ask(b"now 0 accept")
        assert answer.code == (wire.ACCESS_ACCEPT if code == wire.ACCESS_REQUEST else wire.ACCOUNTING_RESPONSE)


@pytest.mark.row("V11-13")
@pytest.mark.parametrize("command", FAILURES[:3], ids=lambda command: command.decode())
def test_a_failure_that_is_to_reject_rejects_access_and_is_a_protocol_error_to_accounting(connect, command):
    with connect("rejects") as client:
        assert client.pap(command, b"x").code == wire.ACCESS_REJECT
        answer = client.exchange(client.request(wire.ACCOUNTING_REQUEST,
                                                accounting(b"S1", (wire.USER_NAME, command))))
        assert protocol_error(answer, 506)


@pytest.mark.row("V11-13")
def test_proxy_state_comes_back_in_a_protocol_error(connect):
    with connect("drops") as client:
        answer = client.pap(b"now 0 error", b"x", [(wire.PROXY_STATE, b"one"), (wire.PROXY_STATE, b"two")])
    assert protocol_error(answer, 506) and answer.values(wire.PROXY_STATE) == [b"one", b"two"]


# What modules and operators see

def told(answer):
    return dict(line.split(" ", 1) for line in message(answer).splitlines())


@pytest.mark.row("V11-1", "V11-2", "V11-7")
def test_a_module_sees_the_version_and_otherwise_the_same(server, certificates):
    address = server.address("either")
    with radsec.connected(address, certificates, radsec.BOTH_VERSIONS) as client:
        new = told(client.pap(b"bob", b"hello"))
    with radsec.open_stream(address, certificates, [wire_1_1.ALPN_1_0]) as stream:
        assert stream.selected_alpn == wire_1_1.ALPN_1_0
        stream.send(octets("C-12a"))
        old = told(wire.check_answer(stream.receive(), octets("C-12a"), RADSEC))
    assert new == {"code": "1", "identifier": "0", "version": "11", "transport": "3", "authenticator": "00" * 16,
                   "protected": "1", "client": "radsec", "listener": "either", "identified": "1", "password": "hello"}
    assert old == {**new, "identifier": str(0x60), "version": "10", "authenticator": bytes(range(16)).hex()}


@pytest.mark.row("V11-7")
def test_what_is_recorded_is_the_same_in_both_versions(server, certificates):
    address = server.address("either")
    odd = [(200, b"unknown"), (4, b"\x01\x02\x03"), (97, b"\x00\x81"), wire.vendor(99999, 1, b"vendor"),
           (64, b"\x01\x00\x00\x0d"), (wire.CLASS, b"b\0"), (wire.USER_NAME, b"bob")]
    attributes = accounting(b"both", *odd)
    with radsec.connected(address, certificates, radsec.BOTH_VERSIONS) as client:
        assert client.exchange(client.request(wire.ACCOUNTING_REQUEST, attributes)).code == wire.ACCOUNTING_RESPONSE
    new = records(server)[-1]
    with radsec.open_stream(address, certificates) as stream:
        request = wire.signed_request(wire.ACCOUNTING_REQUEST, attributes, RADSEC, identifier=1)
        stream.send(request)
        wire.check_answer(stream.receive(), request, RADSEC)
    old = records(server)[-1]
    assert new["attributes"] == old["attributes"] and "Attr-4" in new["attributes"]
    assert (new["client"], new["listener"]) == (old["client"], old["listener"])


@pytest.mark.parametrize("alpn, told_alpn, radius", [
    ([wire_1_1.ALPN_1_1], "radius/1.1", "1.1"), (list(radsec.BOTH_VERSIONS), "radius/1.1", "1.1"),
    ([wire_1_1.ALPN_1_0], "radius/1.0", "1.0"), (None, "none", "1.0")], ids=["1.1", "both", "1.0", "none"])
@pytest.mark.row("V11-2")
def test_the_log_tells_what_a_connection_agreed_to(radhost, certificates, alpn, told_alpn, radius):
    server = radhost(configuration(certificates), files={"users.toml": USERS})
    with radsec.open_stream(server.address("either"), certificates, alpn):
        entry = connection_logged(server, listener="either")
    assert (entry["level"], entry["client"]) == ("info", "radsec")
    assert (entry["alpn"], entry["radius"]) == (told_alpn, radius)


def test_connections_are_counted(radhost, certificates):
    server = radhost(configuration(certificates), files={"users.toml": USERS})
    with radsec.connected(server.address("radsec"), certificates) as client:
        client.status()
        counters = server.stats()
        assert (connections(counters, "radsec")["open"], connections(counters, "radsec")["opened"]) == (1, 1)
        assert ended(counters, "radsec") == {}
        client.stream.close_orderly()
        wait_for_ended(server, "radsec", {"peer_closed": 1})
    assert connections(server.stats(), "radsec")["open"] == 0


# Configuration

def check(program, folder, certificates, *replacements):
    text = radsec.RADSEC_CLIENT + static_plugin("yes", "accept") + tls_listener(
        certificates, "radsec", '["access"]', '["yes"]', radius_versions=["1.1"])
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return program.run("check", "-c", program.write_configuration(folder, text))


@pytest.mark.row("V11-2")
@pytest.mark.parametrize("versions", ['["1.0"]', '["1.0", "1.1"]', '["1.1", "1.0"]', '["1.1"]'])
def test_versions_that_exist_are_accepted(program, tmp_path, certificates, versions):
    done = check(program, tmp_path, certificates, ('["1.1"]', versions))
    assert done.returncode == 0, done.stderr


@pytest.mark.row("V11-2")
@pytest.mark.parametrize("versions", ["[]", '["1.2"]', '["1.0", "radius/1.1"]', "[1.1]"])
def test_versions_that_do_not_exist_are_an_error_at_their_place(program, tmp_path, certificates, versions):
    done = check(program, tmp_path, certificates, ('["1.1"]', versions))
    assert done.returncode == 1
    line = next(number for number, text in enumerate((tmp_path / "radhost.toml").read_text().splitlines(), 1)
                if text.startswith("radius_versions"))
    assert f"radhost.toml:{line}:" in done.stderr


@pytest.mark.row("V11-1")
def test_1_1_without_tls_is_an_error(program, tmp_path, certificates):
    """The table of TLS would be one too many in any case: the keys stand in that of the transport."""
    done = check(program, tmp_path, certificates, ('transport = "tls"', 'transport = "tcp"'))
    assert done.returncode == 1 and re.search(r"radhost\.toml:\d+:\d+", done.stderr)
