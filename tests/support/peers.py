# SPDX-License-Identifier: Apache-2.0
"""Other people's RADIUS programs. One that is missing fails the test that needs it."""

import shutil
import socket
import tempfile
from pathlib import Path

from support.processes import Process, ProcessError, run

START_TIMEOUT_S = 20


def program(name, package):
    """The path of an installed program."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if not path:
        raise ProcessError(f"{name} is not installed: this test needs the package {package}")
    return path


def free_port(kind=socket.SOCK_DGRAM):
    """A port that was free a moment ago, for programs that cannot be told to pick one."""
    with socket.socket(socket.AF_INET6, kind) as probe:
        probe.bind(("::", 0))
        return probe.getsockname()[1]


# FreeRADIUS. A configuration of our own: the one it ships binds fixed ports and may be read by root alone.

RADIUSD_CONF = """
raddb = {folder}
logdir = {folder}
run_dir = {folder}
pidfile = {folder}/radiusd.pid
security {{
    allow_core_dumps = no
    max_attributes = 200
    reject_delay = 0
    status_server = yes
}}
thread pool {{
    start_servers = 1
    max_servers = 2
    min_spare_servers = 1
    max_spare_servers = 2
}}
modules {{
    pap {{
    }}
    chap {{
    }}
    mschap {{
        use_mppe = yes
    }}
    files {{
        filename = {folder}/users
    }}
}}
{clients}
{proxy}
server tests {{
    listen {{
        type = auth
        ipaddr = {address}
        port = {port}
    }}
    authorize {{
        {authorize}
    }}
    authenticate {{
        Auth-Type PAP {{
            pap
        }}
        Auth-Type CHAP {{
            chap
        }}
        Auth-Type MS-CHAP {{
            mschap
        }}
    }}
}}
"""

LOCAL_USERS = """
        files
        chap
        mschap
        pap
"""

PROXY_EVERYTHING = """
        update control {
            Proxy-To-Realm := "upstream"
        }
"""


def freeradius_client(secret, address="127.0.0.0/8"):
    return f"""
client tests {{
    ipaddr = {address}
    secret = {secret}
}}
"""


def freeradius_proxy(server, secret):
    """Home server, pool and realm that send everything to `server`, a (host, port) pair."""
    return f"""
proxy server {{
    retry_delay = 5
    retry_count = 3
}}
home_server upstream {{
    type = auth
    ipaddr = {server[0]}
    port = {server[1]}
    secret = {secret}
    response_window = 10
    status_check = none
}}
home_server_pool upstream {{
    home_server = upstream
}}
realm upstream {{
    auth_pool = upstream
}}
"""


class FreeRadius:
    """A FreeRADIUS server in a folder of its own; `users` in the format of its users file."""

    def __init__(self, *, secret, users="", proxy_to=None, proxy_secret=None, address="127.0.0.1"):
        binary = program("freeradius", "freeradius")
        self.folder = Path(tempfile.mkdtemp(prefix="freeradius-"))
        self.folder.chmod(0o755)
        (self.folder / "users").write_text(users)
        # Between free_port and the bind another program may take the port: then try again.
        for _ in range(5):
            self.address = (address, free_port())
            (self.folder / "radiusd.conf").write_text(RADIUSD_CONF.format(
                folder=self.folder, address=address, port=self.address[1],
                clients=freeradius_client(secret),
                proxy=freeradius_proxy(proxy_to, proxy_secret) if proxy_to else "",
                authorize=PROXY_EVERYTHING if proxy_to else LOCAL_USERS))
            self.process = Process([binary, "-X", "-d", self.folder, "-n", "radiusd"])
            ready = self.process.stdout.wait_for(lambda line: "Ready to process requests" in line, START_TIMEOUT_S)
            if ready is not None:
                return
            self.process.kill()
            if "Address already in use" not in self.process.report():
                break
        report = self.process.report()
        self.stop()
        raise ProcessError(f"FreeRADIUS did not start\n{report}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.running():
            self.process.child.terminate()
            self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


def radclient(kind, address, secret, attributes, *, timeout_s=5, retries=1):
    """Sends one request with FreeRADIUS' radclient. kind: auth, acct, coa, disconnect, status; attributes: lines of
    `Name = value`. Returns its completed process: status 0 only for a positive answer that verified."""
    host, port = address
    binary = program("radclient", "freeradius-utils")
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    with tempfile.TemporaryDirectory(prefix="radclient-") as folder:
        (Path(folder) / "dictionary").write_text("")
        arguments = [binary, "-x", "-r", retries, "-t", timeout_s, "-d", folder, "-6" if ":" in host else "-4"]
        return run([*arguments, target, kind, secret], input_text="\n".join(attributes) + "\n")


# radcli: the client library that NAS software links; our few lines around it are compiled when a test needs them.

RADCLI_DICTIONARY = "/etc/radcli/dictionary"


class RadcliClient:
    """The program compiled from tests/interop/radcli_client.c."""

    def __init__(self, folder, source):
        compiler = program("cc", "gcc")
        if not Path(RADCLI_DICTIONARY).exists():
            raise ProcessError("radcli is not installed: this test needs the package libradcli-dev")
        self.path = folder / "radcli_client"
        done = run([compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", "-o", self.path, source, "-lradcli"],
                   timeout_s=60)
        if done.returncode != 0:
            raise ProcessError(f"radcli_client.c does not compile (package libradcli-dev):\n{done.stderr}")

    def log_in(self, address, secret, name, password):
        """Returns the completed process: status 0 for an Accept, 1 for a Reject, 2 for anything else."""
        host, port = address
        target = f"[{host}]:{port}:{secret}" if ":" in host else f"{host}:{port}:{secret}"
        return run([self.path, RADCLI_DICTIONARY, target, name, password])
