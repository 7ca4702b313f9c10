# SPDX-License-Identifier: Apache-2.0
"""`radhost plugin check`: what it says of each bad module, exactly; and that it finds nothing in good ones."""

import json
import os
import re
import time
from pathlib import Path

import pytest

SANITIZED = os.environ.get("RADHOST_SANITIZE", "")
# Signals are the module's own affair, whatever else looks at them.
QUIET = {f"{name}_OPTIONS": f"{os.environ.get(name + '_OPTIONS', '')}:handle_segv=0:handle_abort=0"
         for name in ("ASAN", "TSAN")}
ROUNDS = 20
HEADER = Path(__file__).resolve().parents[2] / "sdk/include/radius/abi.h"
ABI = "1." + re.search(r"#define RADIUS_PLUGIN_ABI_MINOR (\d+)", HEADER.read_text()).group(1)
BAD = f"note: org.radhost.test.bad 1, made with ABI {ABI}, for hosts from ABI 1.0"
LEAKY = f"note: org.radhost.test.leaky 1, made with ABI {ABI}, for hosts from ABI 1.0"
WORKED = f"note: it was loaded, served and unloaded {ROUNDS} times"


class Check:
    """Runs the command for one of the tests' modules or of those that ship."""

    def __init__(self, program):
        self.program = program

    def path(self, module):
        built = self.program.test_plugin_path / f"{module}.so"
        return built if built.exists() else self.program.plugin_path / f"{module}.so"

    def __call__(self, module, *options, rounds=ROUNDS, settings=()):
        settings = [part for setting in settings for part in ("--set", setting)]
        return self.program.run("plugin", "check", self.path(module), "--rounds", str(rounds), "--dictionary",
                                self.program.dictionary, *settings, *options, timeout_s=120, environment=QUIET)

    def lines(self, module, verdict, *options, **more):
        """What it says but for the last line, which is the verdict."""
        done = self(module, *options, **more)
        said = done.stdout.splitlines()
        assert said and said[-1] == f"{self.path(module)}: {verdict}", (said, done.stderr)
        assert done.returncode == (1 if verdict == "bad" else 0)
        return said[:-1]


@pytest.fixture(scope="module")
def check(program):
    return Check(program)


# Good ones

@pytest.mark.parametrize("module, settings", [
    ("static", ["verdict=accept"]), ("static", ["verdict=pass"]), ("password", []),
    ("leaves_nothing", []), ("leaves_nothing_blocking", []), ("leaves_nothing_serial", []), ("delayed", ["delay_ms=1"]),
    ("scripted", ["verdict=1"])])
def test_a_good_module_is_good(check, module, settings):
    said = check.lines(module, "good", settings=settings)
    assert [line for line in said if not line.startswith("note: it needs")][1:] == [WORKED]


def test_modules_with_files_are_good(check, tmp_path):
    (tmp_path / "users.toml").write_text('[[user]]\nname = "bob"\npassword = "password"\n')
    assert WORKED in check.lines("files", "good", settings=[f"path={tmp_path}/users.toml"])
    assert WORKED in check.lines("acctlog", "good", settings=[f"path={tmp_path}/log"])
    # Every kind that it handles was asked: what it was given is there, once for each request of each round.
    assert len((tmp_path / "log").read_text().splitlines()) == 3 * ROUNDS


def test_a_hundred_rounds_are_what_it_does_when_nothing_is_said(program, check):
    done = program.run("plugin", "check", check.path("static"), "--dictionary", program.dictionary, timeout_s=120)
    assert "note: it was loaded, served and unloaded 100 times" in done.stdout.splitlines()


def test_what_comes_once_and_stays_is_no_leak(check):
    assert check.lines("grows_once", "good") == [LEAKY, WORKED]


def test_json_is_one_object(check):
    done = check("leaves_nothing", "--json")
    assert json.loads(done.stdout) == {
        "file": str(check.path("leaves_nothing")), "id": "org.radhost.test.leaky", "version": "1", "abi": ABI,
        "least_host": "1.0", "rounds": ROUNDS, "verdict": "good",
        "findings": [{"weight": "note", "text": LEAKY.removeprefix("note: ")},
                     {"weight": "note", "text": WORKED.removeprefix("note: ")}]}
    done = check("no_destroy", "--json")
    result = json.loads(done.stdout)
    assert done.returncode == 1 and result["verdict"] == "bad" and result["findings"][-1]["weight"] == "error"


# Judged by the file alone

FILES = {
    "no_entry": "it exports no radius_plugin_v1",
    "wrong_major": "it was built for radius_plugin_v2, which this host does not serve",
    "newer_minor": "it needs a host with ABI 1.999",
    "executable_stack": "it wants an executable stack (link it with -z noexecstack)",
    "own_place": 'its run path "$ORIGIN/libraries" starts at its own place, and it is loaded from a copy elsewhere',
}


