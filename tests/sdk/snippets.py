#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles every snippet of the SDK's documentation, in C and in C++, and parses what is TOML.

A fence says what its code is: ```c and ```cpp are whole files, ```cpp handler is the body of a handler, ```cpp create that
of a constructor; the same in C. What those bodies may use is in snippets.hpp and snippets.h.

    snippets.py SDK_DIRECTORY       with CC and CXX in the environment
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
FENCE = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
FLAGS = {"c": ["-std=c11"], "cpp": ["-std=c++17"]}
COMPILERS = {"c": ("CC", "cc"), "cpp": ("CXX", "c++")}
# What a snippet gets ready it need not use.
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wno-unused-variable", "-Wno-unused-but-set-variable",
            "-Wno-unused-parameter"]
ENDINGS = {"c": "return RADIUS_OK;", "cpp": "return radius::Verdict::Pass;"}


def source(language, kind, code):
    if kind is None:
        return code
    around = (HERE / ("snippets.h" if language == "c" else "snippets.hpp")).read_text()
    for body in ("handler", "create"):
        end = ENDINGS[language] if body == "handler" or language == "c" else ""
        around = around.replace(f"/* {body} */\n", f"{code if body == kind else ''}\n{end}\n")
    return around


class Compiler:
    """Knows the veneer already, so that each snippet takes a moment."""

    def __init__(self, include, folder):
        self.include = include
        self.folder = folder
        (folder / "all.hpp").write_text("#include <radius/plugin.hpp>\n")
        errors = self.run("cpp", "-x", "c++-header", folder / "all.hpp", "-o", folder / "all.hpp.gch")
        if errors:
            sys.exit(errors)

    def run(self, language, *arguments):
        """What the compiler has to say."""
        name, otherwise = COMPILERS[language]
        command = [*os.environ.get(name, otherwise).split(), *FLAGS[language], *WARNINGS, f"-I{self.include}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        return done.stderr if done.returncode != 0 else ""

    def compile(self, language, code):
        file = self.folder / f"snippet.{language}"
        file.write_text(code)
        known = ["-include", self.folder / "all.hpp"] if "radius/plugin.hpp" in code else []
        return self.run(language, *known, "-fsyntax-only", file)


def main():
    sdk = Path(sys.argv[1])
    pages = [sdk / "README.md", *sorted((sdk / "docs").glob("*.md"))]
    failures, counts = [], {"c": 0, "cpp": 0, "toml": 0}
    with tempfile.TemporaryDirectory() as folder:
        compiler = Compiler(sdk / "include", Path(folder))
        for page in pages:
            text = page.read_text()
            failures += [f"{page}: {link} is not there" for link in LINK.findall(FENCE.sub("", text))
                         if not (page.parent / link).exists()]
            for fence in FENCE.finditer(text):
                language, kind, code = fence.groups()
                place = f"{page}:{text[:fence.start()].count(chr(10)) + 1}"
                if language in ("c", "cpp"):
                    snippet = source(language, kind, code)
                    if errors := compiler.compile(language, snippet):
                        failures.append(f"{place}: {errors}")
                elif language == "toml":
                    tomllib.loads(code)
                counts[language] = counts.get(language, 0) + 1
    linked = set(LINK.findall((sdk / "README.md").read_text()))
    failures += [f"README.md does not name docs/{page.name}" for page in pages[1:] if f"docs/{page.name}" not in linked]
    if min(counts[language] for language in ("c", "cpp")) < 10:
        failures.append("too few snippets were found")
    print(*failures, counts, sep="\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
