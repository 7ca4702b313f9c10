# SPDX-License-Identifier: Apache-2.0
"""RADIUS over TLS (RadSec): the handshake, what ends a connection, and what is answered on it."""

import os
import random
import socket
import time

import pytest

from support import wire
from support.certificates import openssl
from support.configurations import LOOPBACK_CLIENT, SECRET, acctlog_plugin, later_plugin, static_plugin, tls_listener
from support.connections import (connection_logged, connections, end_logged, ended, wait_for_ended, wait_for_open)
from support.later import ask, message
from support.stream import RADSEC, Ended, OpensslClient, Stream, refusal
from support.vectors import octets
from support.waiting import wait_until

BASE = LOOPBACK_CLIENT + later_plugin(timeout_ms=5000)
ALL_KINDS = '["access", "accounting", "coa", "disconnect"]'
SESSION = [(wire.ACCT_SESSION_ID, b"S1")]
RECORD = [(wire.ACCT_STATUS_TYPE, wire.integer(1)), *SESSION]
CAUSE_406 = [wire.integer(406)]
EAP_IDENTITY = b"\2\1\0\10\1bob"


@pytest.fixture(scope="module")
def shared(shared_radhost, certificates):
    """For tests that look at no counters."""
    return shared_radhost(BASE + tls_listener(certificates))


@pytest.fixture
def started(radhost, certificates):
    """started(key=value…) is a server whose listener's table has these keys too."""
    def start(before=BASE, *, workers=1, **keys):
        return radhost(before + tls_listener(certificates, **keys), workers=workers)
    return start


@pytest.fixture
def connect(certificates):
    """connect(server) is a connection of the usual client's."""
    def connect_to(server, name="radsec", **options):
        return Stream.tls(server.address(name), **{"authority": certificates.ca, "certificate": certificates.client,
                                                   **options})
    return connect_to


@pytest.fixture
def refused(certificates):
    """refused(server, certificate=…) is how it refuses such a client."""
    def refused_by(server, name="radsec", **options):
        return refusal(server.address(name), **{"authority": certificates.ca, "certificate": certificates.client,
                                                **options})
    return refused_by


def assert_answers(client, command="now 0 accept"):
    answer = client.exchange(ask(client, command))
    assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, command)


def spoiled(packet):
    return packet[:-1] + bytes([packet[-1] ^ 1])


# The handshake

@pytest.mark.row("TLS-1", "TLS-3")
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_client_with_a_certificate_is_answered(shared, connect, version):
    with connect(shared, minimum_version=version, maximum_version=version, server_name="localhost") as client:
        assert client.version == f"TLSv{version}"
        assert_answers(client)


@pytest.mark.row("TLS-1")
def test_the_best_common_version_is_chosen(shared, connect):
    with connect(shared) as client:
        assert client.version == "TLSv1.3"


@pytest.mark.row("TLS-1")
def test_tls_1_1_is_refused(started, certificates, connect):
    server = started()
    with OpensslClient(server.address("radsec"), "-tls1_1", "-cipher", "ALL:@SECLEVEL=0",
                       certificate=certificates.client) as client:
        assert client.expect_closed() == "protocol_version"
    wait_for_ended(server, "radsec", {"no_common_version": 1})
    with connect(server) as client:
        assert_answers(client)


@pytest.mark.row("TLS-1")
def test_the_minimum_may_be_1_3(started, connect, refused):
    server = started(minimum_version="1.3")
    assert refused(server, maximum_version="1.2") == "protocol_version"
    wait_for_ended(server, "radsec", {"no_common_version": 1})
    with connect(server) as client:
        assert_answers(client)


@pytest.mark.row("TLS-2")
@pytest.mark.parametrize("suites", ["eNULL", "aNULL", "ECDHE-ECDSA-NULL-SHA"])
def test_suites_that_do_not_encrypt_or_authenticate_are_refused(started, certificates, suites):
    server = started()
    with OpensslClient(server.address("radsec"), "-tls1_2", "-cipher", f"{suites}:@SECLEVEL=0",
                       certificate=certificates.client) as client:
        assert client.expect_closed() in ("handshake_failure", "insufficient_security")
    wait_for_ended(server, "radsec", {"handshake_failed": 1})


