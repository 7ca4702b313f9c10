# SPDX-License-Identifier: Apache-2.0
"""`radhost swap` and `rollback`: another build of a module on a running listener, and what becomes of the old one."""

import hashlib
import json
import os
import re
import time

import pytest

from support import wire
from support.configurations import LOOPBACK_CLIENT, SECRET, later_plugin, listener, static_plugin
from support.later import ask, message
from support.server import Server
from support.stamped import Askers, build_of, client_of, command, is_gone, mapped, module, stamped
from support.waiting import wait_until

ONE = LOOPBACK_CLIENT + stamped() + listener("auth", '["access", "accounting"]', '["stamped"]')
TWO = ONE + listener("other", '["access"]', '["stamped"]')


# A swap

@pytest.mark.parametrize("workers", [1, 2])
def test_from_the_acknowledgement_on_the_new_build_answers(radhost, program, workers):
    server = radhost(ONE, workers=workers)
    assert build_of(server) == "a"
    for number in range(8):
        build = "ba"[number % 2]
        server.control.swap("auth.stamped", module(program, f"stamped_{build}"))
        with client_of(server) as client:  # some Identifiers, so that each worker is asked
            assert {message(client.exchange(ask(client, "now"))) for _ in range(4)} == {build}


def test_a_swap_tells_what_was_replaced_by_what(radhost, program):
    server = radhost(ONE)
    before, = server.control.plugins("auth")
    done = server.control.swap("auth.stamped", module(program, "stamped_b"))
    assert list(done) == ["listener", "plugin", "now", "before"]
    assert (done["listener"], done["plugin"]) == ("auth", "stamped")
    assert done["before"]["sha256"] == before["sha256"]
    assert done["now"] == {"module": str(module(program, "stamped_b")), "id": "org.radhost.test.stamped",
                           "version": "1.0.0-b", "sha256": done["now"]["sha256"], "generation": 2}
    wait_until(lambda: is_gone(server))
    now, = server.control.plugins("auth")
    assert now == {"name": "stamped", "id": "org.radhost.test.stamped", "version": "1.0.0-b",
                   "sha256": done["now"]["sha256"], "generation": 2, "state": "serving", "swapped": True,
                   "in_flight": 0, "blocked_by": []}


