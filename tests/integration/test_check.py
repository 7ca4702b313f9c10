# SPDX-License-Identifier: Apache-2.0
"""`radhost check`: every mistake at once, each where it stands, with what would be right."""

import os
import pwd
import re
import socket

import pytest

from support.configurations import ACCESS, ACCOUNTING, AUTH_LISTENER, BOB, LOOPBACK_CLIENT, user

POSITION = re.compile(r"(\S+\.toml):(\d+):(\d+)")


def check(program, path):
    return program.run("check", "-c", path)


def reported(done):
    """[(file name, line, column, the text of that line of output)] of every mistake that `check` found."""
    found = []
    for text in done.stderr.splitlines():
        match = POSITION.search(text)
        if match and ": warning: " not in text:
            found.append((match[1].rpartition("/")[2], int(match[2]), int(match[3]), text))
    return found


def columns(line, culprit):
    """Where an error in this line may point: at its key, at its value, or at the culprit inside, quotes or not."""
    key = len(line) - len(line.lstrip()) + 1
    at = line.index(culprit) + 1
    value = line.index("=") + 3 if "=" in line else key
    return {key, value, at, at - 1}


# The line, what in it is wrong, and words the message must hold (one of each group, in any case).
TEN = [
    ("worker = 2", "worker", ["workers"]),
    ('drain_timeout_ms = "30s"', '"30s"', ["integer", "number"]),
    ('level = "verbose"', "verbose", ["info", "debug"]),
    ('name = "office"  # again', "office", ["office"]),
    ('address = ["192.0.2.0/24"]  # again', "192.0.2.0/24", ["192.0.2.0/24"]),
    ('address = ["192.0.2.300"]', "192.0.2.300", ["192.0.2.300", "address"]),
    ('secret_file = "no-such-file"', "no-such-file", ["no-such-file"]),
    ('secret = ""', '""', ["empty"]),
    ('module = "filez"', "filez", ["filez"]),
    ('handlers = ["users", "pasword"]', "pasword", ["password"]),
]

TEN_MISTAKES = """\
[server]
dictionary = ["{dictionary}"]
plugin_path = ["{plugins}"]
control = ""
user = "{user}"
state_directory = "{folder}"
worker = 2
drain_timeout_ms = "30s"

[log]
level = "verbose"

[[client]]
name = "office"
address = ["192.0.2.0/24"]
secret = "long enough a secret"

[[client]]
name = "office"  # again
address = ["198.51.100.0/24"]
secret = "long enough a secret"

[[client]]
name = "twice"
address = ["192.0.2.0/24"]  # again
secret = "long enough a secret"

[[client]]
name = "typo"
address = ["192.0.2.300"]
secret = "long enough a secret"

[[client]]
name = "file"
address = ["203.0.113.1"]
secret_file = "no-such-file"

[[client]]
name = "open"
address = ["203.0.113.2"]
secret = ""

[plugin.users]
module = "filez"

[plugin.password]
module = "password"

[[listener]]
name = "auth"
transport = "udp"
address = "127.0.0.1:0"
accepts = ["access"]
handlers = ["users", "pasword"]
"""


def test_ten_mistakes_are_named_at_once_each_in_its_place(program, tmp_path):
    path = tmp_path / "ten.toml"
    path.write_text(TEN_MISTAKES.format(dictionary=program.dictionary, plugins=program.plugin_path,
                                        user=pwd.getpwuid(os.geteuid()).pw_name, folder=tmp_path))
    done = check(program, path)
    assert done.returncode == 1
    found = {line: (column, text) for name, line, column, text in reported(done) if name == "ten.toml"}
    lines = path.read_text().splitlines()
    for line, culprit, words in TEN:
        number = lines.index(line) + 1
        assert number in found, f"line {number} ({line}) is not named:\n{done.stderr}"
        column, text = found.pop(number)
        assert column in columns(line, culprit), (line, text)
        assert any(word.lower() in text.lower() for word in words), (line, text)
    assert found == {}, f"more than the ten:\n{done.stderr}"


def write(program, tmp_path, configuration, files=None):
    return program.write_configuration(tmp_path, configuration, files={"users.toml": BOB, **(files or {})})