@pytest.mark.row("TLS-2")
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_what_is_agreed_on_encrypts_and_compresses_nothing(shared, connect, version):
    with connect(shared, minimum_version=version, maximum_version=version) as client:
        name, _, bits = client.socket.cipher()
        assert bits >= 128 and client.socket.compression() is None
        assert ("GCM" in name or "CHACHA20" in name) and (version == "1.3" or name.startswith("ECDHE"))


@pytest.mark.row("TLS-2")
def test_no_ticket_allows_early_data(shared, certificates, tmp_path):
    session = tmp_path / "session"
    with OpensslClient(shared.address("radsec"), "-tls1_3", "-sess_out", session, authority=certificates.ca,
                       certificate=certificates.client) as client:
        assert_answers(client)
    if session.exists():  # a server may give no tickets at all
        text = openssl("sess_id", "-in", session, "-noout", "-text")
        assert "Max Early Data: 0" in text


@pytest.mark.row("TLS-3")
@pytest.mark.parametrize("version, alert", [("1.2", "handshake_failure"), ("1.3", "certificate_required")])
def test_a_client_without_a_certificate_is_refused(started, connect, refused, version, alert):
    server = started()
    assert refused(server, certificate=None, minimum_version=version, maximum_version=version) == alert
    wait_for_ended(server, "radsec", {"bad_certificate": 1})
    entry = end_logged(server, reason="bad_certificate")
    assert entry["level"] == "warn" and entry["peer"].startswith("127.0.0.1:") and entry["why"]
    with connect(server) as client:
        assert_answers(client)


@pytest.mark.row("TLS-3")
def test_what_it_sends_at_once_all_the_same_is_not_read(started, certificates):
    """In TLS 1.3 a client may send before it hears that it is refused."""
    server = started()
    with pytest.raises(Ended):
        with Stream.tls(server.address("radsec"), authority=certificates.ca, minimum_version="1.3") as client:
            client.exchange(ask(client, "now 0 accept"))
    assert server.stop().listener("radsec")["access"]["requests"] == 0


@pytest.mark.row("TLS-3")
def test_nobody_renegotiates(started, certificates):
    server = started()
    with OpensslClient(server.address("radsec"), "-tls1_2", authority=certificates.ca, certificate=certificates.client,
                       is_interactive=True) as client:
        assert client.told("Protocol version") == "TLSv1.2"
        assert_answers(client)
        client.renegotiate()
        assert client.expect_closed() in ("no renegotiation", "no_renegotiation", "unexpected_message", "close")
    server.stop()
    assert len([entry for entry in server.log() if entry["message"] == "connection"]) == 1


@pytest.mark.row("TLS-5")
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_certificate_of_another_authority_is_refused(started, certificates, refused, version):
    server = started()
    assert refused(server, certificate=certificates.stranger, minimum_version=version,
                   maximum_version=version) == "unknown_ca"
    wait_for_ended(server, "radsec", {"bad_certificate": 1})


@pytest.mark.row("TLS-5")
@pytest.mark.parametrize("options, alerts", [
    ({"begins_in_s": -900, "ends_in_s": -60}, {"certificate_expired"}),
    ({"begins_in_s": 3600, "ends_in_s": 7200}, {"bad_certificate", "certificate_expired", "certificate_unknown"}),
    ({"use": "serverAuth"}, {"unsupported_certificate", "bad_certificate"})],
    ids=["expired", "not yet valid", "for servers alone"])
def test_a_certificate_that_is_not_valid_is_refused(started, certificates, refused, options, alerts):
    """RFC 5280 §6, and the purpose that the certificate names."""
    server = started()
    assert refused(server, certificate=certificates.authority.client(**options)) in alerts
    wait_for_ended(server, "radsec", {"bad_certificate": 1})


