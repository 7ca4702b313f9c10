# SPDX-License-Identifier: Apache-2.0
"""RADIUS clients over streams, TCP and TLS: packets are cut by their Length, and the end of a connection has a name."""

import os
import re
import select
import socket
import ssl
import subprocess
import time

from support import wire
from support.client import ANSWER_TIMEOUT_S, Requester
from support.processes import Output

# What RFC 6614 §2.3 has everybody share.
RADSEC = b"radsec"

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}

# https://www.iana.org/assignments/tls-parameters: TLS Alerts.
ALERTS = {0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow",
          40: "handshake_failure", 42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked",
          45: "certificate_expired", 46: "certificate_unknown", 47: "illegal_parameter", 48: "unknown_ca",
          49: "access_denied", 50: "decode_error", 51: "decrypt_error", 70: "protocol_version",
          71: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback", 90: "user_canceled",
          100: "no_renegotiation", 109: "missing_extension", 110: "unsupported_extension", 112: "unrecognized_name",
          115: "unknown_psk_identity", 116: "certificate_required", 120: "no_application_protocol"}


class Ended(AssertionError):
    """The server ended the connection. `how`: "close" (FIN, over TLS after close_notify), "cut" (FIN without
    close_notify), "reset", or the name of a fatal alert."""

    def __init__(self, how):
        super().__init__(f"the connection has ended: {how}")
        self.how = how


def how_it_ended(error):
    """The word for what a socket raised."""
    if isinstance(error, ssl.SSLZeroReturnError):
        return "close"
    if isinstance(error, ssl.SSLError):
        reason = error.reason or str(error)
        if reason == "UNEXPECTED_EOF_WHILE_READING":
            return "cut"
        if isinstance(error, ssl.SSLEOFError):  # so Python calls what the system would not read
            return "reset"
        return reason.partition("_ALERT_")[2].lower() or reason
    if isinstance(error, (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)):
        return "reset"
    raise error


class Packets(Requester):
    """What comes on a stream, packet by packet. Whoever adds `_read(timeout_s)` gives some octets, b"" for an orderly end,
    or raises Ended or TimeoutError."""

    def __init__(self, secret):
        super().__init__(secret)
        self._received = b""

    def receive(self, timeout_s=ANSWER_TIMEOUT_S):
        """The octets of exactly one packet."""
        deadline = time.monotonic() + timeout_s
        while (octets := self._cut()) is None:
            more = self._read(max(deadline - time.monotonic(), 0.001))
            if not more:
                raise Ended("close")
            self._received += more
        return octets

    def _cut(self):
        if len(self._received) < 4:
            return None
        length = int.from_bytes(self._received[2:4], "big")
        if not wire.HEADER_LENGTH <= length <= 65535:
            raise wire.Malformed(f"Length is {length}")
        if len(self._received) < length:
            return None
        octets, self._received = self._received[:length], self._received[length:]
        return octets

    def receive_packet(self):
        return wire.decode(self.receive())

    def answers_to(self, requests):
        """The verified answers to requests in flight, in the order they came; each is answered once."""
        waiting = {request[1]: request for request in requests}
        assert len(waiting) == len(requests), "two requests have the same Identifier"
        answers = []
        while waiting:
            octets = self.receive()
            if octets[1] not in waiting:
                raise wire.WrongAnswer(f"an answer too many: {octets.hex()}")
            answers.append(self.verify(octets, waiting.pop(octets[1])))
        return answers

    def until_end(self, within_s=ANSWER_TIMEOUT_S):
        """The octets that still come until the server ends the connection, and how it does."""
        deadline = time.monotonic() + within_s
        octets, self._received = self._received, b""
        while True:
            try:
                more = self._read(max(deadline - time.monotonic(), 0.001))
            except Ended as ended:
                return octets, ended.how
            except TimeoutError:
                raise wire.WrongAnswer(f"the connection is still open after {within_s} s; "
                                       f"{len(octets)} octets came") from None
            if not more:
                return octets, "close"
            octets += more

    def expect_closed(self, within_s=ANSWER_TIMEOUT_S):
        """How the server ends the connection; nothing may come before."""
        octets, how = self.until_end(within_s)
        if octets:
            raise wire.WrongAnswer(f"{len(octets)} octets came before the end: {octets[:64].hex()}")
        return how

    def expect_nothing_more(self, for_s=0.05):
        if not self._received:
            try:
                self._received = self._read(for_s)
            except TimeoutError:
                return
            if not self._received:
                raise Ended("close")
        raise wire.WrongAnswer(f"an answer too many: {self._received[:64].hex()}")


