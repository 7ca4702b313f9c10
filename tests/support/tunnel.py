# SPDX-License-Identifier: Apache-2.0
"""What tests share that use tests/plugins/tunnel.cpp: it runs an inner request, and answers as that does."""

from support.client import Client
from support.configurations import SECRET

CALLBACK_NUMBER, CALLBACK_ID = 19, 20


def tunnel_plugin(name="tunnel", chain="inner", timeout_ms=2000, on_error="reject"):
    return f"""
[plugin.{name}]
module = "tunnel"
timeout_ms = {timeout_ms}
on_error = "{on_error}"
[plugin.{name}.config]
chain = "{chain}"
"""


def chain(handlers, name="inner"):
    """A [chain.NAME]; `handlers` is TOML."""
    return f"\n[chain.{name}]\nhandlers = {handlers}\n"


def outer(client, inner_name, inner_password="", way="tunnel", attributes=(), **options):
    """An Access-Request that holds an inner name and password."""
    inner = [(CALLBACK_ID, inner_name.encode())]
    if inner_password:
        inner.append((CALLBACK_NUMBER, inner_password.encode()))
    return client.pap_request(way.encode(), b"outer", [*inner, *attributes], **options)


def through(server, inner_name, inner_password="", way="tunnel", name="auth"):
    """The answer to a client of its own."""
    with Client(server.address(name), SECRET) as client:
        return client.exchange(outer(client, inner_name, inner_password, way))
