# SPDX-License-Identifier: Apache-2.0
"""Pools whose servers are reached over TLS: who is believed, two servers in a row, and what the configuration says."""

import socket

import pytest

from integration.test_tls_configuration import assert_good, assert_named
from support import wire
from support.configurations import (ACCESS_PLUGINS, BOB, LOOPBACK_CLIENT, acctlog_plugin, client_table, static_plugin,
                                    tls_listener, user)
from support.home_servers import accounting, client_of, over_tls, tls_stub
from support.pools import pool_of, proxy_to, servers_of, tls_server
from support.radsec import stub_context
from support.stream_stub import StreamStub
from support.waiting import wait_until


# Who is believed

@pytest.mark.row("TLS-7", "TRN-8")
@pytest.mark.parametrize("which", ["unknown ca", "wrong name", "only a common name"])
def test_a_server_whose_certificate_is_not_believed_is_not_used(radhost, certificates, which):
    shown = {"unknown ca": lambda: certificates.other.server(),
             "wrong name": lambda: certificates.authority.server(dns=["other.example"], ip=["192.0.2.1"]),
             "only a common name": lambda: certificates.authority.server(cn="127.0.0.1", dns=[], ip=[])}[which]()
    context = stub_context(certificates)
    context.load_cert_chain(shown.certificate, shown.key)
    with StreamStub(over_tls, context=context) as home, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", home.port))
        udp.settimeout(0.1)
        server = radhost(proxy_to(tls_server(home.address, certificates), max_duration_ms=900))
        with client_of(server) as client:
            client.send(client.pap_request(b"bob", b"x"))
            wait_until(lambda: server.stats().discards().get("dropped_by_plugin"))
            client.expect_nothing_more()
        counted, = servers_of(server)
        assert counted["connections_failed"] >= 1 and counted["connections_opened"] == counted["requests"] == 0
        told = server.wait_for_log(lambda entry: entry["message"] == "cannot connect to a home server")
        assert told["reason"] == "bad_certificate"
        assert not home.requests
        with pytest.raises(TimeoutError):
            udp.recvfrom(4096)


@pytest.mark.row("TLS-7")
def test_server_name_says_for_whom_the_certificate_must_be(radhost, certificates):
    with tls_stub(certificates) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates, server_name="localhost")))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT


# Two servers in a row

@pytest.fixture(scope="module")
def home(shared_radhost, certificates):
    configuration = (client_table("proxy", address=["127.0.0.1"], secret="of UDP alone") + ACCESS_PLUGINS + acctlog_plugin()
                     + static_plugin("ask", "challenge", '{ "Reply-Message" = "code?", "State" = "state" }'))
    for version in ("1.0", "1.1"):
        name = version.replace(".", "_")
        configuration += tls_listener(certificates, f"home_{name}", '["access", "accounting"]',
                                      '{ access = ["users", "password"], accounting = ["acctlog"] }',
                                      radius_versions=[version])
        configuration += tls_listener(certificates, f"ask_{name}", '["access"]', '["ask"]', radius_versions=[version])
    return shared_radhost(configuration, files={"users.toml": BOB + user("eve")})


@pytest.mark.row("V11-9", "V11-11")
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_two_servers_in_a_row(radhost, certificates, home, version):
    name = version.replace(".", "_")
    proxies = {kind: radhost(proxy_to(tls_server("%s:%d" % home.address(f"{kind}_{name}"), certificates, version)))
               for kind in ("home", "ask")}
    with client_of(proxies["home"]) as client:
        assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
        assert client.pap(b"bob", b"wrong").code == wire.ACCESS_REJECT
        assert client.chap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
        assert client.exchange(accounting(client)).code == wire.ACCOUNTING_RESPONSE
    with client_of(proxies["ask"]) as client:
        assert client.pap(b"bob", b"hello").code == wire.ACCESS_CHALLENGE


# Configuration

@pytest.mark.row("TRN-8")
def test_another_file_at_a_reload_is_another_pool(radhost, certificates, tmp_path):
    ca = tmp_path / "ca.pem"
    ca.write_bytes(certificates.ca.read_bytes())
    with tls_stub(certificates) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates, ca=ca), max_duration_ms=700))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            ca.write_bytes(certificates.other.certificate.read_bytes())
            server.control.reload()
            client.send(client.pap_request(b"bob", b"x"))
            wait_until(lambda: server.stats().discards().get("dropped_by_plugin"))
        wait_until(lambda: servers_of(server)[0]["connections"] == 0)
        assert servers_of(server)[0]["connections_failed"] >= 1