def test_the_command_prints_it_for_people_and_as_json(radhost, program):
    server = radhost(ONE)
    done = command(program, server, "swap", "auth.stamped", module(program, "stamped_b"))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "auth.stamped is swapped"
    assert re.fullmatch(r"  now    org\.radhost\.test\.stamped 1\.0\.0-b, generation 2, /\S+/stamped_b\.so "
                        r"\([0-9a-f]{12}\)", lines[1])
    assert lines[2].startswith("  before org.radhost.test.stamped 1.0.0-a, generation 1, /")
    done = command(program, server, "rollback", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["now"]["version"] == "1.0.0-a"


def test_only_the_listener_that_is_named_changes(radhost, program):
    server = radhost(TWO)
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    assert (build_of(server), build_of(server, "other")) == ("b", "a")
    assert [plugin["swapped"] for plugin in server.control.plugins("other")] == [False]
    server.control.swap("other.stamped", module(program, "stamped_b"))
    wait_until(lambda: is_gone(server, "other"))
    assert mapped(server, "modules/") == mapped(server, server.control.plugins("auth")[0]["sha256"])


def test_the_plugin_keeps_its_table(radhost, program):
    server = radhost(ONE.replace("timeout_ms = 5000\n", 'timeout_ms = 5000\n[plugin.stamped.config]\ntext = "hello"\n'))
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    assert build_of(server) == "hello"


def test_accounting_is_swapped_with_it(radhost, program):
    server = radhost(ONE)
    for build in "aba":
        server.control.swap("auth.stamped", module(program, f"stamped_{build}"))
        with client_of(server) as client:
            answer = client.exchange(client.accounting_request([
                (wire.ACCT_STATUS_TYPE, wire.integer(1)), (wire.ACCT_SESSION_ID, b"S1"),
                (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1"))]))
            assert answer.vendor_values(99999, 1) == [build.encode()]


def test_the_old_library_leaves_the_process(radhost, program):
    server = radhost(ONE)
    old = server.control.plugins("auth")[0]["sha256"]
    assert mapped(server, old) > 0
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    wait_until(lambda: mapped(server, old) == 0)
    wait_until(lambda: is_gone(server))  # what is told of it follows


def test_a_retransmission_gets_the_first_answer_whoever_serves_by_then(radhost, program):
    server = radhost(ONE)
    with client_of(server) as client:
        request = ask(client, "now")
        client.send(request)
        first = client.receive()
        server.control.swap("auth.stamped", module(program, "stamped_b"))
        client.send(request)
        assert client.receive() == first
        assert message(wire.check_answer(first, request, SECRET)) == "a"


# What is under way

@pytest.mark.parametrize("way", ["pending 2500", "offload 2500"])
def test_a_request_under_way_is_answered_by_who_began_it(radhost, program, way):
    server = radhost(ONE)
    with client_of(server) as client:
        request = ask(client, way)
        client.send(request)
        wait_until(lambda: server.control.plugins("auth")[0]["in_flight"] == 1)
        server.control.swap("auth.stamped", module(program, "stamped_b"))
        now, old = server.control.plugins("auth")
        assert (old["state"], old["generation"], old["in_flight"]) == ("draining", 1, 1)
        assert old["blocked_by"] == ["1 request"]
        assert build_of(server) == "b"
        assert message(client.answer_to(request)) == "a"
        wait_until(lambda: is_gone(server))
        assert mapped(server, old["sha256"]) == 0 and now["state"] == "serving"


def test_a_conversation_goes_on_where_it_began(radhost, program):
    server = radhost(ONE)
    with client_of(server) as client:
        answer = client.exchange(ask(client, "rounds 4"))
        for build in "baba":
            server.control.swap("auth.stamped", module(program, f"stamped_{build}"))
            assert build_of(server) == build
            state, = answer.values(wire.STATE)
            assert message(answer) == "a"
            answer = client.exchange(ask(client, "rounds 4", [(wire.STATE, state)]))
        assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, "a")
        wait_until(lambda: is_gone(server))


def test_status_tells_that_a_conversation_is_open(radhost, program):
    server = radhost(ONE)
    with client_of(server) as client:
        client.exchange(ask(client, "rounds 4"))
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    wait_until(lambda: server.control.plugins("auth")[1]["blocked_by"] == ["1 conversation"])


def test_what_takes_longer_than_a_drain_may_is_cut_short(radhost, program):
    server = radhost(ONE, settings="drain_timeout_ms = 1000")
    with client_of(server) as client, client_of(server) as other:
        challenge = client.exchange(ask(client, "rounds 4"))
        other.send(request := ask(other, "pending 4800"))
        wait_until(lambda: server.control.plugins("auth")[0]["in_flight"] == 1)
        begin = time.monotonic()
        server.control.swap("auth.stamped", module(program, "stamped_b"))
        assert other.answer_to(request).code == wire.ACCESS_REJECT
        wait_until(lambda: is_gone(server))
        assert 0.9 < time.monotonic() - begin < 4.5
        state, = challenge.values(wire.STATE)
        assert client.exchange(ask(client, "rounds 4", [(wire.STATE, state)])).code == wire.ACCESS_REJECT
    assert [entry for entry in server.log() if "cut short" in entry["message"]]


def test_a_reject_that_waits_for_its_time_holds_up_no_drain(radhost, program):
    """It is encoded and signed; nobody's code is asked for it any more."""
    server = radhost(LOOPBACK_CLIENT + later_plugin() +
                     listener("auth", '["access"]', '["later"]').replace("reject_delay_ms = 0", "reject_delay_ms = 3000"))
    with client_of(server) as client:
        begin = time.monotonic()
        client.send(request := ask(client, "now 0 reject"))
        wait_until(lambda: server.stats().listener("auth")["access"]["rejects"] == 1)
        server.control.swap("auth.later", module(program, "later"))
        wait_until(lambda: is_gone(server))
        assert time.monotonic() - begin < 2.5
        assert client.answer_to(request).code == wire.ACCESS_REJECT
        assert time.monotonic() - begin >= 3


def test_data_ends_with_the_code_that_made_it(radhost, program):
    """A conversation's data has its destructor in the old library, which stays for it; and it ends when it runs out."""
    server = radhost(ONE, settings="conversation_timeout_ms = 2500")
    with client_of(server) as client:
        client.exchange(ask(client, "rounds 4"))
    old = server.control.plugins("auth")[0]["sha256"]
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    time.sleep(0.2)
    assert mapped(server, old) > 0
    wait_until(lambda: mapped(server, old) == 0, timeout_s=10)
    assert server.process.running() and build_of(server) == "b"


# Refusals, which change nothing

STEPS = [
    ("no_entry", "load", "it exports no radius_plugin_v1"),
    ("wrong_major", "load", "it was built for radius_plugin_v2, which this host does not serve"),
    ("executable_stack", "load", "it wants an executable stack (link it with -z noexecstack)"),
    ("create_fails", "be created", "the moon is full"),
    ("start_fails", "start", "the moon is full"),
    ("thread_start_fails", "start", "the moon is full"),
]


@pytest.mark.parametrize("fault, step, reason", STEPS)
def test_a_module_that_fails_leaves_the_running_one_in_place(radhost, program, fault, step, reason):
    server = radhost(ONE)
    error, details = server.control.refuse_swap("auth.stamped", module(program, fault))
    assert error == f"auth.stamped is not swapped, and nothing has changed: it fails to {step}"
    assert len(details) == 1 and details[0].endswith(reason)
    assert build_of(server) == "a"
    wait_until(lambda: is_gone(server))
    assert len(server.control.plugins("auth")) == 1
    assert build_of(server) == "a"
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    assert build_of(server) == "b"


@pytest.mark.parametrize("fault, step", [("load_hangs", "load"), ("create_hangs", "be created"),
                                         ("start_hangs", "start")])
def test_a_module_that_hangs_leaves_the_running_one_in_place(radhost, program, fault, step):
    server = radhost(ONE.replace("timeout_ms = 5000\n", "timeout_ms = 5000\nstart_timeout_ms = 1500\n"))
    error, details = server.control.refuse_swap("auth.stamped", module(program, fault))
    assert error == f"auth.stamped is not swapped, and nothing has changed: it fails to {step}"
    assert len(details) == 1 and "has not returned within 1500 ms" in details[0]
    assert build_of(server) == "a"
    if fault == "load_hangs":  # which holds up all others
        _, details = server.control.refuse_swap("auth.stamped", module(program, "stamped_b"))
        assert "hangs while it is loaded" in details[0]
    else:
        server.control.swap("auth.stamped", module(program, "stamped_b"))
        assert build_of(server) == "b"


def test_a_copy_that_cannot_be_made_leaves_the_running_one_in_place(radhost, program):
    server = radhost(ONE)
    file = module(program, "stamped_b")
    in_the_way = server.folder / "state" / "modules" / (hashlib.sha256(file.read_bytes()).hexdigest() + ".so")
    in_the_way.mkdir()
    error, details = server.control.refuse_swap("auth.stamped", file)
    assert error == "auth.stamped is not swapped, and nothing has changed: it fails to load"
    assert len(details) == 1 and f"cannot copy it to {in_the_way}: " in details[0]
    assert build_of(server) == "a"
    assert list(in_the_way.parent.glob("*.so.*")) == []  # nothing half-written
    in_the_way.rmdir()
    server.control.swap("auth.stamped", file)
    assert build_of(server) == "b"


def test_a_worker_that_is_held_leaves_the_running_one_in_place(radhost, program):
    """It cannot be told to go over, nor to start a thread; who waits for that is told which worker it is."""
    server = radhost(ONE.replace("timeout_ms = 5000\n", "timeout_ms = 5000\nstart_timeout_ms = 500\n") +
                     later_plugin(timeout_ms=20000) + listener("held", '["access"]', '["later"]'))
    with client_of(server, "held") as client:
        request = ask(client, "block 7000 accept")
        client.send(request)
        wait_until(lambda: server.stats().listener("held")["requests"] == 1)
        error, details = server.control.refuse_swap("auth.stamped", module(program, "stamped_b"))
        assert error == "auth.stamped is not swapped, and nothing has changed: it fails to start"
        assert len(details) == 1 and "worker 0" in details[0]
        client.socket.settimeout(10)
        assert client.answer_to(request).code == wire.ACCESS_ACCEPT
    assert build_of(server) == "a"
    wait_until(lambda: is_gone(server))
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    assert build_of(server) == "b"


def test_a_mistake_in_its_table_is_told_with_its_place(radhost, program):
    server = radhost(ONE.replace("timeout_ms = 5000\n", 'timeout_ms = 5000\n[plugin.stamped.config]\ntext = "hello"\n'))
    error, details = server.control.refuse_swap("auth.stamped", program.plugin_path / "static.so")
    assert error.endswith("it fails to be created")
    assert details and all(detail.startswith(str(server.configuration) + ":") for detail in details)
    assert build_of(server) == "hello"


@pytest.mark.parametrize("target", ["auth", "auth.", "auth.nobody", "nobody.stamped", ".stamped", "auth.stamped.x"])
def test_a_target_that_is_none_is_refused_with_those_that_are(radhost, program, target):
    server = radhost(TWO)
    error, details = server.control.refuse_swap(target, module(program, "stamped_b"))
    assert error == f'there is no "{target}" to be swapped'
    assert details == ["there is auth.stamped", "there is other.stamped"]


def test_a_file_that_is_not_there_is_refused(radhost, tmp_path):
    server = radhost(ONE)
    _, details = server.control.refuse_swap("auth.stamped", tmp_path / "nothing.so")
    assert details == [f"{tmp_path}/nothing.so: it cannot be read: No such file or directory"]


def test_a_file_that_is_not_to_be_trusted_is_refused(radhost, program, tmp_path):
    server = radhost(ONE)
    file = tmp_path / "mine.so"
    file.write_bytes(module(program, "stamped_b").read_bytes())
    file.chmod(0o666)
    _, details = server.control.refuse_swap("auth.stamped", file)
    assert details == [f"{file}: everybody may write to it (mode 0666): chmod o-w"]
    file.chmod(0o644)
    assert build_of(server) == "a"
    file.write_bytes(module(program, "stamped_b").read_bytes())
    server.control.swap("auth.stamped", file)
    assert build_of(server) == "b"


def test_a_file_that_is_cut_short_anywhere_is_refused(radhost, program, tmp_path):
    server = radhost(ONE)
    whole = module(program, "stamped_b").read_bytes()
    file = tmp_path / "mine.so"
    for size in (0, 40, 64, 5000, len(whole) // 2, len(whole) - 4097, len(whole) - 1):
        file.write_bytes(whole[:size])
        error, details = server.control.refuse_swap("auth.stamped", file)
        assert error.endswith("it fails to load") and len(details) == 1
        if size >= 5000:
            assert details == [f"{file}: it is cut short: its header tells of more octets than there are"]
    assert build_of(server) == "a"
    file.write_bytes(whole)
    server.control.swap("auth.stamped", file)
    assert build_of(server) == "b"


def test_the_command_fails_with_the_reason(radhost, program):
    server = radhost(ONE)
    done = command(program, server, "swap", "auth.stamped", module(program, "create_fails"))
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("radhost swap: auth.stamped is not swapped, and nothing has changed")
    assert "the moon is full" in done.stderr
    done = command(program, server, "rollback", "auth.stamped")
    assert (done.returncode, done.stderr) == (
        1, 'radhost rollback: "auth.stamped" was never swapped: there is no way back\n')


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"target": "auth.stamped"}', '{"target": 1, "file": "/x"}',
                                  '{"target": "auth.stamped", "file": "relative.so"}'])
def test_a_request_that_makes_no_sense_is_a_400(radhost, body):
    server = radhost(ONE)
    assert server.control.request("POST", "/v1/swap", body)[0] == 400
    assert build_of(server) == "a"


def test_there_are_no_more_draining_than_may_be(radhost, program):
    server = radhost(ONE, settings="max_draining = 1")
    with client_of(server) as client:
        client.exchange(ask(client, "rounds 4"))
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    error, details = server.control.refuse_swap("auth.stamped", module(program, "stamped_a"))
    assert error.endswith("it fails to find room")
    assert details == ["as many instances are draining as max_draining allows: stamped (generation 1): "
                       "1 conversation"]
    assert build_of(server) == "b"


# Those that do not end

def test_a_module_that_can_never_be_unloaded_is_resident(radhost, program):
    server = radhost(ONE)
    server.control.swap("auth.stamped", module(program, "no_delete"))
    resident = server.control.plugins("auth")[0]["sha256"]
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    wait_until(lambda: [plugin["state"] for plugin in server.control.plugins("auth")] == ["serving", "resident"])
    assert server.control.plugins("auth")[1]["sha256"] == resident and mapped(server, resident) > 0


@pytest.mark.parametrize("fault", ["stop_hangs", "destroy_hangs", "unload_hangs"])
def test_a_module_whose_end_hangs_is_a_zombie(radhost, program, fault):
    server = radhost(ONE, settings="drain_timeout_ms = 1000")
    server.control.swap("auth.stamped", module(program, fault))
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    wait_until(lambda: [plugin["state"] for plugin in server.control.plugins("auth")] == ["serving", "zombie"])
    assert server.control.plugins("auth")[1]["blocked_by"] == ["its end does not return"]
    assert build_of(server) == "b"


@pytest.mark.parametrize("fault", ["leaves_thread", "leaves_deep_thread"])
def test_a_module_whose_thread_goes_on_is_a_zombie_and_not_unloaded_under_it(radhost, program, fault):
    server = radhost(ONE)
    server.control.swap("auth.stamped", module(program, fault))
    sha256 = server.control.plugins("auth")[0]["sha256"]
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    wait_until(lambda: [plugin["state"] for plugin in server.control.plugins("auth")] == ["serving", "zombie"])
    assert server.control.plugins("auth")[1]["blocked_by"] == ["threads that it began have not ended"]
    left, = (entry for entry in server.log() if "still inside of its code" in entry["message"])
    assert (left["plugin"], left["threads"]) == ("stamped", 1)
    time.sleep(0.1)  # the thread goes on
    assert mapped(server, sha256) > 0 and build_of(server) == "b"


def test_there_are_no_more_zombies_than_may_be(radhost, program):
    server = radhost(ONE, settings="drain_timeout_ms = 1000\nmax_zombies = 1")
    server.control.swap("auth.stamped", module(program, "stop_hangs"))
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    wait_until(lambda: [plugin["state"] for plugin in server.control.plugins("auth")] == ["serving", "zombie"])
    error, details = server.control.refuse_swap("auth.stamped", module(program, "stamped_a"))
    assert error.endswith("it fails to find room")
    assert details == ["as many modules stay in the process as max_zombies allows: stamped (generation 2): its "
                       "end does not return"]
    assert build_of(server) == "b"


# Rollback

def test_rollback_goes_one_step_back_and_the_next_one_forth(radhost, program):
    server = radhost(ONE)
    server.control.swap("auth.stamped", module(program, "stamped_b"))
    for build, swapped in (("a", False), ("b", True), ("a", False)):
        server.control.post("/v1/rollback", target="auth.stamped")
        assert build_of(server) == build
        assert server.control.plugins("auth")[0]["swapped"] is swapped


def test_rollback_needs_no_file_but_its_own_copy(radhost, program, tmp_path):
    server = radhost(ONE)
    file = tmp_path / "mine.so"
    file.write_bytes(module(program, "stamped_b").read_bytes())
    server.control.swap("auth.stamped", file)
    server.control.swap("auth.stamped", module(program, "stamped_a"))
    file.unlink()
    server.control.post("/v1/rollback")
    assert build_of(server) == "b"


def test_a_copy_that_somebody_changed_is_not_loaded(radhost, program):
    """Neither one that has other octets at its end, nor one that has more or fewer."""
    server = radhost(ONE)
    file = module(program, "stamped_b")
    server.control.swap("auth.stamped", file)
    copy = server.folder / "state" / "modules" / (server.control.plugins("auth")[0]["sha256"] + ".so")
    right = file.read_bytes()
    for wrong in (right[:-1] + bytes([right[-1] ^ 1]), right + b"more", right[:-1], b""):
        server.control.swap("auth.stamped", module(program, "stamped_a"))
        wait_until(lambda: is_gone(server))
        copy.unlink()  # not over what a process may still have mapped
        copy.write_bytes(wrong)
        server.control.swap("auth.stamped", file)
        assert copy.read_bytes() == right
        assert build_of(server) == "b"


def test_a_rollback_before_any_swap_is_refused(radhost):
    server = radhost(ONE)
    assert server.control.refuse("/v1/rollback") == ("nothing was swapped: there is no way back", [])
    assert server.control.refuse("/v1/rollback", target="auth.stamped") == (
        '"auth.stamped" was never swapped: there is no way back', [])


# Under load

def test_swaps_under_load_lose_nothing(radhost, program):
    """Requests of all ways from some clients, while builds are swapped: each is answered, by one build."""
    server = radhost(ONE + static_plugin("yes", "accept"), workers=2)
    with Askers(server) as askers:
        for number in range(40):
            server.control.swap("auth.stamped", module(program, f"stamped_{'ba'[number % 2]}"))
    assert askers.problems == []
    assert {way for way, _ in askers.answered} == set(Askers.WAYS)
    assert {text for _, text in askers.answered} == {"a", "b"}
    wait_until(lambda: is_gone(server))
    counters = server.stop()
    assert counters.listener("auth")["in_flight"] == 0


# What is left in the state directory

def test_a_server_removes_what_earlier_ones_have_left_of_modules(radhost, program):
    server = radhost(ONE)
    modules = server.folder / "state" / "modules"
    loaded, = modules.iterdir()
    old, young, foreign = (modules / name for name in ("a" * 64 + ".so", "b" * 64 + ".so", "other.so"))
    for path in (old, young, foreign):
        path.write_text("left", encoding="utf-8")
    for path in (loaded, old, foreign):
        os.utime(path, (0, 0))
    server.stop()
    again = Server(program, server.folder, None)
    try:
        assert set(modules.iterdir()) == {loaded, young, foreign}
        assert build_of(again) == "a"
    finally:
        again.stop()
