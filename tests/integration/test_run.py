# SPDX-License-Identifier: Apache-2.0
"""`radhost run`: one module on loopback, without a file, and what it prints."""

import re
import signal

import pytest

from support import wire
from support.client import Client
from support.processes import Process
from support.waiting import wait_until

SECRET = b"testing123"
PATIENCE_S = 20


class DevelopmentServer:
    """One `radhost run`, from its invitation on."""

    def __init__(self, program, module, *arguments):
        self.process = Process([program.path, "run", module, "--port-base", "0", "--dictionary", program.dictionary,
                                *arguments])

    def address(self, name):
        line = self.process.stdout.wait_for(lambda text: text.startswith(f"  {name} on "), PATIENCE_S)
        assert line, self.process.report()
        host, port = line.split(" on ")[1].rsplit(":", 1)
        return host, int(port)

    def wait_for_line(self, pattern):
        line = self.process.stdout.wait_for(lambda text: re.fullmatch(pattern, text), PATIENCE_S)
        assert line, f"no line {pattern!r}\n{self.process.report()}"
        return line

    def end(self):
        if self.process.running():
            self.process.signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()


@pytest.fixture
def running(program):
    """Starts development servers, and ends them with the test."""
    started = []

    def start(module, *arguments):
        file = program.test_plugin_path / f"{module}.so" if isinstance(module, str) else module
        started.append(DevelopmentServer(program, file, *arguments))
        return started[-1]
    yield start
    for server in started:
        server.end()


def test_it_prints_a_request_its_verdict_and_the_reply(running):
    server = running("scripted", "--set", "verdict=1", "--set", 'reply_message="hello, bob"')
    with Client(server.address("access"), SECRET) as client:
        answer = client.exchange(client.pap_request(b"bob", b"open sesame"))
        assert answer.code == wire.ACCESS_ACCEPT
    server.wait_for_line(r"Access-Request \d+ from 127\.0\.0\.1:\d+ to access")
    server.wait_for_line(r'    User-Name = "bob"')
    server.wait_for_line(r"    User-Password = <hidden>")
    server.wait_for_line(r"  scripted: accept \(\d+ us\)")
    server.wait_for_line(r"Access-Accept \d+ to 127\.0\.0\.1:\d+")
    server.wait_for_line(r'    Reply-Message = "hello, bob"')
    assert server.end() == 0
    assert "sesame" not in server.process.stdout.text() + server.process.stderr.text()
    assert "\033[" not in server.process.stdout.text()  # no colours in a pipe


def test_a_rejected_user_sees_a_reject_at_once(running):
    server = running("scripted", "--set", "verdict=2")
    with Client(server.address("access"), SECRET) as client:
        assert client.exchange(client.pap_request(b"bob", b"x")).code == wire.ACCESS_REJECT
    server.wait_for_line(r"  scripted: reject \(\d+ us\)")
    server.wait_for_line(r"Access-Reject \d+ to 127\.0\.0\.1:\d+")


def test_a_handler_that_fails_is_shown_with_its_reason(running):
    server = running("scripted", "--set", "throws=true")
    with Client(server.address("access"), SECRET) as client:
        assert client.exchange(client.pap_request(b"bob", b"x")).code == wire.ACCESS_REJECT
    server.wait_for_line(r"  scripted: failed \(\d+ us\)")
    server.wait_for_line(r"  scripted: .*scripted to throw.*")


def test_what_is_dropped_is_shown_with_its_reason(running):
    server = running("scripted", "--set", "verdict=1")
    with Client(server.address("accounting"), b"another secret") as client:
        client.send(client.accounting_request([(wire.USER_NAME, b"bob"), (wire.ACCT_STATUS_TYPE, wire.integer(1)),
                                               (wire.ACCT_SESSION_ID, b"S1")]))
        server.wait_for_line(r"no answer to 127\.0\.0\.1:\d+: bad_authenticator")


def test_accounting_and_dynamic_authorization_have_their_ports(running):
    server = running("scripted", "--set", "verdict=1")
    with Client(server.address("accounting"), SECRET) as client:
        request = client.accounting_request([(wire.USER_NAME, b"bob"), (wire.ACCT_STATUS_TYPE, wire.integer(1)),
                                             (wire.ACCT_SESSION_ID, b"S1")])
        assert client.exchange(request).code == wire.ACCOUNTING_RESPONSE
    with Client(server.address("dynauth"), SECRET) as client:
        request = client.signed_request(wire.COA_REQUEST, [(wire.USER_NAME, b"bob")])
        assert client.exchange(request).code == wire.COA_ACK
        # An Access-Request is at the wrong port here.
        client.send(client.pap_request(b"bob", b"x"))
        server.wait_for_line(r"no answer to 127\.0\.0\.1:\d+: unexpected_code")


def test_a_retransmission_is_answered_again_and_said_to_be(running):
    server = running("scripted", "--set", "verdict=1")
    with Client(server.address("access"), SECRET) as client:
        request = client.pap_request(b"bob", b"x")
        assert client.exchange(request) == client.exchange(request)
        server.wait_for_line(r"Access-Accept \d+ to 127\.0\.0\.1:\d+, again")


