# SPDX-License-Identifier: Apache-2.0
"""What an Access-Request must hold, and what its answer may hold."""

from ipaddress import IPv6Address

import pytest

from support import mschap, wire
from support.client import Client
from support.configurations import (ACCESS, ACCESS_PLUGINS, AUTH_LISTENER, BOB, LOOPBACK_CLIENT, SECRET, listener,
                                    static_plugin, user)
from support.processes import ProcessError

AUTHORIZE_ONLY, CALL_CHECK = wire.integer(17), wire.integer(10)
NAS_IDENTIFIER, NAS_IPV6_ADDRESS = 32, 95
ACCT_INTERIM_INTERVAL, CUI = 85, 89
SECRETS = ('"Tunnel-Password:1" = "tunnelpw", "MS-MPPE-Send-Key" = "0x0102030405060708090a0b0c0d0e0f10", '
           '"MS-MPPE-Recv-Key" = "0x0102030405060708090a0b0c0d0e0f10"')


def granting(radhost, reply="{}", verdict="accept"):
    """Whoever asks is given `reply`."""
    return radhost(LOOPBACK_CLIENT + static_plugin("fixed", verdict, reply)
                   + listener("auth", '["access"]', '["fixed"]'))


def ask(server, attributes, **options):
    with Client(server.address("auth"), SECRET) as client:
        return client.exchange(client.access_request([(wire.USER_NAME, b"bob"), *attributes], **options))


def silence(server, attributes):
    with Client(server.address("auth"), SECRET) as client:
        request = client.access_request(attributes, message_authenticator=None)
        client.expect_silence(request, lambda: client.pap_request(b"bob", b"hello"))
    assert server.stop().discards() == {"no_credentials": 1}


# Secrets by listener

@pytest.mark.row("CLI-3")
def test_one_source_may_have_another_secret_on_another_port(radhost):
    entries = "".join(f'[[client]]\nname = "{name}"\naddress = ["127.0.0.1"]\nsecret = "secret of {name}"\n'
                      for name in ("one", "two"))
    server = radhost(entries + ACCESS_PLUGINS + "".join(
        listener(f"port-{name}", '["access"]', '["users", "password"]', more=f'clients = ["{name}"]')
        for name in ("one", "two")), files={"users.toml": BOB})
    for name, other in (("one", b"two"), ("two", b"one")):
        with Client(server.address(f"port-{name}"), b"secret of " + name.encode()) as client, \
                Client(server.address(f"port-{name}"), b"secret of " + other) as wrong:
            wrong.send(wrong.pap_request(b"bob", b"hello"))
            assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
            wrong.expect_nothing_more()
    assert server.stop().discards() == {"bad_message_authenticator": 2}


# Who asks

@pytest.mark.row("CLI-6")
@pytest.mark.parametrize("password, code", [(b"hello", wire.ACCESS_ACCEPT), (b"wrong", wire.ACCESS_REJECT)])
def test_a_login_that_names_no_nas_is_answered(radhost, password, code):
    """D-7."""
    server = radhost(ACCESS, files={"users.toml": BOB})
    authenticator = bytes(range(16))
    hidden = wire.hide_password(password, SECRET, authenticator)
    assert ask(server, [(wire.USER_PASSWORD, hidden)], authenticator=authenticator).code == code


@pytest.mark.row("CLI-6")
@pytest.mark.parametrize("nas", [[], [(NAS_IPV6_ADDRESS, IPv6Address("fe80::1").packed)]],
                         ids=["none", "a link-local address"])
def test_it_is_logged_once_for_a_client(radhost, nas):
    """D-7."""
    server = granting(radhost)
    for _ in range(3):
        ask(server, [(wire.USER_PASSWORD, bytes(16)), *nas])
    server.stop()  # so that all that it logged has come
    assert len([entry for entry in server.log() if "NAS-I" in entry["message"]]) == 1


