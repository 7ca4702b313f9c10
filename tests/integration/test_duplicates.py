# SPDX-License-Identifier: Apache-2.0
"""A retransmission gets the first answer; what only looks like one is a request of its own."""

import json
import time

import pytest

from support import wire
from support.client import Client
from support.configurations import ACCESS, ACCT_LISTENER, SECRET, acctlog_plugin, user
from support.vectors import octets

# Tunnel-Password is hidden with a random salt: a second answer computed anew would differ from the first.
USERS = user("bob", 'password = "hello"', '{ "Tunnel-Password:1" = "tunnelpw", "Tunnel-Password:2" = "another" }')


@pytest.fixture
def server(radhost):
    return radhost(ACCESS + acctlog_plugin() + ACCT_LISTENER, files={"users.toml": USERS})


@pytest.fixture
def client(server):
    with Client(server.address("auth"), SECRET) as opened:
        yield opened


def raw(client, request):
    client.send(request)
    answer = client.receive()
    wire.check_answer(answer, request, SECRET)
    return answer


@pytest.mark.row("DUP-1", "DUP-2")
def test_a_retransmission_gets_the_first_answer_octet_for_octet(client):
    request = client.pap_request(b"bob", b"hello")
    first = raw(client, request)
    assert raw(client, request) == first
    assert raw(client, request) == first


@pytest.mark.row("DUP-5")
def test_the_same_identifier_with_another_authenticator_is_a_new_request(client):
    first = client.pap_request(b"bob", b"hello", identifier=7)
    second = client.pap_request(b"bob", b"wrong", identifier=7)
    assert raw(client, first)[0] == wire.ACCESS_ACCEPT
    assert raw(client, second)[0] == wire.ACCESS_REJECT
    assert raw(client, first)[0] == wire.ACCESS_ACCEPT


@pytest.mark.row("DUP-1")
def test_the_same_packet_from_another_port_is_a_new_request(server, client):
    request = client.pap_request(b"bob", b"hello")
    first = raw(client, request)
    with Client(server.address("auth"), SECRET) as other:
        assert raw(other, request) != first


@pytest.mark.row("DUP-6")
def test_a_forged_copy_neither_fetches_nor_removes_the_answer(client):
    request = client.pap_request(b"bob", b"hello", message_authenticator="last")
    first = raw(client, request)
    forged = request[:-1] + bytes([request[-1] ^ 1])
    client.expect_silence(forged, lambda: client.pap_request(b"bob", b"hello"))
    assert raw(client, request) == first


@pytest.mark.row("DUP-7")
def test_accounting_is_recorded_once_and_acknowledged_again(server):
    with Client(server.address("acct"), SECRET) as client:
        for _ in range(3):
            client.send(octets("C-4a"))
            assert client.receive() == octets("C-4b")
    lines = (server.folder / "accounting.jsonl").read_text().splitlines()
    assert [json.loads(line)["attributes"]["Acct-Session-Id"] for line in lines] == [["S1"]]


@pytest.mark.row("DUP-4")
def test_an_answer_is_forgotten_when_its_time_is_over(radhost):
    server = radhost(ACCESS + "[listener.duplicates]\nttl_ms = 300\n", files={"users.toml": USERS})
    with Client(server.address("auth"), SECRET) as client:
        request = client.pap_request(b"bob", b"hello")
        first = raw(client, request)
        time.sleep(0.9)
        assert raw(client, request) != first


def test_where_duplicates_are_off_every_copy_is_a_new_request(radhost):
    server = radhost(ACCESS + "[listener.duplicates]\nenabled = false\n", files={"users.toml": USERS})
    with Client(server.address("auth"), SECRET) as client:
        request = client.pap_request(b"bob", b"hello")
        assert raw(client, request) != raw(client, request)
