# SPDX-License-Identifier: Apache-2.0
"""What tests of RADIUS over TLS share: certificates, configurations, and a client of RADIUS/1.1."""

import contextlib

from support import wire, wire_1_1
from support.certificates import Certificates
from support.openssl import Authority
from support.stream import Stream
from support.stream_stub import server_context

# RFC 6614 §2.3.
RADSEC_SECRET = b"radsec"

BOTH_VERSIONS = (wire_1_1.ALPN_1_0, wire_1_1.ALPN_1_1)

# Its certificate names the address it comes from. No secret: that is for UDP and TCP.
RADSEC_CLIENT = """
[[client]]
name = "radsec"
address = ["127.0.0.1", "::1"]
"""


def make_certificates(folder):
    """An authority, and the certificates of a server and a client, for Stream.tls and the rest of this file."""
    return Certificates(folder)


def file_of(certificates, name):
    return certificates.folder / name


def server_files(certificates):
    """Certificate, key and authority of a server."""
    return [file_of(certificates, name) for name in ("server.pem", "server.key", "ca.pem")]


def client_files(certificates):
    return [file_of(certificates, name) for name in ("client.pem", "client.key", "ca.pem")]


def stub_context(certificates, **options):
    """For a StreamStub that has the server's certificate."""
    return server_context(*server_files(certificates), **options)


def odd_stub_context(folder, certificates, **options):
    """The same with a certificate that another authority issued as `options` say; and that authority."""
    authority = Authority(folder)
    certificate, key = authority.issue("odd", **options)
    return server_context(certificate, key, file_of(certificates, "ca.pem"), requires_certificate=False), authority


def tls_listener(certificates, name, accepts, handlers, *, versions='["1.1"]', more="", tls=""):
    """A listener of the radhost under test; `accepts`, `handlers` and `versions` are TOML, `more` and `tls` further
    keys."""
    certificate, key, ca = server_files(certificates)
    return f"""
[[listener]]
name = "{name}"
transport = "tls"
address = "127.0.0.1:0"
accepts = {accepts}
handlers = {handlers}
reject_delay_ms = 0
{more}
[listener.tls]
certificate = "{certificate}"
key = "{key}"
ca = "{ca}"
radius_versions = {versions}
{tls}
"""


class Client:
    """A client of RADIUS/1.1 on one connection. Every answer is checked before a test sees it."""

    def __init__(self, stream):
        self.stream = stream
        self.token = wire_1_1.random_token()

    def next_token(self):
        self.token = wire_1_1.next_token(self.token)
        return self.token

    def send(self, octets):
        self.stream.send(octets)

    def receive(self):
        return self.stream.receive()

    def exchange(self, request):
        """Sends the octets of a request and returns its answer."""
        self.send(request)
        return wire_1_1.check_answer(self.receive(), request)

    def request(self, code, attributes, **options):
        return wire_1_1.encode(code, options.pop("token", None) or self.next_token(), attributes, **options)

    def pap_request(self, name, password, attributes=(), **options):
        return wire_1_1.pap_request(options.pop("token", None) or self.next_token(), name, password, attributes,
                                    **options)

    def pap(self, name, password, attributes=(), **options):
        return self.exchange(self.pap_request(name, password, attributes, **options))

    def chap_request(self, name, password, challenge, *, sends_challenge=True):
        attributes = [(wire.USER_NAME, name), (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1")),
                      (wire.CHAP_PASSWORD, wire.chap_response(7, password, challenge))]
        if sends_challenge:
            attributes.append((wire.CHAP_CHALLENGE, challenge))
        return self.request(wire.ACCESS_REQUEST, attributes)

    def status(self):
        return self.exchange(self.request(wire.STATUS_SERVER, []))


@contextlib.contextmanager
def connected(address, certificates, alpn=(wire_1_1.ALPN_1_1,)):
    """A Client to a server that has agreed to RADIUS/1.1."""
    with Stream.tls(address, certificates, alpn=list(alpn)) as stream:
        assert stream.selected_alpn == wire_1_1.ALPN_1_1
        yield Client(stream)
