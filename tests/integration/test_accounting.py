# SPDX-License-Identifier: Apache-2.0
"""Accounting: an answer if and only if the record is on disk, one JSON object a line."""

import json
import re
import resource
import signal
from datetime import datetime, timezone

import pytest

from support import wire
from support.client import Client
from support.configurations import (ACCOUNTING, ACCT_LISTENER, LOOPBACK_CLIENT, SECRET, acctlog_plugin, listener,
                                    static_plugin)
from support.vectors import octets

START, STOP, INTERIM, ON, OFF = 1, 2, 3, 7, 8
INPUT_OCTETS, OUTPUT_OCTETS, TERMINATE_CAUSE, INPUT_GIGAWORDS = 42, 43, 49, 52
TUNNEL_CONNECTION = 68


@pytest.fixture
def server(radhost):
    return radhost(ACCOUNTING)


@pytest.fixture
def client(server):
    with Client(server.address("acct"), SECRET) as opened:
        yield opened


def record(status, session=b"S1", *more):
    return [(wire.ACCT_STATUS_TYPE, wire.integer(status)), (wire.ACCT_SESSION_ID, session),
            (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1")), (wire.USER_NAME, b"bob"), *more]


def stored(server):
    """The records on disk; every octet of the file must belong to a whole line."""
    text = (server.folder / "accounting.jsonl").read_text(encoding="utf-8")
    assert text == "" or text.endswith("\n"), "half a line is on disk"
    return [json.loads(line) for line in text.splitlines()]


def not_recorded(server, client, datagram):
    """No answer; a valid record is answered after it, and is the only one on disk."""
    client.expect_silence(datagram, lambda: client.accounting_request(record(START, b"probe")))
    assert [entry["attributes"]["Acct-Session-Id"] for entry in stored(server)] == [["probe"]]


def text_of(values):
    """Numbers may be written as numbers or as text."""
    return [str(value) for value in values]


# Answered and on disk

@pytest.mark.row("ACC-2", "AUTH-1", "AUTH-2")
def test_the_vector_gets_exactly_its_answer(client):
    client.send(octets("C-4a"))
    assert client.receive() == octets("C-4b")


@pytest.mark.row("ACC-1")
def test_a_record_has_the_form_the_manual_gives(server, client):
    before = datetime.now(timezone.utc)
    client.send(octets("C-4a"))
    client.receive()
    after = datetime.now(timezone.utc)
    entry, = stored(server)
    assert set(entry) == {"received", "client", "listener", "peer", "attributes"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)", entry["received"])
    assert before <= datetime.fromisoformat(entry["received"]) <= after
    assert (entry["client"], entry["listener"]) == ("loopback", "acct")
    assert entry["peer"] == "127.0.0.1:%d" % client.socket.getsockname()[1]
    attributes = entry["attributes"]
    assert attributes["Acct-Status-Type"] == ["Start"]
    assert attributes["Acct-Session-Id"] == ["S1"]
    assert attributes["NAS-IP-Address"] == ["192.0.2.1"]
    assert attributes["User-Name"] == ["bob"]


@pytest.mark.row("ACC-1", "ACC-5", "ACC-6", "ACC-7")
def test_start_interim_and_stop_are_answered_and_recorded_in_order(server, client):
    usage = [(INPUT_OCTETS, wire.integer(5)), (OUTPUT_OCTETS, wire.integer(4294967295)),
             (INPUT_GIGAWORDS, wire.integer(1))]
    for attributes in (record(START), record(INTERIM, b"S1", *usage),
                       record(STOP, b"S1", *usage, (TERMINATE_CAUSE, wire.integer(1)))):
        assert client.exchange(client.accounting_request(attributes)).code == wire.ACCOUNTING_RESPONSE
    entries = [entry["attributes"] for entry in stored(server)]
    assert [entry["Acct-Status-Type"] for entry in entries] == [["Start"], ["Interim-Update"], ["Stop"]]
    for entry in entries[1:]:
        assert text_of(entry["Acct-Input-Octets"]) == ["5"]
        assert text_of(entry["Acct-Output-Octets"]) == ["4294967295"]
        assert text_of(entry["Acct-Input-Gigawords"]) == ["1"]
    assert entries[2]["Acct-Terminate-Cause"] == ["User-Request"]


@pytest.mark.row("ACC-1")
def test_a_record_is_there_as_soon_as_its_answer_is(server, client):
    """The server is killed at once: nothing may still wait in its memory."""
    client.exchange(client.accounting_request(record(START)))
    server.kill()
    assert len(stored(server)) == 1


@pytest.mark.row("ACC-2")
def test_a_response_holds_proxy_state_and_nothing_else(client):
    states = [(wire.PROXY_STATE, b"one"), (wire.PROXY_STATE, b"\0two")]
    answer = client.exchange(client.accounting_request(record(START) + states))
    assert answer.attributes == states


@pytest.mark.row("ACC-2")
def test_a_handler_cannot_put_more_than_vendors_attributes_into_a_response(radhost):
    """RFC 2866 §5.13 lists what has no place there."""
    reply = """{ "Reply-Message" = "hi", "Class" = "0x01", "State" = "0x02", "Framed-IP-Address" = "192.0.2.1",
        "Session-Timeout" = 5, "Error-Cause" = 401, "Vendor-99999-Attr-1" = "0x01" }""".replace("\n", " ")
    server = radhost(LOOPBACK_CLIENT + static_plugin("yes", "accept", reply)
                     + listener("acct", '["accounting"]', '["yes"]'))
    with Client(server.address("acct"), SECRET) as client:
        answer = client.exchange(client.accounting_request(record(START, b"S1", (wire.PROXY_STATE, b"p"))))
    assert (answer.code, answer.types()) == (wire.ACCOUNTING_RESPONSE, [wire.VENDOR_SPECIFIC, wire.PROXY_STATE])


@pytest.mark.row("ACC-5")
@pytest.mark.parametrize("status, name", [(ON, "Accounting-On"), (OFF, "Accounting-Off"), (9, "Tunnel-Start"),
                                          (14, "Tunnel-Link-Reject"), (15, "Failed")])
def test_every_known_status_is_recorded_by_name(server, client, status, name):
    more = [(TUNNEL_CONNECTION, b"tunnel 1")] if 9 <= status <= 14 else []
    answer = client.exchange(client.accounting_request(record(status, b"S1", *more)))
    assert answer.attributes == []
    entry, = stored(server)
    assert entry["attributes"]["Acct-Status-Type"] == [name]
    if more:
        assert entry["attributes"]["Acct-Tunnel-Connection"] == ["tunnel 1"]


@pytest.mark.row("ACC-5")
def test_an_unknown_status_is_recorded_as_its_number(server, client):
    client.exchange(client.accounting_request(record(99)))
    assert text_of(stored(server)[0]["attributes"]["Acct-Status-Type"]) == ["99"]


@pytest.mark.row("ACC-9")
def test_every_class_is_recorded_unchanged_and_in_order(server, client):
    client.exchange(client.accounting_request(record(
        START, b"S1", (wire.CLASS, b"\x02\x00\xff"), (200, b"\x07"), (wire.CLASS, b"\x01"))))
    attributes = stored(server)[0]["attributes"]
    assert [value.lower() for value in attributes["Class"]] == ["0x0200ff", "0x01"]
    assert [value.lower() for value in attributes["Attr-200"]] == ["0x07"]


def test_text_of_any_kind_stays_one_json_line(server, client):
    client.exchange(client.accounting_request(record(START, b'quo"te\\back\nnew\ttab') + [(18, "ä€😀".encode())]))
    client.exchange(client.accounting_request(record(START, b"\xff\xfe not UTF-8 \x80")))
    assert len(stored(server)) == 2


@pytest.mark.row("ACC-3")
@pytest.mark.parametrize("attribute", [(2, bytes(16)), (3, bytes(17)), (60, bytes(16)), (18, b"hi"), (24, b"state")],
                         ids=lambda a: f"type {a[0]}")
def test_attributes_that_have_no_place_here_do_not_prevent_an_answer(server, client, attribute):
    """Nor are they recorded."""
    answer = client.exchange(client.accounting_request(record(START, b"S1", attribute)))
    assert (answer.code, answer.attributes) == (wire.ACCOUNTING_RESPONSE, [])
    entry, = stored(server)
    assert set(entry["attributes"]) == {"Acct-Status-Type", "Acct-Session-Id", "NAS-IP-Address", "User-Name"}


@pytest.mark.row("AUTH-8")
@pytest.mark.parametrize("added", [
    [(wire.MESSAGE_AUTHENTICATOR, bytes(16))], [(wire.MESSAGE_AUTHENTICATOR, b"short")],
    [(wire.MESSAGE_AUTHENTICATOR, bytes(16)), (wire.MESSAGE_AUTHENTICATOR, bytes(16))],
    [(wire.EAP_MESSAGE, bytes.fromhex("0201000801626f62"))]], ids=["zero", "short", "two", "EAP-Message"])
def test_a_message_authenticator_or_eap_in_accounting_is_ignored(server, client, added):
    """D-5: they are forbidden and no formula is given; the Request Authenticator protects the packet."""
    attributes = wire.decode(octets("C-4a")).attributes + added
    answer = client.exchange(client.accounting_request(attributes, identifier=0x20))
    assert (answer.code, answer.attributes) == (wire.ACCOUNTING_RESPONSE, wire.decode(octets("C-4b")).attributes)
    assert len(stored(server)) == 1


@pytest.mark.row("AUTH-8")
def test_a_message_authenticator_in_accounting_is_logged_once(server, client):
    for session in (b"one", b"two", b"three"):
        client.exchange(client.accounting_request(record(START, session), message_authenticator="last"))
    server.stop()  # so that all that it logged has come
    warnings = [entry for entry in server.log() if "Accounting-Request is ignored" in entry["message"]]
    assert [entry["client"] for entry in warnings] == ["loopback"]


@pytest.mark.row("AUTH-8", "AUTH-2")
def test_a_right_message_authenticator_does_not_make_up_for_a_wrong_authenticator(server, client):
    request = client.accounting_request(record(START), message_authenticator="last")
    not_recorded(server, client, request[:4] + bytes(16) + request[20:])
    assert server.stop().discards() == {"bad_authenticator": 1}


@pytest.mark.row("COD-2")
def test_a_record_of_4096_octets_is_kept_and_one_of_4097_is_not(server, client):
    """D-1: RFC 2866 §3 prints a maximum of 4095. Each Class has 255 octets, and the last what remains."""
    def request(length):
        room = length - len(client.accounting_request(record(START, b"probe")))
        filler = [(wire.CLASS, bytes(min(left, 255) - 2)) for left in range(room, 0, -255)]
        return client.accounting_request(record(START, b"probe", *filler))

    full, over = request(4096), request(4097)
    assert (len(full), len(over)) == (4096, 4097)
    client.expect_silence(over, lambda: full)
    assert [len(entry["attributes"]["Class"]) for entry in stored(server)] == [len(wire.decode(full).values(25))]
    assert server.stop().discards() == {"oversized_packet": 1}


# Neither answered nor recorded

@pytest.mark.row("AUTH-2")
def test_a_zero_authenticator_is_discarded(server, client):
    not_recorded(server, client, octets("C-4x"))
    assert server.stop().discards() == {"bad_authenticator": 1}


@pytest.mark.row("AUTH-2")
@pytest.mark.parametrize("place", [1, 4, 19, 22, 44])
def test_one_wrong_bit_is_noticed(server, client, place):
    spoiled = bytearray(octets("C-4a"))
    spoiled[place] ^= 0x40
    not_recorded(server, client, bytes(spoiled))
    assert server.stop().discards() == {"bad_authenticator": 1}


@pytest.mark.row("AUTH-2")
def test_another_secret_is_discarded(server, client):
    not_recorded(server, client, wire.signed_request(wire.ACCOUNTING_REQUEST, record(START), b"wrong", identifier=1))
    assert server.stop().discards() == {"bad_authenticator": 1}


@pytest.mark.row("ACC-4")
@pytest.mark.parametrize("missing", [wire.ACCT_STATUS_TYPE, wire.ACCT_SESSION_ID])
def test_a_record_without_its_status_or_session_is_discarded(server, client, missing):
    """D-12."""
    attributes = [attribute for attribute in record(START) if attribute[0] != missing]
    not_recorded(server, client, client.accounting_request(attributes))
    assert server.stop().discards() == {"invalid_accounting": 1}


@pytest.mark.row("ACC-4")
@pytest.mark.parametrize("value", [b"\0\0\1", b"\0\0\0\0\1"])
def test_a_status_of_a_wrong_size_is_none(server, client, value):
    attributes = [(type_, value if type_ == wire.ACCT_STATUS_TYPE else old) for type_, old in record(START)]
    not_recorded(server, client, client.accounting_request(attributes))
    assert server.stop().discards() == {"invalid_accounting": 1}


@pytest.mark.row("ACC-4", "CLI-6")
def test_a_record_without_a_nas_identity_is_kept(server, client):
    """D-7: the rule binds clients; a server processes."""
    attributes = [attribute for attribute in record(START) if attribute[0] != wire.NAS_IP_ADDRESS]
    assert client.exchange(client.accounting_request(attributes)).code == wire.ACCOUNTING_RESPONSE
    assert len(stored(server)) == 1


@pytest.mark.row("ACC-1")
@pytest.mark.parametrize("handlers", ["[]", '["nobody"]'])
def test_what_nobody_records_nobody_acknowledges(radhost, handlers):
    """The second listener shows that the server lives."""
    server = radhost(LOOPBACK_CLIENT + acctlog_plugin() + static_plugin("nobody", "pass") + ACCT_LISTENER
                     + listener("lost", '["accounting"]', handlers))
    with Client(server.address("lost"), SECRET) as lost, Client(server.address("acct"), SECRET) as probe:
        lost.send(lost.accounting_request(record(START)))
        assert probe.exchange(probe.accounting_request(record(STOP))).code == wire.ACCOUNTING_RESPONSE
        lost.expect_nothing_more()
    assert server.stop().discards() == {"unanswered": 1}


@pytest.mark.row("ACC-1")
def test_a_reject_is_no_answer_to_accounting(radhost):
    server = radhost(LOOPBACK_CLIENT + acctlog_plugin() + static_plugin("no", "reject") + ACCT_LISTENER
                     + listener("lost", '["accounting"]', '["no"]'))
    with Client(server.address("lost"), SECRET) as lost, Client(server.address("acct"), SECRET) as probe:
        lost.send(lost.accounting_request(record(START)))
        assert probe.exchange(probe.accounting_request(record(STOP))).code == wire.ACCOUNTING_RESPONSE
        lost.expect_nothing_more()
    assert sum(server.stop().discards().values()) == 1


# A full disk

def size_limit(server, octets_):
    """No file of the server may grow beyond this: the kernel then takes a part of a write and refuses the rest, as a
    full disk does. The server starts with SIGXFSZ ignored."""
    _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (octets_ if octets_ else hard, hard))


@pytest.mark.row("ACC-1")
@pytest.mark.parametrize("fsync", ["never", "interval", "always"])
@pytest.mark.parametrize("room", [0, 1, 40], ids=lambda n: f"room for {n} octets")
def test_a_full_disk_answers_nothing_and_leaves_no_half_line(radhost, fsync, room):
    configuration = LOOPBACK_CLIENT + acctlog_plugin(fsync=fsync) + ACCT_LISTENER + static_plugin("yes", "accept") + \
        listener("probe", '["accounting"]', '["yes"]')
    server = radhost(configuration, keep_ignored_signals=True)
    path = server.folder / "accounting.jsonl"
    with Client(server.address("acct"), SECRET) as client, Client(server.address("probe"), SECRET) as probe:
        client.exchange(client.accounting_request(record(START)))
        size_limit(server, path.stat().st_size + room)
        refused = client.accounting_request(record(INTERIM))
        client.send(refused)
        # acctlog may write on a thread of its own: its complaint in the log says that it has tried.
        server.wait_for_log(lambda entry: entry["level"] in ("warn", "error"))
        assert probe.exchange(probe.accounting_request(record(START, b"probe"))).code == wire.ACCOUNTING_RESPONSE
        client.expect_nothing_more()
        assert len(stored(server)) == 1
        size_limit(server, None)
        # A retransmission is a new try (D-30), and the first thing to be answered.
        client.send(refused)
        assert client.answer_to(refused).code == wire.ACCOUNTING_RESPONSE
        client.exchange(client.accounting_request(record(STOP)))
    assert [entry["attributes"]["Acct-Status-Type"] for entry in stored(server)] == [
        ["Start"], ["Interim-Update"], ["Stop"]]
    # The one failure is counted once, as nobody's record or as the plugin's error.
    assert server.stop().discards() in ({"plugin_error": 1}, {"unanswered": 1})


@pytest.mark.row("ACC-1")
def test_a_device_that_is_always_full_gets_no_answer(radhost):
    server = radhost(LOOPBACK_CLIENT + acctlog_plugin("/dev/full") + ACCT_LISTENER + static_plugin("yes", "accept")
                     + listener("probe", '["accounting"]', '["yes"]'))
    with Client(server.address("acct"), SECRET) as client, Client(server.address("probe"), SECRET) as probe:
        client.send(client.accounting_request(record(START)))
        assert probe.exchange(probe.accounting_request(record(START))).code == wire.ACCOUNTING_RESPONSE
        counters = server.stop()
        client.expect_nothing_more()
    assert sum(counters.discards().values()) == 1


# The file

@pytest.mark.parametrize("fsync", ["always", "interval", "never"])
def test_records_are_appended_to_what_is_there(radhost, fsync):
    old = '{"received": "2020-01-01T00:00:00.000000Z"}\n'
    server = radhost(LOOPBACK_CLIENT + acctlog_plugin(fsync=fsync) + ACCT_LISTENER, files={"accounting.jsonl": old})
    with Client(server.address("acct"), SECRET) as client:
        client.exchange(client.accounting_request(record(START)))
    text = (server.folder / "accounting.jsonl").read_text()
    assert text.startswith(old) and len(stored(server)) == 2


def test_a_rotated_file_is_reopened(server, client):
    client.exchange(client.accounting_request(record(START, b"before")))
    path = server.folder / "accounting.jsonl"
    path.rename(server.folder / "accounting.jsonl.1")
    server.process.signal(signal.SIGUSR1)
    # Only a record that is sent after the file was opened anew must be in it.
    server.wait_for_log(lambda entry: entry["message"] == "log files reopened")
    client.exchange(client.accounting_request(record(START, b"after")))
    assert [entry["attributes"]["Acct-Session-Id"] for entry in stored(server)] == [["after"]]


def test_two_workers_write_whole_lines(radhost):
    server = radhost(ACCOUNTING, workers=2)
    clients = [Client(server.address("acct"), SECRET) for _ in range(8)]
    try:
        for number in range(25):
            requests = [c.accounting_request(record(START, b"%d" % number, (wire.CLASS, bytes(200)))) for c in clients]
            for c, request in zip(clients, requests):
                c.send(request)
            for c, request in zip(clients, requests):
                c.answer_to(request)
    finally:
        for c in clients:
            c.__exit__()
    assert len(stored(server)) == 200
