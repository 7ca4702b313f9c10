# SPDX-License-Identifier: Apache-2.0
"""What tests/bench/swap and tests/bench/takeover ask for: two listeners whose module signs its answers, and swap_load, which
judges each of these."""

import json
import subprocess

from pinned import BUILD, SECRET, PinnedServer
from support.configurations import listener

# Several instances drain at once where requests take long.
SETTINGS = "max_draining = 32"
CONFIGURATION = f"""
[[client]]
name = "loopback"
address = "127.0.0.0/8"
secret = "{SECRET}"
max_in_flight = 65536

[plugin.stamped]
module = "stamped_a"
timeout_ms = 5000
""" + listener("auth", '["access"]', '["stamped"]') + listener("acct", '["accounting"]', '["stamped"]')
SATURATION_SEARCH = {"seconds": 5, "up_to": 160000, "precision": 0.03}


def build_programs():
    subprocess.run(["cmake", "--build", BUILD, "--target", "swap_load", "radhost", "stamped_a", "stamped_b"], check=True,
                   stdout=subprocess.DEVNULL)


class StampedServer(PinnedServer):
    def __init__(self):
        super().__init__(CONFIGURATION, settings=SETTINGS)


def begin(server, rate, seconds, user, *swaps):
    """swap_load on core 1, at a support.server.Server. `swaps`: the control socket, how many, how many a second, and the
    files."""
    addresses = ["%s:%d" % server.address(name) for name in ("auth", "acct")]
    return subprocess.Popen(["taskset", "-c", "1", BUILD / "tests" / "bench" / "swap_load", *addresses, SECRET, str(rate),
                             str(seconds), user, *map(str, swaps)], stdout=subprocess.PIPE)


def end(load, timeout_s):
    """What it found, and whether all of that is right."""
    output, _ = load.communicate(timeout=timeout_s)
    return json.loads(output), load.returncode == 0


def saturation(user):
    """The most requests a second of which none is lost: of this very load, answered as `user` says."""
    none_lost, some_lost = 0, SATURATION_SEARCH["up_to"]
    while some_lost - none_lost > SATURATION_SEARCH["precision"] * some_lost:
        rate = (none_lost + some_lost) / 2
        with StampedServer() as server:
            seconds = SATURATION_SEARCH["seconds"]
            _, is_right = end(begin(server.server, rate, seconds, user), seconds + 120)
        none_lost, some_lost = (rate, some_lost) if is_right else (none_lost, rate)
        if some_lost < 100:
            raise SystemExit("requests are lost at any rate")
    return none_lost