@pytest.mark.row("TLS-5")
def test_one_without_a_purpose_is_valid_for_each(shared, certificates, connect):
    with connect(shared, certificate=certificates.authority.client(use=None)) as client:
        assert_answers(client)


@pytest.mark.row("TLS-5")
def test_a_certificate_that_signs_itself_is_refused(started, certificates, refused, tmp_path):
    server = started()
    own = type(certificates.client)(tmp_path / "own.pem", tmp_path / "own.key")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=own", "-days",
            "2", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", own.key, "-out", own.certificate)
    assert refused(server, certificate=own) in ("unknown_ca", "bad_certificate")
    wait_for_ended(server, "radsec", {"bad_certificate": 1})


@pytest.mark.row("TLS-15")
def test_a_session_that_is_resumed_is_a_connection_like_another(shared, connect):
    """Whether there are sessions is the server's own affair."""
    with connect(shared) as first:
        assert_answers(first)
    with connect(shared, session=first) as second:
        assert_answers(second)


# Without ALPN, RADIUS/1.0

@pytest.mark.parametrize("offered", [None, ["radius/1.0"], ["radius/1.1"], ["radius/1.0", "radius/1.1"], ["h2"]])
def test_by_default_no_application_protocol_is_selected(started, connect, offered):
    """D-28."""
    server = started()
    with connect(server, alpn=offered) as client:
        assert client.selected_alpn is None
        assert_answers(client)
    entry = connection_logged(server, listener="radsec")
    assert (entry["alpn"], entry["radius"]) == ("none", "1.0")


def test_a_handshake_is_logged_with_its_client(started, connect):
    server = started()
    with connect(server) as client:
        assert_answers(client)
        port = client.socket.getsockname()[1]
    entry = connection_logged(server, peer=f"127.0.0.1:{port}")
    assert (entry["level"], entry["listener"], entry["client"], entry["tls"]) == ("info", "radsec", "loopback", "TLSv1.3")


# The secret

@pytest.mark.row("TLS-4")
def test_the_secret_is_radsec_whatever_the_clients_entry_says(radhost, certificates, connect):
    yes = static_plugin("yes", "accept")
    server = radhost(LOOPBACK_CLIENT + yes + tls_listener(certificates, handlers='["yes"]'))
    with connect(server) as client:
        assert client.secret == b"radsec"
        assert client.exchange(octets("C-12a")).code == wire.ACCESS_ACCEPT


@pytest.mark.row("TLS-4")
@pytest.mark.parametrize("secret", [SECRET, b"radius/dtls", b""])
def test_another_secret_ends_the_connection(started, connect, secret):
    server = started()
    with connect(server, secret=secret) as client:
        client.send(ask(client, "now 0 accept"))
        assert client.expect_closed() == "close"
    wait_for_ended(server, "radsec", {"bad_message_authenticator": 1})


@pytest.mark.row("TLS-4")
def test_a_client_may_have_another_secret_over_tls(started, connect):
    """D-31."""
    server = started(LOOPBACK_CLIENT + 'tls_secret = "another secret"\n' + later_plugin())
    with connect(server, secret=b"another secret") as client:
        assert_answers(client)
    with connect(server) as client:
        client.send(ask(client, "now 0 accept"))
        assert client.expect_closed() == "close"


# Message-Authenticator

@pytest.mark.row("TRN-12", "SEC-7")
@pytest.mark.parametrize("where", ["first", "last", None])
@pytest.mark.parametrize("setting", ["false", '"auto"', "true"])
def test_a_message_authenticator_is_neither_demanded_nor_forbidden(started, connect, setting, where):
    """Whatever the client's entry says of UDP and TCP; Proxy-State needs none either."""
    demanding = BASE.replace("require_message_authenticator = false", f"require_message_authenticator = {setting}")
    demanding = demanding.replace("limit_proxy_state = false", "limit_proxy_state = true")
    with connect(started(demanding)) as client:
        for _ in range(2):
            answer = client.exchange(ask(client, "now 0 accept", [(wire.PROXY_STATE, b"p")], message_authenticator=where))
            assert (answer.code, answer.values(wire.PROXY_STATE)) == (wire.ACCESS_ACCEPT, [b"p"])


