# SPDX-License-Identifier: Apache-2.0
"""Attributes the server does not know, or whose values are invalid, never decide about a request."""

import json
import random

import pytest

from support import wire
from support.client import Client
from support.configurations import ACCESS, ACCT_LISTENER, BOB, SECRET, acctlog_plugin
from support.vectors import octets, where

STRANGE = [(200, b"\x01\x02"), wire.vendor(99999, 7, b"what is this")]


@pytest.fixture(scope="module")
def server(shared_radhost):
    return shared_radhost(ACCESS + acctlog_plugin() + ACCT_LISTENER, files={"users.toml": BOB})


@pytest.fixture
def client(server):
    with Client(server.address("auth"), SECRET) as opened:
        yield opened


def with_added(client, vector_id, added):
    """A vector's Access-Request with attributes appended, signed anew."""
    packet = wire.decode(octets(vector_id))
    attributes = [a for a in packet.attributes if a.type != wire.MESSAGE_AUTHENTICATOR]
    return client.access_request(attributes + list(added), authenticator=packet.authenticator)


@pytest.mark.row("COD-8")
def test_unknown_attributes_do_not_change_an_accept(client):
    assert client.exchange(with_added(client, "C-2a", STRANGE)).code == wire.ACCESS_ACCEPT


@pytest.mark.row("COD-8")
def test_unknown_attributes_do_not_change_a_reject(client):
    assert client.pap(b"bob", b"wrong", STRANGE).code == wire.ACCESS_REJECT


@pytest.mark.row("COD-8")
@pytest.mark.parametrize("value", [
    "", "00", "0001869f", "0001869f01", "0001869f0100", "0001869f01ff00", "ffffffff010300"])
def test_vendor_attributes_of_any_shape_do_not_change_an_accept(client, value):
    added = [(wire.VENDOR_SPECIFIC, bytes.fromhex(value))]
    assert client.exchange(with_added(client, "C-2a", added)).code == wire.ACCESS_ACCEPT


@pytest.mark.row("COD-7", "COD-13", "COD-17", "COD-18", "COD-20", "COD-21", "COD-22")
@pytest.mark.parametrize("vector", [v for v in where(kind="attributes") if v.id.startswith("C-14")], ids=lambda v: v.id)
def test_an_invalid_value_does_not_change_an_accept(client, vector):
    added = wire.decode_attributes(vector.octets)
    assert client.exchange(with_added(client, "C-2a", added)).code == wire.ACCESS_ACCEPT


@pytest.mark.row("COD-7", "COD-12")
@pytest.mark.parametrize("attribute_type", [4, 5, 6, 8, 55, 95, 96, 97, 98, 64])
@pytest.mark.parametrize("length", [0, 1, 3, 5, 7, 9, 15, 17, 253])
def test_a_value_of_a_wrong_length_does_not_change_an_accept(client, attribute_type, length):
    assert client.exchange(with_added(client, "C-2a", [(attribute_type, bytes(length))])).code == wire.ACCESS_ACCEPT


@pytest.mark.row("COD-18", "COD-19")
@pytest.mark.parametrize("vector", [v for v in where(kind="attributes") if v.id.startswith("A-6")], ids=lambda v: v.id)
def test_extended_attributes_do_not_change_an_accept(client, vector):
    added = wire.decode_attributes(vector.octets)
    assert client.exchange(with_added(client, "C-2a", added)).code == wire.ACCESS_ACCEPT


@pytest.mark.row("COD-18")
def test_a_fragment_that_promises_more_does_not_change_an_accept(client):
    first = wire.decode_attributes(octets("A-6.17"))[0]
    assert client.exchange(with_added(client, "C-2a", [first])).code == wire.ACCESS_ACCEPT


@pytest.mark.row("COD-19")
def test_fifteen_fragments_in_one_request_are_accepted(client):
    fragment = wire.Attribute(245, b"\x04\x80" + bytes(251))
    added = [fragment] * 14 + [wire.Attribute(245, b"\x04\x00" + bytes(251))]
    assert client.exchange(with_added(client, "C-2a", added)).code == wire.ACCESS_ACCEPT


@pytest.mark.row("COD-9", "SEC-6")
@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_attributes_does_not_matter(server, seed):
    """C-2a, all its attributes shuffled, Message-Authenticator too. A new socket: no order is another's duplicate."""
    packet = wire.decode(octets("C-2a"))
    attributes = [(t, bytes(16) if t == wire.MESSAGE_AUTHENTICATOR else v) for t, v in packet.attributes]
    random.Random(seed).shuffle(attributes)
    shuffled = wire.encode(packet.code, packet.identifier, packet.authenticator, attributes)
    request = wire.with_message_authenticator(shuffled, SECRET, packet.authenticator)
    with Client(server.address("auth"), SECRET) as client:
        answer = client.exchange(request)
    assert answer.code == wire.ACCESS_ACCEPT
    assert answer.values(wire.PROXY_STATE) == [v for t, v in attributes if t == wire.PROXY_STATE]


@pytest.mark.row("COD-9")
@pytest.mark.parametrize("seed", range(5))
def test_a_wrong_password_is_rejected_in_every_order(client, seed):
    authenticator = bytes(16)
    attributes = [(1, b"bob"), (2, wire.hide_password(b"wrong", SECRET, authenticator)), (4, bytes(4)), *STRANGE]
    random.Random(seed).shuffle(attributes)
    assert client.exchange(client.access_request(attributes, authenticator=authenticator)).code == wire.ACCESS_REJECT


@pytest.mark.row("COD-10")
def test_a_nul_inside_text_is_recorded(server):
    with Client(server.address("acct"), SECRET) as client:
        client.exchange(client.accounting_request([(40, wire.integer(1)), (44, b"nul"), (4, bytes(4)), (1, b"a\0b")]))
    records = [json.loads(line) for line in (server.folder / "accounting.jsonl").read_text().splitlines()]
    names = [record["attributes"]["User-Name"] for record in records
             if record["attributes"]["Acct-Session-Id"] == ["nul"]]
    # Three octets, as JSON or as the attribute's text writes a NUL.
    assert names in ([["a\0b"]], [[r"a\000b"]])
