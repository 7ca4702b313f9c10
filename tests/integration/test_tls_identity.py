# SPDX-License-Identifier: Apache-2.0
"""Which client a TLS peer is: by its certificate, by the address it comes from, or by both."""

import pytest

from support import wire
from support.configurations import LOOPBACK_CLIENT, client_table, later_plugin, tcp_listener, tls_listener
from support.connections import connection_logged, end_logged, ended, wait_for_ended
from support.later import ask
from support.stamped import command
from support.stream import Stream, refusal
from support.waiting import wait_until

# What it is called where a certificate is right and no client has it.
REASONS = ("unknown_client", "bad_certificate", "wrong_address")
# OpenSSL's server has no way to send access_denied once it has seen a certificate.
DENIED = frozenset({"access_denied", "bad_certificate"})
# Where no client may come from, nothing is heard, so that strangers use up nobody's bounds (RFC 9813 §6.2.1).
UNHEARD = frozenset({"cut", "close", "reset"})
NOT_OURS = {"access_denied", "certificate_unknown", "bad_certificate", "unknown_ca"}


@pytest.fixture
def start(radhost, certificates):
    """start(clients) is a server for these [[client]]s."""
    def started(clients, **keys):
        return radhost(clients + later_plugin() + tls_listener(certificates, **keys))
    return started


@pytest.fixture(scope="module")
def issue(certificates):
    return certificates.authority.issue


@pytest.fixture
def tls(certificates):
    """The options of a connection with a certificate."""
    def options(certificate, source="127.0.0.1", **more):
        return {"authority": certificates.ca, "certificate": certificate, "source": source, **more}
    return options


def assert_is(server, name, options, listener="radsec"):
    """It is answered, and it is this client."""
    with Stream.tls(server.address(listener), **options) as client:
        port = client.socket.getsockname()[1]
        assert client.exchange(ask(client, "now 0 accept")).code == wire.ACCESS_ACCEPT
    assert connection_logged(server, peer=f"{options['source']}:{port}")["client"] == name
    assert server.stats().client(name)["requests"] >= 1


def assert_refused(server, options, alerts=DENIED):
    """With an alert, and nothing is handled; one connection more has ended for one of the reasons that fit."""
    before = sum(ended(server.stats(), "radsec").get(reason, 0) for reason in REASONS)
    assert refusal(server.address("radsec"), **options) in alerts
    wait_until(lambda: sum(ended(server.stats(), "radsec").get(reason, 0) for reason in REASONS) == before + 1)
    entry = server.wait_for_log(lambda told: told["message"] == "connection ended" and told["reason"] in REASONS)
    assert (entry["level"], entry["listener"]) == ("warn", "radsec") and entry["why"]


def by(**wanted):
    """A client that is known by its certificate alone."""
    return client_table("branch", certificate=wanted)


VERSIONS = pytest.mark.parametrize("version", ["1.2", "1.3"])


# By address

@pytest.mark.row("TLS-8")
@VERSIONS
def test_a_client_by_address_needs_a_certificate_for_that_address(start, issue, tls, version):
    server = start(client_table("branch", address=["127.0.0.1"], secret="xyzzy5461"))
    right = {"minimum_version": version, "maximum_version": version}
    assert_is(server, "branch", tls(issue(ip=["127.0.0.1"]), **right))
    assert_is(server, "branch", tls(issue(ip=["192.0.2.1", "127.0.0.1"], dns=["other.example"]), **right))
    assert_refused(server, tls(issue(ip=["127.0.0.9"]), **right))


@pytest.mark.row("TLS-8")
@pytest.mark.parametrize("names", [{"dns": ["127.0.0.1"]}, {"cn": "127.0.0.1"}, {"dns": ["localhost"]}, {}],
                         ids=["as a DNS name", "as the common name", "another name", "no name"])
def test_an_address_is_told_by_an_address_alone(start, issue, tls, names):
    server = start(client_table("branch", address=["127.0.0.1"], secret="xyzzy5461"))
    assert_refused(server, tls(issue(**names)), NOT_OURS)


