# SPDX-License-Identifier: Apache-2.0
"""What tests/bench/swap and tests/bench/takeover ask for: two listeners whose module signs its answers, and swap_load, which
judges each of these."""

import json
import subprocess
import tempfile
from pathlib import Path

from pinned import BUILD, ROOT, SECRET, PinnedServer
from support.configurations import listener, stream_listener

TRANSPORTS = ("udp", "tls", "tls11")
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
"""
LISTENERS = {"auth": '["access"]', "acct": '["accounting"]'}
SATURATION_SEARCH = {"seconds": 5, "up_to": 160000, "precision": 0.03}


def listeners(transport, certificates):
    if transport == "udp":
        return "".join(listener(name, accepts, '["stamped"]') for name, accepts in LISTENERS.items())
    return "".join(stream_listener(
        name, "tls", accepts, '["stamped"]', certificate=certificates / "server.pem", key=certificates / "server.key",
        ca=certificates / "ca.pem", radius_versions=["1.0", "1.1"], max_new_connections_per_s=100000)
        for name, accepts in LISTENERS.items())


def build_programs():
    subprocess.run(["cmake", "--build", BUILD, "--target", "swap_load", "radhost", "stamped_a", "stamped_b"], check=True,
                   stdout=subprocess.DEVNULL)


class StampedServer(PinnedServer):
    """`transport`: one of TRANSPORTS; certificates are made where it is TLS."""

    def __init__(self, transport="udp"):
        self.transport = transport
        self.certificate_folder = tempfile.TemporaryDirectory()
        self.certificates = Path(self.certificate_folder.name) / "certificates"
        if transport != "udp":
            subprocess.run([ROOT / "packaging" / "make-certs.sh", self.certificates], check=True, stdout=subprocess.DEVNULL)
        super().__init__(CONFIGURATION + listeners(transport, self.certificates), settings=SETTINGS)

    def begin(self, rate, seconds, user, *swaps):
        """As below, over its transport."""
        return begin(self.server, rate, seconds, user, *swaps, transport=self.transport, certificates=self.certificates)

    def stop(self):
        super().stop()
        self.certificate_folder.cleanup()


def begin(server, rate, seconds, user, *swaps, transport="udp", certificates=None):
    """swap_load on core 1, at a support.server.Server. `swaps`: the control socket, how many, how many a second, and the
    files."""
    addresses = ["%s:%d" % server.address(name) for name in LISTENERS]
    way, secret = ("udp", SECRET) if transport == "udp" else (f"{transport}:{certificates}", "radsec")
    return subprocess.Popen(["taskset", "-c", "1", BUILD / "tests" / "bench" / "swap_load", way, *addresses, secret,
                             str(rate), str(seconds), user, *map(str, swaps)], stdout=subprocess.PIPE)


def end(load, timeout_s):
    """What it found, and whether all of that is right."""
    output, _ = load.communicate(timeout=timeout_s)
    return json.loads(output), load.returncode == 0


def saturation(user, transport="udp"):
    """The most requests a second of which none is lost: of this very load, answered as `user` says."""
    none_lost, some_lost = 0, SATURATION_SEARCH["up_to"]
    while some_lost - none_lost > SATURATION_SEARCH["precision"] * some_lost:
        rate = (none_lost + some_lost) / 2
        with StampedServer(transport) as server:
            seconds = SATURATION_SEARCH["seconds"]
            _, is_right = end(server.begin(rate, seconds, user), seconds + 120)
        none_lost, some_lost = (rate, some_lost) if is_right else (none_lost, rate)
        if some_lost < 100:
            raise SystemExit("requests are lost at any rate")
    return none_lost
