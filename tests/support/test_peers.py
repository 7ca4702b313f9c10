# SPDX-License-Identifier: Apache-2.0
"""The oracle and the peers prove each other: our client against FreeRADIUS, its client through our relay."""

import os
from pathlib import Path

import pytest

from support import mschap, wire
from support.client import Client
from support.peers import FreeRadius, RadcliClient, radclient
from support.relay import Relay

SECRET = b"xyzzy5461"
USERS = """
User Cleartext-Password := "clientPass"
    Reply-Message = "one", Reply-Message += "two",
    Tunnel-Password:1 = "tunnelpw"
"""


@pytest.fixture(scope="module")
def freeradius():
    with FreeRadius(secret=SECRET.decode(), users=USERS) as server:
        yield server


@pytest.fixture
def client(freeradius):
    """FreeRADIUS 3.2.1 puts Message-Authenticator last or leaves it out, so its answers are read here."""
    class TolerantClient(Client):
        def answer_to(self, request):
            return wire.check_answer(self.receive(), request, self.secret)

    with TolerantClient(freeradius.address, SECRET) as opened:
        yield opened


def test_our_pap_is_accepted(client):
    request = client.pap_request(b"User", b"clientPass")
    answer = client.exchange(request)
    assert answer.code == wire.ACCESS_ACCEPT
    assert answer.values(wire.REPLY_MESSAGE) == [b"one", b"two"]
    tunnel, = answer.values(wire.TUNNEL_PASSWORD)
    salt, password = wire.reveal_salted(tunnel[1:], SECRET, request[4:20])
    assert (tunnel[0], password) == (1, b"tunnelpw") and salt[0] & 0x80


def test_a_wrong_password_is_rejected(client):
    assert client.pap(b"User", b"clientpass").code == wire.ACCESS_REJECT


@pytest.mark.parametrize("challenge", [None, bytes(range(32))])
def test_our_chap_is_accepted_and_a_wrong_one_is_rejected(client, challenge):
    assert client.chap(b"User", b"clientPass", challenge).code == wire.ACCESS_ACCEPT
    assert client.chap(b"User", b"clientpass", challenge).code == wire.ACCESS_REJECT


def test_our_mschapv1_and_its_keys_agree(client):
    challenge = os.urandom(8)
    request = client.mschapv1_request(b"User", "clientPass", challenge)
    answer = client.exchange(request)
    assert answer.code == wire.ACCESS_ACCEPT
    hidden, = answer.vendor_values(mschap.MICROSOFT, mschap.MS_CHAP_MPPE_KEYS)
    keys = wire.reveal_blocks(hidden, SECRET, request[4:20])
    lm_key, nt_key = mschap.mschapv1_keys("clientPass")
    assert keys[:8] in (lm_key, bytes(8)) and keys[8:24] == nt_key
    assert client.exchange(client.mschapv1_request(b"User", "wrong", challenge)).code == wire.ACCESS_REJECT


def test_our_mschapv2_and_its_keys_agree(client):
    challenge, peer_challenge = os.urandom(16), os.urandom(16)
    response = mschap.generate_nt_response(challenge, peer_challenge, b"User", "clientPass")
    request = client.mschapv2_request(b"User", challenge, peer_challenge, response, ident=9)
    answer = client.exchange(request)
    assert answer.code == wire.ACCESS_ACCEPT
    success = mschap.authenticator_response("clientPass", response, peer_challenge, challenge, b"User")
    assert answer.vendor_values(mschap.MICROSOFT, mschap.MS_CHAP2_SUCCESS) == [b"\x09" + success]
    keys = [wire.reveal_salted(answer.vendor_values(mschap.MICROSOFT, type_)[0], SECRET, request[4:20])[1]
            for type_ in (mschap.MS_MPPE_SEND_KEY, mschap.MS_MPPE_RECV_KEY)]
    assert keys == list(mschap.mschapv2_keys("clientPass", response))
    wrong = client.mschapv2_request(b"User", challenge, peer_challenge, bytes(24))
    assert client.exchange(wrong).code == wire.ACCESS_REJECT


def test_radclient_speaks_through_the_relay(freeradius):
    with Relay(freeradius.address) as relay:
        login = ['User-Name = "User"', 'User-Password = "clientPass"']
        done = radclient("auth", relay.address, SECRET.decode(), login)
        assert done.returncode == 0, done.stdout + done.stderr
        request, answer = relay.requests[0], relay.answers[0]
        assert wire.check_answer(answer, request, SECRET).code == wire.ACCESS_ACCEPT
        hidden = wire.decode(request).values(wire.USER_PASSWORD)[0]
        assert wire.reveal_password(hidden, SECRET, request[4:20]) == b"clientPass"


def test_radclient_reports_a_reject(freeradius):
    done = radclient("auth", freeradius.address, SECRET.decode(), ['User-Name = "User"', 'User-Password = "no"'])
    assert done.returncode == 1 and "Access-Reject" in done.stdout


def test_radcli_logs_in_and_is_rejected(freeradius, tmp_path):
    radcli = RadcliClient(tmp_path, Path(__file__).parent.parent / "interop" / "radcli_client.c")
    done = radcli.log_in(freeradius.address, SECRET.decode(), "User", "clientPass")
    assert done.returncode == 0 and "one" in done.stdout, done
    assert radcli.log_in(freeradius.address, SECRET.decode(), "User", "wrong").returncode == 1


def test_freeradius_forwards_to_freeradius(freeradius):
    with Relay(freeradius.address) as relay, \
         FreeRadius(secret="front", proxy_to=relay.address, proxy_secret=SECRET.decode()) as proxy:
        login = ['User-Name = "User"', 'User-Password = "clientPass"', "Proxy-State = 0xdead"]
        done = radclient("auth", proxy.address, "front", login)
        assert done.returncode == 0 and "Proxy-State = 0xdead" in done.stdout, done
        forwarded = wire.decode(relay.requests[0])
        assert forwarded.values(wire.PROXY_STATE)[0] == b"\xde\xad" and len(forwarded.values(wire.PROXY_STATE)) == 2
