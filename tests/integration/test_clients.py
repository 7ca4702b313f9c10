# SPDX-License-Identifier: Apache-2.0
"""Who may send: the source address chooses the client, the client chooses the secret."""

import pytest

from support import wire
from support.client import Client
from support.configurations import ACCESS_PLUGINS, AUTH_LISTENER, BOB, listener

FILES = {"users.toml": BOB}


def client_entry(name, addresses, secret):
    return f"""
[[client]]
name = "{name}"
address = {addresses}
secret = "{secret}"
"""


CLIENTS = (client_entry("wide", '["127.0.0.0/8"]', "wide secret") + client_entry("narrow", '["127.0.0.2/32"]', "narrow")
           + client_entry("bare", '["127.0.0.3"]', "bare") + client_entry("middle", '["127.1.0.0/16"]', "middle")
           + client_entry("six", '["::1"]', "six"))
LISTENERS = AUTH_LISTENER + listener("six", '["access"]', '["users", "password"]', "[::1]:0")


@pytest.fixture
def server(radhost):
    return radhost(CLIENTS + ACCESS_PLUGINS + LISTENERS, files=FILES)


def silent(server, source, secret, listener_name="auth"):
    """Sends a request that must get no answer; the probe comes from another, known address."""
    address = server.address(listener_name)
    probe_source, probe_secret = ("::1", b"six") if ":" in address[0] else ("127.0.0.9", b"wide secret")
    with Client(address, secret, source) as client, Client(address, probe_secret, probe_source) as probe:
        client.send(client.pap_request(b"bob", b"hello"))
        assert probe.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
        client.expect_nothing_more()


@pytest.mark.row("CLI-1")
@pytest.mark.parametrize("source, secret", [
    ("127.0.0.1", b"wide secret"), ("127.0.0.2", b"narrow"), ("127.0.0.3", b"bare"), ("127.0.0.4", b"wide secret"),
    ("127.1.2.3", b"middle"), ("127.2.2.3", b"wide secret")])
def test_the_longest_prefix_chooses_the_secret(server, source, secret):
    with Client(server.address("auth"), secret, source) as client:
        assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
        assert client.pap(b"bob", b"wrong").code == wire.ACCESS_REJECT


@pytest.mark.row("CLI-1")
@pytest.mark.parametrize("source, secret", [
    ("127.0.0.2", b"wide secret"), ("127.0.0.1", b"narrow"), ("127.0.0.3", b"narrow"), ("127.1.2.3", b"wide secret")])
def test_the_secret_of_another_client_does_not_serve(server, source, secret):
    silent(server, source, secret)
    assert server.stop().discards() == {"bad_message_authenticator": 1}


def test_a_wrong_secret_without_message_authenticator_yields_no_accept(server):
    """Nothing proves the secret wrong, but the password is not what it was: the answer is a Reject that only the right
    secret verifies."""
    with Client(server.address("auth"), b"wrong", "127.0.0.1") as client:
        request = client.pap_request(b"bob", b"hello", message_authenticator=None)
        client.send(request)
        answer = client.receive()
    with pytest.raises(wire.WrongAnswer):
        wire.check_answer(answer, request, b"wrong")
    assert wire.check_answer(answer, request, b"wide secret").code == wire.ACCESS_REJECT


@pytest.mark.row("CLI-1")
def test_ipv6_sources_are_clients_too(server):
    with Client(server.address("six"), b"six") as client:
        assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
        assert client.pap(b"bob", b"wrong").code == wire.ACCESS_REJECT


@pytest.mark.row("CLI-1")
def test_the_secret_does_not_follow_what_the_packet_says_of_its_sender(server):
    """NAS-IP-Address names the client `narrow`, the datagram comes from `wide`."""
    with Client(server.address("auth"), b"wide secret", "127.0.0.1") as client:
        request = client.pap_request(b"bob", b"hello", [(wire.NAS_IP_ADDRESS, wire.ipv4("127.0.0.2")), (32, b"narrow")])
        assert client.exchange(request).code == wire.ACCESS_ACCEPT


