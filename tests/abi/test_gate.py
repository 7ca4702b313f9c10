# SPDX-License-Identifier: Apache-2.0
"""The ABI of the SDK's headers stays what it was; and what would change it is noticed."""

import re
import shutil

import pytest

from abi import gate
from abi.headers import read_headers
from abi.versions import BASELINES, INCLUDE, current_version, is_released, kept_versions

HOW_TO_GO_ON = {
    True: "This version is released, and never changes. Append to structs that carry their size; nothing else.",
    False: "If this is meant, and the host goes with it:  tests/abi/remake --reason 'WHY'",
}
COMPILERS = ["gcc", "clang"]
LISTS, PLUGIN, VERDICT, TOKEN = "list.h", "plugin.h", "verdict.h", "token.h"


def broken(version, include, compiler, folder):
    wrong = gate.differences(BASELINES / version, include, compiler, folder)
    if not wrong:
        return ""
    return "\n".join([f"The ABI is not {version} any more:", *wrong, HOW_TO_GO_ON[is_released(version)]])


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("version", kept_versions(BASELINES))
def test_modules_of_each_version_find_what_they_know(version, compiler, tmp_path):
    text = broken(version, INCLUDE, compiler, tmp_path)
    assert not text, text


def test_the_version_of_the_headers_is_kept():
    assert current_version() in kept_versions(BASELINES)
    text = (INCLUDE / "radius" / "abi.h").read_text(encoding="utf-8")
    number = ".".join(re.findall(r"^#define RADIUS_PLUGIN_ABI_M(?:AJ|IN)OR (\d+)$", text, re.MULTILINE))
    assert number == current_version().removesuffix("-rc")


# What the headers declare is known

def code(path):
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_no_declaration_is_overlooked():
    """Counted in another way than headers.py reads."""
    headers = read_headers(INCLUDE)
    text = "\n".join(code(INCLUDE / name) for name in headers.names)
    assert len(headers.names) == len(list(INCLUDE.rglob("*.h")))
    assert len(headers.types) == len(set(headers.types)) == text.count("typedef ")
    assert len(headers.structs) == len(re.findall(r"struct \w+ \{", text))
    words = set(re.findall(r"\bRADIUS_\w+", text))
    macros = set(re.findall(r"^ *#define (RADIUS_\w+)(?:\(|$| __attribute__| extern| \})", text, re.MULTILINE))
    guards = {word for word in words if word.endswith("_H")}
    assert set(headers.constants) == words - macros - guards - {"RADIUS_PIN_SIZE", "RADIUS_PIN_OFFSET"}


def test_the_library_reaches_every_type(tmp_path):
    missing = gate.unreached(read_headers(INCLUDE), gate.describe_types(INCLUDE, "gcc", tmp_path))
    assert not missing, f"tests/abi/surface.c does not reach {missing}"


def test_every_function_that_modules_export_is_reached():
    assert [name for name in read_headers(INCLUDE).functions if name not in gate.SURFACE.read_text()] == []


def loose_structs(headers):
    """The structs without a RADIUS_PIN_SIZE, and their last members without a RADIUS_PIN_OFFSET."""
    return ([struct.name for struct in headers.structs if struct.name not in headers.sizes] +
            [f"{struct.name}.{struct.members[-1]}" for struct in headers.structs
             if struct.members[-1] not in headers.offsets.get(struct.name, {})])


def test_every_struct_has_its_size_and_its_end_pinned():
    assert loose_structs(read_headers(INCLUDE)) == []


# What would break a module fails