@pytest.mark.row("TLS-8")
def test_a_client_by_range_needs_a_certificate_for_the_address_it_comes_from(start, issue, tls):
    server = start(client_table("range", address=["127.0.1.0/24"], secret="xyzzy5461"))
    assert_is(server, "range", tls(issue(ip=["127.0.1.7"]), "127.0.1.7"))
    assert_refused(server, tls(issue(ip=["127.0.1.7"]), "127.0.1.8"))


@pytest.mark.row("TLS-8", "TLS-10")
def test_a_source_outside_of_every_range_is_refused(start, issue, tls):
    server = start(client_table("range", address=["127.0.1.0/24"], secret="xyzzy5461"))
    options = tls(issue(ip=["127.0.2.7"]), "127.0.2.7")
    assert refusal(server.address("radsec"), **options) in {"access_denied", "close", "reset", "cut"}
    assert sum(ended(server.stop(), "radsec").values()) == 1


@pytest.mark.row("TLS-8", "CLI-1")
def test_the_longest_prefix_chooses_among_ranges(start, issue, tls):
    server = start(client_table("wide", address=["127.0.0.0/8"], secret="xyzzy5461") +
                   client_table("narrow", address=["127.0.1.0/24"], secret="xyzzy5461"))
    assert_is(server, "narrow", tls(issue(ip=["127.0.1.7"]), "127.0.1.7"))
    assert_is(server, "wide", tls(issue(ip=["127.0.2.7"]), "127.0.2.7"))


# By certificate

@pytest.mark.row("TLS-8")
@VERSIONS
def test_a_client_by_dns_name_is_known_wherever_it_is(start, issue, tls, version):
    server = start(by(san_dns="nas.branch.example"))
    certificate = issue(dns=["other.example", "nas.branch.example"])
    for source in ("127.0.0.1", "127.7.7.7"):
        assert_is(server, "branch", tls(certificate, source, minimum_version=version, maximum_version=version))


@pytest.mark.row("TLS-8")
def test_dns_names_have_no_case(start, issue, tls):
    server = start(by(san_dns="NAS.branch.example"))
    assert_is(server, "branch", tls(issue(dns=["nas.Branch.EXAMPLE"])))


@pytest.mark.row("TLS-8")
@pytest.mark.parametrize("names", [
    {"dns": ["branch.example"]}, {"dns": ["nas.branch.example.evil.example"]}, {"dns": ["x.nas.branch.example"]},
    {"cn": "nas.branch.example"}, {"cn": "nas.branch.example", "dns": ["other.example"]}, {"ip": ["127.0.0.1"]}, {}],
    ids=str)
def test_another_name_is_not_that_client(start, issue, tls, names):
    """The common name is none that counts."""
    assert_refused(start(by(san_dns="nas.branch.example")), tls(issue(**names)), NOT_OURS)


@pytest.mark.row("TLS-8")
def test_a_client_may_be_known_by_an_address_in_its_certificate(start, issue, tls):
    """And it must come from there."""
    server = start(by(san_ip="127.0.0.7"))
    assert_is(server, "branch", tls(issue(ip=["127.0.0.7"]), "127.0.0.7"))
    assert_refused(server, tls(issue(ip=["127.0.0.7"]), "127.0.0.1"))
    assert_refused(server, tls(issue(ip=["127.0.0.8"]), "127.0.0.8"), NOT_OURS)


@pytest.mark.row("TLS-8", "TLS-9")
def test_the_common_name_counts_where_an_entry_names_it(start, issue, tls):
    """D-18."""
    server = start(by(subject_cn="old nas"))
    assert_is(server, "branch", tls(issue(cn="old nas")))
    assert_refused(server, tls(issue(cn="older nas", dns=["old.nas"])), NOT_OURS)


@pytest.mark.row("TLS-9")
@pytest.mark.parametrize("write", [str.lower, str.upper, lambda digits: ":".join(
    digits[place:place + 2] for place in range(0, 64, 2))], ids=["lower", "upper", "colons"])
def test_a_fingerprint_is_one_certificate(start, issue, tls, write):
    ours, others = issue(cn="nas"), issue(cn="nas")
    server = start(by(fingerprint_sha256=write(ours.fingerprint())))
    assert_is(server, "branch", tls(ours))
    assert_refused(server, tls(others), NOT_OURS)


