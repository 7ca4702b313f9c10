# SPDX-License-Identifier: Apache-2.0
"""The openssl command as a TLS client and server that tells what was negotiated."""

import contextlib
import os
import subprocess
import threading
import time

from support.peers import program
from support.processes import Process, ProcessError

# What the system's openssl.cnf says of versions and ciphers is not what is tested.
ENVIRONMENT = {"OPENSSL_CONF": "/dev/null"}


class Conversation:
    """What `openssl s_client` saw until the server closed, or the time was over, or `until(octets)` held."""

    def __init__(self, address, *arguments, send=b"", until=lambda octets: False, timeout_s=5):
        command = [program("openssl", "openssl"), "s_client", "-connect", "%s:%d" % address, *arguments]
        self.octets = b""
        self.errors = b""
        with subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={**os.environ, **ENVIRONMENT}) as child:
            readers = [threading.Thread(target=self._read, args=(child.stdout, "octets")),
                       threading.Thread(target=self._read, args=(child.stderr, "errors"))]
            for reader in readers:
                reader.start()
            try:
                child.stdin.write(send)
                child.stdin.flush()
                deadline = time.monotonic() + timeout_s
                while child.poll() is None and not until(self.octets) and time.monotonic() < deadline:
                    time.sleep(0.01)
                self.was_closed = child.poll() is not None
            except BrokenPipeError:
                self.was_closed = True
            finally:
                child.kill()
                with contextlib.suppress(BrokenPipeError):  # what was not written, nobody reads any more
                    child.stdin.close()
                for reader in readers:
                    reader.join()
        self.text = (self.octets + self.errors).decode(errors="replace")

    def _read(self, pipe, name):
        while part := pipe.read1(4096):
            setattr(self, name, getattr(self, name) + part)

    @property
    def alpn(self):
        """What the server selected: a name, "none", or None where the handshake did not come so far."""
        for line in self.text.splitlines():
            if line.startswith("ALPN protocol: "):
                return line.removeprefix("ALPN protocol: ")
            if line.startswith("No ALPN negotiated"):
                return "none"
        return None

    def has_alert(self, number):
        return f"SSL alert number {number}\n" in self.text

    @property
    def completed_handshake(self):
        return "Cipher is (NONE)" not in self.text and "New, TLS" in self.text


class Server:
    """`openssl s_server` on a port of its own, for handshakes: it speaks no RADIUS."""

    def __init__(self, *arguments):
        # -rev: it answers by itself, where it would else end with its input.
        self.process = Process([program("openssl", "openssl"), "s_server", "-accept", "127.0.0.1:0", "-rev",
                                *arguments], environment=ENVIRONMENT)
        line = self.process.stdout.wait_for(lambda text: text.startswith("ACCEPT "), 10)
        if line is None:
            self.process.kill()
            raise ProcessError(f"openssl s_server did not start\n{self.process.report()}")
        self.address = line.split()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.running():
            self.process.kill()
