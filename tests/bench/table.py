#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the table of README.md from what codec_bench says with --benchmark_format=json, on standard input.

Each benchmark's median over its repetitions is shown as a multiple of a memcpy and of one MD5 of a packet of the same
size, from the same run.
"""

import collections
import json
import statistics
import sys


def medians(report):
    """The median CPU time and the packet's size, by name, in the order of registration."""
    runs = collections.defaultdict(list)
    for run in report["benchmarks"]:
        if run["run_type"] == "iteration":
            runs[run["family_index"], run["run_name"], int(run["octets"])].append(run["cpu_time"])
    return {name: (statistics.median(times), octets) for (_, name, octets), times in sorted(runs.items())}


def ratio(time, yardstick):
    value = time / yardstick
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def main():
    results = medians(json.load(sys.stdin))
    print("| what | octets | × memcpy | × MD5 |")
    print("|---|--:|--:|--:|")
    for name, (time, octets) in results.items():
        copy, md5 = f"memcpy of {octets} octets", f"MD5 of {octets} octets"
        if name not in (copy, md5):
            print(f"| {name} | {octets:,} | {ratio(time, results[copy][0])} | {ratio(time, results[md5][0])} |")


if __name__ == "__main__":
    main()
