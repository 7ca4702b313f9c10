# SPDX-License-Identifier: Apache-2.0
"""The oracle's own proof: wire_1_1.py agrees with every vector of RADIUS/1.1, and makes them from their content."""

import pytest

from support import mschap, wire, wire_1_1
from support.vectors import VECTORS, octets, where

TOKEN = bytes.fromhex("01020304")
PACKETS = where(kind="packet11")


def identify(vector):
    return vector.id


def test_there_are_vectors():
    assert [vector.id for vector in PACKETS] == [f"C-13{letter}" for letter in "abcdefg"]


@pytest.mark.parametrize("vector", PACKETS, ids=identify)
def test_a_packet_survives_decoding_and_encoding(vector):
    packet = wire_1_1.decode(vector.octets)
    assert not any(packet.reserved)
    wire_1_1.check_attributes(packet)
    assert wire_1_1.encode(packet.code, packet.token, packet.attributes) == vector.octets


@pytest.mark.parametrize("vector", PACKETS, ids=identify)
@pytest.mark.parametrize("spoil", [lambda whole: whole[:-1], lambda whole: whole + b"\0"], ids=["cut", "padded"])
def test_octets_that_are_not_one_packet_are_refused(vector, spoil):
    with pytest.raises(wire.Malformed):
        wire_1_1.decode(spoil(vector.octets))


def test_the_alpn_names_are_those_of_the_rfc():
    assert wire_1_1.ALPN_1_0.encode() == octets("A-7.1.0")
    assert wire_1_1.ALPN_1_1.encode() == octets("A-7.1.1")
    names = b"".join(bytes([len(name)]) + name.encode() for name in (wire_1_1.ALPN_1_0, wire_1_1.ALPN_1_1))
    assert len(names).to_bytes(2, "big") + names == octets("A-7.both")


def test_the_builders_make_the_requests():
    assert wire_1_1.pap_request(TOKEN, b"bob", b"hello") == octets("C-13a")
    assert wire_1_1.encode(wire.STATUS_SERVER, wire_1_1.ZERO_TOKEN, []) == octets("C-13f")


def test_the_builders_make_the_answers():
    request = octets("C-13a")
    keys = [wire_1_1.mppe_key(mschap.MS_MPPE_RECV_KEY, bytes(range(0x40, 0x60))),
            wire_1_1.mppe_key(mschap.MS_MPPE_SEND_KEY, bytes(range(0x60, 0x80)))]
    tunnel = wire_1_1.tunnel_password(1, b"tunnelpw")
    assert wire_1_1.answer(wire.ACCESS_ACCEPT, request, [tunnel]) == octets("C-13b")
    assert wire_1_1.answer(wire.ACCESS_ACCEPT, request, keys) == octets("C-13c")
    unable = [(wire.ERROR_CAUSE, wire.integer(506))]
    assert wire_1_1.answer(wire.PROTOCOL_ERROR, request, unable) == octets("C-13e")
    refused = [(wire.REPLY_MESSAGE, b"ALPN required"), (wire.ERROR_CAUSE, wire.integer(406))]
    assert wire_1_1.encode(wire.PROTOCOL_ERROR, wire_1_1.ZERO_TOKEN, refused) == octets("C-13d")


@pytest.mark.parametrize("vector_id", ["C-13b", "C-13c", "C-13e"])
def test_an_answer_fits_its_request(vector_id):
    assert wire_1_1.check_answer(octets(vector_id), octets("C-13a")).token == TOKEN


@pytest.mark.parametrize("position", [1, 4, 7, 8, 19], ids=["Reserved-1", "Token", "its end", "Reserved-2", "its end"])
def test_an_answer_with_another_header_does_not_fit(position):
    answer = octets("C-13b")
    spoiled = answer[:position] + bytes([answer[position] ^ 1]) + answer[position + 1:]
    with pytest.raises(wire.WrongAnswer):
        wire_1_1.check_answer(spoiled, octets("C-13a"))


@pytest.mark.parametrize("attribute", [(wire.MESSAGE_AUTHENTICATOR, bytes(16)), (241, b"\x04\x00\x00\x00\x01")],
                         ids=["Message-Authenticator", "Original-Packet-Code"])
def test_an_answer_with_what_was_left_behind_does_not_fit(attribute):
    request = octets("C-13a")
    with pytest.raises(wire.WrongAnswer):
        wire_1_1.check_answer(wire_1_1.answer(wire.ACCESS_ACCEPT, request, [attribute]), request)


def test_the_chap_challenge_is_the_request_authenticator_of_1_0():
    old, new = wire.decode(octets("A-1.3")), wire_1_1.decode(octets("C-13g"))
    assert new.values(wire.CHAP_CHALLENGE) == [old.authenticator]
    assert new.values(wire.CHAP_PASSWORD) == old.values(wire.CHAP_PASSWORD)


def test_tokens_count_up_and_around():
    assert wire_1_1.next_token(TOKEN) == bytes.fromhex("01020305")
    assert wire_1_1.next_token(b"\xff" * 4) == wire_1_1.ZERO_TOKEN


def test_the_vector_of_tls_1_0_has_the_secret_of_radsec():
    vector = VECTORS["C-12a"]
    assert vector.secret == b"radsec" and wire.decode(vector.octets).values(wire.USER_NAME) == [b"bob"]
