# SPDX-License-Identifier: Apache-2.0
"""Reads tests/vectors; the format is described in its README.md."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "vectors"
KEYS = {"what", "source", "status", "kind", "secret", "answers", "authenticator", "result", "discard", "must"}


@dataclass
class Vector:
    id: str
    what: str
    source: str
    status: str
    kind: str
    must: str
    secret: bytes = b""
    answers: str = ""
    authenticator: bytes = b""
    result: str = ""
    discard: str = ""
    octets: bytes = b""


def parse(text):
    """The vectors of one file, in order; a line that fits nowhere is a ValueError."""
    found, fields, in_octets = [], None, False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("[") and line.endswith("]"):
            fields = {"id": line[1:-1], "octets": b""}
            found.append(fields)
            in_octets = False
        elif line == "octets:" and fields:
            in_octets = True
        elif in_octets and line.startswith("  "):
            fields["octets"] += bytes.fromhex(line)
        elif line and not line.startswith("#"):
            key, separator, value = line.partition(": ")
            if fields is None or in_octets or not separator or key not in KEYS or key in fields:
                raise ValueError(f"line {number}: {line!r}")
            fields[key] = value
    return [_vector(fields) for fields in found]


def _vector(fields):
    if "secret" in fields:
        fields["secret"] = fields["secret"].encode()
    if "authenticator" in fields:
        fields["authenticator"] = bytes.fromhex(fields["authenticator"])
    return Vector(**fields)


def load():
    """All vectors by id."""
    vectors = {}
    for path in sorted(FOLDER.glob("*.txt")):
        for vector in parse(path.read_text(encoding="utf-8")):
            if vector.id in vectors:
                raise ValueError(f"{vector.id} occurs twice")
            vectors[vector.id] = vector
    return vectors


VECTORS = load()


def octets(vector_id):
    return VECTORS[vector_id].octets


def where(**wanted):
    """The vectors whose fields have these values, in the order of the files."""
    return [vector for vector in VECTORS.values()
            if all(getattr(vector, key) == value for key, value in wanted.items())]
