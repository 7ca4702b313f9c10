# SPDX-License-Identifier: Apache-2.0
"""The program's other commands, its exit statuses, and how it starts and stops."""

import json
import signal

import pytest

from support import wire
from support.client import Client
from support.configurations import ACCESS, AUTH_LISTENER, BOB, LOOPBACK_CLIENT, SECRET, static_plugin

FILES = {"users.toml": BOB}


# dict

@pytest.mark.parametrize("name, words", [
    ("User-Name", ["User-Name", "1"]), ("Message-Authenticator", ["80"]), ("Tunnel-Type", ["64", "VLAN"]),
    ("MS-CHAP2-Response", ["311", "25"]), ("Service-Type", ["6", "Framed-User"]), ("Microsoft", ["311"])])
def test_dict_tells_what_is_known_of_a_name(program, name, words):
    done = program.run("dict", name, "--dictionary", program.dictionary)
    assert done.returncode == 0, done.stderr
    assert all(word in done.stdout for word in words)


def test_dict_refuses_a_name_it_does_not_know(program):
    done = program.run("dict", "No-Such-Attribute", "--dictionary", program.dictionary)
    assert done.returncode == 1 and "No-Such-Attribute" in done.stderr and done.stdout == ""


# Usage

@pytest.mark.parametrize("arguments", [(), ("no-such-command",), ("serve",), ("serve", "--no-such-option"),
                                       ("serve", "-c"), ("check", "-c", "x", "y"), ("decode",), ("log",)])
def test_wrong_usage_is_status_64(program, arguments):
    done = program.run(*arguments)
    assert done.returncode == 64
    assert done.stdout == "" and done.stderr != ""


def test_help_is_a_result(program):
    done = program.run("--help")
    assert done.returncode == 0
    for command in ("serve", "check", "config", "send", "load", "decode", "encode", "dict"):
        assert command in done.stdout


def test_the_version_is_a_result(program):
    done = program.run("--version")
    assert done.returncode == 0 and any(character.isdigit() for character in done.stdout)


@pytest.mark.parametrize("command", ["status", "stats", "reload", "rollback", "trace", "drain"])
def test_a_control_command_without_a_server_says_so(program, tmp_path, command):
    done = program.run(command, "--control", tmp_path / "no.sock")
    assert (done.returncode, done.stdout) == (69, "")
    assert done.stderr.startswith(f"radhost {command}: no server at {tmp_path}/no.sock")


# Each documented command and option either works or says that it is not built yet.
@pytest.mark.parametrize("command", [
    ("run", "/no/such/plugin.so"),
    ("plugin", "test", "/no/such/plugin.so", "--request", "User-Name = bob"),
    ("send", "access", "User-Name=a", "--tls", "--psk", "me:" + "0f" * 16, "--to", "127.0.0.1:1"),
    ("send", "access", "User-Name=a", "--secret", "s", "--dtls", "--to", "127.0.0.1:1"),
    ("send", "access", "User-Name=a", "--radius", "1.1", "--tls", "--psk", "me:" + "0f" * 16, "--to", "127.0.0.1:1"),
    ("send", "access", "User-Name=a", "--secret", "s", "--eap", "md5", "--to", "127.0.0.1:1", "--timeout-ms", "50")],
    ids=lambda c: " ".join(c[:2]))
def test_what_is_not_built_says_so(program, command):
    """Nothing here can succeed; what exists fails for its own reason."""
    done = program.run(*command)
    assert done.returncode in (1, 2, 64), done
    assert done.stderr != ""
    if done.returncode == 64:
        assert "not built" in done.stderr


@pytest.mark.parametrize("transport", ["tcp", "tls", "dtls"])
def test_a_transport_that_is_not_built_is_refused_by_check(program, tmp_path, transport):
    """Never taken and then not served. What is built wants its own settings: an error at a position, or none at all."""
    path = program.write_configuration(tmp_path, ACCESS.replace('"udp"', f'"{transport}"'), files=FILES)
    done = program.run("check", "-c", path)
    if done.returncode == 64:
        assert "not built" in done.stderr
    elif done.returncode == 1:
        assert "radhost.toml:" in done.stderr
    else:
        assert done.returncode == 0 and transport == "tcp"


# Starting and stopping

def test_the_log_is_one_json_object_a_line(radhost):
    server = radhost(ACCESS, files=FILES)
    server.stop()
    entries = server.log()
    for entry in entries:
        assert {"time", "level", "message"} <= set(entry)
        assert entry["level"] in ("debug", "info", "warn", "error")
    messages = [entry["message"] for entry in entries]
    assert messages.index("listening") < messages.index("ready") < messages.index("stopped")
    listening = entries[messages.index("listening")]
    assert (listening["listener"], listening["transport"]) == ("auth", "udp")
    assert listening["address"] == "127.0.0.1:%d" % server.port("auth")


def test_no_password_and_no_secret_is_in_the_log(radhost):
    configuration = ACCESS.replace("xyzzy5461", "the-secret-itself")
    server = radhost(configuration, files={"users.toml": BOB.replace("hello", "the-password-itself")})
    with Client(server.address("auth"), b"the-secret-itself") as client:
        assert client.pap(b"bob", b"the-password-itself").code == wire.ACCESS_ACCEPT
        assert client.pap(b"bob", b"a-wrong-password").code == wire.ACCESS_REJECT
    server.stop()
    for text in ("the-secret-itself", "the-password-itself", "a-wrong-password"):
        assert text not in server.process.stderr.text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_ends_the_server_and_prints_the_counters(radhost, number):
    server = radhost(ACCESS, files=FILES)
    with Client(server.address("auth"), SECRET) as client:
        client.pap(b"bob", b"hello")
    server.ended = True
    server.process.signal(number)
    assert server.process.wait(10) == 0, server.process.report()
    counters = json.loads(server.process.stdout.text())
    assert set(counters) == {"listeners", "plugins", "clients", "pools", "store", "discards"}
    assert counters["listeners"]["auth"]["requests"] == 1
    assert counters["listeners"]["auth"]["replies"] == 1
    assert counters["clients"]["loopback"]["requests"] == 1


def test_what_has_arrived_is_answered_before_the_server_ends(radhost):
    """The requests wait in the socket when the signal comes."""
    server = radhost(ACCESS, files=FILES)
    with Client(server.address("auth"), SECRET) as client:
        requests = [client.pap_request(b"bob", b"hello", identifier=number) for number in range(50)]
        for request in requests:
            client.send(request)
        counters = server.stop()
        for request in requests:
            assert client.answer_to(request).code == wire.ACCESS_ACCEPT
    assert counters.listener("auth")["replies"] == 50


@pytest.mark.parametrize("control", ["control.sock", ""], ids=["with a control socket", "without one"])
def test_the_server_leaves_nothing_but_its_state_directory(radhost, control):
    server = radhost(LOOPBACK_CLIENT + static_plugin("yes", "accept") +
                     AUTH_LISTENER.replace('["users", "password"]', '["yes"]'), control=control)
    server.stop()
    assert {path.name for path in server.folder.iterdir()} == {"radhost.toml", "state"}
