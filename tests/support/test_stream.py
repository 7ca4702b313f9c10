# SPDX-License-Identifier: Apache-2.0
"""The clients over streams, held against a server of a few lines and openssl's."""

import contextlib
import socket
import ssl
import threading
import time

import pytest

from support import wire
from support.certificates import Authority
from support.peers import free_port
from support.processes import Process
from support.stream import Ended, OpensslClient, Packets, Stream, refusal

SECRET = b"xyzzy5461"


class Answering(Packets):
    """The server's side of one connection: each Access-Request is accepted; other codes name what it does instead."""

    def __init__(self, opened, secret):
        super().__init__(secret)
        self.opened = opened

    def _read(self, timeout_s):
        self.opened.settimeout(timeout_s)
        return self.opened.recv(65536)

    def serve(self):
        while (request := self.receive())[0] == wire.ACCESS_REQUEST:
            self.opened.sendall(wire.answer(wire.ACCESS_ACCEPT, request, [(wire.REPLY_MESSAGE, b"x" * 200)], self.secret))
        if request[0] == wire.ACCESS_REJECT:
            self.opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        elif request[0] == wire.ACCESS_CHALLENGE and isinstance(self.opened, ssl.SSLSocket):
            self.opened.settimeout(0.1)
            self.opened.unwrap()  # waits for the other's


@contextlib.contextmanager
def serving(secret, context=None):
    """Serves one connection after the other; gives the address."""
    with socket.create_server(("127.0.0.1", 0)) as accepting:
        def run():
            with contextlib.suppress(OSError):
                while True:
                    opened = accepting.accept()[0]
                    with contextlib.suppress(OSError, Ended), contextlib.closing(opened):
                        with (context.wrap_socket(opened, server_side=True) if context else opened) as ready:
                            Answering(ready, secret).serve()
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield accepting.getsockname()
        accepting.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def ours(authority):
    return authority.client()


@pytest.fixture
def context(authority):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*authority.server())
    made.load_verify_locations(authority.certificate)
    made.load_verify_locations(authority.crl)
    made.verify_mode = ssl.CERT_REQUIRED
    made.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    made.set_alpn_protocols(["radius/1.0"])
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


def plain(code):
    return wire.encode(code, 1, bytes(16), [])


def test_packets_are_cut_by_their_length_however_they_are_written():
    with serving(SECRET) as address, Stream.tcp(address, SECRET) as client:
        requests = [client.pap_request(b"bob", b"x") for _ in range(20)]
        client.send(b"".join(requests[:10]))
        client.send_slowly(b"".join(requests[10:]), size=7, pause_s=0)
        answers = client.answers_to(requests)
        assert [packet.code for packet in answers] == [wire.ACCESS_ACCEPT] * 20
        assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        client.expect_nothing_more()


def test_a_wrong_answer_is_noticed():
    with serving(b"another secret") as address, Stream.tcp(address, SECRET) as client:
        with pytest.raises(wire.WrongAnswer):
            client.pap(b"bob", b"x")


def test_an_answer_too_many_is_noticed():
    with serving(SECRET) as address, Stream.tcp(address, SECRET) as client:
        client.send(client.pap_request(b"bob", b"x"))
        time.sleep(0.05)
        with pytest.raises(wire.WrongAnswer):
            client.expect_nothing_more()


@pytest.mark.parametrize("code, how", [(wire.ACCESS_ACCEPT, "close"), (wire.ACCESS_REJECT, "reset")])
def test_the_end_of_a_tcp_connection_has_a_name(code, how):
    with serving(SECRET) as address, Stream.tcp(address, SECRET) as client:
        client.send(plain(code))
        assert client.expect_closed() == how


def test_a_connection_that_stays_open_is_noticed():
    with serving(SECRET) as address, Stream.tcp(address, SECRET) as client:
        with pytest.raises(wire.WrongAnswer):
            client.expect_closed(within_s=0.1)


@pytest.mark.parametrize("version", ["1.2", "1.3"])
@pytest.mark.parametrize("code, how", [(wire.ACCESS_CHALLENGE, "close"), (wire.ACCESS_ACCEPT, "cut"),
                                       (wire.ACCESS_REJECT, "reset")])
