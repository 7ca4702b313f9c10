#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each function of the SDK's tables is used by a test module in C, and by the C++ veneer; and those modules are used by
tests.

In a copy of the headers every table's entry is marked deprecated, so that the compiler names each use of it.

    every_function.py SOURCE_DIRECTORY      with CC and CXX in the environment
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TABLE = re.compile(r"^typedef struct (radius_\w+) \{(.*?)^\} (\w+);", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(r"(\(\*(\w+)\)(\((?:[^()]|\([^()]*\))*\)));")
PIN = re.compile(r"^RADIUS_PIN_OFFSET\(.*\);$", re.MULTILINE)
USE = re.compile(r"entry (\w+\.\w+) is used")
VENEER = ("veneer", "veneer_services", "throwing")


def mark(text, entries):
    """The header, with each entry of each table marked; notes the entries."""
    def mark_table(table):
        name, members, alias = table.groups()

        def mark_entry(entry):
            entries.append(f"{alias}.{entry[2]}")
            return f'{entry[1]} __attribute__((deprecated("entry {alias}.{entry[2]} is used")));'
        return f"typedef struct {name} {{{ENTRY.sub(mark_entry, members)}}} {alias};"
    return PIN.sub("", TABLE.sub(mark_table, text))


def mark_headers(include, into):
    entries = []
    for header in sorted(include.rglob("*")):
        if not header.is_file():
            continue
        copy = into / header.relative_to(include)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = header.read_text()
        copy.write_text(mark(text, entries) if header.suffix == ".h" else text)
    return entries


def uses(compiler, options, headers, source):
    """The entries that the compiler sees used in a source, the descriptor's named members among them."""
    command = [*compiler.split(), *options, "-fsyntax-only", "-Wdeprecated-declarations", f"-I{headers}", source]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300,
                          env={**os.environ, "LC_ALL": "C", "CCACHE_DISABLE": "1"})
    if done.returncode != 0:
        sys.exit(f"{source}: {done.stderr}")
    # Members that are named in an initializer are used without a word.
    named = {f"radius_plugin_v1_t.{name}" for name in re.findall(r"\.(\w+) = ", source.read_text())
             if source.suffix == ".c"}
    return set(USE.findall(done.stderr)) | named


def tests_that_name(root, module):
    suites = [*root.glob("tests/sdk/*_test.cpp"), *root.glob("tests/sdk/*.h"), *root.glob("tests/integration/*.py"),
              *root.glob("tests/support/*.py")]
    return [suite for suite in suites if f'"{module}"' in suite.read_text()]


def module_of(source):
    """A module of several sources has a header that they share: extensions_store.c is a part of extensions, by extensions.h."""
    whole = source.stem.rpartition("_")[0]
    return whole if (source.parent / f"{whole}.h").exists() else source.stem


def main():
    root = Path(sys.argv[1])
    modules = root / "tests" / "plugins"
    in_c = [source for source in sorted(modules.glob("*.c")) if tests_that_name(root, module_of(source))]
    in_cpp = [modules / f"{name}.cpp" for name in VENEER]
    failures = [f"no test names the module {source.stem}" for source in in_cpp if not tests_that_name(root, source.stem)]
    with tempfile.TemporaryDirectory() as folder:
        headers = Path(folder)
        entries = mark_headers(root / "sdk" / "include", headers)
        if len(entries) < 80:
            failures.append(f"only {len(entries)} entries were found in the headers' tables")
        used_in_c = set().union(*(uses(os.environ.get("CC", "cc"), ["-std=c11"], headers, source) for source in in_c))
        used_in_cpp = set().union(*(uses(os.environ.get("CXX", "c++"), ["-std=c++17"], headers, source)
                                    for source in in_cpp))
    failures += [f"no test module in C uses {entry}" for entry in entries if entry not in used_in_c]
    failures += [f"the C++ veneer does not use {entry}" for entry in entries if entry not in used_in_cpp]
    print(*failures, f"{len(entries)} entries", sep="\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