@pytest.mark.row("TRN-12")
def test_eap_without_one_is_handled(shared, connect):
    """D-16."""
    with connect(shared) as client:
        request = client.access_request([(wire.USER_NAME, b"now 0 accept"), (wire.EAP_MESSAGE, EAP_IDENTITY)],
                                        message_authenticator=None)
        assert client.exchange(request).code == wire.ACCESS_ACCEPT


@pytest.mark.row("TRN-12", "TRN-3")
@pytest.mark.parametrize("attributes", [[], [(wire.EAP_MESSAGE, EAP_IDENTITY)]], ids=["PAP", "EAP"])
def test_a_wrong_one_ends_the_connection(started, connect, attributes):
    """D-16."""
    server = started()
    with connect(server) as client, connect(server) as other:
        client.send(spoiled(client.access_request([(wire.USER_NAME, b"now 0 accept"), *attributes],
                                                  message_authenticator="last")))
        assert client.expect_closed() == "close"
        assert_answers(other)
    wait_until(lambda: ended(server.stats(), "radsec").get("bad_message_authenticator") == 1)
    assert server.stop().discards() == {"bad_message_authenticator": 1}


@pytest.mark.row("TRN-12")
def test_where_the_clients_entry_says_all_it_is_demanded_over_tls_too(started, connect):
    server = started(BASE.replace("require_message_authenticator = false", 'require_message_authenticator = "all"'))
    with connect(server) as client:
        client.expect_silence(ask(client, "now 0 accept", message_authenticator=None),
                              lambda: ask(client, "now 0 accept"))
    assert server.stop().discards() == {"missing_message_authenticator": 1}


# Kinds of packets

@pytest.fixture(scope="module")
def all_kinds(shared_radhost, certificates):
    return shared_radhost(LOOPBACK_CLIENT + static_plugin("yes", "accept") +
                          tls_listener(certificates, accepts=ALL_KINDS, handlers='["yes"]'))


@pytest.mark.row("TRN-11")
def test_one_port_carries_all_kinds(all_kinds, connect):
    with connect(all_kinds) as client:
        codes = [client.exchange(request).code for request in (
            client.pap_request(b"bob", b"x"), client.accounting_request(RECORD), client.coa_request(SESSION),
            client.disconnect_request(SESSION), client.access_request([], code=wire.STATUS_SERVER))]
    assert codes == [wire.ACCESS_ACCEPT, wire.ACCOUNTING_RESPONSE, wire.COA_ACK, wire.DISCONNECT_ACK, wire.ACCESS_ACCEPT]


@pytest.mark.row("TRN-11", "ACC-11")
@pytest.mark.parametrize("make", [lambda client: client.accounting_request(RECORD),
                                  lambda client: client.coa_request(SESSION),
                                  lambda client: client.disconnect_request(SESSION)],
                         ids=["accounting", "coa", "disconnect"])
def test_a_kind_that_is_not_accepted_is_a_protocol_error(shared, connect, make):
    """D-13."""
    with connect(shared) as client:
        answer = client.exchange(make(client))
        assert (answer.code, answer.values(wire.ERROR_CAUSE)) == (wire.PROTOCOL_ERROR, CAUSE_406)
        assert_answers(client)


@pytest.mark.row("TRN-11")
def test_a_kind_that_nobody_handles_is_a_nak_and_accounting_silence(radhost, certificates, connect):
    """D-13."""
    server = radhost(LOOPBACK_CLIENT + static_plugin("yes", "accept") +
                     tls_listener(certificates, accepts=ALL_KINDS, handlers='{ access = ["yes"] }'))
    with connect(server) as client:
        for request, code in ((client.coa_request(SESSION), wire.COA_NAK),
                              (client.disconnect_request(SESSION), wire.DISCONNECT_NAK)):
            answer = client.exchange(request)
            assert (answer.code, answer.values(wire.ERROR_CAUSE)) == (code, CAUSE_406)
        client.expect_silence(client.accounting_request(RECORD), lambda: client.pap_request(b"bob", b"x"))


