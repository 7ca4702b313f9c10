# SPDX-License-Identifier: Apache-2.0
"""FreeRADIUS as a proxy in front of the server: users log in through it, and its Proxy-State comes back."""

import os

import pytest

from support import mschap, wire
from support.client import Client
from support.configurations import ACCESS_PLUGINS, listener, user
from support.peers import FreeRadius, radclient
from support.relay import Relay

FRONT_SECRET, BACK_SECRET = "between client and proxy", "between proxy and server"

CONFIGURATION = f"""
[[client]]
name = "proxy"
address = ["127.0.0.1", "::1"]
secret = "{BACK_SECRET}"
""" + ACCESS_PLUGINS + listener("auth", '["access"]', '["users", "password"]', '["127.0.0.1:0", "[::1]:0"]')
USERS = user("alice", reply="""{ "Reply-Message" = ["one", "two"], "Tunnel-Type:1" = "VLAN",
    "Tunnel-Password:1" = "tunnelpw" }""".replace("\n", " "))


@pytest.fixture(scope="module")
def server(shared_radhost):
    return shared_radhost(CONFIGURATION, files={"users.toml": USERS})


@pytest.fixture(scope="module", params=["127.0.0.1", "::1"], ids=["IPv4", "IPv6"])
def chain(request, server):
    """(proxy, relay): the relay stands between the proxy and the server."""
    address, = [pair for pair in server.addresses("auth") if pair[0] == request.param]
    with Relay(address) as relay, FreeRadius(secret=f'"{FRONT_SECRET}"', proxy_to=relay.address,
                                             proxy_secret=f'"{BACK_SECRET}"') as proxy:
        yield proxy, relay


def log_in(chain, password, *attributes):
    proxy, relay = chain
    del relay.requests[:], relay.answers[:]
    return radclient("auth", proxy.address, FRONT_SECRET, ['User-Name = "alice"', *attributes, password])


METHODS = ["User-Password", "CHAP-Password", "MS-CHAP-Password"]


@pytest.mark.parametrize("method", METHODS)
def test_a_user_logs_in_through_the_proxy(chain, method):
    done = log_in(chain, f'{method} = "clientPass"')
    assert done.returncode == 0 and "Received Access-Accept" in done.stdout, done.stdout + done.stderr
    assert done.stdout.index('Reply-Message = "one"') < done.stdout.index('Reply-Message = "two"')
    # Revealed by the proxy with the one secret, hidden again with the other.
    assert 'Tunnel-Password:1 = "tunnelpw"' in done.stdout


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_password_is_rejected_through_the_proxy(chain, method):
    done = log_in(chain, f'{method} = "clientpass"')
    assert done.returncode == 1 and "Received Access-Reject" in done.stdout, done.stdout + done.stderr


@pytest.mark.row("PRX-1", "SEC-1", "SEC-4")
@pytest.mark.parametrize("password, code", [("clientPass", wire.ACCESS_ACCEPT), ("clientpass", wire.ACCESS_REJECT)])
def test_proxy_state_is_echoed_in_order(chain, password, code):
    """Two from the client, one from the proxy: the server returns three, the proxy takes its own off again."""
    done = log_in(chain, f'User-Password = "{password}"', "Proxy-State = 0xdead", "Proxy-State = 0xbeef")
    _, relay = chain
    request, answer = relay.requests[0], relay.answers[0]
    packet = wire.check_answer(answer, request, BACK_SECRET.encode())
    assert packet.code == code
    forwarded = wire.decode(request).values(wire.PROXY_STATE)
    assert forwarded[:2] == [b"\xde\xad", b"\xbe\xef"] and len(forwarded) == 3
    assert packet.values(wire.PROXY_STATE) == forwarded
    assert packet.types()[0] == wire.MESSAGE_AUTHENTICATOR
    received = done.stdout.partition("Received")[2]
    assert received.index("Proxy-State = 0xdead") < received.index("Proxy-State = 0xbeef")
    assert received.count("Proxy-State") == 2


@pytest.mark.row("AUTH-18", "AUTH-14")
def test_mschapv2_and_its_keys_survive_the_proxy(chain):
    proxy, _ = chain

    class ThroughProxy(Client):
        """The proxy's answers do not begin with Message-Authenticator, as ours must."""
        def answer_to(self, request):
            return wire.check_answer(self.receive(), request, self.secret)

    challenge, peer_challenge = os.urandom(16), os.urandom(16)
    response = mschap.generate_nt_response(challenge, peer_challenge, b"alice", "clientPass")
    with ThroughProxy(proxy.address, FRONT_SECRET.encode()) as client:
        request = client.mschapv2_request(b"alice", challenge, peer_challenge, response)
        answer = client.exchange(request)
        wrong = client.exchange(client.mschapv2_request(b"alice", challenge, peer_challenge, bytes(24)))
    assert answer.code == wire.ACCESS_ACCEPT and wrong.code == wire.ACCESS_REJECT
    success = mschap.authenticator_response("clientPass", response, peer_challenge, challenge, b"alice")
    assert answer.vendor_values(mschap.MICROSOFT, mschap.MS_CHAP2_SUCCESS) == [b"\x01" + success]
    hidden = [answer.vendor_values(mschap.MICROSOFT, type_)[0]
              for type_ in (mschap.MS_MPPE_SEND_KEY, mschap.MS_MPPE_RECV_KEY)]
    keys = [wire.reveal_salted(value, FRONT_SECRET.encode(), request[4:20])[1] for value in hidden]
    assert keys == list(mschap.mschapv2_keys("clientPass", response))
