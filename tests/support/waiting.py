# SPDX-License-Identifier: Apache-2.0
"""Waiting for what a server does in its own time."""

import time


def wait_until(condition, timeout_s=5):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.01)
