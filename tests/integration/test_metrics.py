# SPDX-License-Identifier: Apache-2.0
"""/metrics: what Prometheus reads, held against its own linter and against the statistics."""

import http.client
import os
import re
import time
from pathlib import Path

import pytest

from support import wire
from support.client import Client
from support.configurations import (ACCESS, BOB, LOOPBACK_CLIENT, SECRET, acctlog_plugin, later_plugin, listener,
                                    static_plugin)
from support.later import answer_to, ask
from support.processes import Process, run
from support.server import split_address

FILES = {"users.toml": BOB}
METRICS = """
[metrics]
address = "127.0.0.1:0"
"""
SAMPLE = re.compile(r'^(\w+)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def address_of(server):
    return split_address(next(entry["address"] for entry in server.log() if entry["message"] == "metrics"))


def request(server, method="GET", path="/metrics"):
    connection = http.client.HTTPConnection(*address_of(server), timeout=20)
    connection.request(method, path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def scrape(server):
    answer, text = request(server)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return text


def samples(text):
    """{(name, labels): value}."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, labels, value = SAMPLE.match(line).groups()
            found[name, frozenset(LABEL.findall(labels or ""))] = float(value)
    return found


def value(text, name, **labels):
    return samples(text)[name, frozenset(labels.items())]


def family(sample, types):
    """A histogram's samples have names of their own."""
    base = re.sub(r"_(bucket|sum|count)$", "", sample)
    return base if types.get(base) == "histogram" else sample


def buckets(text, name, **labels):
    """{upper bound in seconds: how many did not exceed it}."""
    found = {}
    for (sample, pairs), count in samples(text).items():
        bound = dict(pairs).get("le")
        if sample == f"{name}_bucket" and pairs - {("le", bound)} == frozenset(labels.items()):
            found[float(bound)] = count
    return found


def listens_on_tcp(server):
    process = Path(f"/proc/{server.process.pid}")
    rows = [line.split() for table in ("tcp", "tcp6") for line in (process / "net" / table).read_text().splitlines()[1:]]
    listening = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A"}
    return bool(listening & {os.readlink(file) for file in (process / "fd").iterdir()})


EVERY_KIND = (LOOPBACK_CLIENT + static_plugin("yes", "accept") + static_plugin("no", "reject") + acctlog_plugin() +
              listener("auth", '["access"]', '["no"]') + listener("acct", '["accounting"]', '["acctlog"]') +
              listener("dynauth", '["coa", "disconnect"]', '["yes"]') + METRICS)


def test_metrics_are_off_by_default(radhost):
    assert listens_on_tcp(radhost(EVERY_KIND))
    assert not listens_on_tcp(radhost(ACCESS, files=FILES))


def test_an_empty_address_switches_them_off(radhost):
    assert not listens_on_tcp(radhost(ACCESS + '\n[metrics]\naddress = ""\n', files=FILES))


def test_prometheus_finds_no_fault_with_them(radhost):
    server = radhost(EVERY_KIND)
    with Client(server.address("auth"), SECRET) as client:
        assert client.pap(b"anybody", b"anything").code == wire.ACCESS_REJECT
    done = run(["promtool", "check", "metrics"], input_text=scrape(server))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout + done.stderr == ""


def test_the_linter_would_find_one():
    done = run(["promtool", "check", "metrics"], input_text="# TYPE requests counter\nrequests 1\n")
    assert done.returncode != 0


def test_every_family_has_help_and_type(radhost):
    text = scrape(radhost(EVERY_KIND))
    helps = dict(re.findall(r"^# HELP (\w+) (.+)$", text, re.MULTILINE))
    types = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
    names = {family(name, types) for name, _ in samples(text)}
    assert names == set(helps) == set(types)
    for name, kind in types.items():
        assert (kind == "counter") == name.endswith("_total"), name


def test_requests_and_responses_are_counted_by_listener_kind_and_code(radhost):
    server = radhost(EVERY_KIND, workers=2)
    with Client(server.address("auth"), SECRET) as client:
        for _ in range(3):
            assert client.pap(b"anybody", b"anything").code == wire.ACCESS_REJECT
    with Client(server.address("dynauth"), SECRET) as client:
        assert client.exchange(client.coa_request([(wire.USER_NAME, b"bob")])).code == wire.COA_ACK
    text = scrape(server)
    assert value(text, "radhost_requests_total", listener="auth", kind="access") == 3
    assert value(text, "radhost_responses_total", listener="auth", code="Access-Reject") == 3
    assert value(text, "radhost_responses_total", listener="auth", code="Access-Accept") == 0
    assert value(text, "radhost_requests_total", listener="dynauth", kind="coa") == 1
    assert value(text, "radhost_requests_total", listener="dynauth", kind="disconnect") == 0
    assert value(text, "radhost_responses_total", listener="dynauth", code="CoA-ACK") == 1
    assert value(text, "radhost_responses_total", listener="acct", code="Accounting-Response") == 0
    assert value(text, "radhost_client_requests_total", client="loopback", kind="coa") == 1
    assert value(text, "radhost_client_responses_total", client="loopback", code="Access-Reject") == 3
    for gauge in ("radhost_pending", "radhost_in_flight"):
        assert value(text, gauge, listener="auth") == 0


def test_discards_are_counted_by_reason_and_listed_before_the_first(radhost):
    server = radhost(EVERY_KIND)
    words = set(server.stats().tree["discards"])
    text = scrape(server)
    for name in ("auth", "acct", "dynauth"):
        listed = {dict(labels)["reason"]: count for (family, labels), count in samples(text).items()
                  if family == "radhost_discards_total" and dict(labels)["listener"] == name}
        assert set(listed) == words and not any(listed.values())
    with Client(server.address("auth"), SECRET) as client:
        client.expect_silence(b"nonsense", lambda: client.pap_request(b"bob", b"hello"))
    text = scrape(server)
    assert value(text, "radhost_discards_total", listener="auth", reason="short_packet") == 1
    assert value(text, "radhost_discards_total", listener="acct", reason="short_packet") == 0
    assert value(text, "radhost_malformed_total", listener="auth", kind="access") == 1
    assert value(text, "radhost_client_discards_total", client="loopback", reason="short_packet") == 1


SLOW = (LOOPBACK_CLIENT + later_plugin(timeout_ms=200) + static_plugin("no", "reject") +
        listener("auth", '["access"]', '["later"]') + listener("other", '["access"]', '["no"]') + METRICS)


@pytest.mark.parametrize("way", ["timer", "offload"])
def test_how_long_answers_take_is_counted_by_listener_and_by_plugin(radhost, way):
    server = radhost(SLOW)
    assert [answer_to(server, f"{way} 60 accept").code for _ in range(3)] == [wire.ACCESS_ACCEPT] * 3
    assert answer_to(server, "anybody", "other").code == wire.ACCESS_REJECT
    text = scrape(server)
    for name, labels in (("radhost_request_duration_seconds", {"listener": "auth"}),
                         ("radhost_plugin_call_duration_seconds", {"plugin": "later"})):
        counts = buckets(text, name, **labels)
        assert list(counts) == sorted(counts) and list(counts.values()) == sorted(counts.values())
        assert (counts[0.05], counts[0.25], counts[float("inf")]) == (0, 3, 3)
        assert value(text, f"{name}_count", **labels) == 3
        assert 0.18 <= value(text, f"{name}_sum", **labels) < 0.75
    for name, labels in (("radhost_request_duration_seconds", {"listener": "other"}),
                         ("radhost_plugin_call_duration_seconds", {"plugin": "no"})):
        counts = buckets(text, name, **labels)
        assert (counts[0.05], counts[float("inf")]) == (1, 1)


def test_a_repeated_answer_was_not_handled_again(radhost):
    server = radhost(SLOW)
    with Client(server.address("auth"), SECRET) as client:
        datagram = ask(client, "timer 10 accept")
        assert client.exchange(datagram) == client.exchange(datagram)
    text = scrape(server)
    assert value(text, "radhost_duplicates_total", listener="auth", kind="access") == 1
    assert value(text, "radhost_request_duration_seconds_count", listener="auth") == 1
    assert value(text, "radhost_plugin_call_duration_seconds_count", plugin="later") == 1


@pytest.mark.parametrize("command, reason", [("timer 10 error", "error"), ("timer 10 nonsense", "error"),
                                             ("never", "timeout"), ("held 400 accept", "timeout")])
def test_a_handler_that_gives_no_verdict_is_counted_by_reason(radhost, command, reason):
    server = radhost(SLOW)
    assert answer_to(server, command).code == wire.ACCESS_REJECT
    text = scrape(server)
    for other in ("error", "timeout", "no_thread"):
        assert value(text, "radhost_plugin_failures_total", plugin="later", reason=other) == (other == reason)
        assert value(text, "radhost_plugin_failures_total", plugin="no", reason=other) == 0


def test_a_client_has_metrics_once_it_was_heard_of(radhost):
    silent = '\n[[client]]\nname = "silent"\naddress = "192.0.2.1"\nsecret = "x"\n'
    server = radhost(EVERY_KIND + silent)
    assert 'client="' not in scrape(server)
    with Client(server.address("auth"), SECRET) as client:
        client.pap(b"anybody", b"anything")
    text = scrape(server)
    assert 'client="loopback"' in text and 'client="silent"' not in text
    assert not [labels for (name, labels) in samples(text) if name == "radhost_client_requests_total"
                and dict(labels)["kind"] != "access"]


def test_the_program_and_its_start_are_told(radhost, program):
    server = radhost(EVERY_KIND)
    text = scrape(server)
    version = program.run("--version").stdout.split()[1]
    assert value(text, "radhost_info", version=version) == 1
    status = server.control.get("/v1/status")
    began = time.time() - status["uptime_ms"] / 1000
    assert abs(began - value(text, "process_start_time_seconds")) < 5


def test_nothing_else_is_there(radhost):
    server = radhost(EVERY_KIND)
    for path in ("/", "/metric", "/metrics/", "/v1/status", "/v1/drain"):
        for method in ("GET", "POST"):
            assert request(server, method, path)[0].status == 404
    answer, _ = request(server, "POST")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")
    assert request(server, "HEAD")[0].status == 200
    assert server.process.running()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::]"])
def test_the_address_may_be_of_either_family(radhost, host):
    assert "radhost_info" in scrape(radhost(EVERY_KIND.replace(METRICS, METRICS.replace("127.0.0.1", host))))


def test_an_address_that_is_taken_is_an_error(radhost, program, tmp_path):
    first = radhost(EVERY_KIND)
    taken = "%s:%d" % address_of(first)
    configuration = program.write_configuration(tmp_path, EVERY_KIND.replace(METRICS, f'\n[metrics]\naddress = "{taken}"\n'))
    second = Process([program.path, "serve", "-c", configuration])
    assert second.wait(20) == 1, second.report()
    assert taken in second.stderr.text() and "in use" in second.stderr.text()
    assert not (tmp_path / "control.sock").exists()


def test_a_wrong_address_is_an_error_at_its_place(program, tmp_path):
    configuration = program.write_configuration(tmp_path, ACCESS + '\n[metrics]\naddress = "localhost:9812"\n',
                                                files=FILES)
    done = program.run("check", "-c", configuration)
    assert done.returncode == 1 and "localhost:9812" in done.stderr and "radhost.toml:" in done.stderr


def test_each_worker_has_its_share_of_one_source_port(radhost):
    server = radhost(EVERY_KIND, workers=3)
    with Client(server.address("auth"), SECRET) as client:
        for identifier in range(10):
            client.pap(b"anybody", b"anything", identifier=identifier)
    text = scrape(server)
    assert [value(text, "radhost_worker_requests_total", worker=str(number)) for number in range(3)] == [4, 3, 3]
