# SPDX-License-Identifier: Apache-2.0
"""What tests of RADIUS over TLS share: what the programs of others need, and a client of RADIUS/1.1."""

import contextlib

from support import wire, wire_1_1
from support.stream import Stream
from support.stream_stub import server_context

BOTH_VERSIONS = (wire_1_1.ALPN_1_0, wire_1_1.ALPN_1_1)

# Its certificate names the address it comes from. No secret: that is for UDP and TCP.
RADSEC_CLIENT = """
[[client]]
name = "radsec"
address = ["127.0.0.1", "::1"]
"""


def server_files(certificates):
    """Certificate, key and authority of a server, as the programs of others take them."""
    return [*certificates.server, certificates.ca]


def client_files(certificates):
    return [*certificates.client, certificates.ca]


def stranger_files(certificates):
    """Of a client that another authority vouches for."""
    return [*certificates.stranger, certificates.ca]


def stub_context(certificates, **options):
    """For a StreamStub that has the server's certificate."""
    return server_context(*server_files(certificates), **options)


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
    with open_stream(address, certificates, alpn) as stream:
        assert stream.selected_alpn == wire_1_1.ALPN_1_1
        yield Client(stream)


def open_stream(address, certificates, alpn=None):
    """A connection of the usual client's that offers these versions."""
    return Stream.tls(address, authority=certificates.ca, certificate=certificates.client,
                      alpn=list(alpn) if alpn else None)
