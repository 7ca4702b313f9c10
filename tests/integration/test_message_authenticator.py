# SPDX-License-Identifier: Apache-2.0
"""Message-Authenticator in requests: verified wherever it stands, and demanded where the client's entry says so."""

import pytest

from support import wire
from support.client import Client
from support.configurations import ACCESS, ACCESS_PLUGINS, ACCT_LISTENER, AUTH_LISTENER, BOB, SECRET
from support.configurations import acctlog_plugin, listener, static_plugin
from support.vectors import octets

FILES = {"users.toml": BOB}
PROXY_STATE = (wire.PROXY_STATE, b"state")


def one_client(settings):
    return f"""
[[client]]
name = "nas"
address = ["127.0.0.1"]
secret = "xyzzy5461"
{settings}
"""


def start(radhost, settings):
    everything = (one_client(settings) + ACCESS_PLUGINS + AUTH_LISTENER + acctlog_plugin() + ACCT_LISTENER
                  + static_plugin("yes", "accept") + listener("dynauth", '["coa", "disconnect"]', '["yes"]'))
    return radhost(everything, files=FILES)


@pytest.fixture
def server(radhost):
    return radhost(ACCESS, files=FILES)


@pytest.fixture
def client(server):
    with Client(server.address("auth"), SECRET) as opened:
        yield opened


def silence(client, request):
    """No answer; a request that has all a server may demand is answered after it."""
    answer = client.expect_silence(request, lambda: client.pap_request(b"bob", b"hello", identifier=request[1] ^ 0x80))
    assert answer.code == wire.ACCESS_ACCEPT


@pytest.mark.row("AUTH-4", "SEC-6")
@pytest.mark.parametrize("where", ["first", "last"])
def test_its_position_does_not_matter(client, where):
    assert client.pap(b"bob", b"hello", message_authenticator=where).code == wire.ACCESS_ACCEPT


@pytest.mark.row("AUTH-4", "SEC-6")
@pytest.mark.parametrize("vector_id", ["C-2a", "C-3"])
def test_the_vectors_are_accepted(client, vector_id):
    assert client.exchange(octets(vector_id)).code == wire.ACCESS_ACCEPT


@pytest.mark.row("AUTH-4")
@pytest.mark.parametrize("vector_id", ["A-3.1", "A-3.3", "A-3.5", "A-3.7"])
def test_the_requests_of_rfc_5090_verify(radhost, vector_id):
    """They are answered, if only with a Reject: no handler here knows digest authentication."""
    server = radhost(ACCESS.replace("xyzzy5461", "secret"), files=FILES)
    request = octets(vector_id)
    with Client(server.address("auth"), b"secret") as client:
        wrong = request[:-1] + bytes([request[-1] ^ 1])
        assert client.expect_silence(wrong, lambda: request).code == wire.ACCESS_REJECT
    assert server.stop().discards() == {"bad_message_authenticator": 1}


@pytest.mark.row("AUTH-4")
def test_the_vector_with_a_wrong_one_is_discarded(server, client):
    silence(client, octets("C-3x"))
    assert server.stop().discards() == {"bad_message_authenticator": 1}


@pytest.mark.row("AUTH-4")
def test_one_wrong_bit_anywhere_in_the_packet_is_noticed(server, client):
    """Identifier, authenticator, and a bit in the middle of User-Name, User-Password and the attribute itself."""
    request = octets("C-3")
    places = [1, 4, 19, 22, 30, 48, 66]
    for place in places:
        spoiled = bytearray(request)
        spoiled[place] ^= 0x10
        silence(client, bytes(spoiled))
    assert server.stop().discards() == {"bad_message_authenticator": len(places)}


@pytest.mark.row("AUTH-7")
def test_two_of_them_are_discarded(server, client):
    """Both hold what one alone would have to hold, then none of them is right; the second zero."""
    packet = wire.decode(octets("C-2a"))
    attributes = packet.attributes + [(wire.MESSAGE_AUTHENTICATOR, bytes(16))]
    twice = wire.encode(packet.code, packet.identifier, packet.authenticator, attributes)
    silence(client, twice)
    silence(client, wire.with_message_authenticator(twice, SECRET, packet.authenticator))
    assert server.stop().discards() == {"bad_message_authenticator": 2}