@pytest.mark.parametrize("module, why", FILES.items())
def test_a_file_that_cannot_be_loaded_is_refused_without_running_it(check, module, why):
    said = check.lines(module, "bad")
    assert said[1:] == [f"error: {why}"] and said[0].startswith("note: org.radhost.test.bad 1, made with ABI ")


@pytest.mark.parametrize("content, why", [
    (b"", "it is no ELF file, or was cut short"), (b"#!/bin/sh\n", "it is no ELF file, or was cut short")])
def test_what_is_no_module_is_refused(program, tmp_path, content, why):
    (tmp_path / "x.so").write_bytes(content)
    done = program.run("plugin", "check", "x.so", "--dictionary", program.dictionary, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, f"error: {why}\nx.so: bad\n")


def test_a_file_that_is_not_there_is_refused(program, tmp_path):
    done = program.run("plugin", "check", "x.so", "--dictionary", program.dictionary, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "error: it cannot be read: No such file or directory\nx.so: bad\n")


ODD = {
    "no_delete": "it asks never to be unloaded (-z nodelete)",
    "unique_symbol": "it has symbols that are unique in a process, such as radhost_unique (compile it with "
                     "-fno-gnu-unique)",
    "static_tls": "it takes static TLS, of which a process has little (do not compile it with "
                  "-ftls-model=initial-exec)",
    "text_relocation": "it changes its own code when it is loaded (compile it with -fPIC)",
}


@pytest.mark.parametrize("module, why", ODD.items())
def test_a_file_that_is_odd_is_good_with_a_warning(check, module, why):
    said = check.lines(module, "good, with warnings")
    assert [line for line in said if "it exports more" not in line] == [BAD, f"warning: {why}", WORKED]
    assert check(module, "--strict", rounds=1).returncode == 1


def test_what_a_module_shows_beside_its_entry_is_a_warning(check):
    why = ("warning: it exports more than its entry, such as radhost_unique (build it with radius_add_plugin, or "
           "-fvisibility=hidden)")
    assert why in check.lines("unique_symbol", "good, with warnings")
    assert not [line for line in check.lines("static_tls", "good, with warnings") if "exports" in line]


def test_a_module_without_handlers_is_good_with_a_warning(check):
    assert check.lines("no_handlers", "good, with warnings") == [
        BAD, WORKED, f"warning: logged: a module has no handlers: it passes every request by ({ROUNDS} times)"]


# Refused when they are loaded or made

LOADED = {
    "short_descriptor": "{path}: its descriptor is missing or too short",
    "no_destroy": "{path}: its descriptor has no create or no destroy",
    "unknown_threading": "{path}: it declares a threading model that this host does not know",
    "start_fails": 'plugin "start_fails" does not start: the moon is full',
    "thread_start_fails": 'plugin "thread_start_fails" does not start on a thread: the moon is full',
}


@pytest.mark.parametrize("module, why", LOADED.items())
def test_a_module_that_cannot_be_loaded_or_started_says_why(check, module, why):
    assert check.lines(module, "bad") == [BAD, "error: " + why.format(path=check.path(module))]


@pytest.mark.parametrize("module, why", [("create_fails", "the moon is full"),
                                         ("create_fails_silently", "a file, socket or back end failed")])
def test_a_create_that_fails_is_no_crash(check, module, why):
    assert check.lines(module, "bad") == [BAD, f'error: {check.path(module)}: plugin "{module}": {why}',
                                          "note: if it is configuration that is missing, give --set key=value"]


def test_what_a_module_wants_configured_is_given_with_set(check):
    said = check.lines("wants_configuration", "bad")
    assert said == [LEAKY, f'error: {check.path("wants_configuration")}: plugin "wants_configuration": '
                    'the key "path" is needed', "note: if it is configuration that is missing, give --set key=value"]
    assert check.lines("wants_configuration", "good", settings=["path=x"]) == [LEAKY, WORKED]
    said = check.lines("wants_configuration", "bad", settings=["path=x", "colour=red"])
    assert said[1] == 'error: --set colour: plugin "wants_configuration" has no key "colour"'


# Left behind

LEFT = {
    "leaves_lists": f"logged: lists of attributes were left behind lists=2 ({ROUNDS} times)",
}


@pytest.mark.parametrize("module, what", LEFT.items())
def test_what_a_module_leaves_with_the_host_is_named(check, module, what):
    assert check.lines(module, "bad") == [BAD, WORKED, f"error: {what}"]


