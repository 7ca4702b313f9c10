# SPDX-License-Identifier: Apache-2.0
"""`radhost reload` and SIGHUP: another configuration for a running server, all of it or nothing."""

import json
import shutil
import signal
import socket

import pytest

from support import wire
from support.configurations import (ACCESS_PLUGINS, AUTH_LISTENER, LOOPBACK_CLIENT, later_plugin, listener, static_plugin,
                                    user)
from support.later import ask, message
from support.server import split_address
from support.stamped import Askers, build_of, client_of, command, is_gone, mapped, module, stamped
from support.waiting import wait_until

NOTHING_CHANGED = "the configuration is not reloaded, and nothing has changed"


def client_table(name, address, secret="xyzzy5461"):
    return LOOPBACK_CLIENT.replace("loopback", name).replace('"127.0.0.0/8", "::1"', f'"{address}"').replace(
        "xyzzy5461", secret)


AUTH = listener("auth", '["access", "accounting"]', '["stamped"]')
ONE = LOOPBACK_CLIENT + stamped() + AUTH


def address_of(server, name="auth"):
    return split_address(server.control.listener(name)["address"])


def reload(server, configuration, **options):
    """Writes it and reloads; gives what has changed, as texts."""
    server.rewrite(configuration)
    return [change["text"] for change in server.control.reload(**options)["changes"]]


def is_refused(client):
    """Is nobody there any more?"""
    client.socket.settimeout(0.05)
    try:
        client.send(ask(client, "now"))
        client.receive()
    except ConnectionRefusedError:
        return True
    except TimeoutError:
        pass
    return False


# What stays

def test_a_reload_of_the_same_file_changes_nothing(radhost):
    server = radhost(ONE, workers=2)
    before = server.control.get("/v1/status")["listeners"]
    assert reload(server, ONE) == []
    assert server.control.get("/v1/status")["listeners"] == before
    assert build_of(server) == "a"


def test_comments_and_order_are_no_changes(radhost):
    server = radhost(ONE)
    before = server.control.get("/v1/status")["listeners"]
    assert reload(server, "# a comment\n" + stamped() + AUTH + LOOPBACK_CLIENT) == []
    assert server.control.get("/v1/status")["listeners"] == before


def test_a_listener_keeps_its_sockets_and_an_instance_its_life(radhost):
    server = radhost(ONE)
    before = address_of(server)
    assert reload(server, ONE + stamped("other") + listener("second", '["access"]', '["other"]')) == [
        "plugin other added", "listener second added"]
    assert address_of(server) == before
    plugin, = server.control.plugins("auth")
    assert plugin["generation"] == 1


def test_a_renamed_listener_keeps_the_sockets_of_its_address(radhost):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    one = LOOPBACK_CLIENT + stamped() + listener("auth", '["access"]', '["stamped"]', address)
    server = radhost(one)
    with client_of(server) as client:
        client.send(request := ask(client, "pending 500"))
        assert reload(server, one.replace('"auth"', '"login"')) == ["listener login added", "listener auth removed"]
        client.answer_to(request)
        assert message(client.exchange(ask(client, "now"))) == "a"
    assert len([entry for entry in server.log() if entry["message"] == "listening"]) == 1


def test_a_retransmission_gets_the_first_answer_after_a_reload(radhost):
    server = radhost(ONE)
    with client_of(server) as client:
        request = ask(client, "now")
        client.send(request)
        first = client.receive()
        reload(server, ONE.replace('"stamped_a"', '"stamped_b"'))
        client.send(request)
        assert client.receive() == first
        assert message(client.exchange(ask(client, "now"))) == "b"


def test_a_conversation_goes_on_where_it_began(radhost):
    server = radhost(ONE)
    with client_of(server) as client:
        answer = client.exchange(ask(client, "rounds 4"))
        for build in "baba":
            reload(server, ONE.replace("stamped_a", f"stamped_{build}"))
            assert build_of(server) == build
            state, = answer.values(wire.STATE)
            answer = client.exchange(ask(client, "rounds 4", [(wire.STATE, state)]))
            assert message(answer) == "a"
        assert answer.code == wire.ACCESS_ACCEPT
    wait_until(lambda: is_gone(server))


