# SPDX-License-Identifier: Apache-2.0
"""Which version of RADIUS a TLS connection speaks: what the server makes of every offer, by OpenSSL's client."""

import pytest

from support import radsec, wire, wire_1_1
from support.configurations import ACCESS_PLUGINS, BOB, tls_listener
from support.connections import wait_for_ended
from support.openssl import Conversation
from support.stream import RADSEC
from support.vectors import octets

HISTORIC, V1_0, V1_1 = "1.0, nothing selected", "1.0", "1.1"
ALERT, CLOSED = "alert 120", "closed"
NO_APPLICATION_PROTOCOL = 120

LISTENERS = {"old": ["1.0"], "either": ["1.0", "1.1"], "new": ["1.1"], "turned": ["1.1", "1.0"]}

# RFC 9765 §3.3.2, D-28: offer → outcome.
TABLE = {
    "old": {None: HISTORIC, "radius/1.0": HISTORIC, "radius/1.1": HISTORIC, "radius/1.0,radius/1.1": HISTORIC,
            "h2": HISTORIC},
    "either": {None: HISTORIC, "radius/1.0": V1_0, "radius/1.1": V1_1, "radius/1.0,radius/1.1": V1_1,
               "radius/1.1,radius/1.0": V1_1, "h2,radius/1.0": V1_0, "h2": ALERT, "radius/1.10": ALERT,
               "RADIUS/1.1": ALERT},
    "turned": {None: HISTORIC, "radius/1.0": V1_0, "radius/1.0,radius/1.1": V1_1, "h2": ALERT},
    "new": {None: CLOSED, "radius/1.0": ALERT, "radius/1.1": V1_1, "radius/1.0,radius/1.1": V1_1,
            "radius/1.1,radius/1.0": V1_1, "h2": ALERT},
}
CELLS = [pytest.param(name, offer, outcome, id=f"server {LISTENERS[name]}, client {offer}")
         for name, offers in TABLE.items() for offer, outcome in offers.items()]


@pytest.fixture(scope="module")
def server(shared_radhost, certificates):
    listeners = "".join(tls_listener(certificates, name, '["access"]', '["users", "password"]',
                                     radius_versions=versions, minimum_version="1.2")
                        for name, versions in LISTENERS.items())
    return shared_radhost(radsec.RADSEC_CLIENT + ACCESS_PLUGINS + listeners, files={"users.toml": BOB})


@pytest.fixture
def converse(server, certificates):
    """converse(listener, offer, request, *arguments): OpenSSL's client connects and sends the octets of a request."""
    certificate, key, ca = radsec.client_files(certificates)

    def run(name, offer, request, *arguments):
        alpn = ["-alpn", offer] if offer else []
        return Conversation(server.address(name), "-cert", certificate, "-key", key, "-CAfile", ca,
                            "-verify_return_error", *alpn, *arguments, send=request,
                            until=lambda seen: answer_1_0(seen) or answer_1_1(seen))
    return run


REQUEST_1_0, REQUEST_1_1 = octets("C-12a"), octets("C-13a")


def answer_1_0(seen):
    """The answer to REQUEST_1_0 somewhere among what OpenSSL prints, signed with the secret of RADIUS over TLS."""
    return find(seen, bytes([wire.ACCESS_ACCEPT, REQUEST_1_0[1]]),
                lambda packet: wire.check_answer(packet, REQUEST_1_0, RADSEC))


def answer_1_1(seen):
    return find(seen, bytes([wire.ACCESS_ACCEPT, 0]), lambda packet: wire_1_1.check_answer(packet, REQUEST_1_1))


def find(seen, begin, check):
    position = seen.find(begin)
    while position >= 0:
        length = int.from_bytes(seen[position + 2:position + 4], "big")
        try:
            return check(seen[position:position + length])
        except (wire.Malformed, wire.WrongAnswer):
            position = seen.find(begin, position + 1)
    return None


