# SPDX-License-Identifier: Apache-2.0
"""What modules keep under keys: across requests, workers and instances, for some time, and within bounds."""

import time

import pytest

from support import wire
from support.client import Client
from support.configurations import SECRET
from support.extensions import CONFIGURATION, complaints, told
from support.later import answer_to, ask, message

INVALID, NOT_FOUND, RANGE, LIMIT, STATE = -1, -2, -5, -6, -9


@pytest.fixture(scope="module", params=[1, 3], ids=["one worker", "three workers"])
def server(request, shared_radhost):
    return shared_radhost(CONFIGURATION, workers=request.param)


@pytest.fixture(params=["store", "pool"])
def way(request):
    """On a worker, and on a pool thread."""
    return request.param


def limited(**limits):
    return CONFIGURATION + "\n[store]\n" + "".join(f"{key} = {value}\n" for key, value in limits.items())


def test_every_function_comes_out_as_the_headers_promise(server):
    answer = answer_to(server, "check")
    assert (answer.code, message(answer), complaints(server)) == (wire.ACCESS_ACCEPT, "well", [])


def test_what_one_request_puts_another_gets(server, way):
    key = f"{way}-{id(server)}"
    assert told(server, f"{way} get {key}") == f"{NOT_FOUND}"
    assert told(server, f"{way} put {key} hello") == "0"
    for _ in range(6):  # on whichever worker
        assert told(server, f"{way} get {key}") == "0 hello"
    assert told(server, f"{way} put {key} again") == "0"
    assert told(server, f"{way} take {key}") == "0 again"
    assert told(server, f"{way} take {key}") == f"{NOT_FOUND}"


def test_instances_see_the_same_keys(server):
    assert told(server, "store put shared hello") == "0"
    assert told(server, "store take shared", "other") == "0 hello"
    assert told(server, "store get shared") == f"{NOT_FOUND}"


def test_a_new_one_is_kept_only_where_nothing_is(server, way):
    assert told(server, f"{way} put-new {way}new one") == "0"
    assert told(server, f"{way} put-new {way}new two") == f"{STATE} one"
    assert told(server, f"{way} get {way}new") == "0 one"


def test_what_is_over_is_not_there(server, way):
    assert told(server, f"{way} put {way}brief hello 150") == "0"
    assert told(server, f"{way} get {way}brief") == "0 hello"
    time.sleep(0.2)
    assert told(server, f"{way} get {way}brief") == f"{NOT_FOUND}"
    assert told(server, f"{way} put-new {way}brief again") == "0"


@pytest.mark.parametrize("command", ["put k v 0", "put-new k v 0"])
def test_no_time_at_all_is_refused(server, way, command):
    assert told(server, f"{way} {command}") == f"call {RANGE}"


def test_another_thread_is_refused(server):
    """Guard rails name it besides, in builds that have them."""
    before = complaints(server)
    assert told(server, "elsewhere") == "well"
    assert set(complaints(server)) - set(before) <= {"a thread's handle is used on another thread"}


def test_a_store_is_full_at_its_bound_of_entries(radhost, way):
    server = radhost(limited(max_entries=3))
    for number in range(3):
        assert told(server, f"{way} put key{number} x") == "0"
    assert told(server, f"{way} put key4 x") == f"{LIMIT}"
    assert told(server, f"{way} put key1 y") == "0"
    assert told(server, f"{way} take key2") == "0 x"
    assert told(server, f"{way} put key4 x") == "0"
    assert server.stats().tree["store"] == {"entries": 3, "octets": 15, "hits": 1, "misses": 0, "full": 1, "expired": 0}


def test_a_store_is_full_at_its_bound_of_octets(radhost):
    server = radhost(limited(max_octets=1000))
    assert told(server, "store put a x999") == "0"
    assert told(server, "store put b x1") == f"{LIMIT}"
    assert told(server, "store put a x1000") == f"{LIMIT}"
    assert told(server, "store take a") == "0 " + "x" * 64
    assert told(server, "store put b x1") == "0"
    assert server.stats().tree["store"]["octets"] == 2


def test_what_is_over_makes_room(radhost):
    server = radhost(limited(max_entries=1))
    assert told(server, "store put a x 100") == "0"
    assert told(server, "store put b x") == f"{LIMIT}"
    time.sleep(0.15)
    assert told(server, "store put b x") == "0"


def test_what_is_over_goes_without_being_asked_for(radhost):
    server = radhost(CONFIGURATION)
    assert told(server, "store put a x 100") == "0"
    deadline = time.monotonic() + 5
    while server.stats().tree["store"]["entries"] != 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    store = server.stats().tree["store"]
    assert (store["entries"], store["octets"], store["expired"], store["misses"]) == (0, 0, 1, 0)


def test_so_many_answers_may_wait_and_no_more(radhost):
    server = radhost(limited(max_waiting=100))
    for _ in range(3):
        assert told(server, "burst 1000") == f"began 100 then {LIMIT}"
        assert told(server, "burst 100") == "began 100 then 0"


def test_the_statistics_are_shown_to_people_too(radhost, program):
    server = radhost(CONFIGURATION)
    told(server, "store put a hello")
    told(server, "store get a")
    told(server, "store get b")
    done = program.run("stats", "--control", str(server.control.path))
    assert done.returncode == 0 and done.stderr == ""
    lines = [line.split() for line in done.stdout.splitlines()]
    head = next(number for number, line in enumerate(lines) if "hits" in line)
    assert dict(zip(lines[head], lines[head + 1])) == {"kept": "1", "octets": "6", "hits": "1", "misses": "1", "full": "0", "expired": "0"}


def test_many_at_once_are_each_answered(radhost):
    server = radhost(CONFIGURATION, workers=2)
    with Client(server.address("auth"), SECRET) as client:
        commands = [f"{('store', 'pool')[number % 2]} put key{number} value{number}" for number in range(200)]
        for command in commands:
            client.send(ask(client, command))
        assert len({client.receive()[1] for _ in commands}) == 200
    assert [told(server, f"store get key{number}") for number in range(0, 200, 20)] == [
        f"0 value{number}" for number in range(0, 200, 20)]
    assert server.stats().tree["store"]["entries"] == 200
    server.stop()
    assert complaints(server) == []


def test_values_appear_in_no_log(radhost):
    server = radhost(CONFIGURATION)
    server.control.set_log_level("debug")
    told(server, "store put a xyzzy-hidden")
    told(server, "store get a")
    server.stop()
    assert "xyzzy-hidden" not in server.process.stderr.text()