# What changes

def test_a_client_comes_and_goes(radhost):
    one = client_table("first", "127.0.0.1") + stamped() + AUTH
    server = radhost(one)
    with client_of(server) as first, client_of(server, source="127.0.0.2") as second:
        assert message(first.exchange(ask(first, "now"))) == "a"
        second.send(ask(second, "now"))
        wait_until(lambda: server.stats().discards() == {"unknown_client": 1})
        assert reload(server, one + client_table("second", "127.0.0.2")) == ["client second added"]
        assert message(second.exchange(ask(second, "now"))) == "a"
        assert reload(server, one) == ["client second removed"]
        second.send(ask(second, "now"))
        wait_until(lambda: server.stats().discards() == {"unknown_client": 2})
        assert message(first.exchange(ask(first, "now"))) == "a"


def test_a_secret_changes_between_two_packets(radhost):
    server = radhost(ONE)
    with client_of(server) as old, client_of(server, secret=b"another secret") as new:
        old.send(request := ask(old, "pending 700"))
        wait_until(lambda: server.control.plugins("auth")[0]["in_flight"] == 1)
        assert reload(server, ONE.replace("xyzzy5461", "another secret")) == ["client loopback changed: secret"]
        assert message(new.exchange(ask(new, "now"))) == "a"
        # It is signed with the secret that its request was verified with.
        assert message(old.answer_to(request)) == "a"
        old.send(ask(old, "now"))
        wait_until(lambda: server.stats().discards() == {"bad_message_authenticator": 1})


def test_a_plugins_table_makes_another_instance_of_it_alone(radhost):
    two = stamped("other") + listener("second", '["access"]', '["other"]')
    server = radhost(ONE + two)
    changed = LOOPBACK_CLIENT + stamped(text="hello") + AUTH + two
    assert reload(server, changed) == ["plugin stamped changed: config.text"]
    assert (build_of(server), build_of(server, "second")) == ("hello", "a")
    wait_until(lambda: is_gone(server))
    generations = [server.control.plugins(name)[0]["generation"] for name in ("auth", "second")]
    assert generations == [2, 1]


def test_a_users_file_that_was_edited_is_read_anew_by_the_same_library(radhost):
    users = LOOPBACK_CLIENT + ACCESS_PLUGINS + AUTH_LISTENER
    server = radhost(users, files={"users.toml": user("alice")})
    old = server.control.plugins("auth")[0]["sha256"]
    with client_of(server) as client:
        assert client.exchange(client.pap_request(b"bob", b"clientPass")).code == wire.ACCESS_REJECT
        (server.folder / "users.toml").write_text(user("alice") + user("bob"), encoding="utf-8")
        assert reload(server, users) == [f"plugin users changed: {server.folder}/users.toml"]
        assert client.exchange(client.pap_request(b"bob", b"clientPass")).code == wire.ACCESS_ACCEPT
        assert client.exchange(client.pap_request(b"alice", b"clientPass")).code == wire.ACCESS_ACCEPT
    now, password = server.control.plugins("auth")[:2]
    assert (now["sha256"], now["generation"], password["generation"]) == (old, 2, 1)


def test_a_module_that_was_written_over_in_place_is_loaded_anew(radhost, program, tmp_path):
    file = tmp_path / "mine.so"
    shutil.copyfile(module(program, "stamped_a"), file)
    one = ONE.replace('"stamped_a"', f'"{file}"')
    server = radhost(one)
    with open(file, "r+b") as mine:  # the same inode, as cp does it
        mine.write(module(program, "stamped_b").read_bytes())
        mine.truncate()
    assert build_of(server) == "a"
    change, = reload(server, one)
    assert change.startswith("plugin stamped changed: its module's file: ")
    assert build_of(server) == "b"