@pytest.mark.row("STA-1", "TRN-12")
def test_status_server_is_answered_with_and_without_message_authenticator(shared, connect):
    with connect(shared) as client:
        assert client.exchange(client.access_request([], code=wire.STATUS_SERVER)).code == wire.ACCESS_ACCEPT
        assert client.exchange(wire.encode(wire.STATUS_SERVER, 1, bytes(16), [])).code == wire.ACCESS_ACCEPT


@pytest.mark.row("ACC-1")
def test_accounting_is_recorded(radhost, certificates, connect):
    server = radhost(LOOPBACK_CLIENT + acctlog_plugin() +
                     tls_listener(certificates, accepts='["accounting"]', handlers='["acctlog"]'))
    with connect(server) as client:
        request = client.accounting_request(RECORD)
        assert client.exchange(request).code == wire.ACCOUNTING_RESPONSE
        client.send(spoiled(request))
        assert client.expect_closed() == "close"
    wait_for_ended(server, "radsec", {"bad_authenticator": 1})
    assert len((server.folder / "accounting.jsonl").read_text(encoding="utf-8").splitlines()) == 1


# Framing

@pytest.mark.row("TRN-1")
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_packets_are_cut_by_their_length_and_not_by_records(shared, connect, version):
    with connect(shared, minimum_version=version, maximum_version=version) as client:
        requests = [ask(client, "now 0 accept") for _ in range(51)]
        client.send(b"".join(requests[:50]))
        client.send_slowly(requests[50])
        assert len(client.answers_to(requests)) == 51
        client.expect_nothing_more()


@pytest.mark.row("TRN-4")
def test_256_requests_may_be_in_flight(shared, connect):
    with connect(shared) as client:
        requests = [ask(client, f"thread {number % 30} accept", identifier=number) for number in range(256)]
        client.send(b"".join(requests))
        assert len(client.answers_to(requests)) == 256


@pytest.mark.row("TRN-2", "TRN-3")
@pytest.mark.parametrize("sent, reason", [
    (b"\0\0\0\0", "bad_length"), (b"\1\1\0\x13" + bytes(16), "bad_length"), (b"\1\1\x10\1" + bytes(16), "bad_length"),
    (b"\1\1\0\x16" + bytes(16) + b"\1\0", "malformed_attribute"),
    (b"\4\1\0\x14" + bytes(16), "bad_authenticator")])
def test_what_is_no_packet_ends_the_connection(radhost, certificates, connect, sent, reason):
    """With close_notify, then FIN; others live."""
    server = radhost(LOOPBACK_CLIENT + static_plugin("yes", "accept") +
                     tls_listener(certificates, accepts=ALL_KINDS, handlers='["yes"]'))
    with connect(server) as client, connect(server) as other:
        client.send(sent)
        assert client.expect_closed() == "close"
        assert other.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
        wait_for_ended(server, "radsec", {reason: 1})
        wait_for_open(server, "radsec", 1)
    assert end_logged(server, reason=reason)["client"] == "loopback"


@pytest.mark.row("TRN-3", "COD-5")
def test_an_unknown_code_is_discarded_and_the_next_packet_answered(started, connect):
    server = started()
    with connect(server) as client:
        client.expect_silence(wire.encode(99, 1, bytes(16), []), lambda: ask(client, "now 0 accept"))
    assert server.stop().discards() == {"unknown_code": 1}


@pytest.mark.row("TRN-6")
@pytest.mark.parametrize("end, reasons", [("close", {"peer_closed", "peer_reset"}), ("close_orderly", {"peer_closed"}),
                                          ("reset", {"peer_closed", "peer_reset"})])
