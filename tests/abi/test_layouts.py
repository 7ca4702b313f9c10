# SPDX-License-Identifier: Apache-2.0
"""What the examples' radius.rs says of the ABI is what the C headers say: each struct, each member, each constant."""

import os

import pytest

from abi import gate
from abi.headers import read_headers
from abi.versions import INCLUDE, ROOT
from support.processes import run

RADIUS_RS = ROOT / "sdk" / "examples" / "rust" / "radius.rs"


def compile_rust(source, output):
    return run([os.environ["RUSTC"], "--edition", "2021", source, "-o", output], timeout_s=200)


def c_layout(headers, folder):
    """A line for each struct and each member, as a program in C prints them."""
    source, program = folder / "layout.c", folder / "layout-c"
    lines = ["#include <stdio.h>", *(f"#include <{name}>" for name in headers.names), "int main(void) {"]
    for struct in headers.structs:
        lines.append(f'  printf("{struct.name} %zu\\n", sizeof({struct.name}));')
        lines += [f'  printf("{struct.name}.{member} %zu\\n", offsetof({struct.name}, {member}));'
                  for member in struct.members]
    source.write_text("\n".join([*lines, "}"]) + "\n", encoding="utf-8")
    gate.compile_c("gcc", INCLUDE, source, program)
    return run([program]).stdout.splitlines()


def rust_source(headers, radius_rs):
    """The program that prints the same of radius.rs, and the constants as gate does."""
    lines = [f'#[path = "{radius_rs}"]', "mod radius;", "use radius::*;", "fn main() {"]
    for struct in headers.structs:
        lines.append(f'    println!("{struct.name} {{}}", std::mem::size_of::<{struct.name}>());')
        lines += [f'    println!("{struct.name}.{member} {{}}", offset_of!({struct.name}, {member}));'
                  for member in struct.members]
    lines += [f'    println!("{name} = {{:?}}", {name});' for name in headers.constants]
    return "\n".join([*lines, "}"]) + "\n"


def rust_layout(headers, folder, radius_rs=RADIUS_RS):
    source = folder / "layout.rs"
    source.write_text(rust_source(headers, radius_rs), encoding="utf-8")
    done = compile_rust(source, folder / "layout-rust")
    assert done.returncode == 0, done.stderr
    return run([folder / "layout-rust"]).stdout.splitlines()


def test_c_and_rust_agree_on_every_member_and_constant(tmp_path):
    headers = read_headers(INCLUDE)
    constants = gate.describe_constants(headers, "gcc", tmp_path).read_text(encoding="utf-8").splitlines()
    expected = c_layout(headers, tmp_path) + constants
    assert rust_layout(headers, tmp_path) == expected and len(expected) > 300


def test_every_pin_of_the_headers_stands_in_radius_rs():
    pins = RADIUS_RS.read_text(encoding="utf-8").partition("\npins! {\n")[2]
    headers = read_headers(INCLUDE)
    for struct in headers.structs:
        members = " ".join(f"{member} {offset}" for member, offset in headers.offsets[struct.name].items())
        assert f"    {struct.name} {headers.sizes[struct.name]} {{ {members} }}\n" in pins


@pytest.mark.parametrize("old, new, said", [
    ("pub tag: u8,", "pub tag: u16,", "size_of"),
    ("    pub length: u32,\n    pub data_type: radius_type_t,",
     "    pub data_type: radius_type_t,\n    pub length: u32,", "offset_of"),
], ids=["another size", "another order"])
def test_a_layout_that_differs_does_not_compile(old, new, said, tmp_path):
    changed = tmp_path / "radius.rs"
    text = RADIUS_RS.read_text(encoding="utf-8")
    assert text.count(old) == 1
    changed.write_text(text.replace(old, new), encoding="utf-8")
    source = tmp_path / "layout.rs"
    source.write_text('mod radius;\nfn main() {}\n', encoding="utf-8")
    done = compile_rust(source, tmp_path / "layout")
    assert done.returncode != 0 and "assertion failed" in done.stderr and said in done.stderr