def test_a_listener_comes_and_answers_at_once(radhost):
    server = radhost(ONE, workers=2)
    for number in range(3):
        more = "".join(listener(f"more{i}", '["access"]', '["stamped"]') for i in range(number + 1))
        assert reload(server, ONE + more) == [f"listener more{number} added"]
        with client_of(server, f"more{number}") as client:
            assert {message(client.exchange(ask(client, "now"))) for _ in range(4)} == {"a"}
    assert server.stats().listener("more0")["requests"] == 4


def test_a_listener_that_goes_answers_what_it_has_and_closes(radhost):
    server = radhost(ONE + listener("second", '["access"]', '["stamped"]'))
    with client_of(server, "second") as client:
        client.send(request := ask(client, "pending 1000"))
        wait_until(lambda: server.control.plugins("auth")[0]["in_flight"] == 1)
        assert reload(server, ONE) == ["listener second removed"]
        assert "second" not in [told["name"] for told in server.control.get("/v1/status")["listeners"]]
        assert message(client.answer_to(request)) == "a"

        wait_until(lambda: is_refused(client))
    assert build_of(server) == "a"


def test_an_address_that_was_given_up_can_be_had_again(radhost):
    second = listener("second", '["access"]', '["stamped"]')
    server = radhost(ONE + second)
    port = address_of(server, "second")[1]
    fixed = second.replace(":0", f":{port}")
    for _ in range(5):
        reload(server, ONE)
        assert reload(server, ONE + fixed) == ["listener second added"]
        assert build_of(server, "second") == "a"


def test_an_address_that_still_answers_is_not_opened_twice(radhost):
    second = listener("second", '["access"]', '["stamped"]')
    server = radhost(ONE + second)
    port = address_of(server, "second")[1]
    with client_of(server, "second") as client:
        client.send(request := ask(client, "pending 3000"))
        wait_until(lambda: server.control.plugins("auth")[0]["in_flight"] == 1)
        reload(server, ONE)
        server.rewrite(ONE + second.replace(":0", f":{port}"))
        assert server.control.refuse_reload() == (
            NOTHING_CHANGED, [f"127.0.0.1:{port} was given up and is still answering what came to it"])
        assert message(client.answer_to(request)) == "a"
    wait_until(lambda: server.control.request("POST", "/v1/reload")[0] == 200)
    assert build_of(server, "second") == "a"


def with_dictionary(server, text):
    """Puts a dictionary of the server's own beside the shipped ones."""
    (server.folder / "dictionary.mine").write_text(text, encoding="utf-8")
    path = server.configuration
    own = json.dumps(str(server.folder / "dictionary.mine"))
    shipped = json.dumps(str(server.program.dictionary))
    path.write_text(path.read_text(encoding="utf-8").replace(f"[{shipped}]", f"[{shipped}, {own}]"), encoding="utf-8")


MINE = "VENDOR Mine 99998\nBEGIN-VENDOR Mine\nATTRIBUTE Mine-Text 1 {type}\nEND-VENDOR Mine\n"


def test_a_dictionary_is_read_anew_and_its_words_are_known_at_once(radhost):
    text = LOOPBACK_CLIENT + static_plugin("yes", "accept") + listener("auth", '["access"]', '["yes"]')
    mine = text.replace("reply = {}", 'reply = { "Mine-Text" = "hello" }')
    server = radhost(text)
    server.rewrite(mine)
    _, details = server.control.refuse_reload()
    assert len(details) == 1 and "Mine-Text" in details[0]
    with_dictionary(server, MINE.format(type="string"))
    assert [change["table"] for change in server.control.reload()["changes"]] == ["server", "plugin"]
    with client_of(server) as client:
        answer = client.exchange(client.pap_request(b"bob", b"x"))
        assert answer.vendor_values(99998, 1) == [b"hello"]
    # The same name is a number by now: the plugin's table is wrong, and nothing changes.
    (server.folder / "dictionary.mine").write_text(MINE.format(type="integer"), encoding="utf-8")
    error, details = server.control.refuse_reload()
    assert error == NOTHING_CHANGED and "hello" in details[0]
    (server.folder / "dictionary.mine").write_text("NONSENSE\n", encoding="utf-8")
    error, details = server.control.refuse_reload()
    assert details[0].startswith(f"{server.folder}/dictionary.mine:1:1: ")
    with client_of(server) as client:
        assert client.exchange(client.pap_request(b"bob", b"x")).vendor_values(99998, 1) == [b"hello"]
    (server.folder / "dictionary.mine").write_text("# more\n" + MINE.format(type="string"), encoding="utf-8")
    assert [change["text"] for change in server.control.reload()["changes"]] == [
        f"[server] changed: {server.folder}/dictionary.mine"]
    assert server.control.reload()["changes"] == []


