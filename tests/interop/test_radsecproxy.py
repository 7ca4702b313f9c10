# SPDX-License-Identifier: Apache-2.0
"""radsecproxy on either side: it forwards over TLS to the server, and from `radhost send --tls` to the server."""

import json

import pytest

from support import radsec
from support.configurations import (ACCESS_PLUGINS, ACCT_LISTENER, AUTH_LISTENER, LOOPBACK_CLIENT, SECRET,
                                    acctlog_plugin, tls_listener, user)
from support.connections import connection_logged, connections, ended
from support.peers import RadsecProxy, radclient

FRONT_SECRET = "between-client-and-proxy"
USERS = {"users.toml": user("alice", reply="""{ "Reply-Message" = ["one", "two"], "Tunnel-Type:1" = "VLAN",
    "Tunnel-Password:1" = "tunnelpw" }""".replace("\n", " "))}
ACCEPTED, NEGATIVE, NO_ANSWER = 0, 1, 2
ALICE = 'User-Name = "alice"'
METHODS = ["User-Password", "CHAP-Password", "MS-CHAP-Password"]


def configuration(certificates, client=radsec.RADSEC_CLIENT, versions=("1.0",)):
    return client + ACCESS_PLUGINS + acctlog_plugin() + tls_listener(
        certificates, "radsec", '["access", "accounting"]',
        '{ access = ["users", "password"], accounting = ["acctlog"] }', radius_versions=list(versions))


def sessions(server):
    lines = (server.folder / "accounting.jsonl").read_text().splitlines()
    return [json.loads(line)["attributes"]["Acct-Session-Id"][0] for line in lines]


# UDP in, TLS out: to our listener

@pytest.fixture(scope="module", params=[("1.0",), ("1.0", "1.1")], ids=" and ".join)
def server(request, shared_radhost, certificates):
    """radsecproxy offers no version by ALPN: this is RADIUS/1.0 either way."""
    return shared_radhost(configuration(certificates, versions=request.param), files=USERS)


@pytest.fixture(scope="module")
def proxy(server, certificates):
    with RadsecProxy(home=server.address("radsec"), secret=FRONT_SECRET,
                     files=radsec.client_files(certificates)) as started:
        yield started


def log_in(proxy, *attributes, **options):
    return radclient("auth", proxy.udp_address, FRONT_SECRET, [ALICE, *attributes], **options)


@pytest.mark.row("TLS-4", "TRN-12")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("more", [(), ("Message-Authenticator = 0x00",)], ids=["unsigned", "signed"])
def test_a_user_logs_in_through_it(proxy, method, more):
    done = log_in(proxy, f'{method} = "clientPass"', *more)
    assert done.returncode == 0 and "Received Access-Accept" in done.stdout, done.stdout + done.stderr
    for text in ('Reply-Message = "one"', 'Reply-Message = "two"', "Tunnel-Type:1 = VLAN",
                 'Tunnel-Password:1 = "tunnelpw"'):
        assert text in done.stdout


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_password_is_rejected_through_it(proxy, method):
    done = log_in(proxy, f'{method} = "clientpass"')
    assert done.returncode == 1 and "Received Access-Reject" in done.stdout, done.stdout + done.stderr


def test_accounting_is_recorded_through_it(proxy, server):
    done = radclient("acct", proxy.udp_address, FRONT_SECRET,
                     [ALICE, "Acct-Status-Type = Start", 'Acct-Session-Id = "proxied"'])
    assert done.returncode == 0 and "Received Accounting-Response" in done.stdout, done.stdout + done.stderr
    assert sessions(server)[-1] == "proxied"


@pytest.mark.row("V11-2")
def test_its_connection_is_logged_and_one_is_enough(proxy, server):
    assert log_in(proxy, 'User-Password = "clientPass"').returncode == 0
    entry = connection_logged(server)
    assert (entry["listener"], entry["client"], entry["alpn"], entry["radius"]) == ("radsec", "radsec", "none", "1.0")
    told = connections(server.stats(), "radsec")
    assert (told["open"], told["opened"]) == (1, 1)


@pytest.mark.row("TLS-5")
def test_with_a_certificate_of_another_authority_it_is_refused(radhost, certificates):
    server = radhost(configuration(certificates), files=USERS)
    with RadsecProxy(home=server.address("radsec"), secret=FRONT_SECRET,
                     files=radsec.stranger_files(certificates)) as proxy:
        done = log_in(proxy, 'User-Password = "clientPass"', timeout_s=1)
        assert done.returncode != 0 and "Received" not in done.stdout, done.stdout
    counters = server.stop()
    assert counters.listener("radsec")["requests"] == 0 and "bad_certificate" in ended(counters, "radsec")


