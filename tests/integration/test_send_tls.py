# SPDX-License-Identifier: Apache-2.0
"""`radhost send --tls`: the version of RADIUS it agrees to, whom it trusts, and who it says it is."""

import contextlib
import functools
import socket
import ssl
import threading
import time

import pytest

from support import radsec, sending
from support.configurations import ACCESS_PLUGINS, client_table, tls_listener, user
from support.openssl import Server
from support.sending import ACCEPTED, LOGIN, NO_ANSWER, WRONG_USAGE, accept_1_0, accept_1_1, identity
from support.stream import RADSEC
from support.stream_stub import StreamStub, server_context
from support.vectors import octets
from support.waiting import wait_until

FILES = {"users.toml": user("alice")}


@pytest.fixture(scope="module")
def server(shared_radhost, certificates):
    """Of both versions, and of 1.0 alone."""
    def listener(name, versions):
        return tls_listener(certificates, name, '["access"]', '["users", "password"]', radius_versions=versions)

    return shared_radhost(radsec.RADSEC_CLIENT + ACCESS_PLUGINS + listener("either", ["1.0", "1.1"]) +
                          listener("old", ["1.0"]), files=FILES)


@pytest.fixture
def run(program):
    """run(address, kind, …)"""
    return functools.partial(sending.send, program)


# Which version is spoken: what the client offers, and what the server selects (RFC 9765 §3.3.2)

@pytest.mark.row("V11-2")
@pytest.mark.parametrize("radius, server_alpn, alpn, version", [
    (None, radsec.BOTH_VERSIONS, None, "1.0"),
    ("1.0", radsec.BOTH_VERSIONS, None, "1.0"),
    ("1.0", (), None, "1.0"),
    ("1.0,1.1", radsec.BOTH_VERSIONS[::-1], "radius/1.1", "1.1"),
    ("1.0,1.1", ("radius/1.0",), "radius/1.0", "1.0"),
    ("1.0,1.1", (), None, "1.0"),
    ("1.1", radsec.BOTH_VERSIONS, "radius/1.1", "1.1"),
    ("1.1", ("radius/1.1",), "radius/1.1", "1.1"),
    ("1.1", (), None, None),
    ("1.1", ("radius/1.0",), None, None),
])
def test_a_version_is_agreed_on_or_nothing_is_sent(run, certificates, radius, server_alpn, alpn, version):
    """D-28: 1.0 alone offers nothing."""
    reply = accept_1_1 if version == "1.1" else accept_1_0(RADSEC)
    with StreamStub(reply, context=radsec.stub_context(certificates, alpn=server_alpn)) as stub:
        done = run(stub.address, "access", *LOGIN, "--tls", *(["--radius", radius] if radius else []),
                   *identity(certificates))
        wait_until(lambda: stub.alpn == [alpn])  # it notes that a moment later
        assert done.returncode == (ACCEPTED if version else NO_ANSWER), done
        assert len(stub.requests) == (1 if version else 0)
    if not version:
        assert done.stdout == "" and "1.1" in done.stderr


@pytest.mark.row("V11-2")
@pytest.mark.parametrize("radius, status", [("1.1", NO_ANSWER), ("1.0,1.1", ACCEPTED), ("1.0", ACCEPTED)])
def test_a_server_of_1_0_alone_is_not_enough_for_1_1(run, server, certificates, radius, status):
    done = run("127.0.0.1:%d" % server.port("old"), "access", *LOGIN, "--tls", "--radius", radius,
               *identity(certificates))
    assert done.returncode == status, done
    assert (status == ACCEPTED) == ("Access-Accept" in done.stdout)


@pytest.mark.row("V11-3")
@pytest.mark.parametrize("radius", ["1.1", "1.0,1.1"])
def test_a_server_that_has_nothing_in_common_is_status_2(run, certificates, radius):
    """OpenSSL's server sends the alert."""
    certificate, key, ca = radsec.server_files(certificates)
    with Server("-cert", certificate, "-key", key, "-CAfile", ca, "-alpn", "h2") as other:
        done = run(other.address, "access", *LOGIN, "--tls", "--radius", radius, *identity(certificates))
    assert done.returncode == NO_ANSWER and done.stdout == "" and done.stderr != ""


@pytest.mark.row("V11-1")
@pytest.mark.parametrize("radius, status", [("1.1", NO_ANSWER), ("1.0", ACCEPTED)])
def test_1_1_is_not_spoken_over_tls_1_2(run, certificates, radius, status):
    context = radsec.stub_context(certificates, alpn=radsec.BOTH_VERSIONS, maximum_version=ssl.TLSVersion.TLSv1_2)
    with StreamStub(accept_1_0(RADSEC), context=context) as stub:
        done = run(stub.address, "access", *LOGIN, "--tls", "--radius", radius, *identity(certificates))
        assert done.returncode == status, done
        assert len(stub.requests) == (1 if status == ACCEPTED else 0)


