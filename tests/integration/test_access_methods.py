# SPDX-License-Identifier: Apache-2.0
"""Who gets in: PAP and CHAP against every kind of stored credential."""

import itertools
import os

import pytest

from support import wire
from support.client import Client
from support.configurations import ACCESS, BOB, CLIENT_PASS_HASHES, SECRET, hashed_users, user
from support.vectors import octets

# The Request Authenticator of the computed vectors.
AUTHENTICATOR = bytes(range(16))

USERS = (
    BOB + hashed_users()
    + user("nemo", 'password = "arctangent"') + user("flopsy", 'password = "arctangent"')
    + user("mopsy", 'password = "challenge"')
    + user("fifteen", f'password = "{"a" * 15}"') + user("sixteen", f'password = "{"a" * 16}"')
    + user("seventeen", f'password = "{"a" * 17}"') + user("maximum", f'password = "{"a" * 128}"')
    + user(r"a\u0000b") + user("köln", 'password = "pä ss"')
)


@pytest.fixture(scope="module")
def server(shared_radhost):
    return shared_radhost(ACCESS, files={"users.toml": USERS})


@pytest.fixture
def client(server):
    with Client(server.address("auth"), SECRET) as opened:
        yield opened


# PAP

def test_a_right_pap_password_is_accepted(client):
    assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT


@pytest.mark.parametrize("password", [b"hellp", b"hell", b"helloo", b"Hello", b"", b"hello\x01", b"hello\0x"])
def test_a_wrong_pap_password_is_rejected(client, password):
    assert client.pap(b"bob", password).code == wire.ACCESS_REJECT


def test_an_unknown_user_is_rejected(client):
    assert client.pap(b"nobody", b"hello").code == wire.ACCESS_REJECT


@pytest.mark.parametrize("name", [b"Bob", b"bob ", b"bob\0", b"bo"])
def test_a_name_that_differs_in_one_octet_is_another_user(client, name):
    assert client.pap(name, b"hello").code == wire.ACCESS_REJECT


@pytest.mark.row("COD-10")
def test_a_nul_inside_a_name_is_part_of_the_name(client):
    assert client.pap(b"a\0b", b"clientPass").code == wire.ACCESS_ACCEPT
    assert client.pap(b"a", b"clientPass").code == wire.ACCESS_REJECT


def test_names_and_passwords_are_utf_8(client):
    assert client.pap("köln".encode(), "pä ss".encode()).code == wire.ACCESS_ACCEPT
    assert client.pap("köln".encode(), "pä ss".encode("latin-1")).code == wire.ACCESS_REJECT


@pytest.mark.row("AUTH-9")
@pytest.mark.parametrize("vector_id", ["A-1.1", "C-2a", "C-3"])
def test_the_pap_requests_of_the_vectors_are_accepted(client, vector_id):
    assert client.exchange(octets(vector_id)).code == wire.ACCESS_ACCEPT


@pytest.mark.row("AUTH-9")
def test_the_pap_request_of_the_challenge_example_needs_the_right_password(client):
    assert client.exchange(octets("A-1.5")).code == wire.ACCESS_ACCEPT
    # The second request of RFC 2865 §7.3 answers a challenge that was never given; its password is another one.
    assert client.exchange(octets("A-1.7")).code == wire.ACCESS_REJECT


@pytest.mark.row("AUTH-9")
@pytest.mark.parametrize("name, vector_id", [
    (b"fifteen", "C-1a"), (b"sixteen", "C-1b"), (b"seventeen", "C-1c"), (b"maximum", "C-1d")])
def test_passwords_of_every_length_are_accepted(client, name, vector_id):
    hidden, = wire.decode_attributes(octets(vector_id))
    request = client.access_request([(wire.USER_NAME, name), hidden], authenticator=AUTHENTICATOR)
    assert client.exchange(request).code == wire.ACCESS_ACCEPT


@pytest.mark.row("AUTH-9")
@pytest.mark.parametrize("name, length", [
    (b"fifteen", 16), (b"sixteen", 15), (b"sixteen", 17), (b"seventeen", 16), (b"maximum", 127), (b"maximum", 112)])
