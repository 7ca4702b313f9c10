# SPDX-License-Identifier: Apache-2.0
"""What tests share that use tests/plugins/later.cpp: it answers as the User-Name says, and logs what it saw."""

import time

from support import wire
from support.client import Client
from support.configurations import SECRET


def ask(client, command, attributes=(), **options):
    """An Access-Request whose User-Name is a command."""
    return client.pap_request(command.encode(), b"x", attributes, **options)


def answer_to(server, command, name="auth"):
    """What a client of its own gets."""
    with Client(server.address(name), SECRET) as client:
        return client.exchange(ask(client, command))


def message(packet):
    """The Reply-Messages, one a line."""
    return "\n".join(value.decode() for value in packet.values(wire.REPLY_MESSAGE))


def wait_for(server, command, event):
    """Waits until the module has logged this event of this command."""
    server.wait_for_log(lambda entry: entry["message"] == f"{command}: {event}")


def events(server, command):
    """What the module has logged of this command, in order."""
    begin = f"{command}: "
    return [entry["message"].removeprefix(begin) for entry in server.log() if entry["message"].startswith(begin)]


def events_in_the_end(server, command, count, timeout_s=5):
    """The same, once there are so many: the module may log after its answer has left."""
    deadline = time.monotonic() + timeout_s
    while len(events(server, command)) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    return events(server, command)
