# SPDX-License-Identifier: Apache-2.0
"""RADIUS over TCP: where packets begin and end, what ends a connection, and what is answered on it."""

import os
import socket

import pytest

from support import wire
from support.client import Client
from support.configurations import (LOOPBACK_CLIENT, SECRET, acctlog_plugin, client_table, later_plugin, listener,
                                    static_plugin, tcp_listener)
from support.connections import connections, end_logged, ended, wait_for_ended, wait_for_open
from support.later import ask, events, events_in_the_end, message
from support.stream import Ended, Stream
from support.waiting import wait_until

LATER = LOOPBACK_CLIENT + later_plugin(timeout_ms=5000) + tcp_listener("auth", '["access"]', '["later"]')
ALL_KINDS = LOOPBACK_CLIENT + static_plugin("yes", "accept") + tcp_listener(
    "auth", '["access", "accounting", "coa", "disconnect"]', '["yes"]')
SESSION = [(wire.ACCT_SESSION_ID, b"S1")]
RECORD = [(wire.ACCT_STATUS_TYPE, wire.integer(1)), *SESSION]
CAUSE_406 = [wire.integer(406)]


@pytest.fixture(scope="module")
def server(shared_radhost):
    """For tests that leave no trace but counters they do not look at."""
    return shared_radhost(LATER)


@pytest.fixture
def client(server):
    with Stream.tcp(server.address("auth"), SECRET) as opened:
        yield opened


def connect(server, name="auth", secret=SECRET, **options):
    return Stream.tcp(server.address(name), secret, **options)


def assert_answers(client, command="now 0 accept"):
    answer = client.exchange(ask(client, command))
    assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, command)


# Where packets begin and end

@pytest.mark.row("TRN-1")
def test_a_packet_that_comes_octet_by_octet_is_answered(client):
    request = ask(client, "now 0 accept")
    client.send_slowly(request)
    assert client.answer_to(request).code == wire.ACCESS_ACCEPT
    client.expect_nothing_more()


@pytest.mark.row("TRN-1")
def test_fifty_packets_in_one_write_are_all_answered(client):
    requests = [ask(client, "now 0 accept") for _ in range(50)]
    client.send(b"".join(requests))
    assert {answer.code for answer in client.answers_to(requests)} == {wire.ACCESS_ACCEPT}
    client.expect_nothing_more()


@pytest.mark.row("TRN-1")
@pytest.mark.parametrize("kept", [1, 2, 3, 4, 19, 20, 30])
def test_packets_may_be_cut_anywhere(client, kept):
    """The first write ends in the second packet, or in its header."""
    requests = [ask(client, "now 0 accept") for _ in range(3)]
    together, cut = b"".join(requests), len(requests[0]) + kept
    client.send(together[:cut])
    assert client.answer_to(requests[0]).code == wire.ACCESS_ACCEPT
    client.expect_nothing_more()
    client.send(together[cut:])
    assert len(client.answers_to(requests[1:])) == 2


