# SPDX-License-Identifier: Apache-2.0
"""Modules as authors ship them: compiled once, kept as files, and loaded by every later host."""

import hashlib
import json
import platform

from abi.versions import BINARIES, INCLUDE, ROOT
from support.processes import run

SOURCES = ROOT / "tests" / "abi" / "modules"
MANIFEST = "manifest.json"
MACHINE = "x86_64"
COMMON = ["-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden", f"-I{INCLUDE}",
          f"-ffile-prefix-map={ROOT}=.", "-Wl,-z,now", "-Wl,--build-id=none", "-s",
          f"-Wl,--version-script={ROOT / 'sdk' / 'cmake' / 'plugin.map'}"]
# The module uses the host's libstdc++, as modules in C++ do: one of its own would leave its pool for exceptions behind
# each time that it is unloaded.
COMPILERS = {".c": ["gcc", "-std=c11", "-D_DEFAULT_SOURCE"],
             ".cpp": ["g++", "-std=c++17", "-fno-gnu-unique", "-fvisibility-inlines-hidden", "-Wl,--gc-sections"]}


def sources():
    return sorted(path for path in SOURCES.iterdir() if path.suffix in COMPILERS)


def build(folder):
    """Compiles all sources into `folder`."""
    for source in sources():
        done = run([*COMPILERS[source.suffix], *COMMON, source, "-o", folder / f"{source.stem}.so"], timeout_s=300)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def manifest(folder, abi_minor, date):
    """What is to be known of the modules in `folder`."""
    compiler = run(["gcc", "--version"]).stdout.splitlines()[0]
    modules = {path.name: digest(path) for path in sorted(folder.glob("*.so"))}
    return {"abi_minor": abi_minor, "date": date, "machine": MACHINE, "compiler": compiler,
            "libc": " ".join(platform.libc_ver()), "sha256": modules}


def read_manifest(version):
    return json.loads((BINARIES / version / MANIFEST).read_text(encoding="utf-8"))
