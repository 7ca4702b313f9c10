# SPDX-License-Identifier: Apache-2.0
"""`auto`: a source that has once sent a right Message-Authenticator must send it from then on."""

import pytest

from support import wire
from support.client import Client
from support.configurations import ACCESS_PLUGINS, AUTH_LISTENER, BOB, SECRET

FILES = {"users.toml": BOB}
PROXY_STATE = (wire.PROXY_STATE, b"state")


def start(radhost, settings="", workers=1, address="127.0.0.0/8"):
    """The defaults, unless the settings say otherwise."""
    entry = f'[[client]]\nname = "nas"\naddress = ["{address}", "::1"]\nsecret = "xyzzy5461"\n{settings}\n'
    return radhost(entry + ACCESS_PLUGINS + AUTH_LISTENER, files=FILES, workers=workers)


def plain(client, attributes=(), password=b"hello"):
    return client.pap_request(b"bob", password, attributes, message_authenticator=None)


def silence(client, datagram):
    answer = client.expect_silence(datagram, lambda: client.pap_request(b"bob", b"hello"))
    assert answer.code == wire.ACCESS_ACCEPT


@pytest.mark.row("SEC-3")
def test_a_source_that_never_sent_one_need_not(radhost):
    server = start(radhost)
    with Client(server.address("auth"), SECRET) as client:
        for password, code in ((b"hello", wire.ACCESS_ACCEPT), (b"wrong", wire.ACCESS_REJECT)) * 2:
            assert client.exchange(plain(client, password=password)).code == code
    assert server.stop().discards() == {}


@pytest.mark.row("SEC-3")
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("where", ["first", "last"])
def test_a_source_that_has_sent_one_must(radhost, where, workers):
    """D-20. Whatever worker saw it; rejected logins teach as well as accepted ones."""
    server = start(radhost, workers=workers)
    with Client(server.address("auth"), SECRET) as client:
        assert client.pap(b"bob", b"wrong", message_authenticator=where).code == wire.ACCESS_REJECT
        for identifier in range(8):
            silence(client, client.pap_request(b"bob", b"hello", identifier=identifier, message_authenticator=None))
    with Client(server.address("auth"), SECRET) as other_port:
        silence(other_port, plain(other_port))
    assert server.stop().discards() == {"missing_message_authenticator": 9}


@pytest.mark.row("SEC-3")
@pytest.mark.parametrize("spoil", ["wrong", "short", "twice"])
def test_a_forger_teaches_nothing(radhost, spoil):
    """One that does not verify says nothing of its source: else anybody could silence a client that sends none."""
    server = start(radhost)
    with Client(server.address("auth"), SECRET) as client:
        good = client.pap_request(b"bob", b"hello", message_authenticator="last")
        forged = {
            "wrong": good[:-1] + bytes([good[-1] ^ 1]),
            "short": client.pap_request(b"bob", b"hello", [(wire.MESSAGE_AUTHENTICATOR, bytes(8))],
                                        message_authenticator=None),
            "twice": client.pap_request(b"bob", b"hello", [(wire.MESSAGE_AUTHENTICATOR, bytes(16))]),
        }[spoil]
        answer = client.expect_silence(forged, lambda: plain(client))
        assert answer.code == wire.ACCESS_ACCEPT
    assert server.stop().discards() == {"bad_message_authenticator": 1}


@pytest.mark.row("SEC-3")
def test_status_server_teaches_nothing(radhost):
    """It always has one, and says nothing of what the same source's logins have."""
    server = start(radhost)
    with Client(server.address("auth"), SECRET) as client:
        client.exchange(client.access_request([], code=wire.STATUS_SERVER))
        assert client.exchange(plain(client)).code == wire.ACCESS_ACCEPT


