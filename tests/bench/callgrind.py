# SPDX-License-Identifier: Apache-2.0
"""A program under callgrind: between two moments, how many instructions each of its objects took, and how often which
function was called."""

import collections
import shutil
import subprocess
from pathlib import Path

from support.processes import ProcessError, run

CONTROL_TIMEOUT_S = 60


def launcher(folder):
    """What to put before the program's own command. It counts nothing until `counted` begins."""
    if not shutil.which("valgrind"):
        raise ProcessError("valgrind is not installed; instructions are counted with it")
    return ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--compress-strings=no", "--compress-pos=no",
            f"--callgrind-out-file={Path(folder) / 'callgrind.out'}", f"--log-file={Path(folder) / 'valgrind.log'}"]


class Counts:
    """Of one file that callgrind wrote."""

    def __init__(self, text):
        self.instructions = collections.Counter()  # by object
        self.functions = collections.Counter()  # by (object, function)
        self.calls = collections.Counter()  # by (called function, function that calls it)
        self._add(text)

    def _add(self, text):
        place = {"ob": "", "fn": ""}
        called = None
        is_inclusive = False
        for line in text.splitlines():
            key, _, value = line.partition("=")
            if key in place:
                place[key] = value
            elif key == "cfn":
                called = value
            elif key == "calls":
                self.calls[called, place["fn"]] += int(value.split()[0])
                is_inclusive = True  # the next line is the cost of what was called
            elif line[:1].isdigit():
                cost = int(line.split()[1])
                if not is_inclusive:
                    self.instructions[place["ob"]] += cost
                    self.functions[place["ob"], place["fn"]] += cost
                is_inclusive = False


def control(pid, *options):
    # callgrind_control finds the program by its pid, and waits until it has obeyed.
    done = run(["callgrind_control", *options, pid], timeout_s=CONTROL_TIMEOUT_S)
    if done.returncode != 0 or "Error" in done.stdout + done.stderr:
        raise ProcessError(f"callgrind_control {' '.join(options)}\n{done.stdout}{done.stderr}")


def counted(pid, folder, action):
    """The Counts of what the program did during `action`."""
    control(pid, "--instr=on")
    control(pid, "--zero")
    action()
    before = set(Path(folder).glob("callgrind.out.*"))
    control(pid, "--dump")
    written = sorted(set(Path(folder).glob("callgrind.out.*")) - before)
    control(pid, "--instr=off")
    if len(written) != 1:
        raise ProcessError(f"callgrind wrote {written}")
    return Counts(written[0].read_text(encoding="utf-8", errors="replace"))
