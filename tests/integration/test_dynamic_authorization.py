# SPDX-License-Identifier: Apache-2.0
"""CoA and Disconnect: NAK unless a handler says otherwise, and nothing at all to a forger."""

import time

import pytest

from support import mschap, wire
from support.client import Client
from support.configurations import LOOPBACK_CLIENT, SECRET, listener, static_plugin

KINDS = {
    "coa": (wire.COA_REQUEST, wire.COA_ACK, wire.COA_NAK),
    "disconnect": (wire.DISCONNECT_REQUEST, wire.DISCONNECT_ACK, wire.DISCONNECT_NAK),
}


def start(radhost, handlers="[]", plugins=""):
    return radhost(LOOPBACK_CLIENT + plugins + listener("dynauth", '["coa", "disconnect"]', handlers))


@pytest.fixture(scope="module")
def default_server(shared_radhost):
    return start(shared_radhost)


@pytest.fixture(params=list(KINDS))
def kind(request):
    return request.param


def session():
    """Identification of a session, and a time within the window."""
    return [(wire.ACCT_SESSION_ID, b"S1"), (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1")),
            (wire.EVENT_TIMESTAMP, wire.integer(int(time.time())))]


def ask(client, kind, attributes=(), **options):
    return client.signed_request(KINDS[kind][0], [*session(), *attributes], **options)


@pytest.mark.row("AUTH-1", "AUTH-3", "AUTH-6", "DYN-10")
@pytest.mark.parametrize("message_authenticator", [None, "first", "last"])
def test_without_a_handler_the_answer_is_nak_406(default_server, kind, message_authenticator):
    """It has a Message-Authenticator, which the client verifies, where the request has one."""
    with Client(default_server.address("dynauth"), SECRET) as client:
        answer = client.exchange(ask(client, kind, message_authenticator=message_authenticator))
    assert answer.code == KINDS[kind][2]
    assert answer.values(wire.ERROR_CAUSE) == [wire.integer(406)]
    assert len(answer.values(wire.MESSAGE_AUTHENTICATOR)) == (1 if message_authenticator else 0)


@pytest.mark.row("AUTH-1", "AUTH-3", "AUTH-6")
def test_a_handlers_accept_is_an_ack(radhost, kind):
    server = start(radhost, '["yes"]', static_plugin("yes", "accept"))
    with Client(server.address("dynauth"), SECRET) as client:
        answer = client.exchange(ask(client, kind, message_authenticator="last"))
    assert answer.code == KINDS[kind][1]
    assert answer.values(wire.ERROR_CAUSE) == []
    assert answer.types() == [wire.MESSAGE_AUTHENTICATOR]


@pytest.mark.row("DYN-4")
def test_a_handlers_reject_is_a_nak_with_its_error_cause(radhost, kind):
    """The content of C-5b and C-6b."""
    server = start(radhost, '["no"]', static_plugin("no", "reject", '{ "Error-Cause" = 503 }'))
    with Client(server.address("dynauth"), SECRET) as client:
        answer = client.exchange(ask(client, kind))
    assert answer.code == KINDS[kind][2]
    assert answer.values(wire.ERROR_CAUSE) == [wire.integer(503)]


def test_handlers_may_differ_by_kind(radhost):
    server = start(radhost, '{ coa = ["yes"] }', static_plugin("yes", "accept"))
    with Client(server.address("dynauth"), SECRET) as client:
        assert client.exchange(ask(client, "coa")).code == wire.COA_ACK
        answer = client.exchange(ask(client, "disconnect"))
    assert answer.code == wire.DISCONNECT_NAK and answer.values(wire.ERROR_CAUSE) == [wire.integer(406)]


def test_a_handler_that_passes_leaves_the_default(radhost, kind):
    server = start(radhost, '["nobody"]', static_plugin("nobody", "pass"))
    with Client(server.address("dynauth"), SECRET) as client:
        answer = client.exchange(ask(client, kind))
    assert answer.code == KINDS[kind][2] and answer.values(wire.ERROR_CAUSE) == [wire.integer(406)]


@pytest.mark.row("DYN-9")
@pytest.mark.parametrize("plugins, handlers", [("", "[]"), (static_plugin("yes", "accept"), '["yes"]')],
                         ids=["NAK", "ACK"])
def test_state_and_proxy_state_return_unchanged_and_in_order(radhost, kind, plugins, handlers):
    server = start(radhost, handlers, plugins)
    proxies = [(wire.PROXY_STATE, b"\0first"), (wire.PROXY_STATE, b"second"), (wire.PROXY_STATE, b"a")]
    state = [] if kind == "disconnect" else [(wire.STATE, b"st\0ate")]  # DYN-7: no State in a Disconnect-Request
    with Client(server.address("dynauth"), SECRET) as client:
        answer = client.exchange(ask(client, kind, state + proxies))
    assert answer.values(wire.PROXY_STATE) == [value for _, value in proxies]
    assert answer.values(wire.STATE) == [value for _, value in state]


# Silence

def silence(radhost, kind, spoil, word):
    server = start(radhost)
    with Client(server.address("dynauth"), SECRET) as client:
        datagram = spoil(client)
        answer = client.expect_silence(datagram, lambda: ask(client, kind))
        assert answer.code == KINDS[kind][2]
    assert server.stop().discards() == {word: 1}


def flip(octets, place):
    return octets[:place] + bytes([octets[place] ^ 1]) + octets[place + 1:]


@pytest.mark.row("AUTH-3", "DYN-1")
@pytest.mark.parametrize("place", [4, 19, 22])
def test_a_bad_authenticator_gets_no_answer(radhost, kind, place):
    silence(radhost, kind, lambda client: flip(ask(client, kind), place), "bad_authenticator")


@pytest.mark.row("AUTH-3", "DYN-1")
def test_a_zero_authenticator_gets_no_answer(radhost, kind):
    def zeroed(client):
        octets = ask(client, kind)
        return octets[:4] + bytes(16) + octets[20:]
    silence(radhost, kind, zeroed, "bad_authenticator")


@pytest.mark.row("AUTH-3", "DYN-1")
def test_another_secret_gets_no_answer(radhost, kind):
    silence(radhost, kind, lambda _: wire.signed_request(KINDS[kind][0], session(), b"wrong", identifier=1),
            "bad_authenticator")


@pytest.mark.row("DYN-1")
def test_a_stranger_gets_no_answer(radhost, kind):
    server = radhost(LOOPBACK_CLIENT.replace('"127.0.0.0/8"', '"127.0.0.9"') + listener("dynauth", f'["{kind}"]', "[]"))
    address = server.address("dynauth")
    with Client(address, SECRET, "127.0.0.1") as stranger, Client(address, SECRET, "127.0.0.9") as known:
        stranger.send(ask(stranger, kind))
        assert known.exchange(ask(known, kind)).code == KINDS[kind][2]
        stranger.expect_nothing_more()
    assert server.stop().discards() == {"unknown_client": 1}


@pytest.mark.row("AUTH-6", "DYN-1")
def test_a_wrong_message_authenticator_gets_no_answer(radhost, kind):
    """The Request Authenticator is right: it was computed after the attribute had been spoiled."""
    def spoiled(client):
        octets = ask(client, kind, message_authenticator="last")
        return wire.sign_request(flip(octets, len(octets) - 1), SECRET)
    silence(radhost, kind, spoiled, "bad_message_authenticator")


@pytest.mark.row("AUTH-6", "AUTH-7")
def test_two_message_authenticators_get_no_answer(radhost, kind):
    """Each holds what one alone would hold, then the packet is signed."""
    def twice(client):
        one = ask(client, kind, message_authenticator="last")
        attributes = wire.decode(one).attributes
        return wire.sign_request(wire.encode(one[0], one[1], bytes(16), attributes + attributes[-1:]), SECRET)
    silence(radhost, kind, twice, "bad_message_authenticator")


@pytest.mark.row("AUTH-6")
def test_a_message_authenticator_over_the_final_authenticator_is_wrong(radhost, kind):
    """RFC 5176 §3.4 computes it while the authenticator field is zero."""
    def spoiled(client):
        octets = wire.sign_request(ask(client, kind, message_authenticator="last"), SECRET)
        attribute = wire.message_authenticator(octets, SECRET, octets[4:20])
        return wire.sign_request(octets[:-16] + attribute, SECRET)
    silence(radhost, kind, spoiled, "bad_message_authenticator")


def test_the_other_kind_is_discarded_where_a_listener_does_not_accept_it(radhost):
    server = radhost(LOOPBACK_CLIENT + listener("dynauth", '["coa"]', "[]"))
    with Client(server.address("dynauth"), SECRET) as client:
        client.expect_silence(ask(client, "disconnect"), lambda: ask(client, "coa"))
    assert server.stop().discards() == {"unexpected_code": 1}


# Which attributes a request may have, and an answer

def cause(answer):
    return [int.from_bytes(value, "big") for value in answer.values(wire.ERROR_CAUSE)]


@pytest.fixture(scope="module")
def granting_server(shared_radhost):
    """Its handler says yes to everything."""
    return start(shared_radhost, '["yes"]', static_plugin("yes", "accept"))


@pytest.mark.row("DYN-7")
@pytest.mark.parametrize("attribute", [(wire.SESSION_TIMEOUT, wire.integer(1)), (wire.SERVICE_TYPE, wire.integer(2)),
                                       (wire.STATE, b"s"), (11, b"filter")], ids=lambda a: f"type {a[0]}")
def test_a_disconnect_request_only_says_which_session_it_means(granting_server, attribute):
    """RFC 5176 §3.2, §3.6: anything else is NAK 401, Unsupported Attribute."""
    with Client(granting_server.address("dynauth"), SECRET) as client:
        answer = client.exchange(ask(client, "disconnect", [attribute]))
    assert (answer.code, cause(answer)) == (wire.DISCONNECT_NAK, [401])


@pytest.mark.row("DYN-7")
@pytest.mark.parametrize("attribute", [
    (wire.USER_NAME, b"bob"), (wire.NAS_PORT, wire.integer(1)), (wire.FRAMED_IP_ADDRESS, wire.ipv4("192.0.2.9")),
    (31, b"calling"), (30, b"called"), (wire.REPLY_MESSAGE, b"bye"), (wire.CLASS, b"class"), (wire.PROXY_STATE, b"p"),
    (89, b"cui"), (95, bytes(16)), (87, b"port"), wire.vendor(99999, 1, b"v")], ids=lambda a: f"type {a[0]}")
def test_what_says_which_session_is_meant_reaches_the_handler(granting_server, attribute):
    """D-14."""
    with Client(granting_server.address("dynauth"), SECRET) as client:
        answer = client.exchange(ask(client, "disconnect", [attribute]))
    assert (answer.code, cause(answer)) == (wire.DISCONNECT_ACK, [])


@pytest.mark.row("DYN-8")
def test_authorize_only_needs_state(granting_server):
    """RFC 5176 §3.2: CoA-NAK 402, Missing Attribute."""
    with Client(granting_server.address("dynauth"), SECRET) as client:
        answer = client.exchange(ask(client, "coa", [(wire.SERVICE_TYPE, wire.integer(17))]))
    assert (answer.code, cause(answer)) == (wire.COA_NAK, [402])


@pytest.mark.row("DYN-8")
def test_authorize_only_is_never_acknowledged(granting_server):
    """The answer to one that is agreed to is a CoA-NAK with Service-Type Authorize Only and 507 (RFC 5176 §3.2)."""
    with Client(granting_server.address("dynauth"), SECRET) as client:
        answer = client.exchange(ask(client, "coa", [(wire.SERVICE_TYPE, wire.integer(17)), (wire.STATE, b"s")]))
    assert (answer.code, cause(answer)) == (wire.COA_NAK, [507])
    assert answer.values(wire.SERVICE_TYPE) == [wire.integer(17)] and answer.values(wire.STATE) == [b"s"]


@pytest.mark.row("DYN-8")
@pytest.mark.parametrize("attribute", [(wire.SESSION_TIMEOUT, wire.integer(1)), (11, b"filter"), (200, b"?")],
                         ids=lambda a: f"type {a[0]}")
def test_beside_authorize_only_nothing_is_changed(granting_server, attribute):
    """RFC 5176 §3.2: what names no session is NAK 401, Unsupported Attribute."""
    with Client(granting_server.address("dynauth"), SECRET) as client:
        answer = client.exchange(ask(client, "coa", [(wire.SERVICE_TYPE, wire.integer(17)), (wire.STATE, b"s"),
                                                     attribute]))
    assert (answer.code, cause(answer)) == (wire.COA_NAK, [401])


ERROR_CAUSES = [201, 202, 401, 404, 405, 406, 407, 501, 503, 504, 506, 507, 508]


@pytest.mark.row("DYN-10")
@pytest.mark.parametrize("verdict", ["accept", "reject"])
@pytest.mark.parametrize("value", ERROR_CAUSES)
def test_an_error_cause_stands_only_where_it_may(radhost, kind, verdict, value):
    """RFC 5176 §3.5 and D-15: of the successes 201 alone, in a Disconnect-ACK; errors in NAKs alone, among them 504 of
    Disconnect and 405 of CoA."""
    server = start(radhost, '["fixed"]', static_plugin("fixed", verdict, f'{{ "Error-Cause" = {value} }}'))
    with Client(server.address("dynauth"), SECRET) as client:
        answer = client.exchange(ask(client, kind))
    assert answer.code == KINDS[kind][1 if verdict == "accept" else 2]
    if verdict == "accept":
        allowed = [201] if kind == "disconnect" else []
    else:
        allowed = [401, 404, 406, 407, 501, 503, 506, 507, 508] + [504 if kind == "disconnect" else 405]
    if value in allowed:
        assert cause(answer) == [value]
    else:
        assert value not in cause(answer)


@pytest.mark.row("DYN-13")
@pytest.mark.parametrize("verdict", ["accept", "reject"])
def test_no_hidden_attribute_is_in_an_answer(radhost, kind, verdict):
    """D-24: there is no authenticator to hide it with."""
    server = start(radhost, '["fixed"]', static_plugin(
        "fixed", verdict, '{ "Tunnel-Password:1" = "x", "MS-MPPE-Send-Key" = "0x0102" }'))
    with Client(server.address("dynauth"), SECRET) as client:
        answer = client.exchange(ask(client, kind))
    assert answer.values(wire.TUNNEL_PASSWORD) == answer.values(wire.VENDOR_SPECIFIC) == []


@pytest.mark.row("DYN-13")
@pytest.mark.parametrize("attribute", [
    (wire.TUNNEL_PASSWORD, b"\1\x80\0" + bytes(16)), wire.vendor(mschap.MICROSOFT, 16, b"\x80\0" + bytes(16))],
    ids=["Tunnel-Password", "MS-MPPE-Send-Key"])
def test_a_request_that_hides_something_is_a_nak(granting_server, kind, attribute):
    """D-24: NAK 401, Unsupported Attribute. Nothing says how to reveal it."""
    with Client(granting_server.address("dynauth"), SECRET) as client:
        answer = client.exchange(ask(client, kind, [attribute]))
    assert (answer.code, cause(answer)) == (KINDS[kind][2], [401])


@pytest.mark.row("DYN-11")
@pytest.mark.parametrize("value, name", [
    (201, "Residual-Context-Removed"), (202, "Invalid-EAP-Packet"), (401, "Unsupported-Attribute"),
    (402, "Missing-Attribute"), (403, "NAS-Identification-Mismatch"), (404, "Invalid-Request"),
    (405, "Unsupported-Service"), (406, "Unsupported-Extension"), (407, "Invalid-Attribute-Value"),
    (501, "Administratively-Prohibited"), (502, "Proxy-Request-Not-Routable"), (503, "Session-Context-Not-Found"),
    (504, "Session-Context-Not-Removable"), (505, "Proxy-Processing-Error"), (506, "Resources-Unavailable"),
    (507, "Request-Initiated"), (508, "Multiple-Session-Selection-Unsupported"), (601, "Response-Too-Big"),
    (999, "999")])
def test_error_causes_have_names(program, value, name):
    done = program.run("decode", "--attributes", "--dictionary", program.dictionary, f"6506{value:08x}")
    assert done.stdout.strip() == f"Error-Cause = {name}"