@pytest.mark.row("SEC-3")
@pytest.mark.parametrize("taught, other", [("127.0.0.1", "127.0.0.2"), ("127.0.0.1", "::1"), ("::1", "127.0.0.1")])
def test_what_one_source_has_shown_binds_no_other(radhost, taught, other):
    """Many devices may share an entry."""
    entry = ('[[client]]\nname = "nas"\naddress = ["127.0.0.0/8", "::1"]\nsecret = "xyzzy5461"\n' + ACCESS_PLUGINS
             + AUTH_LISTENER.replace('"127.0.0.1:0"', '["127.0.0.1:0", "[::1]:0"]'))
    server = radhost(entry, files=FILES)
    addresses = dict(server.addresses("auth"))

    def to(source):
        host = "::1" if ":" in source else "127.0.0.1"
        return Client((host, addresses[host]), SECRET, source)

    with to(taught) as one, to(other) as two:
        one.pap(b"bob", b"hello")
        assert two.exchange(plain(two)).code == wire.ACCESS_ACCEPT
        silence(one, plain(one))
    assert server.stop().discards() == {"missing_message_authenticator": 1}


@pytest.mark.row("SEC-3")
def test_it_is_logged_and_not_for_every_packet(radhost):
    server = start(radhost, "require_message_authenticator = true")
    with Client(server.address("auth"), SECRET) as client:
        for _ in range(300):
            client.send(plain(client))
        client.pap(b"bob", b"hello")
    counters = server.stop()
    assert counters.discards() == {"missing_message_authenticator": 300}
    lines = [entry for entry in server.log() if entry.get("reason") == "missing_message_authenticator"]
    assert 1 <= len(lines) <= 5 and lines[0]["client"] == "nas"


@pytest.mark.row("SEC-3")
@pytest.mark.parametrize("attributes", [[], [(3, bytes(17))], [(wire.EAP_MESSAGE, b"\2\1\0\4")]])
def test_it_is_the_first_thing_that_is_looked_at(radhost, attributes):
    """Before what else may be wrong with the request."""
    server = start(radhost, "require_message_authenticator = true")
    with Client(server.address("auth"), SECRET) as client:
        silence(client, client.access_request([(wire.USER_NAME, b"bob"), *attributes], message_authenticator=None))
    assert server.stop().discards() == {"missing_message_authenticator": 1}


# limit_proxy_state

@pytest.mark.row("SEC-4")
def test_by_default_a_proxy_that_never_sent_one_need_not(radhost):
    """With "auto" for both, a source shows what it is before anything is asked of it."""
    server = start(radhost)
    with Client(server.address("auth"), SECRET) as client:
        assert client.exchange(plain(client, [PROXY_STATE])).code in (wire.ACCESS_ACCEPT, )
        assert client.pap(b"bob", b"hello", [PROXY_STATE]).code == wire.ACCESS_ACCEPT
        silence(client, plain(client, [PROXY_STATE]))


@pytest.mark.row("SEC-4")
def test_a_source_that_sends_message_authenticators_or_none_may_not_send_proxy_state_alone(radhost):
    """require_message_authenticator off, limit_proxy_state auto: one right Message-Authenticator turns it on."""
    server = start(radhost, "require_message_authenticator = false")
    with Client(server.address("auth"), SECRET) as client:
        assert client.exchange(plain(client, [PROXY_STATE])).code == wire.ACCESS_ACCEPT
        assert client.pap(b"bob", b"hello", [PROXY_STATE]).code == wire.ACCESS_ACCEPT
        silence(client, plain(client, [PROXY_STATE]))
        assert client.exchange(plain(client)).code == wire.ACCESS_ACCEPT
    assert server.stop().discards() == {"unprotected_proxy_state": 1}


@pytest.mark.row("SEC-8")
def test_silence_is_the_only_answer_to_a_missing_message_authenticator(radhost):
    server = start(radhost, "require_message_authenticator = true")
    with Client(server.address("auth"), SECRET) as client:
        for attributes in ([], [PROXY_STATE]):
            silence(client, plain(client, attributes))
            client.expect_nothing_more()
