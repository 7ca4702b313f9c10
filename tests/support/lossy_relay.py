# SPDX-License-Identifier: Apache-2.0
"""A bad network between a client and a server: it loses, repeats, delays and reorders datagrams, by a seed."""

import heapq
import random
import selectors
import socket
import threading
import time


class LossyRelay:
    """Listens on a port of its own; each source gets a socket towards the target, so that answers find back."""

    def __init__(self, target, seed, *, loss=0.1, repetition=0.05, delay_s=(0.0, 0.02)):
        self.lost = self.repeated = self.passed = 0
        self._target = target
        self._random = random.Random(seed)
        self._loss, self._repetition, self._delay_s = loss, repetition, delay_s
        self._waiting = []  # (when, number, socket, octets, address): later ones overtake, which reorders
        self._number = 0
        self._front = self._open()
        self._front.bind(("127.0.0.1", 0))
        self.address = self._front.getsockname()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._front, selectors.EVENT_READ, None)
        self._upstream = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._ending.set()
        self._thread.join(5)
        for opened in [self._front, *self._upstream.values()]:
            opened.close()
        self._selector.close()

    @staticmethod
    def _open():
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        opened.setblocking(False)
        return opened

    def _run(self):
        while not self._ending.is_set():
            wait = max(0.0, self._waiting[0][0] - time.monotonic()) if self._waiting else 0.05
            for key, _ in self._selector.select(min(wait, 0.05)):
                self._receive_all(key.fileobj, key.data)
            while self._waiting and self._waiting[0][0] <= time.monotonic():
                _, _, towards, octets, address = heapq.heappop(self._waiting)
                towards.sendto(octets, address)

    def _receive_all(self, opened, source):
        while True:
            try:
                octets, sender = opened.recvfrom(8192)
            except (BlockingIOError, ConnectionRefusedError):
                return
            if source is None:
                self._pass_on(octets, self._towards_target(sender), self._target)
            else:
                self._pass_on(octets, self._front, source)

    def _pass_on(self, octets, towards, address):
        if self._random.random() < self._loss:
            self.lost += 1
            return
        copies = 2 if self._random.random() < self._repetition else 1
        self.repeated += copies - 1
        self.passed += 1
        for _ in range(copies):
            self._number += 1
            when = time.monotonic() + self._random.uniform(*self._delay_s)
            heapq.heappush(self._waiting, (when, self._number, towards, octets, address))

    def _towards_target(self, source):
        if source not in self._upstream:
            self._upstream[source] = self._open()
            self._upstream[source].bind(("127.0.0.1", 0))
            self._selector.register(self._upstream[source], selectors.EVENT_READ, source)
        return self._upstream[source]
