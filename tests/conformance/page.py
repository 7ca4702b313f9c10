#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes docs/conformance.md from rows.toml and the tests: each rule, where it is written, and in which files tests hold
the server to it.

  page.py            writes the page
  page.py --check    exit status 1 when it is not what would be written
"""

import re
import sys

import rows

PAGE = rows.ROOT / "docs" / "conformance.md"
HEAD = """# Conformance

What the RFCs ask for, rule by rule, and the tests that hold the server to it. `tests/conformance/list.py` names each test;
it fails, and with it every run of the tests, when a rule that is not open has none. `tests/conformance/mutate.py` takes rules
out of the code, one at a time, to see whether the tests notice.

This page is made by `tests/conformance/page.py`; a test compares it.
"""


def titles():
    """Section → what it is about, from the comments of rows.toml."""
    text = (rows.HERE / "rows.toml").read_text(encoding="utf-8")
    return dict(re.findall(r"^# ([A-Z0-9]+): (.+)$", text, re.MULTILINE))


def tests_cell(tests):
    files = dict.fromkeys(test.file for test in tests)
    return ", ".join(f"[{file.rpartition('/')[2]}](../{file})" for file in files)


def row_line(row, tests):
    waits = "".join(f" **{key.replace('_', ' ')}: {row[key]}**" for key in ("open", "partly_open") if key in row)
    rule = f"{row['rule']}{waits}".replace("|", "\\|")
    return f"| {row['id']} | {rule} | {', '.join(row['rfc'])} | {tests_cell(tests)} |"


def page():
    _, known = rows.read()
    cited, named = rows.citations(), titles()
    lines, section = [HEAD.rstrip("\n")], None
    for row in known.values():
        if (now := row["id"].rpartition("-")[0]) != section:
            section = now
            title = named[section]
            lines.append(f"\n## {title[0].upper()}{title[1:]}\n\n| rule | what must happen | RFC | tests |\n|---|---|---|---|")
        lines.append(row_line(row, cited.get(row["id"], [])))
    return "\n".join(lines) + "\n"


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        raise SystemExit(__doc__)
    text = page()
    if not sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    is_new = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
    print(f"{PAGE.name} is {'up to date' if is_new else 'out of date: tests/conformance/page.py makes it anew'}")
    return 0 if is_new else 1


if __name__ == "__main__":
    raise SystemExit(main())
