# SPDX-License-Identifier: Apache-2.0
"""Modules that were compiled against earlier headers, and kept, load into this host and run as they did. What is
compiled anew would prove nothing."""

import json
import platform
import signal

import pytest

from abi import binaries
from abi.versions import BINARIES, kept_versions
from integration.test_metrics import METRICS, scrape
from support import wire
from support.client import Client
from support.configurations import LOOPBACK_CLIENT, SECRET, listener
from support.later import message

SESSION = [(wire.ACCT_SESSION_ID, b"S1"), (wire.ACCT_STATUS_TYPE, wire.integer(1)),
           (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1"))]
FILTER_ID, SESSION_TIMEOUT = 11, 27
VERSIONS = kept_versions(BINARIES)
SAME_MACHINE = platform.machine() == binaries.MACHINE and platform.system() == "Linux"

EVERY_KIND = '["access", "accounting", "coa", "disconnect"]'
TABLES_CONFIG = """
text = "hello"
real = 1.5
boolean = true
hidden = "hush"
list = [1, 2]
file = "some.log"
table = { integer = 42 }
"""
pytestmark = pytest.mark.parametrize("version", VERSIONS)
NOWHERE = '[pool.nowhere]\nservers = [{ address = "127.0.0.1:9", secret = "nobody is there" }]\n'


def module(version, name, config="", settings=""):
    path = BINARIES / version / f"{name}.so"
    return f"\n[plugin.{name}]\nmodule = {json.dumps(str(path))}\n{settings}\n[plugin.{name}.config]\n{config}\n"


def alone(version, name, config="", settings="", accepts='["access"]'):
    return LOOPBACK_CLIENT + module(version, name, config, settings) + listener("auth", accepts, f'["{name}"]')


def ask(server, name=b"bob", password=b"x", attributes=()):
    with Client(server.address("auth"), SECRET) as client:
        return client.pap(name, password, attributes)


def wait_for_log(server, text):
    """Modules may log after the answer has left."""
    assert server.wait_for_log(lambda entry: text in json.dumps(entry))


def test_the_files_are_those_that_were_kept(version):
    manifest = binaries.read_manifest(version)
    files = {path.name: binaries.digest(path) for path in (BINARIES / version).glob("*.so")}
    assert files == manifest["sha256"] and len(files) >= 6
    assert manifest["abi_minor"] == int(version.removesuffix("-rc").split(".")[1])
    assert manifest["machine"] == binaries.MACHINE and manifest["compiler"] and manifest["date"]
    assert sum(path.stat().st_size for path in (BINARIES / version).iterdir()) < 300_000


if not SAME_MACHINE:
    def test_another_machine_says_that_they_are_not_for_it(version, program, tmp_path):
        done = program.run("check", "-c", program.write_configuration(tmp_path, alone(version, "fixed")))
        assert done.returncode == 1 and "it was built for another machine" in done.stderr
        print(f"the modules of {version} are for {binaries.MACHINE}, and this is {platform.machine()}")


if SAME_MACHINE:
    def test_a_fixed_verdict_and_reply_are_given_for_every_kind(version, radhost):
        server = radhost(alone(version, "fixed", 'message = "kept"', accepts=EVERY_KIND))
        answer = ask(server)
        assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, "kept")
        with Client(server.address("auth"), SECRET) as client:
            assert client.exchange(client.accounting_request(SESSION)).code == wire.ACCOUNTING_RESPONSE
            assert client.exchange(client.coa_request(SESSION[:1])).code == wire.COA_ACK
            assert client.exchange(client.disconnect_request(SESSION[:1])).code == wire.DISCONNECT_ACK

    def test_a_fixed_reject_is_given(version, radhost):
        server = radhost(alone(version, "fixed", 'verdict = "reject"\nmessage = "no"', accepts=EVERY_KIND))
        answer = ask(server)
        assert (answer.code, message(answer)) == (wire.ACCESS_REJECT, "no")
        with Client(server.address("auth"), SECRET) as client:
            assert client.exchange(client.coa_request(SESSION[:1])).code == wire.COA_NAK

    def test_a_mistake_in_its_table_is_told_at_its_place(version, program, tmp_path):
        path = program.write_configuration(tmp_path, alone(version, "fixed", 'verdict = "perhaps"'))
        done = program.run("check", "-c", path)
        assert done.returncode == 1 and "it is neither accept nor reject" in done.stderr
        line = path.read_text().splitlines().index('verdict = "perhaps"') + 1
        assert f"{path}:{line}:" in done.stderr

    def test_every_function_of_every_table_does_what_it_did(version, radhost):
        server = radhost(alone(version, "tables", TABLES_CONFIG), files={"beside.txt": ""})
        answer = ask(server)
        assert answer.code == wire.ACCESS_ACCEPT
        assert message(answer) == "every table"
        assert answer.values(FILTER_ID) == [b"finished"]
        assert answer.values(SESSION_TIMEOUT) == [wire.integer(3600)]
        assert answer.values(wire.TUNNEL_TYPE) == [bytes([1, 0, 0, 13]), bytes([2, 0, 0, 3])]
        assert answer.vendor_values(9, 1) == [b"shell:priv-lvl=15"]
        wait_for_log(server, "every table was used")
        server.process.signal(signal.SIGUSR1)
        wait_for_log(server, "reopened")

    def test_a_request_that_is_not_as_expected_is_told_apart(version, radhost):
        server = radhost(alone(version, "tables", TABLES_CONFIG), files={"beside.txt": ""})
        assert ask(server, b"somebody else").code == wire.ACCESS_REJECT
        wait_for_log(server, "view.length == 3")

    def test_what_it_rejects_of_its_configuration_is_told(version, program, tmp_path):
        path = program.write_configuration(tmp_path, alone(version, "tables", TABLES_CONFIG + "spoil = true"),
                                           files={"beside.txt": ""})
        done = program.run("check", "-c", path)
        assert done.returncode == 1
        assert "told to reject it" in done.stderr and "elsewhere:3:4: " in done.stderr

    def test_every_extension_does_what_it_did(version, radhost):
        inner = module(version, "fixed") + '\n[chain.inner]\nhandlers = ["fixed"]\n'
        server = radhost(NOWHERE + inner + alone(version, "extensions") + METRICS)
        for _ in range(2):
            answer = ask(server)
            assert (message(answer), answer.code) == ("all extensions", wire.ACCESS_ACCEPT)
        scraped = scrape(server)
        assert 'radhost_plugin_kept_requests_total{plugin="extensions",kind="access"} 2' in scraped
        assert 'radhost_plugin_kept_level{plugin="extensions"} 2.5' in scraped
        assert 'radhost_plugin_kept_sizes_bucket{plugin="extensions",le="1"} 2' in scraped

    def test_a_subrequest_that_is_rejected_rejects(version, radhost):
        inner = module(version, "fixed", 'verdict = "reject"') + '\n[chain.inner]\nhandlers = ["fixed"]\n'
        server = radhost(NOWHERE + inner + alone(version, "extensions"))
        answer = ask(server)
        assert (message(answer), answer.code) == ("all extensions", wire.ACCESS_REJECT)

    def test_a_parked_request_is_answered_later(version, radhost):
        server = radhost(alone(version, "parks"))
        answer = ask(server)
        assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, "later")

    def test_a_parked_request_that_nobody_answers_is_cancelled(version, radhost):
        server = radhost(alone(version, "parks", settings="timeout_ms = 100"))
        assert ask(server, b"slow").code == wire.ACCESS_REJECT
        answer = ask(server)
        assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, "later, after a cancellation")

    def talk(server, reply):
        challenge = ask(server, b"alice", b"hello")
        assert (challenge.code, message(challenge)) == (wire.ACCESS_CHALLENGE, "backwards?")
        return ask(server, b"alice", reply, [(wire.STATE, challenge.values(wire.STATE)[0])]).code

    def test_a_conversation_goes_on_with_what_it_left(version, radhost):
        server = radhost(alone(version, "talks"))
        assert talk(server, b"ecila") == wire.ACCESS_ACCEPT
        assert talk(server, b"alice") == wire.ACCESS_REJECT

    def test_the_veneer_of_then_works(version, radhost):
        server = radhost(alone(version, "veneer", 'greeting = "good day"'))
        answer = ask(server)
        assert (answer.code, message(answer)) == (wire.ACCESS_ACCEPT, "good day, bob")
        assert answer.values(SESSION_TIMEOUT) == [wire.integer(3601)]
        wait_for_log(server, "finished for loopback")

    def test_what_it_throws_stays_within(version, radhost):
        server = radhost(alone(version, "veneer"))
        assert ask(server, b"throws").code == wire.ACCESS_REJECT
        assert ask(server).code == wire.ACCESS_ACCEPT
        wait_for_log(server, "thrown for a user")

    def test_what_its_constructor_throws_is_told(version, program, tmp_path):
        path = program.write_configuration(tmp_path, alone(version, "veneer", "refuse = true"))
        done = program.run("check", "-c", path)
        assert done.returncode == 1 and "it was told to refuse" in done.stderr
