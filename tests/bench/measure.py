# SPDX-License-Identifier: Apache-2.0
"""What a running server has used so far, as the system counts it."""

import resource
from pathlib import Path


def cpu_s(pid):
    """Seconds of CPU of a process with all its threads that live, its own and the system's on its behalf. Counted in
    nanoseconds where schedstat is; the ticks of /proc/PID/stat would be too coarse."""
    return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0])
               for task in Path(f"/proc/{pid}/task").iterdir()) / 1e9


def memory_octets(pid):
    """What of it lies in memory now."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
