# SPDX-License-Identifier: Apache-2.0
"""The Debian packages of what was built, unpacked: they are complete, and the program runs from there. tests/packages.sh
installs those of a release in that release."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support import wire
from support.client import Client
from support.configurations import ACCESS, BOB, SECRET
from support.server import Program, Server

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("RADHOST", "")).resolve().parents[1]
IS_RELEASED = not os.environ.get("RADHOST_SANITIZE") and os.environ.get("RADHOST_GUARDS") != "ON"
pytestmark = [pytest.mark.skipif(not IS_RELEASED, reason="as released alone"),
              pytest.mark.skipif(not shutil.which("dpkg"), reason="Debian's packages are built on Debian")]


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=240, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def packages():
    """By name, the packages' files."""
    made = run(ROOT / "packaging" / "build-deb.sh", "--built", BUILD).splitlines()
    files = [Path(line) for line in made if line.endswith(".deb")]
    return {file.name.split("_")[0]: file for file in files}


@pytest.fixture(scope="module")
def root(packages, tmp_path_factory):
    """A folder with all packages in it."""
    folder = tmp_path_factory.mktemp("root")
    for file in packages.values():
        run("dpkg-deb", "--extract", file, folder)
    return folder


@pytest.fixture(scope="module")
def packed(root):
    """The program that was packed, with what was packed with it."""
    return Program(root / "usr/bin/radhost", root / "usr/lib/radhost/plugins",
                   root / "usr/share/radhost/dictionaries/dictionary", root / "usr/lib/radhost/plugins")


def test_there_are_the_program_and_the_sdk(packages):
    assert set(packages) == {"radhost", "radhost-dev"}
    for file in packages.values():
        assert f"Version: {run(BUILD / 'host/radhost', '--version').split()[1]}-" in run("dpkg-deb", "--info", file)


def test_the_program_serves_from_there(packed, tmp_path):
    server = Server(packed, tmp_path, ACCESS, files={"users.toml": BOB})
    try:
        with Client(server.address("auth"), SECRET) as client:
            assert client.pap(b"bob", b"hello").code == wire.ACCESS_ACCEPT
            assert client.pap(b"bob", b"another").code == wire.ACCESS_REJECT
        server.stop()
    finally:
        server.kill()


def test_the_program_finds_what_was_packed_with_it(packed, root, tmp_path):
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    assert "311" in run(packed.path, "dict", "MS-CHAP2-Response", env=environment)
    run(packed.path, "plugin", "new", "hello", cwd=tmp_path, env=environment)
    assert (tmp_path / "hello/hello.cpp").exists()


def test_the_unit_names_files_that_are_there(root):
    unit, = (path.read_text(encoding="utf-8") for path in root.rglob("systemd/system/radhost.service"))
    commands = dict(re.findall(r"^(ExecStart|ExecReload)=(.*)$", unit, re.MULTILINE))
    assert commands == {"ExecStart": "/usr/bin/radhost serve -c /etc/radhost/radhost.toml",
                        "ExecReload": "/usr/bin/radhost reload --upgrade"}
    for path in ("usr/bin/radhost", "etc/radhost/radhost.toml"):
        assert (root / path).exists(), path


def test_what_operators_edit_is_kept_by_an_upgrade(packages):
    kept = run("dpkg-deb", "--info", packages["radhost"], "conffiles").split()
    assert set(kept) >= {"/etc/radhost/radhost.toml", "/etc/radhost/users.toml", "/etc/logrotate.d/radhost"}


def test_it_is_not_started_by_being_installed(packages):
    script = run("dpkg-deb", "--info", packages["radhost"], "postinst")
    assert "systemctl reload radhost.service" in script  # where it runs
    assert not re.search(r"(systemctl|deb-systemd-invoke)\b.* (re)?start", script)


def test_an_installation_names_the_place_where_it_is(tmp_path):
    run("cmake", "--install", BUILD, "--prefix", tmp_path / "opt")
    unit = (tmp_path / "opt/lib/systemd/system/radhost.service").read_text(encoding="utf-8")
    assert f"ExecStart={tmp_path}/opt/bin/radhost serve -c {tmp_path}/opt/etc/radhost/radhost.toml\n" in unit
