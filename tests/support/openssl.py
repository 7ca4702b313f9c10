# SPDX-License-Identifier: Apache-2.0
"""The openssl command: certificates that no good administrator would issue, and a TLS client and server of its own."""

import subprocess
import threading
import time

from support.peers import program
from support.processes import Process, ProcessError, run

REQUEST_CONFIGURATION = "[req]\ndistinguished_name = name\n[name]\n"


class Authority:
    """A certification authority in a folder, other than the one that servers and clients share."""

    def __init__(self, folder, name="another authority"):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.certificate = folder / "ca.pem"
        self._configuration = folder / "openssl.cnf"
        self._configuration.write_text(REQUEST_CONFIGURATION)
        self._request("ca", name, "-addext", "basicConstraints=critical,CA:TRUE",
                      "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def issue(self, name, *, common_name="server", names=None):
        """The paths of a certificate and its key; `names` as in "DNS:a,IP:127.0.0.1", None for no subjectAltName."""
        extensions = ["-addext", f"subjectAltName={names}"] if names else []
        return self._request(name, common_name, "-CA", self.certificate, "-CAkey", self.folder / "ca.key", *extensions)

    def _request(self, name, common_name, *arguments):
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        done = run([program("openssl", "openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-noenc", "-days", 2, "-config", self._configuration,
                    "-subj", f"/CN={common_name}", "-keyout", key, "-out", certificate, *arguments])
        if done.returncode != 0:
            raise ProcessError(f"openssl req: {done.stderr}")
        return certificate, key


class Conversation:
    """What `openssl s_client` saw until the server closed, or the time was over, or `until(octets)` held."""

    def __init__(self, address, *arguments, send=b"", until=lambda octets: False, timeout_s=5):
        command = [program("openssl", "openssl"), "s_client", "-connect", "%s:%d" % address, *arguments]
        self.octets = b""
        self.errors = b""
        with subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as child:
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
                                *arguments])
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