def test_a_client_that_goes_in_the_middle_of_a_packet_leaves_nothing_behind(started, connect, end, reasons):
    server = started()
    client = connect(server)
    client.send(ask(client, "thread 200 accept"))
    wait_until(lambda: server.stats().listener("radsec")["in_flight"] == 1)
    client.send(ask(client, "now 0 accept")[:30])
    try:
        getattr(client, end)()
    except TimeoutError:  # the server need not answer close_notify
        client.close()
    wait_until(lambda: ended(server.stats(), "radsec"))
    assert set(ended(server.stats(), "radsec")) <= reasons
    wait_until(lambda: server.stats().listener("radsec")["in_flight"] == 0)
    wait_for_open(server, "radsec", 0)
    with connect(server) as other:
        assert_answers(other)


# What is no TLS

def raw(address, sent, within_s=5):
    """Writes octets to a port; what comes back until its end."""
    with Stream.tcp(address, SECRET) as client:
        client.send(sent)
        return client.until_end(within_s)[0]


@pytest.mark.row("TRN-8")
def test_plain_radius_is_not_answered_here(started, connect):
    server = started()
    for secret in (SECRET, RADSEC):
        came = raw(server.address("radsec"), wire.access_request([(wire.USER_NAME, b"now 0 accept")], secret, identifier=1))
        assert came[:1] in (b"", b"\x15")  # nothing, or an alert
    wait_until(lambda: ended(server.stats(), "radsec").get("handshake_failed") == 2)
    with connect(server) as client:
        assert_answers(client)
    assert server.stop().listener("radsec")["access"]["requests"] == 1


def noise(length, seed):
    return random.Random(seed).randbytes(length)


@pytest.mark.parametrize("seed", range(3))
def test_noise_in_place_of_a_handshake_is_survived(started, connect, seed):
    server = started()
    with connect(server) as other:
        raw(server.address("radsec"), noise(65536, seed))
        raw(server.address("radsec"), b"\x16\3\1\2\0\1\0\1\xfc\3\3" + noise(65536, seed))
        assert_answers(other)
    wait_until(lambda: sum(ended(server.stats(), "radsec").get(reason, 0) for reason in (
        "handshake_failed", "no_common_version", "peer_reset")) == 2)


@pytest.mark.parametrize("seed", range(3))
def test_noise_within_tls_ends_the_connection(started, connect, seed):
    server = started()
    with connect(server) as client, connect(server) as other:
        client.send(b"\1\1" + b"\xff\xff" + noise(65532, seed))
        assert client.until_end()[1] in ("close", "reset", "cut")
        assert_answers(other)
        assert ended(server.stats(), "radsec") == {"bad_length": 1}


@pytest.mark.parametrize("seed", range(3))
def test_noise_in_place_of_records_ends_the_connection(started, connect, seed):
    server = started()
    with connect(server) as client, connect(server) as other:
        assert_answers(client)
        client.send_below_tls(b"\x17\3\3\1\0" + noise(256, seed))
        assert client.until_end()[1] in ("bad_record_mac", "unexpected_message", "decode_error", "reset", "cut")
        assert_answers(other)
        wait_for_open(server, "radsec", 1)


# Bounds

@pytest.mark.row("TRN-7")
@pytest.mark.parametrize("sent", [b"", b"\x16", b"\x16\3\1\2\0\1\0\1\xfc\3\3"], ids=["nothing", "one octet", "a part"])
def test_a_handshake_that_stalls_is_ended(started, connect, sent):
    server = started(handshake_timeout_ms=500)
    with connect(server) as other:
        begin = time.monotonic()
        raw(server.address("radsec"), sent, within_s=3)
        assert 0.4 <= time.monotonic() - begin < 2
        assert_answers(other)
        wait_for_ended(server, "radsec", {"handshake_timeout": 1})
    assert end_logged(server, reason="handshake_timeout")["level"] == "warn"


@pytest.mark.row("TRN-7")
def test_a_handshake_that_trickles_is_ended_too(started):
    server = started(handshake_timeout_ms=500)
    with Stream.tcp(server.address("radsec"), SECRET) as client:
        client.send_slowly(b"\x16\3\1\2\0" + bytes(35), pause_s=0.03)
        assert client.until_end(within_s=2)[1] in ("close", "reset")
    assert sum(ended(server.stats(), "radsec").values()) == 1


