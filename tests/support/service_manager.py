# SPDX-License-Identifier: Apache-2.0
"""Stands for the service manager that started a server."""

import socket
import time


class ServiceManager:
    """Hears what a server tells of itself (sd_notify). `watchdog_s`: it wants to hear so often that all is well."""

    def __init__(self, folder, watchdog_s=None):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(folder / "notify"))
        self.socket.settimeout(10)
        self.environment = {"NOTIFY_SOCKET": str(folder / "notify")}
        if watchdog_s is not None:
            self.environment["WATCHDOG_USEC"] = str(round(watchdog_s * 1e6))

    def hear(self):
        return self.socket.recv(4096).decode()

    def hear_all(self, for_s):
        """What is told from now on, in so many seconds."""
        told, end = [], time.monotonic() + for_s
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                told.append(self.socket.recv(4096).decode())
            except TimeoutError:
                break
        self.socket.settimeout(10)
        return told
