# SPDX-License-Identifier: Apache-2.0
"""RADIUS over TLS with pre-shared keys: who has one, what a key and an identity may be, and beside certificates."""

import re

import pytest

from support import wire
from support.configurations import LOOPBACK_CLIENT, client_table, later_plugin, tcp_listener, tls_listener
from support.connections import connection_logged, end_logged, ended, wait_for_ended
from support.later import ask
from support.stream import OpensslClient, Stream
from support.waiting import wait_until

KEY = bytes(range(0x80, 0xa0))
ANOTHER = bytes(range(0x20, 0x40))
POSITION = re.compile(r"radhost\.toml:(\d+):(\d+)")

# What s_client is told, for TLS 1.3 and for 1.2.
VERSIONS = {"1.3": ["-tls1_3"], "1.2": ["-tls1_2", "-cipher", "ECDHE-PSK-CHACHA20-POLY1305:ECDHE-PSK-AES128-CBC-SHA256"]}
EACH_VERSION = pytest.mark.parametrize("version", VERSIONS)


def psk_client(name, identity, key_file, version="1.3", **keys):
    """`version`: of TLS; a key is for one alone."""
    return client_table(name, psk={"identity": identity, "key_file": key_file, "tls": version}, **keys)


def write_key(folder, name, octets, mode=0o600):
    path = folder / name
    path.write_bytes(octets)
    path.chmod(mode)
    return path


@pytest.fixture
def start(radhost, certificates, tmp_path):
    """start(identity=key…) is a server with a client for each, named after its identity; and one by its address."""
    def started(before=LOOPBACK_CLIENT, *, keys=None, version="1.3", **identities):
        clients = "".join(psk_client(name, name, write_key(tmp_path, f"{name}.psk", key.hex().encode()), version)
                          for name, key in identities.items())
        return radhost(before + clients + later_plugin() + tls_listener(certificates, **(keys or {})))
    return started


def connect(server, identity, key=KEY, version="1.3", more=(), **options):
    return OpensslClient(server.address("radsec"), *VERSIONS[version], "-psk_identity", identity, "-psk", key.hex(), *more,
                         **options)


def assert_answers(client):
    assert client.exchange(ask(client, "now 0 accept")).code == wire.ACCESS_ACCEPT


def assert_refused(server, identity, key=KEY, version="1.3", more=()):
    """Nothing is answered, and it is over."""
    before = sum(ended(server.stats(), "radsec").values())
    with connect(server, identity, key, version, more) as client:
        how = client.expect_closed()
    wait_until(lambda: sum(ended(server.stats(), "radsec").values()) == before + 1)
    assert server.stats().listener("radsec")["access"]["requests"] == 0
    return how


def clients_logged(server):
    """Who has shaken hands, as far as the log has been read."""
    return [entry["client"] for entry in server.log() if entry["message"] == "connection"]


def assert_log_is_clean(server):
    """Nothing that a peer has sent looks like another line, or like what a terminal obeys."""
    for line in server.process.stderr.lines:
        assert line.isprintable(), repr(line)
    for entry in server.log():
        for value in entry.values():
            assert not isinstance(value, str) or value.isprintable(), entry


# Who has the key

@pytest.mark.row("TLS-11", "TLS-13", "TLS-4")
@EACH_VERSION
def test_who_has_the_key_is_answered(start, version):
    server = start(bob=KEY, version=version)
    with connect(server, "bob", version=version) as client:
        assert_answers(client)
        assert client.told("Protocol version") == f"TLSv{version}"
    entry = connection_logged(server, listener="radsec")
    assert (entry["client"], entry["tls"]) == ("bob", f"TLSv{version}")
    assert server.stats().client("bob")["requests"] == 1


@pytest.mark.row("TLS-11")
@EACH_VERSION
def test_a_wrong_key_is_refused(start, version):
    server = start(bob=KEY, version=version)
    assert_refused(server, "bob", ANOTHER, version)
    assert_refused(server, "bob", KEY[:-1] + b"\0", version)
    with connect(server, "bob", version=version) as client:
        assert_answers(client)