def test_what_began_with_another_dictionary_ends_with_it(radhost):
    server = radhost(ONE)
    with client_of(server) as client, client_of(server) as other:
        challenge = client.exchange(ask(client, "rounds 3"))
        other.send(request := ask(other, "pending 700"))
        wait_until(lambda: server.control.plugins("auth")[0]["in_flight"] == 1)
        for number in range(2):
            server.rewrite(ONE)
            with_dictionary(server, MINE.format(type="string") + f"# {number}\n")
            server.control.reload()
        assert message(other.answer_to(request)) == "a"
        for _ in range(3):
            state, = challenge.values(wire.STATE)
            challenge = client.exchange(ask(client, "rounds 3", [(wire.STATE, state)]))
        assert (challenge.code, message(challenge)) == (wire.ACCESS_ACCEPT, "a")
    wait_until(lambda: is_gone(server))
    assert server.control.plugins("auth")[0]["generation"] == 3


def test_the_keys_of_a_listener_change_while_it_serves(radhost):
    server = radhost(ONE)
    changed = ONE.replace('["access", "accounting"]', '["access"]').replace("reject_delay_ms = 0",
                                                                          "reject_delay_ms = 5\nmax_in_flight = 9")
    assert reload(server, changed) == [
        'listener auth changed: accepts: ["access", "accounting"] -> ["access"]; max_in_flight: 16384 -> 9; '
        "reject_delay_ms: 0 -> 5"]
    assert list(server.control.listener("auth")["chains"]) == ["access"]
    with client_of(server) as client:
        client.send(client.accounting_request([(wire.ACCT_STATUS_TYPE, wire.integer(1))]))
        wait_until(lambda: server.stats().discards() == {"unexpected_code": 1})


def test_the_log_level_changes_with_it(radhost):
    server = radhost(ONE)
    path = server.configuration
    path.write_text(path.read_text(encoding="utf-8").replace('level = "info"', 'level = "debug"'), encoding="utf-8")
    change, = server.control.reload()["changes"]
    assert change == {"table": "log", "name": "", "change": "changed", "keys": ['level: "info" -> "debug"'],
                      "text": '[log] changed: level: "info" -> "debug"'}
    with client_of(server) as client:
        client.send(b"nonsense")
        server.wait_for_log(lambda entry: entry["level"] == "debug")


# Mistakes, which change nothing

def test_an_erroneous_file_changes_nothing_and_every_mistake_is_told(radhost):
    server = radhost(ONE)
    before = server.control.get("/v1/status")["listeners"]
    server.rewrite(ONE.replace("timeout_ms", "time_out_ms").replace('["stamped"]', '["stampd"]') +
                   listener("second", '["access"]', '["stamped"]', "127.0.0.1"))
    error, details = server.control.refuse_reload()
    assert error == NOTHING_CHANGED
    assert len(details) == 3 and all(detail.startswith(f"{server.configuration}:") for detail in details)
    assert [word for detail in details for word in ('did you mean "timeout_ms"?', 'did you mean "stamped"?',
                                                    "is not an address with a port") if word in detail]
    assert server.control.get("/v1/status")["listeners"] == before
    assert build_of(server) == "a"


@pytest.mark.parametrize("fault, reason", [("no_entry", "it exports no radius_plugin_v1"),
                                           ("create_fails", "the moon is full"), ("start_fails", "the moon is full"),
                                           ("thread_start_fails", "the moon is full")])
