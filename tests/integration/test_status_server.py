# SPDX-License-Identifier: Apache-2.0
"""Status-Server: answered to known clients with a right Message-Authenticator, and never a login."""

import socket
import time

import pytest

from support import wire
from support.client import Client
from support.configurations import (ACCESS, ACCT_LISTENER, BOB, LOOPBACK_CLIENT, SECRET, acctlog_plugin, later_plugin,
                                    listener, static_plugin)
from support.later import ask
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


@pytest.mark.row("STA-1", "STA-6", "SEC-1")
def test_a_port_for_both_answers_with_an_accept(radhost):
    server = radhost(LOOPBACK_CLIENT + static_plugin("yes", "accept")
                     + listener("both", '["accounting", "access", "coa"]', '["yes"]'))
    with Client(server.address("both"), SECRET) as client:
        for vector_id in ("A-2.1", "A-2.3"):
            answer = client.exchange(octets(vector_id))
            assert (answer.code, answer.types()) == (wire.ACCESS_ACCEPT, [wire.MESSAGE_AUTHENTICATOR])


@pytest.mark.row("STA-5", "STA-4")
def test_no_handler_sees_it(radhost):
    """The handler would drop whatever it sees."""
    server = radhost(LOOPBACK_CLIENT + static_plugin("ignore", "drop")
                     + listener("auth", '["access"]', '["ignore"]'))
    with Client(server.address("auth"), SECRET) as client:
        request = client.pap_request(b"bob@realm.example", b"x", [(wire.STATE, b"s"), (wire.EAP_MESSAGE, b"\2\1\0\4")],
                                     code=wire.STATUS_SERVER)
        answer = client.exchange(request)
        assert (answer.code, answer.types()) == (wire.ACCESS_ACCEPT, [wire.MESSAGE_AUTHENTICATOR])
    assert server.stop().discards() == {}


@pytest.mark.row("STA-5")
@pytest.mark.parametrize("name", ["auth", "acct"])
def test_its_proxy_state_returns(server, name):
    """RFC 5997 §3 lists none, but a proxy that added some waits for it (RFC 2865 §5.33)."""
    with Client(server.address(name), SECRET) as client:
        answer = client.exchange(client.access_request([(wire.PROXY_STATE, b"p")], code=wire.STATUS_SERVER))
    assert answer.values(wire.PROXY_STATE) in ([b"p"], [])


@pytest.mark.row("STA-1")
@pytest.mark.parametrize("where", ["first", "last"])
def test_over_ipv6_too(radhost, where):
    server = radhost(EVERYTHING.replace("127.0.0.1:0", "[::1]:0"), files=FILES)
    for name, code in (("auth", wire.ACCESS_ACCEPT), ("acct", wire.ACCOUNTING_RESPONSE)):
        with Client(server.address(name), SECRET) as client:
            request = client.access_request([(wire.NAS_IP_ADDRESS, bytes(4))], code=wire.STATUS_SERVER,
                                            message_authenticator=where)
            assert client.exchange(request).code == code


@pytest.mark.row("STA-3")
def test_of_an_unknown_source_it_is_discarded(radhost):
    server = radhost(EVERYTHING.replace('"127.0.0.0/8"', '"127.0.0.9"'), files=FILES)
    with Client(server.address("auth"), SECRET, "127.0.0.1") as stranger, \
            Client(server.address("auth"), SECRET, "127.0.0.9") as known:
        stranger.send(octets("A-2.1"))
        assert known.exchange(octets("A-2.1")).code == wire.ACCESS_ACCEPT
        stranger.expect_nothing_more()
    assert server.stop().discards() == {"unknown_client": 1}


@pytest.mark.row("STA-2")
@pytest.mark.parametrize("setting", ["false", '"auto"', "true", '"all"'])
def test_its_message_authenticator_is_needed_whatever_the_clients_entry_says(radhost, setting):
    server = radhost(EVERYTHING.replace("require_message_authenticator = false",
                                        f"require_message_authenticator = {setting}"), files=FILES)
    silence(server, wire.encode(wire.STATUS_SERVER, 1, bytes(16), []), "missing_message_authenticator")


@pytest.mark.row("STA-2")
def test_two_message_authenticators_are_discarded(server):
    one = wire.decode(octets("A-2.1"))
    twice = wire.encode(one.code, one.identifier, one.authenticator, one.attributes + one.attributes)
    silence(server, wire.with_message_authenticator(twice, SECRET, one.authenticator), "bad_message_authenticator")