@pytest.mark.row("TRN-1", "COD-2")
def test_a_packet_of_4096_octets_is_answered(client):
    missing = 4096 - len(ask(client, "now 0 accept"))
    sizes = [200] * (missing // 200 - 1) + [100, 100 + missing % 200]
    sizes = sizes if sizes[-1] <= 255 else [*sizes[:-1], 150, sizes[-1] - 150]
    request = ask(client, "now 0 accept", [(wire.PROXY_STATE, bytes(size - 2)) for size in sizes])
    assert len(request) == 4096
    for size in (4096, 1000, 1):
        client.send_slowly(request, size, pause_s=0)
        assert client.answer_to(request).code == wire.ACCESS_ACCEPT


@pytest.mark.row("TRN-1")
def test_a_packet_that_never_becomes_whole_gets_no_answer(radhost):
    server = radhost(LATER)
    with connect(server) as client:
        client.send(ask(client, "now 0 accept")[:-1])
        client.expect_nothing_more(0.2)
    wait_for_ended(server, "auth", {"peer_closed": 1})
    counters = server.stop()
    assert counters.listener("auth")["access"]["requests"] == 0


# What ends a connection

def assert_closes(radhost, sent, reason, discards=None, configuration=LATER, probe=None):
    """The octets end their connection in an orderly way, unanswered and counted; another one goes on."""
    server = radhost(configuration)
    probe = probe or (lambda client: ask(client, "now 0 accept"))
    with connect(server) as client, connect(server) as other:
        assert other.exchange(probe(other)).code != wire.ACCESS_REJECT
        client.send(sent(client) if callable(sent) else sent)
        assert client.expect_closed() == "close"
        other.exchange(probe(other))
        wait_for_ended(server, "auth", {reason: 1})
        wait_for_open(server, "auth", 1)
    entry = end_logged(server, reason=reason)
    assert (entry["level"], entry["listener"], entry["client"]) == ("warn", "auth", "loopback") and "peer" in entry
    assert server.stop().discards() == (discards or {})


@pytest.mark.row("TRN-2")
@pytest.mark.parametrize("stray", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\1\1\0\4"], ids=bytes.hex)
def test_stray_octets_after_a_packet_end_the_connection_at_the_next_header(radhost, stray):
    server = radhost(LATER)
    with connect(server) as client, connect(server) as other:
        assert_answers(client)
        client.send(stray)
        assert client.expect_closed() == "close"
        assert_answers(other)
        wait_for_ended(server, "auth", {"bad_length": 1})


@pytest.mark.row("TRN-2")
def test_stray_octets_in_the_same_write_do_too(radhost):
    """Whether the packet before them was answered already is nobody's business."""
    server = radhost(LATER)
    with connect(server) as client:
        client.send(ask(client, "now 0 accept") + b"\0\0\0\0")
        assert client.until_end()[1] == "close"
    wait_for_ended(server, "auth", {"bad_length": 1})


@pytest.mark.row("TRN-3", "COD-1", "COD-2")
@pytest.mark.parametrize("length, word", [(0, "short_packet"), (4, "short_packet"), (19, "short_packet"),
                                          (4097, "oversized_packet"), (65535, "oversized_packet")])
def test_a_length_that_no_packet_has_ends_the_connection(radhost, length, word):
    assert_closes(radhost, b"\1\1" + length.to_bytes(2, "big") + bytes(16), "bad_length", {word: 1})


@pytest.mark.row("TRN-3", "COD-6")
@pytest.mark.parametrize("attributes", [b"\1\0bob", b"\1\1bob", b"\1\6bob", b"\1\5bob\2", b"\1\5bob\2\1"],
                         ids=["Length 0", "Length 1", "overrun", "a stray octet", "Length 1 at the end"])
def test_attributes_that_do_not_fill_the_packet_end_the_connection(radhost, attributes):
    packet = b"\1\1" + (20 + len(attributes)).to_bytes(2, "big") + bytes(16) + attributes
    assert_closes(radhost, packet, "malformed_attribute", {"malformed_attribute": 1})


def spoiled(packet):
    return packet[:-1] + bytes([packet[-1] ^ 1])


SIGNED = {"accounting": lambda client: client.accounting_request(RECORD),
          "coa": lambda client: client.coa_request(SESSION),
          "disconnect": lambda client: client.disconnect_request(SESSION)}


@pytest.mark.row("TRN-3", "AUTH-3")
@pytest.mark.parametrize("kind", SIGNED)
def test_a_wrong_request_authenticator_ends_the_connection(radhost, kind):
    assert_closes(radhost, lambda client: spoiled(SIGNED[kind](client)), "bad_authenticator", {"bad_authenticator": 1},
                  ALL_KINDS, SIGNED[kind])


@pytest.mark.row("TRN-3", "AUTH-4")
@pytest.mark.parametrize("code", [wire.ACCESS_REQUEST, wire.STATUS_SERVER])
def test_a_wrong_message_authenticator_ends_the_connection(radhost, code):
    assert_closes(radhost, lambda client: spoiled(client.access_request(
        [(wire.USER_NAME, b"now 0 accept")], code=code, message_authenticator="last")),
        "bad_message_authenticator", {"bad_message_authenticator": 1})


@pytest.mark.row("TRN-3", "AUTH-6")
def test_a_wrong_message_authenticator_in_a_signed_request_ends_it_too(radhost):
    def wrong(client):
        request = client.coa_request(SESSION, message_authenticator="last")
        return wire.sign_request(spoiled(request), SECRET)
    assert_closes(radhost, wrong, "bad_message_authenticator", {"bad_message_authenticator": 1}, ALL_KINDS,
                  SIGNED["coa"])


@pytest.mark.row("TRN-3")
def test_the_secret_of_nobody_ends_the_connection(radhost):
    server = radhost(LATER)
    with connect(server, secret=b"wrong") as client:
        client.send(ask(client, "now 0 accept"))
        assert client.expect_closed() == "close"
    assert ended(server.stop(), "auth") == {"bad_message_authenticator": 1}


@pytest.mark.row("TRN-3", "CLI-2")
def test_an_unknown_client_is_closed_at_once(radhost):
    """Before it has sent anything."""
    server = radhost(LATER.replace('"127.0.0.0/8"', '"127.0.0.9"'))
    with connect(server, source="127.0.0.1") as stranger, connect(server, source="127.0.0.9") as known:
        assert stranger.expect_closed(within_s=1) in ("close", "reset")
        assert_answers(known)
    entry = end_logged(server, reason="unknown_client")
    assert (entry["level"], entry["listener"]) == ("warn", "auth") and entry["peer"].startswith("127.0.0.1:")
    counters = server.stop()
    assert ended(counters, "auth")["unknown_client"] == 1
    assert counters.client("loopback")["requests"] == 1


@pytest.mark.row("CLI-2")
def test_a_client_that_the_listener_does_not_name_is_closed_at_once(radhost):
    clients = "".join(client_table(name, address=[address], secret=SECRET.decode())
                      for name, address in (("one", "127.0.0.1"), ("two", "127.0.0.2")))
    server = radhost(clients + later_plugin() + tcp_listener("auth", '["access"]', '["later"]', more='clients = ["two"]')
                     + tcp_listener("all", '["access"]', '["later"]'))
    with connect(server, source="127.0.0.1") as one, connect(server, source="127.0.0.2") as two, \
            connect(server, "all", source="127.0.0.1") as elsewhere:
        assert one.expect_closed(within_s=1) in ("close", "reset")
        assert_answers(two)
        assert_answers(elsewhere)
    wait_until(lambda: ended(server.stats(), "auth") == {"unknown_client": 1, "peer_closed": 1})


@pytest.mark.row("CLI-1")
def test_the_longest_prefix_chooses_the_secret(radhost):
    clients = (client_table("wide", address=["127.0.0.0/8"], secret="wide secret") +
               client_table("narrow", address=["127.0.0.2"], secret="narrow secret"))
    server = radhost(clients + later_plugin() + tcp_listener("auth", '["access"]', '["later"]'))
    for source, secret in (("127.0.0.1", b"wide secret"), ("127.0.0.2", b"narrow secret")):
        with connect(server, secret=secret, source=source) as client:
            assert_answers(client)
    with connect(server, secret=b"wide secret", source="127.0.0.2") as client:
        client.send(ask(client, "now 0 accept"))
        assert client.expect_closed() == "close"


# What is discarded while the connection stays

def assert_stays(radhost, make, word, configuration=LATER, probe=None):
    """It gets no answer, the next packet does, and this counter has moved."""
    server = radhost(configuration)
    with connect(server) as client:
        client.expect_silence(make(client), lambda: (probe or (lambda each: ask(each, "now 0 accept")))(client))
        wait_for_open(server, "auth", 1)
    assert server.stop().discards() == {word: 1}


@pytest.mark.row("TRN-3", "COD-5")
@pytest.mark.parametrize("code", [0, 6, 99, 255])
def test_an_unknown_code_is_discarded_and_the_next_packet_answered(radhost, code):
    assert_stays(radhost, lambda client: wire.encode(code, 1, bytes(16), []), "unknown_code")


@pytest.mark.row("TRN-3")
@pytest.mark.parametrize("code", [wire.ACCESS_ACCEPT, wire.ACCOUNTING_RESPONSE, wire.COA_ACK, wire.PROTOCOL_ERROR])
def test_an_answer_to_nothing_is_not_answered(radhost, code):
    """Two servers that answered each other's answers would never end."""
    server = radhost(LATER)
    with connect(server) as client:
        client.expect_silence(wire.answer(code, bytes(20), [], SECRET), lambda: ask(client, "now 0 accept"))
    assert sum(server.stop().discards().values()) == 1


@pytest.mark.row("COD-7")
def test_an_invalid_attribute_does_not_end_the_connection(client):
    answer = client.exchange(ask(client, "now 0 accept", [(wire.SESSION_TIMEOUT, b"\1"), (254, b"?")]))
    assert answer.code == wire.ACCESS_ACCEPT
    assert_answers(client)


@pytest.mark.row("SEC-3")
def test_a_message_authenticator_is_required_as_over_udp(radhost):
    required = LATER.replace("require_message_authenticator = false", "require_message_authenticator = true")
    assert_stays(radhost, lambda client: ask(client, "now 0 accept", message_authenticator=None),
                 "missing_message_authenticator", required)


def test_where_it_is_not_required_a_request_without_it_is_answered(client):
    answer = client.exchange(ask(client, "now 0 accept", message_authenticator=None))
    assert answer.code == wire.ACCESS_ACCEPT


@pytest.mark.row("STA-2")
def test_a_status_server_without_message_authenticator_is_discarded(radhost):
    assert_stays(radhost, lambda client: wire.encode(wire.STATUS_SERVER, 1, bytes(16), []),
                 "missing_message_authenticator")


# What is answered

@pytest.mark.row("STA-1")
def test_a_status_server_is_answered(client):
    answer = client.exchange(client.access_request([], code=wire.STATUS_SERVER))
    assert (answer.code, answer.types()) == (wire.ACCESS_ACCEPT, [wire.MESSAGE_AUTHENTICATOR])


@pytest.mark.row("AUTH-5", "SEC-1")
@pytest.mark.parametrize("verdict, code", [("accept", wire.ACCESS_ACCEPT), ("reject", wire.ACCESS_REJECT),
                                           ("challenge", wire.ACCESS_CHALLENGE)])
def test_an_access_reply_begins_with_message_authenticator(client, verdict, code):
    answer = client.exchange(ask(client, f"now 0 {verdict}"))
    assert (answer.code, answer.types()[0]) == (code, wire.MESSAGE_AUTHENTICATOR)


@pytest.mark.row("TRN-11")
def test_one_port_carries_all_kinds(radhost):
    server = radhost(ALL_KINDS)
    with connect(server) as client:
        codes = [client.exchange(request).code for request in (
            client.pap_request(b"bob", b"x"), *(make(client) for make in SIGNED.values()),
            client.access_request([], code=wire.STATUS_SERVER))]
    assert codes == [wire.ACCESS_ACCEPT, wire.ACCOUNTING_RESPONSE, wire.COA_ACK, wire.DISCONNECT_ACK, wire.ACCESS_ACCEPT]
    assert server.stop().discards() == {}


@pytest.mark.row("TRN-11", "ACC-11")
@pytest.mark.parametrize("kind", SIGNED)
def test_a_kind_that_is_not_accepted_is_a_protocol_error(radhost, kind):
    """D-13; the connection stays."""
    server = radhost(LATER)
    with connect(server) as client:
        answer = client.exchange(SIGNED[kind](client))
        assert (answer.code, answer.values(wire.ERROR_CAUSE)) == (wire.PROTOCOL_ERROR, CAUSE_406)
        assert_answers(client)
    assert server.stop().discards() == {"unexpected_code": 1}


@pytest.mark.row("TRN-11")
def test_an_access_request_where_only_accounting_is_accepted_is_a_protocol_error(radhost):
    server = radhost(LOOPBACK_CLIENT + acctlog_plugin() + tcp_listener("auth", '["accounting"]', '["acctlog"]'))
    with connect(server) as client:
        answer = client.pap(b"bob", b"x")
        assert (answer.code, answer.values(wire.ERROR_CAUSE)) == (wire.PROTOCOL_ERROR, CAUSE_406)
        assert client.exchange(SIGNED["accounting"](client)).code == wire.ACCOUNTING_RESPONSE


@pytest.mark.row("TRN-11", "TRN-3")
def test_only_what_verifies_is_a_protocol_error(radhost):
    assert_closes(radhost, lambda client: spoiled(client.coa_request(SESSION)), "bad_authenticator",
                  {"bad_authenticator": 1})


@pytest.mark.row("TRN-11")
@pytest.mark.parametrize("kind, code", [("coa", wire.COA_NAK), ("disconnect", wire.DISCONNECT_NAK)])
def test_a_kind_that_nobody_handles_is_a_nak(radhost, kind, code):
    """D-13."""
    server = radhost(LOOPBACK_CLIENT + static_plugin("yes", "accept") + tcp_listener(
        "auth", '["access", "coa", "disconnect"]', '{ access = ["yes"] }'))
    with connect(server) as client:
        answer = client.exchange(SIGNED[kind](client))
        assert (answer.code, answer.values(wire.ERROR_CAUSE)) == (code, CAUSE_406)
        assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT


def test_over_ipv6_too(radhost):
    server = radhost(LATER.replace("127.0.0.1:0", "[::1]:0"))
    with connect(server) as client:
        assert_answers(client)
    told = server.control.listener("auth")
    assert told["transport"] == "tcp" and told["address"].startswith("[::1]:")


def test_a_conversation_may_go_on_over_another_connection(server):
    """A client may have several, and choose one for each packet."""
    command = "rounds 3 accept"
    with connect(server) as one, connect(server) as other:
        answer = one.exchange(ask(one, command))
        for client in (other, one, other):
            assert answer.code == wire.ACCESS_CHALLENGE
            state, = answer.values(wire.STATE)
            answer = client.exchange(ask(client, command, [(wire.STATE, state)]))
    assert answer.code == wire.ACCESS_ACCEPT


# Many at once

@pytest.mark.row("TRN-4")
def test_two_connections_have_identifiers_of_their_own(server):
    with connect(server) as one, connect(server) as two:
        requests = [ask(client, f"thread 100 accept {number}", identifier=7) for number, client in enumerate((one, two))]
        for client, request in zip((one, two), requests):
            client.send(request)
        told = [message(client.answer_to(request)) for client, request in zip((one, two), requests)]
    assert told == ["thread 100 accept 0", "thread 100 accept 1"]


@pytest.mark.row("TRN-4", "DUP-9")
def test_the_same_packet_on_two_connections_is_two_requests(server):
    command = "thread 100 accept on two connections"
    with connect(server) as one, connect(server) as two:
        request = ask(one, command)
        one.send(request)
        two.send(request)
        assert message(one.answer_to(request)) == message(two.answer_to(request)) == command
    assert events_in_the_end(server, command, 4).count("acquire 1") == 2


@pytest.mark.row("TRN-4")
@pytest.mark.parametrize("way", ["thread", "timer", "offload"])
def test_256_requests_may_be_in_flight(server, client, way):
    requests = [ask(client, f"{way} {(number * 7) % 40} accept", identifier=number) for number in range(256)]
    client.send(b"".join(requests))
    assert {answer.code for answer in client.answers_to(requests)} == {wire.ACCESS_ACCEPT}
    client.expect_nothing_more()
    wait_until(lambda: server.stats().listener("auth")["in_flight"] == 0)


def test_answers_come_in_the_order_they_are_ready(client):
    requests = [ask(client, f"thread {milliseconds} accept") for milliseconds in (300, 150, 0)]
    client.send(b"".join(requests))
    assert [message(answer) for answer in client.answers_to(requests)] == [
        "thread 0 accept", "thread 150 accept", "thread 300 accept"]


@pytest.mark.row("DUP-1", "DUP-9")
def test_a_copy_of_a_request_in_progress_is_not_answered_twice(radhost):
    server = radhost(LATER)
    command = "thread 200 accept"
    with connect(server) as client:
        request = ask(client, command)
        client.send(request * 3)
        assert message(client.answer_to(request)) == command
        client.expect_nothing_more(0.3)
        assert_answers(client)
    assert server.stop().discards() == {"duplicate": 2}
    assert events(server, command).count("acquire 1") == 1


@pytest.mark.row("TRN-5", "DUP-9")
def test_a_repeat_after_the_answer_is_a_new_request(radhost):
    """Nothing is retransmitted on a reliable connection, so nothing is remembered."""
    server = radhost(LATER)
    command = "thread 1 accept"
    with connect(server) as client:
        request = ask(client, command)
        for number in range(1, 4):
            client.send(request)
            assert client.answer_to(request).code == wire.ACCESS_ACCEPT
            assert events_in_the_end(server, command, 2 * number).count("acquire 1") == number
    counters = server.stop()
    assert counters.discards() == {} and counters.listener("auth")["access"]["accepts"] == 3


# The client goes

@pytest.mark.row("TRN-6")
@pytest.mark.parametrize("way", ["thread", "timer", "offload"])
@pytest.mark.parametrize("end, reason", [("close", "peer_closed"), ("reset", "peer_reset")])
def test_a_client_that_goes_while_its_requests_are_handled_leaves_nothing_behind(radhost, way, end, reason):
    server = radhost(LATER)
    with connect(server) as other:
        client = connect(server)
        commands = [f"{way} 200 accept {number}" for number in range(20)]
        client.send(b"".join(ask(client, command) for command in commands))
        wait_until(lambda: server.stats().listener("auth")["in_flight"] == 20)
        getattr(client, end)()
        wait_for_ended(server, "auth", {reason: 1})
        assert_answers(other)
        wait_until(lambda: server.stats().listener("auth")["in_flight"] == 0)
        wait_for_open(server, "auth", 1)
        assert_answers(other, "thread 1 accept")
    counters = server.stop()
    assert counters.listener("auth")["access"]["pending"] == 0
    assert not [entry for entry in server.log() if entry["level"] == "error"]


@pytest.mark.row("TRN-6")
def test_a_hundred_clients_that_come_and_go_leave_no_descriptor(radhost):
    server = radhost(LATER)

    def descriptors():
        return len(os.listdir(f"/proc/{server.process.pid}/fd"))

    with connect(server) as client:
        assert_answers(client)
    wait_for_open(server, "auth", 0)
    before = descriptors()
    for _ in range(4):
        clients = [connect(server) for _ in range(25)]
        for client in clients:
            assert_answers(client)
        for number, client in enumerate(clients):
            (client.reset if number % 2 else client.close)()
    wait_for_open(server, "auth", 0)
    wait_until(lambda: descriptors() <= before)
    assert connections(server.stats(), "auth")["opened"] == 101


@pytest.mark.row("TRN-8")
def test_a_tls_client_finds_no_tls_here(server, certificates):
    with pytest.raises((Ended, TimeoutError)):
        Stream.tls(server.address("auth"), authority=certificates.ca, certificate=certificates.client)
    with connect(server) as client:
        assert_answers(client)


@pytest.mark.row("CLI-3")
def test_one_address_may_have_another_secret_over_another_transport(radhost):
    clients = (client_table("datagrams", address=["127.0.0.1"], secret="of udp alone") +
               client_table("streams", address=["127.0.0.1"], secret="of tcp alone"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    server = radhost(clients + later_plugin() +
                     listener("udp", '["access"]', '["later"]', address, more='clients = ["datagrams"]') +
                     tcp_listener("tcp", '["access"]', '["later"]', address=address, more='clients = ["streams"]'))
    with Client(server.address("udp"), b"of udp alone") as client:
        assert client.exchange(ask(client, "now 0 accept")).code == wire.ACCESS_ACCEPT
    with Stream.tcp(server.address("tcp"), b"of tcp alone") as client:
        assert client.exchange(ask(client, "now 0 accept")).code == wire.ACCESS_ACCEPT
    with Stream.tcp(server.address("tcp"), b"of udp alone") as client:
        client.send(ask(client, "now 0 accept"))
        assert client.expect_closed() == "close"
