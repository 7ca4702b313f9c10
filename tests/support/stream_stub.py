# SPDX-License-Identifier: Apache-2.0
"""A TCP or TLS port of our own that answers as a test likes, and remembers who came and what was asked."""

import contextlib
import socket
import ssl
import threading
import time

from support import wire

ACCEPT_TIMEOUT_S = 20


def server_context(certificate, key, ca, *, alpn=(), requires_certificate=True, maximum_version=None):
    """A server's side of TLS. Where the client offers nothing of `alpn`, nothing is selected and nothing said."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(ca)
    context.verify_mode = ssl.CERT_REQUIRED if requires_certificate else ssl.CERT_NONE
    if alpn:
        context.set_alpn_protocols(list(alpn))
    if maximum_version:
        context.maximum_version = maximum_version
    return context


class StreamStub:
    """`reply(request)` gives the octets to answer, a list of such, None for nothing, or CLOSE. It is called on the
    thread of the connection. Without `context` the port is TCP."""

    CLOSE = object()

    def __init__(self, reply, *, context=None, address=("127.0.0.1", 0)):
        self.connections = 0      # of TCP, whatever becomes of their handshakes
        self.versions = []        # of TLS, one a handshake that went well
        self.alpn = []            # likewise; None where nothing was selected
        self.failures = []        # of handshakes
        self.came = []            # when, on the monotonic clock: each connection of TCP
        self.ends = 0             # of those over which packets could come
        self.requests = []
        self.times = []           # when, each of these
        self.sources = []         # from which address and port
        self._reply = reply
        self._context = context
        self._changed = threading.Condition()
        self._open = []
        self._socket = socket.create_server(address)
        self._socket.settimeout(ACCEPT_TIMEOUT_S)
        self.port = self._socket.getsockname()[1]
        self.address = "%s:%d" % self._socket.getsockname()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.shutdown(socket.SHUT_RDWR)  # ends its accept
        self._thread.join(5)
        self._socket.close()
        with self._changed:
            for opened in self._open:
                with contextlib.suppress(OSError):
                    opened.shutdown(socket.SHUT_RDWR)

    def wait_for_connections(self, count, timeout_s=5):
        with self._changed:
            return self._changed.wait_for(lambda: self.connections >= count, timeout_s)

    def wait_for_end(self, count, timeout_s=5):
        with self._changed:
            return self._changed.wait_for(lambda: self.ends >= count, timeout_s)

    def wait_for_requests(self, count, timeout_s=5):
        with self._changed:
            return self._changed.wait_for(lambda: len(self.requests) >= count, timeout_s)

    def _run(self):
        while True:
            try:
                opened, source = self._socket.accept()
            except OSError:
                return
            with self._changed:
                self.connections += 1
                self.came.append(time.monotonic())
                self._open.append(opened)
                self._changed.notify_all()
            threading.Thread(target=self._serve, args=(opened, source), daemon=True).start()

    def _serve(self, opened, source):
        with opened:
            try:
                if self._context:
                    opened = self._context.wrap_socket(opened, server_side=True)
                    with self._changed:
                        self.alpn.append(opened.selected_alpn_protocol())
                        self.versions.append(opened.version())
            except (OSError, ssl.SSLError) as failure:
                with self._changed:
                    self.failures.append(failure)
                return
            with opened, contextlib.suppress(OSError):
                self._talk(opened, source)
            with self._changed:
                self.ends += 1
                self._changed.notify_all()

    def _talk(self, opened, source):
        while request := read_packet(opened):
            with self._changed:
                self.requests.append(request)
                self.times.append(time.monotonic())
                self.sources.append(source)
                self._changed.notify_all()
            answers = self._reply(request)
            if answers is self.CLOSE:
                return
            for answer in [answers] if isinstance(answers, bytes) else answers or []:
                opened.sendall(answer)


def read_packet(opened):
    """The octets of the next packet; b"" where the peer has closed instead."""
    header = _read(opened, wire.HEADER_LENGTH)
    rest = int.from_bytes(header[2:4], "big") - len(header)
    return header + _read(opened, rest) if header and rest > 0 else header


def _read(opened, count):
    octets = b""
    while len(octets) < count:
        part = opened.recv(count - len(octets))
        if not part:
            return b""
        octets += part
    return octets
