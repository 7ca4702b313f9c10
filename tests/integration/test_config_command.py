# SPDX-License-Identifier: Apache-2.0
"""`radhost config`: the effective configuration as TOML, defaults included, secrets hidden."""

import tomllib

import pytest

from support.configurations import ACCESS, BOB


def find(tree, key):
    """Every value under this key, anywhere in the tree."""
    found = []
    if isinstance(tree, dict):
        found += [tree[key]] if key in tree else []
        for value in tree.values():
            found += find(value, key)
    elif isinstance(tree, list):
        for value in tree:
            found += find(value, key)
    return found


@pytest.fixture(scope="module")
def effective(program, tmp_path_factory):
    folder = tmp_path_factory.mktemp("config")
    configuration = ACCESS.replace("xyzzy5461", "a secret that must not leak") + """
[[client]]
name = "file"
address = ["192.0.2.1"]
secret_file = "secret"
"""
    files = {"users.toml": BOB, "secret": "another that must not leak"}
    path = program.write_configuration(folder, configuration, files=files)
    done = program.run("config", "-c", path)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_secrets_are_hidden(effective):
    assert "must not leak" not in effective
    assert tomllib.loads(effective)["client"][0]["secret"] == "<hidden>"


def test_what_is_written_is_shown(effective):
    tree = tomllib.loads(effective)
    assert [client["name"] for client in tree["client"]] == ["loopback", "file"]
    assert tree["server"]["workers"] == 1
    assert tree["log"]["format"] == "json"
    assert tree["plugin"]["users"]["module"] == "files"
    assert tree["listener"][0]["handlers"] == ["users", "password"] or \
        tree["listener"][0]["handlers"]["access"] == ["users", "password"]


def test_defaults_are_shown(effective):
    tree = tomllib.loads(effective)
    assert tree["server"]["drain_timeout_ms"] == 30000
    assert tree["client"][1]["require_message_authenticator"] == "auto"
    assert tree["listener"][0]["event_timestamp_window_s"] == 300
    assert tree["listener"][0]["duplicates"]["ttl_ms"] == 30000


@pytest.fixture(scope="module")
def defaults(program):
    done = program.run("config", "--default")
    assert done.returncode == 0, done.stderr
    return tomllib.loads(done.stdout)


@pytest.mark.parametrize("section, key, value", [
    ("server", "workers", 0),
    ("server", "dictionary", ["/usr/share/radhost/dictionaries/dictionary"]),
    ("server", "plugin_path", ["/usr/lib/radhost/plugins"]),
    ("server", "control", "/run/radhost/control.sock"),
    ("server", "state_directory", "/var/lib/radhost"),
    ("server", "user", "radhost"),
    ("server", "drain_timeout_ms", 30000),
    ("server", "offload_threads", 16),
    ("server", "offload_queue", 4096),
    ("server", "handler_warn_ms", 100),
    ("server", "max_draining", 4),
    ("server", "max_zombies", 2),
    ("log", "level", "info"),
    ("log", "format", "text"),
    ("log", "target", "stderr"),
])
def test_the_defaults_of_server_and_log_are_those_of_the_manual(defaults, section, key, value):
    assert defaults[section][key] == value


@pytest.mark.row("CLI-16", "DUP-4", "DUP-8", "DYN-2")
@pytest.mark.parametrize("key, value", [
    ("require_message_authenticator", "auto"), ("limit_proxy_state", "auto"), ("status_server", True),
    ("reject_delay_ms", 1000), ("event_timestamp_window_s", 300), ("receive_buffer", 4194304), ("ttl_ms", 30000),
    ("dynauth_ttl_ms", 300000), ("max_entries", 262144), ("max_octets", 67108864)])
def test_the_defaults_of_clients_and_listeners_are_those_of_the_manual(defaults, key, value):
    tables = {name: defaults[name] for name in ("client", "listener")}
    assert set(find(tables, key)) == {value}


def test_the_defaults_of_the_two_limits_in_flight_are_those_of_the_manual(defaults):
    assert set(find(defaults["client"], "max_in_flight")) == {4096}
    assert set(find(defaults["listener"], "max_in_flight")) == {16384}


def test_a_bad_file_is_refused(program, tmp_path):
    path = program.write_configuration(tmp_path, ACCESS.replace("accepts", "acepts"), files={"users.toml": BOB})
    done = program.run("config", "-c", path)
    assert done.returncode == 1 and "radhost.toml:" in done.stderr and done.stdout == ""


@pytest.mark.row("DUP-11")
@pytest.mark.parametrize("key, value", [
    ("require_message_authenticator", True), ("initial_timeout_ms", 2000), ("max_timeout_ms", 16000),
    ("max_attempts", 5), ("max_duration_ms", 30000)])
def test_the_defaults_of_pools_are_those_of_rfc_5080(defaults, key, value):
    assert set(find(defaults["pool"], key)) == {value}
