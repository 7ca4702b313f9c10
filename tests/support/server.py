# SPDX-License-Identifier: Apache-2.0
"""The program under test: where it is, how it is started, and what it says when it ends."""

import json
import os
import pwd
import signal
from dataclasses import dataclass
from pathlib import Path

from support.control import Control
from support.processes import Process, ProcessError, run, sanitizer_report

START_TIMEOUT_S = 20
STOP_TIMEOUT_S = 20


@dataclass
class Program:
    """The binary with what it loads, taken from the environment."""
    path: Path
    plugin_path: Path
    dictionary: Path
    test_plugin_path: Path

    @classmethod
    def from_environment(cls):
        values = {}
        for variable in ("RADHOST", "RADHOST_PLUGIN_PATH", "RADHOST_DICTIONARY", "RADHOST_TEST_PLUGIN_PATH"):
            value = os.environ.get(variable)
            if not value or not Path(value).exists():
                raise ProcessError(f"{variable} must name what is tested; it is {value!r}")
            values[variable] = Path(value).resolve()
        return cls(*values.values())

    def run(self, *arguments, **options):
        """One command of the program, to its end."""
        return run([self.path, *arguments], **options)

    def preamble(self, folder, workers=1, control="control.sock", settings=""):
        """[server] and [log]; every test's configuration begins with it. Nothing here leaves the temporary folder.
        `settings`: further keys of [server]."""
        return f"""\
[server]
workers = {workers}
dictionary = [{json.dumps(str(self.dictionary))}]
plugin_path = {json.dumps([str(self.plugin_path), str(self.test_plugin_path)])}
control = {json.dumps(control)}
state_directory = {json.dumps(str(folder / "state"))}
user = {json.dumps(pwd.getpwuid(os.geteuid()).pw_name)}
{settings}

[log]
level = "info"
format = "json"
target = "stderr"
"""

    def write_configuration(self, folder, configuration, *, files=None, **server):
        """Writes radhost.toml, and beside it `files` (name → text); returns its path. `server` goes to the preamble."""
        (folder / "state").mkdir(exist_ok=True)
        for name, text in (files or {}).items():
            (folder / name).write_text(text, encoding="utf-8")
        path = folder / "radhost.toml"
        path.write_text(self.preamble(folder, **server) + configuration, encoding="utf-8")
        path.chmod(0o640)  # it has secrets
        return path


class Server:
    """`radhost serve`, from its start until its counters."""

    def __init__(self, program, folder, configuration, *, files=None, environment=None, keep_ignored_signals=False,
                 launcher=(), start_timeout_s=START_TIMEOUT_S, takes_over=False, **server):
        """`launcher`: a command that runs the program, such as a debugger's. `configuration`: None for the one that is
        in the folder already."""
        self.program = program
        self.folder = folder
        self.options = server
        self.control = Control(folder / "control.sock")
        self.configuration = folder / "radhost.toml"
        if configuration is not None:
            program.write_configuration(folder, configuration, files=files, **server)
        self.process = Process([*launcher, program.path, "serve", "-c", self.configuration,
                                *(["--takeover"] if takes_over else [])], cwd=folder,
                               environment=environment, keep_ignored_signals=keep_ignored_signals)
        self.ended = False
        self.ends_by_itself = False  # another process takes over
        ready = self.process.stderr.wait_for(lambda line: message_of(line) == "ready", start_timeout_s)
        if ready is None:
            self.process.kill()
            raise ProcessError(f"the server did not become ready\n{self.process.report()}\n{self.configuration_text()}")

    def successor(self, **options):
        """Another process that takes over from this one, with the configuration as it is by now."""
        self.ends_by_itself = True
        return Server(self.program, self.folder, None, takes_over=True, **self.options, **options)

    def configuration_text(self):
        return f"--- {self.configuration.name}\n{self.configuration.read_text(encoding='utf-8')}---"

    def rewrite(self, configuration, *, files=None, **server):
        """Another configuration in the file that it was started with; keys of [server] stay unless they are given."""
        self.program.write_configuration(self.folder, configuration, files=files, **{**self.options, **server})

    def log(self):
        """The log so far, as objects."""
        return [json.loads(line) for line in list(self.process.stderr.lines)]

    def wait_for_log(self, wanted, timeout_s=5):
        """Waits for a log entry, past or to come, for which `wanted(entry)` holds."""
        line = self.process.stderr.wait_for(lambda text: message_of(text) and wanted(json.loads(text)), timeout_s)
        if line is None:
            raise ProcessError(f"no such entry in the log\n{self.process.report()}")
        return json.loads(line)

    def addresses(self, listener):
        """The (host, port) pairs this listener is bound to, in the order of the log."""
        return [split_address(entry["address"]) for entry in self.log()
                if entry["message"] == "listening" and entry["listener"] == listener]

    def address(self, listener):
        addresses = self.addresses(listener)
        if len(addresses) != 1:
            raise ProcessError(f"{listener} is bound to {addresses}\n{self.process.report()}")
        return addresses[0]

    def port(self, listener):
        return self.address(listener)[1]

    def stats(self):
        """The counters so far, from the running server."""
        return Counters(self.control.get("/v1/stats"))

    def stop(self):
        """SIGTERM; returns the counters."""
        if not self.process.running():
            self.ended = True
            self.process.wait(STOP_TIMEOUT_S)
            raise ProcessError(f"the server died\n{self.process.report()}")
        self.process.signal(signal.SIGTERM)
        return self.wait_for_end()

    def wait_for_end(self, timeout_s=STOP_TIMEOUT_S):
        """The counters of a server that was told to end. A crash, a sanitizer's report or a log line that is no JSON
        is an error."""
        self.ended = True
        status = self.process.wait(timeout_s)
        errors = self.process.stderr.lines
        if status != 0 or sanitizer_report(errors) or not all(message_of(line) for line in errors):
            raise ProcessError(f"the server did not end as it should\n{self.process.report()}")
        if len(self.process.stdout.lines) != 1:
            raise ProcessError(f"one line of counters was due on stdout\n{self.process.report()}")
        return Counters(json.loads(self.process.stdout.lines[0]))

    def kill(self):
        self.ended = True
        self.process.kill()


class Counters:
    """What `serve` prints when it ends, and tells while it runs."""

    def __init__(self, tree):
        self.tree = tree

    def discards(self):
        """The words whose count is not zero."""
        return {word: count for word, count in self.tree["discards"].items() if count}

    def listener(self, name):
        return self.tree["listeners"][name]

    def client(self, name):
        """Nothing is said of a client that nothing was heard of."""
        return self.tree["clients"].get(name, {"requests": 0, "replies": 0, "discards": {}})


def message_of(line):
    """The message of a JSON log line; None for anything else."""
    try:
        return json.loads(line).get("message")
    except (ValueError, AttributeError):
        return None


def split_address(text):
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)
