# SPDX-License-Identifier: Apache-2.0
"""Configurations with a [pool.NAME] and the module that forwards to it, and home servers that answer."""

from support import wire, wire_1_1
from support.configurations import LOOPBACK_CLIENT, listener, toml

# What the proxy shares with home servers; with its clients it shares configurations.SECRET.
HOME_SECRET = b"between proxy and home"

ANSWERS = {wire.ACCESS_REQUEST: wire.ACCESS_ACCEPT, wire.ACCOUNTING_REQUEST: wire.ACCOUNTING_RESPONSE,
           wire.COA_REQUEST: wire.COA_ACK, wire.DISCONNECT_REQUEST: wire.DISCONNECT_ACK,
           wire.STATUS_SERVER: wire.ACCESS_ACCEPT}

# Short, so that tests need not wait; what a test is about it says itself.
QUICK = {"initial_timeout_ms": 100, "max_timeout_ms": 200, "max_attempts": 5, "max_duration_ms": 3000,
         "attempts_per_server": 2, "dead_after": 3, "dead_time_ms": 60000}


def pool(*addresses, name="homes", secret=HOME_SECRET, server_more="", **keys):
    servers = ", ".join(f'{{ address = "{address}", secret = "{secret.decode()}"{server_more} }}'
                        for address in addresses)
    lines = "".join(f"{key} = {str(value).lower()}\n" for key, value in {**QUICK, **keys}.items())
    return f"\n[pool.{name}]\nservers = [{servers}]\n{lines}"


def pool_of(*servers, name="homes", **keys):
    """A pool whose servers are tables: those of the functions below."""
    lines = "".join(f"{key} = {toml(value)}\n" for key, value in {**QUICK, **keys}.items())
    return f"\n[pool.{name}]\nservers = {'[' + ', '.join(toml(each) for each in servers) + ']'}\n{lines}"


def udp_server(address):
    return {"address": address, "secret": HOME_SECRET.decode()}


def tcp_server(address):
    return {"address": address, "secret": HOME_SECRET.decode(), "transport": "tcp"}


def tls_server(address, certificates, *versions, **keys):
    """`versions` of RADIUS; none leaves the default. `keys` that are None are left out."""
    table = {"address": address, "transport": "tls", "certificate": certificates.client.certificate,
             "key": certificates.client.key, "ca": certificates.ca, **keys}
    if versions:
        table["radius_versions"] = list(versions)
    return {key: value for key, value in table.items() if value is not None}


def proxy_plugin(name="proxy", module="proxy", timeout_ms=10000, more=""):
    return f"""
[plugin.{name}]
module = "{module}"
timeout_ms = {timeout_ms}
[plugin.{name}.config]
pool = "homes"
{more}
"""


LISTENER = listener("auth", '["access", "accounting", "coa", "disconnect"]', '["proxy"]')


def proxy(*addresses, more="", **keys):
    """A proxy for every kind of request, on one listener."""
    return LOOPBACK_CLIENT + pool(*addresses, **keys) + proxy_plugin(more=more) + LISTENER


def proxy_to(*servers, more="", **keys):
    """The same to servers that are tables."""
    return LOOPBACK_CLIENT + pool_of(*servers, **keys) + proxy_plugin(more=more) + LISTENER


def home_answer_1_1(request, attributes=(), code=None):
    """The same over RADIUS/1.1."""
    packet = wire_1_1.decode(request)
    echoed = [(wire.PROXY_STATE, value) for value in packet.values(wire.PROXY_STATE)]
    return wire_1_1.answer(ANSWERS[packet.code] if code is None else code, request, [*attributes, *echoed])


def home_answer(request, attributes=(), code=None, secret=HOME_SECRET, **options):
    """The octets with which a home server answers the octets of a request: Proxy-State is echoed (RFC 2865 §5.33)."""
    packet = wire.decode(request)
    code = ANSWERS[packet.code] if code is None else code
    if code not in wire.ACCESS_REPLIES:
        options.setdefault("message_authenticator", None)
    echoed = [(wire.PROXY_STATE, value) for value in packet.values(wire.PROXY_STATE)]
    return wire.answer(code, request, [*attributes, *echoed], secret, **options)


def servers_of(server, name="homes"):
    """The pool's servers, as /v1/stats shows them."""
    return server.control.get("/v1/stats")["pools"][name]["servers"]
