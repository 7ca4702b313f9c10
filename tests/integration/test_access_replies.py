# SPDX-License-Identifier: Apache-2.0
"""What an answer to an Access-Request carries, and in which order."""

import pytest

from support import mschap, wire
from support.client import Client
from support.configurations import ACCESS, BOB, LOOPBACK_CLIENT, SECRET, listener, static_plugin, user
from support.vectors import octets

USERS = BOB + user("alice", reply="""{ "Service-Type" = "Framed-User", "Framed-IP-Address" = "192.0.2.10",
    "Reply-Message" = ["one", "two"], "Tunnel-Type:1" = "VLAN" }""".replace("\n", " ")) + user("plain") + user(
    "tagged", reply='{ "Tunnel-Type:1" = "VLAN", "Tunnel-Private-Group-Id:1" = "100", "Tunnel-Type" = 13, '
                    '"Tunnel-Private-Group-Id" = "100" }') + user(
    "values", reply='{ "Session-Timeout" = 60, "Class" = ["0x00ff00", "0x01"], "Framed-IPv6-Prefix" = '
                    '"2001:db8:0:1::/64", "Attr-200" = "0x0102", "Vendor-99999-Attr-1" = "0xabcd", '
                    '"Reply-Message" = ["3", "2", "1", "2"] }') + """
[default]
reply = { "Session-Timeout" = 3600, "Idle-Timeout" = 600 }
"""
IDLE_TIMEOUT = 28
CHARGEABLE_USER_IDENTITY = 89


@pytest.fixture(scope="module")
def server(shared_radhost):
    return shared_radhost(ACCESS, files={"users.toml": USERS})


@pytest.fixture
def client(server):
    with Client(server.address("auth"), SECRET) as opened:
        yield opened


def accepted(client, name, attributes=(), password=b"clientPass"):
    answer = client.pap(name, password, attributes)
    assert answer.code == wire.ACCESS_ACCEPT
    return answer


def static_answer(radhost, verdict, reply="{}", **options):
    """What a server answers that has one verdict and one reply for everybody, and the request it answers."""
    server = radhost(LOOPBACK_CLIENT + static_plugin("fixed", verdict, reply)
                     + listener("auth", '["access"]', '["fixed"]'))
    with Client(server.address("auth"), SECRET) as client:
        request = client.pap_request(b"bob", b"x", **options)
        return client.exchange(request), request


def test_a_users_reply_is_in_the_accept(client):
    answer = accepted(client, b"alice")
    assert answer.values(wire.SERVICE_TYPE) == [wire.integer(2)]
    assert answer.values(wire.FRAMED_IP_ADDRESS) == [wire.ipv4("192.0.2.10")]


def test_values_given_several_times_keep_their_order(client):
    assert accepted(client, b"alice").values(wire.REPLY_MESSAGE) == [b"one", b"two"]
    assert accepted(client, b"values").values(wire.REPLY_MESSAGE) == [b"3", b"2", b"1", b"2"]


def test_the_default_reply_is_added_for_every_listed_user(client):
    for name in (b"plain", b"alice"):
        answer = accepted(client, name)
        assert answer.values(wire.SESSION_TIMEOUT) == [wire.integer(3600)]
        assert answer.values(IDLE_TIMEOUT) == [wire.integer(600)]


def test_a_users_attribute_replaces_the_defaults(client):
    answer = accepted(client, b"values")
    assert answer.values(wire.SESSION_TIMEOUT) == [wire.integer(60)]
    assert answer.values(IDLE_TIMEOUT) == [wire.integer(600)]


@pytest.mark.row("COD-24")
def test_tags_are_written_as_rfc_2868_says(client):
    """C-14m and C-14o with tag 1; without one an integer's tag octet is zero and a string has none (C-14n)."""
    answer = accepted(client, b"tagged")
    assert set(answer.values(wire.TUNNEL_TYPE)) == {bytes.fromhex("0100000d"), bytes.fromhex("0000000d")}
    assert set(answer.values(wire.TUNNEL_PRIVATE_GROUP_ID)) == {b"\x01100", b"100"}


@pytest.mark.row("COD-24")
def test_a_string_that_begins_like_a_tag_is_sent_with_an_unused_one(radhost):
    """D-4: otherwise its first octet would be taken for a tag."""
    answer, _ = static_answer(radhost, "accept", r'{ "Tunnel-Private-Group-Id" = ["\u001fx", "\u0000x", " x"] }')
    assert answer.values(wire.TUNNEL_PRIVATE_GROUP_ID) == [b"\0\x1fx", b"\0\0x", b" x"]


