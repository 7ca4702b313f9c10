# SPDX-License-Identifier: Apache-2.0
"""What a server tells the service manager that started it: that it is ready, ends, and is well (sd_notify(3))."""

import os
import signal
import time

import pytest

from integration.test_threading import module
from support import wire
from support.client import Client
from support.configurations import ACCESS, BOB, SECRET
from support.service_manager import ServiceManager

USERS = {"users.toml": BOB}
WATCHDOG_S = 0.8


def test_it_is_told_when_the_server_is_ready_and_when_it_stops(radhost, tmp_path):
    manager = ServiceManager(tmp_path)
    server = radhost(ACCESS, files=USERS, environment=manager.environment)
    assert manager.hear() == "READY=1"
    assert manager.hear_all(0.3) == []
    server.stop()
    assert manager.hear() == "STOPPING=1"


def test_a_watchdog_hears_again_and_again_that_all_is_well(radhost, tmp_path):
    manager = ServiceManager(tmp_path, watchdog_s=WATCHDOG_S)
    server = radhost(ACCESS, files=USERS, environment=manager.environment)
    assert manager.hear() == "READY=1"
    told = manager.hear_all(4 * WATCHDOG_S)
    assert set(told) == {"WATCHDOG=1"} and len(told) >= 8
    server.stop()


@pytest.mark.parametrize("watchdog", [
    {"WATCHDOG_USEC": "800000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "soon"},
    {"WATCHDOG_USEC": "800000", "WATCHDOG_PID": "none"}], ids=["of another process", "off", "no number", "no pid"])
def test_a_watchdog_that_does_not_watch_it_hears_nothing(radhost, tmp_path, watchdog):
    manager = ServiceManager(tmp_path)
    radhost(ACCESS, files=USERS, environment={**manager.environment, **watchdog})
    assert manager.hear() == "READY=1"
    assert manager.hear_all(2 * WATCHDOG_S) == []


def test_a_watchdog_hears_nothing_while_a_handler_holds_a_worker(radhost, tmp_path):
    manager = ServiceManager(tmp_path, watchdog_s=WATCHDOG_S)
    server = radhost(module("concurrent"), workers=2, environment=manager.environment)
    assert (manager.hear(), manager.hear()) == ("READY=1", "WATCHDOG=1")
    with Client(server.address("auth"), SECRET) as client:
        client.send(client.pap_request(b"2500", b"x"))
        time.sleep(WATCHDOG_S / 2)  # a beat may be under way
        manager.hear_all(0.01)
        assert manager.hear_all(2 * WATCHDOG_S) == []
        assert wire.decode(client.receive()).code == wire.ACCESS_ACCEPT
    assert manager.hear() == "WATCHDOG=1"
    server.stop()


def test_a_watchdog_hears_nothing_of_a_process_that_is_stopped(radhost, tmp_path):
    manager = ServiceManager(tmp_path, watchdog_s=WATCHDOG_S)
    server = radhost(ACCESS, files=USERS, environment=manager.environment)
    assert (manager.hear(), manager.hear()) == ("READY=1", "WATCHDOG=1")
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        manager.hear_all(0.1)
        assert manager.hear_all(2 * WATCHDOG_S) == []
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    assert manager.hear() == "WATCHDOG=1"
    server.stop()
