# SPDX-License-Identifier: Apache-2.0
"""The server as a proxy in front of two FreeRADIUS servers: users log in, one of them fails, and comes back."""

import os
import signal
import time

import pytest

from support import mschap, wire
from support.client import Client
from support.configurations import SECRET
from support.peers import FreeRadius
from support.pools import HOME_SECRET, proxy, servers_of

# A message tells which one answered. This FreeRADIUS signs no Access-Accept by itself (CVE-2024-3596).
USERS = 'alice Cleartext-Password := "clientPass"\n' \
        '    Reply-Message = "{name}", Tunnel-Type:1 = VLAN, Tunnel-Password:1 = "tunnelpw",\n' \
        '    Class = 0x6200, Attr-200 = 0x010203, Message-Authenticator = 0x00\n'


def start(name):
    return FreeRadius(secret=f'"{HOME_SECRET.decode()}"', users=USERS.format(name=name))


def address_of(freeradius):
    return "%s:%d" % freeradius.address


@pytest.fixture
def homes():
    with start("first") as first, start("second") as second:
        yield first, second


@pytest.fixture
def client(radhost, homes):
    server = radhost(proxy(*map(address_of, homes), initial_timeout_ms=300, max_timeout_ms=600, dead_after=2,
                           dead_time_ms=1000, require_message_authenticator=False))
    with Client(server.address("auth"), SECRET) as made:
        made.server = server
        made.socket.settimeout(10)
        yield made


def log_in(client):
    answer = client.pap(b"alice", b"clientPass")
    assert answer.code == wire.ACCESS_ACCEPT
    return answer.values(wire.REPLY_MESSAGE)[0].decode()


@pytest.mark.row("PRX-1", "PRX-2", "PRX-4", "PRX-6")
def test_a_user_logs_in_through_the_proxy(client):
    request = client.pap_request(b"alice", b"clientPass", [(wire.PROXY_STATE, b"one"), (wire.PROXY_STATE, b"two")])
    answer = client.exchange(request)
    assert answer.code == wire.ACCESS_ACCEPT
    assert answer.values(wire.PROXY_STATE) == [b"one", b"two"]
    assert answer.values(wire.CLASS) == [b"b\x00"] and answer.values(200) == [b"\x01\x02\x03"]
    hidden, = answer.values(wire.TUNNEL_PASSWORD)
    assert wire.reveal_salted(hidden[1:], SECRET, request[4:20])[1] == b"tunnelpw"


@pytest.mark.row("PRX-4", "PRX-5")
def test_chap_and_mschapv2_work_through_the_proxy_and_wrong_passwords_do_not(client):
    assert client.chap(b"alice", b"clientPass").code == wire.ACCESS_ACCEPT
    assert client.chap(b"alice", b"clientpass").code == wire.ACCESS_REJECT
    assert client.pap(b"alice", b"clientpass").code == wire.ACCESS_REJECT
    challenge, peer_challenge = os.urandom(16), os.urandom(16)
    response = mschap.generate_nt_response(challenge, peer_challenge, b"alice", "clientPass")
    request = client.mschapv2_request(b"alice", challenge, peer_challenge, response)
    answer = client.exchange(request)
    assert answer.code == wire.ACCESS_ACCEPT
    hidden = [answer.vendor_values(mschap.MICROSOFT, type_)[0]
              for type_ in (mschap.MS_MPPE_SEND_KEY, mschap.MS_MPPE_RECV_KEY)]
    keys = [wire.reveal_salted(value, SECRET, request[4:20])[1] for value in hidden]
    assert keys == list(mschap.mschapv2_keys("clientPass", response))


@pytest.mark.row("PRX-9")
def test_one_that_hangs_is_passed_over_and_asked_again_when_it_goes_on(client, homes):
    assert log_in(client) == "first"
    homes[0].process.child.send_signal(signal.SIGSTOP)
    try:
        assert log_in(client) == "second"
        begun = time.monotonic()
        assert log_in(client) == "second" and time.monotonic() - begun < 0.3  # it is known to be dead
        assert servers_of(client.server)[0]["state"] == "dead"
    finally:
        homes[0].process.child.send_signal(signal.SIGCONT)
    time.sleep(1.2)
    assert log_in(client) == "first"


@pytest.mark.row("PRX-9")
def test_one_that_is_killed_is_passed_over(client, homes):
    assert log_in(client) == "first"
    homes[0].process.kill()
    assert log_in(client) == "second"
    assert log_in(client) == "second"
    assert servers_of(client.server)[0]["state"] == "dead"


@pytest.mark.row("PRX-9", "STA-8")
def test_freeradius_answers_status_server_when_it_is_back(radhost, homes):
    server = radhost(proxy(*map(address_of, homes), initial_timeout_ms=300, max_timeout_ms=600, dead_after=2,
                           probe_interval_ms=100, revive_after=2, server_more=", status_server = true",
                           require_message_authenticator=False))
    with Client(server.address("auth"), SECRET) as client:
        client.socket.settimeout(10)
        homes[0].process.child.send_signal(signal.SIGSTOP)
        try:
            assert log_in(client) == "second"
            time.sleep(0.5)
            assert servers_of(server)[0]["state"] == "dead"
        finally:
            homes[0].process.child.send_signal(signal.SIGCONT)
        deadline = time.monotonic() + 5
        while servers_of(server)[0]["state"] != "up":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert log_in(client) == "first"
