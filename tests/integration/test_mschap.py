# SPDX-License-Identifier: Apache-2.0
"""MS-CHAP version 1 and 2: verdicts, the proof the server gives of itself, and the MPPE keys."""

import os
import re

import pytest

from support import mschap, wire
from support.client import Client
from support.configurations import ACCESS, CLIENT_PASS_HASHES, SECRET, hashed_users, user
from support.vectors import VECTORS, octets

CHALLENGE = octets("A-4.authenticator-challenge")
PEER_CHALLENGE = octets("A-4.peer-challenge")
NT_RESPONSE = octets("A-4.nt-response")

USERS = (hashed_users() + user("User") + user(r"BIGCO\\User")
         + user("tunnels", reply='{ "Tunnel-Password:1" = "one", "Tunnel-Password:2" = "0123456789abcdef" }'))


@pytest.fixture(scope="module")
def server(shared_radhost):
    return shared_radhost(ACCESS, files={"users.toml": USERS})


@pytest.fixture
def client(server):
    with Client(server.address("auth"), SECRET) as opened:
        yield opened


def microsoft(packet, vendor_type):
    return packet.vendor_values(mschap.MICROSOFT, vendor_type)


def respond(client, name, hashed_name, password, *, challenge=None, ident=1):
    """A MS-CHAPv2 request with random challenges: (request, what the right answer proves)."""
    challenge = challenge or os.urandom(16)
    peer_challenge = os.urandom(16)
    response = mschap.generate_nt_response(challenge, peer_challenge, hashed_name, password)
    proof = mschap.authenticator_response(password, response, peer_challenge, challenge, hashed_name)
    return client.mschapv2_request(name, challenge, peer_challenge, response, ident), response, proof


# Version 2

@pytest.mark.row("AUTH-17", "AUTH-18")
def test_the_example_of_rfc_2759_is_accepted_and_the_server_proves_itself(client):
    answer = client.exchange(client.mschapv2_request(b"User", CHALLENGE, PEER_CHALLENGE, NT_RESPONSE))
    assert answer.code == wire.ACCESS_ACCEPT
    assert microsoft(answer, mschap.MS_CHAP2_SUCCESS) == [
        b"\x01" + VECTORS["A-4.authenticator-response"].result.encode()]


@pytest.mark.row("AUTH-14")
def test_the_example_of_rfc_3079_yields_its_keys(client):
    request = client.mschapv2_request(b"User", CHALLENGE, PEER_CHALLENGE, NT_RESPONSE)
    answer = client.exchange(request)
    send, = microsoft(answer, mschap.MS_MPPE_SEND_KEY)
    receive, = microsoft(answer, mschap.MS_MPPE_RECV_KEY)
    assert wire.reveal_salted(send, SECRET, request[4:20])[1] == octets("A-5.send-start-key-128")
    assert wire.reveal_salted(receive, SECRET, request[4:20])[1] == octets("A-5.recv-start-key-128")


@pytest.mark.row("AUTH-18")
@pytest.mark.parametrize("ident", [0, 1, 77, 255])
def test_other_challenges_get_their_own_proof_and_keys(client, ident):
    request, response, proof = respond(client, b"User", b"User", "clientPass", ident=ident)
    answer = client.exchange(request)
    assert answer.code == wire.ACCESS_ACCEPT
    assert microsoft(answer, mschap.MS_CHAP2_SUCCESS) == [bytes([ident]) + proof]
    keys = [wire.reveal_salted(microsoft(answer, type_)[0], SECRET, request[4:20])[1]
            for type_ in (mschap.MS_MPPE_SEND_KEY, mschap.MS_MPPE_RECV_KEY)]
    assert keys == list(mschap.mschapv2_keys("clientPass", response))


@pytest.mark.row("AUTH-17")
def test_the_domain_before_a_backslash_is_not_hashed(client):
    request, _, proof = respond(client, rb"BIGCO\User", b"User", "clientPass")
    answer = client.exchange(request)
    assert answer.code == wire.ACCESS_ACCEPT
    assert microsoft(answer, mschap.MS_CHAP2_SUCCESS) == [b"\x01" + proof]