@pytest.mark.row("TLS-11")
@EACH_VERSION
def test_an_unknown_identity_is_refused(start, version):
    server = start(bob=KEY, version=version)
    for identity in ("alice", "Bob", "bob ", "bobb", "bo"):
        assert_refused(server, identity, version=version)
    with connect(server, "bob", version=version) as client:
        assert_answers(client)


@pytest.mark.row("TLS-11")
def test_a_refused_identity_is_counted_and_logged(start):
    server = start(bob=KEY, version="1.2")
    assert_refused(server, "alice", version="1.2")
    entry = server.wait_for_log(lambda told: told["message"] == "connection ended")
    assert entry["level"] == "warn" and entry["reason"] in ("unknown_client", "handshake_failed", "bad_certificate")
    assert entry["why"] and entry["peer"].startswith("127.0.0.1:")


@pytest.mark.row("TLS-11")
@EACH_VERSION
def test_several_identities_may_come_from_one_address(start, version):
    server = start(alice=ANOTHER, bob=KEY, version=version)
    for identity, key in (("alice", ANOTHER), ("bob", KEY), ("alice", ANOTHER)):
        with connect(server, identity, key, version) as client:
            assert_answers(client)
    wait_until(lambda: clients_logged(server) == ["alice", "bob", "alice"])
    for identity, key in (("alice", KEY), ("bob", ANOTHER)):
        with connect(server, identity, key, version) as client:
            client.expect_closed()


@pytest.mark.row("TLS-11")
@EACH_VERSION
def test_certificates_and_keys_are_served_on_one_listener(start, certificates, version):
    server = start(bob=KEY, version=version)
    with connect(server, "bob", version=version) as by_key, \
            Stream.tls(server.address("radsec"), authority=certificates.ca, certificate=certificates.client,
                       minimum_version=version, maximum_version=version) as by_certificate:
        assert_answers(by_key)
        assert_answers(by_certificate)
    wait_until(lambda: sorted(clients_logged(server)) == ["bob", "loopback"])


@pytest.mark.row("TLS-11", "TLS-3")
@EACH_VERSION
def test_a_key_excuses_nobody_else_from_a_certificate(start, certificates, version):
    server = start(bob=KEY, version=version)
    with OpensslClient(server.address("radsec"), f"-tls{version.replace('.', '_')}",
                       authority=certificates.ca) as client:
        assert client.expect_closed() in ("handshake_failure", "certificate_required")


@pytest.mark.row("TLS-10", "TLS-11")
@EACH_VERSION
def test_the_right_key_from_the_wrong_address_is_refused(radhost, certificates, tmp_path, version):
    key_file = write_key(tmp_path, "bob.psk", KEY.hex().encode())
    server = radhost(psk_client("bob", "bob", key_file, version, address=["127.0.0.7"]) + later_plugin() +
                     tls_listener(certificates))
    with connect(server, "bob", version=version, more=["-bind", "127.0.0.7:0"]) as client:
        assert_answers(client)
    with connect(server, "bob", version=version) as client:
        client.expect_closed()
    assert end_logged(server, reason="wrong_address")["peer"].startswith("127.0.0.1:")


@pytest.mark.row("TLS-4")
@pytest.mark.parametrize("secret", [b"radsec", b"xyzzy5461"])
def test_the_secret_is_radsec_here_too(start, secret):
    server = start(bob=KEY)
    with connect(server, "bob", secret=secret) as client:
        if secret == b"radsec":
            assert_answers(client)
        else:
            client.send(ask(client, "now 0 accept"))
            assert client.expect_closed() == "close"
            wait_for_ended(server, "radsec", {"bad_message_authenticator": 1})


# Forward secrecy

