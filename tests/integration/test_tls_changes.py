# SPDX-License-Identifier: Apache-2.0
"""Open TLS connections while certificates, authorities, revocation lists and the rest of the configuration change."""

import shutil
import signal

import pytest

from support import wire
from support.certificates import Authority, Certificate, openssl
from support.configurations import LOOPBACK_CLIENT, client_table, later_plugin, tls_listener
from support.connections import connections, end_logged, ended, wait_for_ended
from support.later import ask, message
from support.stamped import module, stamped
from support.stream import Stream, refusal
from support.waiting import wait_until


class Site:
    """A server whose certificates are files of its own, which a test may write over."""

    def __init__(self, radhost, folder, before=LOOPBACK_CLIENT, **keys):
        folder.mkdir()
        self.authority = Authority(folder / "authority")
        self.files = Certificate(folder / "server.pem", folder / "server.key")
        self.ca, self.crl = folder / "ca.pem", folder / "crl.pem"
        self.present(self.authority.server())
        shutil.copyfile(self.authority.certificate, self.ca)
        shutil.copyfile(self.authority.crl, self.crl)
        self.before, self.keys = before, keys
        self.server = radhost(self.configuration())
        self.address = self.server.address("radsec")

    def configuration(self):
        keys = {"certificate": self.files.certificate, "key": self.files.key, "ca": self.ca, "crl": self.crl,
                **self.keys}
        return self.before + later_plugin(timeout_ms=5000) + tls_listener(Usual(self), **keys)

    def present(self, certificate):
        for source, target in zip(certificate, self.files):
            shutil.copyfile(source, target)
            target.chmod(0o600)

    def publish_crl(self):
        shutil.copyfile(self.authority.crl, self.crl)

    def reload(self, **options):
        return [change["text"] for change in self.server.control.reload(**options)["changes"]]

    def connect(self, certificate, **options):
        return Stream.tls(self.address, **{"authority": self.ca, "certificate": certificate, **options})

    def refuses(self, certificate, **options):
        return refusal(self.address, **{"authority": self.ca, "certificate": certificate, **options})


class Usual:
    """As tls_listener wants them."""

    def __init__(self, site):
        self.server, self.ca = site.files, site.ca


@pytest.fixture
def site(radhost, tmp_path):
    return Site(radhost, tmp_path / "site")


def assert_answers(client):
    assert client.exchange(ask(client, "now 0 accept")).code == wire.ACCESS_ACCEPT


def serial(client):
    return client.socket.getpeercert()["serialNumber"]


# Certificates

def test_a_new_certificate_is_shown_to_new_connections_and_old_ones_stay(site):
    ours = site.authority.client()
    with site.connect(ours) as old:
        first = serial(old)
        second = site.authority.server()
        site.present(second)
        with site.connect(ours) as before:
            assert serial(before) == first
        change, = site.reload()
        assert change.startswith("listener radsec changed: ") and str(site.files.certificate) in change
        with site.connect(ours) as new:
            assert serial(new) == second.serial() != first
            assert_answers(new)
        assert_answers(old)
    assert site.reload() == []


def test_a_certificate_that_does_not_fit_its_key_changes_nothing(site):
    ours = site.authority.client()
    with site.connect(ours) as old:
        first = serial(old)
        shutil.copyfile(site.authority.server().certificate, site.files.certificate)
        _, details = site.server.control.refuse_reload()
        assert len(details) == 1 and "key" in details[0]
        with site.connect(ours) as new:
            assert serial(new) == first
            assert_answers(new)
        assert_answers(old)


@pytest.mark.parametrize("name", ["server.pem", "server.key", "ca.pem", "crl.pem"])
def test_a_file_that_is_gone_or_nonsense_changes_nothing(site, name):
    ours = site.authority.client()
    path = site.ca.parent / name
    authority = site.authority.certificate
    for spoil in (path.unlink, lambda: path.write_text("nonsense", encoding="utf-8")):
        spoil()
        _, details = site.server.control.refuse_reload()
        assert details and name in details[0]
        with site.connect(ours, authority=authority) as client:
            assert_answers(client)


@pytest.mark.row("TLS-5")
def test_another_authority_is_trusted_from_the_reload_on(site, tmp_path):
    other = Authority(tmp_path / "other", "Other CA")
    theirs, ours = other.client(), site.authority.client()
    with site.connect(ours) as old:
        assert site.refuses(theirs) == "unknown_ca"
        with open(site.ca, "a", encoding="utf-8") as file:
            file.write(other.certificate.read_text(encoding="utf-8"))
        with open(site.crl, "a", encoding="utf-8") as file:
            file.write(other.crl.read_text(encoding="utf-8"))
        assert len(site.reload()) == 1
        with site.connect(theirs) as new:
            assert_answers(new)
        assert_answers(old)
    assert connections(site.server.stats(), "radsec")["ended"].get("drained", 0) == 0


@pytest.mark.row("TLS-6", "TLS-5")
def test_an_authority_that_is_trusted_no_more_takes_its_clients_along(site, tmp_path):
    other = Authority(tmp_path / "other", "Other CA")
    both = site.ca.read_text(encoding="utf-8") + other.certificate.read_text(encoding="utf-8")
    lists = site.crl.read_text(encoding="utf-8") + other.crl.read_text(encoding="utf-8")
    theirs, ours = other.client(), site.authority.client()
    only = site.ca.read_text(encoding="utf-8")
    site.ca.write_text(both, encoding="utf-8")
    site.crl.write_text(lists, encoding="utf-8")
    site.reload()
    with site.connect(ours) as staying, site.connect(theirs) as going:
        assert_answers(going)
        site.ca.write_text(only, encoding="utf-8")
        site.reload()
        assert_answers(going)
        site.reload(tls_recheck=True)
        assert going.expect_closed() == "close"
        assert_answers(staying)
    assert site.refuses(theirs) == "unknown_ca"


