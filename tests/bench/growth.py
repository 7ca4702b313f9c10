#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a request costs the server when there is much of something: clients, remembered answers.

  growth.py [--rounds 5] [--requests 200000]

Server on core 0, `radhost load` on core 1, PAP Access-Requests from 4,096 source addresses to a chain that accepts all.
Cost is the server's user and system time divided by the answers. Servers with little and with much of it run at the same
time and are asked in turn; what is printed is the median of the rounds' ratios."""

import argparse
import statistics

from pinned import SECRET, PinnedServer
from support.configurations import listener, static_plugin

SOURCES = 4096


def client(addresses):
    return f"""
[[client]]
name = "loopback"
address = [{", ".join(f'"{address}"' for address in addresses)}]
secret = "{SECRET}"
"""


def prefixes(count):
    """The addresses that `radhost load --sources` uses, and others up to `count`."""
    yield from (f"127.{1 + n // 65536}.{n // 256 % 256}.{n % 256}" for n in range(1, SOURCES + 1))
    yield from (f"10.{n // 65536}.{n // 256 % 256}.{n % 256}" for n in range(count - SOURCES))


def configuration(clients, duplicates):
    return (clients + static_plugin("yes", "accept") +
            listener("auth", '["access"]', '["yes"]', more=f"[listener.duplicates]\n{duplicates}"))


def load(server, requests):
    answered = server.load("auth", "--sources", SOURCES, "--window", 256, "--count", requests)["answered"]
    if answered < requests * 0.999:
        raise SystemExit(f"only {answered} of {requests} were answered")
    return answered


def cost_us(server, requests):
    before = server.cpu_s()
    answered = load(server, requests)
    return (server.cpu_s() - before) / answered * 1e6


def compare(name, small, large, rounds, requests, fill=0):
    """`fill`: requests that the large one gets beforehand."""
    with PinnedServer(small) as first, PinnedServer(large) as second:
        servers = [first, second]
        if fill:
            load(servers[1], fill)
        for server in servers:
            load(server, requests // 4)
        ratios, costs = [], []
        for number in range(rounds):
            order = (0, 1) if number % 2 == 0 else (1, 0)
            cost = {index: cost_us(servers[index], requests) for index in order}
            costs.append(cost)
            ratios.append(cost[1] / cost[0])
    median = statistics.median(ratios)
    print(f"{name:<40} {median:5.2f}   ({min(ratios):.2f} to {max(ratios):.2f}; "
          f"{statistics.median(c[0] for c in costs):.1f} and {statistics.median(c[1] for c in costs):.1f} µs)", flush=True)
    return median


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=200000)
    arguments = parser.parse_args()
    one = client(["127.0.0.0/8"])
    compare("100,000 client prefixes against 1", configuration(one, "max_entries = 1024"),
            configuration(client(prefixes(100000)), "max_entries = 1024"), arguments.rounds, arguments.requests)
    entries = SOURCES * 256
    compare("1,000,000 remembered answers against few", configuration(one, "max_entries = 256"),
            configuration(one, f"max_entries = {entries}\nmax_octets = {entries * 128}\nttl_ms = 3600000"),
            arguments.rounds, arguments.requests, fill=entries)


if __name__ == "__main__":
    main()