# Who the server is

def test_a_server_is_known_by_its_address_or_the_name_it_is_given(run, server, certificates):
    port = server.port("either")
    for arguments in ([], ["--server-name", "localhost"]):
        done = run(f"127.0.0.1:{port}", "access", *LOGIN, "--tls", *identity(certificates), *arguments)
        assert done.returncode == ACCEPTED, done.stderr


@pytest.mark.row("TLS-7")
@pytest.mark.parametrize("name", ["other.example", "localhost.example", "127.0.0.2", "*"])
def test_a_server_of_another_name_is_refused(run, certificates, name):
    with StreamStub(accept_1_0(RADSEC), context=radsec.stub_context(certificates)) as stub:
        done = run(stub.address, "access", *LOGIN, "--tls", *identity(certificates), "--server-name", name)
        assert done.returncode == NO_ANSWER and done.stdout == ""
        assert name in done.stderr, "the message says which name was looked for"
        assert stub.requests == []


# The subjectAltNames of a server's certificate, the name that is looked for, and whether that is enough.
NAMES = [
    ({"dns": ["radius.example"]}, "radius.example", ACCEPTED),
    ({"dns": ["other.example", "radius.example"]}, "radius.example", ACCEPTED),
    ({"dns": ["radius.example"]}, "RADIUS.example", ACCEPTED),
    ({"dns": ["*.isp.example"]}, "radius.isp.example", ACCEPTED),
    ({"dns": ["*.isp.example"]}, "a.radius.isp.example", NO_ANSWER),
    ({"dns": ["*.isp.example"]}, "isp.example", NO_ANSWER),
    ({"dns": ["rad*.isp.example"]}, "radius.isp.example", NO_ANSWER),
    ({"dns": ["*us.isp.example"]}, "radius.isp.example", NO_ANSWER),
    ({"dns": ["radius.*.example"]}, "radius.isp.example", NO_ANSWER),
    ({"dns": ["other.example"]}, "radius.example", NO_ANSWER),
    ({}, "radius.example", NO_ANSWER),
    ({"ip": ["127.0.0.1"]}, None, ACCEPTED),
    ({"ip": ["127.0.0.2"]}, None, NO_ANSWER),
    ({"dns": ["127.0.0.1"]}, None, NO_ANSWER),
    ({}, None, NO_ANSWER),
]


@pytest.mark.row("TLS-7")
@pytest.mark.parametrize("names, wanted, status", NAMES)
def test_a_servers_name_is_in_its_subject_alternative_names(run, certificates, names, wanted, status):
    """The common name is what is wanted in every case: it never counts."""
    odd = certificates.authority.issue(cn=wanted or "127.0.0.1", use="serverAuth", **names)
    with StreamStub(accept_1_0(RADSEC), context=server_context(*odd, certificates.ca)) as stub:
        done = run(stub.address, "access", *LOGIN, "--tls", *identity(certificates),
                   *(["--server-name", wanted] if wanted else []))
        assert done.returncode == status, done
        assert len(stub.requests) == (1 if status == ACCEPTED else 0)


@pytest.mark.row("TLS-7")
@pytest.mark.parametrize("use, ends_in_s, status", [("serverAuth", 60, ACCEPTED), ("clientAuth", 60, NO_ANSWER),
                                                    ("serverAuth", -10, NO_ANSWER)],
                         ids=["good", "of a client", "expired"])
def test_a_servers_certificate_is_for_servers_and_valid(run, certificates, use, ends_in_s, status):
    issued = certificates.authority.server(use=use, begins_in_s=-60, ends_in_s=ends_in_s)
    with StreamStub(accept_1_0(RADSEC), context=server_context(*issued, certificates.ca)) as stub:
        done = run(stub.address, "access", *LOGIN, "--tls", *identity(certificates))
        assert done.returncode == status, done
        assert len(stub.requests) == (1 if status == ACCEPTED else 0)


@pytest.mark.row("TLS-5")
def test_a_server_of_an_unknown_authority_is_refused(run, certificates):
    with StreamStub(accept_1_0(RADSEC), context=radsec.stub_context(certificates)) as stub:
        done = run(stub.address, "access", *LOGIN, "--tls", *identity(certificates, ca=False),
                   "--ca", certificates.other.certificate)
        assert done.returncode == NO_ANSWER and done.stdout == ""
        assert "certificate" in done.stderr
        assert stub.requests == []