def test_one_module_that_fails_holds_back_everything(radhost, program, fault, reason):
    server = radhost(ONE)
    server.rewrite(LOOPBACK_CLIENT + client_table("second", "192.0.2.1") + stamped(text="hello") + stamped("bad", fault) +
                   AUTH + listener("second", '["access"]', '["bad"]'))
    error, details = server.control.refuse_reload()
    assert error == NOTHING_CHANGED and details[0].endswith(reason)
    assert build_of(server) == "a"
    assert [told["name"] for told in server.control.get("/v1/status")["listeners"]] == ["auth"]
    own = server.control.plugins("auth")[0]["sha256"]
    wait_until(lambda: mapped(server, "modules/") == mapped(server, own))
    assert reload(server, ONE.replace("stamped_a", "stamped_b"))
    assert build_of(server) == "b"


@pytest.mark.parametrize("fault", ["create_hangs", "start_hangs"])
def test_one_module_that_hangs_holds_back_everything(radhost, fault):
    server = radhost(ONE)
    hangs = stamped("bad", fault).replace("timeout_ms = 5000", "start_timeout_ms = 1000")
    server.rewrite(ONE + hangs + listener("second", '["access"]', '["bad"]'))
    error, details = server.control.refuse_reload()
    assert error == NOTHING_CHANGED and "has not returned within 1000 ms" in details[0]
    assert build_of(server) == "a"
    assert reload(server, ONE.replace("stamped_a", "stamped_b"))
    assert build_of(server) == "b"


def test_a_worker_that_is_held_goes_over_later_and_is_named(radhost, program):
    """Nothing is to be started, so nothing stands against it; when its handler has ended that worker has gone over too."""
    configuration = ONE + later_plugin(timeout_ms=20000) + listener("held", '["access"]', '["later"]')
    server = radhost(configuration)
    with client_of(server, "held") as held:
        request = ask(held, "block 7000 accept")
        held.send(request)
        wait_until(lambda: server.stats().listener("held")["requests"] == 1)
        server.rewrite(configuration.replace("xyzzy5461", "another secret"))
        done = command(program, server, "reload")
        assert (done.returncode, done.stdout) == (1, "reloaded\n  client loopback changed: secret\n"), done.stderr
        assert "not everywhere yet: worker 0 has not come to it within 5000 ms: a handler holds it" in done.stderr
        held.socket.settimeout(10)
        assert held.answer_to(request).code == wire.ACCESS_ACCEPT  # signed with the secret that it came with
    with client_of(server, secret=b"another secret") as client:
        assert message(client.exchange(ask(client, "now"))) == "a"


def test_an_address_that_somebody_else_has_holds_back_everything(radhost):
    server = radhost(ONE)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        server.rewrite(LOOPBACK_CLIENT + stamped(text="hello") + AUTH +
                       listener("second", '["access"]', '["stamped"]', f"127.0.0.1:{port}"))
        error, details = server.control.refuse_reload()
    assert error == NOTHING_CHANGED and f"127.0.0.1:{port}" in details[0]
    assert build_of(server) == "a"
    wait_until(lambda: is_gone(server))


def test_what_needs_a_restart_is_refused_with_the_reason(radhost):
    server = radhost(ONE)
    server.rewrite(ONE + '\n[metrics]\naddress = "127.0.0.1:1"\n', workers=2)
    assert server.control.refuse_reload() == (NOTHING_CHANGED, [
        "[server] workers: 1 -> 2: a change needs a restart",
        '[metrics] address: none -> "127.0.0.1:1": a change needs a new process (radhost serve --takeover)'])
    assert build_of(server) == "a"


def test_a_file_that_everybody_may_write_to_changes_nothing(radhost):
    server = radhost(ONE)
    server.rewrite(ONE.replace("stamped_a", "stamped_b"))
    server.configuration.chmod(0o666)
    assert server.control.refuse_reload() == (
        NOTHING_CHANGED, [f"{server.configuration}: everybody may write to it (mode 0666): chmod o-w"])
    assert build_of(server) == "a"
    server.configuration.chmod(0o640)
    server.control.reload()
    assert build_of(server) == "b"


