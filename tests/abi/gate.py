# SPDX-License-Identifier: Apache-2.0
"""Is the ABI of the headers still the one that was kept? Types are compared by abidiff, constants by their values.

Nothing may differ but what modules of before cannot notice: members appended to a struct that carries its size, new
constants, and new types."""

import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from abi.headers import read_headers
from support.processes import run

HERE = Path(__file__).resolve().parent
SURFACE = HERE / "surface.c"
TYPES, CONSTANTS = "types.xml", "constants.txt"
FLAGS = ["-std=c11", "-Wall", "-Wextra", "-Werror"]
# What depends on the machine, the folder and the compiler is left out.
ABIDW = ["abidw", "--no-show-locs", "--no-corpus-path", "--no-comp-dir-path", "--no-architecture", "--no-elf-needed",
         "--no-write-default-sizes", "--type-id-style", "hash"]
ABIDIFF = ["abidiff", "--harmless", "--no-default-suppression", "--no-show-locs", "--no-added-syms"]
ONLY_GROWS = "RADIUS_PLUGIN_ABI_MINOR"


class DoesNotCompile(Exception):
    """The headers, or what is made of them, are no valid C."""


def compile_c(compiler, include, source, output, *flags):
    done = run([compiler, *FLAGS, f"-I{include}", *flags, source, "-o", output], timeout_s=120)
    if done.returncode != 0:
        raise DoesNotCompile(done.stderr)


def describe_types(include, compiler, folder):
    """The types that surface.c reaches, as XML; its path."""
    library, types = folder / "surface.so", folder / TYPES
    compile_c(compiler, include, SURFACE, library, "-g", "-O0", "-fPIC", "-shared", "-Wl,-soname,surface.so",
              f"-ffile-prefix-map={HERE}/=")
    done = run([*ABIDW, "--out-file", types, library], timeout_s=120)
    assert done.returncode == 0, done.stderr
    return types


def describe_constants(headers, compiler, folder):
    """The constants of the headers and their values, a line each; the file's path."""
    source, program, constants = folder / "constants.c", folder / "constants", folder / CONSTANTS
    lines = [f"#include <{name}>" for name in headers.names]
    lines += ["#include <stdio.h>",
              'static void number(const char *name, long long value) { printf("%s = %lld\\n", name, value); }',
              'static void text(const char *name, const char *value) { printf("%s = \\"%s\\"\\n", name, value); }',
              "#define SHOW(constant) _Generic((constant), char *: text, default: number)(#constant, constant)",
              "int main(void) {", *(f"  SHOW({name});" for name in headers.constants), "}"]
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    compile_c(compiler, headers.folder, source, program)
    done = run([program])
    assert done.returncode == 0, done.stderr
    constants.write_text(done.stdout, encoding="utf-8")
    return constants


def describe(include, compiler, folder):
    """Writes TYPES and CONSTANTS of the headers into `folder`."""
    describe_constants(read_headers(include), compiler, folder)
    describe_types(include, compiler, folder)


def structs(tree):
    """Tag → element, of those whose members are known."""
    return {element.get("name"): element for element in tree.iter("class-decl")
            if element.get("is-declaration-only") != "yes"}


def unreached(headers, types):
    """The types of the headers that surface.c does not reach."""
    tree = ElementTree.parse(types)
    known = {element.get("name") for element in tree.iter("typedef-decl")}
    whole = structs(tree)
    missing = [name for name in headers.types if name not in known]
    return missing + [struct.tag for struct in headers.structs if struct.tag not in whole]


def members(struct):
    """(name, offset in bits) of each."""
    return [(member.find("var-decl").get("name"), int(member.get("layout-offset-in-bits")))
            for member in struct.findall("data-member")]


def without_growth(kept, today, output):
    """Writes `today` without the members that were appended since `kept`; says which of them are where no member may
    be: a module of before counts those octets among its own."""
    wrong = []
    tree = ElementTree.parse(today)
    before = structs(ElementTree.parse(kept))
    for name, struct in structs(tree).items():
        old = before.get(name)
        if old is None or members(old)[:1] != [("size", 0)]:
            continue
        size = int(old.get("size-in-bits"))
        for element in struct.findall("data-member")[len(members(old)):]:
            member, offset = element.find("var-decl").get("name"), int(element.get("layout-offset-in-bits"))
            if offset < size:
                wrong.append(f"{name}.{member} lies within the {size // 8} octets that the struct had")
            struct.remove(element)
            struct.set("size-in-bits", str(size))
    tree.write(output, encoding="utf-8")
    return wrong


def read_constants(path):
    return dict(line.split(" = ", 1) for line in path.read_text(encoding="utf-8").splitlines())


def compare_constants(kept, today):
    wrong = []
    for name, value in kept.items():
        if name not in today:
            wrong.append(f"{name} is gone")
        elif name == ONLY_GROWS:
            if int(today[name]) < int(value):
                wrong.append(f"{name} was {value}, and is {today[name]}")
        elif today[name] != value:
            wrong.append(f"{name} was {value}, and is {today[name]}")
    return wrong


def differences(kept, include, compiler, folder):
    """What of `kept`, a folder with TYPES and CONSTANTS, the headers in `include` break: a line each."""
    try:
        describe(include, compiler, folder)
    except DoesNotCompile as reason:
        return str(reason).splitlines()
    wrong = compare_constants(read_constants(kept / CONSTANTS), read_constants(folder / CONSTANTS))
    shorter = folder / "without-growth.xml"
    wrong += without_growth(kept / TYPES, folder / TYPES, shorter)
    done = run([*ABIDIFF, kept / TYPES, shorter], timeout_s=120)
    if done.returncode & 3 != 0:
        raise subprocess.CalledProcessError(done.returncode, ABIDIFF, done.stdout, done.stderr)
    return wrong + (done.stdout.rstrip().splitlines() if done.returncode != 0 else [])