BREAKS = {
    "two functions change places": ("ext/metrics.h", r"\(\*set\)(.*?)\(\*observe\)", r"(*observe)\1(*set)"),
    "two members change places": (LISTS, r"(  uint8_t tag;.*?\n)(  uint8_t top;.*?\n)", r"\2\1"),
    "a member has another type": (LISTS, r"uint8_t top;", "int8_t top;"),
    "a member has another name": (LISTS, r"uint8_t top;", "uint8_t above;"),
    "a member is inserted": (LISTS, r"  uint8_t tag; ", "  uint8_t more;\n  uint8_t tag; "),
    "a function is inserted": (PLUGIN, r"  void \(\*cancel\)", "  void (*more)(void *self);\n  void (*cancel)"),
    "a function in the middle is gone": (PLUGIN, r"  void \(\*cancel\).*?\n", ""),
    "the last function is gone": (PLUGIN, r"  void \(\*reopen\).*?\n", ""),
    "a frozen struct grows": (LISTS, r"(  uint64_t cursor;.*?\n)", r"\1  uint64_t more;\n"),
    "a frozen struct grows into a gap": ("request.h", r"uint16_t family;.*?\n", "uint8_t family;\n  uint8_t more;\n"),
    "a parameter has another type": ("timer.h", r"uint64_t delay_ms", "uint32_t delay_ms"),
    "a callback's parameter has another type": ("ext/client.h", r"uint32_t code,\n", "uint8_t code,\n"),
    "a parameter is added": (PLUGIN, r"\(\*reopen\)\(void \*self\)", "(*reopen)(void *self, int32_t why)"),
    "parameters change places": ("config.h", r"uint32_t line, uint32_t column,\n *radius_text_t message",
                                 "radius_text_t message, uint32_t line, uint32_t column"),
    "a result has another type": (LISTS, r"void \(\*destroy_list\)", "radius_status_t (*destroy_list)"),
    "a type stands for another one": (TOKEN, r"typedef uint64_t radius_token_t", "typedef uint32_t radius_token_t"),
    "a type changes its sign": (VERDICT, r"typedef int32_t radius_verdict_t", "typedef uint32_t radius_verdict_t"),
    "an array has another length": ("request.h", r"authenticator\[16\]", "authenticator[20]"),
    "a table does not say its size first": ("log.h", r"uint32_t size;\n  uint32_t reserved;",
                                            "uint32_t reserved;\n  uint32_t size;"),
    "a constant has another value": (VERDICT, r"RADIUS_UNABLE = 5", "RADIUS_UNABLE = 9"),
    "two constants change places": (VERDICT, r"RADIUS_ACCEPT = 1,\n  RADIUS_REJECT = 2",
                                    "RADIUS_ACCEPT = 2,\n  RADIUS_REJECT = 1"),
    "a constant is gone": (VERDICT, r"  RADIUS_OFFLOAD = 8\n", ""),
    "an extension has another id": ("ext/store.h", r"radius\.store/1\"\n", 'radius.store/2"\n'),
    "a member is appended, and another one changes": (
        PLUGIN, r"radius_threading_t threading;(.*)(\n\} radius_plugin_v1_t;)",
        r"uint32_t threading;\1  void (*more)(void *self);\2"),
    "the exported function has another type": (PLUGIN, r"const radius_plugin_v1_t \*radius_plugin_v1\(void\)",
                                               "const radius_plugin_v1_t *radius_plugin_v1(int minor)"),
    "the headers are no C any more": (TOKEN, r"typedef uint64_t radius_token_t", "typedef uint63_t radius_token_t"),
}
# What modules of before cannot notice passes
GROWS = {
    "a function is appended to a table": ("timer.h", r"(\n\} radius_timers_v1_t;)", r"\n  void (*more)(void);\1"),
    "a handler is appended to the descriptor": (PLUGIN, r"(\n\} radius_plugin_v1_t;)", r"\n  void (*more)(void *);\1"),
    "members are appended to what the host fills": ("request.h", r"(\n\} radius_request_info_t;)",
                                                    r"\n  uint32_t more;\n  uint32_t still_more;\1"),
    "a constant is added": (VERDICT, r"RADIUS_OFFLOAD = 8\n", "RADIUS_OFFLOAD = 8,\n  RADIUS_LATER = 9\n"),
    "a table is added": ("log.h", r"\nRADIUS_END_DECL", "typedef struct radius_more_v1 {\n  uint32_t size;\n  uint32_t "
                         "reserved;\n} radius_more_v1_t;\n\nRADIUS_END_DECL"),
    "the minor version grows": ("abi.h", r"ABI_MINOR 0", "ABI_MINOR 7"),
}


def mutated(change, folder):
    """A copy of the headers with this change. Whoever changes a struct changes its pins, too: they are left out."""
    name, old, new = change
    shutil.copytree(INCLUDE, folder / "include")
    for path in (folder / "include").rglob("*.h"):
        path.write_text(re.sub(r"^RADIUS_PIN_.*?\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE))
    header = folder / "include" / "radius" / name
    text, count = re.subn(old, new, header.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert count == 1, f"{old} stands {count} times in {name}"
    header.write_text(text, encoding="utf-8")
    return folder / "include"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The headers as they are."""
    folder = tmp_path_factory.mktemp("kept")
    gate.describe(INCLUDE, "gcc", folder)
    return folder


@pytest.mark.parametrize("change", BREAKS.values(), ids=BREAKS)
def test_it_fails_when(change, kept, tmp_path):
    wrong = gate.differences(kept, mutated(change, tmp_path), "gcc", tmp_path)
    assert wrong and all(isinstance(line, str) for line in wrong)


@pytest.mark.parametrize("change", GROWS.values(), ids=GROWS)
def test_it_passes_when(change, kept, tmp_path):
    assert gate.differences(kept, mutated(change, tmp_path), "gcc", tmp_path) == []


def test_it_says_what_has_changed(kept, tmp_path):
    wrong = gate.differences(kept, mutated(BREAKS["a constant has another value"], tmp_path), "gcc", tmp_path)
    assert wrong == ["RADIUS_UNABLE was 5, and is 9"]
    text = "\n".join(gate.differences(kept, mutated(BREAKS["a frozen struct grows"], tmp_path / "2"), "gcc", tmp_path))
    assert "radius_view" in text and "uint64_t more" in text


def test_a_struct_without_pins_is_named(tmp_path):
    """The changed headers have none."""
    loose = loose_structs(read_headers(mutated(GROWS["a table is added"], tmp_path)))
    assert {"radius_more_v1_t", "radius_more_v1_t.reserved", "radius_view_t", "radius_view_t.cursor"} <= set(loose)


def test_a_type_that_the_library_does_not_reach_is_named(tmp_path):
    include = mutated(GROWS["a table is added"], tmp_path)
    types = gate.describe_types(include, "gcc", tmp_path)
    assert gate.unreached(read_headers(include), types) == ["radius_more_v1_t", "radius_more_v1"]


def test_an_appended_member_does_not_lie_where_the_struct_was(tmp_path):
    """A struct may end in a gap; modules of before take it for what they know."""
    before, after = "uint32_t size; uint64_t one; uint32_t two;", "uint32_t size; uint64_t one; uint32_t two, three;"
    types = {}
    for name, body in {"before": before, "after": after}.items():
        source = tmp_path / f"{name}.c"
        source.write_text(f"#include <stdint.h>\nstruct gap {{ {body} }};\nstruct gap *reach(void);\n"
                          "struct gap *reach(void) { return 0; }\n")
        gate.compile_c("gcc", INCLUDE, source, tmp_path / f"{name}.so", "-g", "-fPIC", "-shared")
        types[name] = tmp_path / f"{name}.xml"
        assert gate.run([*gate.ABIDW, "--out-file", types[name], tmp_path / f"{name}.so"]).returncode == 0
    assert gate.without_growth(types["before"], types["after"], tmp_path / "trimmed.xml") == [
        "gap.three lies within the 24 octets that the struct had"]
