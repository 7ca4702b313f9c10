# SPDX-License-Identifier: Apache-2.0
"""The control socket: who may use it, what it tells, what it changes, and that no abuse of it disturbs serving."""

import contextlib
import dataclasses
import json
import os
import re
import shutil
import signal
import socket
import stat
import time
from pathlib import Path

import pytest

from support import wire
from support.client import Client
from support.configurations import (ACCESS, ACCESS_PLUGINS, AUTH_LISTENER, BOB, LOOPBACK_CLIENT, SECRET, listener,
                                    static_plugin)
from support.control import connect
from support.processes import Process
from support.server import Counters

FILES = {"users.toml": BOB}
TWO_LISTENERS = (LOOPBACK_CLIENT + static_plugin("yes", "accept") + static_plugin("no", "reject") +
                 listener("auth", '["access"]', '["yes"]') +
                 listener("dynauth", '["coa", "disconnect"]', '{ coa = ["no", "yes"] }', '["127.0.0.1:0", "[::1]:0"]'))


def ask_radius(server, name=b"bob", password=b"hello"):
    with Client(server.address("auth"), SECRET) as client:
        return client.pap(name, password).code


def command(program, server, *arguments, **options):
    return program.run(*arguments, "--control", server.control.path, **options)


# The socket

def test_the_socket_is_for_the_service_and_its_group_alone(radhost):
    server = radhost(ACCESS, files=FILES)
    status = server.control.path.stat()
    assert stat.S_ISSOCK(status.st_mode) and stat.S_IMODE(status.st_mode) == 0o660
    assert (status.st_uid, status.st_gid) == (os.geteuid(), os.getegid())


def test_the_socket_is_gone_with_the_server(radhost):
    server = radhost(ACCESS, files=FILES)
    assert server.control.path.exists()
    server.stop()
    assert not server.control.path.exists()


def test_there_is_none_where_it_is_switched_off(radhost):
    server = radhost(ACCESS, files=FILES, control="")
    assert not server.control.path.exists()
    assert ask_radius(server) == wire.ACCESS_ACCEPT


def test_a_missing_folder_is_made(radhost):
    server = radhost(ACCESS, files=FILES, control="run/radhost/control.sock")
    assert (server.folder / "run/radhost/control.sock").is_socket()


def test_the_socket_of_a_dead_server_is_replaced(radhost, program):
    server = radhost(ACCESS, files=FILES)
    server.kill()
    assert server.control.path.is_socket()
    second = Process([program.path, "serve", "-c", server.configuration])
    assert second.stderr.wait_for(lambda line: '"ready"' in line, 20), second.report()
    assert server.control.get("/v1/status")["pid"] == second.pid
    second.signal(signal.SIGTERM)
    assert second.wait(20) == 0


def test_the_socket_of_a_running_server_is_not(radhost, program):
    server = radhost(ACCESS, files=FILES)
    second = Process([program.path, "serve", "-c", server.configuration])
    assert second.wait(20) == 1, second.report()
    assert f"a running server has the control socket {server.control.path}" in second.stderr.text()
    assert server.control.get("/v1/status")["pid"] == server.process.pid


def test_a_file_in_its_place_is_left_alone(program, tmp_path):
    configuration = program.write_configuration(tmp_path, ACCESS, files=FILES)
    (tmp_path / "control.sock").write_text("precious")
    done = program.run("serve", "-c", configuration)
    assert done.returncode == 1 and "is no socket" in done.stderr
    assert (tmp_path / "control.sock").read_text() == "precious"


def test_a_path_that_cannot_be_had_is_an_error(program, tmp_path):
    configuration = program.write_configuration(tmp_path, ACCESS, files=FILES, control="radhost.toml/control.sock")
    done = program.run("serve", "-c", configuration)
    assert done.returncode == 1 and "radhost.toml/control.sock" in done.stderr


