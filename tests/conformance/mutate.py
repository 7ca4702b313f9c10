#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Would the tests notice if a rule went missing? Takes rules out of a copy of the code, one at a time, and runs the
tests that cite the rule's row: at least one of them must fail then.

  mutate.py --seed N [--rows 10] [--sections TRN TLS]
                                   tries the mutations of so many rows, of these sections, chosen by the seed
  mutate.py --all                  tries all of them
  mutate.py --check                only looks whether each mutation's text stands exactly once in its file
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

import rows

COPY = rows.ROOT / "build" / "mutations"  # kept, so that the next run builds what changed and no more
BUILD = COPY / "build" / "release"
BUILD_TIMEOUT_S = 3600
TEST_TIMEOUT_S = 300


@dataclass(frozen=True)
class Mutation:
    row: str
    without: str
    file: str
    old: str
    new: str

    def misfit(self, root):
        """Why it cannot be tried; empty when it can."""
        path = root / self.file
        count = path.read_text(encoding="utf-8").count(self.old) if path.is_file() else 0
        if count != 1:
            return f"{self.file} holds its text {count} times"
        return "it changes nothing" if self.old == self.new else ""

    @contextlib.contextmanager
    def applied(self, root):
        path = root / self.file
        original = path.read_text(encoding="utf-8")
        path.write_text(original.replace(self.old, self.new), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(original, encoding="utf-8")


def read():
    tables = tomllib.loads((rows.HERE / "mutations.toml").read_text(encoding="utf-8"))
    return [Mutation(**table) for table in tables["mutation"]]


def choose(mutations, seed, count):
    """One mutation for each of `count` rows."""
    chance = random.Random(seed)
    by_row = {}
    for mutation in mutations:
        by_row.setdefault(mutation.row, []).append(mutation)
    chosen = chance.sample(sorted(by_row), min(count, len(by_row)))
    return [chance.choice(by_row[row]) for row in chosen]


def check(mutations):
    _, known = rows.read()
    found = [f"{mutation.row}: {mutation.misfit(rows.ROOT)}" for mutation in mutations if mutation.misfit(rows.ROOT)]
    found += [f"{mutation.row} is no row" for mutation in mutations if mutation.row not in known]
    print("\n".join(found) or f"{len(mutations)} mutations find their place")
    return 1 if found else 0


# The copy

def run(command, timeout_s, **options):
    """Runs a program in a process group of its own, so that a time-out ends what it started too."""
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, errors="replace", start_new_session=True, **options)
    try:
        output, _ = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output = process.communicate()[0] + f"\nno end within {timeout_s} s"
        return -signal.SIGKILL, output
    return process.returncode, output


def copy_tree():
    """The files of the tree as they are now; those that are the same already keep their time."""
    listing = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=rows.ROOT,
                             capture_output=True, check=True)
    wanted = {Path(os.fsdecode(name)) for name in listing.stdout.split(b"\0") if name}
    wanted = {name for name in wanted if (rows.ROOT / name).is_file()}
    for name in wanted:
        source, target = rows.ROOT / name, COPY / name
        if target.is_file() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    for path in COPY.rglob("*"):
        name = path.relative_to(COPY)
        if path.is_file() and name.parts[0] != "build" and name not in wanted:
            path.unlink()


def build():
    """Nothing when it builds, else what the compiler says."""
    # A compiler cache may serve this copy with what it compiled for another.
    environment = {**os.environ, "CCACHE_BASEDIR": str(COPY), "CCACHE_NOHASHDIR": "1"}
    for command in (["cmake", "--preset", "release"], ["cmake", "--build", BUILD, "-j", os.cpu_count() or 1]):
        status, output = run(command, BUILD_TIMEOUT_S, cwd=COPY, env=environment)
        if status != 0:
            return output
    return ""


# The tests of a row

def failures(row, tests):
    """Which of the tests that cite a row fail: nodes of pytest, and whole programs of Catch2."""
    programs = {program.name for program in test_programs() if fails(program, row)}
    files = sorted({test.file.removeprefix("tests/") for test in tests if test.is_python})
    return programs | (failing_cases(row, files) if files else set())


def test_programs():
    return sorted(path for path in BUILD.rglob("*_test*")
                  if path.is_file() and os.access(path, os.X_OK) and "CMakeFiles" not in path.parts)


def fails(program, row):
    _, listing = run([program, "--list-tests", f"[{row}]"], TEST_TIMEOUT_S)
    cites = "\n0 matching test cases" not in listing
    return cites and run([program, f"[{row}]"], TEST_TIMEOUT_S)[0] != 0


def failing_cases(row, files):
    environment = {**os.environ, "RADHOST": str(BUILD / "host" / "radhost"),
                   "RADHOST_PLUGIN_PATH": str(BUILD / "plugins"),
                   "RADHOST_TEST_PLUGIN_PATH": str(BUILD / "tests" / "plugins"),
                   "RADHOST_DICTIONARY": str(COPY / "dictionaries" / "dictionary")}
    status, output = run([sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", "-rfE",
                          "--row", row, *files], TEST_TIMEOUT_S, cwd=COPY / "tests", env=environment)
    failed = {line.partition(" - ")[0] for line in output.splitlines() if line.startswith(("FAILED ", "ERROR "))}
    return failed or ({f"pytest ended with {status}"} if status not in (0, 1) else set())


def attempt(mutation, cited):
    """(was it noticed?, what the table says)"""
    tests = cited.get(mutation.row, [])
    before = failures(mutation.row, tests)
    with mutation.applied(COPY):
        if error := build():
            return False, "does not build: " + " ".join(error.split())[-300:]
        noticed = failures(mutation.row, tests) - before
    if error := build():
        return False, "the copy does not build any more: " + " ".join(error.split())[-300:]
    programs = sum(not name.startswith(("FAILED ", "ERROR ")) for name in noticed)
    counts = f"noticed: unit {programs}, pytest {len(noticed) - programs}"
    return bool(noticed), counts if noticed else "SURVIVED"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--seed", type=int)
    what.add_argument("--all", action="store_true")
    what.add_argument("--check", action="store_true")
    parser.add_argument("--rows", type=int, default=10)
    parser.add_argument("--sections", nargs="+", help="only rows whose names begin so")
    options = parser.parse_args()

    mutations = read()
    status = check(mutations)
    if options.check or status != 0:
        return status
    if options.sections:
        mutations = [mutation for mutation in mutations if mutation.row.partition("-")[0] in options.sections]
    copy_tree()
    if error := build():
        print(error)
        return 1
    cited = rows.citations(COPY)
    all_noticed = True
    for mutation in mutations if options.all else choose(mutations, options.seed, options.rows):
        begin = time.monotonic()
        noticed, outcome = attempt(mutation, cited)
        all_noticed = all_noticed and noticed
        seconds = time.monotonic() - begin
        print(f"{mutation.row:8} without {mutation.without:60} {outcome}  ({seconds:.0f} s)", flush=True)
    return 0 if all_noticed else 1


if __name__ == "__main__":
    raise SystemExit(main())
