# SPDX-License-Identifier: Apache-2.0
"""What is no RADIUS packet, or none this listener takes, gets no answer, moves one counter, and harms nobody."""

import os
import random

import pytest

from support import wire
from support.client import Client
from support.configurations import ACCESS, ACCOUNTING, ACCT_LISTENER, BOB, SECRET, acctlog_plugin, user
from support.vectors import VECTORS, octets, where

FILES = {"users.toml": BOB}


def assert_discarded(radhost, datagram, word, configuration=ACCESS, probe=None):
    """The datagram gets no answer, a valid request after it does, and exactly this counter has moved."""
    server = radhost(configuration, files=FILES)
    name = "acct" if configuration is ACCOUNTING else "auth"
    with Client(server.address(name), SECRET) as client:
        probe = probe or (lambda: client.pap_request(b"bob", b"hello", identifier=200))
        answer = client.expect_silence(datagram, probe)
        assert answer.code in (wire.ACCESS_ACCEPT, wire.ACCOUNTING_RESPONSE)
    assert server.stop().discards() == {word: 1}


ROWS = {"short_packet": "COD-1", "oversized_packet": "COD-2", "truncated_packet": "COD-3", "unknown_code": "COD-5",
        "malformed_attribute": "COD-6"}


def vector_parameters():
    for vector in where(kind="datagram"):
        if vector.discard:
            yield pytest.param(vector, id=vector.id, marks=pytest.mark.row(ROWS[vector.discard]))


@pytest.mark.parametrize("vector", vector_parameters())
def test_a_malformed_vector_is_discarded(radhost, vector):
    datagram = vector.octets.ljust(4097, b"\0") if vector.id == "C-15d" else vector.octets
    assert_discarded(radhost, datagram, vector.discard)


@pytest.mark.row("COD-1")
@pytest.mark.parametrize("length", [0, 1, 4, 19])
def test_a_datagram_shorter_than_a_header_is_discarded(radhost, length):
    assert_discarded(radhost, octets("C-3")[:length], "short_packet")


@pytest.mark.row("COD-1")
def test_a_header_alone_is_a_packet(radhost):
    """It is not short, it only lacks what an Access-Request must have."""
    assert_discarded(radhost, wire.encode(wire.ACCESS_REQUEST, 1, bytes(16), []), "no_credentials")


@pytest.mark.row("COD-1")
@pytest.mark.parametrize("length", [0, 1, 19])
def test_a_length_field_below_a_header_is_discarded(radhost, length):
    datagram = octets("C-3")
    assert_discarded(radhost, datagram[:2] + length.to_bytes(2, "big") + datagram[4:], "short_packet")


def padded_request(client, name, password, length):
    """An Access-Request that is `length` octets long, by Proxy-State."""
    missing = length - len(client.pap_request(name, password))
    filler = []
    while missing:
        size = min(missing, 255)
        if missing - size == 1:  # An attribute has two octets at least.
            size -= 1
        filler.append((wire.PROXY_STATE, os.urandom(size - 2)))
        missing -= size
    return client.pap_request(name, password, filler)


@pytest.mark.row("COD-2")
def test_a_packet_of_4096_octets_is_answered(radhost):
    server = radhost(ACCESS, files=FILES)
    with Client(server.address("auth"), SECRET) as client:
        request = padded_request(client, b"bob", b"hello", 4096)
        assert len(request) == 4096
        answer = client.exchange(request)
        assert answer.code == wire.ACCESS_ACCEPT
        assert answer.values(wire.PROXY_STATE) == wire.decode(request).values(wire.PROXY_STATE)
        assert client.exchange(padded_request(client, b"bob", b"wrong", 4096)).code == wire.ACCESS_REJECT
    assert server.stop().discards() == {}


@pytest.mark.row("COD-2")
def test_an_answer_that_cannot_fit_is_the_handlers_failure(radhost):
    """The request is full of Proxy-State, which must come back, and the user's reply needs 508 octets more."""
    wordy = user("wordy", reply=f'{{ "Reply-Message" = ["{"x" * 252}", "{"y" * 252}"] }}')
    server = radhost(ACCESS, files={"users.toml": BOB + wordy})
    with Client(server.address("auth"), SECRET) as client:
        assert client.pap(b"wordy", b"clientPass").code == wire.ACCESS_ACCEPT
        full = padded_request(client, b"wordy", b"clientPass", 4096)
        answer = client.exchange(full)
        assert answer.code == wire.ACCESS_REJECT
        assert answer.values(wire.PROXY_STATE) == wire.decode(full).values(wire.PROXY_STATE)
    counters = server.stop()
    assert counters.discards() == {} and counters.tree["plugins"]["password"]["errors"] == 1


@pytest.mark.row("COD-2")
def test_an_answer_that_cannot_fit_is_none_where_errors_are_dropped(radhost):
    wordy = user("wordy", reply=f'{{ "Reply-Message" = ["{"x" * 252}", "{"y" * 252}"] }}')
    dropping = ACCESS.replace('module = "password"', 'module = "password"\non_error = "drop"')
    server = radhost(dropping, files={"users.toml": BOB + wordy})
    with Client(server.address("auth"), SECRET) as client:
        full = padded_request(client, b"wordy", b"clientPass", 4096)
        answer = client.expect_silence(full, lambda: client.pap_request(b"bob", b"hello"))
        assert answer.code == wire.ACCESS_ACCEPT
    assert server.stop().discards() == {"reply_unencodable": 1}


@pytest.mark.row("COD-3")
@pytest.mark.parametrize("missing", [1, 30, 47])
def test_a_packet_cut_off_anywhere_is_discarded(radhost, missing):
    assert_discarded(radhost, octets("C-3")[:-missing], "truncated_packet")


