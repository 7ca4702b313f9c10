# SPDX-License-Identifier: Apache-2.0
"""What README.md shows works as it stands there, against an installation of the program."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from support.client import Client
from support import wire

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BUILD = Path(os.environ.get("RADHOST", "")).resolve().parents[1]
SANITIZE = os.environ.get("RADHOST_SANITIZE", "")


def snippet(language, containing=""):
    found = [text for text in re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL) if containing in text]
    assert len(found) == 1, f"{len(found)} snippets of {language} contain {containing!r}"
    return found[0]


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=240, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """The program, installed."""
    folder = tmp_path_factory.mktemp("prefix")
    run("cmake", "--install", BUILD, "--prefix", folder)
    return folder


@pytest.fixture(scope="module")
def hello(prefix, tmp_path_factory):
    """The module of the README, built as it says, against the installed SDK."""
    folder = tmp_path_factory.mktemp("hello")
    (folder / "hello.cpp").write_text(snippet("cpp"), encoding="utf-8")
    (folder / "CMakeLists.txt").write_text(snippet("cmake"), encoding="utf-8")
    flags = f"-fsanitize={SANITIZE}" if SANITIZE else ""
    run("cmake", "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_FLAGS={flags}")
    run("cmake", "--build", folder / "build")
    return folder / "build" / "hello.so"


def test_an_installation_is_complete(prefix):
    names = {str(path.relative_to(prefix)) for path in prefix.rglob("*")}
    for wanted in ("bin/radhost", "include/radius/plugin.h", "include/radius/plugin.hpp", "include/radius/ext/store.h",
                   "share/radhost/dictionaries/dictionary", "share/radhost/dictionaries/rfc2865.dictionary"):
        assert wanted in names
    for module in ("files", "password", "acctlog", "static"):
        assert any(name.endswith(f"radhost/plugins/{module}.so") for name in names)
    assert any(name.endswith("cmake/radhost-sdk/radhost-sdk-config.cmake") for name in names)
    assert any(name.endswith("pkgconfig/radhost-sdk.pc") for name in names)


def test_the_installed_program_finds_its_own_dictionaries(prefix):
    environment = {name: value for name, value in os.environ.items() if name != "RADHOST_DICTIONARY"}
    assert "311" in run(prefix / "bin/radhost", "dict", "MS-CHAP2-Response", env=environment)


def test_the_module_is_about_fifteen_lines():
    assert len([line for line in snippet("cpp").splitlines() if line.strip()]) <= 16


def test_the_module_greets_whoever_asks(hello, radhost):
    configuration = snippet("toml", "plugin.greeter").replace("127.0.0.1:1812", "127.0.0.1:0")
    configuration = configuration.replace('module = "hello"', f'module = "{hello}"')
    configuration += '\n[[client]]\nname = "here"\naddress = "127.0.0.0/8"\nsecret = "xyzzy5461"\n'
    server = radhost(configuration)
    with Client(server.address("auth"), b"xyzzy5461") as client:
        answer = client.pap(b"anybody", b"anything")
        assert answer.code == wire.ACCESS_ACCEPT
        assert answer.values(wire.REPLY_MESSAGE) == [b"welcome"]


def test_a_request_over_tls_is_answered_as_it_says(prefix, hello, radhost, tmp_path):
    run("sh", "-c", snippet("sh", "make-certs").replace("packaging/", f"{ROOT}/packaging/"), cwd=tmp_path)
    plugin = snippet("toml", "plugin.greeter").split("[[listener]]")[0].replace('module = "hello"', f'module = "{hello}"')
    server = radhost(plugin + snippet("toml", "radsec").replace(":2083", ":0").replace('"certs/', f'"{tmp_path}/certs/'))
    command = snippet("sh", "radhost send").replace(":2083", f":{server.port('radsec')}")
    told = run("sh", "-c", f"PATH={prefix}/bin:$PATH; {command}", cwd=tmp_path)
    assert "Packet-Type = Access-Accept" in told and 'Reply-Message = "welcome"' in told and "Packet-Token" in told


def test_its_commands_and_links_exist():
    for command in re.findall(r"^sudo (\S+)", README, re.MULTILINE):
        assert os.access(ROOT / command, os.X_OK), command
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_folder_of_the_map_exists():
    for folder in re.findall(r"^\| `([a-z/]+)` \|", README, re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder
