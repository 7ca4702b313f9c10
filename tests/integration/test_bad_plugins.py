# SPDX-License-Identifier: Apache-2.0
"""Bad modules: what an operator is told of each, exactly, and that nobody else suffers."""

import os
import time

import pytest

from integration.test_plugin_check import ABI
from support import wire
from support.client import Client
from support.configurations import LOOPBACK_CLIENT, SECRET, listener, static_plugin
from support.later import answer_to, message

GUARDED = os.environ.get("RADHOST_GUARDS") == "ON"
GOOD = static_plugin("yes", "accept") + listener("good", '["access"]', '["yes"]')


def bad(module, settings="", handlers='["bad"]'):
    """A bad module beside a good one."""
    return (LOOPBACK_CLIENT + f'[plugin.bad]\nmodule = "{module}"\n{settings}\n' + GOOD +
            listener("auth", '["access"]', handlers))


def run(program, folder, command, configuration, **server):
    """`check` or `serve`, which must refuse it; what it says, a line each, without the log's own."""
    begin = time.monotonic()
    done = program.run(command, "-c", program.write_configuration(folder, configuration, **server))
    assert done.returncode == 1, done.stderr
    assert time.monotonic() - begin < 10
    return [line for line in done.stderr.splitlines() if not line.startswith("{")]


def place(folder, plugin):
    """FILE:LINE:COLUMN of a plugin's module, where errors of the plugin as a whole stand."""
    path = folder / "radhost.toml"
    return f"{path}:{path.read_text().splitlines().index(f'[plugin.{plugin}]') + 2}:10"


def logged(server, text):
    return [entry for entry in server.log() if entry["message"] == text]


def good_server_survives(server):
    assert answer_to(server, "bob", "good").code == wire.ACCESS_ACCEPT


# Refused before any of their code runs

FILES = {
    "wrong_major": "it was built for radius_plugin_v2, which this host does not serve",
    "newer_minor": "it needs a host with ABI 1.999",
    "executable_stack": "it wants an executable stack (link it with -z noexecstack)",
    "own_place": 'its run path "$ORIGIN/libraries" starts at its own place, and it is loaded from a copy elsewhere',
}
# Refused after they were loaded
DESCRIPTORS = {
    "no_entry": "it exports no radius_plugin_v1",
    "short_descriptor": "its descriptor is missing or too short",
    "newer_descriptor": f"it needs a host with ABI 1.999; this one has {ABI}",
    "no_destroy": "its descriptor has no create or no destroy",
    "unknown_threading": "it declares a threading model that this host does not know",
}


@pytest.mark.parametrize("command", ["check", "serve"])
@pytest.mark.parametrize("module, why", {**FILES, **DESCRIPTORS}.items(), ids=[*FILES, *DESCRIPTORS])
def test_a_module_that_cannot_be_loaded_is_named_with_the_reason(program, tmp_path, command, module, why):
    lines = run(program, tmp_path, command, bad(module))
    assert lines == [f"{place(tmp_path, 'bad')}: {program.test_plugin_path}/{module}.so: {why}"]


def test_a_refused_file_never_runs(program, tmp_path):
    """Its constructor would hang."""
    module = tmp_path / "damaged.so"
    octets = bytearray((program.test_plugin_path / "load_hangs.so").read_bytes())
    octets[18] ^= 0xff  # e_machine
    module.write_bytes(octets)
    lines = run(program, tmp_path, "check", bad(module))
    assert len(lines) == 1 and lines[0].endswith("damaged.so: it was built for another machine")


# Accepted, and marked

@pytest.mark.parametrize("module, why", [
    ("no_delete", "it asks never to be unloaded (-z nodelete)"),
    ("unique_symbol", "it has symbols that are unique in a process, such as radhost_unique (compile it with "
                      "-fno-gnu-unique)"),
])
def test_a_module_that_can_never_be_unloaded_is_served_and_marked(radhost, module, why):
    server = radhost(bad(module))
    entry = server.wait_for_log(lambda entry: entry["message"] == "a module can never be unloaded")
    assert (entry["plugin"], entry["why"], entry["level"]) == ("bad", why, "warn")
    assert entry["module"].endswith(f"{module}.so")
    assert answer_to(server, "bob").code == wire.ACCESS_ACCEPT


@pytest.mark.parametrize("module, why", [
    ("text_relocation", "it changes its own code when it is loaded (compile it with -fPIC)"),
    ("static_tls", "it takes static TLS, of which a process has little (do not compile it with "
                   "-ftls-model=initial-exec)"),
])
def test_a_module_that_costs_more_than_it_should_is_served_and_noted(radhost, module, why):
    server = radhost(bad(module))
    entry = server.wait_for_log(lambda entry: entry["message"] == "a module is not built as it should be")
    assert (entry["plugin"], entry["why"], entry["level"]) == ("bad", why, "info")
    assert answer_to(server, "bob").code == wire.ACCESS_ACCEPT