@pytest.mark.row("COD-4")
def test_octets_after_the_length_are_padding(radhost):
    server = radhost(ACCESS, files=FILES)
    with Client(server.address("auth"), SECRET) as client:
        assert client.exchange(octets("C-15i")).code == wire.ACCESS_ACCEPT
    with Client(server.address("auth"), SECRET) as client:
        # Even when packet and padding are longer than a packet may be.
        assert client.exchange(octets("C-3") + bytes(4100)).code == wire.ACCESS_ACCEPT
    assert server.stop().discards() == {}


@pytest.mark.row("COD-4")
def test_padding_is_not_part_of_the_signature_of_accounting(radhost):
    server = radhost(ACCOUNTING)
    with Client(server.address("acct"), SECRET) as client:
        client.send(octets("C-4a") + b"\xff\xff")
        assert client.receive() == octets("C-4b")


@pytest.mark.row("COD-5")
@pytest.mark.parametrize("code", [0, 6, 99, 255])
def test_an_unknown_code_is_discarded(radhost, code):
    assert_discarded(radhost, bytes([code]) + octets("C-15j")[1:], "unknown_code")


@pytest.mark.parametrize("code", [
    wire.ACCESS_ACCEPT, wire.ACCESS_REJECT, wire.ACCESS_CHALLENGE, wire.ACCOUNTING_RESPONSE, wire.COA_ACK,
    wire.DISCONNECT_NAK])
def test_an_answer_is_no_request(radhost, code):
    request = octets("C-2a")
    assert_discarded(radhost, wire.answer(code, request, [], SECRET), "unexpected_code")


@pytest.mark.row("ACC-10")
def test_accounting_on_an_authentication_port_is_discarded(radhost):
    assert_discarded(radhost, octets("C-4a"), "unexpected_code")


@pytest.mark.row("ACC-10")
def test_an_access_request_on_an_accounting_port_is_discarded(radhost):
    assert_discarded(radhost, octets("C-2a"), "unexpected_code", ACCOUNTING, lambda: octets("C-4a"))


@pytest.mark.parametrize("vector_id", ["C-5a", "C-6a"])
def test_dynamic_authorization_on_an_authentication_port_is_discarded(radhost, vector_id):
    assert_discarded(radhost, octets(vector_id), "unexpected_code")


@pytest.mark.row("COD-6")
@pytest.mark.parametrize("vector_id", ["C-15e", "C-15f", "C-15g", "C-15h"])
def test_malformed_accounting_is_discarded_even_when_it_is_signed(radhost, vector_id):
    """The framing error of an Access-Request vector, in an Accounting-Request with a right authenticator."""
    body = VECTORS[vector_id].octets[20:]
    length = (20 + len(body)).to_bytes(2, "big")
    datagram = wire.sign_request(bytes([wire.ACCOUNTING_REQUEST, 1]) + length + bytes(16) + body, SECRET)
    assert_discarded(radhost, datagram, "malformed_attribute", ACCOUNTING, lambda: octets("C-4a"))


@pytest.mark.row("COD-6")
def test_a_framing_error_after_good_credentials_is_still_a_framing_error(radhost):
    request = octets("C-3")
    datagram = request[:2] + (len(request) + 2).to_bytes(2, "big") + request[4:] + b"\x12\x01"
    assert_discarded(radhost, datagram, "malformed_attribute")


@pytest.mark.row("CLI-7")
def test_a_request_without_credentials_and_message_authenticator_is_discarded(radhost):
    datagram = wire.access_request([(wire.USER_NAME, b"bob"), (wire.NAS_IP_ADDRESS, bytes(4))], SECRET, identifier=3,
                                   message_authenticator=None)
    assert_discarded(radhost, datagram, "no_credentials")


def test_all_discard_words_are_printed_with_their_count(radhost):
    server = radhost(ACCESS + acctlog_plugin() + ACCT_LISTENER, files=FILES)
    assert server.stop().tree["discards"] == dict.fromkeys((
        "short_packet", "oversized_packet", "truncated_packet", "malformed_attribute", "unknown_code",
        "unexpected_code", "unknown_client", "bad_authenticator", "bad_message_authenticator",
        "missing_message_authenticator", "unprotected_proxy_state", "no_credentials", "invalid_accounting",
        "token_reused", "stale_event_timestamp", "duplicate", "superseded", "status_disabled", "status_rate", "listener_in_flight",
        "client_in_flight", "offload_queue_full", "conversation_busy", "dropped_by_plugin", "plugin_error",
        "plugin_timeout", "unanswered", "reply_unencodable", "send_failed", "passed_on"), 0)


def test_a_thousand_random_datagrams_do_not_disturb_the_next_request(radhost):
    """Headers that claim a fitting length, then noise: attributes of every size and fault."""
    noise = random.Random(2865)
    server = radhost(ACCESS, files=FILES)
    with Client(server.address("auth"), SECRET) as client:
        for number in range(1000):
            body = noise.randbytes(noise.randrange(0, 120))
            length = max(0, 20 + len(body) + noise.choice((0, 0, 0, 0, -1, 1, 40)))
            client.send(bytes([noise.choice((1, 4, 12, 40, 43, noise.randrange(256))), number % 256]) +
                        length.to_bytes(2, "big") + noise.randbytes(16) + body)
            if number % 100 == 99:
                request = client.pap_request(b"bob", b"hello", identifier=0)
                client.send(request)
                answer = client.receive()
                while answer[1] != 0 or answer[4:20] != wire.response_authenticator(answer, request[4:20], SECRET):
                    answer = client.receive()
                assert answer[0] == wire.ACCESS_ACCEPT
