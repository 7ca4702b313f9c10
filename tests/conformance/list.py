#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints which tests cite which row of rows.toml. Fails when a row that is not open has no test, or a test cites a row
that does not exist."""

import rows


def print_row(row, tests):
    waits = [f"  ({key.replace('_', ' ')}: {row[key]})" for key in ("open", "partly_open") if key in row]
    print(f"{row['id']}  {row['rule']}{''.join(waits)}")
    for test in tests:
        print(f"    {test}")


def main():
    later, known = rows.read()
    cited = rows.citations()
    for row in known.values():
        print_row(row, cited.get(row["id"], []))
    found = rows.problems(later, known, cited)
    print("\n" + ("\n".join(found) or f"{len(known)} rows, each with a test or open"))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
