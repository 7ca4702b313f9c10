# SPDX-License-Identifier: Apache-2.0
"""What a configuration allows, but should not: secrets that are short, methods that leak."""

import os

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


def exposed(address):
    return ACCESS.replace('"127.0.0.1:0"', address)


@pytest.mark.row("SEC-11")
@pytest.mark.parametrize("address", ['"192.0.2.1:1812"', '"[2001:db8::1]:1812"', '"[::]:1812"', '"0.0.0.0:1812"',
                                     '["127.0.0.1:1812", "192.0.2.1:1812"]'])
def test_a_listener_that_others_reach_over_udp_is_warned_of(program, tmp_path, address):
    """Nobody is stopped: many networks are of their own. A check opens no port, so any address will do."""
    status, text = said(program, tmp_path, exposed(address))
    assert status == 0 and "MS-CHAP" in text and "network of its own" in text


@pytest.mark.row("SEC-11")
@pytest.mark.parametrize("address", ['"127.0.0.1:1812"', '"[::1]:1812"', '["127.0.0.1:1812", "127.9.9.9:1812"]'])
def test_one_that_only_this_machine_reaches_is_not(program, tmp_path, address):
    assert "network of its own" not in said(program, tmp_path, exposed(address))[1]


@pytest.mark.row("SEC-11")
@pytest.mark.parametrize("address, warns", [('"192.0.2.1:1812"', True), ('"127.0.0.1:1812"', False)])
def test_a_client_that_others_can_answer_for_is_warned_of(program, tmp_path, address, warns):
    """CVE-2024-3596. On one machine nobody stands in between."""
    assert ("CVE-2024-3596" in said(program, tmp_path, exposed(address))[1]) == warns


def test_warnings_stand_where_their_cause_does(program, tmp_path):
    configuration = program.write_configuration(tmp_path, exposed('"192.0.2.1:1812"'), files={"users.toml": BOB})
    lines = configuration.read_text(encoding="utf-8").splitlines()
    warnings = program.run("check", "-c", configuration).stderr.splitlines()
    places = [lines[int(warning.split("radhost.toml:")[1].split(":")[0]) - 1].strip() for warning in warnings]
    assert places == ["[[client]]", "[[client]]", "[[listener]]"]
    assert all(f'{place.strip("[]")} "' in warning for place, warning in zip(places, warnings))


@pytest.mark.parametrize("mode, warns", [(0o600, False), (0o640, False), (0o644, True)])
def test_a_file_with_secrets_that_everybody_may_read_is_warned_of(program, tmp_path, mode, warns):
    path = program.write_configuration(tmp_path, ACCESS, files={"users.toml": BOB})
    path.chmod(mode)
    done = program.run("check", "-c", path)
    text = f"{path}: warning: file \"{path}\": there are secrets in it, and everybody may read it (mode 0644): chmod o-r"
    assert (done.returncode, text in done.stderr) == (0, warns)


@pytest.mark.parametrize("mode, warns", [(0o600, False), (0o644, True)])
def test_a_file_that_is_a_secret_is_looked_at_in_place_of_its_configuration(program, tmp_path, mode, warns):
    secret = tmp_path / "secret"
    secret.write_text("a secret that nobody can guess", encoding="utf-8")
    secret.chmod(mode)
    path = program.write_configuration(tmp_path, ACCESS.replace('secret = "xyzzy5461"', 'secret_file = "secret"'),
                                       files={"users.toml": BOB})
    path.chmod(0o644)
    done = program.run("check", "-c", path)
    assert done.returncode == 0 and (f'file "{secret}"' in done.stderr) == warns
    assert f'file "{path}"' not in done.stderr


def test_a_file_with_secrets_that_belongs_to_somebody_else_is_warned_of(program, tmp_path):
    if os.geteuid() != 0:
        return  # only root can give a file to another user
    path = program.write_configuration(tmp_path, ACCESS, files={"users.toml": BOB})
    os.chown(path, 54321, -1)
    done = program.run("check", "-c", path)
    assert done.returncode == 0 and "it belongs to the user number 54321, who may write to it" in done.stderr
