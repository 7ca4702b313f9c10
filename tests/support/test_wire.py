# SPDX-License-Identifier: Apache-2.0
"""The oracle's own proof: wire.py agrees with every vector of the RFCs."""

import pytest

from support import mschap, wire
from support.vectors import VECTORS, octets, where

SECRET = b"xyzzy5461"
AUTHENTICATOR = bytes(range(16))

REQUESTS = [v for v in where(kind="packet", result="good") if not v.answers and not v.authenticator]
ANSWERS = [v for v in where(kind="packet", result="good") if v.answers]


def identify(vector):
    return vector.id


@pytest.mark.parametrize("vector", where(kind="packet"), ids=identify)
def test_a_packet_survives_decoding_and_encoding(vector):
    packet = wire.decode(vector.octets)
    again = wire.encode(packet.code, packet.identifier, packet.authenticator, packet.attributes)
    assert again == vector.octets


@pytest.mark.parametrize("vector", REQUESTS, ids=identify)
def test_a_request_has_right_authenticators(vector):
    packet = wire.decode(vector.octets)
    signed = packet.code in wire.SIGNED_REQUESTS
    if signed:
        assert wire.request_authenticator_is_right(vector.octets, vector.secret)
    if packet.values(wire.MESSAGE_AUTHENTICATOR):
        authenticator = wire.ZERO_AUTHENTICATOR if signed else packet.authenticator
        right = wire.message_authenticator(vector.octets, vector.secret, authenticator)
        assert packet.values(wire.MESSAGE_AUTHENTICATOR) == [right]


@pytest.mark.parametrize("vector", ANSWERS, ids=identify)
def test_an_answer_verifies_against_its_request(vector):
    wire.check_answer(vector.octets, octets(vector.answers), vector.secret)


@pytest.mark.parametrize("vector", ANSWERS, ids=identify)
def test_an_answer_with_one_wrong_bit_does_not_verify(vector):
    spoiled = vector.octets[:-1] + bytes([vector.octets[-1] ^ 1])
    with pytest.raises((wire.WrongAnswer, wire.Malformed)):
        wire.check_answer(spoiled, octets(vector.answers), vector.secret)


def test_an_answer_without_a_request_verifies_against_its_authenticator():
    vector = VECTORS["C-11f"]
    request = bytes([1, 0x50, 0, 20]) + vector.authenticator
    wire.check_answer(vector.octets, request, vector.secret)


def test_spoiled_requests_fail_their_check():
    forged = octets("C-3x")
    assert wire.decode(forged).values(wire.MESSAGE_AUTHENTICATOR) != [
        wire.message_authenticator(forged, SECRET, forged[4:20])]
    assert not wire.request_authenticator_is_right(octets("C-4x"), SECRET)


@pytest.mark.parametrize("vector", [v for v in where(kind="datagram") if v.discard and v.discard != "unknown_code"],
                         ids=identify)
def test_a_malformed_datagram_is_refused(vector):
    with pytest.raises(wire.Malformed):
        wire.decode(vector.octets)


def test_padding_after_the_length_is_ignored():
    assert wire.decode(octets("C-15i")) == wire.decode(octets("C-3"))


@pytest.mark.parametrize("vector_id, password", [
    ("A-1.1", b"arctangent"), ("A-1.5", b"challenge"), ("A-1.7", b"99101462"), ("C-2a", b"hello"), ("C-3", b"hello"),
    ("C-12a", b"hello"), ("C-12b", b"hello")])
def test_passwords_in_requests_are_revealed_and_hidden(vector_id, password):
    vector = VECTORS[vector_id]
    packet = wire.decode(vector.octets)
    hidden = packet.values(wire.USER_PASSWORD)[0]
    assert wire.reveal_password(hidden, vector.secret, packet.authenticator) == password
    assert wire.hide_password(password, vector.secret, packet.authenticator) == hidden


@pytest.mark.parametrize("vector_id, password", [
    ("C-1a", b"a" * 15), ("C-1b", b"a" * 16), ("C-1c", b"a" * 17), ("C-1d", b"a" * 128), ("C-1e", b"")])
def test_passwords_of_every_length_are_hidden(vector_id, password):
    vector = VECTORS[vector_id]
    hidden = wire.hide_password(password, vector.secret, vector.authenticator)
    assert wire.encode_attributes([(wire.USER_PASSWORD, hidden)]) == vector.octets


def test_a_chap_response_is_computed():
    packet = wire.decode(octets("A-1.3"))
    assert packet.values(wire.CHAP_PASSWORD) == [wire.chap_response(0x16, b"arctangent", packet.authenticator)]


@pytest.mark.parametrize("vector_id, tag, salt, password", [
    ("C-7a", 1, "8001", b"tunnelpw"), ("C-7b", 2, "8002", b"0123456789abcdef")])
def test_tunnel_passwords_are_revealed_and_hidden(vector_id, tag, salt, password):
    value = wire.decode_attributes(octets(vector_id))[0].value
    assert value[0] == tag
    assert wire.reveal_salted(value[1:], SECRET, AUTHENTICATOR) == (bytes.fromhex(salt), password)
    assert wire.hide_salted(password, bytes.fromhex(salt), SECRET, AUTHENTICATOR) == value[1:]


@pytest.mark.parametrize("vector_id, vendor_type, salt, first", [
    ("C-8a", mschap.MS_MPPE_RECV_KEY, "8003", 0x40), ("C-8b", mschap.MS_MPPE_SEND_KEY, "8004", 0x60)])
def test_mppe_keys_are_revealed_and_hidden(vector_id, vendor_type, salt, first):
    key = bytes(range(first, first + 32))
    packet = wire.Packet(2, 0, b"", wire.decode_attributes(octets(vector_id)))
    value, = packet.vendor_values(mschap.MICROSOFT, vendor_type)
    assert wire.reveal_salted(value, SECRET, AUTHENTICATOR) == (bytes.fromhex(salt), key)
    assert wire.hide_salted(key, bytes.fromhex(salt), SECRET, AUTHENTICATOR) == value


def test_the_builders_make_the_vectors():
    """The same octets from content alone: C-2a, C-2b, C-3, C-4a, C-5a."""
    password = wire.hide_password(b"hello", SECRET, AUTHENTICATOR)
    login = [(1, b"bob"), (2, password), (4, wire.ipv4("192.0.2.1"))]
    proxies = [(33, b"\xde\xad"), (33, b"\xbe\xef")]
    request = wire.access_request(login + proxies, SECRET, identifier=0x11, authenticator=AUTHENTICATOR)
    assert request == octets("C-2a")
    assert wire.answer(wire.ACCESS_ACCEPT, request, [(6, wire.integer(1))] + proxies, SECRET) == octets("C-2b")
    assert wire.access_request(login, SECRET, identifier=0x12, authenticator=AUTHENTICATOR,
                               message_authenticator="last") == octets("C-3")
    record = [(40, wire.integer(1)), (44, b"S1"), (4, wire.ipv4("192.0.2.1")), (1, b"bob"), (33, b"\x01\x02")]
    assert wire.signed_request(wire.ACCOUNTING_REQUEST, record, SECRET, identifier=0x20) == octets("C-4a")
    change = [(44, b"S1"), (4, wire.ipv4("192.0.2.1")), (27, wire.integer(600)), (55, wire.integer(1700000000))]
    assert wire.signed_request(wire.COA_REQUEST, change, SECRET, identifier=0x30,
                               message_authenticator="last") == octets("C-5a")