@pytest.mark.row("COD-24", "AUTH-14")
def test_a_tunnel_password_always_has_a_tag_octet(radhost):
    answer, request = static_answer(radhost, "accept", '{ "Tunnel-Password" = "one", "Tunnel-Password:2" = "two" }')
    sent = {value[0]: wire.reveal_salted(value[1:], SECRET, request[4:20])[1]
            for value in answer.values(wire.TUNNEL_PASSWORD)}
    assert sent == {0: b"one", 2: b"two"}


@pytest.mark.row("AUTH-16")
@pytest.mark.parametrize("where, passwords", [("first", 1), ("last", 1), (None, 0)])
def test_a_tunnel_password_answers_only_a_request_with_a_message_authenticator(radhost, where, passwords):
    answer, _ = static_answer(radhost, "accept", '{ "Tunnel-Password:1" = "one" }', message_authenticator=where)
    assert answer.code == wire.ACCESS_ACCEPT
    assert len(answer.values(wire.TUNNEL_PASSWORD)) == passwords


@pytest.mark.row("COD-11")
@pytest.mark.parametrize("name, empty", [
    ("Reply-Message", ""), ("Class", "0x"), ("EAP-Message", "0x"), ("Tunnel-Private-Group-Id", ""),
    ("Tunnel-Private-Group-Id:1", ""), ("SAML-Assertion", ""), ("MS-CHAP-Domain", ""), ("Ascend-Data-Filter", "0x"),
    ("Attr-200", "0x")])
def test_a_value_of_length_0_is_left_out(radhost, name, empty):
    answer, _ = static_answer(radhost, "accept", f'{{ "{name}" = "{empty}" }}')
    assert (answer.code, answer.types()) == (wire.ACCESS_ACCEPT, [wire.MESSAGE_AUTHENTICATOR])


@pytest.mark.row("COD-11")
def test_a_value_beside_one_of_length_0_is_sent(radhost):
    answer, _ = static_answer(radhost, "accept", '{ "Reply-Message" = ["", "x", ""] }')
    assert answer.values(wire.REPLY_MESSAGE) == [b"x"]


@pytest.mark.row("COD-10")
def test_a_nul_in_a_reply_is_sent(radhost):
    answer, _ = static_answer(radhost, "accept", r'{ "Reply-Message" = "a\u0000b" }')
    assert answer.values(wire.REPLY_MESSAGE) == [b"a\0b"]


@pytest.mark.row("COD-15")
@pytest.mark.parametrize("size, parts", [(252, [252]), (253, [253]), (254, [253, 1]), (600, [253, 253, 94])])
def test_an_eap_message_is_sent_in_adjacent_parts(radhost, size, parts):
    eap = (b"\x01\x07" + size.to_bytes(2, "big") + b"\x04").ljust(size, b"~")
    reply = f'{{ "Reply-Message" = ["a", "b"], "EAP-Message" = "0x{eap.hex()}" }}'
    answer, _ = static_answer(radhost, "challenge", reply)
    sent = answer.values(wire.EAP_MESSAGE)
    assert [len(part) for part in sent] == parts and b"".join(sent) == eap
    first = answer.types().index(wire.EAP_MESSAGE)
    assert answer.types()[first:first + len(parts)] == [wire.EAP_MESSAGE] * len(parts)


@pytest.mark.row("COD-18", "COD-19", "COD-20")
@pytest.mark.parametrize("size, fragments", [
    (251, [b"\1\0" + b"s" * 251]), (252, [b"\1\x80" + b"s" * 251, b"\1\0s"]),
    (502, [b"\1\x80" + b"s" * 251, b"\1\0" + b"s" * 251])])
def test_a_long_value_is_sent_in_fragments_all_but_the_last_with_more(radhost, size, fragments):
    """SAML-Assertion, 245.1: Extended-Type, flags, data (RFC 6929 §2.2)."""
    answer, _ = static_answer(radhost, "accept", f'{{ "SAML-Assertion" = "{"s" * size}" }}')
    assert answer.values(245) == fragments


