# SPDX-License-Identifier: Apache-2.0
"""Where a listener listens, and from where it answers."""

import socket

import pytest

from support import wire
from support.client import Client
from support.configurations import ACCESS, ACCESS_PLUGINS, BOB, LOOPBACK_CLIENT, SECRET, listener
from support.peers import free_port
from support.processes import Process

FILES = {"users.toml": BOB}


def access_on(address, more=""):
    return LOOPBACK_CLIENT + ACCESS_PLUGINS + listener("auth", '["access"]', '["users", "password"]', address, more)


def assert_answers(address, source=None):
    """The client's socket is connected: an answer from any other address would not arrive."""
    with Client(address, SECRET, source) as client:
        assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
        assert client.pap(b"bob", b"wrong").code == wire.ACCESS_REJECT


@pytest.mark.row("CLI-4")
@pytest.mark.parametrize("asked", ["127.0.0.1", "127.0.0.5", "127.9.9.9"])
def test_an_ipv4_wildcard_answers_from_the_address_asked(radhost, asked):
    server = radhost(access_on("0.0.0.0:0"), files=FILES)
    assert_answers((asked, server.port("auth")))


@pytest.mark.row("CLI-4")
@pytest.mark.parametrize("asked", ["127.0.0.1", "127.0.0.5", "::1"])
def test_a_dual_stack_wildcard_answers_from_the_address_asked(radhost, asked):
    server = radhost(access_on("[::]:0"), files=FILES)
    assert_answers((asked, server.port("auth")))


@pytest.mark.row("CLI-4")
def test_the_source_of_an_answer_is_the_destination_of_its_request(radhost):
    """The same with a socket that takes anything, so that a wrong source is seen and not only missed."""
    server = radhost(access_on("0.0.0.0:0"), files=FILES)
    target = ("127.0.0.5", server.port("auth"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as anywhere, Client(target, SECRET) as builder:
        anywhere.settimeout(5)
        anywhere.bind(("127.0.0.6", 0))
        anywhere.sendto(builder.pap_request(b"bob", b"hello"), target)
        assert anywhere.recvfrom(4096)[1] == target


def test_both_wildcards_share_a_port_when_both_are_written(radhost):
    port = free_port()
    server = radhost(access_on(f'["[::]:{port}", "0.0.0.0:{port}"]'), files=FILES)
    assert sorted(server.addresses("auth")) == [("0.0.0.0", port), ("::", port)]
    for asked in ("127.0.0.5", "::1"):
        assert_answers((asked, port))


def test_one_listener_may_have_several_addresses(radhost):
    server = radhost(access_on('["127.0.0.1:0", "127.0.0.2:0", "[::1]:0"]'), files=FILES)
    addresses = server.addresses("auth")
    assert [host for host, _ in addresses] == ["127.0.0.1", "127.0.0.2", "::1"]
    for address in addresses:
        assert_answers(address)


@pytest.mark.parametrize("address", ["127.0.0.1:0", "[::]:0"])
def test_two_workers_share_a_port(radhost, address):
    """Requests of every Identifier are answered, from one socket and from many."""
    server = radhost(access_on(address), files=FILES, workers=2)
    assert len(server.addresses("auth")) == 1
    target = ("127.0.0.1", server.port("auth"))
    with Client(target, SECRET) as client:
        for identifier in range(256):
            assert client.exchange(client.pap_request(b"bob", b"hello", identifier=identifier)).code == 2
    for identifier in range(16):
        with Client(target, SECRET) as client:
            assert client.exchange(client.pap_request(b"bob", b"wrong", identifier=identifier)).code == 3
    assert server.stop().listener("auth")["requests"] == 272


@pytest.mark.parametrize("workers", [1, 2])
def test_a_second_server_on_the_same_port_is_refused(radhost, program, tmp_path, workers):
    first = radhost(ACCESS, files=FILES, workers=workers)
    port = first.port("auth")
    configuration = program.write_configuration(
        tmp_path, ACCESS.replace('"127.0.0.1:0"', f'"127.0.0.1:{port}"'), files=FILES, workers=workers)
    second = Process([program.path, "serve", "-c", configuration])
    assert second.wait(10) == 1, second.report()
    assert f"127.0.0.1:{port}" in second.stderr.text() and "in use" in second.stderr.text()
    assert '"ready"' not in second.stderr.text()
    with Client(first.address("auth"), SECRET) as client:
        for identifier in range(16):
            assert client.exchange(client.pap_request(b"bob", b"hello", identifier=identifier)).code == 2


def test_a_second_server_does_not_slip_beside_a_wildcard(radhost, program, tmp_path):
    first = radhost(access_on("0.0.0.0:0"), files=FILES)
    configuration = program.write_configuration(tmp_path, access_on(f"127.0.0.1:{first.port('auth')}"), files=FILES)
    second = Process([program.path, "serve", "-c", configuration])
    assert second.wait(10) == 1, second.report()


def test_an_address_of_another_machine_is_refused(program, tmp_path):
    configuration = program.write_configuration(tmp_path, access_on("192.0.2.1:0"), files=FILES)
    server = Process([program.path, "serve", "-c", configuration])
    assert server.wait(10) == 1, server.report()
    assert "192.0.2.1" in server.stderr.text()