@pytest.mark.row("TLS-5")
def test_nobody_is_trusted_by_default(run, certificates):
    with StreamStub(accept_1_0(RADSEC), context=radsec.stub_context(certificates)) as stub:
        done = run(stub.address, "access", *LOGIN, "--tls", *identity(certificates, ca=False))
        assert done.returncode in (NO_ANSWER, WRONG_USAGE) and done.stdout == "" and done.stderr != ""
        assert stub.requests == []


# Who we are

@pytest.mark.row("TLS-3")
@pytest.mark.parametrize("radius", ["1.0", "1.1"])
def test_without_a_certificate_the_server_refuses_us(run, server, certificates, radius):
    done = run("127.0.0.1:%d" % server.port("either"), "access", *LOGIN, "--tls", "--radius", radius,
               *identity(certificates, certificate=False))
    assert done.returncode == NO_ANSWER and done.stdout == "" and done.stderr != ""


@pytest.mark.row("TLS-5")
def test_with_a_certificate_of_another_authority_the_server_refuses_us(run, server, certificates):
    certificate, key = certificates.stranger
    done = run("127.0.0.1:%d" % server.port("either"), "access", *LOGIN, "--tls", "--cert", certificate, "--key", key,
               *identity(certificates, certificate=False))
    assert done.returncode == NO_ANSWER and done.stdout == ""


PSK_IDENTITY, PSK = "office", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"


@pytest.fixture(scope="module")
def psk_port(shared_radhost, certificates):
    """Of a server that knows a client by a pre-shared key."""
    client = client_table("office", address=["127.0.0.1"], psk={"identity": PSK_IDENTITY, "key_file": "psk"})
    server = shared_radhost(client + ACCESS_PLUGINS + tls_listener(
        certificates, "radsec", '["access"]', '["users", "password"]', radius_versions=["1.0", "1.1"]),
        files={**FILES, "psk": PSK + "\n"})
    return server.port("radsec")


@pytest.mark.row("TLS-11")
@pytest.mark.parametrize("radius", ["1.0", "1.1"])
@pytest.mark.parametrize("psk, status", [
    (f"{PSK_IDENTITY}:{PSK}", ACCEPTED), (f"{PSK_IDENTITY}:{PSK.upper()}", ACCEPTED),
    (f"{PSK_IDENTITY}:{PSK[::-1]}", NO_ANSWER), (f"another:{PSK}", NO_ANSWER)],
    ids=["right", "upper case", "wrong key", "unknown identity"])
def test_a_pre_shared_key_logs_in_or_is_refused(run, psk_port, radius, psk, status):
    done = run(f"127.0.0.1:{psk_port}", "access", *LOGIN, "--tls", "--radius", radius, "--psk", psk)
    assert done.returncode == status, done
    assert PSK not in done.stderr + done.stdout


@pytest.mark.row("TLS-12")
@pytest.mark.parametrize("psk", [
    "office", "office:", ":" + PSK, "office:xyz", "office:" + PSK[:-1], "office:" + PSK[:30]],
    ids=["no key", "an empty key", "no identity", "no hexadecimal", "half an octet", "15 octets"])
def test_a_pre_shared_key_of_the_wrong_form_is_wrong_usage(run, psk):
    done = run("127.0.0.1:1", "access", *LOGIN, "--tls", "--psk", psk)
    assert done.returncode == WRONG_USAGE and "psk" in done.stderr.lower()


# Handshakes that come to nothing

@pytest.mark.row("TRN-8")
def test_a_server_without_tls_hears_no_radius(run, certificates):
    """The stub reads what comes as packets; a ClientHello is none, and nothing in the clear follows it."""
    seen = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def answer():
            opened, _ = listening.accept()
            with opened:
                seen.append(opened.recv(8192))
                opened.sendall(octets("A-1.2"))
                with contextlib.suppress(OSError):
                    seen.append(opened.recv(8192))

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        done = run("127.0.0.1:%d" % listening.getsockname()[1], "access", *LOGIN, "--tls", *identity(certificates))
        thread.join(5)
    assert done.returncode == NO_ANSWER
    assert seen[0][0] == 22 and all(b"alice" not in part for part in seen)


@pytest.mark.row("TRN-7")
def test_a_server_that_never_finishes_its_handshake_is_given_up(run, certificates):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begin = time.monotonic()
        done = run("127.0.0.1:%d" % silent.getsockname()[1], "access", *LOGIN, "--tls", *identity(certificates),
                   timeout_ms=500, retries=0)
        assert done.returncode == NO_ANSWER and time.monotonic() - begin < 10
