# SPDX-License-Identifier: Apache-2.0
"""Certificates for tests, right and wrong ones, by the openssl program."""

import datetime
import itertools
from pathlib import Path
from typing import NamedTuple

from support.processes import ProcessError, run

CONFIGURATION = """\
[req]
distinguished_name = name
string_mask = utf8only
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ca]
default_ca = this
[this]
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
database = {folder}/index.txt
crlnumber = {folder}/crlnumber
new_certs_dir = {folder}
unique_subject = no
rand_serial = yes
default_md = sha256
default_days = 30
default_crl_days = 30
policy = any
[any]
organizationName = optional
commonName = optional
"""


def openssl(*arguments):
    """Runs openssl to its end, and gives what it printed."""
    done = run(["openssl", *arguments])
    if done.returncode != 0:
        raise ProcessError(f"openssl {' '.join(map(str, arguments))}\n{done.stderr}")
    return done.stdout


class Certificate(NamedTuple):
    """The files of a certificate and its key."""
    certificate: Path
    key: Path

    def fingerprint(self):
        """SHA-256 of the certificate, as 64 hexadecimal digits."""
        text = openssl("x509", "-in", self.certificate, "-noout", "-fingerprint", "-sha256")
        return text.strip().partition("=")[2].replace(":", "").lower()

    def issuer(self):
        """The issuer's name as RFC 2253 writes it."""
        text = openssl("x509", "-in", self.certificate, "-noout", "-issuer", "-nameopt", "RFC2253")
        return text.strip().removeprefix("issuer=")

    def serial(self):
        text = openssl("x509", "-in", self.certificate, "-noout", "-serial")
        return text.strip().partition("=")[2]


def _key_and_request(configuration, subject, key, output, *more):
    openssl("req", "-config", configuration, *more, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-sha256", "-subj", subject, "-keyout", key, "-out", output)
    key.chmod(0o600)


class Authority:
    """A certificate authority in a folder of its own: `certificate` is its file, `crl` its list of what was revoked."""

    def __init__(self, folder, name="Test CA"):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.name = name
        self.certificate = folder / "ca.pem"
        self.crl = folder / "crl.pem"
        self._configuration = folder / "openssl.cnf"
        self._numbers = itertools.count(1)
        self._configuration.write_text(CONFIGURATION.format(folder=folder), encoding="utf-8")
        (folder / "index.txt").touch()
        (folder / "crlnumber").write_text("01\n", encoding="utf-8")
        _key_and_request(self._configuration, f"/O=Tests/CN={name}", folder / "ca.key", self.certificate, "-x509",
                         "-extensions", "root", "-days", "60")
        self.write_crl()

    def issue(self, *, cn=None, dns=(), ip=(), use="clientAuth", begins_in_s=-60, ends_in_s=86400, is_ca=False):
        """A certificate with these subjectAltNames, and without any if there are none. Its validity is told in seconds from
        now. `use`: its extendedKeyUsage; None for none."""
        path = self.folder / f"{next(self._numbers)}"
        names = [f"DNS:{name}" for name in dns] + [f"IP:{address}" for address in ip]
        lines = [f"basicConstraints = critical, CA:{str(is_ca).upper()}",
                 f"keyUsage = critical, {'keyCertSign, cRLSign' if is_ca else 'digitalSignature'}",
                 "authorityKeyIdentifier = keyid", "subjectKeyIdentifier = hash"]
        lines += [f"extendedKeyUsage = {use}"] if use else []
        lines += [f"subjectAltName = {', '.join(names)}"] if names else []
        extensions, request = path.with_suffix(".ext"), path.with_suffix(".csr")
        extensions.write_text("\n".join(lines) + "\n", encoding="utf-8")
        made = Certificate(path.with_suffix(".pem"), path.with_suffix(".key"))
        _key_and_request(self._configuration, "/O=Tests" + (f"/CN={cn}" if cn else ""), made.key, request, "-new")
        openssl("ca", "-config", self._configuration, "-batch", "-notext", "-in", request, "-out", made.certificate,
                "-extfile", extensions, "-startdate", _date(begins_in_s), "-enddate", _date(ends_in_s))
        return made

    def server(self, **options):
        """For a server on loopback."""
        return self.issue(**{"cn": "localhost", "dns": ["localhost"], "ip": ["127.0.0.1", "::1"], "use": "serverAuth",
                             **options})

    def client(self, **options):
        """For a client on loopback."""
        return self.issue(**{"cn": "client.example", "dns": ["client.example"], "ip": ["127.0.0.1", "::1"], **options})

    def revoke(self, certificate):
        """The list says so from now on."""
        openssl("ca", "-config", self._configuration, "-revoke", certificate.certificate)
        self.write_crl()

    def write_crl(self):
        openssl("ca", "-config", self._configuration, "-gencrl", "-out", self.crl)


def _date(seconds_from_now):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds_from_now)
    return moment.strftime("%Y%m%d%H%M%SZ")


class Certificates:
    """The usual ones: an authority, a server and a client of it; and a client of another authority."""

    def __init__(self, folder):
        self.authority = Authority(folder / "one")
        self.other = Authority(folder / "other", "Other CA")
        self.server = self.authority.server()
        self.client = self.authority.client()
        self.stranger = self.other.client()

    @property
    def ca(self):
        return self.authority.certificate
