# SPDX-License-Identifier: Apache-2.0
"""`radhost check` of stream listeners and of clients with certificates: every mistake where it stands."""

import os
import re
from pathlib import Path

import pytest

from support.certificates import openssl
from support.configurations import LOOPBACK_CLIENT, client_table, static_plugin, tcp_listener, tls_listener
from support.processes import run

POSITION = re.compile(r"radhost\.toml:(\d+):(\d+)")
BASE = LOOPBACK_CLIENT + static_plugin("yes", "accept")


def tcp(**keys):
    return BASE + tcp_listener("auth", '["access"]', '["yes"]', **{"idle_timeout_ms": 1000, **keys})


@pytest.fixture
def tls(certificates):
    """tls(key=value…) is a configuration with these keys in the listener's table."""
    def configuration(before=BASE, **keys):
        return before + tls_listener(certificates, handlers='["yes"]', **{
            "crl": "", "minimum_version": "1.2", "radius_versions": ["1.0"], "idle_timeout_ms": 1000, **keys})
    return configuration


def check(program, folder, configuration, files=None):
    """What it says names no folder: that has the test's name, and words in it."""
    path = program.write_configuration(folder, configuration, files=files)
    done = program.run("check", "-c", path)
    done.stderr = done.stderr.replace(f"{folder}/", "")
    return path, done


def assert_good(program, folder, configuration, files=None):
    _, done = check(program, folder, configuration, files)
    assert done.returncode == 0, done.stderr
    assert not [line for line in done.stderr.splitlines() if POSITION.search(line) and ": warning: " not in line]


def assert_named(program, folder, configuration, line, words, files=None):
    """There is one mistake; it is named at this line (its text, or a part), in some of these words."""
    path, done = check(program, folder, configuration, files)
    assert done.returncode == 1, done.stdout + done.stderr
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [(lines[int(match[1]) - 1], text) for text in done.stderr.splitlines() if ": warning: " not in text
             for match in [POSITION.search(text)] if match]
    assert len(found) == 1, done.stderr
    assert line in found[0][0], found
    assert any(word.lower() in found[0][1].lower() for word in words), found


# What is good

@pytest.mark.parametrize("keys", [
    {}, {"minimum_version": "1.3"}, {"idle_timeout_ms": 0}, {"handshake_timeout_ms": 500, "max_handshakes": 10},
    {"max_connections": 10, "max_connections_per_client": 5, "max_buffered_octets": 65536,
     "max_new_connections_per_s": 100}, {"require_client_certificate": True}], ids=str)
def test_a_good_tls_listener_is_good(program, tmp_path, tls, keys):
    assert_good(program, tmp_path, tls(**keys))


def test_a_good_tcp_listener_is_good(program, tmp_path):
    assert_good(program, tmp_path, tcp(max_connections=10, max_connections_per_client=5, max_buffered_octets=65536,
                                       max_new_connections_per_s=100))
    assert_good(program, tmp_path, tcp().replace("[listener.tcp]\nidle_timeout_ms = 1000\n", ""))


def test_files_are_found_beside_the_configuration(program, tmp_path, tls, certificates):
    for name, path in (("s.pem", certificates.server.certificate), ("s.key", certificates.server.key),
                       ("ca.pem", certificates.ca)):
        (tmp_path / name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "s.key").chmod(0o600)
    assert_good(program, tmp_path, tls(certificate="s.pem", key="s.key", ca="ca.pem"))


def test_the_keys_of_rsa_are_good_too(program, tmp_path, tls, certificates):
    key, certificate = tmp_path / "rsa.key", tmp_path / "rsa.pem"
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2", "-keyout", key,
            "-out", certificate)
    assert_good(program, tmp_path, tls(certificate=certificate, key=key))


def test_the_certificates_that_the_package_makes_are_good(program, tmp_path, tls):
    script = Path(__file__).resolve().parents[2] / "packaging" / "make-certs.sh"
    folder = tmp_path / "made"
    assert run([script, folder]).returncode == 0
    assert_good(program, tmp_path, tls(certificate=folder / "server.pem", key=folder / "server.key",
                                       ca=folder / "ca.pem"))
    again = run([script, folder])
    assert again.returncode == 1 and "ca.pem" in again.stderr
    assert run([script]).returncode == 64


# Files

@pytest.mark.parametrize("key", ["certificate", "key", "ca", "crl"])
def test_a_file_that_is_not_there_is_named(program, tmp_path, tls, key):
    assert_named(program, tmp_path, tls(**{key: "no-such-file"}), f'{key} = "no-such-file"', ["no-such-file"])


