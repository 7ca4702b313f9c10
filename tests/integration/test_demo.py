# SPDX-License-Identifier: Apache-2.0
"""The demonstration for operators goes as it says, and fails where it does not."""

import re
import stat
from pathlib import Path

from support.processes import run

DEMO = Path(__file__).with_name("demo.sh")


def demo(program, **environment):
    return run([DEMO], timeout_s=120, environment={
        "RADHOST": str(program.path), "RADHOST_TEST_PLUGIN_PATH": str(program.test_plugin_path),
        "RADHOST_DICTIONARY": str(program.dictionary), **environment})


def test_it_shows_each_step_and_nothing_is_lost(program):
    done = demo(program)
    assert done.returncode == 0, done.stdout + done.stderr
    said = re.findall(r'  Reply-Message = "(.*)"', done.stdout)
    another = "from another process"
    assert said == ["a", "b", "b", "a", "a", "from the file", "from the file", another]
    assert "auth.login is swapped" in done.stdout and "half.so" in done.stdout
    assert 'unknown key "sekret"; did you mean "secret"?' in done.stdout
    assert "  4000 answered, 0 lost\n" in done.stdout


def test_it_fails_where_a_step_does_not_do_what_it_says(program, tmp_path):
    """With a program that swaps nothing."""
    lazy = tmp_path / "radhost"
    lazy.write_text(f'#!/bin/sh\n[ "$1" != swap ] || exit 0\nexec {program.path} "$@"\n', encoding="utf-8")
    lazy.chmod(stat.S_IRWXU)
    done = demo(program, RADHOST=str(lazy))
    assert done.returncode == 1
    assert "the answer is not from b" in done.stderr
