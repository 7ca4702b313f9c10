# SPDX-License-Identifier: Apache-2.0
"""FreeRADIUS over TLS: as a RadSec client of the server, and as a RadSec server of `radhost send`."""

import json

import pytest

from support import radsec, wire
from support.client import Client
from support.configurations import ACCESS_PLUGINS, acctlog_plugin, tls_listener, user
from support.connections import connection_logged, ended
from support.peers import FreeRadius, radclient

FRONT_SECRET = "front"
ACCEPTED, NEGATIVE, NO_ANSWER = 0, 1, 2
ALICE = 'User-Name = "alice"'
METHODS = ["User-Password", "CHAP-Password", "MS-CHAP-Password"]
OUR_USERS = {"users.toml": user("alice", reply="""{ "Reply-Message" = ["one", "two"], "Tunnel-Type:1" = "VLAN",
    "Tunnel-Password:1" = "tunnelpw" }""".replace("\n", " "))}
ITS_USERS = 'alice Cleartext-Password := "clientPass"\n' \
            '    Reply-Message = "one", Tunnel-Type:1 = VLAN, Tunnel-Password:1 = "tunnelpw"\n'


# Its RadSec client, in front of our listener

def configuration(certificates):
    return radsec.RADSEC_CLIENT + ACCESS_PLUGINS + acctlog_plugin() + tls_listener(
        certificates, "radsec", '["access", "accounting"]',
        '{ access = ["users", "password"], accounting = ["acctlog"] }', radius_versions=["1.0"])


@pytest.fixture(scope="module")
def server(shared_radhost, certificates):
    """Of RADIUS/1.0 alone: this FreeRADIUS speaks TLS 1.2 to it."""
    return shared_radhost(configuration(certificates), files=OUR_USERS)


def front_of(server, files):
    return FreeRadius(secret=FRONT_SECRET, proxy_to=server.address("radsec"), proxy_secret="radsec",
                      proxy_tls_files=files)


@pytest.fixture(scope="module")
def proxy(server, certificates):
    with front_of(server, radsec.client_files(certificates)) as started:
        yield started


def log_in(proxy, *attributes, **options):
    return radclient("auth", proxy.address, FRONT_SECRET, [ALICE, *attributes], **options)


@pytest.mark.row("TLS-4", "TRN-12")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("more", [(), ("Message-Authenticator = 0x00",)], ids=["unsigned", "signed"])
def test_a_user_logs_in_through_it(proxy, method, more):
    done = log_in(proxy, f'{method} = "clientPass"', *more)
    assert done.returncode == 0 and "Received Access-Accept" in done.stdout, done.stdout + done.stderr
    assert done.stdout.index('Reply-Message = "one"') < done.stdout.index('Reply-Message = "two"')
    assert 'Tunnel-Password:1 = "tunnelpw"' in done.stdout


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_password_is_rejected_through_it(proxy, method):
    done = log_in(proxy, f'{method} = "clientpass"')
    assert done.returncode == 1 and "Received Access-Reject" in done.stdout, done.stdout + done.stderr


@pytest.mark.row("PRX-1")
@pytest.mark.parametrize("password, code", [(b"clientPass", wire.ACCESS_ACCEPT), (b"wrong", wire.ACCESS_REJECT)])
def test_proxy_state_comes_back_to_its_client(proxy, password, code):
    class ThroughProxy(Client):
        """The proxy's answers do not begin with Message-Authenticator, as ours must."""
        def answer_to(self, request):
            return wire.check_answer(self.receive(), request, self.secret)

    states = [(wire.PROXY_STATE, b"one"), (wire.PROXY_STATE, b"two")]
    with ThroughProxy(proxy.address, FRONT_SECRET.encode()) as client:
        answer = client.pap(b"alice", password, states)
    assert answer.code == code and answer.values(wire.PROXY_STATE) == [b"one", b"two"]


