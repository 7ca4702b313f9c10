# SPDX-License-Identifier: Apache-2.0
"""A reload changes pools, bounds and the log of a running server too, and what is in hand is not touched by that."""

import time

import pytest

from integration.test_reload import NOTHING_CHANGED, reload
from support import wire
from support.client import Client
from support.configurations import LOOPBACK_CLIENT, SECRET, later_plugin, listener
from support.extensions import CONFIGURATION as STORING
from support.extensions import told
from support.later import ask, message
from support.pools import LISTENER, home_answer, pool, proxy, proxy_plugin, servers_of
from support.stamped import build_of, client_of, is_gone, stamped
from support.stub import Stub
from support.waiting import wait_until

AUTH = listener("auth", '["access"]', '["stamped"]')
ONE = LOOPBACK_CLIENT + stamped() + AUTH
LATER = LOOPBACK_CLIENT + later_plugin() + listener("auth", '["access"]', '["later"]')
LIMIT = -6


def code_of(server, user=b"bob"):
    with Client(server.address("auth"), SECRET) as client:
        return client.pap(user, b"x").code


def generation(server):
    """Of what serves."""
    serving, = (plugin for plugin in server.control.plugins("auth") if plugin["state"] == "serving")
    return serving["generation"]


# Pools

def test_requests_go_to_the_servers_of_the_new_pool(radhost):
    with Stub(home_answer) as first, Stub(home_answer) as second:
        server = radhost(proxy(first.address), workers=2)
        assert code_of(server) == wire.ACCESS_ACCEPT
        changed, = reload(server, proxy(second.address))
        assert changed.startswith("pool homes changed: servers")
        assert code_of(server) == wire.ACCESS_ACCEPT
        assert (len(first.requests), len(second.requests)) == (1, 1)
        counted, = servers_of(server)
        assert (counted["address"], counted["requests"], counted["answers"]) == (second.address, 1, 1)


def test_a_secret_of_a_home_server_changes(radhost):
    other = b"another secret than before"
    with Stub(lambda request: home_answer(request, secret=other)) as home:
        server = radhost(proxy(home.address, max_duration_ms=250))
        with Client(server.address("auth"), SECRET) as client:
            client.send(client.pap_request(b"bob", b"x"))
            wait_until(lambda: servers_of(server)[0]["bad_answers"])
        changed, = reload(server, proxy(home.address, secret=other))
        assert other.decode() not in changed
        assert code_of(server) == wire.ACCESS_ACCEPT


def test_a_request_under_way_is_answered_by_the_pool_that_it_was_sent_to(radhost):
    with Stub(home_answer, delay_s=0.6) as first, Stub(home_answer) as second:
        server = radhost(proxy(first.address, initial_timeout_ms=3000, max_timeout_ms=3000))
        with Client(server.address("auth"), SECRET) as client:
            client.send(slow := client.pap_request(b"bob", b"x"))
            assert first.wait_for_requests(1)
            reload(server, proxy(second.address))
            assert client.pap(b"alice", b"x").code == wire.ACCESS_ACCEPT
            client.answer_to(slow)
        assert (len(first.requests), len(second.requests)) == (1, 1)
        wait_until(lambda: is_gone(server))


def test_a_pool_that_stays_keeps_its_module_and_what_it_knows_of_its_servers(radhost):
    with Stub(lambda _: None) as silent, Stub(home_answer) as home:
        one = proxy(silent.address, home.address, dead_after=1)
        server = radhost(one)
        assert code_of(server) == wire.ACCESS_ACCEPT
        assert [counted["state"] for counted in servers_of(server)] == ["dead", "up"]
        assert reload(server, one + pool(home.address, name="others")) == ["pool others added"]
        assert [counted["state"] for counted in servers_of(server)] == ["dead", "up"]
        assert generation(server) == 1
        assert code_of(server) == wire.ACCESS_ACCEPT and len(silent.requests) == 1
        assert reload(server, one) == ["pool others removed"]
        assert list(server.control.get("/v1/stats")["pools"]) == ["homes"]


def test_a_server_that_is_in_no_pool_any_more_is_not_asked_whether_it_lives(radhost):
    with Stub(lambda _: None) as silent, Stub(home_answer) as home:
        probing = {"dead_after": 1, "probe_interval_ms": 100, "server_more": ", status_server = true"}
        server = radhost(proxy(silent.address, home.address, **probing))
        assert code_of(server) == wire.ACCESS_ACCEPT
        assert silent.wait_for_requests(3)  # the request, and two probes
        reload(server, proxy(home.address, **probing))
        wait_until(lambda: is_gone(server))
        asked = len(silent.requests)
        wait_until(lambda: code_of(server) == wire.ACCESS_ACCEPT)
        time.sleep(0.5)
        assert len(silent.requests) == asked


def test_a_module_whose_pool_is_taken_away_leaves_all_as_it_was(radhost):
    with Stub(home_answer) as home:
        server = radhost(proxy(home.address))
        server.rewrite(LOOPBACK_CLIENT + proxy_plugin() + LISTENER)
        error, details = server.control.refuse_reload()
        assert error == NOTHING_CHANGED and details[0].endswith(": there is no such pool")
        assert code_of(server) == wire.ACCESS_ACCEPT and generation(server) == 1


def test_counters_of_a_server_go_on_when_it_comes_back(radhost):
    with Stub(home_answer) as first, Stub(home_answer) as second:
        server = radhost(proxy(first.address))
        for address in (first.address, second.address, first.address):
            reload(server, proxy(address))
            assert code_of(server) == wire.ACCESS_ACCEPT
        assert servers_of(server)[0]["requests"] == 2


