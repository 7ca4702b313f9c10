# SPDX-License-Identifier: Apache-2.0
"""The control socket from outside: HTTP over a Unix socket, as any client would speak it."""

import contextlib
import http.client
import json
import os
import socket
import struct

ANSWER_TIMEOUT_S = 20


def connect(path, timeout_s=ANSWER_TIMEOUT_S):
    """A connection to the Unix socket at `path`, however long that is: it is reached through its folder."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Python's own timeout would not wait at all where the server's queue is full.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", timeout_s, 0))
    try:
        connection.connect(f"/proc/self/fd/{folder}/{path.name}")
    except OSError:
        connection.close()
        raise
    finally:
        os.close(folder)
    connection.settimeout(timeout_s)
    return connection


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("radhost")
        self.path = path

    def connect(self):
        self.sock = connect(self.path)


class Control:
    """What a server can be asked at its control socket."""

    def __init__(self, path):
        self.path = path

    def request(self, method, path, body=None):
        """The answer's status, headers and text."""
        with contextlib.closing(UnixConnection(self.path)) as connection:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    def get(self, path):
        status, headers, text = self.request("GET", path)
        assert (status, headers["Content-Type"]) == (200, "application/json"), text
        return json.loads(text)

    def set_log_level(self, level):
        status, _, text = self.request("POST", "/v1/log", json.dumps({"level": level}))
        assert status == 200, text

    def post(self, path, **body):
        """A change that succeeds."""
        status, _, text = self.request("POST", path, json.dumps(body))
        assert status == 200, text
        return json.loads(text)

    def refuse(self, path, **body):
        """A change that does not: its error, and the details."""
        status, _, text = self.request("POST", path, json.dumps(body))
        assert status == 409, (status, text)
        answer = json.loads(text)
        return answer["error"], answer["details"]

    def swap(self, target, file):
        return self.post("/v1/swap", target=target, file=str(file))

    def refuse_swap(self, target, file):
        return self.refuse("/v1/swap", target=target, file=str(file))

    def reload(self, **options):
        return self.post("/v1/reload", **options)

    def refuse_reload(self, **options):
        return self.refuse("/v1/reload", **options)

    def listener(self, name):
        """What `status` tells of a listener."""
        found, = (told for told in self.get("/v1/status")["listeners"] if told["name"] == name)
        return found

    def plugins(self, listener):
        """What `status` tells of a listener's instances."""
        return self.listener(listener)["plugins"]
