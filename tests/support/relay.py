# SPDX-License-Identifier: Apache-2.0
"""A UDP relay that records what passes, to see what two programs really say to each other."""

import selectors
import socket
import threading


class Relay:
    """Listens on a port of its own; each source gets a socket towards the target, so that answers find back."""

    def __init__(self, target):
        self.requests = []
        self.answers = []
        self._target = target
        self._family = socket.AF_INET6 if ":" in target[0] else socket.AF_INET
        self._front = socket.socket(self._family, socket.SOCK_DGRAM)
        self._front.bind(("::1" if self._family == socket.AF_INET6 else "127.0.0.1", 0))
        self.address = self._front.getsockname()[:2]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._front, selectors.EVENT_READ, None)
        self._upstream = {}
        self._wake, self._waker = socket.socketpair()
        self._selector.register(self._wake, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._waker.send(b"x")
        self._thread.join(5)
        for opened in [self._front, self._wake, self._waker, *self._upstream.values()]:
            opened.close()
        self._selector.close()

    def _run(self):
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._wake:
                    return
                if key.fileobj is self._front:
                    octets, source = self._front.recvfrom(8192)
                    self.requests.append(octets)
                    self._towards_target(source).send(octets)
                else:
                    self._back(key.fileobj, key.data)

    def _towards_target(self, source):
        if source not in self._upstream:
            upstream = socket.socket(self._family, socket.SOCK_DGRAM)
            upstream.connect(self._target)
            self._upstream[source] = upstream
            self._selector.register(upstream, selectors.EVENT_READ, source)
        return self._upstream[source]

    def _back(self, upstream, source):
        try:
            octets = upstream.recv(8192)
        except ConnectionRefusedError:
            return
        self.answers.append(octets)
        self._front.sendto(octets, source)
