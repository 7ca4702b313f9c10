# SPDX-License-Identifier: Apache-2.0
"""remake, in a copy of the tree: a candidate may be made anew for a reason, a release never."""

import json
import shutil

import pytest

from abi.versions import ROOT, current_version
from support.processes import run

CANDIDATE = "1.0-rc"
REASON = "a member was needed"


class Tree:
    """A copy of what remake reads and writes, with one small module to compile."""

    def __init__(self, folder):
        self.root = folder
        for name in ("sdk", "tests/abi", "tests/support"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for source in (folder / "tests/abi/modules").iterdir():
            if source.name != "fixed.c":
                source.unlink()
        for kept in ("baselines", "binaries"):
            shutil.rmtree(folder / "tests/abi" / kept)
        self.declare(CANDIDATE, instead_of=current_version())
        minor = current_version().removesuffix("-rc").split(".")[1]
        self.edit("include/radius/abi.h", f"ABI_MINOR {minor}", "ABI_MINOR 0")

    def edit(self, name, old, new):
        path = self.root / "sdk" / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        path.write_text(text.replace(old, new), encoding="utf-8")

    def declare(self, version, instead_of):
        self.edit("CHANGES.md", f"ABI version: {instead_of}\n", f"ABI version: {version}\n")

    def remake(self, *arguments):
        return run([self.root / "tests/abi/remake", *arguments], timeout_s=120)

    def remade(self, reason=REASON):
        done = self.remake("--reason", reason)
        assert done.returncode == 0, done.stderr

    def changes(self):
        return (self.root / "sdk/CHANGES.md").read_text(encoding="utf-8")

    def kept(self, version=""):
        """Path → octets of what is kept."""
        return {str(path.relative_to(self.root)): path.read_bytes() for kept in ("baselines", "binaries")
                for path in (self.root / "tests/abi" / kept / version).rglob("*") if path.is_file()}

    def refuses(self, text, *arguments, status=1):
        """It says so, and changes nothing."""
        before = self.kept(), self.changes()
        done = self.remake(*arguments)
        assert done.returncode == status and text in done.stderr, done.stderr
        assert (self.kept(), self.changes()) == before


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path)


@pytest.fixture
def released(tree):
    tree.declare("1.0", instead_of=CANDIDATE)
    tree.remade("it is final")
    return tree


def grow_view(tree):
    """Changes a frozen struct."""
    tree.edit("include/radius/list.h", "  uint64_t cursor; ", "  uint64_t more;\n  uint64_t cursor; ")
    tree.edit("include/radius/list.h", "RADIUS_PIN_SIZE(radius_view_t, 40);", "RADIUS_PIN_SIZE(radius_view_t, 48);")
    tree.edit("include/radius/list.h", "RADIUS_PIN_OFFSET(radius_view_t, cursor, 32);",
              "RADIUS_PIN_OFFSET(radius_view_t, cursor, 40);")


@pytest.mark.parametrize("arguments", [[], ["--reason", ""], ["--reason", " \n"]], ids=["none", "empty", "blank"])
def test_it_wants_a_reason(tree, arguments):
    tree.refuses("reason", *arguments, status=2)


def test_a_candidate_is_made_anew_with_its_reason(tree):
    tree.remade("the first one")
    before = tree.kept()
    assert set(before) == {f"tests/abi/{name}" for name in (
        f"baselines/{CANDIDATE}/types.xml", f"baselines/{CANDIDATE}/constants.txt", f"binaries/{CANDIDATE}/fixed.so",
        f"binaries/{CANDIDATE}/manifest.json")}
    grow_view(tree)
    tree.remade()
    after = tree.kept()
    types = f"tests/abi/baselines/{CANDIDATE}/types.xml"
    assert b"'more'" in after[types] and b"'more'" not in before[types]
    newest = tree.changes().split("\n## ")[1]
    assert newest.splitlines()[0].endswith(f", ABI {CANDIDATE}") and newest.splitlines()[2] == REASON
    assert tree.changes().index(REASON) < tree.changes().index("the first one")


def test_the_same_sources_make_the_same_files(tree):
    tree.remade()
    before = tree.kept()
    tree.remade()
    assert tree.kept() == before


def test_what_is_kept_says_of_which_abi_it_is(tree):
    tree.remade()
    manifest = json.loads(tree.kept()[f"tests/abi/binaries/{CANDIDATE}/manifest.json"])
    assert manifest["abi_minor"] == 0 and list(manifest["sha256"]) == ["fixed.so"]


def test_a_release_takes_the_place_of_its_candidates_and_stays(tree):
    tree.remade()
    tree.declare("1.0", instead_of=CANDIDATE)
    tree.remade("it is final")
    assert tree.kept("1.0") and not tree.kept(CANDIDATE)
    tree.refuses("1.0 is released: its baseline and its modules never change", "--reason", REASON)


def test_after_a_release_the_next_minor_is_added(released):
    before = released.kept("1.0")
    released.edit("include/radius/abi.h", "ABI_MINOR 0", "ABI_MINOR 1")
    released.declare("1.1-rc", instead_of="1.0")
    released.edit("include/radius/timer.h", "\n} radius_timers_v1_t;", "\n  void (*more)(void);\n} radius_timers_v1_t;")
    released.edit("include/radius/timer.h", "PIN_SIZE(radius_timers_v1_t, 24)", "PIN_SIZE(radius_timers_v1_t, 32)")
    released.remade()
    assert released.kept("1.0") == before
    assert b"'more'" in released.kept("1.1-rc")["tests/abi/baselines/1.1-rc/types.xml"]


def test_no_later_version_breaks_a_release(released):
    released.edit("include/radius/abi.h", "ABI_MINOR 0", "ABI_MINOR 1")
    released.declare("1.1-rc", instead_of="1.0")
    grow_view(released)
    released.refuses("modules of the released 1.0 would not find what they know", "--reason", REASON)


def test_a_version_that_the_headers_are_not_is_refused(tree):
    tree.declare("1.1-rc", instead_of=CANDIDATE)
    tree.refuses("the headers are of ABI 1.0, and sdk/CHANGES.md says 1.1-rc", "--reason", REASON)


def test_a_type_that_is_not_reached_is_refused(tree):
    tree.edit("include/radius/log.h", "\nRADIUS_END", "\ntypedef uint32_t radius_more_t;\n\nRADIUS_END")
    tree.refuses("surface.c does not reach radius_more_t", "--reason", REASON)


def test_headers_that_contradict_their_pins_are_refused(tree):
    tree.edit("include/radius/list.h", "  uint64_t cursor; ", "  uint64_t more;\n  uint64_t cursor; ")
    tree.refuses("radius_view_t changed its size", "--reason", REASON)