@pytest.mark.row("STA-5")
def test_it_is_answered_while_all_places_are_taken(radhost):
    """A server that is busy is alive."""
    server = radhost(LOOPBACK_CLIENT + later_plugin() + listener(
        "auth", '["access"]', '["later"]', more="max_in_flight = 1"))
    with Client(server.address("auth"), SECRET) as client:
        request = ask(client, "thread 200 accept")
        client.send(request)
        assert client.exchange(client.access_request([], code=wire.STATUS_SERVER)).code == wire.ACCESS_ACCEPT
        assert client.answer_to(request).code == wire.ACCESS_ACCEPT


@pytest.mark.row("STA-7", "MIB-4")
def test_it_moves_no_counters_but_its_own(server):
    bare = wire.encode(wire.STATUS_SERVER, 1, bytes(16), [])
    for name in ("auth", "acct"):
        with Client(server.address(name), SECRET) as client:
            for _ in range(3):
                client.exchange(client.access_request([], code=wire.STATUS_SERVER))
            probe = client.access_request([], code=wire.STATUS_SERVER)
            client.expect_silence(bare, lambda: probe)
    counters = server.stop()
    for numbers in (counters.listener("auth"), counters.listener("acct")):
        assert numbers["status"] == {"requests": 5, "replies": 4, "dropped": 1}
        assert not any(numbers.get("access", numbers.get("accounting")).values())
    assert counters.client("loopback")["status"] == {"requests": 10, "replies": 8, "dropped": 2}


@pytest.mark.row("STA-7", "MIB-4")
@pytest.mark.parametrize("place", ["client", "listener"])
def test_where_it_is_off_the_ordinary_counters_count_it(radhost, place):
    """RFC 5997 §4.6.1."""
    line = {"client": "limit_proxy_state = false", "listener": "reject_delay_ms = 0"}[place]
    server = radhost(EVERYTHING.replace(line, line + "\nstatus_server = false"), files=FILES)
    with Client(server.address("auth"), SECRET) as client:
        client.expect_silence(octets("A-2.1"), lambda: client.pap_request(b"bob", b"hello"))
    access = server.stop().listener("auth")["access"]
    assert access["requests"] == 2 and access["unknown_types"] + access["dropped"] == 1


@pytest.mark.row("STA-7")
def test_a_burst_is_answered_in_part(server):
    """Logins go on meanwhile, and the next query a second later is answered."""
    with Client(server.address("auth"), SECRET) as client, Client(server.address("auth"), SECRET) as login:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        for number in range(1000):
            client.send(client.access_request([], code=wire.STATUS_SERVER))
            if number % 100 == 99:
                assert login.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
        answered = 0
        client.socket.settimeout(0.2)
        try:
            while True:
                client.receive()
                answered += 1
        except TimeoutError:
            pass
        assert 0 < answered < 500
        time.sleep(1)
        client.socket.settimeout(5)
        assert client.exchange(client.access_request([], code=wire.STATUS_SERVER)).code == wire.ACCESS_ACCEPT
    counters = server.stop()
    assert counters.listener("auth")["status"] == {
        "requests": 1001, "replies": answered + 1, "dropped": 1000 - answered}
    assert counters.discards() == {"status_rate": 1000 - answered}


@pytest.mark.row("STA-7")
def test_the_burst_of_one_client_does_not_silence_another(radhost):
    entries = "".join(f'[[client]]\nname = "{name}"\naddress = ["{address}"]\nsecret = "xyzzy5461"\n'
                      for name, address in (("one", "127.0.0.1"), ("two", "127.0.0.2")))
    server = radhost(EVERYTHING.replace(LOOPBACK_CLIENT, entries), files=FILES)
    with Client(server.address("auth"), SECRET, "127.0.0.1") as one, \
            Client(server.address("auth"), SECRET, "127.0.0.2") as two:
        for _ in range(1000):
            one.send(one.access_request([], code=wire.STATUS_SERVER))
        assert two.exchange(two.access_request([], code=wire.STATUS_SERVER)).code == wire.ACCESS_ACCEPT
    assert server.stop().client("two")["status"] == {"requests": 1, "replies": 1, "dropped": 0}
