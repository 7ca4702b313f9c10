# SPDX-License-Identifier: Apache-2.0
"""A RADIUS client on one UDP socket, so that retransmissions and silence can be told apart; and what it has in common with
clients of other transports."""

import os
import socket

from support import mschap, wire

# Long enough for a loaded machine, short enough to notice a server that hangs.
ANSWER_TIMEOUT_S = 5


class Requester:
    """Makes requests and verifies their answers with one secret. How they travel is told by whoever adds `send`,
    `receive` and `expect_nothing_more`."""

    # Is a Message-Authenticator to be the first attribute of every Access reply and Protocol-Error?
    is_signed_first = True

    def __init__(self, secret):
        self.secret = secret
        self.identifier = os.urandom(1)[0]

    def next_identifier(self):
        self.identifier = (self.identifier + 1) % 256
        return self.identifier

    def exchange(self, request):
        """Sends the octets of a request and returns its verified answer."""
        self.send(request)
        return self.answer_to(request)

    def answer_to(self, request):
        return self.verify(self.receive(), request)

    def verify(self, answer, request):
        packet = wire.check_answer(answer, request, self.secret)
        if self.is_signed_first and packet.code in wire.ACCESS_REPLIES + (wire.PROTOCOL_ERROR,):
            if packet.types()[:1] != [wire.MESSAGE_AUTHENTICATOR]:
                raise wire.WrongAnswer(f"Message-Authenticator is not first: {packet.types()}")
        return packet

    def expect_silence(self, octets, probe):
        """Sends octets that must get no answer: the next thing to arrive is the answer to `probe`, and nothing
        follows it. `probe` is a function that makes a request whose answer is certain."""
        self.send(octets)
        request = probe()
        answer = self.exchange(request)
        self.expect_nothing_more()
        return answer

    # Requests, as octets.

    def access_request(self, attributes, **options):
        options.setdefault("identifier", self.next_identifier())
        return wire.access_request(attributes, self.secret, **options)

    def pap_request(self, name, password, attributes=(), **options):
        authenticator = options.setdefault("authenticator", os.urandom(16))
        hidden = wire.hide_password(password, self.secret, authenticator)
        return self.access_request([(wire.USER_NAME, name), (wire.USER_PASSWORD, hidden),
                                    (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1")), *attributes], **options)

    def chap_request(self, name, password, challenge=None, **options):
        """Without a challenge the Request Authenticator is the challenge (RFC 2865 §2.2)."""
        authenticator = options.setdefault("authenticator", os.urandom(16))
        response = wire.chap_response(7, password, challenge or authenticator)
        attributes = [(wire.USER_NAME, name), (wire.CHAP_PASSWORD, response),
                      (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1"))]
        if challenge:
            attributes.append((wire.CHAP_CHALLENGE, challenge))
        return self.access_request(attributes, **options)

    def mschapv1_request(self, name, password, challenge, ident=1, attributes=(), **options):
        response = mschap.mschapv1_response(challenge, password, ident)
        return self._mschap_request(name, challenge, mschap.MS_CHAP_RESPONSE, response, attributes, **options)

    def mschapv2_request(self, name, challenge, peer_challenge, nt_response, ident=1, attributes=(), **options):
        response = mschap.mschapv2_response(peer_challenge, nt_response, ident)
        return self._mschap_request(name, challenge, mschap.MS_CHAP2_RESPONSE, response, attributes, **options)

    def _mschap_request(self, name, challenge, response_type, response, attributes, **options):
        return self.access_request([
            (wire.USER_NAME, name), (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1")),
            wire.vendor(mschap.MICROSOFT, mschap.MS_CHAP_CHALLENGE, challenge),
            wire.vendor(mschap.MICROSOFT, response_type, response), *attributes], **options)

    def accounting_request(self, attributes, **options):
        return self.signed_request(wire.ACCOUNTING_REQUEST, attributes, **options)

    def coa_request(self, attributes, **options):
        return self.signed_request(wire.COA_REQUEST, attributes, **options)

    def disconnect_request(self, attributes, **options):
        return self.signed_request(wire.DISCONNECT_REQUEST, attributes, **options)

    def signed_request(self, code, attributes, **options):
        options.setdefault("identifier", self.next_identifier())
        return wire.signed_request(code, attributes, self.secret, **options)

    # The common exchanges.

    def pap(self, name, password, attributes=(), **options):
        return self.exchange(self.pap_request(name, password, attributes, **options))

    def chap(self, name, password, challenge=None, **options):
        return self.exchange(self.chap_request(name, password, challenge, **options))


class Client(Requester):
    """Talks to one server address from one port. Every answer is verified before a test sees it."""

    def __init__(self, address, secret, source=None):
        super().__init__(secret)
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        if source:
            self.socket.bind((source, 0))
        # Connected: an answer from any other address or port is not received (RFC 2865 §3), and a server that
        # is gone is an error at once.
        self.socket.connect(address)
        self.socket.settimeout(ANSWER_TIMEOUT_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, octets):
        self.socket.send(octets)

    def receive(self):
        return self.socket.recv(8192)

    def expect_nothing_more(self):
        self.socket.setblocking(False)
        try:
            late = self.receive()
        except BlockingIOError:
            return
        finally:
            self.socket.settimeout(ANSWER_TIMEOUT_S)
        raise wire.WrongAnswer(f"an answer too many: {late.hex()}")
