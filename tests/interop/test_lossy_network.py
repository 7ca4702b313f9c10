# SPDX-License-Identifier: Apache-2.0
"""Accounting over a bad network: FreeRADIUS' radclient retransmits, the server recognises its retransmissions."""

import json
import re
import subprocess
from collections import Counter

from support.configurations import ACCOUNTING, SECRET
from support.lossy_relay import LossyRelay

REQUESTS = 10_000
PROCESSES = 4
PARALLEL = 64  # of each process
TIME_S = 240


def request(session):
    return f'User-Name = "bob"\nNAS-IP-Address = 192.0.2.1\nAcct-Status-Type = Start\nAcct-Session-Id = "{session}"\n'


def test_each_of_ten_thousand_records_is_stored_once_and_acknowledged(radhost, tmp_path):
    server = radhost(ACCOUNTING)
    sessions = [f"S{number}" for number in range(REQUESTS)]
    with LossyRelay(server.address("acct"), seed=2866) as relay:
        clients = []
        for number in range(PROCESSES):
            file = tmp_path / f"requests{number}"
            file.write_text("\n".join(request(session) for session in sessions[number::PROCESSES]), encoding="ascii")
            command = ["radclient", "-q", "-s", "-p", str(PARALLEL), "-t", "0.3", "-r", "40", "-f", str(file),
                       "%s:%d" % relay.address, "acct", SECRET.decode()]
            clients.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        for client in clients:
            output, _ = client.communicate(timeout=TIME_S)
            # It counts a request as lost when the same answer comes twice, too; what counts here is that each has one.
            accepted = re.search(r"Accepted\s*: (\d+)", output)
            assert accepted and int(accepted[1]) == REQUESTS // PROCESSES, output[-2000:]
        # The network was as bad as it should be.
        assert relay.lost > REQUESTS * 0.1 and relay.repeated > REQUESTS * 0.05, vars(relay)
    stored = Counter(json.loads(line)["attributes"]["Acct-Session-Id"][0]
                     for line in (server.folder / "accounting.jsonl").read_text(encoding="utf-8").splitlines())
    counters = server.stop().listener("acct")
    assert set(stored) == set(sessions)
    assert set(stored.values()) == {1}
    assert counters["accounting"]["responses"] == REQUESTS
    assert counters["accounting"]["duplicates"] > 0
