#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a plugin that takes 50 ms does to others, and what it can do itself.

  slow_plugin.py [--rounds 5] [--seconds 4]

Server on core 0, `radhost load` on core 1, one worker. A listener with a fast plugin is asked 2,000 times a second, alone
and while another listener's plugin has 1,000 requests a second that take 50 ms each: by timers (PENDING), and on 64 pool
threads (OFFLOAD). Both loads share core 1, so what the slow one adds is an upper bound. Each round measures both, in turn; what is printed are medians over the rounds. Then the pool's own
throughput."""

import argparse
import contextlib
import statistics
import subprocess

from pinned import SECRET, PinnedServer, end_load
from support.configurations import later_plugin, listener, static_plugin

CONFIGURATION = f"""
[[client]]
name = "loopback"
address = "127.0.0.0/8"
secret = "{SECRET}"
max_in_flight = 16384
""" + static_plugin("yes", "accept") + later_plugin() + listener("fast", '["access"]', '["yes"]') + listener(
    "slow", '["access"]', '["later"]')


@contextlib.contextmanager
def disturbed(server, command, seconds):
    """The slow listener is busy from a second before to a second after."""
    process = server.begin_load("slow", "--rate", 1000, "--duration-s", seconds + 2, user=command)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=1)
    try:
        yield
    finally:
        end_load(process)


def p99_us(server, seconds):
    return server.load("fast", "--rate", 2000, "--duration-s", seconds)["p99_us"]


def neighbour(server, name, command, rounds, seconds):
    pairs = []
    for number in range(rounds):
        if number % 2 == 0:
            alone = p99_us(server, seconds)
        with disturbed(server, command, seconds):
            beside = p99_us(server, seconds)
        if number % 2 == 1:
            alone = p99_us(server, seconds)
        pairs.append((alone, beside))
    ratio = statistics.median(beside / alone for alone, beside in pairs)
    added = statistics.median(beside - alone for alone, beside in pairs)
    print(f"p99 beside 50 ms by {name:<8} {ratio:5.2f} times, {added:+.0f} µs   "
          f"(pairs: {', '.join(f'{alone:.0f} and {beside:.0f}' for alone, beside in pairs)} µs)", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    arguments = parser.parse_args()
    with PinnedServer(CONFIGURATION, settings="offload_threads = 64") as server:
        server.server.control.set_log_level("error")  # the slow plugin tells all that it does
        neighbour(server, "PENDING", "timer 50 accept", arguments.rounds, arguments.seconds)
        neighbour(server, "OFFLOAD", "offload 50 accept", arguments.rounds, arguments.seconds)
        rates = [server.load("slow", "--window", 256, "--duration-s", arguments.seconds, user="offload 50 accept")["rate"]
                 for _ in range(arguments.rounds)]
        print(f"64 pool threads that take 50 ms: {statistics.median(rates):,.0f} requests/s "
              f"({min(rates):,.0f} to {max(rates):,.0f}; 1,280 are possible)")


if __name__ == "__main__":
    main()
