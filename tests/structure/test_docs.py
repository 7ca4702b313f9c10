# SPDX-License-Identifier: Apache-2.0
"""No page of the project links to what is not there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]\n]*(?:\n[^\]\n]*)?\]\(([^)\s]+)\)")
PAGES = sorted(path for path in ROOT.rglob("*.md") if "build" not in path.relative_to(ROOT).parts)


def slug(heading):
    """The anchor that a forge gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


def dead_links(page, text):
    """What is linked to from a page with this text, and is not there."""
    dead = []
    for target in LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            dead.append(target)
    return dead


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page):
    assert not dead_links(page, page.read_text(encoding="utf-8"))


def test_dead_links_are_found():
    page = ROOT / "docs" / "configuration.md"
    text = "[a](gone.md) [b](#gone) [c](install.md#gone) [d](../sdk/README.md) [e](#the-server) [f](https://example.org)"
    assert dead_links(page, text) == ["gone.md", "#gone", "install.md#gone"]


def test_every_page_of_the_manual_is_linked_to():
    text = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    linked = set(LINK.findall(text))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"} <= linked