def test_the_end_of_a_tls_connection_has_a_name(authority, ours, context, version, code, how):
    with serving(SECRET, context) as address:
        with Stream.tls(address, authority=authority.certificate, certificate=ours, secret=SECRET, alpn=["radius/1.0"],
                        minimum_version=version, maximum_version=version, server_name="localhost") as client:
            assert (client.version, client.selected_alpn) == (f"TLSv{version}", "radius/1.0")
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            client.send(plain(code))
            assert client.expect_closed() == how


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_an_alert_has_a_name(authority, context, version, tmp_path):
    revoked = authority.client()
    authority.revoke(revoked)
    context.load_verify_locations(authority.crl)
    others = Authority(tmp_path / "other", "Other CA").client()
    expected = {"unknown_ca": others, "certificate_expired": authority.client(begins_in_s=-90, ends_in_s=-30),
                "unsupported_certificate": authority.client(use="serverAuth")}
    with serving(SECRET, context) as address:
        for alert, certificate in expected.items():
            assert refusal(address, authority=authority.certificate, certificate=certificate, minimum_version=version,
                           maximum_version=version) == alert
        none = {"1.2": "handshake_failure", "1.3": "certificate_required"}[version]
        assert refusal(address, authority=authority.certificate, minimum_version=version, maximum_version=version) == none


def test_a_revoked_certificate_is_in_the_list(authority, context):
    revoked = authority.client()
    authority.revoke(revoked)
    fresh = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    fresh.load_cert_chain(*authority.server())
    fresh.verify_mode, fresh.verify_flags = ssl.CERT_REQUIRED, context.verify_flags
    fresh.load_verify_locations(authority.certificate)
    fresh.load_verify_locations(authority.crl)
    with serving(SECRET, fresh) as address:
        assert refusal(address, authority=authority.certificate, certificate=revoked) == "certificate_revoked"


def test_a_session_is_resumed(authority, ours, context):
    with serving(SECRET, context) as address:
        with Stream.tls(address, authority=authority.certificate, certificate=ours, secret=SECRET) as first:
            first.pap(b"bob", b"x")
        with Stream.tls(address, authority=authority.certificate, secret=SECRET, session=first) as second:
            assert second.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            assert second.socket.session_reused


@pytest.mark.parametrize("version", ["tls1_2", "tls1_3"])
def test_openssls_client_exchanges_packets_and_tells_alerts(authority, ours, context, version):
    with serving(SECRET, context) as address:
        with OpensslClient(address, f"-{version}", authority=authority.certificate, certificate=ours,
                           secret=SECRET) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            assert client.told("Protocol version") == {"tls1_2": "TLSv1.2", "tls1_3": "TLSv1.3"}[version]
            client.send(plain(wire.ACCESS_CHALLENGE))
            assert client.expect_closed() == "close"
        with OpensslClient(address, f"-{version}", authority=authority.certificate) as client:
            assert client.expect_closed() in ("handshake_failure", "certificate_required")


@pytest.mark.parametrize("arguments, alert", [
    (["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], "protocol_version"),
    (["-tls1_2", "-cipher", "eNULL:@SECLEVEL=0"], "handshake_failure")])
def test_openssls_client_offers_what_is_refused(authority, context, arguments, alert):
    with serving(SECRET, context) as address, OpensslClient(address, *arguments) as client:
        assert client.expect_closed() == alert
        assert client.told("Protocol version") is None


@contextlib.contextmanager
def s_server(*arguments):
    """openssl's; gives its address."""
    port = free_port(socket.SOCK_STREAM)
    process = Process(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-rev", *arguments])
    assert process.stdout.wait_for(lambda line: line.startswith("ACCEPT"), 5), process.report()
    try:
        yield ("127.0.0.1", port)
    finally:
        process.kill()


PSK = ["-psk_identity", "bob", "-psk", "00112233445566778899aabbccddeeff"]


@pytest.mark.parametrize("arguments", [["-tls1_3"], ["-tls1_2", "-cipher", "ECDHE-PSK-AES128-CBC-SHA256"]])
def test_openssls_client_knows_psk(arguments):
    with s_server("-nocert", *PSK, "-cipher", "PSK") as address:
        with OpensslClient(address, *arguments, *PSK) as client:
            assert client.told("Protocol version") is not None
        with OpensslClient(address, *arguments, *PSK[:3], "ff" * 16) as client:
            assert client.expect_closed() in ("decrypt_error", "illegal_parameter", "bad_record_mac")


def test_openssls_client_asks_to_renegotiate(authority):
    server = authority.server()
    with s_server("-cert", server.certificate, "-key", server.key, "-no_renegotiation") as address:
        with OpensslClient(address, "-tls1_2", authority=authority.certificate, is_interactive=True) as client:
            assert client.told("Protocol version") == "TLSv1.2"
            client.renegotiate()
            assert client.expect_closed() == "no renegotiation"