@pytest.mark.row("AUTH-17")
def test_a_response_that_hashes_the_domain_is_rejected(client):
    request, _, _ = respond(client, rb"BIGCO\User", rb"BIGCO\User", "clientPass")
    assert client.exchange(request).code == wire.ACCESS_REJECT


@pytest.mark.row("AUTH-17")
@pytest.mark.parametrize("offset", [1, 18, 25], ids=["Flags", "first of Reserved", "last of Reserved"])
@pytest.mark.parametrize("octet, code", [(0, wire.ACCESS_ACCEPT), (1, wire.ACCESS_REJECT), (128, wire.ACCESS_REJECT)])
def test_flags_and_reserved_octets_are_zero(client, offset, octet, code):
    """RFC 2548 §2.3.2; the proof beside them is right."""
    value = bytearray(mschap.mschapv2_response(PEER_CHALLENGE, NT_RESPONSE))
    value[offset] = octet
    request = client.access_request([
        (wire.USER_NAME, b"User"), wire.vendor(mschap.MICROSOFT, mschap.MS_CHAP_CHALLENGE, CHALLENGE),
        wire.vendor(mschap.MICROSOFT, mschap.MS_CHAP2_RESPONSE, bytes(value))])
    assert client.exchange(request).code == code


@pytest.mark.row("AUTH-19")
@pytest.mark.parametrize("ident", [1, 200])
def test_a_wrong_response_is_rejected_with_an_ms_chap_error(client, ident):
    request, _, _ = respond(client, b"User", b"User", "wrong", ident=ident)
    answer = client.exchange(request)
    assert answer.code == wire.ACCESS_REJECT
    error, = microsoft(answer, mschap.MS_CHAP_ERROR)
    assert error[0] == ident
    assert re.fullmatch(rb"E=691 R=0 C=[0-9A-Fa-f]{32} V=3 M=[^\0]+", error[1:]), error
    assert [type_ for type_, _ in answer.vendor_attributes(mschap.MICROSOFT)] == [mschap.MS_CHAP_ERROR]


@pytest.mark.row("AUTH-19")
def test_two_rejects_name_two_challenges(client):
    errors = []
    for _ in range(2):
        request, _, _ = respond(client, b"User", b"User", "wrong")
        errors += microsoft(client.exchange(request), mschap.MS_CHAP_ERROR)
    challenges = {re.search(rb"C=(\w+)", error)[1] for error in errors}
    assert len(challenges) == 2


@pytest.mark.row("AUTH-18")
def test_a_reject_holds_no_proof_and_no_keys(client):
    request, _, _ = respond(client, b"User", b"User", "wrong")
    answer = client.exchange(request)
    for vendor_type in (mschap.MS_CHAP2_SUCCESS, mschap.MS_MPPE_SEND_KEY, mschap.MS_MPPE_RECV_KEY):
        assert microsoft(answer, vendor_type) == []


@pytest.mark.row("AUTH-14")
def test_every_salt_of_one_accept_is_marked_and_different(client):
    """Two tunnels and both MPPE keys: four salts, the top bit set in each (RFC 2868 §3.5)."""
    request, response, _ = respond(client, b"tunnels", b"tunnels", "clientPass")
    answer = client.exchange(request)
    tunnels = {value[0]: wire.reveal_salted(value[1:], SECRET, request[4:20])
               for value in answer.values(wire.TUNNEL_PASSWORD)}
    keys = [wire.reveal_salted(microsoft(answer, type_)[0], SECRET, request[4:20])
            for type_ in (mschap.MS_MPPE_SEND_KEY, mschap.MS_MPPE_RECV_KEY)]
    assert {tag: password for tag, (_, password) in tunnels.items()} == {1: b"one", 2: b"0123456789abcdef"}
    assert [key for _, key in keys] == list(mschap.mschapv2_keys("clientPass", response))
    salts = {salt for salt, _ in [*tunnels.values(), *keys]}
    assert len(salts) == 4 and all(salt[0] & 0x80 for salt in salts)


# Version 1