def test_a_file_that_is_gone_changes_nothing(radhost):
    server = radhost(ONE)
    server.configuration.unlink()
    error, details = server.control.refuse_reload()
    assert error == NOTHING_CHANGED and str(server.configuration) in details[0]
    assert build_of(server) == "a"


def test_secrets_are_in_no_answer_and_no_log(radhost):
    server = radhost(ONE + stamped("other", text="first password"))
    reload(server, ONE.replace("xyzzy5461", "hush hush") + stamped("other", text="second password"))
    server.rewrite(ONE.replace("xyzzy5461", "hush hush hush").replace("timeout_ms", "no_such_key"))
    told = json.dumps(server.control.refuse_reload()) + json.dumps(server.log())
    assert "hush" not in told and "password" not in told and "xyzzy5461" not in told


# A dry run

def test_a_dry_run_tells_and_changes_nothing(radhost):
    server = radhost(ONE)
    before = server.control.get("/v1/status")
    changed = LOOPBACK_CLIENT + stamped(text="hello") + AUTH + listener("second", '["access"]', '["stamped"]')
    assert reload(server, changed, dry_run=True) == ["plugin stamped changed: config.text", "listener second added"]
    after = server.control.get("/v1/status")
    assert (after["listeners"], after["last_reload"]) == (before["listeners"], before["last_reload"])
    assert build_of(server) == "a"
    server.rewrite(ONE + stamped("bad", "create_fails"))
    error, details = server.control.refuse_reload(dry_run=True)
    assert error == NOTHING_CHANGED and details[0].endswith("the moon is full")


# Swaps

def test_a_reload_goes_back_to_the_file_of_the_configuration_and_says_so(radhost, program):
    server = radhost(ONE)
    own = server.control.plugins("auth")[0]["sha256"]
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    assert reload(server, ONE) == [f"listener auth changed: stamped goes back to {module(program, 'stamped_a')}"]
    plugin = server.control.plugins("auth")[0]
    assert (plugin["sha256"], plugin["swapped"]) == (own, False)
    assert build_of(server) == "a"


def test_a_swapped_module_stays_where_that_is_asked_for(radhost, program):
    two = listener("second", '["access"]', '["stamped"]')
    server = radhost(ONE + two)
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    assert reload(server, ONE + two + client_table("more", "192.0.2.1"), keep_swaps=True) == ["client more added"]
    assert (build_of(server), build_of(server, "second")) == ("b", "a")
    assert server.control.plugins("auth")[0]["swapped"] is True
    # Another table makes another instance, of the same file.
    assert reload(server, LOOPBACK_CLIENT + stamped(timeout_ms=4000) + AUTH + two, keep_swaps=True)
    assert (build_of(server), build_of(server, "second")) == ("b", "a")
    wait_until(lambda: is_gone(server) and is_gone(server, "second"))
    assert reload(server, ONE)
    assert build_of(server) == "a"


# The way back

def test_rollback_goes_back_to_the_configuration_before_and_the_next_one_forth(radhost):
    changed = (LOOPBACK_CLIENT + stamped(text="hello", module="stamped_b") + AUTH +
               listener("second", '["access"]', '["stamped"]'))
    server = radhost(ONE)
    reload(server, changed)
    for there, text in ((["auth"], "a"), (["auth", "second"], "hello"), (["auth"], "a")):
        assert server.control.post("/v1/rollback")["changes"]
        assert [told["name"] for told in server.control.get("/v1/status")["listeners"]] == there
        assert build_of(server) == text


def test_rollback_brings_back_the_module_though_its_file_is_another_by_now(radhost, program, tmp_path):
    file = tmp_path / "mine.so"
    shutil.copyfile(module(program, "stamped_a"), file)
    one = ONE.replace('"stamped_a"', f'"{file}"')
    server = radhost(one)
    shutil.copyfile(module(program, "stamped_b"), file)
    reload(server, one)
    assert build_of(server) == "b"
    server.control.post("/v1/rollback")
    assert build_of(server) == "a"