@pytest.mark.row("AUTH-7")
@pytest.mark.parametrize("length", [0, 1, 15, 17])
def test_one_of_a_wrong_length_is_discarded(server, client, length):
    silence(client, client.pap_request(b"bob", b"hello", [(wire.MESSAGE_AUTHENTICATOR, bytes(length))],
                                       message_authenticator=None))
    assert server.stop().discards() == {"bad_message_authenticator": 1}


# require_message_authenticator

@pytest.mark.row("SEC-3")
@pytest.mark.parametrize("password", [b"hello", b"wrong"])
def test_where_it_is_required_a_request_without_it_is_discarded(radhost, password):
    server = start(radhost, "require_message_authenticator = true")
    with Client(server.address("auth"), SECRET) as client:
        silence(client, client.pap_request(b"bob", password, message_authenticator=None))
    assert server.stop().discards() == {"missing_message_authenticator": 1}


@pytest.mark.row("SEC-3")
def test_where_it_is_not_required_requests_without_it_are_always_answered(radhost):
    server = start(radhost, "require_message_authenticator = false")
    with Client(server.address("auth"), SECRET) as client:
        assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
        assert client.pap(b"bob", b"hello", message_authenticator=None).code == wire.ACCESS_ACCEPT
        assert client.pap(b"bob", b"wrong", message_authenticator=None).code == wire.ACCESS_REJECT


@pytest.mark.row("SEC-3")
@pytest.mark.parametrize("setting", ["true", '"all"'])
def test_accounting_never_needs_it(radhost, setting):
    server = start(radhost, f"require_message_authenticator = {setting}")
    with Client(server.address("acct"), SECRET) as client:
        client.send(octets("C-4a"))
        assert client.receive() == octets("C-4b")


def coa_without(client):
    return client.coa_request([(wire.ACCT_SESSION_ID, b"S1"), (wire.NAS_IP_ADDRESS, bytes(4))])


@pytest.mark.row("SEC-3")
def test_true_is_about_access_requests_only(radhost):
    server = start(radhost, "require_message_authenticator = true")
    with Client(server.address("dynauth"), SECRET) as client:
        assert client.exchange(coa_without(client)).code == wire.COA_ACK


def test_all_is_about_coa_and_disconnect_too(radhost):
    server = start(radhost, 'require_message_authenticator = "all"')
    with Client(server.address("dynauth"), SECRET) as client:
        answer = client.expect_silence(coa_without(client), lambda: client.coa_request(
            [(wire.ACCT_SESSION_ID, b"S1"), (wire.NAS_IP_ADDRESS, bytes(4))], message_authenticator="last"))
        assert answer.code == wire.COA_ACK
    assert server.stop().discards() == {"missing_message_authenticator": 1}


# limit_proxy_state

@pytest.mark.row("SEC-4")
def test_where_it_is_limited_proxy_state_needs_a_message_authenticator(radhost):
    server = start(radhost, "require_message_authenticator = false\nlimit_proxy_state = true")
    with Client(server.address("auth"), SECRET) as client:
        silence(client, client.pap_request(b"bob", b"hello", [PROXY_STATE], message_authenticator=None))
        assert client.pap(b"bob", b"hello", message_authenticator=None).code == wire.ACCESS_ACCEPT
        assert client.pap(b"bob", b"hello", [PROXY_STATE]).code == wire.ACCESS_ACCEPT
    assert server.stop().discards() == {"unprotected_proxy_state": 1}


@pytest.mark.row("SEC-4")
def test_where_it_is_not_limited_proxy_state_needs_nothing(radhost):
    server = start(radhost, "require_message_authenticator = false\nlimit_proxy_state = false")
    with Client(server.address("auth"), SECRET) as client:
        answer = client.pap(b"bob", b"hello", [PROXY_STATE], message_authenticator=None)
        assert answer.code == wire.ACCESS_ACCEPT and answer.values(wire.PROXY_STATE) == [b"state"]


@pytest.mark.row("SEC-4")
def test_the_limit_is_about_access_requests_only(radhost):
    """C-4a carries Proxy-State and no Message-Authenticator."""
    server = start(radhost, "require_message_authenticator = false\nlimit_proxy_state = true")
    with Client(server.address("acct"), SECRET) as client:
        client.send(octets("C-4a"))
        assert client.receive() == octets("C-4b")
