# SPDX-License-Identifier: Apache-2.0
"""Makes the seeds of the fuzz targets: seeds.py FOLDER."""

import struct
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


def module():
    """A small shared library with a note, an executable stack, a run path, a unique symbol and static TLS."""
    strings = b"\0radhost_unique\0$ORIGIN/x\0libother.so.1\0"
    names = {name: strings.index(name) for name in (b"radhost_unique", b"$ORIGIN", b"libother")}
    symbols = bytes(24) + struct.pack("<IBBHQQ", names[b"radhost_unique"], 10 << 4 | 1, 0, 1, 0, 4)
    gnu_hash = struct.pack("<IIIIQII", 1, 1, 1, 6, 0, 1, 0x12345679)
    note = struct.pack("<III8sIIII64s32s", 8, 112, 1, b"RADIUS", 1, 0, 0, 0, b"org.example", b"1")
    begin = 64 + 4 * 56
    places, at = [], begin
    for part in (strings, symbols, gnu_hash, note):
        places.append(at)
        at += (len(part) + 7) // 8 * 8
    tags = [(5, places[0]), (10, len(strings)), (6, places[1]), (0x6ffffef5, places[2]), (29, names[b"$ORIGIN"]),
            (1, names[b"libother"]), (30, 0x14), (0x6ffffffb, 8), (0, 0)]
    dynamic = b"".join(struct.pack("<qQ", *tag) for tag in tags)
    size = at + len(dynamic)
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 3, 62, 1, 0, 64, 0, 0, 64, 56, 4, 0, 0, 0)
    segments = [(1, 5, 0, size), (2, 6, at, len(dynamic)), (4, 4, places[3], len(note)), (0x6474e551, 7, 0, 0)]
    table = b"".join(struct.pack("<IIQQQQQQ", kind, flags, offset, offset, offset, length, length, 8)
                     for kind, flags, offset, length in segments)
    parts = b"".join(part + bytes(-len(part) % 8) for part in (strings, symbols, gnu_hash, note))
    return header + table + parts + dynamic


def main(folder):
    seeds = {name: {} for name in ("packet", "attributes", "copy", "dictionary", "pairs", "hidden", "elf", "handover", "stream")}
    for vector in VECTORS.values():
        if vector.kind in ("packet", "datagram"):
            seeds["packet"][vector.id] = vector.octets
            seeds["stream"][vector.id] = bytes(range(1, 9)) + vector.octets * 2
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
    seeds["elf"]["module"] = module()
    address = b'{"address":"192.0.2.1:1812","scope":0}'
    record = bytes(64) + bytes(8) + b"\0" + bytes(16) + b"\0\2ab"
    seeds["handover"] = {
        "record": record,
        "records": b"\0\1" + struct.pack(">H", len(address)) + address + struct.pack(">I", len(record)) + record,
        "offer": b'{"program":"1","pid":1,"workers":1,"epoch":1,"addresses":[{"listener":"auth","configured":%s,"bound":%s,'
                 b'"receive_buffer":0}],"control":"/x","metrics":""}' % (address, address),
        "wishes": b'{"addresses":[%s],"control":true,"metrics":false}' % address,
        "sockets": b'[{"hash":[1,2,3,4],"dropped":7},{"hash":null,"dropped":0}]',
        "hello": b'{"version":1,"program":"1"}'}
    for target, inputs in seeds.items():
        (folder / target).mkdir(parents=True, exist_ok=True)
        for name, octets in inputs.items():
            (folder / target / name).write_bytes(octets)


main(Path(sys.argv[1]))