class Stream(Packets):
    """A client on one connection. `Stream.tcp` and `Stream.tls` open it; as a context manager it closes it."""

    def __init__(self, opened, secret):
        super().__init__(secret)
        self.socket = opened
        self.context = None
        self.session = None  # of TLS, once this is closed

    @classmethod
    def tcp(cls, address, secret, *, source=None, buffer_octets=None):
        return cls(_connect(address, source, buffer_octets), secret)

    @classmethod
    def tls(cls, address, *, authority, certificate=None, secret=RADSEC, alpn=None, minimum_version=None,
            maximum_version=None, ciphers=None, server_name=None, source=None, session=None, buffer_octets=None):
        """`authority`: the file of those trusted to vouch for the server; `certificate`: ours, as its files. `session`:
        an earlier Stream, closed by now, whose session is to be resumed. A handshake that fails is Ended; over TLS 1.3
        a server refuses a client's certificate later, where something is received."""
        context = session.context if session else _context(authority, certificate, alpn, minimum_version,
                                                           maximum_version, ciphers, server_name)
        opened = _connect(address, source, buffer_octets)
        try:
            secured = context.wrap_socket(opened, server_hostname=server_name, suppress_ragged_eofs=False,
                                          session=session.session if session else None)
        except OSError as error:
            opened.close()
            raise Ended(how_it_ended(error)) from None
        stream = cls(secured, secret)
        stream.context = context
        # Of what TLS protects already a Message-Authenticator need say nothing.
        stream.is_signed_first = False
        return stream

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """FIN alone, as from a client that dies."""
        if self.context:
            self.session = self.socket.session
        self.socket.close()

    def close_orderly(self):
        """With close_notify, where there is TLS."""
        if not self.context:
            return self.close()
        self.session = self.socket.session
        self.socket.unwrap().close()

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.close()

    @property
    def selected_alpn(self):
        return self.socket.selected_alpn_protocol()

    @property
    def version(self):
        """Such as "TLSv1.3"."""
        return self.socket.version()

    def send(self, octets):
        """The end of the connection, where this notices it first, is told by what is received next."""
        self.socket.settimeout(ANSWER_TIMEOUT_S)
        try:
            self.socket.sendall(octets)
        except (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
            pass

    def send_slowly(self, octets, size=1, pause_s=0.001):
        """In writes of `size` octets."""
        for position in range(0, len(octets), size):
            self.send(octets[position:position + size])
            time.sleep(pause_s)

    def send_until_blocked(self, octets, most, blocked_s=1):
        """Writes them again and again until nothing was taken for `blocked_s`, the connection ended or `most` octets were
        taken; gives how many were."""
        sent = 0
        self.socket.settimeout(blocked_s)
        while sent < most:
            try:
                sent += self.socket.send(octets[sent % len(octets):])
            except (TimeoutError, ConnectionError, ssl.SSLError):
                break
        return sent

    def send_below_tls(self, octets):
        """Past the encryption."""
        socket.socket.sendall(self.socket, octets)

    def _read(self, timeout_s):
        self.socket.settimeout(timeout_s)
        try:
            octets = self.socket.recv(65536)
            if not octets and self.context:  # close_notify: the FIN follows it
                self._expect_fin()
            return octets
        except TimeoutError:
            raise
        except OSError as error:
            raise Ended(how_it_ended(error)) from None

    def _expect_fin(self):
        try:
            if socket.socket.recv(self.socket, 1):
                raise wire.WrongAnswer("octets after close_notify")
        except TimeoutError:
            raise wire.WrongAnswer("close_notify, and no FIN after it") from None


def _connect(address, source, buffer_octets):
    opened = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if buffer_octets:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer_octets)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_octets)
        if source:
            opened.bind((source, 0))
        opened.settimeout(ANSWER_TIMEOUT_S)
        opened.connect(address)
    except OSError:
        opened.close()
        raise
    return opened