def test_a_good_module_is_neither(radhost):
    server = radhost(LOOPBACK_CLIENT + GOOD)
    assert not [entry for entry in server.log() if entry["message"].startswith("a module")]


def test_a_module_without_handlers_passes_every_request_by_and_is_named(radhost):
    server = radhost(bad("no_handlers", handlers='["bad", "yes"]'))
    message_of_it = "a module has no handlers: it passes every request by"
    entry = server.wait_for_log(lambda entry: entry["message"] == message_of_it)
    assert (entry["plugin"], entry["level"]) == ("bad", "warn")
    assert answer_to(server, "bob").code == wire.ACCESS_ACCEPT


# create and start

@pytest.mark.parametrize("command", ["check", "serve"])
@pytest.mark.parametrize("module, settings, why", [
    ("create_fails", "", "the moon is full"),
    ("create_fails_silently", "", "a file, socket or back end failed"),
    ("create_hangs", "start_timeout_ms = 200", "create has not returned within 200 ms; its thread is abandoned"),
    ("load_hangs", "start_timeout_ms = 200", "loading it has not returned within 200 ms; its thread is abandoned"),
])
def test_a_create_that_fails_or_hangs_is_named(program, tmp_path, command, module, settings, why):
    lines = run(program, tmp_path, command, bad(module, settings))
    assert f'{place(tmp_path, "bad")}: plugin "bad": {why}' in lines


def test_nothing_more_is_loaded_while_a_module_hangs_in_its_constructor(program, tmp_path):
    lines = run(program, tmp_path, "check", bad("load_hangs", "start_timeout_ms = 200"))
    assert lines[1:] == [f'{place(tmp_path, "yes")}: plugin "yes": not loaded: plugin "bad" hangs while it is loaded, '
                         "and holds up all others"]


def test_others_are_made_while_one_hangs_in_create(program, tmp_path):
    lines = run(program, tmp_path, "check", bad("create_hangs", "start_timeout_ms = 200") +
                '[plugin.third]\nmodule = "create_fails"\n')
    assert len(lines) == 2 and lines[1].endswith('plugin "third": the moon is full')


@pytest.mark.parametrize("module, settings, why", [
    ("start_fails", "", 'plugin "bad" does not start: the moon is full'),
    ("starts_later", "start_timeout_ms = 200", 'plugin "bad" does not start: it has not said so within 200 ms'),
    ("start_hangs", "start_timeout_ms = 200",
     'plugin "bad": start has not returned within 200 ms; its thread is abandoned'),
    ("thread_start_fails", "", 'plugin "bad" does not start on a thread: the moon is full'),
])
def test_a_start_that_fails_or_hangs_is_named(program, tmp_path, module, settings, why):
    assert run(program, tmp_path, "serve", bad(module, settings)) == [f"radhost serve: {why}"]
    # It is sound as far as a check can see.
    assert program.run("check", "-c", tmp_path / "radhost.toml").returncode == 0


# While they serve

def test_an_exception_ends_at_the_veneer_and_its_words_are_logged(radhost):
    server = radhost(bad("scripted", "[plugin.bad.config]\nthrows = true"))
    assert answer_to(server, "bob").code == wire.ACCESS_REJECT
    entry = server.wait_for_log(lambda entry: entry["message"] == "handler failed")
    assert (entry["plugin"], entry["listener"], entry["why"]) == ("bad", "auth", "scripted to throw")
    good_server_survives(server)
    assert server.stop().tree["plugins"]["bad"]["errors"] == 1


@pytest.mark.parametrize("table, why", [
    ("verdict = 77", "77 is not a verdict"),
    ("verdict = 0", "0 is not a verdict"),
    ("verdict = -12", "a file, socket or back end failed"),
    ("verdict = 7", "it returned RADIUS_PENDING without a token"),
    ("verdict = 1\nlong_reply = true", "its reply does not fit a packet of 4096 octets"),
])
@pytest.mark.parametrize("on_error, expected", [("reject", wire.ACCESS_REJECT), ("drop", None)])
def test_nonsense_is_the_modules_failure(radhost, table, why, on_error, expected):
    server = radhost(bad("scripted", f'on_error = "{on_error}"\n[plugin.bad.config]\n{table}'))
    with Client(server.address("auth"), SECRET) as client:
        client.send(client.pap_request(b"bob", b"x"))
        if expected is None:
            client.expect_nothing_more()
        else:
            answer = wire.decode(client.receive())
            assert (answer.code, message(answer)) == (expected, "")
    entry = server.wait_for_log(lambda entry: entry["message"] == "handler failed")
    assert (entry["plugin"], entry["why"]) == ("bad", why)
    good_server_survives(server)
    assert server.stop().tree["plugins"]["bad"]["errors"] == 1