def test_octets_prefixes_and_unknown_attributes_are_written(client):
    answer = accepted(client, b"values")
    assert answer.values(wire.CLASS) == [b"\x00\xff\x00", b"\x01"]
    assert answer.values(97) == [wire.decode_attributes(octets("C-14c"))[0].value]
    assert answer.values(200) == [b"\x01\x02"]
    assert answer.vendor_values(99999, 1) == [b"\xab\xcd"]


@pytest.mark.row("AUTH-5", "SEC-1")
def test_the_answer_to_the_vector_holds_what_the_vector_holds(client):
    answer = client.exchange(octets("C-2a"))
    expected = wire.decode(octets("C-2b"))
    assert answer.values(wire.SERVICE_TYPE) == expected.values(wire.SERVICE_TYPE)
    assert answer.values(wire.PROXY_STATE) == expected.values(wire.PROXY_STATE)
    assert answer.types()[0] == wire.MESSAGE_AUTHENTICATOR


# Proxy-State

STATES = [b"\xde\xad", b"\x00", bytes(range(100)), b"\xde\xad", b"z" * 253]


@pytest.mark.row("PRX-1")
@pytest.mark.parametrize("password, code", [(b"hello", wire.ACCESS_ACCEPT), (b"wrong", wire.ACCESS_REJECT)])
def test_every_proxy_state_returns_unchanged_and_in_order(client, password, code):
    answer = client.pap(b"bob", password, [(wire.PROXY_STATE, state) for state in STATES])
    assert answer.code == code
    assert answer.values(wire.PROXY_STATE) == STATES


def test_a_request_without_proxy_state_gets_none(client):
    assert client.pap(b"bob", b"hello").values(wire.PROXY_STATE) == []


# Message-Authenticator

@pytest.mark.row("SEC-1", "AUTH-1", "AUTH-5")
@pytest.mark.parametrize("where", ["first", "last", None])
@pytest.mark.parametrize("password, code", [(b"hello", wire.ACCESS_ACCEPT), (b"wrong", wire.ACCESS_REJECT)])
def test_message_authenticator_is_the_first_attribute_of_every_answer(client, where, password, code):
    """Also towards a client that sent none."""
    request = client.pap_request(b"bob", password, message_authenticator=where)
    client.send(request)
    answer = client.receive()
    assert answer[0] == code
    assert answer[20:22] == b"\x50\x12"
    wire.check_answer(answer, request, SECRET)


@pytest.mark.row("SEC-1", "AUTH-1", "AUTH-5")
def test_message_authenticator_is_the_first_attribute_of_a_challenge(radhost):
    answer, _ = static_answer(radhost, "challenge", '{ "Reply-Message" = "code?" }')
    assert answer.code == wire.ACCESS_CHALLENGE
    assert answer.types()[0] == wire.MESSAGE_AUTHENTICATOR
    assert answer.values(wire.REPLY_MESSAGE) == [b"code?"]


@pytest.mark.row("CLI-15")
@pytest.mark.parametrize("asked", [b"\0", b"somebody"])
def test_who_asks_for_the_identity_to_charge_gets_it(radhost, asked):
    answer, _ = static_answer(radhost, "accept", '{ "Chargeable-User-Identity" = "0x0102" }',
                              attributes=[(CHARGEABLE_USER_IDENTITY, asked)])
    assert answer.values(CHARGEABLE_USER_IDENTITY) == [b"\x01\x02"]


@pytest.mark.row("CLI-15")
def test_who_does_not_ask_for_it_gets_none(radhost):
    """Whatever the policy says; the rest of its answer stays."""
    reply = '{ "Chargeable-User-Identity" = "0x0102", "Reply-Message" = "hello" }'
    answer, _ = static_answer(radhost, "accept", reply)
    assert answer.code == wire.ACCESS_ACCEPT
    assert (answer.values(CHARGEABLE_USER_IDENTITY), answer.values(wire.REPLY_MESSAGE)) == ([], [b"hello"])


@pytest.mark.row("CLI-12")
def test_a_challenge_carries_no_keys(radhost):
    """Nobody was let in yet."""
    reply = '{ "MS-MPPE-Send-Key" = "0x00112233445566778899aabbccddeeff", "Reply-Message" = "code?" }'
    answer, _ = static_answer(radhost, "challenge", reply)
    assert answer.vendor_attributes(mschap.MICROSOFT) == []
    assert answer.values(wire.REPLY_MESSAGE) == [b"code?"]
    accept, _ = static_answer(radhost, "accept", reply)
    assert [type_ for type_, _ in accept.vendor_attributes(mschap.MICROSOFT)] == [mschap.MS_MPPE_SEND_KEY]