@pytest.mark.parametrize("key", ["certificate", "key", "ca", "crl"])
@pytest.mark.parametrize("text", ["", "nonsense\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
                         ids=["empty", "nonsense", "broken"])
def test_a_file_that_holds_nothing_of_the_kind_is_named(program, tmp_path, tls, key, text):
    (tmp_path / "wrong.pem").write_text(text, encoding="utf-8")
    (tmp_path / "wrong.pem").chmod(0o600)
    assert_named(program, tmp_path, tls(**{key: "wrong.pem"}), f'{key} = "wrong.pem"', ["wrong.pem"])


def test_a_file_that_may_not_be_read_is_named(program, tmp_path, tls, certificates):
    """root may read everything."""
    if os.geteuid() == 0:
        return
    (tmp_path / "s.key").write_text(certificates.server.key.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "s.key").chmod(0)
    assert_named(program, tmp_path, tls(key="s.key"), 'key = "s.key"', ["s.key"])


def test_a_folder_in_place_of_a_key_is_named(program, tmp_path, tls):
    (tmp_path / "folder").mkdir()
    assert_named(program, tmp_path, tls(key="folder"), 'key = "folder"', ["folder"])


def test_a_key_of_another_certificate_is_named(program, tmp_path, tls, certificates):
    path, done = check(program, tmp_path, tls(key=certificates.client.key))
    assert done.returncode == 1
    lines = path.read_text(encoding="utf-8").splitlines()
    places = [lines[int(match[1]) - 1] for match in POSITION.finditer(done.stderr)]
    assert any(place.startswith(("key =", "certificate =")) for place in places), done.stderr
    assert str(certificates.client.key) in done.stderr


@pytest.mark.parametrize("key", ["certificate", "key", "ca"])
def test_what_a_tls_listener_must_have_is_named(program, tmp_path, tls, key):
    configuration = re.sub(rf"(?m)^{key} = .*\n", "", tls())
    _, done = check(program, tmp_path, configuration)
    assert done.returncode == 1 and POSITION.search(done.stderr) and key in done.stderr


def test_a_tls_listener_without_its_table_is_named(program, tmp_path, tls):
    configuration = tls()
    _, done = check(program, tmp_path, configuration[:configuration.index("[listener.tls]")])
    assert done.returncode == 1 and POSITION.search(done.stderr) and "certificate" in done.stderr


@pytest.mark.parametrize("mode, is_told", [(0o600, False), (0o640, False), (0o644, True)])
def test_a_key_that_everybody_may_read_is_told_of(program, tmp_path, tls, certificates, mode, is_told):
    key = tmp_path / "s.key"
    key.write_text(certificates.server.key.read_text(encoding="utf-8"), encoding="utf-8")
    key.chmod(mode)
    _, done = check(program, tmp_path, tls(key=key))
    told = [line for line in done.stderr.splitlines() if key.name in line and "everybody may read it" in line]
    assert len(told) == (1 if is_told else 0), done.stderr


# Values

@pytest.mark.parametrize("keys, line, words", [
    ({"minimum_version": "1.1"}, 'minimum_version = "1.1"', ["1.2"]),
    ({"minimum_version": "1.4"}, 'minimum_version = "1.4"', ["1.3"]),
    ({"minimum_version": "TLSv1.2"}, 'minimum_version = "TLSv1.2"', ["1.2"]),
    ({"minimum_version": 12}, "minimum_version = 12", ["string", "text", "1.2"]),
    ({"radius_versions": ["2.0"]}, 'radius_versions = ["2.0"]', ["1.0"]),
    ({"radius_versions": []}, "radius_versions = []", ["1.0", "empty"]),
    ({"radius_versions": ["1.0", "1.0"]}, 'radius_versions = ["1.0", "1.0"]', ["1.0", "twice"]),
    ({"idle_timeout_ms": -1}, "idle_timeout_ms = -1", ["-1", "idle_timeout_ms"]),
    ({"handshake_timeout_ms": 0}, "handshake_timeout_ms = 0", ["handshake_timeout_ms", "0"]),
    ({"max_connections": 0}, "max_connections = 0", ["max_connections", "0"]),
    ({"max_connections_per_client": "many"}, 'max_connections_per_client = "many"', ["integer", "number"]),
    ({"require_client_certificate": "yes"}, 'require_client_certificate = "yes"', ["true", "bool"]),
    ({"certificat": "x"}, 'certificat = "x"', ["certificate"]),
    ({"max_handshake": 1}, "max_handshake = 1", ["max_handshakes"]),
], ids=lambda value: str(value) if isinstance(value, dict) else "")
def test_a_value_that_makes_no_sense_is_named(program, tmp_path, tls, keys, line, words):
    assert_named(program, tmp_path, tls(**keys), line, words)


@pytest.mark.parametrize("keys, line, words", [
    ({"idle_timeout_ms": "10 s"}, 'idle_timeout_ms = "10 s"', ["integer", "number"]),
    ({"max_connection": 1}, "max_connection = 1", ["max_connections"]),
    ({"max_buffered_octets": -1}, "max_buffered_octets = -1", ["-1", "max_buffered_octets"]),
    ({"certificate": "x.pem"}, 'certificate = "x.pem"', ["certificate"]),
    ({"max_handshakes": 1}, "max_handshakes = 1", ["max_handshakes"])], ids=lambda value: str(value) if isinstance(
        value, dict) else "")
def test_a_value_of_a_tcp_listener_that_makes_no_sense_is_named(program, tmp_path, keys, line, words):
    assert_named(program, tmp_path, tcp(**keys), line, words)


@pytest.mark.parametrize("transport, table", [("udp", "tcp"), ("tcp", "tls"), ("tls", "tcp"), ("udp", "tls")])
def test_the_table_of_another_transport_is_named(program, tmp_path, tls, transport, table):
    configuration = tls() if "tls" in (transport, table) else tcp()
    configuration = configuration.replace('transport = "tls"', f'transport = "{transport}"').replace(
        'transport = "tcp"', f'transport = "{transport}"')
    if table == "tcp":
        configuration = configuration[:configuration.index("[listener.")] + "[listener.tcp]\nidle_timeout_ms = 1000\n"
    _, done = check(program, tmp_path, configuration)
    assert done.returncode == 1 and POSITION.search(done.stderr) and table in done.stderr


def test_a_transport_that_is_not_there_yet_is_named(program, tmp_path, tls):
    configuration = tls().replace('transport = "tls"', 'transport = "dtls"')
    _, done = check(program, tmp_path, configuration)
    assert done.returncode == 1 and POSITION.search(done.stderr) and "dtls" in done.stderr


@pytest.mark.row("TRN-8")
def test_one_address_is_not_of_tcp_and_tls_both(program, tmp_path, tls):
    """Over UDP the same port is another one."""
    address = "127.0.0.1:12083"
    one = tls(address=address)
    more = tcp_listener("auth", '["access"]', '["yes"]', address=address)
    _, done = check(program, tmp_path, one + more)
    assert done.returncode == 1 and address in done.stderr
    over_udp = re.sub(r"(?s)\[listener\.tcp\].*", "", more).replace('"tcp"', '"udp"')
    assert_good(program, tmp_path, one + over_udp)


# Clients

GOOD = [{"san_dns": "nas.example"}, {"san_ip": "192.0.2.1"}, {"san_ip": "2001:db8::1"}, {"subject_cn": "nas"},
        {"fingerprint_sha256": "ab" * 32}, {"san_dns": "nas.example", "issuer": "CN=Test CA,O=Tests"}]


@pytest.mark.parametrize("wanted", GOOD, ids=str)
def test_a_client_by_certificate_is_good_without_address_and_secret(program, tmp_path, tls, wanted):
    assert_good(program, tmp_path, tls(BASE + client_table("branch", certificate=wanted)))


@pytest.mark.parametrize("wanted, words", [
    ({}, ["certificate"]), ({"san_dn": "x"}, ["san_dns"]), ({"san_dns": ""}, ["empty", "san_dns"]),
    ({"san_ip": "192.0.2.300"}, ["192.0.2.300"]), ({"san_ip": "192.0.2.0/24"}, ["192.0.2.0/24", "address"]),
    ({"fingerprint_sha256": "ab" * 31}, ["64", "32", "fingerprint"]), ({"fingerprint_sha256": "xy" * 32}, ["hex"]),
    ({"san_dns": 7}, ["string", "text"])], ids=str)
def test_a_certificate_that_nobody_could_have_is_named(program, tmp_path, tls, wanted, words):
    assert_named(program, tmp_path, tls(BASE + client_table("branch", certificate=wanted)), "certificate = {", words)


def test_a_client_that_nobody_can_be_is_named(program, tmp_path, tls):
    _, done = check(program, tmp_path, tls(BASE + client_table("branch", tls_secret="x" * 20)))
    assert done.returncode == 1 and POSITION.search(done.stderr) and "address" in done.stderr


def test_an_empty_tls_secret_is_named(program, tmp_path, tls):
    assert_named(program, tmp_path, tls(BASE + client_table("branch", certificate=GOOD[0], tls_secret="")),
                 'tls_secret = ""', ["empty"])


def test_what_the_same_certificate_would_fit_twice_is_named(program, tmp_path, tls):
    twice = "".join(client_table(name, certificate={"san_dns": "nas.example"}) for name in ("one", "two"))
    _, done = check(program, tmp_path, tls(BASE + twice))
    assert done.returncode == 1 and POSITION.search(done.stderr) and "nas.example" in done.stderr


def test_the_effective_configuration_shows_defaults_and_hides_secrets(program, tmp_path, tls):
    configuration = tls(BASE + client_table("branch", certificate=GOOD[0], tls_secret="never to be seen"))
    path = program.write_configuration(tmp_path, configuration)
    done = program.run("config", "-c", path)
    assert done.returncode == 0, done.stderr
    for line in ("handshake_timeout_ms = 10000", "max_connections = 4096", "max_connections_per_client = 256"):
        assert line in done.stdout
    assert "never to be seen" not in done.stdout and "nas.example" in done.stdout


def test_serve_refuses_what_check_refuses(program, tmp_path, tls):
    path = program.write_configuration(tmp_path, tls(key="no-such-file"))
    done = program.run("serve", "-c", path)
    assert done.returncode == 1 and POSITION.search(done.stderr) and "no-such-file" in done.stderr