POOL = LOOPBACK_CLIENT + static_plugin("yes", "accept")


def test_good_servers_are_good(program, tmp_path, certificates):
    address = "192.0.2.1:2083"
    for table in [tls_server(address, certificates),
                  tls_server(address, certificates, "1.0", "1.1", server_name="a.example"),
                  tls_server(address, certificates, certificate=None, key=None),
                  tls_server(address, certificates, crl=certificates.authority.crl, tls_secret="another")]:
        assert_good(program, tmp_path, POOL + pool_of(table))


@pytest.mark.row("TLS-7", "V11-1", "TRN-9")
@pytest.mark.parametrize("keys, pool_keys, words", [
    ({"ca": None}, {}, ["ca"]), ({"key": None}, {}, ["certificate and key"]), ({"ca": "nothing.pem"}, {}, ["nothing.pem"]),
    ({"certificate": "nothing.pem"}, {}, ["nothing.pem"]), ({"crl": "nothing.pem"}, {}, ["nothing.pem"]),
    ({"radius_versions": ["2.0"]}, {}, ["2.0"]), ({"radius_versions": []}, {}, ["no version"]),
    ({"transport": "tcp", "secret": "between two"}, {}, ["for transport"]), ({"transport": "dtls"}, {}, ["not built yet"]),
    ({"status_server": False}, {}, ["watchdog_ms"]), ({}, {"watchdog_ms": 5999}, ["at least 6000"]),
    ({}, {"max_connections": 0}, ["at least 1"]), ({}, {"connect_timeout_ms": 0}, ["at least 1"])], ids=str)
def test_each_mistake_is_named_where_it_stands(program, tmp_path, certificates, keys, pool_keys, words):
    if keys.get("transport") == "tcp":
        keys = {"certificate": None, "key": None, **keys}
    configuration = POOL + pool_of(tls_server("192.0.2.1:2083", certificates, **keys), **pool_keys)
    line = next(iter(pool_keys)) if pool_keys else "servers"
    assert_named(program, tmp_path, configuration, line, words)


# Pre-shared keys

def write_key(folder, octets=bytes(range(0x80, 0xa0))):
    path = folder / "key"
    path.write_text(octets.hex(), encoding="ascii")
    path.chmod(0o600)
    return path


def psk_server(address, key_file, *versions, tls="1.3", identity="ours"):
    return {"address": address, "transport": "tls", "radius_versions": list(versions) or ["1.0"],
            "psk": {"identity": identity, "key_file": key_file, "tls": tls}}


@pytest.mark.row("TLS-10")
@pytest.mark.parametrize("version, tls", [("1.0", "1.2"), ("1.0", "1.3"), ("1.1", "1.3")])
def test_a_pre_shared_key_proves_both_ends(radhost, certificates, tmp_path, version, tls):
    key = write_key(tmp_path)
    home = radhost(client_table("proxy", psk={"identity": "ours", "key_file": key, "tls": tls})
                   + static_plugin("yes", "accept")
                   + tls_listener(certificates, handlers='["yes"]', radius_versions=[version]))
    server = radhost(proxy_to(psk_server("%s:%d" % home.address("radsec"), key, version, tls=tls)))
    with client_of(server) as client:
        assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT


@pytest.mark.row("TLS-16")
@pytest.mark.parametrize("identity, words", [("ours", ["identity"]), ("theirs", ["this key"])])
def test_who_goes_out_by_a_key_does_not_come_in_by_it(program, tmp_path, identity, words):
    key = write_key(tmp_path)
    other = tmp_path / "other"
    other.write_text("ab" * 32, encoding="ascii")
    theirs = client_table("proxy", psk={"identity": identity, "key_file": other if identity == "ours" else key})
    assert_named(program, tmp_path, POOL + theirs + pool_of(psk_server("192.0.2.1:2083", key)), "servers", words)


def test_radius_1_1_needs_a_key_for_tls_1_3(program, tmp_path):
    assert_named(program, tmp_path, POOL + pool_of(psk_server("192.0.2.1:2083", write_key(tmp_path), "1.1", tls="1.2")),
                 "servers", ["TLS 1.3"])
