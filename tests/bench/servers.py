# SPDX-License-Identifier: Apache-2.0
"""The servers that compare measures. Each runs on core 0, knows one client and one user, and tells where it answers."""

import os
import re
import shutil
import socket
import tempfile
from pathlib import Path

from pinned import BUILD, SECRET, PinnedServer
from support.configurations import ACCESS_PLUGINS, listener, static_plugin, user
from support.peers import free_port, freeradius_listener, freeradius_tls, program
from support.processes import Process, ProcessError

NAME, PASSWORD = "bob", "hello"
HERE = Path(__file__).resolve().parent
CLIENT = f"""
[[client]]
name = "loopback"
address = "127.0.0.0/8"
secret = "{SECRET}"
max_in_flight = 65536
"""
# FreeRADIUS's. It looks for no authenticator that RADIUS over TLS does not need, and takes as many connections as come,
# one after the other: 16 are its own bound, and it counts closed ones for a while.
RADSEC_CLIENT = """clients radsec {
    client radsec {
        ipaddr = 127.0.0.0/8
        proto = tls
        secret = radsec
        require_message_authenticator = no
        limit {
            max_connections = 0
        }
    }
}
"""
RADSEC_SETTINGS = """
        clients = radsec
        limit {
            max_connections = 0
        }
"""
class Floor:
    name = "floor"
    kinds = ("PAP", "CHAP", "accounting")

    def __init__(self):
        self.process = Process(["taskset", "-c", "0", BUILD / "tests" / "bench" / "floor", SECRET, PASSWORD])
        port = self.process.stdout.wait_for(str.isdigit, 10)
        if port is None:
            raise ProcessError(self.process.report())
        self.address = ("127.0.0.1", int(port))
        self.pid = self.process.pid

    def address_of(self, _):
        return self.address

    def stop(self):
        self.process.kill()


class Radhost:
    """`handlers` for logins; records go to `static` in any case."""

    def __init__(self, name, handlers, kinds):
        self.name, self.kinds = name, kinds
        text = (CLIENT + ACCESS_PLUGINS + static_plugin("yes", "accept") + listener("auth", '["access"]', handlers)
                + listener("acct", '["accounting"]', '["yes"]'))
        self.server = PinnedServer(text, files={"users.toml": user(NAME, f'password = "{PASSWORD}"')})
        self.pid = self.server.server.process.pid

    def address_of(self, kind):
        return self.server.server.address("acct" if kind == "accounting" else "auth")

    def stop(self):
        self.server.stop()


class FreeRadius:
    def __init__(self, name, configure):
        self.name, self.kinds = name, ("PAP", "CHAP", "MS-CHAPv2", "accounting")
        self.folder = Path(tempfile.mkdtemp(prefix="freeradius-"))
        self.ports = {"auth": free_port(), "acct": free_port(), "radsec": free_port(socket.SOCK_STREAM)}
        self.process = Process(["taskset", "-c", "0", *freeradius_command(self.folder, self.ports, configure)])
        if self.process.stdout.wait_for(lambda line: "Ready to process requests" in line, 30) is None:
            raise ProcessError(self.process.report())
        self.pid = self.process.pid

    def address_of(self, kind):
        return ("127.0.0.1", self.ports["acct" if kind == "accounting" else "auth"])

    def stop(self):
        self.process.child.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


def freeradius_command(folder, ports, configure):
    """Writes its configuration, and gives what starts it. `configure`: one of the functions below."""
    return [program("freeradius", "freeradius"), "-f", "-l", "stdout", "-d", folder, *configure(folder, ports)]


def stripped(folder, ports):
    """No more than the server needs to answer us. Gives further arguments, as does default_site."""
    (folder / "users").write_text(f'{NAME} Cleartext-Password := "{PASSWORD}"\n')
    text = (HERE / "freeradius" / "stripped.conf").read_text(encoding="utf-8")
    (folder / "radiusd.conf").write_text(text.format(folder=folder, secret=SECRET, **ports))
    return ("-n", "radiusd")


def radsec(files, version):
    """The same with a listener of RADIUS over TLS beside it, up to this version. `files`: certificate, key, authority."""
    def configure(folder, ports):
        arguments = stripped(folder, ports)
        conf = folder / "radiusd.conf"
        listener_text = freeradius_listener("auth", ("127.0.0.1", ports["radsec"]), RADSEC_SETTINGS
                                            + freeradius_tls(files, version, "require_client_cert = yes"))
        text = conf.read_text(encoding="utf-8").replace("server stripped {\n", RADSEC_CLIENT + "server stripped {\n"
                                                        + listener_text, 1)
        conf.write_text(text, encoding="utf-8")
        return arguments
    return configure


def default_site(folder, ports):
    """What the package installs, with our client and user, on ports of ours and on loopback alone."""
    shutil.copytree("/etc/freeradius/3.0", folder, symlinks=True, dirs_exist_ok=True)
    for path in (folder / "mods-enabled").iterdir():
        if path.is_symlink() and os.readlink(path).startswith("/"):
            path.unlink()
    (folder / "mods-config" / "files" / "authorize").write_text(f'{NAME} Cleartext-Password := "{PASSWORD}"\n')
    (folder / "clients.conf").write_text(
        f"client loopback {{\n ipaddr = 127.0.0.0/8\n secret = {SECRET}\n require_message_authenticator = no\n}}\n")
    for path in (folder / "sites-enabled").iterdir():
        if path.name != "default":
            path.unlink()
    site = folder / "sites-available" / "default"
    text = site.read_text(encoding="utf-8")
    # Four listeners, each of which takes any address and the standard port.
    text = text.replace("ipaddr = *", "ipaddr = 127.0.0.1").replace("ipv6addr = ::", "ipv6addr = ::1")
    order = iter((ports["auth"], ports["acct"], ports["auth"], ports["acct"]))
    site.write_text(re.sub(r"^\tport = 0$", lambda _: f"\tport = {next(order)}", text, flags=re.MULTILINE))
    conf = folder / "radiusd.conf"
    text = conf.read_text(encoding="utf-8").replace("logdir = /var/log/freeradius", f"logdir = {folder}")
    text = text.replace("run_dir = ${localstatedir}/run/${name}", f"run_dir = {folder}")
    text = text.replace("raddbdir = /etc/freeradius/3.0", f"raddbdir = {folder}")
    for setting in ("user = freerad", "group = freerad"):
        text = text.replace(setting, "")
    # It remembers each answer for five seconds; with its 16,384 it would soon refuse to serve.
    text = text.replace("max_requests = 16384", "max_requests = 1000000")
    conf.write_text(text)
    return ()
