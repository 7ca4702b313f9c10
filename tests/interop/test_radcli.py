# SPDX-License-Identifier: Apache-2.0
"""radcli, the client library that NAS software links, against the server over IPv4 and IPv6."""

from pathlib import Path

import pytest

from support.configurations import ACCESS_PLUGINS, SECRET, listener, user
from support.peers import RadcliClient

CLIENT = """
[[client]]
name = "radcli"
address = ["127.0.0.1", "::1"]
secret = "xyzzy5461"
"""
CONFIGURATION = CLIENT + ACCESS_PLUGINS + listener("auth", '["access"]', '["users", "password"]',
                                                   '["127.0.0.1:0", "[::1]:0"]')
USERS = user("alice", reply='{ "Reply-Message" = "welcome", "Framed-IP-Address" = "192.0.2.10" }')


@pytest.fixture(scope="module")
def server(shared_radhost):
    return shared_radhost(CONFIGURATION, files={"users.toml": USERS})


@pytest.fixture(scope="module")
def radcli(tmp_path_factory):
    return RadcliClient(tmp_path_factory.mktemp("radcli"), Path(__file__).parent / "radcli_client.c")


@pytest.fixture(params=["127.0.0.1", "::1"], ids=["IPv4", "IPv6"])
def address(request, server):
    found, = [pair for pair in server.addresses("auth") if pair[0] == request.param]
    return found


def test_a_right_password_is_accepted(radcli, address):
    done = radcli.log_in(address, SECRET.decode(), "alice", "clientPass")
    assert done.returncode == 0, done
    assert "welcome" in done.stdout


def test_a_wrong_password_is_rejected(radcli, address):
    assert radcli.log_in(address, SECRET.decode(), "alice", "wrong").returncode == 1


def test_an_unknown_user_is_rejected(radcli, address):
    assert radcli.log_in(address, SECRET.decode(), "nobody", "clientPass").returncode == 1


def test_a_long_password_of_several_blocks_is_rejected_when_wrong(radcli, address):
    assert radcli.log_in(address, SECRET.decode(), "alice", "clientPass" * 6).returncode == 1


def test_a_wrong_secret_logs_nobody_in(radcli, address):
    assert radcli.log_in(address, "wrong", "alice", "clientPass").returncode != 0