@pytest.mark.row("TLS-13")
@pytest.mark.parametrize("suites", ["PSK-AES128-GCM-SHA256", "PSK-AES256-CBC-SHA", "PSK-NULL-SHA256",
                                    "ECDHE-PSK-NULL-SHA256", "RSA-PSK-AES128-GCM-SHA256"])
def test_suites_without_forward_secrecy_or_encryption_are_refused(start, suites):
    server = start(bob=KEY, version="1.2")
    with OpensslClient(server.address("radsec"), "-tls1_2", "-cipher", f"{suites}:@SECLEVEL=0", "-psk_identity", "bob",
                       "-psk", KEY.hex()) as client:
        assert client.expect_closed() in ("handshake_failure", "insufficient_security")
    assert server.stop().listener("radsec")["access"]["requests"] == 0


@pytest.mark.row("TLS-13")
def test_tls_1_3_has_forward_secrecy_though_the_client_would_do_without(start):
    server = start(bob=KEY)
    with connect(server, "bob", more=["-allow_no_dhe_kex"]) as client:
        assert_answers(client)
        assert client.told("Server Temp Key") is not None


# Keys

def check(program, folder, configuration):
    """What it says names no folder: that has the test's name, and words in it."""
    path = program.write_configuration(folder, configuration)
    done = program.run("check", "-c", path)
    done.stderr = done.stderr.replace(f"{folder}/", "")
    return path, done


@pytest.fixture
def configured(certificates, tmp_path):
    """configured(octets of the key file…) is a configuration for the client "bob"."""
    def configuration(octets, identity="bob", before=LOOPBACK_CLIENT, mode=0o600, version="1.3"):
        return (before + psk_client("bob", identity, write_key(tmp_path, "bob.psk", octets, mode), version) + later_plugin() +
                tls_listener(certificates))
    return configuration


def assert_named(program, folder, configuration, words):
    """There is one mistake, in the client's key or identity."""
    path, done = check(program, folder, configuration)
    assert done.returncode == 1, done.stdout + done.stderr
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [(lines[int(match[1]) - 1], text) for text in done.stderr.splitlines() if ": warning: " not in text
             for match in [POSITION.search(text)] if match]
    assert len(found) == 1 and found[0][0].startswith("psk = {"), done.stderr
    assert any(word in found[0][1] for word in words), found


# 16, 32 and 64 octets, any of them; and how a file may hold them.
SIXTEEN = bytes(range(0xf0, 0x100))
WITH_ALL = bytes([0, 10, 13, 32]) + bytes(range(200, 228))


@pytest.mark.row("TLS-12")
@pytest.mark.parametrize("key", [SIXTEEN, KEY, KEY + ANOTHER, WITH_ALL], ids=["16", "32", "64", "any octet"])
@pytest.mark.parametrize("form", ["hex", "HEX", "hex and newline", "raw"])
@EACH_VERSION
def test_a_key_file_holds_octets_or_hexadecimal_digits(radhost, configured, key, form, version):
    octets = {"hex": key.hex().encode(), "HEX": key.hex().upper().encode(), "hex and newline": key.hex().encode() + b"\n",
              "raw": key}[form]
    server = radhost(configured(octets, version=version))
    with connect(server, "bob", key, version) as client:
        assert_answers(client)


@pytest.mark.row("TLS-12")
@pytest.mark.parametrize("octets", [b"", b"\n", SIXTEEN[:15], SIXTEEN[:15].hex().encode(), SIXTEEN[:1]],
                         ids=["empty", "a newline", "15 octets", "15 octets in hex", "one"])
def test_a_key_of_less_than_16_octets_is_named(program, tmp_path, configured, octets):
    assert_named(program, tmp_path, configured(octets), ["16", "empty"])


@pytest.mark.row("TLS-12")
def test_a_key_file_that_is_not_there_is_named(program, tmp_path, certificates):
    assert_named(program, tmp_path, LOOPBACK_CLIENT + psk_client("bob", "bob", "no-such-file") + later_plugin() +
                 tls_listener(certificates), ["no-such-file"])


SHARED = "a secret of more than 16 octets"


