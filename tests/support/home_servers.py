# SPDX-License-Identifier: Apache-2.0
"""Home servers over TCP and TLS that tests of pools ask: stubs that answer, and what they were asked."""

from support import wire, wire_1_1
from support.client import Client
from support.configurations import SECRET
from support.pools import home_answer, home_answer_1_1
from support.radsec import stub_context
from support.stream import RADSEC
from support.stream_stub import StreamStub


def client_of(server):
    return Client(server.address("auth"), SECRET)


def silent(_):
    return None


def named(name):
    """Answers that say whose they are."""
    return lambda request: home_answer(request, [(wire.REPLY_MESSAGE, name)])


def over_tls(request, attributes=(), **options):
    return home_answer(request, attributes, secret=RADSEC, **options)


def tls_stub(certificates, reply=over_tls, alpn=(), **options):
    return StreamStub(reply, context=stub_context(certificates, alpn=alpn), **options)


def stub_1_1(certificates, reply=home_answer_1_1, **options):
    return tls_stub(certificates, reply, alpn=[wire_1_1.ALPN_1_1], **options)


def asked(stub, *codes):
    """What it was asked, the watchdog's aside."""
    return [octets for octets in list(stub.requests)
            if octets[0] in (codes or (wire.ACCESS_REQUEST, wire.ACCOUNTING_REQUEST))]


def accounting(client):
    return client.accounting_request([(wire.USER_NAME, b"bob"), (wire.ACCT_STATUS_TYPE, wire.integer(1)),
                                      (wire.ACCT_SESSION_ID, b"s"), (wire.NAS_IP_ADDRESS, wire.ipv4("192.0.2.1"))])