# Duplicates

def duplicates(**keys):
    return ONE + "[listener.duplicates]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


def raw(client, request):
    client.send(request)
    answer = client.receive()
    wire.check_answer(answer, request, SECRET)
    return answer


@pytest.mark.parametrize("entries", [4, 1000, 3000000])
def test_what_was_answered_is_remembered_when_more_or_less_is(radhost, entries):
    server = radhost(duplicates(max_entries=1000))
    with client_of(server) as client:
        asked = [(request, raw(client, request)) for request in (ask(client, "now") for _ in range(16))]
        assert reload(server, duplicates(max_entries=entries).replace("stamped_a", "stamped_b"))
        # Fewer go one by one as others come, and those first that were asked for least recently.
        assert all(raw(client, request) == first for request, first in asked)
        for _ in range(20):
            client.exchange(ask(client, "now"))
        assert (raw(client, asked[0][0]) == asked[0][1]) == (entries != 4)


def test_a_copy_of_a_request_in_hand_is_not_run_when_more_is_remembered(radhost):
    server = radhost(duplicates(max_entries=8))
    with client_of(server) as client:
        client.send(request := ask(client, "pending 500"))
        wait_until(lambda: server.control.listener("auth")["in_flight"] == 1)
        reload(server, duplicates(max_entries=100000))
        client.send(request)
        wait_until(lambda: server.stats().listener("auth")["access"]["duplicates"] == 1)
        first = client.receive()
        assert raw(client, request) == first
        assert server.stats().listener("auth")["access"]["accepts"] == 1


def test_duplicates_are_turned_off_and_on_again(radhost):
    server = radhost(duplicates(enabled="false"))
    with client_of(server) as client:
        def runs(request):
            """How often it is run when it comes twice."""
            before = server.stats().listener("auth")["access"]["accepts"]
            for _ in range(2):
                raw(client, request)
            return server.stats().listener("auth")["access"]["accepts"] - before
        assert runs(ask(client, "now")) == 2
        reload(server, duplicates(enabled="true"))
        assert runs(ask(client, "now")) == 1
        client.send(held := ask(client, "pending 300"))
        wait_until(lambda: server.control.listener("auth")["in_flight"] == 1)
        reload(server, duplicates(enabled="false"))
        client.answer_to(held)
        assert runs(ask(client, "now")) == 2


# Conversations

def begin(client, command="rounds 1 accept"):
    answer = client.exchange(ask(client, command))
    return answer.values(wire.STATE)[0] if answer.code == wire.ACCESS_CHALLENGE else None


def test_bounds_of_conversations_hold_from_the_reload_on(radhost):
    server = radhost(LATER)
    with Client(server.address("auth"), SECRET) as client:
        states = [begin(client) for _ in range(3)]
        server.rewrite(LATER, settings="max_conversations = 2")
        server.control.reload()
        assert begin(client) is None
        for state in states:
            answer = client.exchange(ask(client, "rounds 1 accept", [(wire.STATE, state)]))
            assert answer.code == wire.ACCESS_ACCEPT
        assert begin(client) is not None
        server.rewrite(LATER, settings="conversation_timeout_ms = 50")
        server.control.reload()
        state = begin(client)
        time.sleep(0.2)
        assert client.exchange(ask(client, "rounds 1 accept", [(wire.STATE, state)])).code == wire.ACCESS_REJECT


# The store

def test_the_store_keeps_what_it_has_and_takes_no_more_than_the_new_bound(radhost):
    server = radhost(STORING)
    for key in "abc":
        assert told(server, f"store put {key} hello") == "0"
    assert reload(server, STORING + "\n[store]\nmax_entries = 2\n") == ["[store] changed: max_entries: 262144 -> 2"]
    assert told(server, "store get c") == "0 hello"
    assert told(server, "store put d hello") == f"{LIMIT}"
    assert reload(server, STORING) != []
    assert told(server, "store put d hello") == "0"


# The log

def lines(path):
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def test_the_log_goes_on_in_another_file_and_another_format(radhost):
    server = radhost(ONE)
    path = server.folder / "radhost.log"
    text = server.configuration.read_text(encoding="utf-8")
    server.configuration.write_text(text.replace('target = "stderr"', f'target = "{path}"')
                                    .replace('format = "json"', 'format = "text"'), encoding="utf-8")
    server.control.reload()
    wait_until(lambda: any("configuration reloaded" in line for line in lines(path)))
    assert not any(entry["message"] == "configuration reloaded" for entry in server.log())
    assert not lines(path)[0].startswith("{")
    assert build_of(server) == "a"


def test_a_log_that_cannot_be_opened_changes_nothing(radhost):
    server = radhost(ONE)
    path = server.configuration / "log"  # below a file nobody can make one
    text = server.configuration.read_text(encoding="utf-8")
    server.configuration.write_text(text.replace('target = "stderr"', f'target = "{path}"')
                                    .replace("stamped_a", "stamped_b"), encoding="utf-8")
    error, details = server.control.refuse_reload()
    assert error == NOTHING_CHANGED and str(path) in details[0]
    server.wait_for_log(lambda entry: entry["message"] == "not reloaded")
    assert build_of(server) == "a" and generation(server) == 1


# What concerns each instance

@pytest.mark.parametrize("setting", ["max_watches = 7", "offload_queue = 7"])
def test_instances_are_made_anew_where_their_bounds_change(radhost, setting):
    server = radhost(ONE)
    with client_of(server) as client:
        client.send(request := ask(client, "pending 300"))
        server.rewrite(ONE, settings=setting)
        server.control.reload()
        assert generation(server) == 2
        assert message(client.answer_to(request)) == "a"
