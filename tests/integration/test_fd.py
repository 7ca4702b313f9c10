# SPDX-License-Identifier: Apache-2.0
"""Descriptors that modules watch on the worker's loop."""

import errno
import os
import time

import pytest

from support.extensions import CONFIGURATION, complaints, told
from support.later import answer_to

LIMIT = -6


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def server(request, shared_radhost):
    return shared_radhost(CONFIGURATION, workers=request.param)


def descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def leaks(server):
    return [(entry["plugin"], entry["descriptors"]) for entry in server.log()
            if entry["message"] == "descriptors were left watched"]


def test_who_watches_hears_of_what_can_be_read(server):
    assert told(server, "pipe") == "events 1, read 1, error 0"


def test_a_peer_that_closes_is_heard_of_without_anything_to_read(server):
    assert told(server, "peer") == "events 4, read 0, error 0"


def test_other_events_are_watched_from_a_change_on(server):
    """Nothing can be read, so only the change makes it ready; and a read finds nothing without blocking."""
    assert told(server, "change") == f"events 2, read -1, error {errno.EAGAIN}"


def test_a_connection_that_fails_is_ready_and_says_why(server):
    assert told(server, "reset") == f"events 1, read -1, error {errno.ECONNRESET}"


def test_a_descriptor_that_is_closed_while_it_is_watched_harms_nobody(server):
    assert told(server, "closes") == "unwatched"
    assert told(server, "pipe") == "events 1, read 1, error 0"


def test_nothing_stays_open_after_it_is_watched_no_more(server):
    told(server, "pipe")
    before = descriptors(server)
    for _ in range(20):
        for command in ("pipe", "peer", "change", "reset", "closes", "check"):
            answer_to(server, command)
    assert descriptors(server) <= before + 2


def test_so_many_may_be_watched_and_no_more(radhost):
    server = radhost(CONFIGURATION, settings="max_watches = 10")
    for _ in range(3):
        assert told(server, "watches 20") == f"began 10 then {LIMIT}"
        assert told(server, "watches 10") == "began 10 then 0"
    assert told(server, "pipe") == "events 1, read 1, error 0"


def test_what_is_left_is_reported_and_holds_up_nothing(radhost):
    server = radhost(CONFIGURATION)
    assert told(server, "leak") == "left"
    assert told(server, "leak") == "left"
    begin = time.monotonic()
    server.stop()
    assert time.monotonic() - begin < 5
    assert leaks(server) == [("extensions", 2)]


def test_nothing_is_reported_where_nothing_is_left(radhost):
    server = radhost(CONFIGURATION)
    for command in ("pipe", "peer", "closes"):
        told(server, command)
    server.stop()
    assert leaks(server) == [] and complaints(server) == []
