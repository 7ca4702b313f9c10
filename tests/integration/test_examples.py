# SPDX-License-Identifier: Apache-2.0
"""The SDK's examples, one policy in C and in Rust: both decide alike, and are built by hand as their README says."""

import os
import re
import shutil
from pathlib import Path

import pytest

from support import wire
from support.client import Client
from support.configurations import LOOPBACK_CLIENT, SECRET, listener, static_plugin
from support.processes import run

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "sdk" / "examples"
CALLED_STATION_ID, TUNNEL_MEDIUM_TYPE, TUNNEL_PRIVATE_GROUP_ID = 30, 65, 81
NETWORKS = 'unknown = "reject"\nnetworks = { office = 10, guests = 4094, "two words" = 1 }'


def configuration(module, table=NETWORKS):
    return (LOOPBACK_CLIENT + f'[plugin.vlan]\nmodule = "{module}"\n[plugin.vlan.config]\n{table}\n'
            + static_plugin("yes", "accept") + listener("auth", '["access"]', '["vlan", "yes"]'))


@pytest.fixture(params=["vlan_c11", "vlan_rust"])
def module(request):
    return request.param


def ask(server, called=None):
    attributes = [] if called is None else [(CALLED_STATION_ID, called)]
    with Client(server.address("auth"), SECRET) as client:
        return client.pap(b"bob", b"x", attributes)


def vlan(answer):
    """The VLAN that an Access-Accept puts the user into; None without one."""
    assert answer.code == wire.ACCESS_ACCEPT
    if wire.TUNNEL_TYPE not in answer.types():
        return None
    assert answer.values(wire.TUNNEL_TYPE) == [wire.integer(13)]
    assert answer.values(TUNNEL_MEDIUM_TYPE) == [wire.integer(6)]
    group, = answer.values(TUNNEL_PRIVATE_GROUP_ID)
    return int(group)


def test_users_get_the_vlan_of_their_network(radhost, module):
    server = radhost(configuration(module), workers=2)
    assert vlan(ask(server, b"00-10-A4-23-19-C0:office")) == 10
    assert vlan(ask(server, b"00-10-A4-23-19-C0:guests")) == 4094
    assert vlan(ask(server, b"00:10:A4:23:19:C0:two words")) == 1


@pytest.mark.parametrize("called", [None, b"office", b"00-10-A4-23-19-C0", b"00-10-A4-23-19-C0:", b":offic",
                                    b":officer", b":Office", b"office:"])
def test_other_networks_are_rejected_or_passed_on(radhost, module, called):
    answer = ask(radhost(configuration(module)), called)
    assert answer.code == wire.ACCESS_REJECT and wire.TUNNEL_TYPE not in answer.types()
    passes = radhost(configuration(module, NETWORKS.replace("reject", "pass")))
    assert vlan(ask(passes, called)) is None


@pytest.mark.parametrize("table, line, said", [
    ('unknown = "perhaps"\nnetworks = { office = 10 }', 'unknown = "perhaps"', 'it is neither "reject" nor "pass"'),
    ("networks = { office = 4095 }", "networks = { office = 4095 }", "a VLAN is a number from 1 to 4094"),
    ("networks = { office = 0 }", "networks = { office = 0 }", "a VLAN is a number from 1 to 4094"),
    ('networks = { office = "ten" }', 'networks = { office = "ten" }', "an integer is expected here"),
    ('unknown = "pass"', None, "[networks] is missing or empty"),
    ("networks = { office = 1 }\nmore = 1", "more = 1", 'no key "more"'),
])
def test_a_mistake_is_told_where_it_stands(program, module, tmp_path, table, line, said):
    path = program.write_configuration(tmp_path, configuration(module, table))
    done = program.run("check", "-c", path)
    number = path.read_text().splitlines().index(line or f'module = "{module}"') + 1
    assert done.returncode == 1
    lines = [text for text in done.stderr.splitlines() if text.startswith(f"{path}:{number}:")]
    assert any(said in text for text in lines), done.stderr


def test_it_can_be_unloaded(radhost, module):
    """As far as the host sees without running it; tests/sdk looks whether it is gone."""
    server = radhost(configuration(module))
    vlan(ask(server, b":office"))
    assert not [entry for entry in server.log() if entry["message"] == "a module can never be unloaded"]


# What the README says

README = (EXAMPLES / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("commands", COMMANDS, ids=["c11", "rust"])
def test_it_is_built_by_hand(radhost, tmp_path, commands):
    folder = tmp_path / "examples"
    shutil.copytree(EXAMPLES, folder)
    (tmp_path / "radhost-sdk.pc").write_text(
        f"Name: radhost-sdk\nDescription: as installed\nVersion: 1\nCflags: -I{ROOT / 'sdk' / 'include'}\n")
    commands = re.sub(r"^rustc ", f"{os.environ['RUSTC']} ", commands, flags=re.MULTILINE)
    done = run(["sh", "-euc", commands], cwd=folder, timeout_s=200,
               environment={"PKG_CONFIG_PATH": str(tmp_path)})
    assert done.returncode == 0 and done.stderr == "", done.stderr
    built, = folder.rglob("vlan.so")
    assert vlan(ask(radhost(configuration(built)), b":office")) == 10
