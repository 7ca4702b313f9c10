# SPDX-License-Identifier: Apache-2.0
"""A UDP port of our own that answers as a test likes: rightly, wrongly, late, twice, or not at all."""

import socket
import threading


class Stub:
    """`reply(request)` gives the octets to answer, a list of such, or None. It runs on the stub's thread: while it
    sleeps, nothing is received. With `delay_s` each answer leaves that much later."""

    def __init__(self, reply, *, delay_s=0):
        self.requests = []
        self.sources = []
        self._reply = reply
        self._delay_s = delay_s
        self._arrived = threading.Condition()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(10)
        self.address = "127.0.0.1:%d" % self._socket.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def wait_for_requests(self, count, timeout_s=5):
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self.requests) >= count, timeout_s)

    def _run(self):
        while True:
            try:
                octets, source = self._socket.recvfrom(8192)
            except OSError:
                return
            with self._arrived:
                self.requests.append(octets)
                self.sources.append(source)
                self._arrived.notify_all()
            answers = self._reply(octets) or []
            for answer in [answers] if isinstance(answers, bytes) else answers:
                if self._delay_s:
                    threading.Timer(self._delay_s, self._send, (answer, source)).start()
                else:
                    self._send(answer, source)

    def _send(self, answer, source):
        try:
            self._socket.sendto(answer, source)
        except OSError:  # the test is over
            pass
