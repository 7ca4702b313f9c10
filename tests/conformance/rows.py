# SPDX-License-Identifier: Apache-2.0
"""The rows of rows.toml, and the tests that cite them."""

import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
UNIT_TESTS = ["tests/unit/*/*.cpp", "tests/sdk/*.cpp", "plugins/*/tests/*.cpp"]


@dataclass(frozen=True)
class Test:
    """One test: a pytest node without its parameters, or a source of Catch2 and the name within it."""
    file: str  # from the root of the tree
    name: str

    @property
    def is_python(self):
        return self.file.endswith(".py")

    def __str__(self):
        return f"{self.file}: {self.name}"


def read():
    """The sections that have no rows yet, and the rows by their id."""
    tables = tomllib.loads((HERE / "rows.toml").read_text(encoding="utf-8"))
    rows = {row["id"]: row for row in tables["row"]}
    if len(rows) != len(tables["row"]):
        raise ValueError("an id stands twice in rows.toml")
    return set(tables["later"]), rows


def citations(root=ROOT):
    """Row → the tests that cite it, in the order of files and lines."""
    found = defaultdict(list)
    for row, test in [*_unit_citations(root), *_python_citations(root)]:
        found[row].append(test)
    return found


def problems(later, known, cited):
    """Rows that should have a test and have none, and citations of what is no row."""
    untested = [f"{row['id']} has no test" for row in known.values() if "open" not in row and not cited.get(row["id"])]
    unknown = [f"{row} does not exist, but is cited by {', '.join(map(str, tests))}" for row, tests in cited.items()
               if row not in known and row.rpartition("-")[0] not in later]
    return untested + unknown


# TEST_CASE("name", "[tags]") and TEST_CASE_METHOD(Fixture, "name", "[tags]"); a long name may be cut in pieces.
_CASE = re.compile(r'^TEST_CASE(?:_METHOD)?\((?:\s*\w+,)?\s*'
                   r'((?:"(?:\\.|[^"\\])*"\s*)+),\s*"((?:\[[\w-]+\])+)"\)', re.MULTILINE)


def _unit_citations(root):
    for pattern in UNIT_TESTS:
        for path in sorted(root.glob(pattern)):
            for row, name in tagged_cases(path.read_text(encoding="utf-8")):
                yield row, Test(str(path.relative_to(root)), name)


def tagged_cases(source):
    """(row, name) for every row that a test case of this source cites."""
    for pieces, tags in _CASE.findall(source):
        name = re.sub(r'"\s*"', "", pieces).strip()[1:-1]
        for tag in re.findall(r"\[([A-Z0-9]+-\d+)\]", tags):
            yield tag, name


def _python_citations(root):
    listing = subprocess.run([sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rows"],
                             cwd=root / "tests", capture_output=True, text=True, timeout=120, check=False)
    if listing.returncode != 0:
        raise RuntimeError(f"pytest does not list the rows:\n{listing.stdout}{listing.stderr}")
    for line in listing.stdout.splitlines():
        row, tab, node = line.partition("\t")
        if tab:
            file, _, name = node.partition("::")
            yield row, Test(f"tests/{file}", name)