def test_passwords_one_block_or_one_octet_off_are_rejected(client, name, length):
    assert client.pap(name, b"a" * length).code == wire.ACCESS_REJECT


@pytest.mark.row("AUTH-9")
def test_an_empty_password_is_accepted_only_where_it_is_the_password(radhost):
    server = radhost(ACCESS, files={"users.toml": user("open", 'password = ""')})
    hidden, = wire.decode_attributes(octets("C-1e"))
    with Client(server.address("auth"), SECRET) as client:
        request = client.access_request([(wire.USER_NAME, b"open"), hidden], authenticator=AUTHENTICATOR)
        assert client.exchange(request).code == wire.ACCESS_ACCEPT
        assert client.pap(b"open", b"x").code == wire.ACCESS_REJECT


@pytest.mark.row("AUTH-10")
@pytest.mark.parametrize("length", [0, 1, 15, 17, 31, 129, 144])
def test_a_user_password_of_an_impossible_length_is_rejected(client, length):
    request = client.access_request([(wire.USER_NAME, b"bob"), (wire.USER_PASSWORD, os.urandom(length)),
                                     (wire.NAS_IP_ADDRESS, bytes(4))])
    assert client.exchange(request).code == wire.ACCESS_REJECT


# CHAP

@pytest.mark.row("AUTH-12")
def test_the_chap_request_of_rfc_2865_is_accepted(client):
    """Its challenge is the Request Authenticator."""
    assert client.exchange(octets("A-1.3")).code == wire.ACCESS_ACCEPT


@pytest.mark.row("AUTH-12")
@pytest.mark.parametrize("length", [None, 1, 8, 16, 32, 253], ids=lambda n: f"challenge of {n or 'header'}")
def test_a_right_chap_response_is_accepted_and_a_wrong_one_is_rejected(client, length):
    challenge = os.urandom(length) if length else None
    assert client.chap(b"flopsy", b"arctangent", challenge).code == wire.ACCESS_ACCEPT
    assert client.chap(b"flopsy", b"arctangenT", challenge).code == wire.ACCESS_REJECT


@pytest.mark.row("AUTH-12")
def test_a_chap_challenge_counts_before_the_request_authenticator(client):
    """The response is right for the Request Authenticator, but a CHAP-Challenge is there."""
    packet = wire.decode(octets("A-1.3"))
    attributes = packet.attributes + [(wire.CHAP_CHALLENGE, os.urandom(16))]
    request = client.access_request(attributes, authenticator=packet.authenticator)
    assert client.exchange(request).code == wire.ACCESS_REJECT


@pytest.mark.row("AUTH-12")
@pytest.mark.parametrize("length, code", [(16, wire.ACCESS_REJECT), (17, wire.ACCESS_ACCEPT), (18, wire.ACCESS_REJECT)])
def test_a_chap_password_has_17_octets(client, length, code):
    """The identifier and the digest; the right response, cut or with another octet behind."""
    value = wire.chap_response(1, b"hello", AUTHENTICATOR).ljust(18, b"\0")[:length]
    attributes = [(wire.USER_NAME, b"bob"), (wire.CHAP_PASSWORD, value)]
    request = client.access_request(attributes, authenticator=AUTHENTICATOR)
    assert client.exchange(request).code == code


@pytest.mark.row("AUTH-9")
def test_nuls_after_a_password_are_padding_and_nuls_within_are_not(client):
    assert client.pap(b"bob", b"hello" + bytes(20)).code == wire.ACCESS_ACCEPT
    assert client.pap(b"bob", b"hel\0lo").code == wire.ACCESS_REJECT


@pytest.mark.row("AUTH-12", "AUTH-10")
@pytest.mark.parametrize("length", [0, 1, 16, 18, 33])
def test_a_chap_password_of_an_impossible_length_is_rejected(client, length):
    request = client.access_request([(wire.USER_NAME, b"flopsy"), (wire.CHAP_PASSWORD, os.urandom(length)),
                                     (wire.NAS_IP_ADDRESS, bytes(4))])
    assert client.exchange(request).code == wire.ACCESS_REJECT


