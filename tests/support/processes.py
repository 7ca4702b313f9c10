# SPDX-License-Identifier: Apache-2.0
"""Child processes whose output is read while they run, whose every wait is bounded, and which end by their own id."""

import os
import subprocess
import threading
import time

SANITIZER_WORDS = ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "MemorySanitizer",
                   "UndefinedBehaviorSanitizer", "runtime error:")


class ProcessError(AssertionError):
    """A program did not start, did not stop, or said something that must fail the test."""


class Output:
    """The lines of one pipe, collected by a thread."""

    def __init__(self, pipe):
        self.lines = []
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._thread.start()

    def _read(self, pipe):
        for line in iter(pipe.readline, b""):
            with self._changed:
                self.lines.append(line.decode(errors="replace").rstrip("\n"))
                self._changed.notify_all()
        pipe.close()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_for(self, wanted, timeout_s, start=0):
        """The first line at or after index `start` for which `wanted(line)` holds; None when the pipe ended or the
        time is up."""
        deadline = time.monotonic() + timeout_s
        position = start
        with self._changed:
            while True:
                for line in self.lines[position:]:
                    if wanted(line):
                        return line
                position = len(self.lines)
                remaining = deadline - time.monotonic()
                if self._ended or remaining <= 0:
                    return None
                self._changed.wait(remaining)

    def finish(self, timeout_s=5):
        self._thread.join(timeout_s)
        return self.lines

    def text(self):
        return "\n".join(self.lines)


class Process:
    """A running program with its stdout and stderr."""

    def __init__(self, arguments, *, cwd=None, environment=None, keep_ignored_signals=False):
        self.arguments = [str(argument) for argument in arguments]
        self.child = subprocess.Popen(self.arguments, cwd=cwd, env={**os.environ, **(environment or {})},
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      restore_signals=not keep_ignored_signals)
        self.stdout = Output(self.child.stdout)
        self.stderr = Output(self.child.stderr)

    @property
    def pid(self):
        return self.child.pid

    def running(self):
        return self.child.poll() is None

    def wait(self, timeout_s):
        """The exit status; a program that does not end in time is killed and an error."""
        try:
            status = self.child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ProcessError(f"did not end within {timeout_s} s\n{self.report()}") from None
        self.stdout.finish()
        self.stderr.finish()
        return status

    def signal(self, number):
        self.child.send_signal(number)

    def kill(self):
        self.child.kill()
        self.child.wait()
        self.stdout.finish()
        self.stderr.finish()

    def report(self):
        """What a failing test should show."""
        return (f"command: {' '.join(self.arguments)}\nexit status: {self.child.poll()}\n"
                f"--- stdout\n{self.stdout.text()}\n--- stderr\n{self.stderr.text()}\n---")


def sanitizer_report(lines):
    return any(word in line for line in lines for word in SANITIZER_WORDS)


def run(arguments, *, input_text="", timeout_s=30, environment=None, cwd=None):
    """Runs a program to its end; returns subprocess.CompletedProcess with text output."""
    arguments = [str(argument) for argument in arguments]
    try:
        done = subprocess.run(arguments, input=input_text, capture_output=True, text=True, timeout=timeout_s,
                              env={**os.environ, **(environment or {})}, cwd=cwd, check=False)
    except FileNotFoundError:
        raise ProcessError(f"the program {arguments[0]} is not installed; this test needs it") from None
    except subprocess.TimeoutExpired as expired:
        raise ProcessError(f"{' '.join(arguments)} did not end within {timeout_s} s\n{expired.stdout}\n"
                           f"{expired.stderr}") from None
    if sanitizer_report(done.stderr.splitlines()):
        raise ProcessError(f"a sanitizer reported:\n{done.stderr}")
    return done
