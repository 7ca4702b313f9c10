# SPDX-License-Identifier: Apache-2.0
"""What `radhost load` puts on the wire: each request is right, and no two are the same."""

import json
import time

import pytest

from support import mschap, wire
from support.configurations import SECRET
from support.stub import Stub

LOGIN = ("User-Name=alice", "User-Password=clientPass")
ANSWERS = {wire.ACCESS_REQUEST: wire.ACCESS_ACCEPT, wire.ACCOUNTING_REQUEST: wire.ACCOUNTING_RESPONSE,
           wire.COA_REQUEST: wire.COA_ACK, wire.DISCONNECT_REQUEST: wire.DISCONNECT_ACK,
           wire.STATUS_SERVER: wire.ACCESS_ACCEPT}


def right_answer(request):
    return wire.answer(ANSWERS[request[0]], request, [], SECRET)


@pytest.fixture
def captured(program):
    """captured(…) gives the requests of one run, all of which are answered."""
    def run(*arguments, count=20):
        with Stub(right_answer) as stub:
            done = program.run("load", *arguments, "--count", count, "--to", stub.address, "--secret", "xyzzy5461",
                               "--json")
            assert done.returncode == 0, (done.stdout, done.stderr)
            assert json.loads(done.stdout)["answered"] == len(stub.requests) == count
            return stub
    return run


def texts(stub, attribute_type):
    return [wire.decode(octets).values(attribute_type)[0].decode() for octets in stub.requests]


# Uniqueness

KINDS = {
    "PAP": ("access", *LOGIN), "CHAP": ("access", *LOGIN, "--chap"), "MS-CHAPv2": ("access", *LOGIN, "--mschapv2"),
    "no password": ("access", "User-Name=alice"), "status": ("status",),
    "accounting": ("accounting", "Acct-Status-Type=Start"),
    "accounting of one session": ("accounting", "Acct-Status-Type=Start", "Acct-Session-Id=S1"),
    "coa": ("coa", "Acct-Session-Id=S1"), "disconnect": ("disconnect", "Acct-Session-Id=S1")}


@pytest.mark.parametrize("kind", KINDS)
def test_two_runs_never_send_the_same_octets(captured, kind):
    """More than 256 requests each, so that identifiers come again."""
    requests = captured(*KINDS[kind], count=600).requests + captured(*KINDS[kind], count=600).requests
    assert len({octets[1] for octets in requests}) == 256
    # Without the identifier, too.
    assert len({octets[2:] for octets in requests}) == len(requests) == 1200


@pytest.mark.parametrize("kind", ["PAP", "CHAP", "MS-CHAPv2", "accounting"])
def test_a_seed_makes_the_same_requests_again(captured, kind):
    once = captured(*KINDS[kind], "--seed", 42, "--window", 1)
    again = captured(*KINDS[kind], "--seed", 42, "--window", 1)
    other = captured(*KINDS[kind], "--seed", 43, "--window", 1)
    assert once.requests == again.requests
    assert not set(once.requests) & set(other.requests)


def test_each_request_hides_its_password_anew(captured):
    requests = captured(*LOGIN, count=300).requests
    hidden = [wire.decode(octets).values(wire.USER_PASSWORD)[0] for octets in requests]
    assert len(set(hidden)) == 300
    assert {wire.reveal_password(value, SECRET, octets[4:20]) for value, octets in zip(hidden, requests)} == \
        {b"clientPass"}


# What each kind holds

@pytest.mark.parametrize("kind", ["PAP", "CHAP", "MS-CHAPv2", "no password", "status"])
def test_message_authenticator_is_first_and_right(captured, kind):
    for octets in captured(*KINDS[kind]).requests:
        assert octets[20:22] == b"\x50\x12"
        assert wire.decode(octets).values(80) == [wire.message_authenticator(octets, SECRET, octets[4:20])]


def test_a_status_server_holds_nothing_else(captured):
    for octets in captured("status").requests:
        assert octets[0] == wire.STATUS_SERVER and wire.decode(octets).types() == [wire.MESSAGE_AUTHENTICATOR]


