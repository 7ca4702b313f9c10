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
    detail {{
        filename = {folder}/detail
    }}
}}
{clients}
{proxy}
server tests {{
{listeners}
    authorize {{
        {authorize}
    }}
    preacct {{
        {preacct}
    }}
    accounting {{
        detail
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
clients radsec {{
    client radsec {{
        ipaddr = 127.0.0.0/8
        proto = tls
        secret = radsec
    }}
}}
"""


def freeradius_listener(kind, address, more=""):
    """A listener of the virtual server; `kind` as in its `type`."""
    return f"""
    listen {{
        type = {kind}
        ipaddr = {address[0]}
        port = {address[1]}
        {more}
    }}
"""


def freeradius_tls(files, maximum_version, more=""):
    """Its section `tls`; `files` are certificate, key and authority."""
    certificate, key, ca = files
    return f"""
        proto = tcp
        tls {{
            certificate_file = {certificate}
            private_key_file = {key}
            ca_file = {ca}
            fragment_size = 8192
            cipher_list = "DEFAULT"
            tls_min_version = "1.2"
            tls_max_version = "{maximum_version}"
            {more}
        }}
"""


def freeradius_proxy(server, secret, tls=""):
    """Home server, pool and realm that send everything to `server`, a (host, port) pair. Accounting goes there over TLS
    alone: over UDP it has a port of its own."""
    return f"""
proxy server {{
    retry_delay = 5
    retry_count = 3
}}
home_server upstream {{
    type = {"auth+acct" if tls else "auth"}
    ipaddr = {server[0]}
    port = {server[1]}
    secret = {secret}
    response_window = 10
    status_check = none
    {tls}
}}
home_server_pool upstream {{
    home_server = upstream
}}
realm upstream {{
    {"pool" if tls else "auth_pool"} = upstream
}}
"""


class Peer:
    """Somebody else's server, as `process`, in a folder of its own that ends with it."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.running():
            self.process.child.terminate()
            self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


class FreeRadius(Peer):
    """A FreeRADIUS server in a folder of its own; `users` in the format of its users file.

    `radsec_files`: certificate, key and authority of a RadSec listener, which it then has at `radsec_address`.
    `proxy_tls_files`: the same of a RadSec client, which it then is towards `proxy_to`."""

    def __init__(self, *, secret, users="", proxy_to=None, proxy_secret=None, address="127.0.0.1", radsec_files=None,
                 proxy_tls_files=None):
        binary = program("freeradius", "freeradius")
        self.folder = Path(tempfile.mkdtemp(prefix="freeradius-"))
        self.folder.chmod(0o755)
        (self.folder / "users").write_text(users)
        # As a client of TLS 1.3, version 3.2.1 may wait for ever: it reads a session ticket, then blocks for an answer
        # to what it has not sent yet. 1.2 is what it speaks unless told otherwise.
        tls = freeradius_tls(proxy_tls_files, "1.2") if proxy_tls_files else ""
        # What -X stands for; its TLS wants threads, so then without -s.
        foreground = ["-fxx", "-l", "stdout"] if tls or radsec_files else ["-X"]
        # Between free_port and the bind another program may take the port: then try again.
        for _ in range(5):
            self.address = (address, free_port())
            self.accounting_address = (address, free_port())
            self.radsec_address = (address, free_port(socket.SOCK_STREAM))
            (self.folder / "radiusd.conf").write_text(RADIUSD_CONF.format(
                folder=self.folder, listeners=self._listeners(radsec_files),
                clients=freeradius_client(secret),
                proxy=freeradius_proxy(proxy_to, proxy_secret, tls) if proxy_to else "",
                authorize=PROXY_EVERYTHING if proxy_to else LOCAL_USERS,
                preacct=PROXY_EVERYTHING if proxy_tls_files else ""))
            self.process = Process([binary, *foreground, "-d", self.folder, "-n", "radiusd"])
            ready = self.process.stdout.wait_for(lambda line: "Ready to process requests" in line, START_TIMEOUT_S)
            if ready is not None:
                return
            self.process.kill()
            if "Address already in use" not in self.process.report():
                break
        report = self.process.report()
        self.stop()
        raise ProcessError(f"FreeRADIUS did not start\n{report}")

    def _listeners(self, radsec_files):
        text = freeradius_listener("auth", self.address) + freeradius_listener("acct", self.accounting_address)
        if radsec_files:
            tls = freeradius_tls(radsec_files, "1.3", "require_client_cert = yes")
            text += freeradius_listener("auth+acct", self.radsec_address, f"clients = radsec\n{tls}")
        return text

    def accounting_records(self):
        """What it wrote of accounting, as text."""
        path = self.folder / "detail"
        return path.read_text() if path.exists() else ""


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


# radsecproxy: UDP on one side, RADIUS over TLS on the other.

RADSECPROXY_CONF = """
ListenUDP {udp[0]}:{udp[1]}
ListenTLS {tls[0]}:{tls[1]}
LogLevel 2
tls default {{
    CACertificateFile {ca}
    CertificateFile {certificate}
    CertificateKeyFile {key}
}}
client udp {{
    host 127.0.0.1
    type udp
    secret {secret}
}}
client tls {{
    host 127.0.0.1
    type tls
    secret {tls_secret}
}}
server home {{
    host {home[0]}
    port {home[1]}
    type {home_type}
    secret {home_secret}
    StatusServer off
}}
realm * {{
    server home
    accountingServer home
}}
"""


class RadsecProxy(Peer):
    """A radsecproxy that takes UDP at `udp_address`, with `secret`, and TLS at `tls_address`, and sends everything to
    `home`: by UDP with `home_secret`, or, where that is None, by TLS. `files`: its certificate, key and authority, on
    both sides. It connects when it starts: the home server must be there before."""

    def __init__(self, *, home, home_secret=None, secret="secret", tls_secret="radsec", files):
        binary = program("radsecproxy", "radsecproxy")
        self.folder = Path(tempfile.mkdtemp(prefix="radsecproxy-"))
        certificate, key, ca = files
        for _ in range(5):
            self.udp_address = ("127.0.0.1", free_port())
            self.tls_address = ("127.0.0.1", free_port(socket.SOCK_STREAM))
            configuration = self.folder / "radsecproxy.conf"
            configuration.write_text(RADSECPROXY_CONF.format(
                udp=self.udp_address, tls=self.tls_address, secret=secret, ca=ca, certificate=certificate, key=key,
                tls_secret=tls_secret, home=home, home_type="udp" if home_secret else "tls",
                home_secret=home_secret or tls_secret))
            self.process = Process([binary, "-f", "-c", configuration])
            waited = [self.process.stderr.wait_for(lambda line, word=word: word in line, START_TIMEOUT_S)
                      for word in ("listening for udp", "listening for tls")]
            if None not in waited:
                return
            self.process.kill()
            if "in use" not in self.process.report():
                break
        report = self.process.report()
        self.stop()
        raise ProcessError(f"radsecproxy did not start\n{report}")