# What proves that bob is bob; each is right as far as it can be.
AUTHENTICATOR_OF_BOB = bytes(range(100, 116))
PAP = (wire.USER_PASSWORD, wire.hide_password(b"hello", SECRET, AUTHENTICATOR_OF_BOB))
CHAP = (wire.CHAP_PASSWORD, wire.chap_response(1, b"hello", AUTHENTICATOR_OF_BOB))
ARAP = (wire.ARAP_PASSWORD, bytes(16))
EAP = (wire.EAP_MESSAGE, bytes.fromhex("0201000801626f62"))


def verdict_on(client, *credentials):
    attributes = [(wire.USER_NAME, b"bob"), (wire.NAS_IP_ADDRESS, bytes(4)), *credentials]
    return client.exchange(client.access_request(attributes, authenticator=AUTHENTICATOR_OF_BOB)).code


@pytest.mark.row("AUTH-11")
@pytest.mark.parametrize("pair", itertools.permutations([PAP, CHAP, ARAP, EAP], 2),
                         ids=lambda pair: f"{pair[0][0]} and {pair[1][0]}")
def test_two_methods_in_one_request_are_rejected(client, pair):
    assert verdict_on(client, *pair) == wire.ACCESS_REJECT


@pytest.mark.row("AUTH-11")
@pytest.mark.parametrize("one", [PAP, CHAP], ids=["PAP", "CHAP"])
def test_one_method_alone_is_accepted_and_twice_is_rejected(client, one):
    assert verdict_on(client, one) == wire.ACCESS_ACCEPT
    assert verdict_on(client, one, one) == wire.ACCESS_REJECT


@pytest.mark.row("AUTH-13")
@pytest.mark.parametrize("method", [ARAP, EAP], ids=["ARAP", "EAP"])
def test_a_method_that_no_handler_knows_is_rejected(client, method):
    assert verdict_on(client, method) == wire.ACCESS_REJECT


def test_a_request_without_any_method_is_rejected(client):
    """It carries a Message-Authenticator, so it is answered; nobody vouches for the user, so it is no Accept."""
    assert client.exchange(client.access_request([(wire.USER_NAME, b"bob")])).code == wire.ACCESS_REJECT


# Hashed credentials

@pytest.mark.parametrize("name", [*CLIENT_PASS_HASHES, "nthash"])
def test_a_hashed_password_serves_pap(client, name):
    assert client.pap(name.encode(), b"clientPass").code == wire.ACCESS_ACCEPT
    assert client.pap(name.encode(), b"clientpass").code == wire.ACCESS_REJECT


@pytest.mark.row("AUTH-13")
@pytest.mark.parametrize("name", [*CLIENT_PASS_HASHES, "nthash"])
def test_chap_against_a_hash_is_rejected(client, name):
    assert client.chap(name.encode(), b"clientPass").code == wire.ACCESS_REJECT
    assert client.chap(name.encode(), b"clientPass", os.urandom(16)).code == wire.ACCESS_REJECT


@pytest.mark.parametrize("name", [*CLIENT_PASS_HASHES, "nthash"])
def test_the_hash_itself_is_not_a_password(client, name):
    stored = CLIENT_PASS_HASHES.get(name, "44ebba8d5312b8d611474411f56989ae")
    assert client.pap(name.encode(), stored.encode()).code == wire.ACCESS_REJECT


# What `unknown` says

def test_an_unknown_user_may_be_passed_on(radhost):
    configuration = ACCESS.replace('path = "users.toml"', 'path = "users.toml"\nunknown = "pass"').replace(
        'handlers = ["users", "password"]', 'handlers = ["users", "welcome"]') + """
[plugin.welcome]
module = "static"
[plugin.welcome.config]
verdict = "accept"
"""
    server = radhost(configuration, files={"users.toml": BOB})
    with Client(server.address("auth"), SECRET) as client:
        assert client.pap(b"stranger", b"x").code == wire.ACCESS_ACCEPT
