# SPDX-License-Identifier: Apache-2.0
"""What a running server has used so far, as the system counts it."""

import resource
import time
from pathlib import Path


def cpu_s(pid):
    """Seconds of CPU of a process with all its threads, ended ones too: its own and the system's on its behalf, counted in
    nanoseconds (clock_getcpuclockid(3) makes the clock's number in the same way)."""
    cpu_clock = (~pid << 3) | 2
    return time.clock_gettime_ns(cpu_clock) / 1e9


def memory_octets(pid):
    """What of it lies in memory now."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