@pytest.mark.row("TLS-9")
def test_an_issuer_may_be_demanded_beside_a_name(start, certificates, issue, tls, tmp_path):
    """Of two authorities that are trusted, one may vouch for it."""
    both = tmp_path / "both.pem"
    both.write_text(certificates.ca.read_text() + certificates.other.certificate.read_text(), encoding="utf-8")
    ours = issue(dns=["nas.example"])
    server = start(by(san_dns="nas.example", issuer=ours.issuer()), ca=both)
    assert_is(server, "branch", tls(ours))
    assert_refused(server, tls(certificates.other.issue(dns=["nas.example"])), NOT_OURS)


@pytest.mark.row("TLS-9")
def test_all_that_an_entry_names_must_hold(start, issue, tls):
    server = start(by(san_dns="nas.example", subject_cn="nas"))
    assert_is(server, "branch", tls(issue(dns=["nas.example"], cn="nas")))
    for names in ({"dns": ["nas.example"], "cn": "other"}, {"dns": ["other.example"], "cn": "nas"}):
        assert_refused(server, tls(issue(**names)), NOT_OURS)


@pytest.mark.row("TLS-9")
def test_several_clients_may_come_from_one_address(start, issue, tls):
    server = start("".join(client_table(name, certificate={"san_dns": f"{name}.example"}) for name in ("one", "two"))
                   + client_table("loopback", address=["127.0.0.0/8"], secret="xyzzy5461"))
    certificates = {name: issue(dns=[f"{name}.example"]) for name in ("one", "two")}
    for name, certificate in [*certificates.items(), ("loopback", issue(ip=["127.0.0.1"]))]:
        assert_is(server, name, tls(certificate))
    for name in ("one", "two", "loopback"):
        assert server.stats().client(name)["requests"] == 1


@pytest.mark.row("TLS-9")
def test_a_clients_own_keys_go_with_its_certificate(start, issue, tls):
    server = start("".join(client_table(name, certificate={"san_dns": f"{name}.example"}, tls_secret=f"of {name}")
                           for name in ("one", "two")))
    for name in ("one", "two"):
        assert_is(server, name, tls(issue(dns=[f"{name}.example"]), secret=f"of {name}".encode()))
    with Stream.tls(server.address("radsec"), **tls(issue(dns=["one.example"]), secret=b"of two")) as client:
        client.send(ask(client, "now 0 accept"))
        assert client.expect_closed() == "close"


def test_what_a_client_sends_is_told_under_its_name(start, issue, tls, program):
    server = start(by(san_dns="nas.example"))
    assert_is(server, "branch", tls(issue(dns=["nas.example"])))
    done = command(program, server, "stats")
    assert done.returncode == 0 and "branch" in done.stdout
    done = command(program, server, "status", "--clients")
    assert done.returncode == 0 and "branch" in done.stdout


# By both

@pytest.mark.row("TLS-10")
@VERSIONS
@pytest.mark.parametrize("alone", [False, True], ids=["where others come from", "where nobody comes from"])
def test_the_right_certificate_from_the_wrong_address_is_denied(start, issue, tls, version, alone):
    branch = client_table("branch", address=["127.0.0.7"], secret="xyzzy5461", certificate={"san_dns": "nas.example"})
    other = client_table("other", address=["127.0.0.1"], secret="xyzzy5461", certificate={"san_dns": "other.example"})
    server = start(branch if alone else branch + other)
    certificate = issue(dns=["nas.example"])
    assert_is(server, "branch", tls(certificate, "127.0.0.7"))
    options = tls(certificate, "127.0.0.1", minimum_version=version, maximum_version=version)
    assert refusal(server.address("radsec"), **options) in (UNHEARD if alone else DENIED)
    assert end_logged(server, reason="wrong_address")["peer"].startswith("127.0.0.1:")
    assert ended(server.stop(), "radsec").get("wrong_address") == 1


@pytest.mark.row("TLS-10", "TLS-8")
def test_the_wrong_certificate_from_the_right_address_is_refused(start, issue, tls):
    server = start(client_table("branch", address=["127.0.0.7"], secret="xyzzy5461",
                                certificate={"san_dns": "nas.example"}))
    assert_refused(server, tls(issue(dns=["other.example"]), "127.0.0.7"), NOT_OURS)


