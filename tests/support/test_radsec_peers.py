# SPDX-License-Identifier: Apache-2.0
"""The peers that speak RADIUS over TLS prove each other: a mistake here is none of the server's."""

import pytest

from support import radsec
from support.peers import FreeRadius, RadsecProxy, radclient

USERS = 'User Cleartext-Password := "clientPass"\n    Reply-Message = "one", Tunnel-Password:1 = "tunnelpw"\n'


@pytest.fixture(scope="module")
def home(certificates):
    with FreeRadius(secret="home", users=USERS, radsec_files=radsec.server_files(certificates)) as server:
        yield server


@pytest.fixture(scope="module", params=["FreeRADIUS", "radsecproxy", "two of radsecproxy"])
def way(request, certificates, home):
    """Where a client sends Access- and Accounting-Requests by UDP so that they go to `home` over TLS."""
    files = radsec.client_files(certificates)
    if request.param == "FreeRADIUS":
        with FreeRadius(secret="front", proxy_to=home.radsec_address, proxy_secret="radsec",
                        proxy_tls_files=files) as proxy:
            yield proxy.address, proxy.accounting_address
    elif request.param == "radsecproxy":
        with RadsecProxy(home=home.radsec_address, secret="front", files=files) as proxy:
            yield proxy.udp_address, proxy.udp_address
    else:
        with RadsecProxy(home=home.address, home_secret="home", files=radsec.server_files(certificates)) as back, \
             RadsecProxy(home=back.tls_address, secret="front", files=files) as proxy:
            yield proxy.udp_address, None


def log_in(address, password, secret="front", **options):
    return radclient("auth", address, secret, ['User-Name = "User"', f'User-Password = "{password}"'], **options)


def test_a_user_logs_in(way):
    done = log_in(way[0], "clientPass")
    assert done.returncode == 0 and 'Tunnel-Password:1 = "tunnelpw"' in done.stdout, done.stdout + done.stderr


def test_a_wrong_password_is_rejected(way):
    done = log_in(way[0], "wrong")
    assert done.returncode == 1 and "Received Access-Reject" in done.stdout, done.stdout + done.stderr


def test_accounting_is_recorded(way, home, request):
    """With a User-Name: radsecproxy acknowledges accounting of nobody by itself."""
    if way[1] is None:
        return  # its home takes accounting by another port
    session = request.node.callspec.id.replace(" ", "-")
    done = radclient("acct", way[1], "front",
                     ['User-Name = "User"', "Acct-Status-Type = Start", f'Acct-Session-Id = "{session}"'])
    assert done.returncode == 0, done.stdout + done.stderr
    assert f'Acct-Session-Id = "{session}"' in home.accounting_records()


@pytest.mark.parametrize("peer", ["FreeRADIUS", "radsecproxy"])
def test_a_client_of_another_authority_gets_nothing(certificates, home, peer):
    files = radsec.stranger_files(certificates)
    if peer == "FreeRADIUS":
        proxy = FreeRadius(secret="front", proxy_to=home.radsec_address, proxy_secret="radsec", proxy_tls_files=files)
    else:
        proxy = RadsecProxy(home=home.radsec_address, secret="front", files=files)
    with proxy:
        address = proxy.address if peer == "FreeRADIUS" else proxy.udp_address
        done = log_in(address, "clientPass", timeout_s=1, retries=1)
    assert done.returncode != 0 and "Received Access-Accept" not in done.stdout


def test_a_wrong_secret_gets_nothing(way):
    done = log_in(way[0], "clientPass", secret="wrong", timeout_s=1, retries=1)
    assert done.returncode != 0 and "Received Access-Accept" not in done.stdout
