#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the reference, without a warning, and looks for every table's entry in it.

    reference.py DOXYGEN SDK_DIRECTORY
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from every_function import ENTRY, TABLE


def main():
    doxygen, sdk = sys.argv[1], Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        settings = (sdk / "Doxyfile.in").read_text()
        for name, value in (("CMAKE_CURRENT_BINARY_DIR", folder), ("CMAKE_CURRENT_SOURCE_DIR", sdk),
                            ("PROJECT_VERSION", "test")):
            settings = settings.replace(f"@{name}@", str(value))
        done = subprocess.run([doxygen, "-"], input=settings, capture_output=True, text=True, timeout=250)
        failures = done.stderr.splitlines()
        if done.returncode != 0:
            failures.append(f"doxygen ended with {done.returncode}")
        for header in sorted(sdk.glob("include/radius/**/*.h")):
            for table in TABLE.finditer(header.read_text()):
                page = Path(folder) / "reference" / "html" / f"struct{table[3].replace('_', '__')}.html"
                text = page.read_text() if page.exists() else ""
                failures += [f"{header.name}: {table[3]}.{entry[2]} is not in the reference"
                             for entry in ENTRY.finditer(table[2]) if f">{entry[2]}</a>" not in text]
    print(*failures, sep="\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
