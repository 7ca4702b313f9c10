# SPDX-License-Identifier: Apache-2.0
"""RADIUS/1.1 without any MD5: the program ends at once where it computes one."""

import os
import signal
from pathlib import Path

import pytest

from support import radsec, wire
from support.configurations import ACCESS_PLUGINS, BOB, acctlog_plugin, static_plugin, tls_listener
from support.processes import run
from support.stream import RADSEC, Stream
from support.waiting import wait_until

GUARD = Path(__file__).resolve().parent.parent / "support" / "md5_guard.c"
HIDDEN = '{ "Tunnel-Password:1" = "tunnelpw", "MS-MPPE-Send-Key" = "0x%s" }' % bytes(range(32)).hex()


@pytest.fixture
def guarded(radhost, certificates, tmp_path):
    """(server, flag): from when the file `flag` is there, no MD5 is survived."""
    library, flag = tmp_path / "md5_guard.so", tmp_path / "no-md5"
    built = run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", library, GUARD, "-ldl"])
    assert built.returncode == 0, built.stderr
    asan = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    listeners = [("radsec", '["access", "accounting"]', '{ access = ["users", "password"], accounting = ["acctlog"] }'),
                 ("hidden", '["access"]', '["yes"]'), ("nak", '["coa", "disconnect"]', "[]")]
    server = radhost(
        radsec.RADSEC_CLIENT + ACCESS_PLUGINS + acctlog_plugin() + static_plugin("yes", "accept", HIDDEN) +
        "".join(tls_listener(certificates, *listener, radius_versions=["1.0", "1.1"]) for listener in listeners),
        files={"users.toml": BOB},
        environment={"LD_PRELOAD": str(library), "RADHOST_NO_MD5": str(flag), "ASAN_OPTIONS": asan})
    return server, flag


@pytest.mark.row("V11-7")
def test_requests_over_1_1_are_answered_without_a_single_md5(guarded, certificates):
    server, flag = guarded
    flag.touch()
    with radsec.connected(server.address("radsec"), certificates) as client:
        assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
        assert client.pap(b"bob", b"hullo").code == wire.ACCESS_REJECT
        assert client.exchange(client.request(wire.STATUS_SERVER, [])).code == wire.ACCESS_ACCEPT
        session = [(wire.ACCT_STATUS_TYPE, wire.integer(1)), (wire.ACCT_SESSION_ID, b"S1")]
        assert client.exchange(client.request(wire.ACCOUNTING_REQUEST, session)).code == wire.ACCOUNTING_RESPONSE
        assert client.exchange(client.request(wire.COA_REQUEST, [])).code == wire.PROTOCOL_ERROR
    with radsec.connected(server.address("hidden"), certificates) as client:
        answer = client.pap(b"bob", b"x")
        assert answer.code == wire.ACCESS_ACCEPT and answer.values(wire.TUNNEL_PASSWORD) == [b"\1tunnelpw"]
    with radsec.connected(server.address("nak"), certificates) as client:
        assert client.exchange(client.request(wire.COA_REQUEST, [(wire.USER_NAME, b"bob")])).code == wire.COA_NAK


def test_a_request_over_1_0_needs_it(guarded, certificates):
    """Or the guard would guard nothing."""
    server, flag = guarded
    with Stream.tls(server.address("radsec"), authority=certificates.ca, certificate=certificates.client,
                    secret=RADSEC) as client:
        assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
        flag.touch()
        client.send(client.pap_request(b"bob", b"hello"))
        wait_until(lambda: not server.process.running())
    assert server.process.child.returncode == -signal.SIGABRT
    server.kill()
