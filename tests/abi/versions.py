# SPDX-License-Identifier: Apache-2.0
"""Which versions of the ABI there are. sdk/CHANGES.md says which one the headers are; those whose name ends in -rc may
still change, the others never do."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHANGES = ROOT / "sdk" / "CHANGES.md"
INCLUDE = ROOT / "sdk" / "include"
BASELINES = ROOT / "tests" / "abi" / "baselines"
BINARIES = ROOT / "tests" / "abi" / "binaries"
VERSION = re.compile(r"^ABI version: (\d+\.\d+(?:-rc)?)$", re.MULTILINE)


def current_version():
    """The version that the headers are, or will be."""
    return VERSION.search(CHANGES.read_text(encoding="utf-8")).group(1)


def is_released(version):
    return not version.endswith("-rc")


def kept_versions(folder):
    """The versions that `folder` keeps, a folder each."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