@pytest.mark.row("CLI-6")
@pytest.mark.parametrize("nas, code", [
    ([], wire.ACCESS_REJECT), ([(NAS_IPV6_ADDRESS, IPv6Address("fe80::1").packed)], wire.ACCESS_REJECT),
    ([(NAS_IPV6_ADDRESS, IPv6Address("febf::1").packed)], wire.ACCESS_REJECT),
    ([(wire.NAS_IP_ADDRESS, b"\xc0\0\2")], wire.ACCESS_REJECT),
    ([(NAS_IPV6_ADDRESS, IPv6Address("2001:db8::1").packed)], wire.ACCESS_ACCEPT),
    ([(wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1"))], wire.ACCESS_ACCEPT),
    ([(NAS_IDENTIFIER, b"n")], wire.ACCESS_ACCEPT)])
def test_where_it_must_a_login_names_its_nas(radhost, nas, code):
    """D-7. A link-local address names nobody."""
    server = radhost(LOOPBACK_CLIENT + "require_nas_identity = true\n" + static_plugin("fixed", "accept")
                     + listener("auth", '["access"]', '["fixed"]'))
    assert ask(server, [(wire.USER_PASSWORD, bytes(16)), *nas]).code == code


@pytest.mark.row("CLI-7")
@pytest.mark.parametrize("attributes", [
    [], [(wire.USER_NAME, b"bob")], [(wire.USER_NAME, b"bob"), (wire.STATE, b"s")],
    [(wire.USER_NAME, b"bob"), (wire.SERVICE_TYPE, CALL_CHECK)], [(wire.CHAP_CHALLENGE, bytes(16))]])
def test_without_credentials_and_message_authenticator_there_is_no_answer(radhost, attributes):
    silence(radhost(ACCESS, files={"users.toml": BOB}), attributes)


@pytest.mark.row("CLI-7")
def test_a_message_authenticator_makes_up_for_missing_credentials(radhost):
    assert ask(granting(radhost), [(wire.SERVICE_TYPE, CALL_CHECK)]).code == wire.ACCESS_ACCEPT


# Authorization checks

@pytest.mark.row("CLI-8")
@pytest.mark.parametrize("attributes", [[], [(wire.SERVICE_TYPE, AUTHORIZE_ONLY)],
                                        [(wire.SERVICE_TYPE, wire.integer(2))]])
def test_an_authorization_check_without_state_is_a_reject(radhost, attributes):
    """RFC 5080 §2.1.1, whatever the handlers would say."""
    assert ask(granting(radhost), attributes).code == wire.ACCESS_REJECT


@pytest.mark.row("CLI-8")
@pytest.mark.parametrize("attributes", [
    [(wire.SERVICE_TYPE, AUTHORIZE_ONLY), (wire.STATE, b"of an earlier Accept")],
    [(wire.SERVICE_TYPE, CALL_CHECK)], [(wire.SERVICE_TYPE, CALL_CHECK), (wire.STATE, b"s")]])
def test_with_state_or_as_a_call_check_handlers_decide(radhost, attributes):
    """D-26."""
    assert ask(granting(radhost), attributes).code == wire.ACCESS_ACCEPT
    assert ask(granting(radhost, verdict="reject"), attributes).code == wire.ACCESS_REJECT


def secrets_in(answer):
    return answer.values(wire.TUNNEL_PASSWORD) + answer.vendor_values(mschap.MICROSOFT, 16) + \
        answer.vendor_values(mschap.MICROSOFT, 17)


@pytest.mark.row("CLI-9")
def test_a_call_check_is_given_no_secrets(radhost):
    """RFC 5080 §2.1.1: nobody has proved anything."""
    answer = ask(granting(radhost, f'{{ {SECRETS}, "Reply-Message" = "hello" }}'), [(wire.SERVICE_TYPE, CALL_CHECK)])
    assert (answer.code, answer.values(wire.REPLY_MESSAGE)) == (wire.ACCESS_ACCEPT, [b"hello"])
    assert secrets_in(answer) == []


@pytest.mark.row("CLI-9")
def test_a_login_is_given_its_secrets(radhost):
    answer = ask(granting(radhost, f"{{ {SECRETS} }}"), [(wire.USER_PASSWORD, bytes(16))])
    assert (answer.code, len(secrets_in(answer))) == (wire.ACCESS_ACCEPT, 3)


# What answers hold

@pytest.mark.row("CLI-12")
def test_a_challenge_carries_no_provisioning(radhost):
    """RFC 2865 §5.44: Reply-Message, State, Vendor-Specific, the two timeouts, Proxy-State, and what EAP needs."""
    reply = """{ "Reply-Message" = "code?", "Session-Timeout" = 30, "Idle-Timeout" = 20, "Framed-IP-Address" =
        "192.0.2.1", "Service-Type" = "Framed-User", "Class" = "0x01", "Filter-Id" = "f", "Framed-Route" = "r",
        "Vendor-99999-Attr-1" = "0x01", "Tunnel-Type:1" = "VLAN" }""".replace("\n", " ")
    answer = ask(granting(radhost, reply, "challenge"), [(wire.USER_PASSWORD, bytes(16)), (wire.PROXY_STATE, b"p")])
    assert answer.code == wire.ACCESS_CHALLENGE
    assert sorted(answer.types()) == sorted([
        wire.MESSAGE_AUTHENTICATOR, wire.REPLY_MESSAGE, wire.STATE, wire.SESSION_TIMEOUT, 28, wire.VENDOR_SPECIFIC,
        wire.PROXY_STATE])


@pytest.mark.row("CLI-14")
@pytest.mark.parametrize("seconds", [60, 600, 86400])
def test_an_interim_interval_from_a_minute_is_sent(radhost, seconds):
    answer = ask(granting(radhost, f'{{ "Acct-Interim-Interval" = {seconds} }}'), [(wire.USER_PASSWORD, bytes(16))])
    assert answer.values(ACCT_INTERIM_INTERVAL) == [wire.integer(seconds)]


@pytest.mark.row("CLI-14")
@pytest.mark.parametrize("seconds", [0, 1, 30, 59])
def test_a_shorter_interim_interval_is_a_mistake_in_the_configuration(radhost, seconds):
    """RFC 2869 §5.16."""
    with pytest.raises(ProcessError, match="Acct-Interim-Interval"):
        granting(radhost, f'{{ "Acct-Interim-Interval" = {seconds} }}')


@pytest.mark.row("CLI-14")
@pytest.mark.parametrize("verdict", ["reject", "challenge"])
def test_an_interim_interval_is_in_an_accept_alone(radhost, verdict):
    answer = ask(granting(radhost, '{ "Acct-Interim-Interval" = 600 }', verdict), [(wire.USER_PASSWORD, bytes(16))])
    assert answer.values(ACCT_INTERIM_INTERVAL) == []


@pytest.mark.row("CLI-10")
def test_every_request_has_exactly_one_answer(radhost):
    """3,000 from three ports, accepted, rejected and challenged by turns; each is counted."""
    server = radhost(LOOPBACK_CLIENT + ACCESS_PLUGINS + AUTH_LISTENER,
                     files={"users.toml": BOB + user("alice")}, workers=2)
    for _ in range(3):
        with Client(server.address("auth"), SECRET) as client:
            for begin in range(0, 1000, 50):
                requests = {}
                for number in range(50):
                    password = (b"hello", b"wrong")[number % 2]
                    request = client.pap_request(b"bob", password, identifier=(begin + number) % 256)
                    requests[request[1]] = (request, wire.ACCESS_ACCEPT if number % 2 == 0 else wire.ACCESS_REJECT)
                    client.send(request)
                for _ in range(50):
                    octets = client.receive()
                    request, code = requests.pop(octets[1])
                    assert wire.check_answer(octets, request, SECRET).code == code
            client.expect_nothing_more()
    access = server.stop().listener("auth")["access"]
    assert (access["requests"], access["accepts"], access["rejects"], access["pending"]) == (3000, 1500, 1500, 0)