# Revocation

@pytest.mark.row("TLS-5")
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_revoked_certificate_is_refused(site, version):
    revoked, ours = site.authority.client(), site.authority.client()
    versions = {"minimum_version": version, "maximum_version": version}
    with site.connect(revoked, **versions) as client:
        assert_answers(client)
    site.authority.revoke(revoked)
    site.publish_crl()
    change, = site.reload()
    assert str(site.crl) in change
    assert site.refuses(revoked, **versions) == "certificate_revoked"
    assert "revoked" in end_logged(site.server, reason="bad_certificate")["why"]
    with site.connect(ours, **versions) as client:
        assert_answers(client)


@pytest.mark.row("TLS-6")
def test_the_open_connections_of_a_revoked_certificate_are_closed_and_others_are_not(site):
    revoked, ours = site.authority.client(), site.authority.client()
    with site.connect(revoked) as going, site.connect(ours) as staying:
        assert_answers(going)
        site.authority.revoke(revoked)
        site.publish_crl()
        site.reload()
        assert_answers(going)  # those that are open keep what they were let in by
        site.reload(tls_recheck=True)
        assert going.expect_closed() == "close"
        wait_for_ended(site.server, "radsec", {"bad_certificate": 1})
        assert_answers(staying)


@pytest.mark.row("TLS-15", "TLS-6")
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_revoked_certificate_does_not_resume(site, version):
    revoked = site.authority.client()
    with site.connect(revoked, minimum_version=version, maximum_version=version) as first:
        assert_answers(first)
    site.authority.revoke(revoked)
    site.publish_crl()
    site.reload()
    assert site.refuses(None, session=first) in ("certificate_revoked", "access_denied", "bad_certificate")


def test_a_folder_may_hold_the_lists(radhost, tmp_path):
    """PEM files, named by their issuers' hashes as openssl rehash does it."""
    folder = tmp_path / "lists"
    folder.mkdir()
    site = Site(radhost, tmp_path / "site")
    digest = openssl("crl", "-in", site.crl, "-noout", "-hash").strip()
    shutil.copyfile(site.crl, folder / f"{digest}.r0")
    site.keys["crl"] = folder
    site.server.rewrite(site.configuration())
    site.reload()
    revoked = site.authority.client()
    with site.connect(revoked) as client:
        assert_answers(client)
    site.authority.revoke(revoked)
    shutil.copyfile(site.authority.crl, folder / f"{digest}.r0")
    site.reload()
    assert site.refuses(revoked) == "certificate_revoked"


# Clients

@pytest.mark.row("TLS-6")
def test_the_connections_of_a_client_that_is_removed_are_closed(radhost, tmp_path):
    one, two = (client_table(name, certificate={"san_dns": f"{name}.example"}) for name in ("one", "two"))
    site = Site(radhost, tmp_path / "site", one + two)
    first, second = (site.authority.client(dns=[f"{name}.example"]) for name in ("one", "two"))
    with site.connect(first) as staying, site.connect(second) as going:
        assert_answers(going)
        site.before = one
        site.server.rewrite(site.configuration())
        assert site.reload() == ["client two removed"]
        going.send(ask(going, "now 0 accept"))
        assert going.expect_closed() == "close"
        assert_answers(staying)


def test_a_clients_secret_changes_between_two_packets(site):
    with site.connect(site.authority.client()) as client:
        assert_answers(client)
        site.before = LOOPBACK_CLIENT + 'tls_secret = "another secret"\n'
        site.server.rewrite(site.configuration())
        site.reload()
        client.secret = b"another secret"
        assert_answers(client)


# Swap and end

def test_a_swap_keeps_the_connections(radhost, program, certificates):
    server = radhost(LOOPBACK_CLIENT + stamped() + tls_listener(certificates, name="auth", handlers='["stamped"]'))
    with Stream.tls(server.address("auth"), authority=certificates.ca, certificate=certificates.client) as client:
        for name in "aba":
            server.control.swap("auth.stamped", module(program, f"stamped_{name}"))
            assert message(client.exchange(ask(client, "now"))) == name
    assert connections(server.stats(), "auth")["opened"] == 1


def test_at_the_end_what_is_in_flight_is_answered_and_then_closed(site):
    ours = site.authority.client()
    with site.connect(ours) as busy, site.connect(ours) as idle:
        assert_answers(idle)
        request = ask(busy, "thread 800 accept")
        busy.send(request)
        wait_until(lambda: site.server.stats().listener("radsec")["in_flight"] == 1)
        site.server.process.signal(signal.SIGTERM)
        assert busy.answer_to(request).code == wire.ACCESS_ACCEPT
        assert (busy.expect_closed(), idle.expect_closed()) == ("close", "close")
        assert ended(site.server.wait_for_end(), "radsec") == {"drained": 2}


def test_the_end_does_not_wait_for_handshakes(site):
    with Stream.tcp(site.address, b"") as stalled:
        wait_until(lambda: connections(site.server.stats(), "radsec")["open"] == 1 or
                   connections(site.server.stats(), "radsec")["opened"] == 1)
        site.server.stop()
        stalled.until_end()


def test_a_listener_that_goes_answers_what_it_has_and_closes(site):
    with site.connect(site.authority.client()) as client:
        request = ask(client, "thread 500 accept")
        client.send(request)
        wait_until(lambda: site.server.stats().listener("radsec")["in_flight"] == 1)
        site.server.rewrite(LOOPBACK_CLIENT + later_plugin(timeout_ms=5000))
        assert "listener radsec removed" in site.reload()
        assert client.answer_to(request).code == wire.ACCESS_ACCEPT
        assert client.expect_closed() == "close"