def test_accounting_is_recorded_through_it(proxy, server):
    for status in ("Start", "Stop"):
        done = radclient("acct", proxy.accounting_address, FRONT_SECRET,
                         [ALICE, f"Acct-Status-Type = {status}", 'Acct-Session-Id = "proxied"'])
        assert done.returncode == 0 and "Received Accounting-Response" in done.stdout, done.stdout + done.stderr
    lines = (server.folder / "accounting.jsonl").read_text().splitlines()
    seen = [json.loads(line)["attributes"] for line in lines[-2:]]
    assert [attributes["Acct-Status-Type"] for attributes in seen] == [["Start"], ["Stop"]]
    assert all(attributes["Acct-Session-Id"] == ["proxied"] for attributes in seen)


@pytest.mark.row("V11-2")
def test_its_connection_is_logged(proxy, server):
    assert log_in(proxy, 'User-Password = "clientPass"').returncode == 0
    entry = connection_logged(server)
    assert (entry["listener"], entry["client"], entry["alpn"], entry["radius"]) == ("radsec", "radsec", "none", "1.0")


@pytest.mark.row("TLS-5")
def test_with_a_certificate_of_another_authority_it_is_refused(radhost, certificates):
    server = radhost(configuration(certificates), files=OUR_USERS)
    with front_of(server, radsec.stranger_files(certificates)) as proxy:
        done = log_in(proxy, 'User-Password = "clientPass"', timeout_s=1)
        assert done.returncode != 0 and "Received Access-Accept" not in done.stdout, done.stdout
    counters = server.stop()
    assert counters.listener("radsec")["requests"] == 0 and "bad_certificate" in ended(counters, "radsec")


# Its RadSec server, asked by our client

@pytest.fixture(scope="module")
def home(certificates):
    with FreeRadius(secret="home", users=ITS_USERS, radsec_files=radsec.server_files(certificates)) as started:
        yield started


@pytest.fixture
def send(program, certificates, home):
    def run(kind, *arguments, files=None, timeout_ms=3000):
        certificate, key, ca = files or radsec.client_files(certificates)
        return program.run("send", kind, *arguments, "--tls", "--to", "%s:%d" % home.radsec_address,
                           "--cert", certificate, "--key", key, "--ca", ca, "--timeout-ms", timeout_ms)
    return run


@pytest.mark.row("TLS-4", "TRN-12")
@pytest.mark.parametrize("method", [(), ("--chap",), ("--mschapv2",)], ids=lambda method: "".join(method) or "PAP")
def test_our_client_is_accepted_and_rejected_by_it(send, method):
    """Its answers have no Message-Authenticator."""
    done = send("access", "User-Name=alice", "User-Password=clientPass", *method)
    assert done.returncode == ACCEPTED, done.stderr
    assert 'Reply-Message = "one"' in done.stdout and 'Tunnel-Password:1 = "tunnelpw"' in done.stdout
    done = send("access", "User-Name=alice", "User-Password=wrong", *method)
    assert done.returncode == NEGATIVE and "Access-Reject" in done.stdout, done


def test_our_clients_accounting_is_recorded_by_it(send, home):
    done = send("accounting", "Acct-Status-Type=Start", "Acct-Session-Id=sent")
    assert done.returncode == ACCEPTED and "Accounting-Response" in done.stdout, done
    assert 'Acct-Session-Id = "sent"' in home.accounting_records()


def test_our_clients_status_query_is_answered_by_it(send):
    done = send("status")
    assert done.returncode == ACCEPTED, done.stderr


@pytest.mark.row("TRN-1")
def test_our_client_pipelines_to_it(send):
    """It takes one packet from each record of TLS: ours are cut like that."""
    done = send("access", "User-Name=alice", "User-Password=clientPass", "--count", 100, "--parallel", 20,
                timeout_ms=8000)
    assert done.returncode == ACCEPTED, done.stderr


@pytest.mark.row("TLS-3")
def test_our_client_with_a_certificate_of_another_authority_is_refused_by_it(send, certificates):
    done = send("access", "User-Name=alice", "User-Password=clientPass",
                files=radsec.stranger_files(certificates), timeout_ms=1000)
    assert done.returncode == NO_ANSWER and done.stdout == ""


@pytest.mark.row("TLS-5")
def test_our_client_refuses_it_with_an_authority_that_is_not_its(send, certificates):
    done = send("access", "User-Name=alice", "User-Password=clientPass",
                files=[*certificates.client, certificates.other.certificate], timeout_ms=1000)
    assert done.returncode == NO_ANSWER and done.stdout == "" and "certificate" in done.stderr
