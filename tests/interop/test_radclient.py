# SPDX-License-Identifier: Apache-2.0
"""FreeRADIUS' radclient against the server, over IPv4 and IPv6. radclient verifies every answer by itself."""

import json

import pytest

from support.configurations import (ACCESS_PLUGINS, BOB, SECRET, acctlog_plugin, hashed_users, listener, static_plugin,
                                    user)
from support.peers import radclient

# radclient 3.2.1 sends no Message-Authenticator unless it is told to. Some tests do, and "auto" would then demand it of
# the others.
CLIENT = """
[[client]]
name = "radclient"
address = ["127.0.0.1", "::1"]
secret = "xyzzy5461"
require_message_authenticator = false
"""
BOTH = '["127.0.0.1:0", "[::1]:0"]'
CONFIGURATION = (
    CLIENT + ACCESS_PLUGINS + acctlog_plugin() + static_plugin("yes", "accept")
    + listener("auth", '["access"]', '["users", "password"]', BOTH)
    + listener("acct", '["accounting"]', '["acctlog"]', BOTH)
    + listener("nak", '["coa", "disconnect"]', "[]", BOTH)
    + listener("ack", '["coa", "disconnect"]', '["yes"]', BOTH))
USERS = BOB + hashed_users() + user("alice", reply="""{ "Reply-Message" = ["one", "two"], "Tunnel-Type:1" = "VLAN",
    "Framed-IP-Address" = "192.0.2.10", "Tunnel-Password:1" = "tunnelpw",
    "Framed-IPv6-Prefix" = "2001:db8:0:1::/64" }""".replace("\n", " "))


@pytest.fixture(scope="module")
def server(shared_radhost):
    return shared_radhost(CONFIGURATION, files={"users.toml": USERS})


@pytest.fixture(params=["127.0.0.1", "::1"], ids=["IPv4", "IPv6"])
def ask(request, server):
    """ask(kind, listener, attributes…)"""
    def run(kind, name, *attributes, **options):
        address, = [pair for pair in server.addresses(name) if pair[0] == request.param]
        return radclient(kind, address, SECRET.decode(), attributes, **options)
    return run


def assert_answer(done, kind):
    """A positive answer is status 0, a negative one 1; radclient prints what it got only when it verified."""
    positive = kind in ("Access-Accept", "Accounting-Response", "CoA-ACK", "Disconnect-ACK")
    assert f"Received {kind}" in done.stdout, done.stdout + done.stderr
    assert done.returncode == (0 if positive else 1), done.stdout + done.stderr


ALICE = 'User-Name = "alice"'


@pytest.mark.parametrize("method", ["User-Password", "CHAP-Password", "MS-CHAP-Password"])
def test_a_right_password_is_accepted(ask, method):
    done = ask("auth", "auth", ALICE, f'{method} = "clientPass"', "NAS-Port = 1")
    assert_answer(done, "Access-Accept")


@pytest.mark.parametrize("method", ["User-Password", "CHAP-Password", "MS-CHAP-Password"])
def test_a_wrong_password_is_rejected(ask, method):
    done = ask("auth", "auth", ALICE, f'{method} = "clientpass"', "NAS-Port = 1")
    assert_answer(done, "Access-Reject")
    assert "Framed-IP-Address" not in done.stdout


def test_an_unknown_user_is_rejected(ask):
    assert_answer(ask("auth", "auth", 'User-Name = "nobody"', 'User-Password = "clientPass"'), "Access-Reject")


def test_the_reply_is_read_as_it_was_meant(ask):
    done = ask("auth", "auth", ALICE, 'User-Password = "clientPass"', "Message-Authenticator = 0x00")
    assert_answer(done, "Access-Accept")
    for text in ('Reply-Message = "one"', 'Reply-Message = "two"', "Framed-IP-Address = 192.0.2.10",
                 "Tunnel-Type:1 = VLAN", 'Tunnel-Password:1 = "tunnelpw"', "Framed-IPv6-Prefix = 2001:db8:0:1::/64"):
        assert text in done.stdout
    assert "Message-Authenticator = 0x" in done.stdout.partition("Received")[2]


def test_hashed_passwords_serve_pap_and_refuse_chap(ask):
    assert_answer(ask("auth", "auth", 'User-Name = "sha512"', 'User-Password = "clientPass"'), "Access-Accept")
    assert_answer(ask("auth", "auth", 'User-Name = "sha512"', 'CHAP-Password = "clientPass"'), "Access-Reject")


def test_accounting_of_a_session_is_recorded(ask, server):
    for status in ("Start", "Interim-Update", "Stop"):
        done = ask("acct", "acct", ALICE, f"Acct-Status-Type = {status}", 'Acct-Session-Id = "radclient"',
                   "NAS-IP-Address = 192.0.2.1", "Acct-Input-Octets = 4294967295")
        assert_answer(done, "Accounting-Response")
    lines = (server.folder / "accounting.jsonl").read_text().splitlines()
    statuses = [json.loads(line)["attributes"]["Acct-Status-Type"] for line in lines[-3:]]
    assert statuses == [["Start"], ["Interim-Update"], ["Stop"]]


def test_accounting_without_a_status_is_not_acknowledged(ask):
    done = ask("acct", "acct", ALICE, 'Acct-Session-Id = "radclient"', timeout_s=0.5)
    assert done.returncode != 0 and "Received" not in done.stdout


@pytest.mark.parametrize("kind, name", [("coa", "CoA"), ("disconnect", "Disconnect")])
def test_dynamic_authorization_is_refused_by_default(ask, kind, name):
    done = ask(kind, "nak", ALICE, 'Acct-Session-Id = "radclient"')
    assert_answer(done, f"{name}-NAK")
    assert "Error-Cause = Unsupported-Extension" in done.stdout


@pytest.mark.parametrize("kind, name", [("coa", "CoA"), ("disconnect", "Disconnect")])
def test_dynamic_authorization_is_granted_by_a_handler(ask, kind, name):
    done = ask(kind, "ack", ALICE, 'Acct-Session-Id = "radclient"', "Message-Authenticator = 0x00")
    assert_answer(done, f"{name}-ACK")


def test_a_wrong_secret_gets_nothing_radclient_believes(server):
    address = server.addresses("auth")[0]
    login = [ALICE, 'User-Password = "clientPass"', "Message-Authenticator = 0x00"]
    done = radclient("auth", address, "wrong", login, timeout_s=0.5)
    assert done.returncode != 0 and "Received Access-Accept" not in done.stdout