@pytest.mark.parametrize("old, new, culprit, words", [
    ('accepts = ["access"]', 'accepts = ["acess"]', "acess", ["access"]),
    ('transport = "udp"', 'transport = "upd"', "upd", ["udp"]),
    ('address = "127.0.0.1:0"', 'address = "127.0.0.1:70000"', "127.0.0.1:70000", ["70000", "port"]),
    ('address = "127.0.0.1:0"', 'address = "localhost:1812"', "localhost", ["localhost", "address"]),
    ("reject_delay_ms = 0", "reject_delay_ms = -1", "-1", ["reject_delay_ms", "-1"]),
    ("reject_delay_ms = 0", "reject_dealy_ms = 0", "reject_dealy_ms", ["reject_delay_ms"]),
    ("reject_delay_ms = 0", 'reject_delay_ms = 0.5', "0.5", ["integer", "number"]),
    ("reject_delay_ms = 0", 'clients = ["lopback"]', "lopback", ["loopback"]),
    ("limit_proxy_state = false", 'limit_proxy_state = "maybe"', "maybe", ["auto"]),
    ("require_message_authenticator = false", "require_message_authentcator = false", "require_message_authentcator",
     ["require_message_authenticator"]),
    ('address = ["127.0.0.0/8", "::1"]', 'address = ["127.0.0.0/33", "::1"]', "127.0.0.0/33", ["127.0.0.0/33"]),
    ('address = ["127.0.0.0/8", "::1"]', 'address = ["127.0.0.0/8", "127.0.0.0/8"]', '"127.0.0.0/8"]', ["127.0.0.0/8"]),
    ('name = "loopback"', 'name = "loop back"', "loop back", ["name", "A-Za-z"]),
    ('secret = "xyzzy5461"', 'secret_env = "RADHOST_TEST_UNSET_VARIABLE"', "RADHOST_TEST_UNSET_VARIABLE",
     ["RADHOST_TEST_UNSET_VARIABLE"]),
    ('secret = "xyzzy5461"', 'secret_file = "${CREDENTIALS_DIRECTORY}/office"', "${CREDENTIALS_DIRECTORY}",
     ["no credentials"]),
    ('module = "password"', 'module = "/no/such/module.so"', "/no/such/module.so", ["/no/such/module.so"]),
    ('path = "users.toml"', 'path = "users.toml"\npaht = "x"', "paht", ["paht"]),
    ('path = "users.toml"', 'path = "user.toml"', "user.toml", ["user.toml"]),
    ('path = "users.toml"', 'path = "users.toml"\nunknown = "maybe"', "maybe", ["reject", "pass"]),
])
def test_one_mistake_is_named_where_it_stands(program, tmp_path, old, new, culprit, words):
    assert old in ACCESS
    path = write(program, tmp_path, ACCESS.replace(old, new, 1))
    done = check(program, path)
    assert done.returncode == 1, done.stderr
    wrong_line = new.splitlines()[-1]
    number = path.read_text().splitlines().index(wrong_line) + 1
    found = [(column, text) for name, line, column, text in reported(done) if (name, line) == ("radhost.toml", number)]
    assert len(found) == 1, done.stderr
    column, text = found[0]
    assert column in columns(wrong_line, culprit), text
    assert any(word.lower() in text.lower() for word in words), text


def test_a_client_without_a_secret_is_named(program, tmp_path):
    path = write(program, tmp_path, ACCESS.replace('secret = "xyzzy5461"\n', ""))
    done = check(program, path)
    assert done.returncode == 1
    assert reported(done) and "secret" in done.stderr


def test_a_listener_name_used_twice_is_named(program, tmp_path):
    path = write(program, tmp_path, ACCESS + AUTH_LISTENER)
    done = check(program, path)
    lines = path.read_text().splitlines()
    last = len(lines) - lines[::-1].index('name = "auth"')
    assert done.returncode == 1
    assert last in [line for _, line, _, _ in reported(done)], done.stderr


def test_a_syntax_error_is_named_alone(program, tmp_path):
    """The unknown key above it is not: nothing of a file that does not parse can be judged."""
    path = tmp_path / "broken.toml"
    path.write_text('[server]\nworker = 2\n\n[log]\nlevel = "info\nformat = "text"\n')
    done = check(program, path)
    assert done.returncode == 1
    (name, line, _, _), = reported(done)
    assert (name, line) == ("broken.toml", 5)


