# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the black-box tests, the list of conformance rows they cover (--rows), and the choice of one (--row)."""

import pytest

from support.certificates import Certificates
from support.server import Program, Server


def pytest_addoption(parser):
    parser.addoption("--rows", action="store_true", help="list conformance row and test, run nothing")
    parser.addoption("--row", help="run only what cites this conformance row")


def pytest_configure(config):
    config.addinivalue_line("markers", "row(id, …): the rows of the conformance checklist this test covers")
    if config.getoption("--rows"):
        config.option.collectonly = True


def cited_rows(item):
    return {row for marker in item.iter_markers("row") for row in marker.args}


def pytest_collection_modifyitems(config, items):
    if wanted := config.getoption("--row"):
        items[:] = [item for item in items if wanted in cited_rows(item)]


def pytest_collection_finish(session):
    if not session.config.getoption("--rows"):
        return
    pairs = {(row, item.nodeid.partition("[")[0]) for item in session.items for row in cited_rows(item)}
    for row, test in sorted(pairs):
        print(f"{row}\t{test}")


@pytest.fixture(scope="session")
def program():
    """The program under test."""
    return Program.from_environment()


class Servers:
    """Starts servers, each in a folder of its own, and ends those a test has not ended itself."""

    def __init__(self, program, make_folder):
        self._program = program
        self._make_folder = make_folder
        self._started = []

    def __call__(self, configuration, program=None, **options):
        server = Server(program or self._program, self._make_folder(), configuration, **options)
        self._started.append(server)
        return server

    def take_over(self, server, **options):
        """Another process takes over from a server, which ends by itself."""
        successor = server.successor(**options)
        self._started.append(successor)
        return successor

    def end(self):
        problems = []
        for server in self._started:
            if not server.ended:
                try:
                    if server.ends_by_itself:
                        server.wait_for_end()
                    else:
                        server.stop()
                except AssertionError as problem:
                    problems.append(str(problem))
                    server.kill()  # it would hold this process's streams
        assert not problems, "\n".join(problems)


@pytest.fixture
def radhost(program, tmp_path_factory):
    """radhost(configuration, files={…}) starts a server for one test."""
    servers = Servers(program, lambda: tmp_path_factory.mktemp("radhost"))
    yield servers
    servers.end()


@pytest.fixture(scope="module")
def shared_radhost(program, tmp_path_factory):
    """The same for servers that all tests of a module share."""
    servers = Servers(program, lambda: tmp_path_factory.mktemp("radhost"))
    yield servers
    servers.end()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """The usual certificates; a test that revokes one issues it itself, from an authority of its own."""
    return Certificates(tmp_path_factory.mktemp("certificates"))