@pytest.mark.row("AUTH-14")
@pytest.mark.parametrize("challenge", [octets("A-5.mschapv1-challenge"), os.urandom(8)], ids=["RFC 3079", "random"])
def test_version_1_is_accepted_and_yields_its_keys(client, challenge):
    """MS-CHAP-MPPE-Keys: LM-Key (8 octets, zero when the server knows no LM hash), NT-Key (16), padding (8)."""
    request = client.mschapv1_request(b"User", "clientPass", challenge)
    answer = client.exchange(request)
    assert answer.code == wire.ACCESS_ACCEPT
    hidden, = microsoft(answer, mschap.MS_CHAP_MPPE_KEYS)
    assert len(hidden) == 32
    plain = wire.reveal_blocks(hidden, SECRET, request[4:20])
    lm_key, nt_key = mschap.mschapv1_keys("clientPass")
    assert plain[:8] in (lm_key, bytes(8))
    assert plain[8:] == nt_key + bytes(8)


@pytest.mark.row("AUTH-19")
def test_a_wrong_version_1_response_is_rejected_with_an_ms_chap_error(client):
    answer = client.exchange(client.mschapv1_request(b"User", "wrong", os.urandom(8), ident=9))
    assert answer.code == wire.ACCESS_REJECT
    error, = microsoft(answer, mschap.MS_CHAP_ERROR)
    assert error[0] == 9 and error[1:].startswith(b"E=691 R=0")


# Stored credentials and damaged requests

def test_an_nt_hash_serves_both_versions(client):
    request, _, proof = respond(client, b"nthash", b"nthash", "clientPass")
    answer = client.exchange(request)
    assert answer.code == wire.ACCESS_ACCEPT
    assert microsoft(answer, mschap.MS_CHAP2_SUCCESS) == [b"\x01" + proof]
    assert client.exchange(client.mschapv1_request(b"nthash", "clientPass", os.urandom(8))).code == wire.ACCESS_ACCEPT


def test_a_wrong_password_against_an_nt_hash_is_rejected(client):
    request, _, _ = respond(client, b"nthash", b"nthash", "clientpass")
    assert client.exchange(request).code == wire.ACCESS_REJECT
    assert client.exchange(client.mschapv1_request(b"nthash", "clientpass", os.urandom(8))).code == wire.ACCESS_REJECT


@pytest.mark.row("AUTH-13")
@pytest.mark.parametrize("name", list(CLIENT_PASS_HASHES))
def test_mschap_against_a_crypt_hash_is_rejected(client, name):
    request, _, _ = respond(client, name.encode(), name.encode(), "clientPass")
    assert client.exchange(request).code == wire.ACCESS_REJECT
    request = client.mschapv1_request(name.encode(), "clientPass", os.urandom(8))
    assert client.exchange(request).code == wire.ACCESS_REJECT


def test_an_unknown_user_is_rejected(client):
    request, _, _ = respond(client, b"nobody", b"nobody", "clientPass")
    assert client.exchange(request).code == wire.ACCESS_REJECT


def test_a_response_without_a_challenge_is_rejected(client):
    response = mschap.mschapv2_response(PEER_CHALLENGE, NT_RESPONSE)
    request = client.access_request([(wire.USER_NAME, b"User"),
                                     wire.vendor(mschap.MICROSOFT, mschap.MS_CHAP2_RESPONSE, response)])
    assert client.exchange(request).code == wire.ACCESS_REJECT


@pytest.mark.parametrize("length", [0, 7, 9, 15, 17])
def test_a_challenge_of_a_wrong_length_is_rejected(client, length):
    """The response is computed for just this challenge, so only its length is wrong."""
    challenge = os.urandom(length)
    response = mschap.generate_nt_response(challenge, PEER_CHALLENGE, b"User", "clientPass")
    request = client.mschapv2_request(b"User", challenge, PEER_CHALLENGE, response)
    assert client.exchange(request).code == wire.ACCESS_REJECT


@pytest.mark.row("AUTH-17")
@pytest.mark.parametrize("length", [0, 1, 49, 51, 60])
def test_a_response_of_a_wrong_length_is_rejected(client, length):
    value = mschap.mschapv2_response(PEER_CHALLENGE, NT_RESPONSE).ljust(60, b"\0")[:length]
    request = client.access_request([
        (wire.USER_NAME, b"User"), wire.vendor(mschap.MICROSOFT, mschap.MS_CHAP_CHALLENGE, CHALLENGE),
        wire.vendor(mschap.MICROSOFT, mschap.MS_CHAP2_RESPONSE, value)])
    assert client.exchange(request).code == wire.ACCESS_REJECT