@pytest.mark.row("TLS-4", "TRN-12")
def test_with_another_secret_over_tls_it_is_refused(radhost, certificates):
    server = radhost(configuration(certificates), files=USERS)
    with RadsecProxy(home=server.address("radsec"), secret=FRONT_SECRET, tls_secret="another",
                     files=radsec.client_files(certificates)) as proxy:
        done = log_in(proxy, 'User-Password = "clientPass"', "Message-Authenticator = 0x00", timeout_s=1)
        assert done.returncode != 0 and "Received" not in done.stdout, done.stdout
        assert ended(server.stats(), "radsec").get("bad_message_authenticator", 0) >= 1


@pytest.mark.row("TLS-4")
def test_a_secret_that_both_sides_were_given_is_used(radhost, certificates):
    """D-31."""
    client = radsec.RADSEC_CLIENT + 'tls_secret = "another"\n'
    server = radhost(configuration(certificates, client), files=USERS)
    with RadsecProxy(home=server.address("radsec"), secret=FRONT_SECRET, tls_secret="another",
                     files=radsec.client_files(certificates)) as proxy:
        assert log_in(proxy, 'User-Password = "clientPass"', "Message-Authenticator = 0x00").returncode == 0


# TLS in from our client, UDP out to our listeners

@pytest.fixture(scope="module", params=["auth", "acct"])
def back(request, shared_radhost, certificates):
    """(proxy, server): a proxy with the server's certificate in front of one UDP listener; it has one home only."""
    server = shared_radhost(LOOPBACK_CLIENT + ACCESS_PLUGINS + acctlog_plugin() + AUTH_LISTENER + ACCT_LISTENER,
                            files=USERS)
    with RadsecProxy(home=server.address(request.param), home_secret=SECRET.decode(),
                     files=radsec.server_files(certificates)) as proxy:
        yield proxy, server


@pytest.fixture
def send(program, certificates, back):
    def run(kind, *arguments, files=None, timeout_ms=3000):
        certificate, key, ca = files or radsec.client_files(certificates)
        return program.run("send", kind, *arguments, "--tls", "--to", "%s:%d" % back[0].tls_address,
                           "--cert", certificate, "--key", key, "--ca", ca, "--timeout-ms", timeout_ms)
    return run


def front_of(listener):
    return pytest.mark.parametrize("back", [listener], indirect=True)


@front_of("auth")
@pytest.mark.parametrize("method", [(), ("--chap",), ("--mschapv2",)], ids=lambda method: "".join(method) or "PAP")
def test_our_client_logs_in_through_it_and_is_rejected(send, method):
    done = send("access", "User-Name=alice", "User-Password=clientPass", *method)
    assert done.returncode == ACCEPTED, done.stderr
    assert 'Reply-Message = "one"' in done.stdout and 'Tunnel-Password:1 = "tunnelpw"' in done.stdout
    done = send("access", "User-Name=alice", "User-Password=wrong", *method)
    assert done.returncode == NEGATIVE and "Access-Reject" in done.stdout


@front_of("auth")
def test_our_client_pipelines_through_it(send):
    done = send("access", "User-Name=alice", "User-Password=clientPass", "--count", 200, "--parallel", 50)
    assert done.returncode == ACCEPTED, done.stderr


@front_of("acct")
def test_our_clients_accounting_is_recorded_through_it(send, back):
    """With a User-Name: it acknowledges accounting of nobody by itself."""
    done = send("accounting", "User-Name=alice", "Acct-Status-Type=Start", "Acct-Session-Id=sent")
    assert done.returncode == ACCEPTED, done.stderr
    assert sessions(back[1])[-1] == "sent"


@front_of("auth")
@pytest.mark.row("TLS-3")
def test_our_client_with_a_certificate_of_another_authority_is_refused_by_it(send, certificates):
    done = send("access", "User-Name=alice", "User-Password=clientPass",
                files=radsec.stranger_files(certificates), timeout_ms=1000)
    assert done.returncode == NO_ANSWER and done.stdout == ""


@front_of("auth")
@pytest.mark.row("TLS-5")
def test_our_client_refuses_it_with_an_authority_that_is_not_its(send, certificates):
    done = send("access", "User-Name=alice", "User-Password=clientPass",
                files=[*certificates.client, certificates.other.certificate], timeout_ms=1000)
    assert done.returncode == NO_ANSWER and done.stdout == "" and "certificate" in done.stderr


@front_of("auth")
@pytest.mark.row("V11-2")
@pytest.mark.parametrize("radius, status", [("1.0,1.1", ACCEPTED), ("1.1", NO_ANSWER)])
def test_it_speaks_1_0_alone(program, certificates, back, radius, status):
    certificate, key, ca = radsec.client_files(certificates)
    done = program.run("send", "access", "User-Name=alice", "User-Password=clientPass", "--tls", "--radius", radius,
                       "--to", "%s:%d" % back[0].tls_address, "--cert", certificate, "--key", key, "--ca", ca)
    assert done.returncode == status, done
