# SPDX-License-Identifier: Apache-2.0
"""What a forwarded request and its answer carry, on either side of the proxy."""

import os
import time

import pytest

from support import wire
from support.client import Client
from support.configurations import SECRET
from support.pools import HOME_SECRET, home_answer, proxy
from support.stub import Stub

NAS = (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1"))
CUI, CONNECT_INFO, CALLING_STATION_ID = 89, 77, 31

# Unknown and invalid ones; known ones whose bits nobody may tidy.
ODD = [
    (200, b"unknown"), (4, b"\x01\x02\x03"), (200, b""), wire.vendor(99999, 1, b"vendor"),
    (26, b"\x00\x00\x01\x37\x07"), (97, b"\x01\x40\x20\x01\x0d\xb8"), (97, b"\x00\x81"), (241, b""), (241, b"\x63unknown"), (245, b"\x04"),
    (245, b"\x04\x80more"), (241, b"\x1a\x00\x00\x01"), (64, b"\x00\x00\x0d"), (6, b"\x00\x00\x00\x00\x01"),
]

# A request of each kind as a client makes it, with further attributes.
KINDS = {
    "access": lambda client, more: client.pap_request(b"bob", b"x", more),
    "accounting": lambda client, more: client.accounting_request(
        [(wire.USER_NAME, b"bob"), (wire.ACCT_STATUS_TYPE, wire.integer(1)), (wire.ACCT_SESSION_ID, b"s"), NAS, *more]),
    "coa": lambda client, more: client.coa_request(
        [(wire.USER_NAME, b"bob"), (wire.EVENT_TIMESTAMP, wire.integer(int(time.time()))), *more]),
    "disconnect": lambda client, more: client.disconnect_request(
        [(wire.USER_NAME, b"bob"), (wire.EVENT_TIMESTAMP, wire.integer(int(time.time()))), *more]),
}


def without(packet, *types):
    return [tuple(attribute) for attribute in packet.attributes if attribute.type not in types]


class Home(Stub):
    """Answers with these attributes, and remembers what it was asked."""

    def __init__(self, attributes=(), code=None):
        self.attributes = attributes
        self.code = code
        super().__init__(lambda request: home_answer(request, self.attributes, self.code))

    def asked(self):
        return wire.decode(self.requests[-1])


@pytest.fixture(scope="module")
def home():
    with Home() as stub:
        yield stub


@pytest.fixture(scope="module")
def server(shared_radhost, home):
    return shared_radhost(proxy(home.address))


@pytest.fixture
def client(server, home):
    home.attributes, home.code = (), None
    with Client(server.address("auth"), SECRET) as made:
        yield made


@pytest.mark.row("PRX-1", "PRX-2", "PRX-6", "DYN-14")
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_named_goes_out_octet_for_octet_with_one_proxy_state_behind_the_others(client, home, kind):
    states = [(wire.PROXY_STATE, b"one"), (wire.PROXY_STATE, b""), (wire.PROXY_STATE, b"two")]
    kept = [(wire.STATE, b"st\x00te"), (wire.CLASS, b"b"), states[0], (wire.CLASS, b"a"), states[1], (CUI, b"\x00"),
            states[2]]
    # DYN-7, ACC-3: what such a request may not hold is refused before any module sees it.
    if kind != "access":
        kept = [attribute for attribute in kept if attribute[0] not in (wire.STATE, CUI)]
    odd = ODD if kind in ("access", "accounting") else []
    request = KINDS[kind](client, [*kept, *odd])
    answer = client.exchange(request)
    asked, sent = home.asked(), wire.decode(request)
    own = asked.values(wire.PROXY_STATE)[-1]
    assert asked.values(wire.PROXY_STATE) == [b"one", b"", b"two", own] and own not in (b"one", b"", b"two")
    left_out = (wire.MESSAGE_AUTHENTICATOR, wire.USER_PASSWORD)
    assert without(asked, *left_out) == [*without(sent, *left_out), (wire.PROXY_STATE, own)]
    assert answer.values(wire.PROXY_STATE) == [b"one", b"", b"two"]


@pytest.mark.row("PRX-2")
@pytest.mark.parametrize("echo", [True, False], ids=["echoed", "forgotten"])
def test_the_clients_proxy_state_comes_back_complete_even_where_the_home_server_forgets_it(radhost, echo):
    def answer(request):
        return home_answer(request) if echo else wire.answer(wire.ACCESS_ACCEPT, request, [], HOME_SECRET)
    with Stub(answer) as stub:
        server = radhost(proxy(stub.address))
        with Client(server.address("auth"), SECRET) as client:
            got = client.pap(b"bob", b"x", [(wire.PROXY_STATE, b"one"), (wire.PROXY_STATE, b"two")])
            assert got.values(wire.PROXY_STATE) == [b"one", b"two"]
            assert client.pap(b"bob", b"x").values(wire.PROXY_STATE) == []


@pytest.mark.row("PRX-4")
@pytest.mark.parametrize("where", ["first", None], ids=["with", "without"])
def test_message_authenticator_is_made_anew_and_stands_first(client, home, where):
    request = client.pap_request(b"bob", b"x", message_authenticator=where)
    client.exchange(request)
    octets, asked = home.requests[-1], home.asked()
    assert asked.types()[0] == wire.MESSAGE_AUTHENTICATOR
    assert asked.values(wire.MESSAGE_AUTHENTICATOR) == [
        wire.message_authenticator(octets, HOME_SECRET, asked.authenticator)]
    assert asked.authenticator != wire.decode(request).authenticator


@pytest.mark.row("PRX-4")
def test_an_accounting_request_has_none_and_is_signed_anew(client, home):
    request = KINDS["accounting"](client, [(wire.MESSAGE_AUTHENTICATOR, bytes(16))])
    client.exchange(request)
    assert home.asked().values(wire.MESSAGE_AUTHENTICATOR) == []
    assert wire.request_authenticator_is_right(home.requests[-1], HOME_SECRET)


@pytest.mark.row("PRX-4", "DYN-14")
@pytest.mark.parametrize("code", [wire.COA_REQUEST, wire.DISCONNECT_REQUEST])
def test_a_coa_request_has_one_where_the_client_sent_one(client, home, code):
    attributes = [(wire.USER_NAME, b"bob"), (wire.EVENT_TIMESTAMP, wire.integer(int(time.time())))]
    client.exchange(client.signed_request(code, attributes, message_authenticator="first"))
    octets = home.requests[-1]
    cleared = wire.ZERO_AUTHENTICATOR
    assert home.asked().values(wire.MESSAGE_AUTHENTICATOR) == [
        wire.message_authenticator(octets, HOME_SECRET, cleared)]
    assert wire.request_authenticator_is_right(octets, HOME_SECRET)
    client.exchange(client.signed_request(code, attributes))
    assert home.asked().values(wire.MESSAGE_AUTHENTICATOR) == []
    assert wire.request_authenticator_is_right(home.requests[-1], HOME_SECRET)


@pytest.mark.row("PRX-4")
def test_a_password_is_hidden_with_the_home_servers_secret(client, home):
    client.exchange(client.pap_request(b"bob", b"a rather long password, of two blocks"))
    asked = home.asked()
    hidden, = asked.values(wire.USER_PASSWORD)
    assert wire.reveal_password(hidden, HOME_SECRET, asked.authenticator) == b"a rather long password, of two blocks"


@pytest.mark.row("PRX-4")
def test_what_an_answer_hides_is_hidden_anew_for_the_client(client, home):
    tag, salt = b"\x01", b"\x80\x01"
    home._reply = lambda request: home_answer(request, [
        (wire.TUNNEL_PASSWORD, tag + wire.hide_salted(b"tunnelpw", salt, HOME_SECRET, request[4:20])),
        wire.vendor(311, 17, wire.hide_salted(b"k" * 32, b"\x80\x02", HOME_SECRET, request[4:20]))])
    try:
        request = client.pap_request(b"bob", b"x")
        answer = client.exchange(request)
    finally:
        home._reply = lambda request: home_answer(request, home.attributes, home.code)
    value, = answer.values(wire.TUNNEL_PASSWORD)
    assert value[:1] == tag and wire.reveal_salted(value[1:], SECRET, request[4:20])[1] == b"tunnelpw"
    key, = answer.vendor_values(311, 17)
    assert wire.reveal_salted(key, SECRET, request[4:20])[1] == b"k" * 32


@pytest.mark.row("PRX-5")
def test_chap_without_a_challenge_gets_the_request_authenticator_as_its_challenge(client, home):
    request = client.chap_request(b"bob", b"hello")
    client.exchange(request)
    assert home.asked().values(wire.CHAP_CHALLENGE) == [wire.decode(request).authenticator]
    challenge = os.urandom(16)
    client.exchange(client.chap_request(b"bob", b"hello", challenge))
    assert home.asked().values(wire.CHAP_CHALLENGE) == [challenge]
    client.exchange(client.pap_request(b"bob", b"hello"))
    assert home.asked().values(wire.CHAP_CHALLENGE) == []


@pytest.mark.row("PRX-6", "PRX-1")
def test_what_an_accept_carries_comes_back_octet_for_octet_where_it_is_not_understood(client, home):
    home.attributes = [(wire.CLASS, b"b"), (wire.CLASS, b"a"), (wire.STATE, b"home's"), *ODD]
    answer = client.exchange(client.pap_request(b"bob", b"x"))
    # An empty text is left out (COD-11); there is none here that is understood.
    assert without(answer, wire.MESSAGE_AUTHENTICATOR) == [tuple(attribute) for attribute in home.attributes]


def test_a_reject_carries_of_the_unknown_nothing_that_it_may_not(client, home):
    home.attributes, home.code = [(wire.REPLY_MESSAGE, b"no"), (200, b"unknown"), wire.vendor(99999, 1, b"v")], 3
    answer = client.exchange(client.pap_request(b"bob", b"x"))
    assert answer.code == wire.ACCESS_REJECT
    assert without(answer, wire.MESSAGE_AUTHENTICATOR) == [(wire.REPLY_MESSAGE, b"no")]


@pytest.mark.row("PRX-1")
def test_a_challenge_goes_back_with_the_home_servers_state_and_so_does_the_answer_to_it(client, home):
    home.attributes, home.code = [(wire.STATE, b"home's state"), (wire.REPLY_MESSAGE, b"code?")], wire.ACCESS_CHALLENGE
    challenge = client.exchange(client.pap_request(b"bob", b"x"))
    assert challenge.code == wire.ACCESS_CHALLENGE and challenge.values(wire.STATE) == [b"home's state"]
    home.attributes, home.code = (), None
    accepted = client.exchange(client.pap_request(b"bob", b"1234", [(wire.STATE, b"home's state")]))
    assert accepted.code == wire.ACCESS_ACCEPT and home.asked().values(wire.STATE) == [b"home's state"]


@pytest.mark.row("PRX-11")
def test_a_protocol_error_is_never_passed_on(client, home):
    home.code = wire.PROTOCOL_ERROR
    asked = len(home.requests)
    client.send(client.pap_request(b"bob", b"x"))
    home.wait_for_requests(asked + 1)
    assert len(home.requests) > asked
    home.code = None
    assert client.exchange(client.pap_request(b"bob", b"x")).code == wire.ACCESS_ACCEPT
    client.expect_nothing_more()


def test_edits_take_out_and_add_what_they_name(radhost):
    with Home() as stub:
        server = radhost(proxy(stub.address, more='remove = ["Calling-Station-Id", "MS-CHAP-Domain"]\n'
                                                  'add = { "Connect-Info" = "by proxy" }\n'))
        with Client(server.address("auth"), SECRET) as client:
            both = wire.Attribute(26, wire.integer(311) + b"\x0a\x05dom" + b"\x0d\x06\x00\x00\x00\x01")
            client.exchange(client.pap_request(b"bob", b"x", [
                (CALLING_STATION_ID, b"one"), (200, b"kept"), both, (CALLING_STATION_ID, b"two"),
                wire.vendor(311, 10, b"alone"), wire.vendor(99999, 10, b"other"), (wire.PROXY_STATE, b"theirs")]))
        asked = stub.asked()
        assert asked.values(CALLING_STATION_ID) == [] and asked.values(200) == [b"kept"]
        assert asked.values(26) == [wire.integer(311) + b"\x0d\x06\x00\x00\x00\x01",
                                    wire.vendor(99999, 10, b"other").value]
        assert asked.values(CONNECT_INFO) == [b"by proxy"]
        assert asked.values(wire.PROXY_STATE)[0] == b"theirs" and len(asked.values(wire.PROXY_STATE)) == 2