def test_an_error_in_an_included_file_names_that_file(program, tmp_path):
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "more.toml").write_text('[[client]]\nname = "more"\nadress = ["192.0.2.1"]\nsecret = "s"\n')
    path = write(program, tmp_path, ACCESS)
    path.write_text(path.read_text().replace("[server]\n", '[server]\ninclude = ["conf.d/*.toml"]\n'))
    done = check(program, path)
    assert done.returncode == 1
    assert ("more.toml", 3, 1) in [found[:3] for found in reported(done)], done.stderr
    assert "address" in done.stderr


@pytest.mark.parametrize("configuration", [ACCESS, ACCOUNTING, LOOPBACK_CLIENT], ids=["access", "accounting", "bare"])
def test_a_good_file_is_good(program, tmp_path, configuration):
    done = check(program, write(program, tmp_path, configuration))
    assert done.returncode == 0, done.stderr
    assert reported(done) == []


def test_check_opens_no_port(program, tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        done = check(program, write(program, tmp_path, ACCESS.replace("127.0.0.1:0", address)))
    assert done.returncode == 0, done.stderr


def test_a_file_that_is_not_there_is_named(program, tmp_path):
    done = check(program, tmp_path / "absent.toml")
    assert done.returncode == 1 and "absent.toml" in done.stderr


# users.toml

@pytest.mark.parametrize("text, line, words", [
    (user("a", reply='{ "Service-Typ" = "Framed-User" }'), 4, ["Service-Type"]),
    (user("a", reply='{ "Service-Type" = "Framed-Usr" }'), 4, ["Framed-Usr"]),
    (user("a", reply='{ "Framed-IP-Address" = "192.0.2.256" }'), 4, ["192.0.2.256"]),
    (user("a", reply='{ "Session-Timeout" = -1 }'), 4, ["Session-Timeout", "-1"]),
    (user("a", reply='{ "Session-Timeout" = 4294967296 }'), 4, ["Session-Timeout", "4294967296"]),
    (user("a", reply='{ "Reply-Message" = ["fine", true] }'), 4, ["Reply-Message", "bool"]),
    (user("a", reply=f'{{ "Reply-Message" = "{"x" * 254}" }}'), 4, ["Reply-Message", "253", "long"]),
    (user("a", reply='{ "Message-Authenticator" = "0x00" }'), 4, ["Message-Authenticator"]),
    (user("a", reply='{ "Proxy-State" = "0x00" }'), 4, ["Proxy-State"]),
    (user("a") + user("a"), 6, ["users.toml"]),
    (user("a", 'password = "x"\nnt_hash = "00000000000000000000000000000000"'), None, ["password", "nt_hash"]),
    (user("a", ""), None, ["password"]),
    (user("a", 'nt_hash = "0000000000000000000000000000000"'), 3, ["nt_hash", "32"]),
    (user("a", 'nt_hash = "0000000000000000000000000000000x"'), 3, ["nt_hash", "32", "hex"]),
    (user("a", 'password_hash = "clientPass"'), 3, ["password_hash", "crypt"]),
    (user("a", 'pasword = "x"'), 3, ["password"]),
    ('[[user]]\npassword = "x"\n', None, ["name"]),
    ('[defaults]\nreply = {}\n', 1, ["default"]),
    ('[[user]\nname = "x"\n', 1, ["users.toml"]),
])
def test_a_mistake_in_the_users_file_is_named_where_it_stands(program, tmp_path, text, line, words):
    path = write(program, tmp_path, ACCESS, {"users.toml": text})
    done = check(program, path)
    assert done.returncode == 1, done.stderr
    found = [(number, message) for name, number, _, message in reported(done) if name == "users.toml"]
    assert found, done.stderr
    if line:
        assert line in [number for number, _ in found], done.stderr
    assert any(word.lower() in message.lower() for word in words for _, message in found), done.stderr


def test_serve_refuses_what_check_refuses(program, tmp_path):
    path = write(program, tmp_path, ACCESS.replace('transport = "udp"', 'transport = "upd"'))
    done = program.run("serve", "-c", path)
    assert done.returncode == 1
    assert re.search(r"radhost\.toml:\d+:\d+", done.stderr)
