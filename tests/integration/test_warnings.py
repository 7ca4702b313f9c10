# SPDX-License-Identifier: Apache-2.0
"""What a configuration allows, but should not: secrets that are short, methods that leak."""

import pytest

from support.configurations import ACCESS, BOB


def said(program, folder, configuration):
    path = program.write_configuration(folder, configuration, files={"users.toml": BOB})
    done = program.run("check", "-c", path)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.row("SEC-9")
def test_an_empty_secret_is_an_error(program, tmp_path):
    status, text = said(program, tmp_path, ACCESS.replace("xyzzy5461", ""))
    assert status == 1 and "secret" in text


@pytest.mark.row("SEC-9")
@pytest.mark.parametrize("length, warns", [(1, True), (12, True), (13, False), (64, False)])
def test_a_short_secret_is_warned_of(radhost, length, warns):
    server = radhost(ACCESS.replace("xyzzy5461", "s" * length), files={"users.toml": BOB})
    lines = [entry for entry in server.log() if entry["level"] == "warn" and "secret" in entry["message"]]
    assert len(lines) == (1 if warns else 0)
