# SPDX-License-Identifier: Apache-2.0
"""What tests share that run `radhost send` over TCP and TLS."""

from support import radsec, wire, wire_1_1

ACCEPTED, NEGATIVE, NO_ANSWER, CHALLENGED, WRONG_USAGE = 0, 1, 2, 3, 64

LOGIN = ("User-Name=alice", "User-Password=clientPass")
START = ("Acct-Status-Type=Start", "Acct-Session-Id=sent")

POSITIVE = {wire.ACCESS_REQUEST: wire.ACCESS_ACCEPT, wire.STATUS_SERVER: wire.ACCESS_ACCEPT,
            wire.ACCOUNTING_REQUEST: wire.ACCOUNTING_RESPONSE, wire.COA_REQUEST: wire.COA_ACK}


def send(program, address, kind, *arguments, timeout_ms=2000, retries=1, **options):
    """One command, with short waits."""
    return program.run("send", kind, *arguments, "--to", address, "--timeout-ms", timeout_ms, "--retries", retries,
                       **options)


def identity(certificates, *, certificate=True, ca=True):
    """The options that say who we are and whom we trust."""
    certificate_file, key, ca_file = radsec.client_files(certificates)
    return [*(["--cert", certificate_file, "--key", key] if certificate else []), *(["--ca", ca_file] if ca else [])]


def accept_1_0(secret):
    """What a stub of RADIUS/1.0 answers."""
    def reply(request):
        code = POSITIVE[request[0]]
        return wire.answer(code, request, [], secret,
                           message_authenticator="first" if code == wire.ACCESS_ACCEPT else None)
    return reply


def accept_1_1(request):
    return wire_1_1.answer(POSITIVE[request[0]], request)
