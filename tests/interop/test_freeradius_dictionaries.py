# SPDX-License-Identifier: Apache-2.0
"""The dictionaries that FreeRADIUS installs are read as they are."""

import os
import re
import resource
import statistics
from dataclasses import replace
from pathlib import Path

import pytest

from support.configurations import LOOPBACK_CLIENT, listener
from support.server import Server

FOLDER = Path("/usr/share/freeradius")
MAIN = FOLDER / "dictionary"
# Some files contradict others: they are there to be included instead of them, or name what no file defines.
STANDARD = sorted(path for path in FOLDER.glob("dictionary.rfc*") if path.name != "dictionary.rfc5090")
ALONE = {"dictionary.openser", "dictionary.rfc5090", "dictionary.starent.vsa1", "dictionary.wimax.alvarion",
         "dictionary.wimax.wichorus"}
WITH_A_MISTAKE = {"dictionary.freedhcp": 'there is no attribute "FreeDHCP-Opcode"'}


CONFIGURATION = LOOPBACK_CLIENT + """
[plugin.welcome]
module = "static"
[plugin.welcome.config]
reply = { "Reply-Message" = "hello" }
""" + listener("auth", '["access"]', '["welcome"]')


def included(path):
    """The file and all that it includes."""
    names = re.findall(r"^\$INCLUDE-?\s+(\S+)", path.read_text(), re.MULTILINE)
    return {path.name}.union(*(included(FOLDER / name) for name in names))


def read(program, *paths):
    options = [word for path in paths for word in ("--dictionary", path)]
    return program.run("encode", "--attributes", "Attr-1 = 0x61", *options)


def test_the_main_dictionary_is_read_with_all_that_it_includes(program):
    assert len(included(MAIN)) > 200
    done = read(program, MAIN)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "010361", "")


OTHERS = sorted(path for path in FOLDER.glob("dictionary*") if path.name not in included(MAIN)) if MAIN.exists() else []


def test_there_are_dictionaries_that_the_main_one_does_not_include():
    assert len(OTHERS) > 5, "is the package freeradius-common installed?"


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.name)
def test_every_other_dictionary_is_read_too(program, path):
    done = read(program, *(STANDARD if path.name in ALONE else [MAIN]), path)
    mistakes = [line for line in done.stderr.splitlines() if not line.endswith(WITH_A_MISTAKE.get(path.name, "\0"))]
    assert (done.returncode, mistakes) == (0, [])


def test_a_dictionary_with_a_mistake_is_told_with_its_line(program, tmp_path):
    path = tmp_path / "dictionary"
    path.write_text("\nATTRIBUTE Broken 17 strin\n")
    done = read(program, MAIN, path)
    assert f'{path}:2: "strin" is not a data type' in done.stderr


def seconds(command):
    """The processor time that a command takes, start to end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    null = os.open(os.devnull, os.O_RDWR)
    process = os.posix_spawn(command[0], command, os.environ,
                             file_actions=[(os.POSIX_SPAWN_DUP2, null, number) for number in (0, 1, 2)])
    os.waitpid(process, 0)
    os.close(null)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def is_sanitized(program):
    return b"__asan_init" in program.path.read_bytes() or b"__tsan_init" in program.path.read_bytes()


def reading_times(program, small):
    """Medians of what reading all costs both programs, of processor time; what they need to start is taken off."""
    ours = [str(program.path), "encode", "--attributes", "Attr-1 = 0x61", "--dictionary"]
    theirs = ["/usr/bin/radclient", "-f", os.devnull, "-d", str(small), "-D"]
    end = ["127.0.0.1:1", "auth", "x"]
    commands = {"ours": ours + [str(MAIN)], "our start": ours + [str(small / "dictionary")],
                "theirs": theirs + [str(FOLDER)] + end, "their start": theirs + [str(small)] + end}
    times = {name: [] for name in commands}
    for _ in range(15):
        for name, command in commands.items():
            times[name].append(seconds(command))
    median = {name: statistics.median(values) for name, values in times.items()}
    return median["ours"] - median["our start"], median["theirs"] - median["their start"]


def test_reading_all_takes_no_longer_than_freeradius_takes(program, tmp_path):
    """Both programs read the same files. What else the machine does meanwhile may stand in the way of either: one of three
    measurements has to show it, which none does when it is not so."""
    if is_sanitized(program):
        pytest.skip("a sanitizer takes its own time")
    small = tmp_path / "small"
    small.mkdir()
    (small / "dictionary").write_text("ATTRIBUTE User-Name 1 string\n")
    measured = []
    for _ in range(3):
        measured.append(reading_times(program, small))
        if measured[-1][0] <= measured[-1][1]:
            return
    pytest.fail(f"ours and theirs: {measured}")


def resident_octets(server):
    """What a server has had in memory at most."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def test_all_dictionaries_take_12_mebibytes_at_most(program, tmp_path):
    if is_sanitized(program):
        pytest.skip("a sanitizer takes its own memory")
    small = program.dictionary.parent / "rfc2865.dictionary"
    sizes = {}
    for dictionary in (small, MAIN):
        folder = tmp_path / dictionary.name
        folder.mkdir()
        server = Server(replace(program, dictionary=dictionary), folder, CONFIGURATION)
        sizes[dictionary] = resident_octets(server)
        server.stop()
    assert 0 < sizes[MAIN] - sizes[small] <= 12 * 1024 * 1024, sizes