def test_a_challenge_for_accounting_is_the_modules_failure(radhost):
    server = radhost(bad("scripted", "[plugin.bad.config]\nverdict = 3") +
                     listener("acct", '["accounting"]', '["bad"]'))
    with Client(server.address("acct"), SECRET) as client:
        client.send(client.accounting_request([(wire.USER_NAME, b"bob"), (wire.ACCT_STATUS_TYPE, wire.integer(1)),
                                               (wire.ACCT_SESSION_ID, b"1")]))
        client.expect_nothing_more()
    entry = server.wait_for_log(lambda entry: entry["message"] == "handler failed")
    assert (entry["plugin"], entry["why"]) == ("bad", "only an Access-Request can be challenged")
    good_server_survives(server)
    assert server.stop().tree["plugins"]["bad"]["errors"] == 1


def test_a_request_that_is_completed_twice_is_answered_once(radhost):
    server = radhost(bad("later"))
    assert answer_to(server, "twice 10 accept").code == wire.ACCESS_ACCEPT
    server.wait_for_log(lambda entry: entry["message"] == "twice 10 accept: complete -10")
    good_server_survives(server)


# At their end

@pytest.mark.parametrize("module, step", [("stop_hangs", "stop"), ("destroy_hangs", "destroy")])
def test_an_end_that_hangs_is_named_and_the_program_ends(radhost, module, step):
    server = radhost(bad(module), settings="drain_timeout_ms = 200")
    assert answer_to(server, "bob").code == wire.ACCESS_ACCEPT
    begin = time.monotonic()
    server.stop()
    assert time.monotonic() - begin < 5
    assert logged(server, f'plugin "bad": {step} has not returned within 200 ms; its thread is abandoned')


def test_a_check_whose_module_hangs_at_its_end_is_negative(program, tmp_path):
    path = program.write_configuration(tmp_path, bad("destroy_hangs"), settings="drain_timeout_ms = 200")
    done = program.run("check", "-c", path)
    assert done.returncode == 1 and 'plugin \\"bad\\": destroy has not returned within 200 ms' in done.stderr
    assert not list(tmp_path.glob("radhost-*"))


def test_what_a_module_leaves_behind_is_named(radhost):
    server = radhost(bad("leaves_lists"))
    server.stop()
    entry, = logged(server, "lists of attributes were left behind")
    assert (entry["plugin"], entry["lists"], entry["level"]) == ("bad", 2, "warn")

    server = radhost(bad("keeps_token", "timeout_ms = 100"), settings="drain_timeout_ms = 200")
    assert answer_to(server, "bob").code == wire.ACCESS_REJECT
    server.stop()
    entry, = logged(server, "requests were left in hand")
    assert (entry["plugin"], entry["requests"]) == ("bad", 1)


def test_who_leaves_nothing_behind_is_not_named(radhost):
    server = radhost(LOOPBACK_CLIENT + GOOD)
    good_server_survives(server)
    server.stop()
    assert not [entry for entry in server.log() if " left " in entry["message"]]


def test_timers_that_are_left_are_called_before_the_thread_ends_and_begin_no_others(radhost):
    server = radhost(bad("leaves_timers"), workers=1)
    server.stop()
    said = [entry["message"] for entry in server.log() if entry.get("plugin") == "bad"]
    assert said == ["a timer is gone", "a timer is gone", "the thread ends"]


# What is kept too long (with guard rails: they are on in builds for development)

def test_what_a_module_keeps_too_long_is_of_no_use(radhost):
    server = radhost(bad("keeper"))
    assert answer_to(server, "keep").code == wire.ACCESS_ACCEPT
    server.wait_for_log(lambda entry: entry["message"] == "done 0")
    said = [entry["message"] for entry in server.log() if entry.get("plugin") == "bad" and entry["level"] == "info"]
    # Without guard rails the module itself keeps from it: anything might happen.
    later = ["used later 0", "info -9", "list 0", "find -9", "prebuilt -9", "poisoned 1"] if GUARDED else []
    assert said == ["used in time 0", "info 0", "list 1", "find 0", *later, "done 0"]
    named = [(entry["message"], entry["plugin"]) for entry in server.log() if entry["level"] == "error"]
    assert named == ([("a request is used when it is not in the module's hands", "bad")] * 3 +
                     [("a prebuilt list is used after its end", "bad")] if GUARDED else [])
    good_server_survives(server)


def test_what_a_module_uses_in_time_is_of_use(radhost):
    server = radhost(bad("scripted", "[plugin.bad.config]\nverdict = 1\nreply_message = \"x\""))
    assert message(answer_to(server, "bob")) == "x"
    assert not [entry for entry in server.log() if entry["level"] == "error"]
