# SPDX-License-Identifier: Apache-2.0
"""What README.md shows works as it stands there, against an installation of the program."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from support.client import Client
from support.processes import Process
from support.waiting import wait_until
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


def commands():
    """Every command that it shows, a line each."""
    for language, text in re.findall(r"```(sh|console)\n(.*?)```", README, re.DOTALL):
        for line in text.replace("\\\n", " ").splitlines():
            if language == "sh" or line.startswith("$ "):
                yield " ".join(line.removeprefix("$ ").split())


# What is not run by the test below: by continuous integration, on a machine where nothing is installed; and above.
RUN_ELSEWHERE = {"sudo packaging/quickstart.sh", "sudo tests/run.sh", "packaging/make-certs.sh certs"}


class Session:
    """Somebody with the program in their PATH who types what the README shows. `instead`: what is elsewhere here."""

    def __init__(self, prefix, instead):
        self.environment = {**os.environ, "PATH": f"{prefix}/bin:{os.environ['PATH']}"}
        self.instead = instead
        self.typed = set()

    def command(self, beginning):
        command, = (each for each in commands() if each.startswith(beginning))
        self.typed.add(command)
        for shown, here in self.instead.items():
            command = command.replace(shown, str(here))
        return ["sh", "-c", f"exec {command}"]

    def run(self, beginning):
        return run(*self.command(beginning), env=self.environment)

    def begin(self, beginning):
        return Process(self.command(beginning), environment=self.environment)


def test_every_other_command_does_what_it_says(prefix, hello, radhost):
    configuration = snippet("toml", "plugin.greeter").replace("127.0.0.1:1812", "127.0.0.1:0")
    configuration = configuration.replace('module = "hello"', f'module = "{hello}"')
    configuration += '\n[[client]]\nname = "office"\naddress = "127.0.0.0/8"\nsecret = "testing123"\n'
    server = radhost(configuration)
    host, port = server.address("auth")
    session = Session(prefix, {
        "build/quickstart/host/": "", "build/hello.so": hello, "127.0.0.1:11812": f"{host}:{port}",
        "/etc/radhost/radhost.toml": server.configuration, "build/quickstart/control.sock": server.folder / "control.sock"})
    session.environment["RADHOST_CONTROL"] = str(server.folder / "control.sock")

    tracing = session.begin("radhost trace")
    wait_until(lambda: 'Reply-Message = "welcome"' in session.run("build/quickstart/host/radhost send")
               and any("Access-Accept" in line for line in list(tracing.stdout.lines)), 20)
    tracing.signal(signal.SIGINT)
    tracing.wait(20)
    session.typed.add("export RADHOST_CONTROL=build/quickstart/control.sock")  # in the session's environment
    assert re.search(r"^auth +access +[1-9]", session.run("build/quickstart/host/radhost stats"), re.MULTILINE)
    assert "auth.greeter is swapped" in session.run("radhost swap")
    assert "auth.greeter is swapped" in session.run("radhost rollback")
    server.configuration.write_text(server.configuration.read_text().replace("testing123", "another secret"))
    assert session.run("radhost reload") == "reloaded\n  client office changed: secret\n"

    server.ends_by_itself = True
    taking_over = session.begin("radhost serve")
    server.wait_for_end()
    with Client((host, port), b"another secret") as client:
        assert client.pap(b"anybody", b"anything").values(wire.REPLY_MESSAGE) == [b"welcome"]
    taking_over.signal(signal.SIGTERM)
    assert taking_over.wait(20) == 0, taking_over.report()
    above = {each for each in commands() if "--tls" in each}
    assert session.typed | RUN_ELSEWHERE | above == set(commands())


def test_its_commands_and_links_exist():
    for command in re.findall(r"^sudo (\S+)", README, re.MULTILINE):
        assert os.access(ROOT / command, os.X_OK), command
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_folder_of_the_map_exists():
    for folder in re.findall(r"^\| `([a-z/]+)` \|", README, re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder
