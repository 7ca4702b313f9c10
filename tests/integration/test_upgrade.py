# SPDX-License-Identifier: Apache-2.0
"""`radhost reload --upgrade`: where the program's file was replaced, the running server starts a process of the new one,
which takes over."""

import dataclasses
import json
import os
import shutil

import pytest

from support import wire
from support.client import Client
from support.configurations import ACCESS, BOB, LOOPBACK_CLIENT, SECRET, listener, static_plugin
from support.control import Control
from support.processes import sanitizer_report
from support.server import Server
from support.waiting import wait_until

REJECTS = LOOPBACK_CLIENT + static_plugin("no", "reject") + listener("auth", '["access"]', '["no"]')


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        return stat.read().rpartition(")")[2].split()[0] == "Z"  # nobody here waits for it


class Upgraded:
    """A server whose program's file can be replaced."""

    def __init__(self, program, folder, configuration=ACCESS, environment=None):
        self.original = program.path
        self.file = folder / "radhost"
        shutil.copy2(program.path, self.file)
        self.program = dataclasses.replace(program, path=self.file)
        self.server = Server(self.program, folder, configuration, files={"users.toml": BOB}, environment=environment)
        self.server.ends_by_itself = True
        self.address = self.server.address("auth")
        self.control = Control(folder / "control.sock")
        self.folder = folder
        self.first = self.server.process.pid

    def replace(self, content=None, mode=0o755):
        """By another file of the same name, as packages do; a copy of the program unless its content is given."""
        new = self.folder / "radhost.new"
        if content is None:
            shutil.copy2(self.original, new)
        else:
            new.write_bytes(content)
        new.chmod(mode)
        new.rename(self.file)

    def reload(self, *options):
        """The command, with nothing of the server's environment."""
        program = dataclasses.replace(self.program, path=self.original)
        return program.run("reload", *options, environment={"RADHOST_CONTROL": str(self.folder / "control.sock")})

    def pid(self):
        return self.control.get("/v1/status")["pid"]

    def code(self):
        with Client(self.address, SECRET) as client:
            return client.pap(b"bob", b"hello").code

    def stop(self):
        """Whoever serves by now."""
        pid = self.pid()
        self.control.request("POST", "/v1/drain")
        wait_until(lambda: is_gone(pid), 10)
        self.server.ended = True
        assert self.server.process.wait(20) == 0, self.server.process.report()
        assert not sanitizer_report(self.server.process.stderr.lines), self.server.process.report()


@pytest.fixture
def upgraded(program, tmp_path):
    """upgraded(…): an Upgraded; ended if the test does not."""
    made = []

    def make(**options):
        made.append(Upgraded(program, tmp_path, **options))
        return made[-1]
    yield make
    for each in made:
        if not each.server.ended:
            each.stop()


def test_a_process_of_the_new_program_takes_over_again_and_again(upgraded):
    server = upgraded()
    before = server.first
    for _ in range(2):
        server.replace()
        assert server.control.get("/v1/status")["program_replaced"] is True
        done = server.reload("--upgrade")
        now = server.pid()
        assert done.returncode == 0 and done.stdout == f"process {now} of the new program has taken over\n", done.stderr
        assert now != before
        wait_until(lambda: is_gone(before), 10)
        assert "program_replaced" not in server.control.get("/v1/status")
        assert server.code() == wire.ACCESS_ACCEPT
        before = now


def test_it_reads_the_configuration_as_it_is_now(upgraded):
    server = upgraded()
    assert server.code() == wire.ACCESS_ACCEPT
    server.replace()
    server.server.rewrite(REJECTS)
    assert server.reload("--upgrade").returncode == 0
    assert server.code() == wire.ACCESS_REJECT


def test_a_program_that_was_not_replaced_reloads(upgraded):
    server = upgraded()
    server.server.rewrite(REJECTS)
    done = server.reload("--upgrade")
    assert done.returncode == 0 and done.stdout.startswith("reloaded\n"), done.stderr
    assert server.pid() == server.first
    assert server.code() == wire.ACCESS_REJECT


def test_unless_it_is_asked_for_the_running_program_goes_on(upgraded):
    server = upgraded()
    server.replace()
    assert server.reload().returncode == 0
    assert server.reload("--upgrade", "--dry-run").returncode == 0
    assert server.pid() == server.first


def test_it_sees_what_the_service_was_given(upgraded, tmp_path):
    """Whoever asks for it need not: systemd shows credentials to the service alone."""
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "here").write_text(SECRET.decode(), encoding="utf-8")
    (credentials / "here").chmod(0o600)
    configuration = ACCESS.replace(f'secret = "{SECRET.decode()}"', 'secret_file = "${CREDENTIALS_DIRECTORY}/here"')
    assert "CREDENTIALS_DIRECTORY" in configuration
    server = upgraded(configuration=configuration, environment={"CREDENTIALS_DIRECTORY": str(credentials)})
    server.replace()
    assert server.reload("--upgrade").returncode == 0
    assert server.pid() != server.first
    assert server.code() == wire.ACCESS_ACCEPT


def test_a_new_program_that_cannot_take_over_leaves_the_first_one_serving(upgraded):
    server = upgraded()
    good = server.server.configuration.read_text(encoding="utf-8")
    server.replace()
    server.server.rewrite(ACCESS + "nonsense = 1\n")
    done = server.reload("--upgrade")
    assert done.returncode == 1 and "has ended; its log says why" in done.stderr
    assert server.server.process.stderr.wait_for(lambda line: "the process that was to take over has ended" in line, 5)
    assert server.pid() == server.first and "successor" not in server.control.get("/v1/status")
    assert server.code() == wire.ACCESS_ACCEPT
    server.server.configuration.write_text(good, encoding="utf-8")
    assert server.reload("--upgrade").returncode == 0
    assert server.pid() != server.first


@pytest.mark.parametrize("content, mode, said", [
    (b"\x7fELF and nothing more", 0o755, "which was to take over, has ended"),
    (b"#!/bin/sh\n", 0o644, "radhost: permission denied")], ids=["no program", "not to be run"])
def test_a_file_that_cannot_be_started_is_told(upgraded, content, mode, said):
    server = upgraded()
    server.replace(content, mode)
    done = server.reload("--upgrade")
    assert done.returncode == 1 and said in done.stderr, done.stderr
    assert server.pid() == server.first and server.code() == wire.ACCESS_ACCEPT


def test_a_program_that_is_gone_is_told(upgraded):
    server = upgraded()
    server.file.unlink()
    done = server.reload("--upgrade")
    assert done.returncode == 1 and "no such file or directory" in done.stderr
    assert server.pid() == server.first and server.code() == wire.ACCESS_ACCEPT


def test_one_that_does_nothing_can_be_waited_for_and_no_other_is_started_meanwhile(upgraded):
    server = upgraded()
    server.replace(b"#!/bin/sh\nexec sleep 2\n")
    status, _, text = server.control.request("POST", "/v1/reload", json.dumps({"upgrade": True}))
    assert status == 200
    begun = json.loads(text)
    assert server.control.get("/v1/status")["successor"] == begun["successor"]
    done = server.reload("--upgrade")
    assert done.returncode == 1 and f"process {begun['successor']} is to take over already" in done.stderr
    wait_until(lambda: "successor" not in server.control.get("/v1/status"), 10)
    assert server.pid() == server.first
