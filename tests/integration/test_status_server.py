# SPDX-License-Identifier: Apache-2.0
"""Status-Server: answered to known clients with a right Message-Authenticator, and never a login."""

import pytest

from support import wire
from support.client import Client
from support.configurations import (ACCESS, ACCT_LISTENER, BOB, LOOPBACK_CLIENT, SECRET, acctlog_plugin, listener)
from support.vectors import octets

EVERYTHING = ACCESS + acctlog_plugin() + ACCT_LISTENER
FILES = {"users.toml": BOB}


@pytest.fixture
def server(radhost):
    return radhost(EVERYTHING, files=FILES)


@pytest.mark.row("STA-1", "STA-6", "SEC-1")
@pytest.mark.parametrize("vector_id", ["A-2.1", "A-2.5"])
def test_an_authentication_port_answers_with_an_accept(server, vector_id):
    with Client(server.address("auth"), SECRET) as client:
        answer = client.exchange(octets(vector_id))
    assert answer.code == wire.ACCESS_ACCEPT
    assert answer.types()[0] == wire.MESSAGE_AUTHENTICATOR


@pytest.mark.row("STA-1", "STA-6")
def test_an_accounting_port_answers_exactly_as_rfc_5997_prints(server):
    with Client(server.address("acct"), SECRET) as client:
        client.send(octets("A-2.3"))
        assert client.receive() == octets("A-2.4")


@pytest.mark.row("STA-5")
def test_credentials_in_it_are_ignored(server):
    with Client(server.address("auth"), SECRET) as client:
        request = client.pap_request(b"bob", b"wrong", code=wire.STATUS_SERVER)
        assert client.exchange(request).code == wire.ACCESS_ACCEPT


def silence(server, datagram, word, name="auth"):
    with Client(server.address(name), SECRET) as client:
        probe = client.access_request([], code=wire.STATUS_SERVER)
        client.expect_silence(datagram, lambda: probe)
    assert server.stop().discards() == {word: 1}


@pytest.mark.row("STA-2")
@pytest.mark.parametrize("name", ["auth", "acct"])
def test_without_a_message_authenticator_it_is_discarded(server, name):
    bare = wire.encode(wire.STATUS_SERVER, 1, bytes(16), [(wire.NAS_IP_ADDRESS, bytes(4))])
    silence(server, bare, "missing_message_authenticator", name)


@pytest.mark.row("STA-2")
@pytest.mark.parametrize("name", ["auth", "acct"])
def test_with_a_wrong_message_authenticator_it_is_discarded(server, name):
    spoiled = octets("A-2.1")[:-1] + b"\0"
    silence(server, spoiled, "bad_message_authenticator", name)


@pytest.mark.row("STA-3")
@pytest.mark.parametrize("place", ["client", "listener"])
def test_where_it_is_off_it_is_discarded(radhost, place):
    line = {"client": "limit_proxy_state = false", "listener": "reject_delay_ms = 0"}[place]
    server = radhost(EVERYTHING.replace(line, line + "\nstatus_server = false"), files=FILES)
    with Client(server.address("auth"), SECRET) as client:
        client.expect_silence(octets("A-2.1"), lambda: client.pap_request(b"bob", b"hello"))
    assert sum(server.stop().discards().values()) == 1


def test_a_listener_for_coa_alone_discards_it(radhost):
    """D-32."""
    server = radhost(LOOPBACK_CLIENT + listener("dynauth", '["coa"]', "[]"))
    with Client(server.address("dynauth"), SECRET) as client:
        client.expect_silence(octets("A-2.1"), lambda: client.coa_request([(wire.ACCT_SESSION_ID, b"S1")]))
    assert sum(server.stop().discards().values()) == 1
