# SPDX-License-Identifier: Apache-2.0
"""The configuration that is installed: short, without a secret, and good once one is set."""

import re
from pathlib import Path

import pytest

ETC = Path(__file__).resolve().parents[2] / "etc"
TEXT = (ETC / "radhost.toml").read_text(encoding="utf-8")


@pytest.fixture
def check(program, tmp_path):
    """check(text): `radhost check` of the service's configuration, with paths that are there."""
    def run(text):
        own = (f'[server]\ndictionary = ["{program.dictionary}"]\nplugin_path = ["{program.plugin_path}"]\n'
               f'state_directory = "{tmp_path}"\n')
        text = text.replace("[server]\n", own).replace("/var/log/radhost", str(tmp_path))
        (tmp_path / "radhost.toml").write_text(text, encoding="utf-8")
        (tmp_path / "users.toml").write_text((ETC / "service-users.toml").read_text(encoding="utf-8"), encoding="utf-8")
        (tmp_path / "radhost.toml").chmod(0o600)
        return program.run("check", "-c", tmp_path / "radhost.toml")
    return run


def test_it_is_short():
    assert len(TEXT.splitlines()) < 60 and max(map(len, TEXT.splitlines())) <= 124


def test_it_holds_no_secret_and_that_alone_is_wrong_with_it(check):
    assert re.findall(r"^(?:secret|password)\w* *= *(.*)$", TEXT, re.MULTILINE) == ['""']
    done = check(TEXT)
    mistakes = [line for line in done.stderr.splitlines() if ": warning: " not in line]
    assert done.returncode == 1 and len(mistakes) == 1 and "a secret must not be empty" in mistakes[0]


def test_with_a_secret_it_is_good(check):
    done = check(TEXT.replace('secret = ""', 'secret = "of this machine alone"'))
    assert done.returncode == 0, done.stderr


def test_no_user_is_known():
    users = (ETC / "service-users.toml").read_text(encoding="utf-8")
    assert not re.search(r"^(?!#).*(\[\[user\]\]|password|nt_hash)", users, re.MULTILINE)
