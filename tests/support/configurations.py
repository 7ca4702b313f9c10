# SPDX-License-Identifier: Apache-2.0
"""Pieces of configuration that many tests share. A test adds them up, and writes out what it is about."""

import json

from support import mschap

# The secret of most vectors.
SECRET = b"xyzzy5461"

# Every loopback address may send. The rules about missing Message-Authenticators are off: with "auto" the answer to
# one test would depend on the tests before it.
LOOPBACK_CLIENT = """
[[client]]
name = "loopback"
address = ["127.0.0.0/8", "::1"]
secret = "xyzzy5461"
require_message_authenticator = false
limit_proxy_state = false
"""

ACCESS_PLUGINS = """
[plugin.users]
module = "files"
[plugin.users.config]
path = "users.toml"

[plugin.password]
module = "password"
"""


def static_plugin(name, verdict, reply="{}"):
    """An instance of `static`; `reply` is an inline table."""
    return f"""
[plugin.{name}]
module = "static"
[plugin.{name}.config]
verdict = "{verdict}"
reply = {reply}
"""


def acctlog_plugin(path="accounting.jsonl", fsync="never"):
    return f"""
[plugin.acctlog]
module = "acctlog"
[plugin.acctlog.config]
path = "{path}"
fsync = "{fsync}"
"""


def later_plugin(name="later", timeout_ms=2000, on_error="reject", more=""):
    """An instance of tests/plugins/later.cpp, which answers as the User-Name says."""
    return f"""
[plugin.{name}]
module = "later"
timeout_ms = {timeout_ms}
on_error = "{on_error}"
[plugin.{name}.config]
{more}
"""


def listener(name, accepts, handlers, address="127.0.0.1:0", more=""):
    """A UDP listener; `accepts` and `handlers` are TOML, `more` further keys; `address` may be a TOML array."""
    addresses = address if address.startswith('["') else f'"{address}"'
    return f"""
[[listener]]
name = "{name}"
transport = "udp"
address = {addresses}
accepts = {accepts}
handlers = {handlers}
reject_delay_ms = 0
{more}
"""


def toml(value):
    """A value as TOML writes it; a dict is an inline table."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + " }"
    text = json.dumps(value if isinstance(value, (bool, int, list)) else str(value))
    return text.replace("\x7f", "\\u007f")


def stream_listener(name, transport, accepts, handlers, *, address="127.0.0.1:0", more="", **keys):
    """The same over TCP or TLS; `keys` are those of the transport's own table."""
    return (listener(name, accepts, handlers, address, more).replace('transport = "udp"', f'transport = "{transport}"') +
            f"[listener.{transport}]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in keys.items()))


def tcp_listener(name, accepts, handlers, **options):
    return stream_listener(name, "tcp", accepts, handlers, **options)


def tls_listener(certificates, name="radsec", accepts='["access"]', handlers='["later"]', **options):
    """`certificates`: those of support/certificates.py; what it presents and whom it trusts may be told otherwise."""
    return stream_listener(name, "tls", accepts, handlers, **{
        "certificate": certificates.server.certificate, "key": certificates.server.key, "ca": certificates.ca, **options})


def client_table(name, **keys):
    """A [[client]] with these keys."""
    return f'\n[[client]]\nname = "{name}"\n' + "".join(f"{key} = {toml(value)}\n" for key, value in keys.items())


AUTH_LISTENER = listener("auth", '["access"]', '["users", "password"]')
ACCT_LISTENER = listener("acct", '["accounting"]', '["acctlog"]')

# Access-Requests on 127.0.0.1, users in users.toml.
ACCESS = LOOPBACK_CLIENT + ACCESS_PLUGINS + AUTH_LISTENER
# Accounting-Requests on 127.0.0.1, records in accounting.jsonl.
ACCOUNTING = LOOPBACK_CLIENT + acctlog_plugin() + ACCT_LISTENER


# "clientPass", hashed with crypt(3) in the three schemes that users.toml takes.
CLIENT_PASS_HASHES = {
    "sha256": "$5$rounds=1000$radhosttests$j0yrJjlSL67bv0qjqJdEtSW2HEiWFLzwfTSYKwbbbw9",
    "sha512": "$6$rounds=1000$radhosttests$d/Jk4V87WLVkpTH5lF./XzgqoetsFGK/BpE5FnnAyBDMhBi6TF0CmBn5K8XwzSbSkFc2NkBYV"
              "f2gU6F8OYqEo.",
    "yescrypt": "$y$j75$radhosttests$dEdYjQv7adTrCcSVExcDSKYIq/LCCHREEgSe0HZWqd3",
}
CLIENT_PASS_NT_HASH = mschap.nt_password_hash("clientPass").hex()


def user(name, credential="password = \"clientPass\"", reply=None):
    """One [[user]]; `name` is TOML text between the quotes of a basic string."""
    return f'[[user]]\nname = "{name}"\n{credential}\n' + (f"reply = {reply}\n" if reply else "") + "\n"


def hashed_users():
    """One user for each scheme, named after it, and "nthash"."""
    text = "".join(user(name, f'password_hash = "{value}"') for name, value in CLIENT_PASS_HASHES.items())
    return text + user("nthash", f'nt_hash = "{CLIENT_PASS_NT_HASH}"')


# The user of vectors C-2a and C-3, who fits answer C-2b.
BOB = user("bob", 'password = "hello"', '{ "Service-Type" = "Login-User" }')