@pytest.mark.row("TLS-13")
@pytest.mark.parametrize("key", ["secret", "tls_secret"])
@pytest.mark.parametrize("write", [str.encode, lambda text: text.encode().hex().encode()], ids=["raw", "hex"])
def test_a_key_that_is_a_shared_secret_too_is_named(program, tmp_path, configured, key, write):
    """Whosever secret that is."""
    other = client_table("other", address=["192.0.2.1"], secret="not equal to any key")
    other = other.replace("not equal to any key", SHARED) if key == "secret" else other + f'tls_secret = "{SHARED}"\n'
    assert_named(program, tmp_path, configured(write(SHARED), before=LOOPBACK_CLIENT + other), ["secret"])
    _, done = check(program, tmp_path, configured(write(SHARED + "!"), before=LOOPBACK_CLIENT + other))
    assert done.returncode == 0, done.stderr


@pytest.mark.row("TLS-13")
def test_a_reload_that_makes_a_secret_of_a_key_is_refused(radhost, certificates, tmp_path):
    def configuration(secret):
        return (LOOPBACK_CLIENT + client_table("other", address=["192.0.2.1"], secret=secret) +
                psk_client("bob", "bob", tmp_path / "bob.psk") + later_plugin() + tls_listener(certificates))

    write_key(tmp_path, "bob.psk", SHARED.encode())
    server = radhost(configuration("another one for now"))
    server.rewrite(configuration(SHARED))
    _, details = server.control.refuse_reload()
    assert len(details) == 1 and SHARED not in details[0]
    with connect(server, "bob", SHARED.encode()) as client:
        assert_answers(client)


@pytest.mark.parametrize("mode, is_told", [(0o600, False), (0o640, False), (0o644, True)])
def test_a_key_file_that_everybody_may_read_is_told_of(program, tmp_path, configured, mode, is_told):
    _, done = check(program, tmp_path, configured(KEY, mode=mode))
    told = [line for line in done.stderr.splitlines() if "bob.psk" in line and "everybody may read it" in line]
    assert len(told) == (1 if is_told else 0), done.stderr


def test_a_key_is_never_shown(program, tmp_path, configured):
    path = program.write_configuration(tmp_path, configured(KEY.hex().encode()))
    done = program.run("config", "-c", path)
    assert done.returncode == 0 and KEY.hex() not in done.stdout and "bob.psk" in done.stdout


@pytest.mark.row("TLS-12")
@EACH_VERSION
def test_a_key_is_for_one_version_of_tls(start, version):
    server = start(bob=KEY, version=version)
    other = "1.2" if version == "1.3" else "1.3"
    assert_refused(server, "bob", version=other)
    with connect(server, "bob", version=version) as client:
        assert_answers(client)


@pytest.mark.row("TLS-12")
def test_one_key_for_both_versions_is_named(program, tmp_path, certificates, configured):
    other = psk_client("other", "other", write_key(tmp_path, "other.psk", KEY), "1.2")
    assert_named(program, tmp_path, configured(KEY, before=LOOPBACK_CLIENT + other), ["version"])


# Identities

@pytest.mark.row("TLS-12", "TLS-14")
@pytest.mark.parametrize("identity", ["b", "x" * 128, "bob@branch.example", "Günther", "a b", 'with "quotes"'],
                         ids=["one", "128", "NAI", "UTF-8", "space", "quotes"])
def test_an_identity_may_be_any_text(radhost, configured, identity):
    server = radhost(configured(KEY, identity))
    with connect(server, identity) as client:
        assert_answers(client)
    assert connection_logged(server)["client"] == "bob"
    assert_log_is_clean(server)


@pytest.mark.row("TLS-14")
@pytest.mark.parametrize("identity, words", [("", ["empty", "identity"]), ("x" * 1025, ["long", "1024", "128"]),
                                             ("a\nb", ["control", "identity"]), ("a\x7fb", ["control", "identity"])],
                         ids=["empty", "too long", "a newline", "DEL"])