def test_a_path_may_be_longer_than_the_system_takes(radhost, program):
    server = radhost(ACCESS, files=FILES, control="a" * 200 + "/control.sock")
    path = server.folder / ("a" * 200) / "control.sock"
    done = program.run("status", "--json", "--control", path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pid"] == server.process.pid


def test_two_servers_side_by_side_answer_for_themselves(radhost, program):
    servers = [radhost(ACCESS, files=FILES) for _ in range(2)]
    ask_radius(servers[0])
    assert [server.stats().listener("auth")["requests"] for server in servers] == [1, 0]
    pids = [json.loads(command(program, server, "status", "--json").stdout)["pid"] for server in servers]
    assert pids == [server.process.pid for server in servers]


# Status

def test_status_tells_what_is_served(radhost):
    server = radhost(TWO_LISTENERS, workers=2)
    status = server.control.get("/v1/status")
    assert list(status) == ["version", "pid", "uptime_ms", "workers", "last_reload", "listeners", "pools"]
    assert (status["pid"], status["workers"]) == (server.process.pid, 2)
    assert re.fullmatch(r"\d+\.\d+\.\d+", status["version"])
    assert set(status["last_reload"]) == {"at", "result"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", status["last_reload"]["at"])
    auth, dynauth = status["listeners"]
    assert list(auth) == ["name", "transport", "address", "in_flight", "chains", "plugins"]
    assert (auth["name"], auth["transport"], auth["in_flight"]) == ("auth", "udp", 0)
    assert auth["address"] == "127.0.0.1:%d" % server.port("auth")
    assert auth["chains"] == {"access": ["yes"]}
    assert [text.rpartition(":")[0] for text in dynauth["address"]] == ["127.0.0.1", "[::1]"]
    assert dynauth["chains"] == {"coa": ["no", "yes"], "disconnect": []}
    assert [plugin["name"] for plugin in dynauth["plugins"]] == ["no", "yes"]
    plugin = auth["plugins"][0]
    assert re.fullmatch(r"[0-9a-f]{64}", plugin.pop("sha256"))
    assert re.fullmatch(r"\d+\.\d+\.\d+", plugin.pop("version"))
    assert plugin == {"name": "yes", "id": "org.radhost.static", "generation": 1, "state": "serving", "swapped": False,
                      "in_flight": 0, "blocked_by": []}


def test_status_tells_when_the_program_was_replaced(radhost, program, tmp_path):
    path = tmp_path / "radhost"
    shutil.copy(program.path, path)
    server = radhost(ACCESS, files=FILES, program=dataclasses.replace(program, path=path))
    assert "program_replaced" not in server.control.get("/v1/status")
    shutil.copy(program.path, tmp_path / "newer")
    os.rename(tmp_path / "newer", path)
    assert server.control.get("/v1/status")["program_replaced"] is True
    assert "was replaced" in command(program, server, "status").stdout


def test_uptime_grows(radhost):
    server = radhost(ACCESS, files=FILES)
    first = server.control.get("/v1/status")["uptime_ms"]
    time.sleep(0.05)
    assert 50 <= server.control.get("/v1/status")["uptime_ms"] - first < 60000


def test_the_status_command_prints_the_same(radhost, program):
    server = radhost(TWO_LISTENERS)
    done = command(program, server, "status", "--json")
    assert done.returncode == 0, done.stderr
    told, asked = json.loads(done.stdout), server.control.get("/v1/status")
    del told["uptime_ms"], asked["uptime_ms"]
    assert told == asked


def test_the_status_command_prints_tables_for_people(radhost, program):
    server = radhost(TWO_LISTENERS)
    done = command(program, server, "status")
    assert done.returncode == 0, done.stderr
    lines = [re.split(r"  +", line.strip()) for line in done.stdout.splitlines()]
    assert lines[0][0].startswith("radhost ") and f"process {server.process.pid}" in lines[0][0]
    assert ["auth", "udp", "127.0.0.1:%d" % server.port("auth"), "0", "access", "yes"] in lines
    assert ["coa", "no, yes"] in [line[-2:] for line in lines]
    assert ["disconnect", "-"] in lines
    assert [line[-1] for line in lines if line[0] == "dynauth.no"] == ["serving"]


# Counters

def test_counters_move_while_the_server_serves(radhost):
    server = radhost(ACCESS, files=FILES, workers=2)
    before = server.stats()
    assert set(before.tree) == {"listeners", "plugins", "clients", "pools", "store", "discards"}
    assert before.listener("auth")["requests"] == 0 and before.tree["clients"] == {}
    for number in range(1, 4):
        ask_radius(server, password=b"wrong")
        auth = server.stats().listener("auth")
        assert (auth["requests"], auth["access"]["rejects"], auth["access"]["accepts"]) == (number, number, 0)
    assert server.stats().client("loopback")["access"]["requests"] == 3


def test_what_is_told_last_is_what_the_server_prints_at_its_end(radhost):
    server = radhost(ACCESS, files=FILES)
    ask_radius(server)
    with Client(server.address("auth"), SECRET) as client:
        client.send(b"nonsense")
        client.pap(b"bob", b"hello")
    told = server.stats()
    assert told.discards() == {"short_packet": 1}
    assert told.tree == server.stop().tree


def test_the_stats_command_prints_the_same(radhost, program):
    server = radhost(ACCESS, files=FILES)
    ask_radius(server)
    done = command(program, server, "stats", "--json")
    assert done.returncode == 0, done.stderr
    assert Counters(json.loads(done.stdout)).tree == server.stats().tree


def test_the_stats_command_prints_tables_for_people(radhost, program):
    server = radhost(ACCESS, files=FILES)
    ask_radius(server)
    ask_radius(server, password=b"wrong")
    with Client(server.address("auth"), SECRET) as client:
        client.expect_silence(b"nonsense", lambda: client.pap_request(b"bob", b"hello"))
    lines = [line.split() for line in command(program, server, "stats").stdout.splitlines()]
    assert ["auth", "access", "4", "2", "1", "0", "0", "1", "0"] in lines
    assert ["loopback", "access", "4", "2", "1", "0", "0", "1", "0"] in lines
    assert ["short_packet", "1"] in lines
    password = next(line for line in lines if line[:1] == ["password"])
    assert password[1] == "3" and password[3:] == ["0", "0", "0"]


# The clients

WATCHED = """
[[client]]
name = "nas"
address = ["127.0.0.0/8", "::1"]
secret = "xyzzy5461"
[[client]]
name = "lenient"
address = "127.0.1.0/24"
secret = "xyzzy5461"
require_message_authenticator = false
[[client]]
name = "strict"
address = "127.0.2.0/24"
secret = "xyzzy5461"
require_message_authenticator = true
"""


def ask_from(server, source, **options):
    with Client(server.address("auth"), SECRET, source=source) as client:
        return client.pap(b"bob", b"hello", **options).code


def sources(server):
    """{client: {source: does it send Message-Authenticator?}}, None for one whose sources are not watched."""
    told = server.control.get("/v1/clients")
    assert told["is_complete"]
    return {client["name"]: {source["address"]: source["sends_message_authenticator"] for source in client["sources"]}
            if "sources" in client else None for client in told["clients"]}


@pytest.mark.parametrize("workers", [1, 2])
def test_which_sources_send_message_authenticator_is_told(radhost, workers):
    server = radhost(WATCHED + ACCESS_PLUGINS + AUTH_LISTENER, files=FILES, workers=workers)
    assert sources(server) == {"nas": {}, "lenient": {}, "strict": None}
    for source in ("127.0.0.2", "127.0.1.1", "127.0.1.2", "127.0.1.2"):
        assert ask_from(server, source, message_authenticator=None) == wire.ACCESS_ACCEPT
    for source in ("127.0.0.2", "127.0.0.10", "127.0.0.9", "127.0.1.2", "127.0.1.3", "127.0.2.1"):
        assert ask_from(server, source, message_authenticator="first") == wire.ACCESS_ACCEPT
    told = sources(server)
    assert told == {"nas": {"127.0.0.2": "sometimes", "127.0.0.9": "always", "127.0.0.10": "always"},
                    "lenient": {"127.0.1.1": "never", "127.0.1.2": "sometimes", "127.0.1.3": "always"}, "strict": None}
    assert list(told["nas"]) == ["127.0.0.2", "127.0.0.9", "127.0.0.10"]


@pytest.mark.parametrize("source, serves", [("127.0.0.5", False), ("127.0.1.5", True)])
def test_a_source_that_ceases_to_send_it_is_told_whether_it_is_served_or_not(radhost, source, serves):
    """A NAS may send it with EAP alone."""
    server = radhost(WATCHED + ACCESS_PLUGINS + AUTH_LISTENER, files=FILES)
    name = "lenient" if serves else "nas"
    with Client(server.address("auth"), SECRET, source=source) as client:
        assert client.pap(b"bob", b"hello", message_authenticator="first").code == wire.ACCESS_ACCEPT
        assert sources(server)[name] == {source: "always"}
        bare = client.pap_request(b"bob", b"hello", message_authenticator=None)
        if serves:
            assert client.exchange(bare).code == wire.ACCESS_ACCEPT
        else:
            client.expect_silence(bare, lambda: client.pap_request(b"bob", b"hello", message_authenticator="first"))
    assert sources(server)[name] == {source: "sometimes"}


def test_a_forged_message_authenticator_does_not_count_as_one(radhost):
    server = radhost(WATCHED + ACCESS_PLUGINS + AUTH_LISTENER, files=FILES)
    with Client(server.address("auth"), SECRET, source="127.0.0.7") as client:
        good = client.pap_request(b"bob", b"hello", message_authenticator="last")
        forged = good[:-1] + bytes([good[-1] ^ 1])
        client.expect_silence(forged, lambda: client.pap_request(b"bob", b"hello", message_authenticator=None))
    assert sources(server)["nas"] == {"127.0.0.7": "never"}


def test_the_clients_are_printed_for_people_and_for_programs(radhost, program):
    server = radhost(WATCHED + ACCESS_PLUGINS + AUTH_LISTENER, files=FILES)
    ask_from(server, "127.0.0.1", message_authenticator=None)
    ask_from(server, "127.0.0.3", message_authenticator="first")
    done = command(program, server, "status", "--clients", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, server.control.get("/v1/clients"))
    lines = [line.split() for line in command(program, server, "status", "--clients").stdout.splitlines()]
    assert ["nas", "auto", "auto", "1", "0", "1", "127.0.0.0/8,", "::1/128"] in lines
    assert ["strict", "true", "auto", "-", "-", "-", "127.0.2.0/24"] in lines
    assert [line for line in lines if line[1:2] == ["nas"]] == [["127.0.0.1", "nas", "never"]]



def test_counters_are_read_while_requests_pour_in(radhost):
    """What is read never goes back."""
    server = radhost(ACCESS, files=FILES, workers=2)
    with Client(server.address("auth"), SECRET) as client:
        last = 0
        for _ in range(20):
            for _ in range(20):
                assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
            now = server.stats().listener("auth")["requests"]
            assert now == last + 20
            last = now


# The log level

def discarded_packets(server):
    return [entry for entry in server.log() if entry["message"] == "packet discarded" and entry["level"] == "debug"]


def discard_one(server):
    with Client(server.address("auth"), SECRET) as client:
        client.expect_silence(b"nonsense", lambda: client.pap_request(b"bob", b"hello"))


def test_the_log_level_changes_while_the_server_serves(radhost, program):
    server = radhost(ACCESS, files=FILES)
    discard_one(server)
    done = command(program, server, "log", "debug")
    assert (done.returncode, done.stdout) == (0, "log level debug\n"), done.stderr
    discard_one(server)
    done = command(program, server, "log", "info", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"level": "info"}), done.stderr
    discard_one(server)
    server.stop()
    assert len(discarded_packets(server)) == 1
    assert [entry["to"] for entry in server.log() if entry["message"] == "log level changes"] == ["debug", "info"]


def test_a_level_that_leaves_out_nearly_everything_is_left_again(radhost):
    server = radhost(ACCESS, files=FILES)
    server.control.set_log_level("error")
    discard_one(server)
    server.control.set_log_level("info")
    server.wait_for_log(lambda entry: entry["message"] == "log level changed" and entry["to"] == "info")
    assert not [entry for entry in server.log() if entry["message"] == "packet discarded"]


def test_a_wrong_level_is_refused_and_changes_nothing(radhost, program):
    server = radhost(ACCESS, files=FILES)
    done = command(program, server, "log", "loud")
    assert done.returncode == 64 and "loud" in done.stderr and "warn" in done.stderr
    status, _, text = server.control.request("POST", "/v1/log", '{"level": "loud"}')
    assert status == 400
    assert json.loads(text) == {"error": '"loud" is no log level', "details": ["it is one of debug, info, warn, error"]}
    status, _, text = server.control.request("POST", "/v1/log", "debug")
    assert status == 400 and set(json.loads(text)) == {"error", "details"}
    discard_one(server)
    server.stop()
    assert not discarded_packets(server)
    assert not [entry for entry in server.log() if entry["message"].startswith("log level")]


# Drain

def test_drain_ends_the_server_and_waits_for_that(radhost, program):
    server = radhost(ACCESS, files=FILES)
    ask_radius(server)
    done = command(program, server, "drain")
    assert (done.returncode, done.stdout) == (0, f"process {server.process.pid} has ended\n"), done.stderr
    server.ended = True
    assert server.process.wait(5) == 0, server.process.report()
    assert json.loads(server.process.stdout.text())["listeners"]["auth"]["replies"] == 1
    assert not server.control.path.exists()


def test_drain_answers_what_has_arrived(radhost, program):
    server = radhost(ACCESS, files=FILES)
    with Client(server.address("auth"), SECRET) as client:
        requests = [client.pap_request(b"bob", b"hello", identifier=number) for number in range(50)]
        for request in requests:
            client.send(request)
        assert command(program, server, "drain", "--json").returncode == 0
        for request in requests:
            assert client.answer_to(request).code == wire.ACCESS_ACCEPT
    server.ended = True
    assert server.process.wait(5) == 0


def test_asking_twice_to_drain_is_as_good_as_once(radhost):
    server = radhost(ACCESS, files=FILES)
    with contextlib.suppress(ConnectionError, FileNotFoundError):  # the first one may have ended it already
        for _ in range(3):
            assert server.control.request("POST", "/v1/drain")[0] == 200
    server.ended = True
    assert server.process.wait(10) == 0, server.process.report()
    assert [entry["message"] for entry in server.log()].count("told to drain") == 1


# The commands without a server, or with one that refuses

CONTROL_COMMANDS = [("status",), ("status", "--json"), ("stats",), ("drain",), ("log", "debug"),
                    ("swap", "auth.users", "x.so"), ("rollback",)]


@pytest.mark.parametrize("arguments", CONTROL_COMMANDS, ids=" ".join)
def test_a_control_command_without_a_server_is_status_69(program, tmp_path, arguments):
    done = program.run(*arguments, "--control", tmp_path / "no.sock")
    assert (done.returncode, done.stdout) == (69, "")
    assert f"no server at {tmp_path}/no.sock" in done.stderr


@pytest.mark.parametrize("arguments", CONTROL_COMMANDS, ids=" ".join)
def test_the_socket_of_a_dead_server_is_no_server(radhost, program, arguments):
    server = radhost(ACCESS, files=FILES)
    server.kill()
    done = command(program, server, *arguments)
    assert (done.returncode, done.stdout) == (69, "") and "no server" in done.stderr


def test_the_environment_names_the_socket_where_no_option_does(radhost, program, tmp_path):
    server = radhost(ACCESS, files=FILES)
    environment = {"RADHOST_CONTROL": str(server.control.path)}
    assert program.run("status", environment=environment).returncode == 0
    assert program.run("status", "--control", tmp_path / "no.sock", environment=environment).returncode == 69


@contextlib.contextmanager
def impostor(path, answer):
    """Something else at the control socket: answers the first connection with these octets."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(path))
        listening.listen(1)
        listening.settimeout(10)
        yield
        with listening.accept()[0] as connection:
            connection.recv(4096)
            connection.sendall(answer)


@pytest.mark.parametrize("answer, status, words", [
    (b"", 2, "no radhost server"), (b"SSH-2.0-x\r\n\r\n", 2, "no radhost server"),
    (b"HTTP/1.1 200 OK\r\n\r\nhello", 2, "makes no sense"), (b"HTTP/1.1 200 OK\r\n\r\n{}", 2, "makes no sense"),
    (b'HTTP/1.1 409 Conflict\r\n\r\n{"error": "not now", "details": ["since noon"]}', 1, "not now\n  since noon")])
def test_an_answer_that_is_no_good_is_told_from_none(program, tmp_path, answer, status, words):
    path = tmp_path / "control.sock"
    with impostor(path, answer):
        asking = Process([program.path, "status", "--control", path])
    assert asking.wait(10) == status, asking.report()
    assert words in asking.stderr.text() and asking.stdout.text() == ""


def test_drain_waits_no_longer_than_it_is_told(program, tmp_path):
    """The process that is said to drain is this one."""
    path = tmp_path / "control.sock"
    with impostor(path, b'HTTP/1.1 200 OK\r\n\r\n{"draining": true, "pid": %d}' % os.getpid()):
        draining = Process([program.path, "drain", "--timeout-ms", "100", "--control", path])
    assert draining.wait(10) == 1, draining.report()
    assert f"process {os.getpid()} drains: it has not ended within 100 ms" in draining.stderr.text()


def test_drain_of_a_server_that_ended_at_once_is_done(program, tmp_path):
    ended = Process(["true"])
    ended.wait(10)
    path = tmp_path / "control.sock"
    with impostor(path, b'HTTP/1.1 200 OK\r\n\r\n{"draining": true, "pid": %d}' % ended.pid):
        draining = Process([program.path, "drain", "--control", path])
    assert draining.wait(10) == 0, draining.report()


# HTTP

def test_an_unknown_path_and_a_wrong_method_are_told_apart(radhost):
    server = radhost(ACCESS, files=FILES)
    status, _, text = server.control.request("GET", "/v1/nonsense")
    assert status == 404 and set(json.loads(text)) == {"error", "details"}
    status, headers, text = server.control.request("DELETE", "/v1/status")
    assert (status, headers["Allow"]) == (405, "GET") and set(json.loads(text)) == {"error", "details"}
    status, headers, text = server.control.request("GET", "/v1/reload")
    assert (status, headers["Allow"]) == (405, "POST") and set(json.loads(text)) == {"error", "details"}


def test_a_connection_may_ask_more_than_once(radhost):
    server = radhost(ACCESS, files=FILES)
    with connect(server.control.path) as connection:
        for _ in range(3):
            connection.sendall(b"HEAD /v1/status?x=y HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")


def is_cut(connection):
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def resident_kib(server):
    text = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1])


def send_until_cut(path, head, piece, octets_max=20_000_000):
    """Sends the piece over and over. True when the server cut the connection or answered with an error."""
    with connect(path, timeout_s=10) as connection:
        try:
            connection.sendall(head)
            for _ in range(octets_max // len(piece)):
                connection.sendall(piece)
            return False
        except OSError:
            return True


@pytest.mark.parametrize("head, piece", [
    (b"", b"A" * 65536), (b"", b"\0" * 65536), (b"GET /v1/status HTTP/1.1\r\nHost: x\r\nX: ", b"y" * 65536),
    (b"GET /v1/status HTTP/1.1\r\nHost: x\r\n", b"X: y\r\n" * 10000),
    (b"POST /v1/log HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n", b"{" * 65536),
    (b"POST /v1/log HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"{" * 4096 + b"\r\n"),
    (b"GET /" + b"a" * 100000, b"b" * 65536)],
    ids=["a line without end", "zeros", "a header without end", "headers without end", "a large body", "chunks without end",
         "a path without end"])
def test_a_request_without_bounds_is_cut_and_disturbs_nobody(radhost, head, piece):
    server = radhost(ACCESS, files=FILES)
    before = resident_kib(server)
    for _ in range(3):
        assert send_until_cut(server.control.path, head, piece)
    assert ask_radius(server) == wire.ACCESS_ACCEPT
    assert server.control.get("/v1/status")["pid"] == server.process.pid
    if not os.environ.get("RADHOST_SANITIZE"):
        assert resident_kib(server) - before < 4096


def test_a_body_just_too_large_is_refused_and_one_that_fits_is_read(radhost):
    server = radhost(ACCESS, files=FILES)
    assert server.control.request("POST", "/v1/log", '{"level": "warn"}'.ljust(65536))[0] == 200
    try:
        assert server.control.request("POST", "/v1/log", '{"level": "warn"}'.ljust(65537))[0] == 413
    except (BrokenPipeError, ConnectionResetError):  # the server has hung up before it was all written
        pass
    assert server.control.get("/v1/status")["pid"] == server.process.pid


@pytest.mark.parametrize("garbage", [
    b"\r\n\r\n\r\n", b"nonsense\r\n\r\n", bytes(range(256)) * 4, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET /v1/status HTTP/9.9\r\n\r\n", b"GET\r\n\r\n", b"POST /v1/drain HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /v1/log HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"])
def test_garbage_is_no_request(radhost, garbage):
    server = radhost(ACCESS, files=FILES)
    with connect(server.control.path, timeout_s=1) as connection:
        connection.sendall(garbage)
        with contextlib.suppress(TimeoutError):  # it may be the beginning of a request yet
            assert not connection.recv(65536).startswith(b"HTTP/1.1 200")
    assert server.control.get("/v1/status")["pid"] == server.process.pid
    assert ask_radius(server) == wire.ACCESS_ACCEPT


def test_slow_clients_keep_nobody_waiting_but_each_other(radhost):
    """More than the server has connections for; each says a little and then nothing. They are let go in the end."""
    server = radhost(ACCESS, files=FILES)
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(server.control.path)) for _ in range(70)]
        for connection in slow:
            connection.sendall(b"GET /v1/sta")
        with Client(server.address("auth"), SECRET) as client:
            began = time.monotonic()
            for _ in range(100):
                assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
            assert time.monotonic() - began < 5
        assert server.stats().listener("auth")["replies"] == 100
        assert is_cut(slow[0])


def test_a_client_that_does_not_read_its_answer_holds_up_nobody(radhost):
    server = radhost(ACCESS, files=FILES)
    with connect(server.control.path, timeout_s=1) as silent:
        with contextlib.suppress(TimeoutError):
            for _ in range(2000):
                silent.sendall(b"GET /v1/stats HTTP/1.1\r\nHost: x\r\n\r\n")
        assert server.control.get("/v1/status")["pid"] == server.process.pid
        assert ask_radius(server) == wire.ACCESS_ACCEPT


def test_a_server_ends_while_clients_hold_connections(radhost):
    server = radhost(ACCESS, files=FILES)
    with connect(server.control.path) as idle, connect(server.control.path) as half:
        half.sendall(b"POST /v1/log HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 4
        assert is_cut(idle) and is_cut(half)