def test_rollback_undoes_what_was_changed_last(radhost, program):
    server = radhost(ONE)
    reload(server, ONE + client_table("more", "192.0.2.1"))
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    assert server.control.post("/v1/rollback")["plugin"] == "stamped"
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    reload(server, ONE)
    assert build_of(server) == "a"
    assert server.control.post("/v1/rollback")["changes"]
    assert build_of(server) == "b"  # what was swapped in is back, too


# By signal and by command

def test_sighup_reloads_and_the_log_tells_how_it_went(radhost):
    server = radhost(ONE)
    server.rewrite(ONE + client_table("more", "192.0.2.1"))
    server.process.signal(signal.SIGHUP)
    server.wait_for_log(lambda entry: entry["message"] == "configuration reloaded" and entry["changes"] == 1)
    server.wait_for_log(lambda entry: entry["message"] == "changed" and entry["what"] == "client more added")
    assert server.control.get("/v1/status")["last_reload"]["result"] == "ok"
    server.rewrite(ONE.replace("timeout_ms", "time_out_ms"))
    server.process.signal(signal.SIGHUP)
    server.wait_for_log(lambda entry: entry["message"] == "not reloaded" and "time_out_ms" in entry["why"])
    assert server.control.get("/v1/status")["last_reload"]["result"] == "refused"
    assert build_of(server) == "a"


def test_the_command_prints_what_has_changed_for_people_and_as_json(radhost, program):
    server = radhost(ONE)
    server.rewrite(ONE + client_table("more", "192.0.2.1"))
    done = command(program, server, "reload", "--dry-run")
    assert (done.returncode, done.stdout) == (0, "a reload would change\n  client more added\n"), done.stderr
    done = command(program, server, "reload")
    assert (done.returncode, done.stdout) == (0, "reloaded\n  client more added\n"), done.stderr
    done = command(program, server, "rollback", "--json")
    assert json.loads(done.stdout)["changes"] == [
        {"table": "client", "name": "more", "change": "removed", "keys": [], "text": "client more removed"}]
    done = command(program, server, "rollback")
    assert (done.returncode, done.stdout) == (
        0, "the configuration before the last reload is back\n  client more added\n"), done.stderr
    done = command(program, server, "reload", "--keep-swaps")
    assert (done.returncode, done.stdout) == (0, "reloaded; nothing is different\n"), done.stderr
    server.rewrite(ONE.replace("timeout_ms", "time_out_ms"))
    done = command(program, server, "reload")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"radhost reload: {NOTHING_CHANGED}\n  {server.configuration}:")


@pytest.mark.parametrize("body", ["[]", "1", '{"dry_run": 1}', '{"keep_swaps": "yes"}', "{"])
def test_a_request_that_makes_no_sense_is_a_400(radhost, body):
    server = radhost(ONE)
    assert server.control.request("POST", "/v1/reload", body)[0] == 400


# Under load

def test_reloads_under_load_lose_nothing_on_listeners_that_stay(radhost):
    """Requests of all ways, while clients, listeners, plugins and tables come, go and change."""
    server = radhost(ONE + static_plugin("yes", "accept"), workers=2)
    with Askers(server) as askers:
        for number in range(30):
            more = client_table(f"more{number}", f"192.0.2.{number}") if number % 3 else ""
            second = listener("second", '["access"]', '["yes"]') if number % 2 else ""
            server.rewrite(LOOPBACK_CLIENT + more + static_plugin("yes", "accept") +
                           stamped(module=f"stamped_{'ab'[number % 2]}", text=str(number)) + AUTH + second)
            server.control.reload()
            assert build_of(server) == str(number)
    assert askers.problems == []
    assert {way for way, _ in askers.answered} == set(Askers.WAYS)
    assert len({text for _, text in askers.answered}) > 10
    wait_until(lambda: is_gone(server))
    assert server.stop().listener("auth")["in_flight"] == 0