def test_timers_are_never_left(check):
    assert check.lines("leaves_timers", "good") == [BAD, WORKED]


def test_a_request_that_is_kept_is_named(check):
    said = check.lines("keeps_token", "bad", rounds=1)
    assert "error: logged: requests were left in hand requests=4" in said
    assert "warning: logged: handler failed: it gave no verdict in time" in said


LEAKS = {
    "leaves_thread": "threads: 1 more each round",
    "leaves_descriptor": "descriptors: 1 more each round, such as /dev/null",
    "leaves_signal_handler": "signal handlers: the one of SIGUSR2 is left changed",
    "leaves_itself": "it stays in memory when it is unloaded (does a thread of the host's keep something of it, such "
                     "as a thread_local with a destructor?)",
}


@pytest.mark.parametrize("module, what", LEAKS.items())
def test_what_a_module_leaves_in_the_process_is_named(check, module, what):
    assert f"error: {what}" in check.lines(module, "bad")


def test_mappings_that_are_left_are_told_by_the_round(check):
    if SANITIZED:  # its own mappings come and go, and are not counted
        assert check.lines("leaves_mapping", "good") == [LEAKY, WORKED]
        return
    said = check.lines("leaves_mapping", "bad")
    assert said == [LEAKY, WORKED, "error: mappings: 2 more each round, such as memory of no file"]


def test_memory_that_is_left_is_told_by_the_round(check):
    if SANITIZED:  # a sanitizer's own heap tells nothing of what is allocated, and so does the check
        assert check.lines("leaves_memory", "good") == [LEAKY, WORKED]
        return
    said = check.lines("leaves_memory", "bad")
    assert said[:2] == [LEAKY, WORKED] and len(said) == 3
    octets = int(said[2].removeprefix("error: memory: ").removesuffix(" octets more each round"))
    assert 1000 <= octets < 1100


# Crashes and hangs: the step is named, and there is an end

SUDDEN = {
    "crashes_in_create": "it is killed by SIGSEGV in create (round 1)",
    "crashes_in_handler": "it is killed by SIGSEGV in handle_access (round 1)",
    "aborts_in_stop": "it is killed by SIGABRT in stop (round 1)",
    "exits_in_start": "it ends the process in start (round 1)",
    "exits_in_handler": "it ends the process in handle_access (round 1)",
}


@pytest.mark.parametrize("module, what", SUDDEN.items())
def test_a_module_that_ends_the_process_is_named_with_the_step(check, module, what):
    said = check.lines(module, "bad")
    # It may take its time to end.
    assert [line for line in said if "a handler is holding a worker" not in line] == [LEAKY, f"error: {what}"]


HANGS = {
    "load_hangs": 'error: {path}: plugin "load_hangs": loading it has not returned within 500 ms; its thread is '
                  "abandoned",
    "create_hangs": 'error: {path}: plugin "create_hangs": create has not returned within 500 ms; its thread is '
                    "abandoned",
    "start_hangs": 'error: plugin "start_hangs": start has not returned within 500 ms; its thread is abandoned',
    "starts_later": 'error: plugin "starts_later" does not start: it has not said so within 500 ms',
    "handler_hangs": "error: handle_access has not returned within 500 ms",
    "thread_stop_hangs": "error: it does not come back in thread_stop (round 1)",
    "stop_hangs": 'error: logged: plugin "stop_hangs": stop has not returned within 500 ms; its thread is abandoned',
    "destroy_hangs": 'error: logged: plugin "destroy_hangs": destroy has not returned within 500 ms; its thread is '
                     "abandoned",
}


@pytest.mark.parametrize("module, what", HANGS.items())
def test_a_module_that_hangs_is_named_with_the_step(check, module, what):
    begin = time.monotonic()
    assert what.format(path=check.path(module)) in check.lines(module, "bad", "--timeout-ms", "500")
    assert time.monotonic() - begin < 30


# While they serve

def test_a_handler_that_fails_is_a_warning(check):
    said = check.lines("scripted", "good, with warnings", settings=["verdict=77"])
    assert any(line.startswith("warning: logged: handler failed: 77 is not a verdict") for line in said)


def test_nothing_is_left_of_a_check(check, program, tmp_path):
    for module in ("leaves_nothing", "create_hangs", "handler_hangs"):
        program.run("plugin", "check", check.path(module), "--rounds", "2", "--timeout-ms", "200", "--dictionary",
                    program.dictionary, environment={"TMPDIR": str(tmp_path)})
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("options", [["--rounds", "0"], ["--rounds", "many"], ["--timeout-ms", "1"], ["--set"]])
def test_wrong_usage_is_told_so(check, options):
    assert check("static", *options).returncode == 64
