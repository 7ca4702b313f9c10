# SPDX-License-Identifier: Apache-2.0
"""What tests share that use tests/plugins/extensions.c: it does what the User-Name says."""

from support import wire
from support.configurations import LOOPBACK_CLIENT, listener
from support.later import answer_to, message


def extensions_plugin(name="extensions", more=""):
    return f"""
[plugin.{name}]
module = "extensions"
[plugin.{name}.config]
{more}
"""


CONFIGURATION = (LOOPBACK_CLIENT + extensions_plugin() + extensions_plugin("others") +
                 listener("auth", '["access"]', '["extensions"]') + listener("other", '["access"]', '["others"]'))


def told(server, command, name="auth"):
    """What the module answered."""
    answer = answer_to(server, command, name)
    assert answer.code == wire.ACCESS_ACCEPT
    return message(answer)


def complaints(server):
    """What did not come out as the headers promise."""
    return [entry["message"] for entry in server.log() if entry["level"] == "error"]