def test_a_status_server_is_answered_and_said_to_be(running):
    server = running("scripted")
    with Client(server.address("access"), SECRET) as client:
        assert client.exchange(client.access_request([], code=wire.STATUS_SERVER)).code == wire.ACCESS_ACCEPT
        server.wait_for_line(r"Access-Accept \d+ to 127\.0\.0\.1:\d+, for Status-Server")


def test_what_handlers_say_later_is_shown_when_they_do(running):
    server = running("later")
    with Client(server.address("access"), SECRET) as client:
        assert client.exchange(client.pap_request(b"thread 50 accept", b"x")).code == wire.ACCESS_ACCEPT
    line = server.wait_for_line(r"  later: accept \(\d+ us\)")
    assert int(re.search(r"\((\d+) us\)", line)[1]) >= 50_000


@pytest.mark.parametrize("arguments, words", [
    (("--set", "no_such_key=1"), "no_such_key"), (("--set", "verdict"), "key=value"), (("--set", "verdict=x"), "verdict")])
def test_a_setting_that_is_wrong_ends_it_with_the_reason(program, arguments, words):
    done = program.run("run", program.test_plugin_path / "scripted.so", "--port-base", "0", "--dictionary",
                       program.dictionary, *arguments)
    assert done.returncode == 1 and words in done.stderr and "serving" not in done.stdout


def test_a_file_that_is_no_module_ends_it_with_the_reason(program, tmp_path):
    for file in (tmp_path / "missing.so", program.dictionary):
        done = program.run("run", file, "--port-base", "0", "--dictionary", program.dictionary)
        assert done.returncode == 1 and str(file) in done.stderr and "serving" not in done.stdout


@pytest.mark.parametrize("arguments", [(), ("x.so", "--port-base", "70000"), ("x.so", "--log-level", "loud")])
def test_wrong_usage_is_told(program, arguments):
    done = program.run("run", *arguments)
    assert done.returncode == 64 and done.stderr


def test_a_port_in_use_is_named(program, running):
    server = running("scripted")
    port = server.address("access")[1]
    done = program.run("run", program.test_plugin_path / "scripted.so", "--port-base", str(port), "--dictionary",
                       program.dictionary)
    # A base so high that the last port would be beyond all is no port either.
    assert done.returncode == (1 if port <= 65535 - 1987 else 64) and str(port) in done.stderr


# Another build while it runs

def module_in(folder, program, build):
    """A copy that a test may write over; replaced as a linker does it."""
    whole = folder / "mine.so.whole"
    whole.write_bytes((program.test_plugin_path / f"{build}.so").read_bytes())
    whole.rename(folder / "mine.so")
    return folder / "mine.so"


def reply_message(server):
    with Client(server.address("access"), SECRET) as client:
        answer = client.exchange(client.pap_request(b"now", b"x"))
        return b"".join(answer.values(wire.REPLY_MESSAGE))


def wait_for_reply(server, text):
    wait_until(lambda: reply_message(server) == text, timeout_s=PATIENCE_S)


def test_a_module_that_is_built_anew_serves_at_once(running, program, tmp_path):
    server = running(module_in(tmp_path, program, "stamped_a"))
    wait_for_reply(server, b"a")
    for build in ("b", "a", "b"):
        module_in(tmp_path, program, f"stamped_{build}")
        wait_for_reply(server, build.encode())


def test_a_build_that_ends_while_the_server_starts_is_not_missed(running, program, tmp_path):
    server = running(module_in(tmp_path, program, "stamped_a"))
    server.address("access")  # the module is loaded, and nothing is served yet
    module_in(tmp_path, program, "stamped_b")
    wait_for_reply(server, b"b")


def test_a_module_that_is_half_written_or_wrong_leaves_the_running_one_in_place(running, program, tmp_path):
    file = module_in(tmp_path, program, "stamped_a")
    server = running(file)
    wait_for_reply(server, b"a")
    whole = (program.test_plugin_path / "stamped_b.so").read_bytes()
    with open(file, "wb") as half:
        half.write(whole[:len(whole) // 2])
        half.flush()
        assert server.process.stderr.wait_for(lambda line: "nothing has changed" in line, PATIENCE_S)
        assert reply_message(server) == b"a"
        half.write(whole[len(whole) // 2:])
    wait_for_reply(server, b"b")
    file.unlink()
    module_in(tmp_path, program, "create_fails")
    assert server.process.stderr.wait_for(lambda line: "the moon is full" in line, PATIENCE_S)
    assert reply_message(server) == b"b"
    module_in(tmp_path, program, "stamped_a")
    wait_for_reply(server, b"a")


def test_other_files_of_the_folder_are_nobodys_business(running, program, tmp_path):
    server = running(module_in(tmp_path, program, "stamped_a"))
    wait_for_reply(server, b"a")
    for number in range(5):
        (tmp_path / f"other{number}").write_bytes(b"x")
    (tmp_path / "mine.so").touch()  # the same octets: the library stays
    assert server.process.stderr.wait_for(lambda line: "configuration reloaded" in line, PATIENCE_S)
    assert reply_message(server) == b"a"
    server.process.signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE_S) == 0
    assert len([line for line in server.process.stderr.lines if "configuration reloaded" in line]) == 1
