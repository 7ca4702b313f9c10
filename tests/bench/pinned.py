# SPDX-License-Identifier: Apache-2.0
"""A server on core 0 and `radhost load` on core 1, for measuring."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "release"
SECRET = "xyzzy5461"
sys.path.insert(0, str(ROOT / "tests"))
os.environ.setdefault("RADHOST", str(BUILD / "host" / "radhost"))
os.environ.setdefault("RADHOST_PLUGIN_PATH", str(BUILD / "plugins"))
os.environ.setdefault("RADHOST_TEST_PLUGIN_PATH", str(BUILD / "tests" / "plugins"))
os.environ.setdefault("RADHOST_DICTIONARY", str(ROOT / "dictionaries" / "dictionary"))

from measure import cpu_s  # noqa: E402
from support.server import Program, Server  # noqa: E402


class PinnedServer:
    """`server` goes to support.server.Server. `cores` are those that it may run on; `program` is the one of the
    environment, unless given."""

    def __init__(self, configuration, cores=(0,), program=None, **server):
        self.folder = tempfile.TemporaryDirectory()
        self.server = Server(program or Program.from_environment(), Path(self.folder.name), configuration, **server)
        self.pid = self.server.process.pid
        for task in os.listdir(f"/proc/{self.pid}/task"):
            os.sched_setaffinity(int(task), set(cores))

    def cpu_s(self):
        """What it has used so far, of its own and of the system's time."""
        return cpu_s(self.pid)

    def begin_load(self, listener, *options, user="bob", attributes=(), cores="1"):
        host, port = self.server.address(listener)
        command = ["taskset", "-c", cores, os.environ["RADHOST"], "load", "access", "--to", f"{host}:{port}",
                   "--secret", SECRET, "--json", *map(str, options), f"User-Name={user}", "User-Password=hello",
                   *attributes]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def load(self, listener, *options, **load):
        return end_load(self.begin_load(listener, *options, **load))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.server.stop()
        self.folder.cleanup()


def end_load(process):
    """What `radhost load` measured, if nearly all were answered."""
    output, errors = process.communicate(timeout=600)
    result = json.loads(output) if output else {"sent": 0, "answered": 0}
    if not result["answered"] or result["answered"] < result["sent"] * 0.999:
        raise SystemExit(f"{result['answered']} of {result['sent']} were answered\n{output}{errors}")
    return result
