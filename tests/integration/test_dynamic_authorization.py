# SPDX-License-Identifier: Apache-2.0
"""CoA and Disconnect: NAK unless a handler says otherwise, and nothing at all to a forger."""

import time

import pytest

from support import wire
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
