# SPDX-License-Identifier: Apache-2.0
"""Pools whose servers are reached over TCP and TLS: one packet over each connection, who is believed, and what happens
when a connection is silent, breaks off, or cannot be had."""

import socket
import time

import pytest

from integration.test_metrics import scrape, value
from support import wire, wire_1_1
from support.client import Client
from support.configurations import (ACCESS_PLUGINS, BOB, SECRET, acctlog_plugin, client_table, static_plugin,
                                    tls_listener, user)
from support.pools import (HOME_SECRET, home_answer, home_answer_1_1, proxy_to, servers_of, tcp_server, tls_server,
                           udp_server)
from support.radsec import stub_context
from support.stream import RADSEC
from support.stream_stub import StreamStub
from support.stub import Stub
from support.waiting import wait_until

NAS = (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1"))
ORIGINAL_PACKET_CODE = lambda code: (241, b"\x04" + wire.integer(code))  # noqa: E731


def client_of(server):
    return Client(server.address("auth"), SECRET)


def silent(_):
    return None


def status_only(request):
    """Answers the watchdog, and nothing else."""
    return home_answer(request) if request[0] == wire.STATUS_SERVER else None


def named(name):
    return lambda request: home_answer(request, [(wire.REPLY_MESSAGE, name)])


def over_tls(request, attributes=(), **options):
    return home_answer(request, attributes, secret=RADSEC, **options)


def tls_stub(certificates, reply=over_tls, alpn=(), **options):
    return StreamStub(reply, context=stub_context(certificates, alpn=alpn), **options)


def stub_1_1(certificates, reply=home_answer_1_1, **options):
    return tls_stub(certificates, reply, alpn=[wire_1_1.ALPN_1_1], **options)


def asked(stub, *codes):
    """What it was asked, the watchdog's aside."""
    return [octets for octets in list(stub.requests) if octets[0] in (codes or (1, 4, 40, 43))]


def accounting(client):
    return client.accounting_request([(wire.USER_NAME, b"bob"), (wire.ACCT_STATUS_TYPE, wire.integer(1)),
                                      (wire.ACCT_SESSION_ID, b"s"), NAS])


@pytest.fixture
def refused():
    """An address at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield "127.0.0.1:%d" % held.getsockname()[1]


# The ways

WAYS = {
    "tcp": (lambda certificates: StreamStub(home_answer), lambda address, _: tcp_server(address)),
    "tls": (tls_stub, tls_server),
    "1.1": (stub_1_1, lambda address, certificates: tls_server(address, certificates, "1.0", "1.1")),
}


@pytest.mark.row("TRN-4", "TRN-8")
@pytest.mark.parametrize("way", WAYS)
def test_requests_of_each_kind_go_over_one_connection_and_come_back(radhost, certificates, way):
    stub, table = WAYS[way]
    with stub(certificates) as home:
        server = radhost(proxy_to(table(home.address, certificates)))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            assert client.exchange(accounting(client)).code == wire.ACCOUNTING_RESPONSE
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert len(asked(home)) == 3 and len(set(home.sources)) == 1
        counted, = servers_of(server)
        assert (counted["requests"], counted["answers"], counted["retransmissions"]) == (3, 3, 0)
        assert (counted["connections_opened"], counted["connections"], counted["connections_failed"]) == (1, 1, 0)
        assert (counted["state"], counted["transport"]) == ("up", "tcp" if way == "tcp" else "tls")


@pytest.mark.row("TRN-4")
def test_in_1_0_identifiers_begin_at_1_and_each_packet_is_signed(radhost):
    with StreamStub(home_answer) as home:
        server = radhost(proxy_to(tcp_server(home.address)))
        with client_of(server) as client:
            for _ in range(3):
                client.pap(b"bob", b"secret word")
        assert [octets[1] for octets in asked(home)] == [1, 2, 3]
        packet = wire.decode(home.requests[0])
        assert wire.message_authenticator(home.requests[0], HOME_SECRET, packet.authenticator) == \
            packet.values(wire.MESSAGE_AUTHENTICATOR)[0]
        assert wire.reveal_password(packet.values(wire.USER_PASSWORD)[0], HOME_SECRET,
                                    packet.authenticator) == b"secret word"


@pytest.mark.row("V11-6", "V11-4")
def test_tokens_are_counted_from_a_random_one(radhost, certificates):
    with stub_1_1(certificates) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates, "1.1")))
        with client_of(server) as client:
            for _ in range(300):
                client.pap(b"bob", b"x")
        packets = [wire_1_1.decode(octets) for octets in asked(home)]
        tokens = [int.from_bytes(packet.token, "big") for packet in packets]
        assert len(tokens) == 300 and tokens == [(tokens[0] + i) % (1 << 32) for i in range(300)]
        assert not any(any(packet.reserved) for packet in packets)
        assert len(set(home.sources)) == 1 and home.alpn == [wire_1_1.ALPN_1_1]


@pytest.mark.row("TRN-4")
def test_more_requests_than_identifiers_open_another_connection(radhost):
    with StreamStub(silent) as home:
        server = radhost(proxy_to(tcp_server(home.address), initial_timeout_ms=9000, max_timeout_ms=9000,
                                  max_duration_ms=9000).replace("timeout_ms = 10000", "timeout_ms = 1000"))
        with client_of(server) as one, client_of(server) as other:
            for i in range(300):
                client = (one, other)[i % 2]
                client.send(client.pap_request(b"user%d" % i, b"x"))
            home.wait_for_requests(300)
        assert len(home.requests) == 300 and len(set(home.sources)) == 2
        by_source = {source: [octets[1] for octets, its in zip(home.requests, home.sources) if its == source]
                     for source in set(home.sources)}
        assert sorted(len(identifiers) for identifiers in by_source.values()) == [45, 255]
        assert all(0 not in identifiers and len(set(identifiers)) == len(identifiers)
                   for identifiers in by_source.values())


# Versions

@pytest.mark.row("V11-11", "V11-12", "V11-9")
def test_what_came_in_1_0_goes_out_in_1_1_in_the_clear(radhost, certificates):
    with stub_1_1(certificates) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates, "1.1")))
        with client_of(server) as client:
            client.pap(b"bob", b"secret word", [(wire.PROXY_STATE, b"theirs"), (200, b"unknown")])
            request = client.chap_request(b"bob", b"secret word")
            client.exchange(request)
        pap, chap = (wire_1_1.decode(octets) for octets in asked(home))
        for packet in (pap, chap):
            wire_1_1.check_attributes(packet)
        assert pap.values(wire.USER_PASSWORD) == [b"secret word"] and pap.values(200) == [b"unknown"]
        assert pap.values(wire.PROXY_STATE)[0] == b"theirs" and len(pap.values(wire.PROXY_STATE)) == 2
        # RFC 9765 §5.1.2: where no attribute was, the Request Authenticator was the challenge.
        sent = wire.decode(request)
        expected = sent.values(wire.CHAP_CHALLENGE) or [sent.authenticator]
        assert chap.values(wire.CHAP_CHALLENGE) == expected
        assert chap.values(wire.CHAP_PASSWORD) == sent.values(wire.CHAP_PASSWORD)


@pytest.mark.row("V11-10")
def test_keys_come_back_from_1_1_hidden_for_a_client_of_1_0(radhost, certificates):
    key = bytes(range(32))
    with stub_1_1(certificates, lambda request: home_answer_1_1(request, [
            wire_1_1.mppe_key(17, key), wire_1_1.tunnel_password(1, b"tunnelpw")])) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates, "1.1")))
        with client_of(server) as client:
            answer = client.pap(b"bob", b"x")
        hidden, = answer.values(26)
        assert answer.code == wire.ACCESS_ACCEPT and key not in hidden and len(hidden) > len(key) + 6
        assert b"tunnelpw" not in answer.values(wire.TUNNEL_PASSWORD)[0]


@pytest.mark.row("V11-2", "V11-3")
def test_a_server_that_does_not_speak_what_is_required_is_not_used(radhost, certificates):
    with tls_stub(certificates) as home, Stub(home_answer) as second:
        server = radhost(proxy_to(tls_server(home.address, certificates, "1.1"), udp_server(second.address)))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert not home.requests and len(second.requests) == 1
        assert servers_of(server)[0]["state"] == "dead" and servers_of(server)[0]["connections_failed"] >= 1
        assert [entry["reason"] for entry in server.log() if entry["message"] == "cannot connect to a home server"][0] \
            == "no_common_version"


# Fail-over

@pytest.mark.row("TRN-8", "TRN-10")
def test_a_refused_port_has_the_next_server_asked(radhost, certificates, refused):
    with tls_stub(certificates) as second:
        server = radhost(proxy_to(tls_server(refused, certificates), tls_server(second.address, certificates)))
        with client_of(server) as client:
            begun = time.monotonic()
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            assert time.monotonic() - begun < 1
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        first, other = servers_of(server)
        assert (first["requests"], first["outstanding"], first["state"]) == (0, 0, "dead") and first["connections_failed"]
        assert (other["requests"], other["state"]) == (2, "up")


@pytest.mark.row("TRN-5")
@pytest.mark.parametrize("way", ["tcp", "tls"])
def test_a_silent_server_gets_one_copy_and_then_the_next_is_asked(radhost, certificates, way):
    make = tls_stub if way == "tls" else lambda _, reply: StreamStub(reply)
    table = tls_server if way == "tls" else lambda address, _: tcp_server(address)
    right = over_tls if way == "tls" else home_answer
    with make(certificates, silent) as first, make(certificates, right) as second:
        server = radhost(proxy_to(table(first.address, certificates), table(second.address, certificates)))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert len(asked(first)) == 1 and len(asked(second)) == 1
        one, other = wire.decode(first.requests[0]), wire.decode(second.requests[0])
        assert one.authenticator != other.authenticator
        assert (servers_of(server)[0]["timeouts"], servers_of(server)[0]["retransmissions"]) == (1, 0)


@pytest.mark.row("TRN-5")
def test_a_silent_server_alone_gets_one_copy_until_the_time_is_over(radhost):
    with StreamStub(silent) as home:
        server = radhost(proxy_to(tcp_server(home.address), max_duration_ms=700))
        with client_of(server) as client:
            client.send(client.pap_request(b"bob", b"x"))
            wait_until(lambda: server.stats().discards().get("dropped_by_plugin"))
            client.expect_nothing_more()
        assert len(home.requests) == 1 and servers_of(server)[0]["outstanding"] == 0


@pytest.mark.row("TRN-5", "TRN-6")
def test_what_is_in_flight_when_a_connection_closes_goes_to_another_server(radhost):
    with StreamStub(lambda _: StreamStub.CLOSE) as first, StreamStub(home_answer) as second:
        server = radhost(proxy_to(tcp_server(first.address), tcp_server(second.address), initial_timeout_ms=2000,
                                  max_timeout_ms=2000))
        with client_of(server) as client:
            begun = time.monotonic()
            assert client.pap(b"bob", b"secret word").code == wire.ACCESS_ACCEPT
            assert time.monotonic() - begun < 1
        assert len(first.requests) == 1 and len(second.requests) == 1
        other = wire.decode(second.requests[0])
        assert wire.decode(first.requests[0]).authenticator != other.authenticator
        assert wire.reveal_password(other.values(wire.USER_PASSWORD)[0], HOME_SECRET,
                                    other.authenticator) == b"secret word"


@pytest.mark.row("TRN-5", "TRN-10")
def test_with_one_server_it_is_sent_again_over_the_next_connection_and_not_at_once(radhost):
    answers = iter([StreamStub.CLOSE])
    with StreamStub(lambda request: next(answers, None) or home_answer(request)) as home:
        server = radhost(proxy_to(tcp_server(home.address), initial_timeout_ms=2000, max_timeout_ms=2000))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        requests = asked(home)
        assert len(requests) == 2 and requests[0] != requests[1]
        assert home.came[1] - home.came[0] >= 0.5


@pytest.mark.row("TRN-10")
def test_the_gaps_between_attempts_grow_however_much_there_is_to_be_sent(radhost, certificates):
    """The port takes connections, and ends each before a handshake."""
    with socket.create_server(("127.0.0.1", 0)) as port:
        port.settimeout(8)
        server = radhost(proxy_to(tls_server("127.0.0.1:%d" % port.getsockname()[1], certificates)))
        came = []
        with client_of(server) as client:
            client.send(client.pap_request(b"bob", b"x"))
            while len(came) < 4:
                port.accept()[0].close()
                came.append(time.monotonic())
                for _ in range(5):
                    client.send(client.pap_request(b"bob", b"x"))
        gaps = [later - earlier for earlier, later in zip(came, came[1:])]
        assert gaps[0] >= 0.5 and gaps[1] >= 1.7 * gaps[0] and gaps[2] >= 1.7 * gaps[1], gaps
        assert gaps[2] < 3


# The watchdog: 300 ms, a third more or less

WATCHED = {"watchdog_ms": 300, "initial_timeout_ms": 5000, "max_timeout_ms": 5000, "max_duration_ms": 20000}


@pytest.mark.row("TRN-9", "TRN-4")
def test_a_silent_connection_is_asked_by_status_server_with_identifier_0(radhost):
    with StreamStub(home_answer) as home:
        server = radhost(proxy_to(tcp_server(home.address), **WATCHED))
        with client_of(server) as client:
            client.pap(b"bob", b"x")
        home.wait_for_requests(4)
        probes = home.requests[1:4]
        assert [(octets[0], octets[1]) for octets in probes] == [(wire.STATUS_SERVER, 0)] * 3
        gaps = [later - earlier for earlier, later in zip(home.times[:3], home.times[1:])]
        assert all(0.19 <= gap <= 0.6 for gap in gaps), gaps
        for octets in probes:
            packet = wire.decode(octets)
            assert packet.values(wire.MESSAGE_AUTHENTICATOR) == [
                wire.message_authenticator(octets, HOME_SECRET, packet.authenticator)]
        wait_until(lambda: servers_of(server)[0]["probe_answers"] >= 3)
        counted, = servers_of(server)
        assert (counted["requests"], counted["watchdog_expiries"], counted["connections_opened"]) == (1, 0, 1)


@pytest.mark.row("TRN-9")
def test_answers_to_requests_reset_the_watchdog(radhost):
    with StreamStub(home_answer) as home:
        server = radhost(proxy_to(tcp_server(home.address), **{**WATCHED, "watchdog_ms": 600}))
        with client_of(server) as client:
            for _ in range(12):
                client.pap(b"bob", b"x")
                time.sleep(0.1)
        assert not asked(home, wire.STATUS_SERVER)


@pytest.mark.row("V11-5")
def test_in_1_1_status_server_has_a_token_like_the_rest(radhost, certificates):
    with stub_1_1(certificates) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates, "1.1"), **WATCHED))
        with client_of(server) as client:
            client.pap(b"bob", b"x")
            home.wait_for_requests(2)
            client.pap(b"bob", b"x")
        packets = [wire_1_1.decode(octets) for octets in home.requests]
        tokens = [int.from_bytes(packet.token, "big") for packet in packets]
        assert tokens == [(tokens[0] + i) % (1 << 32) for i in range(len(tokens))]
        assert wire.STATUS_SERVER in [packet.code for packet in packets]
        for packet in packets:
            wire_1_1.check_attributes(packet)


@pytest.mark.row("TRN-9")
def test_one_silence_suspends_a_second_one_closes_and_three_answers_bring_it_back(radhost):
    speaks = [True]
    with StreamStub(lambda request: named(b"first")(request) if speaks[0] else None) as first, \
            StreamStub(named(b"second")) as second:
        server = radhost(proxy_to(tcp_server(first.address), tcp_server(second.address), **WATCHED))
        with client_of(server) as client:
            def who():
                return client.pap(b"bob", b"x").values(wire.REPLY_MESSAGE)
            assert who() == [b"first"]
            speaks[0] = False
            # Asked by the watchdog, and not answered: what waits goes to the second, and so does what comes.
            begun = time.monotonic()
            assert who() == [b"second"]
            assert 0.3 <= time.monotonic() - begun <= 1.5
            probes = asked(first, wire.STATUS_SERVER)
            assert len(probes) == 1 and servers_of(server)[0]["watchdog_expiries"] == 1
            sent = len(asked(first))
            assert who() == [b"second"] and len(asked(first)) == sent
            # The second expiry ends it; another connection comes, half a second later at the earliest.
            wait_until(lambda: servers_of(server)[0]["watchdog_expiries"] == 2)
            closed = time.monotonic()
            assert servers_of(server)[0]["connections"] == 0 and servers_of(server)[0]["state"] == "dead"
            assert asked(first, wire.STATUS_SERVER) == probes
            speaks[0] = True
            first.wait_for_connections(2)
            assert first.came[1] - closed >= 0.4
            while len(asked(first, wire.STATUS_SERVER)) < len(probes) + 3:
                assert who() == [b"second"]
                time.sleep(0.02)
            wait_until(lambda: servers_of(server)[0]["state"] == "up")
            assert len(asked(first)) == sent and who() == [b"first"]
            times = [at for octets, at in zip(first.requests, first.times) if octets[0] == wire.STATUS_SERVER][1:4]
            assert times[0] - first.came[1] < 0.2 and times[2] - times[0] >= 0.38, times


# Who is believed

@pytest.mark.row("TLS-7", "TRN-8")
@pytest.mark.parametrize("which", ["unknown ca", "wrong name", "only a common name"])
def test_a_server_whose_certificate_is_not_believed_is_not_used(radhost, certificates, which):
    shown = {"unknown ca": lambda: certificates.other.server(),
             "wrong name": lambda: certificates.authority.server(dns=["other.example"], ip=["192.0.2.1"]),
             "only a common name": lambda: certificates.authority.server(cn="127.0.0.1", dns=[], ip=[])}[which]()
    context = stub_context(certificates)
    context.load_cert_chain(shown.certificate, shown.key)
    with StreamStub(over_tls, context=context) as home, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", home.port))
        udp.settimeout(0.1)
        server = radhost(proxy_to(tls_server(home.address, certificates), max_duration_ms=900))
        with client_of(server) as client:
            client.send(client.pap_request(b"bob", b"x"))
            wait_until(lambda: server.stats().discards().get("dropped_by_plugin"))
            client.expect_nothing_more()
        counted, = servers_of(server)
        assert counted["connections_failed"] >= 1 and counted["connections_opened"] == counted["requests"] == 0
        assert [entry["reason"] for entry in server.log() if entry["message"] == "cannot connect to a home server"][0] \
            == "bad_certificate"
        assert not home.requests
        with pytest.raises(TimeoutError):
            udp.recvfrom(4096)


@pytest.mark.row("TLS-7")
def test_server_name_says_for_whom_the_certificate_must_be(radhost, certificates):
    with tls_stub(certificates) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates, server_name="localhost")))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT


@pytest.mark.row("TRN-3")
def test_a_forged_answer_ends_the_connection(radhost):
    def forged(request):
        octets = home_answer(request)
        return octets[:4] + bytes([octets[4] ^ 1]) + octets[5:]
    with StreamStub(forged) as first, StreamStub(home_answer) as second:
        server = radhost(proxy_to(tcp_server(first.address), tcp_server(second.address)))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        counted, other = servers_of(server)
        assert counted["bad_answers"] == {"bad_authenticator": 1} and counted["connections"] == 0
        assert other["answers"] == 1


@pytest.mark.row("TRN-3")
def test_unmatched_answers_are_counted_and_ignored(radhost):
    with StreamStub(lambda request: [bytes([2, request[1] ^ 0x80]) + home_answer(request)[2:], home_answer(request),
                                     home_answer(request)]) as home:
        server = radhost(proxy_to(tcp_server(home.address)))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            wait_until(lambda: servers_of(server)[0]["bad_answers"] == {"unsolicited": 1, "late": 1})
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert home.connections == 1


@pytest.mark.row("TRN-5")
def test_an_answer_that_comes_late_is_not_taken_for_another_requests(radhost):
    """The Identifier of what was given up is not used again before its answer has come."""
    asked_for = []

    def answer(request):
        asked_for.append(request)
        late = [home_answer(asked_for[0])] if len(asked_for) == 200 else []
        return None if len(asked_for) == 1 else [*late, home_answer(request)]

    with StreamStub(answer) as home:
        server = radhost(proxy_to(tcp_server(home.address), max_duration_ms=300))
        with client_of(server) as client:
            client.send(client.pap_request(b"bob", b"x"))
            wait_until(lambda: server.stats().discards().get("dropped_by_plugin"))
            for _ in range(300):
                assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert home.connections == 1 and servers_of(server)[0]["bad_answers"] == {"late": 1}


@pytest.mark.row("TRN-12")
def test_over_tls_an_answer_without_message_authenticator_is_one(radhost, certificates):
    with tls_stub(certificates, lambda request: over_tls(request, message_authenticator=None)) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates)))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT


# Protocol-Error

def protocol_error(cause):
    return lambda request: home_answer_1_1(request, [(wire.ERROR_CAUSE, wire.integer(cause))], wire.PROTOCOL_ERROR)


@pytest.mark.row("V11-14")
@pytest.mark.parametrize("cause", [502, 505, 506])
def test_a_protocol_error_of_a_proxy_has_the_next_server_asked(radhost, certificates, cause):
    with stub_1_1(certificates, protocol_error(cause)) as first, stub_1_1(certificates) as second:
        server = radhost(proxy_to(tls_server(first.address, certificates, "1.1"),
                                  tls_server(second.address, certificates, "1.1")))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        assert len(asked(first)) == 1 and len(asked(second)) == 1


@pytest.mark.row("V11-14", "PRX-11", "TRN-11")
def test_any_other_protocol_error_is_final(radhost, certificates):
    with stub_1_1(certificates, protocol_error(406)) as first, stub_1_1(certificates) as second:
        server = radhost(proxy_to(tls_server(first.address, certificates, "1.1"),
                                  tls_server(second.address, certificates, "1.1")))
        with client_of(server) as client:
            client.send(client.pap_request(b"bob", b"x"))
            wait_until(lambda: server.stats().discards().get("dropped_by_plugin"))
            client.expect_nothing_more()
        assert len(asked(first)) == 1 and not asked(second)


# Two servers in a row

@pytest.fixture(scope="module")
def home(shared_radhost, certificates):
    configuration = (client_table("proxy", address=["127.0.0.1"], secret="of UDP alone") + ACCESS_PLUGINS + acctlog_plugin()
                     + static_plugin("ask", "challenge", '{ "Reply-Message" = "code?", "State" = "state" }'))
    for version in ("1.0", "1.1"):
        name = version.replace(".", "_")
        configuration += tls_listener(certificates, f"home_{name}", '["access", "accounting"]',
                                      '{ access = ["users", "password"], accounting = ["acctlog"] }',
                                      radius_versions=[version])
        configuration += tls_listener(certificates, f"ask_{name}", '["access"]', '["ask"]', radius_versions=[version])
    return shared_radhost(configuration, files={"users.toml": BOB + user("eve")})


@pytest.mark.row("V11-9", "V11-11")
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_two_servers_in_a_row(radhost, certificates, home, version):
    name = version.replace(".", "_")
    proxies = {kind: radhost(proxy_to(tls_server("%s:%d" % home.address(f"{kind}_{name}"), certificates, version)))
               for kind in ("home", "ask")}
    with client_of(proxies["home"]) as client:
        assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
        assert client.pap(b"bob", b"wrong").code == wire.ACCESS_REJECT
        assert client.chap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
        assert client.exchange(accounting(client)).code == wire.ACCOUNTING_RESPONSE
    with client_of(proxies["ask"]) as client:
        assert client.pap(b"bob", b"hello").code == wire.ACCESS_CHALLENGE


# What is told of it

@pytest.mark.row("MIB-5")
def test_metrics_and_status_tell_of_connections(radhost, certificates, refused):
    metrics = '\n[metrics]\naddress = "127.0.0.1:0"\n'
    with tls_stub(certificates) as second:
        server = radhost(proxy_to(tls_server(refused, certificates), tls_server(second.address, certificates)) + metrics)
        with client_of(server) as client:
            client.pap(b"bob", b"x")
        text = scrape(server)
        def of(name, address):
            return value(text, name, pool="homes", server=address)
        assert of("radhost_pool_connections_failed_total", refused) >= 1
        assert of("radhost_pool_connections_opened_total", second.address) == 1
        assert of("radhost_pool_connections", second.address) == 1
        assert of("radhost_pool_watchdog_expiries_total", second.address) == 0
        assert [of("radhost_pool_server_up", address) for address in (refused, second.address)] == [0, 1]


def test_what_is_under_way_when_the_server_ends_is_gone_and_the_connection_closed_orderly(radhost, certificates):
    with tls_stub(certificates, silent) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates), max_duration_ms=60000,
                                  initial_timeout_ms=30000, max_timeout_ms=30000).replace("timeout_ms = 10000",
                                                                                          "timeout_ms = 200"))
        with client_of(server) as client:
            client.send(client.pap_request(b"bob", b"x"))
            home.wait_for_requests(1)
        server.stop()


# Configuration

@pytest.mark.row("TRN-8")
def test_another_file_at_a_reload_is_another_pool(radhost, certificates, tmp_path):
    ca = tmp_path / "ca.pem"
    ca.write_bytes(certificates.ca.read_bytes())
    with tls_stub(certificates) as home:
        server = radhost(proxy_to(tls_server(home.address, certificates, ca=ca), max_duration_ms=700))
        with client_of(server) as client:
            assert client.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            ca.write_bytes(certificates.other.certificate.read_bytes())
            server.control.reload()
            client.send(client.pap_request(b"bob", b"x"))
            wait_until(lambda: server.stats().discards().get("dropped_by_plugin"))
        wait_until(lambda: servers_of(server)[0]["connections"] == 0)
        assert servers_of(server)[0]["connections_failed"] >= 1