@pytest.mark.row("TRN-7")
def test_handshakes_in_progress_are_bounded(started, connect):
    """Connections that are open already do not count."""
    server = started(max_handshakes=2, handshake_timeout_ms=1500)
    with connect(server) as one, connect(server) as two, connect(server) as three:
        stalled = [Stream.tcp(server.address("radsec"), SECRET) for _ in range(2)]
        wait_until(lambda: connections(server.stats(), "radsec")["opened"] == 5)
        with Stream.tcp(server.address("radsec"), SECRET) as more:
            assert more.expect_closed(within_s=1) in ("close", "reset")
        wait_for_ended(server, "radsec", {"too_many_handshakes": 1})
        for client in (one, two, three):
            assert_answers(client)
        for client in stalled:
            client.until_end()
        with connect(server) as again:
            assert_answers(again)
        for client in stalled:
            client.close()


@pytest.mark.row("TRN-7")
def test_an_idle_connection_is_closed(started, connect):
    server = started(idle_timeout_ms=400)
    with connect(server) as client:
        assert_answers(client)
        assert client.expect_closed() == "close"
    wait_for_ended(server, "radsec", {"idle": 1})


@pytest.mark.row("TRN-7")
def test_connections_are_bounded(started, connect, refused):
    server = started(max_connections=2)
    with connect(server) as one, connect(server) as two:
        assert_answers(one)
        assert_answers(two)
        with Stream.tcp(server.address("radsec"), SECRET) as third:
            third.until_end(within_s=2)
        wait_for_ended(server, "radsec", {"too_many_connections": 1})
        assert_answers(one)
    wait_for_open(server, "radsec", 0)
    with connect(server) as again:
        assert_answers(again)


@pytest.mark.row("TRN-7")
def test_connections_of_one_client_are_bounded(started, connect, refused):
    server = started(max_connections_per_client=2)
    with connect(server) as one, connect(server) as two:
        assert_answers(one)
        assert_answers(two)
        assert refused(server)
        wait_for_ended(server, "radsec", {"too_many_of_client": 1})
        assert end_logged(server, reason="too_many_of_client")["client"] == "loopback"
        assert_answers(one)


def test_a_client_that_never_reads_is_bounded_and_others_are_served(radhost, certificates, connect):
    long = "x" * 250
    server = radhost(LOOPBACK_CLIENT + static_plugin("wordy", "accept", f'{{ "Reply-Message" = ["{long}", "{long}"] }}') +
                     tls_listener(certificates, handlers='["wordy"]', max_buffered_octets=65536))
    with connect(server, buffer_octets=65536) as silent, connect(server) as other:
        many = b"".join(silent.pap_request(b"bob", b"x", identifier=number) for number in range(256))
        assert silent.send_until_blocked(many, 64 << 20) < 32 << 20
        for _ in range(20):
            begin = time.monotonic()
            assert other.pap(b"bob", b"x").code == wire.ACCESS_ACCEPT
            assert time.monotonic() - begin < 1
    wait_for_open(server, "radsec", 0)


@pytest.mark.row("TRN-6")
def test_hundred_clients_that_come_and_go_leave_no_descriptor(started, connect, certificates):
    server = started(workers=2)

    def descriptors():
        return len(os.listdir(f"/proc/{server.process.pid}/fd"))

    for _ in range(24):  # each worker has a spare descriptor since its first connection
        with connect(server) as client:
            assert_answers(client)
    wait_for_open(server, "radsec", 0)
    before = descriptors()
    for number in range(100):
        if number % 4 == 3:
            with socket.create_connection(server.address("radsec")) as other:
                other.send(b"\x16\3\1")
        else:
            with connect(server) as client:
                assert_answers(client)
    wait_for_open(server, "radsec", 0)
    wait_until(lambda: descriptors() <= before)


def test_over_ipv6_too(radhost, certificates, connect):
    server = radhost(BASE + tls_listener(certificates, address="[::1]:0"))
    with connect(server) as client:
        assert_answers(client)
    assert connection_logged(server)["peer"].startswith("[::1]:")
    assert server.control.listener("radsec")["transport"] == "tls"