@pytest.mark.row("CLI-2")
def test_an_unknown_source_is_discarded(radhost):
    server = radhost(client_entry("known", '["127.0.0.9/32"]', "wide secret") + ACCESS_PLUGINS + AUTH_LISTENER,
                     files=FILES)
    silent(server, "127.0.0.1", b"wide secret")
    assert server.stop().discards() == {"unknown_client": 1}


@pytest.mark.row("CLI-2")
def test_a_listener_serves_the_clients_it_names(radhost):
    configuration = (client_entry("one", '["127.0.0.1"]', "one") + client_entry("nine", '["127.0.0.9"]', "wide secret")
                     + ACCESS_PLUGINS
                     + listener("auth", '["access"]', '["users", "password"]', more='clients = ["nine"]')
                     + listener("all", '["access"]', '["users", "password"]'))
    server = radhost(configuration, files=FILES)
    with Client(server.address("all"), b"one", "127.0.0.1") as client:
        assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
    silent(server, "127.0.0.1", b"one")
    assert server.stop().discards() == {"unknown_client": 1}


def test_a_client_that_a_listener_does_not_name_hides_no_shorter_prefix(radhost):
    """The listener knows `wide` alone, so 127.0.0.2 is `wide` there, whatever `narrow` says elsewhere."""
    configuration = (client_entry("wide", '["127.0.0.0/8"]', "wide secret")
                     + client_entry("narrow", '["127.0.0.2"]', "narrow") + ACCESS_PLUGINS
                     + listener("auth", '["access"]', '["users", "password"]', more='clients = ["wide"]'))
    server = radhost(configuration, files=FILES)
    with Client(server.address("auth"), b"wide secret", "127.0.0.2") as client:
        assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
    silent(server, "127.0.0.2", b"narrow")


def test_a_secret_may_stand_in_a_file_or_in_the_environment(radhost):
    configuration = """
[[client]]
name = "file"
address = ["127.0.0.1"]
secret_file = "secret"

[[client]]
name = "environment"
address = ["127.0.0.2"]
secret_env = "TEST_CLIENT_SECRET"
""" + ACCESS_PLUGINS + AUTH_LISTENER
    server = radhost(configuration, files={**FILES, "secret": "from a file\n"},
                     environment={"TEST_CLIENT_SECRET": "from the environment"})
    for source, secret in (("127.0.0.1", b"from a file"), ("127.0.0.2", b"from the environment")):
        with Client(server.address("auth"), secret, source) as client:
            assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
            assert client.pap(b"bob", b"wrong").code == wire.ACCESS_REJECT


def test_a_secret_may_be_a_credential_of_the_service(radhost, tmp_path):
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "office").write_text("of the service\n")
    configuration = """
[[client]]
name = "office"
address = "127.0.0.1"
secret_file = "${CREDENTIALS_DIRECTORY}/office"
""" + ACCESS_PLUGINS + AUTH_LISTENER
    server = radhost(configuration, files=FILES, environment={"CREDENTIALS_DIRECTORY": str(credentials)})
    with Client(server.address("auth"), b"of the service") as client:
        assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT


@pytest.mark.row("SEC-9")
def test_a_secret_of_64_octets_serves_and_each_octet_counts(radhost):
    secret = "s" * 64
    server = radhost(client_entry("long", '["127.0.0.0/8"]', secret) + ACCESS_PLUGINS + AUTH_LISTENER, files=FILES)
    with Client(server.address("auth"), secret.encode()) as client:
        assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
    with Client(server.address("auth"), secret.encode()[:-1]) as wrong, \
         Client(server.address("auth"), secret.encode()) as probe:
        wrong.send(wrong.pap_request(b"bob", b"hello"))
        assert probe.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
        wrong.expect_nothing_more()
    assert server.stop().discards() == {"bad_message_authenticator": 1}


def test_the_counters_know_the_clients(server):
    with Client(server.address("auth"), b"narrow", "127.0.0.2") as client:
        client.pap(b"bob", b"hello")
        client.pap(b"bob", b"wrong")
    counters = server.stop()
    assert counters.listener("auth")["requests"] == counters.listener("auth")["replies"] == 2
    assert counters.listener("six")["requests"] == 0
    assert counters.client("narrow")["requests"] == 2
    assert counters.client("wide")["requests"] == 0
