# SPDX-License-Identifier: Apache-2.0
"""What tests share that replace modules of a running server: tests/plugins/stamped.cpp, whose builds sign their answers."""

import threading

from support import wire
from support.client import Client
from support.configurations import SECRET
from support.later import ask, message
from support.server import split_address


def stamped(name="stamped", module="stamped_a", text=None, timeout_ms=5000):
    """An instance of it. `text`: what it answers in place of its build's name."""
    table = "" if text is None else f'[plugin.{name}.config]\ntext = "{text}"\n'
    return f'\n[plugin.{name}]\nmodule = "{module}"\ntimeout_ms = {timeout_ms}\n{table}'


def module(program, build):
    """The file of a test module."""
    return program.test_plugin_path / f"{build}.so"


def client_of(server, name="auth", secret=SECRET, **options):
    """A client of a listener, wherever that is by now."""
    return Client(split_address(server.control.listener(name)["address"]), secret, **options)


def build_of(server, name="auth", command="now"):
    """Which build answers."""
    with client_of(server, name) as client:
        return message(client.exchange(ask(client, command)))


def is_gone(server, listener_name="auth"):
    """Is there nothing left of instances that were replaced?"""
    return all(plugin["state"] == "serving" for plugin in server.control.plugins(listener_name))


def mapped(server, text):
    """How many of the process's mappings have this in their names."""
    with open(f"/proc/{server.process.pid}/maps", encoding="utf-8") as maps:
        return sum(text in line for line in maps)


def command(program, server, *arguments):
    return program.run(*arguments, "--control", server.control.path)


class Askers:
    """Clients that ask in all ways, one request after the other, until the end of the block. `answered` has what they were
    told, as pairs of way and message; `problems` what went wrong."""

    WAYS = ("now", "now", "pending 5", "offload 5", "pending 40")

    def __init__(self, server):
        self.answered, self.problems = [], []
        self._server = server
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(way,)) for way in self.WAYS]

    def _ask(self, way):
        with client_of(self._server) as client:
            while not self._ended.is_set():
                try:
                    self.answered.append((way, message(client.exchange(ask(client, way)))))
                except (OSError, wire.WrongAnswer) as error:
                    self.problems.append(f"{way}: {error}")
                    return

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join(timeout=20)
