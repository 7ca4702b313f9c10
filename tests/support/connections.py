# SPDX-License-Identifier: Apache-2.0
"""What a server tells of the connections of its stream listeners."""

from support.waiting import wait_until


def connections(counters, name):
    """{"open": n, "opened": n, "ended": {reason: n}}, from what `stats` tells or a server's end does."""
    return counters.listener(name)["connections"]


def ended(counters, name):
    """The reasons whose count is not zero."""
    return {reason: count for reason, count in connections(counters, name)["ended"].items() if count}


def wait_for_ended(server, name, expected):
    """Waits until connections have ended for exactly these reasons, so many times each."""
    wait_until(lambda: sum(ended(server.stats(), name).values()) >= sum(expected.values()))
    assert ended(server.stats(), name) == expected


def wait_for_open(server, name, count):
    wait_until(lambda: connections(server.stats(), name)["open"] == count)


def connection_logged(server, **wanted):
    """The first entry of a TLS handshake with these fields, past or to come."""
    return server.wait_for_log(lambda entry: entry["message"] == "connection" and wanted.items() <= entry.items())


def end_logged(server, **wanted):
    """The first entry of a connection's end with these fields, past or to come."""
    return server.wait_for_log(lambda entry: entry["message"] == "connection ended" and wanted.items() <= entry.items())