def _context(authority, certificate, alpn, minimum_version, maximum_version, ciphers, server_name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    context.check_hostname = server_name is not None
    context.load_verify_locations(authority)
    if certificate:
        context.load_cert_chain(*certificate)
    if alpn:
        context.set_alpn_protocols(alpn)
    if minimum_version:
        context.minimum_version = VERSIONS[minimum_version]
    if maximum_version:
        context.maximum_version = VERSIONS[maximum_version]
    if ciphers:
        context.set_ciphers(ciphers)
    return context


def refusal(address, within_s=ANSWER_TIMEOUT_S, **options):
    """How a server refuses this TLS client: an alert's name, or how the connection ends without one."""
    try:
        with Stream.tls(address, **options) as stream:
            return stream.expect_closed(within_s)
    except Ended as ended:
        return ended.how


class OpensslClient(Packets):
    """`openssl s_client`, for what Python's ssl cannot do: PSK, TLS 1.1, bad suites, renegotiation. Raw octets go in and
    come out; what it says of the handshake and of alerts is on its stderr."""

    is_signed_first = False

    def __init__(self, address, *arguments, authority=None, certificate=None, secret=RADSEC, is_interactive=False):
        """`is_interactive`: a line that begins with R renegotiates, and the end of its input is its end."""
        super().__init__(secret)
        host, port = address
        command = ["openssl", "s_client", "-connect", f"[{host}]:{port}" if ":" in host else f"{host}:{port}", "-brief"]
        command += [] if is_interactive else ["-ign_eof"]
        command += ["-CAfile", authority] if authority else []
        command += ["-cert", certificate.certificate, "-key", certificate.key] if certificate else []
        self.child = subprocess.Popen([*map(str, command), *map(str, arguments)], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
                                      env={**os.environ, "OPENSSL_CONF": "/dev/null"})
        self.stderr = Output(self.child.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        self.stderr.finish()
        for pipe in (self.child.stdin, self.child.stdout):
            pipe.close()

    def send(self, octets):
        try:
            self.child.stdin.write(octets)
        except BrokenPipeError:  # its end is told by what is received next
            pass

    def renegotiate(self):
        self.send(b"R\n")

    def told(self, name, timeout_s=ANSWER_TIMEOUT_S):
        """What it says of the connection, such as of "Protocol version"; None where the handshake failed."""
        line = self.stderr.wait_for(lambda text: text.startswith(f"{name}: "), timeout_s)
        return None if line is None else line.removeprefix(f"{name}: ")

    def _read(self, timeout_s):
        if not select.select([self.child.stdout], [], [], timeout_s)[0]:
            raise TimeoutError("s_client has received nothing")
        octets = os.read(self.child.stdout.fileno(), 65536)
        if octets:
            return octets
        self.child.wait(ANSWER_TIMEOUT_S)
        text = "\n".join(self.stderr.finish())
        if alert := re.search(r"alert number (\d+)", text):
            raise Ended(ALERTS.get(int(alert[1]), alert[1]))
        if "unexpected eof" in text:
            raise Ended("cut")
        if "errno=104" in text or "Connection reset" in text:
            raise Ended("reset")
        if error := re.search(r":SSL routines:[^:]*:([^:]*):", text):
            raise Ended(error[1])
        return b""
