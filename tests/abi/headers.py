# SPDX-License-Identifier: Apache-2.0
"""What the C headers of the SDK declare, read from their text: types, members, constants and pins."""

import re
from dataclasses import dataclass, field
from pathlib import Path

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
STRUCT = re.compile(r"typedef struct (\w+) \{(.*?)^\} (\w+);", re.DOTALL | re.MULTILINE)
OPAQUE = re.compile(r"^typedef struct (\w+) (\w+);", re.MULTILINE)
FUNCTION_TYPE = re.compile(r"^typedef [^;{]*\(\*(\w+)\)\(", re.MULTILINE)
ALIAS = re.compile(r"^typedef (?!struct )[\w ]+ (\w+);", re.MULTILINE)
ENUMERATION = re.compile(r"^enum (?:\w+ )?\{(.*?)\};", re.DOTALL | re.MULTILINE)
CONSTANT = re.compile(r"^#define (RADIUS_\w+) (?!__attribute__|extern|\}|static_assert)(\S.*)$", re.MULTILINE)
EXPORTED = re.compile(r"^RADIUS_EXPORT [^;]*?(\w+)\(", re.MULTILINE)
PIN_SIZE = re.compile(r"^RADIUS_PIN_SIZE\((\w+), (\d+)\);", re.MULTILINE)
PIN_OFFSET = re.compile(r"^RADIUS_PIN_OFFSET\((\w+), (\w+), (\d+)\);", re.MULTILINE)


@dataclass
class Struct:
    """`name` is the typedef's."""
    tag: str
    name: str
    members: list

    @property
    def carries_size(self):
        """It may grow: members are appended."""
        return self.members[:1] == ["size"]


@dataclass
class Headers:
    """Everything in the headers of one include folder."""
    folder: Path
    names: list
    structs: list = field(default_factory=list)
    opaque: list = field(default_factory=list)
    aliases: list = field(default_factory=list)
    constants: list = field(default_factory=list)
    functions: list = field(default_factory=list)
    sizes: dict = field(default_factory=dict)
    offsets: dict = field(default_factory=dict)

    @property
    def types(self):
        """The names of all types."""
        return [struct.name for struct in self.structs] + self.opaque + self.aliases


def member_names(body):
    """The names of a struct's members, in their order."""
    names = []
    for declaration in filter(None, (" ".join(part.split()) for part in body.split(";"))):
        function = re.search(r"\(\*(\w+)\)\(", declaration)
        plain = re.search(r"(\w+)(?:\[\w+\])?$", declaration)
        assert function or plain, f"no member's name is found in: {declaration}"
        names.append((function or plain).group(1))
    return names


def read_headers(include):
    """Reads radius/*.h and radius/ext/*.h."""
    folder = Path(include)
    paths = sorted(folder.glob("radius/*.h")) + sorted(folder.glob("radius/ext/*.h"))
    headers = Headers(folder, [str(path.relative_to(folder)) for path in paths])
    for path in paths:
        text = COMMENT.sub("", path.read_text(encoding="utf-8"))
        headers.structs += [Struct(tag, name, member_names(body)) for tag, body, name in STRUCT.findall(text)]
        headers.opaque += [name for _, name in OPAQUE.findall(text)]
        headers.aliases += ALIAS.findall(text) + FUNCTION_TYPE.findall(text)
        for body in ENUMERATION.findall(text):
            headers.constants += [item.split("=")[0].strip() for item in body.split(",")]
        headers.constants += [name for name, _ in CONSTANT.findall(text)]
        headers.functions += EXPORTED.findall(text)
        headers.sizes.update({name: int(octets) for name, octets in PIN_SIZE.findall(text)})
        for name, member, octets in PIN_OFFSET.findall(text):
            headers.offsets.setdefault(name, {})[member] = int(octets)
    return headers
