# SPDX-License-Identifier: Apache-2.0
"""The program and its modules as they are released: what a mistake in them could be used for is made hard."""

import os
import platform
import re
import subprocess
from pathlib import Path

import pytest

RADHOST = Path(os.environ.get("RADHOST", ""))
MODULES = sorted(Path(os.environ.get("RADHOST_PLUGIN_PATH", "")).glob("*.so"))
OBJECTS = [RADHOST, *MODULES]
IS_RELEASED = not os.environ.get("RADHOST_SANITIZE") and os.environ.get("RADHOST_GUARDS") != "ON"
pytestmark = pytest.mark.skipif(not IS_RELEASED, reason="as released alone")


def readelf(path, *options):
    return subprocess.run(["readelf", "-W", *options, str(path)], capture_output=True, text=True, timeout=60,
                          check=True).stdout


def name(path):
    return path.name


def test_there_are_modules_to_look_at():
    assert {path.stem for path in MODULES} >= {"files", "password", "acctlog", "static"}


def test_the_program_may_lie_anywhere_in_memory():
    assert re.search(r"Type: +DYN", readelf(RADHOST, "--file-header"))
    assert "PIE" in readelf(RADHOST, "--dynamic")


@pytest.mark.parametrize("path", OBJECTS, ids=name)
def test_what_is_bound_at_load_time_cannot_be_written_afterwards(path):
    assert "GNU_RELRO" in readelf(path, "--segments")
    assert re.search(r"BIND_NOW|Flags:.*\bNOW\b", readelf(path, "--dynamic"))


@pytest.mark.parametrize("path", OBJECTS, ids=name)
def test_no_stack_is_executable_and_no_segment_both_written_and_executed(path):
    flags = re.findall(r"^ +(LOAD|GNU_STACK) .* 0x[0-9a-f]+ ([RWE ]{3}) ", readelf(path, "--segments"), re.MULTILINE)
    assert flags and not [each for each in flags if "W" in each[1] and "E" in each[1]]
    assert ("GNU_STACK", "RW ") in flags


@pytest.mark.parametrize("path", OBJECTS, ids=name)
def test_stacks_are_guarded(path):
    assert "__stack_chk_fail" in readelf(path, "--dyn-syms")


def test_calls_of_libc_are_fortified():
    assert re.search(r"__\w+_chk@GLIBC", readelf(RADHOST, "--dyn-syms"))


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="CET is x86's")
@pytest.mark.parametrize("path", OBJECTS, ids=name)
def test_functions_begin_with_where_a_jump_may_lead(path):
    """A note that says so of the whole file is the C library's to give: Debian's start files have none."""
    endbr64 = b"\xf3\x0f\x1e\xfa"
    assert path.read_bytes().count(endbr64) > 4  # the start files bring two


@pytest.mark.parametrize("path", OBJECTS, ids=name)
def test_no_library_is_looked_for_where_others_may_write(path):
    assert not re.search(r"\(R(UN)?PATH\)", readelf(path, "--dynamic"))
