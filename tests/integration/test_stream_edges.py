# SPDX-License-Identifier: Apache-2.0
"""Connections at the edges: half closed, at the end, under another name, with an identity that proves nothing."""

import signal
import socket

import pytest

from support import wire
from support.configurations import (LOOPBACK_CLIENT, SECRET, client_table, later_plugin, listener, static_plugin,
                                    tcp_listener, tls_listener)
from support.connections import connection_logged, connections, wait_for_open
from support.later import ask
from support.stream import OpensslClient, Stream
from support.waiting import wait_until

KEY = bytes(range(0x80, 0xa0))
ONE = LOOPBACK_CLIENT + later_plugin() + tcp_listener("auth", '["access"]', '["later"]')


@pytest.mark.row("TLS-11")
@pytest.mark.parametrize("suites", ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"])
def test_an_identity_without_its_key_proves_nothing_where_no_certificate_is_required(radhost, certificates, tmp_path,
                                                                                  suites):
    """A key is tied to a hash: with another one the server passes it over, and goes on with its own certificate."""
    key_file = tmp_path / "bob.psk"
    key_file.write_text(KEY.hex(), encoding="ascii")
    key_file.chmod(0o600)
    server = radhost(client_table("bob", psk={"identity": "bob", "key_file": key_file}) +
                     client_table("elsewhere", address=["192.0.2.1"], secret="xyzzy5461") + later_plugin() +
                     tls_listener(certificates, require_client_certificate=False))
    forged = ["-tls1_3", "-ciphersuites", suites, "-psk_identity", "bob", "-psk", bytes(32).hex()]
    with OpensslClient(server.address("radsec"), *forged, authority=certificates.ca) as client:
        client.send(ask(client, "now 0 accept"))
        client.expect_closed()
    assert server.stats().client("bob")["requests"] == 0
    with OpensslClient(server.address("radsec"), "-tls1_3", "-psk_identity", "bob", "-psk", KEY.hex()) as client:
        assert client.exchange(ask(client, "now 0 accept")).code == wire.ACCESS_ACCEPT
    assert connection_logged(server)["client"] == "bob"
    server.stop()
    assert len([entry for entry in server.log() if entry["message"] == "connection"]) == 1


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def test_the_connections_of_a_listener_stay_counted_when_it_has_another_name(radhost):
    port = free_port()
    configuration = ONE.replace("127.0.0.1:0", f"127.0.0.1:{port}")
    server = radhost(configuration)
    with Stream.tcp(("127.0.0.1", port), SECRET) as client:
        client.exchange(ask(client, "now 0 accept"))
        server.rewrite(configuration.replace('name = "auth"', 'name = "other"'))
        server.control.reload()
        assert connections(server.stats(), "other")["open"] == 1
        client.exchange(ask(client, "now 0 accept"))
    wait_for_open(server, "other", 0)
    with Stream.tcp(("127.0.0.1", port), SECRET) as again:
        again.exchange(ask(again, "now 0 accept"))


def test_an_address_that_was_taken_over_can_be_given_up_and_had_again(radhost):
    port = free_port()
    with_tcp = LOOPBACK_CLIENT + later_plugin() + listener("udp", '["access"]', '["later"]')
    configuration = with_tcp + tcp_listener("auth", '["access"]', '["later"]', address=f"127.0.0.1:{port}")
    first = radhost(configuration)
    second = radhost.take_over(first)
    first.wait_for_end()
    for text in (with_tcp, configuration):
        second.rewrite(text)
        second.control.reload()
    with Stream.tcp(("127.0.0.1", port), SECRET) as client:
        assert client.exchange(ask(client, "now 0 accept")).code == wire.ACCESS_ACCEPT


def rejecting(delay_ms, **options):
    return (LOOPBACK_CLIENT + static_plugin("no", "reject") +
            tcp_listener("auth", '["access"]', '["no"]', **options).replace("reject_delay_ms = 0",
                                                                          f"reject_delay_ms = {delay_ms}"))


def test_a_reject_that_waits_is_sent_before_the_connection_is_closed_at_the_end(radhost):
    server = radhost(rejecting(5000))
    with Stream.tcp(server.address("auth"), SECRET) as client:
        request = client.pap_request(b"bob", b"x")
        client.send(request)
        wait_until(lambda: server.stats().listener("auth")["access"]["rejects"] == 1)
        server.process.signal(signal.SIGTERM)
        assert client.answer_to(request).code == wire.ACCESS_REJECT
        assert client.expect_closed() == "close"
    server.wait_for_end()


def test_a_connection_whose_reject_waits_is_not_idle(radhost):
    server = radhost(rejecting(900, idle_timeout_ms=300))
    with Stream.tcp(server.address("auth"), SECRET) as client:
        assert client.pap(b"bob", b"x").code == wire.ACCESS_REJECT


@pytest.mark.row("TRN-6")
def test_who_has_asked_all_and_reads_slowly_gets_all_that_was_answered(radhost):
    text = "x" * 240
    server = radhost(LOOPBACK_CLIENT + static_plugin("wordy", "accept", f'{{ "Reply-Message" = ["{text}", "{text}"] }}') +
                     tcp_listener("auth", '["access"]', '["wordy"]'))
    with Stream.tcp(server.address("auth"), SECRET, buffer_octets=4096) as client:
        requests = [client.pap_request(b"bob", b"x", identifier=number) for number in range(200)]
        client.send(b"".join(requests))
        wait_until(lambda: server.stats().listener("auth")["access"]["accepts"] == 200)
        client.socket.shutdown(socket.SHUT_WR)
        for request in requests:
            assert client.answer_to(request).code == wire.ACCESS_ACCEPT
        assert client.expect_closed() == "close"
