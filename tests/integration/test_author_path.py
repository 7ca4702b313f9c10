# SPDX-License-Identifier: Apache-2.0
"""A new author's way from nothing to an answered request, with nothing but an installed program in use."""

import os
import pwd
import shutil
import time
from pathlib import Path

import pytest

from support.processes import Process, run

BUILD = Path(os.environ.get("RADHOST", "")).resolve().parents[1]
SANITIZE = os.environ.get("RADHOST_SANITIZE", "")
# A machine that builds other things meanwhile may be slow; more than this is no five-minute way.
BOUND_S = 240

CONFIGURATION = """\
[server]
dictionary = ["{prefix}/share/radhost/dictionaries/dictionary"]
plugin_path = ["build"]
control = "control.sock"
state_directory = "state"
user = "{user}"

[[client]]
name = "here"
address = "127.0.0.0/8"
secret = "testing123"

[plugin.hello]
module = "hello"
[plugin.hello.config]
allow = ["bob"]

[[listener]]
name = "access"
address = "127.0.0.1:0"
accepts = ["access"]
handlers = ["hello"]
"""


class Installation:
    """An installed prefix, and an environment in which nothing else of the program is to be found."""

    def __init__(self, prefix):
        self.prefix = prefix
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("RADHOST")}
        self.environment["PATH"] = f"{prefix}/bin:/usr/bin:/bin"
        self.environment["CMAKE_PREFIX_PATH"] = str(prefix)

    def __call__(self, *command, cwd, status=0):
        done = run(["env", "-i", *(f"{name}={value}" for name, value in self.environment.items()), *command],
                   cwd=cwd, timeout_s=BOUND_S)
        assert done.returncode == status, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """Installed, and then moved elsewhere: nothing may remember the place."""
    first = tmp_path_factory.mktemp("first") / "prefix"
    done = run(["cmake", "--install", BUILD, "--prefix", first], timeout_s=BOUND_S)
    assert done.returncode == 0, done.stderr
    moved = tmp_path_factory.mktemp("moved") / "radhost"
    shutil.move(first, moved)
    return Installation(moved)


def configure(installation, folder):
    flags = f"-fsanitize={SANITIZE}" if SANITIZE else ""
    installation("cmake", "-B", "build", f"-DCMAKE_CXX_FLAGS={flags}", f"-DCMAKE_C_FLAGS={flags}", cwd=folder)


def serve_and_ask(installation, folder):
    """What `radhost send access` says of bob and of mallory, from a server with the module."""
    text = CONFIGURATION.format(prefix=installation.prefix, user=pwd.getpwuid(os.geteuid()).pw_name)
    (folder / "radhost.toml").write_text(text, encoding="utf-8")
    (folder / "state").mkdir()
    server = Process([installation.prefix / "bin/radhost", "serve", "-c", "radhost.toml"], cwd=folder)
    try:
        listening = server.stderr.wait_for(lambda line: " listening " in line and "listener=access" in line, 20)
        assert listening and server.stderr.wait_for(lambda line: " ready" in line, 20), server.report()
        address = next(word for word in listening.split() if word.startswith("address=")).removeprefix("address=")
        ask = ("radhost", "send", "access", "--to", address, "--secret", "testing123", "User-Password=x")
        accepted = installation(*ask, "User-Name=bob", cwd=folder)
        rejected = installation(*ask, "User-Name=mallory", cwd=folder, status=1)
        server.signal(15)
        assert server.wait(20) == 0, server.report()
    finally:
        if server.running():
            server.kill()
    return accepted, rejected


@pytest.mark.parametrize("language", ["c++", "c"])
def test_an_author_comes_from_nothing_to_an_answer(installation, tmp_path, language, capsys):
    begin = time.monotonic()
    installation("radhost", "plugin", "new", "hello", "--lang", language, cwd=tmp_path)
    folder = tmp_path / "hello"
    configure(installation, folder)
    installation("cmake", "--build", "build", cwd=folder)
    tested = installation("ctest", "--test-dir", "build", "--output-on-failure", cwd=folder)
    assert "100% tests passed, 0 tests failed out of 3" in tested

    module = ("build/hello.so", "--set", 'allow=["bob"]')
    accepted = installation("radhost", "plugin", "test", *module, "--request", "User-Name = bob", cwd=folder)
    assert accepted == 'ACCEPT\nreply\n  Reply-Message = "Hello, bob"\nanswer Access-Accept\n'
    rejected = installation("radhost", "plugin", "test", *module, "--request", "User-Name = eve", cwd=folder, status=1)
    assert rejected == "REJECT\nanswer Access-Reject\n"

    answers = serve_and_ask(installation, folder)
    assert 'Packet-Type = Access-Accept' in answers[0] and 'Reply-Message = "Hello, bob"' in answers[0]
    assert 'Packet-Type = Access-Reject' in answers[1]
    took_s = time.monotonic() - begin
    with capsys.disabled():
        print(f"\nfrom nothing to an answer in {language}: {took_s:.1f} s")
    assert took_s < BOUND_S


def test_a_test_of_the_new_module_can_fail(installation, tmp_path):
    installation("radhost", "plugin", "new", "hello", cwd=tmp_path)
    folder = tmp_path / "hello"
    source = folder / "hello.cpp"
    source.write_text(source.read_text().replace("Verdict::Reject", "Verdict::Accept"))
    configure(installation, folder)
    installation("cmake", "--build", "build", cwd=folder)
    assert "who is not is rejected (Failed)" in installation("ctest", "--test-dir", "build", cwd=folder, status=8)


def test_a_module_in_c_needs_no_more_than_pkg_config_and_a_compiler(installation, tmp_path):
    installation("radhost", "plugin", "new", "bare", "--lang", "c", cwd=tmp_path)
    folder = tmp_path / "bare"
    package, = installation.prefix.rglob("radhost-sdk.pc")
    installation("sh", "-c", f"PKG_CONFIG_PATH={package.parent} exec cc -shared $(PKG_CONFIG_PATH={package.parent} "
                 "pkg-config --cflags --libs radhost-sdk) bare.c -o bare.so", cwd=folder)
    said = installation("radhost", "plugin", "check", "bare.so", "--rounds", "5", "--strict", cwd=folder)
    assert said.endswith("bare.so: good\n")
    said = installation("radhost", "plugin", "test", "bare.so", "--set", "allow=['bob']", "--request", "User-Name = bob",
                        cwd=folder)
    assert said.startswith("ACCEPT\n")
    said = installation("radhost", "plugin", "test", "bare.so", "--request", "User-Name = bob", cwd=folder, status=1)
    assert said.startswith("REJECT\n")


def test_an_installation_has_the_templates(installation):
    names = {str(path.relative_to(installation.prefix)) for path in installation.prefix.rglob("*")}
    for wanted in ("c/CMakeLists.txt", "c/@name@.c", "c++/@name@.cpp", "c++/README.md", "c++/gitignore"):
        assert f"share/radhost/template/{wanted}" in names
