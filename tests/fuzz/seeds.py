# SPDX-License-Identifier: Apache-2.0
"""Makes the seeds of the fuzz targets: seeds.py FOLDER."""

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))
from support.vectors import VECTORS  # noqa: E402

DICTIONARIES = TESTS.parent / "dictionaries"
PAIRS = [
    'User-Name = "bob", Service-Type = Framed-User\nTunnel-Type:1 := VLAN',
    'Class = 0x00ff, Attr-200 = 0x01, Vendor-99999-Attr-1 = 0xaabb, Attr-241.26.1.4 = 0xcd',
    'Reply-Message = "a\\"b\\\\c\\101\\n", Event-Timestamp = "Nov 14 2023 22:13:20 UTC"',
    'NAS-IP-Address = 192.0.2.1, Framed-IPv6-Prefix = 2001:db8::/32, Framed-Interface-Id = 0:0:0:1',
]


def main(folder):
    seeds = {name: {} for name in ("packet", "attributes", "copy", "dictionary", "pairs", "hidden")}
    for vector in VECTORS.values():
        if vector.kind in ("packet", "datagram"):
            seeds["packet"][vector.id] = vector.octets
            seeds["attributes"][vector.id] = seeds["copy"][vector.id] = vector.octets[20:]
        elif vector.kind == "attributes":
            header = bytes((1, 1)) + (20 + len(vector.octets)).to_bytes(2, "big") + bytes(range(16))
            seeds["packet"][vector.id] = header + vector.octets
            seeds["attributes"][vector.id] = seeds["copy"][vector.id] = vector.octets
            seeds["hidden"][vector.id] = vector.octets[2:]
            seeds["hidden"][vector.id + "-tagged"] = vector.octets[3:]
    seeds["attributes"]["short-interval"] = seeds["copy"]["short-interval"] = bytes.fromhex("550600000001")
    for path in DICTIONARIES.glob("*.dictionary"):
        seeds["dictionary"][path.name] = path.read_bytes()[:8192]
    for number, text in enumerate(PAIRS):
        seeds["pairs"][str(number)] = text.encode()
    for target, inputs in seeds.items():
        (folder / target).mkdir(parents=True, exist_ok=True)
        for name, octets in inputs.items():
            (folder / target / name).write_bytes(octets)


main(Path(sys.argv[1]))