@pytest.mark.row("V11-2", "V11-3")
@pytest.mark.parametrize("name, offer, outcome", CELLS)
def test_every_offer_ends_as_the_table_says(converse, name, offer, outcome):
    done = converse(name, offer, REQUEST_1_1 if outcome == V1_1 else REQUEST_1_0)
    if outcome == ALERT:
        assert done.was_closed and done.has_alert(NO_APPLICATION_PROTOCOL), done.text
        assert done.alpn in (None, "none")
    elif outcome == CLOSED:
        # A Protocol-Error may come before (RFC 9765 §3.3.1), an answer may not.
        assert done.was_closed and not answer_1_0(done.octets), done.text
    else:
        assert done.alpn == {HISTORIC: "none", V1_0: "radius/1.0", V1_1: "radius/1.1"}[outcome], done.text
        assert (answer_1_1 if outcome == V1_1 else answer_1_0)(done.octets), done.text


@pytest.mark.row("V11-3")
def test_who_must_close_does_not_answer_1_1_either(converse):
    """A client that offers nothing has not agreed to anything."""
    done = converse("new", None, REQUEST_1_1)
    assert done.was_closed and not answer_1_1(done.octets), done.text


@pytest.mark.row("V11-2")
def test_an_offer_of_1_1_that_is_not_answered_is_1_0(converse):
    """A server of 1.0 alone reads what such a client sends as RADIUS/1.0: its password is not in the clear."""
    done = converse("old", "radius/1.1", REQUEST_1_1)
    assert done.alpn == "none" and not answer_1_1(done.octets), done.text


@pytest.mark.row("V11-1", "TLS-1")
@pytest.mark.parametrize("name", ["either", "new"])
@pytest.mark.parametrize("offer", ["radius/1.1", "radius/1.0,radius/1.1", None])
def test_tls_1_2_is_refused_where_1_1_is_offered(converse, name, offer):
    """These listeners ask for "1.2" as minimum; RADIUS/1.1 raises it."""
    for request in (REQUEST_1_0, REQUEST_1_1):
        done = converse(name, offer, request, "-tls1_2")
        assert done.was_closed and not done.completed_handshake, done.text
        assert not answer_1_0(done.octets) and not answer_1_1(done.octets)


@pytest.mark.row("V11-1", "TLS-1")
def test_tls_1_2_is_taken_where_1_0_alone_is_spoken(converse):
    done = converse("old", None, REQUEST_1_0, "-tls1_2")
    assert done.completed_handshake and answer_1_0(done.octets), done.text


@pytest.mark.row("V11-15")
@pytest.mark.parametrize("name", ["either", "new"])
@pytest.mark.parametrize("offer", [None, "radius/1.0"])
def test_a_session_of_1_1_is_not_resumed_as_anything_else(converse, tmp_path, name, offer):
    """A server may also hand out no session, or not take it back: then there is a handshake in full."""
    session = tmp_path / "session"
    first = converse(name, "radius/1.1", REQUEST_1_1, "-sess_out", session)
    assert answer_1_1(first.octets), first.text
    if not session.exists():
        return
    again = converse(name, "radius/1.1", REQUEST_1_1, "-sess_in", session)
    assert again.alpn == "radius/1.1" and answer_1_1(again.octets), again.text
    other = converse(name, offer, REQUEST_1_0, "-sess_in", session)
    if name == "new" or "Reused, TLS" in other.text:
        assert other.was_closed and not answer_1_0(other.octets), other.text


@pytest.mark.row("V11-2", "V11-3")
def test_how_connections_end_is_counted(radhost, certificates):
    certificate, key, ca = radsec.client_files(certificates)
    server = radhost(radsec.RADSEC_CLIENT + ACCESS_PLUGINS + tls_listener(
        certificates, "new", '["access"]', '["users", "password"]', radius_versions=["1.1"]), files={"users.toml": BOB})
    for alpn in ([], ["-alpn", "radius/1.0"]):
        assert Conversation(server.address("new"), "-cert", certificate, "-key", key, "-CAfile", ca, *alpn).was_closed
    wait_for_ended(server, "new", {"no_common_version": 2})