@pytest.mark.row("TLS-8")
def test_beside_a_name_the_certificate_need_not_have_the_address(start, issue, tls):
    """The entry says how it is to be known."""
    server = start(client_table("branch", address=["127.0.0.7"], secret="xyzzy5461",
                                certificate={"san_dns": "nas.example"}))
    assert_is(server, "branch", tls(issue(dns=["nas.example"], ip=["192.0.2.1"]), "127.0.0.7"))


@pytest.mark.row("CLI-2")
def test_a_listener_serves_the_clients_it_names(start, issue, tls):
    server = start("".join(client_table(name, certificate={"san_dns": f"{name}.example"}) for name in ("one", "two")),
                   more='clients = ["two"]')
    assert_is(server, "two", tls(issue(dns=["two.example"])))
    assert_refused(server, tls(issue(dns=["one.example"])), NOT_OURS)


@pytest.mark.row("TLS-9")
def test_a_client_by_certificate_alone_is_none_over_tcp_and_udp(radhost, certificates, issue, tls):
    """Nothing there tells who it is."""
    server = radhost(by(san_dns="nas.example") + later_plugin() + tls_listener(certificates) +
                     tcp_listener("tcp", '["access"]', '["later"]'))
    assert_is(server, "branch", tls(issue(dns=["nas.example"])))
    with Stream.tcp(server.address("tcp"), b"radsec") as client:
        assert client.expect_closed(within_s=1) in ("close", "reset")


# Resumption

@pytest.mark.row("TLS-15")
@VERSIONS
def test_a_client_that_was_removed_does_not_resume(start, certificates, issue, tls, version):
    one, two = (client_table(name, certificate={"san_dns": f"{name}.example"}) for name in ("one", "two"))
    server = start(one + two)
    rest = later_plugin() + tls_listener(certificates)
    versions = {"minimum_version": version, "maximum_version": version}
    with Stream.tls(server.address("radsec"), **tls(issue(dns=["two.example"]), **versions)) as first:
        assert first.exchange(ask(first, "now 0 accept")).code == wire.ACCESS_ACCEPT
    server.rewrite(one + rest)
    server.control.reload()
    assert refusal(server.address("radsec"), authority=certificates.ca, session=first) in NOT_OURS
    assert_is(server, "one", tls(issue(dns=["one.example"])))


@pytest.mark.row("TLS-16")
def test_a_client_that_shows_the_servers_own_certificate_is_a_mirror(start, certificates, tls):
    server = start(client_table("all", address=["127.0.0.0/8"], secret="xyzzy5461"))
    alert = refusal(server.address("radsec"), **tls(certificates.server, "127.0.0.1"))
    assert alert in ("bad_certificate", "unsupported_certificate")  # it is for servers, too
    wait_until(lambda: ended(server.stats(), "radsec") == {"bad_certificate": 1})


@pytest.mark.row("TLS-15", "TLS-10")
@VERSIONS
def test_a_session_does_not_resume_from_an_address_that_is_not_allowed(start, certificates, issue, tls, version):
    server = start(client_table("branch", address=["127.0.0.7"], secret="xyzzy5461",
                                certificate={"san_dns": "nas.example"}))
    versions = {"minimum_version": version, "maximum_version": version}
    with Stream.tls(server.address("radsec"), **tls(issue(dns=["nas.example"]), "127.0.0.7", **versions)) as first:
        assert first.exchange(ask(first, "now 0 accept")).code == wire.ACCESS_ACCEPT
    with Stream.tls(server.address("radsec"), authority=certificates.ca, session=first, source="127.0.0.7") as again:
        assert again.exchange(ask(again, "now 0 accept")).code == wire.ACCESS_ACCEPT
    assert refusal(server.address("radsec"), authority=certificates.ca, session=first,
                   source="127.0.0.1") in UNHEARD


def test_the_usual_certificate_is_of_the_loopback_client(start, certificates, tls):
    server = start(LOOPBACK_CLIENT)
    assert_is(server, "loopback", tls(certificates.client))
    wait_for_ended(server, "radsec", {"peer_closed": 1})