# Rejects

def disallowed_in_reject(answer):
    """Types that CLI-11 does not allow."""
    allowed = {wire.REPLY_MESSAGE, wire.PROXY_STATE, wire.EAP_MESSAGE, wire.MESSAGE_AUTHENTICATOR, wire.ERROR_CAUSE}
    found = set(answer.types()) - allowed
    only_ms_chap_error = answer.vendor_attributes(mschap.MICROSOFT) and all(
        type_ == mschap.MS_CHAP_ERROR for type_, _ in answer.vendor_attributes(mschap.MICROSOFT))
    return found - {wire.VENDOR_SPECIFIC} if only_ms_chap_error else found


@pytest.mark.row("CLI-11")
@pytest.mark.parametrize("name", [b"alice", b"values", b"tagged", b"plain", b"nobody"])
def test_a_reject_carries_no_provisioning(client, name):
    answer = client.pap(name, b"wrong", [(wire.PROXY_STATE, b"p")])
    assert answer.code == wire.ACCESS_REJECT
    assert disallowed_in_reject(answer) == set()
    assert answer.values(wire.PROXY_STATE) == [b"p"]


@pytest.mark.row("CLI-11")
def test_a_policy_cannot_put_provisioning_into_a_reject(radhost):
    reply = """{ "Framed-IP-Address" = "192.0.2.1", "Reply-Message" = "no", "Class" = "0x01", "State" = "0x02",
        "Session-Timeout" = 5, "Vendor-99999-Attr-1" = "0x01" }""".replace("\n", " ")
    answer, _ = static_answer(radhost, "reject", reply)
    assert answer.code == wire.ACCESS_REJECT
    assert answer.values(wire.REPLY_MESSAGE) == [b"no"]
    assert disallowed_in_reject(answer) == set()


@pytest.mark.parametrize("verdict, reply, said", [
    ("reject", '{ "Session-Timeout" = 60 }', []),
    ("challenge", '{ "Framed-IP-Address" = "192.0.2.10", "Reply-Message" = "code?" }',
     ["1 attributes left out of Access-Challenge, which may not carry them"]),
])
def test_what_a_reject_does_not_carry_is_no_failure_of_a_handler_as_it_is_elsewhere(radhost, verdict, reply, said):
    server = radhost(LOOPBACK_CLIENT + static_plugin("fixed", verdict, reply)
                     + listener("auth", '["access"]', '["fixed"]'))
    with Client(server.address("auth"), SECRET) as client:
        client.pap(b"bob", b"x")
    counters = server.stop()
    assert counters.listener("auth")["attributes_left_out"] == 1
    assert [entry["why"] for entry in server.log() if entry["message"] == "handler failed"] == said


# Verdicts of a chain

@pytest.mark.parametrize("verdict, code", [
    ("accept", wire.ACCESS_ACCEPT), ("reject", wire.ACCESS_REJECT), ("pass", wire.ACCESS_REJECT)])
def test_a_static_verdict_is_the_answer(radhost, verdict, code):
    """A chain that ends without a verdict rejects."""
    answer, _ = static_answer(radhost, verdict)
    assert answer.code == code


def test_a_listener_without_handlers_rejects(radhost):
    server = radhost(LOOPBACK_CLIENT + listener("auth", '["access"]', "[]"))
    with Client(server.address("auth"), SECRET) as client:
        assert client.pap(b"bob", b"x").code == wire.ACCESS_REJECT


def test_a_dropped_request_gets_no_answer_and_is_counted(radhost):
    """The other listener answers, so the server lives; the counter has moved, so the packet came."""
    server = radhost(LOOPBACK_CLIENT + static_plugin("ignore", "drop") + static_plugin("fine", "accept")
                     + listener("auth", '["access"]', '["ignore"]') + listener("other", '["access"]', '["fine"]'))
    with Client(server.address("auth"), SECRET) as dropped, Client(server.address("other"), SECRET) as answered:
        dropped.send(dropped.pap_request(b"bob", b"x"))
        assert answered.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        counters = server.stop()
        dropped.expect_nothing_more()
    assert counters.discards() == {"dropped_by_plugin": 1}