def test_an_identity_that_nobody_may_send_is_named(program, tmp_path, configured, identity, words):
    assert_named(program, tmp_path, configured(KEY, identity), words)


STRANGE = {"quotes": 'bob" OR "1"="1', "newline": 'bob\n{"level":"info","message":"ready"}', "escape": "bob\x1b[2J",
           "carriage return": "bob\rx", "DEL": "bob\x7f", "C1": "bob\x9b2J", "no UTF-8": b"bob\xff\xfe", "format": "%s%n%x",
           "bidi": "bob\u202etxt"}


@pytest.mark.row("TLS-14")
@pytest.mark.parametrize("identity", STRANGE.values(), ids=STRANGE)
@EACH_VERSION
def test_a_strange_identity_is_refused_and_leaves_a_clean_log(start, identity, version):
    server = start(bob=KEY, version=version)
    text = identity if isinstance(identity, str) else identity.decode(errors="surrogateescape")
    assert_refused(server, text, version=version)
    with connect(server, "bob", version=version) as client:
        assert_answers(client)
    assert_log_is_clean(server)
    assert len([entry for entry in server.log() if entry["message"] == "ready"]) == 1


@pytest.mark.row("TLS-14")
def test_an_identity_that_is_too_long_is_refused(start):
    """s_client sends such in TLS 1.3 alone."""
    server = start(bob=KEY)
    for length in (129, 1025, 4000):
        assert_refused(server, "bob" + "x" * (length - 3))
    assert_log_is_clean(server)
    longest = max(len(str(value)) for entry in server.log() for value in entry.values())
    assert longest < 2048
    with connect(server, "bob") as client:
        assert_answers(client)


@pytest.mark.row("TLS-11")
def test_one_identity_of_two_clients_is_named(program, tmp_path, configured):
    twice = configured(KEY) + psk_client("other", "bob", write_key(tmp_path, "other.psk", ANOTHER))
    path, done = check(program, tmp_path, twice)
    assert done.returncode == 1
    lines = path.read_text(encoding="utf-8").splitlines()
    assert any("other.psk" in lines[int(match[1]) - 1] for match in POSITION.finditer(done.stderr)), done.stderr


# Changes

@pytest.mark.row("TLS-11")
def test_a_key_changes_with_a_reload(start, tmp_path):
    server = start(bob=KEY)
    with connect(server, "bob") as old:
        assert_answers(old)
        write_key(tmp_path, "bob.psk", ANOTHER.hex().encode())
        change, = server.control.reload()["changes"]
        assert "bob.psk" in change["text"]
        with connect(server, "bob", ANOTHER) as new:
            assert_answers(new)
        with connect(server, "bob", KEY) as outdated:
            outdated.expect_closed()


@pytest.mark.row("TLS-11", "TLS-15")
def test_an_identity_that_is_removed_is_refused_and_its_session_is_not_resumed(start, certificates, tmp_path):
    server = start(bob=KEY, alice=ANOTHER)
    session = tmp_path / "session"
    with connect(server, "bob", more=["-sess_out", session]) as client:
        assert_answers(client)
    alone = psk_client("alice", "alice", tmp_path / "alice.psk")
    server.rewrite(LOOPBACK_CLIENT + alone + later_plugin() + tls_listener(certificates))
    server.control.reload()
    with connect(server, "bob") as client:
        client.expect_closed()
    if session.exists():  # a server may give no tickets at all
        with OpensslClient(server.address("radsec"), "-tls1_3", "-sess_in", session) as client:
            client.expect_closed()
    with connect(server, "alice", ANOTHER) as client:
        assert_answers(client)


def test_a_client_by_key_alone_is_none_over_tcp(radhost, configured):
    server = radhost(configured(KEY, before="") + tcp_listener("tcp", '["access"]', '["later"]'))
    with Stream.tcp(server.address("tcp"), b"radsec") as client:
        assert client.expect_closed(within_s=1) in ("close", "reset")