@pytest.mark.parametrize("length", [0, 1, 16, 17, 128])
def test_a_password_of_any_length_is_hidden(captured, length):
    octets = captured("User-Name=a", 'User-Password="%s"' % ("x" * length)).requests[0]
    value, = wire.decode(octets).values(wire.USER_PASSWORD)
    assert wire.reveal_password(value, SECRET, octets[4:20]) == b"x" * length
    assert len(value) == max(16, (length + 15) // 16 * 16)


def test_chap_sends_no_password(captured):
    for octets in captured(*LOGIN, "--chap").requests:
        packet = wire.decode(octets)
        assert packet.values(wire.USER_PASSWORD) == []
        challenge, = packet.values(wire.CHAP_CHALLENGE)
        response, = packet.values(wire.CHAP_PASSWORD)
        assert response == wire.chap_response(response[0], b"clientPass", challenge)


def test_mschapv2_sends_no_password(captured):
    for octets in captured("User-Name=BIGCO\\alice", LOGIN[1], "--mschapv2", count=3).requests:
        packet = wire.decode(octets)
        assert packet.values(wire.USER_PASSWORD) == []
        challenge, = packet.vendor_values(mschap.MICROSOFT, mschap.MS_CHAP_CHALLENGE)
        response, = packet.vendor_values(mschap.MICROSOFT, mschap.MS_CHAP2_RESPONSE)
        assert len(response) == 50 and response[1] == 0 and response[18:26] == bytes(8)
        assert response[26:] == mschap.generate_nt_response(challenge, response[2:18], b"alice", "clientPass")


def test_accounting_is_signed_and_each_has_a_session_of_its_own(captured):
    stub = captured("accounting", "Acct-Status-Type=Start", count=300)
    for octets in stub.requests:
        assert wire.request_authenticator_is_right(octets, SECRET)
        assert wire.decode(octets).values(wire.MESSAGE_AUTHENTICATOR) == []
    assert len(set(texts(stub, wire.ACCT_SESSION_ID))) == 300


def test_a_session_that_is_given_stays(captured):
    stub = captured("accounting", "Acct-Status-Type=Start", "Acct-Session-Id=S1")
    assert set(texts(stub, wire.ACCT_SESSION_ID)) == {"S1"}


@pytest.mark.parametrize("kind, code", [("coa", wire.COA_REQUEST), ("disconnect", wire.DISCONNECT_REQUEST)])
def test_dynamic_authorization_is_signed_and_of_now(captured, kind, code):
    for octets in captured(kind, "Acct-Session-Id=S1").requests:
        assert octets[0] == code and octets[20:22] == b"\x50\x12"
        assert wire.request_authenticator_is_right(octets, SECRET)
        packet = wire.decode(octets)
        assert packet.values(80) == [wire.message_authenticator(octets, SECRET, wire.ZERO_AUTHENTICATOR)]
        stamp, = packet.values(wire.EVENT_TIMESTAMP)
        assert abs(int.from_bytes(stamp, "big") - time.time()) < 30


def test_an_access_request_names_its_nas(captured):
    assert texts(captured(*LOGIN), 32) == ["radhost"] * 20
    packet = wire.decode(captured(*LOGIN, "NAS-IP-Address=192.0.2.7").requests[0])
    assert packet.values(wire.NAS_IP_ADDRESS) == [wire.ipv4("192.0.2.7")] and packet.values(32) == []


def test_attributes_are_sent_as_written_and_in_order(captured):
    packet = wire.decode(captured(*LOGIN, "Service-Type=Framed-User", "Tunnel-Type:1=VLAN", "Attr-200=0x0102",
                                  "Vendor-99999-Attr-1=0xab", "Proxy-State=0x01", "Proxy-State=0x02",
                                  'Calling-Station-Id="a, b"').requests[0])
    assert packet.types() == [80, 1, 2, 6, 64, 200, 26, 33, 33, 31, 32]
    assert packet.values(wire.SERVICE_TYPE) == [wire.integer(2)]
    assert packet.values(wire.TUNNEL_TYPE) == [b"\x01\0\0\x0d"]
    assert packet.values(200) == [b"\x01\x02"]
    assert packet.vendor_values(99999, 1) == [b"\xab"]
    assert packet.values(wire.PROXY_STATE) == [b"\x01", b"\x02"]
    assert packet.values(31) == [b"a, b"]


# Numbered users

def test_users_are_numbered_in_turn(captured):
    stub = captured("User-Name=user", "User-Password=pw", "--users", 12, "--window", 1, count=30)
    assert texts(stub, wire.USER_NAME) == [f"user{number % 12}" for number in range(30)]


def test_a_number_stands_where_a_value_says_so(captured):
    stub = captured("User-Name=%n@example.%n", "User-Password=pw-%n", "NAS-Port=%n", "Vendor-99999-Attr-1=x",
                    "Calling-Station-Id=00-%n", "--users", 101, "--window", 1, count=101)
    for number, octets in enumerate(stub.requests):
        packet = wire.decode(octets)
        assert packet.values(wire.USER_NAME) == [b"%d@example.%d" % (number, number)]
        value, = packet.values(wire.USER_PASSWORD)
        assert wire.reveal_password(value, SECRET, octets[4:20]) == b"pw-%d" % number
        assert packet.values(wire.NAS_PORT) == [wire.integer(number)]
        assert packet.values(31) == [b"00-%d" % number]


def test_mschapv2_answers_for_the_numbered_user(captured):
    stub = captured("User-Name=user", "User-Password=clientPass", "--mschapv2", "--users", 11, "--window", 1, count=11)
    for number, octets in list(enumerate(stub.requests))[::5]:
        packet = wire.decode(octets)
        challenge, = packet.vendor_values(mschap.MICROSOFT, mschap.MS_CHAP_CHALLENGE)
        response, = packet.vendor_values(mschap.MICROSOFT, mschap.MS_CHAP2_RESPONSE)
        assert response[26:] == mschap.generate_nt_response(challenge, response[2:18], b"user%d" % number, "clientPass")


def test_without_users_the_sign_stands_for_itself(captured):
    assert set(texts(captured("User-Name=100%n", "User-Password=pw"), wire.USER_NAME)) == {"100%n"}


# Sources

@pytest.mark.parametrize("number", [1, 5, 300])
def test_sources_are_different_addresses(captured, number):
    stub = captured(*LOGIN, "--sources", number, count=4 * number)
    assert {host for host, _ in stub.sources} == \
        {"127.1.%d.%d" % divmod(source, 256) for source in range(1, number + 1)}


def test_sources_have_equal_shares(captured):
    stub = captured(*LOGIN, "--sources", 4, "--window", 4, count=400)
    hosts = [host for host, _ in stub.sources]
    assert all(60 <= hosts.count(host) <= 140 for host in set(hosts)), hosts


def test_4096_sources_are_possible(captured):
    stub = captured(*LOGIN, "--sources", 4096, count=4096)
    assert len({host for host, _ in stub.sources}) == 4096


def test_without_sources_there_is_one_address(captured):
    assert {host for host, _ in captured(*LOGIN).sources} == {"127.0.0.1"}
