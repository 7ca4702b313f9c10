# SPDX-License-Identifier: Apache-2.0
"""`radhost plugin test`: handlers without a network; the verdict, the lists, and what an author is told of mistakes."""

import json
import time

import pytest

from support.pools import home_answer, pool
from support.stub import Stub


class Modules:
    """Runs the command, for one of the tests' modules or of those that ship."""

    def __init__(self, program):
        self.program = program

    def path(self, module):
        built = self.program.test_plugin_path / f"{module}.so"
        return built if built.exists() else self.program.plugin_path / f"{module}.so"

    def __call__(self, module, *requests, settings=(), options=(), cwd=None):
        arguments = [part for text in requests for part in ("--request", text)]
        arguments += [part for setting in settings for part in ("--set", setting)]
        return self.program.run("plugin", "test", self.path(module), "--dictionary", self.program.dictionary,
                                *arguments, *options, cwd=cwd)


@pytest.fixture(scope="module")
def modules(program):
    return Modules(program)


def lines(done):
    return done.stdout.splitlines()


def warnings(done):
    """What the log said, without time and numbers that differ."""
    return [line.split(" ", 1)[1] for line in done.stderr.splitlines() if " warn " in line or " error " in line]


# Verdicts, and the exit status that they make

@pytest.mark.parametrize("verdict, status, text", [
    ("accept", 0, "ACCEPT\nanswer Access-Accept\n"),
    ("pass", 0, "PASS\nanswer Access-Reject\n"),
    ("reject", 1, "REJECT\nanswer Access-Reject\n"),
    ("drop", 2, "DROP\nanswer none: dropped_by_plugin\n"),
    ("challenge", 3, "CHALLENGE\nanswer Access-Challenge\n"),
])
def test_a_verdict_is_told_and_is_the_exit_status(modules, verdict, status, text):
    done = modules("static", "User-Name = bob", settings=[f"verdict={verdict}"])
    assert (done.returncode, done.stdout) == (status, text)


@pytest.mark.parametrize("kind, accepted, rejected", [
    ("access", "Access-Accept", "Access-Reject"), ("accounting", "Accounting-Response", "none: unanswered"),
    ("coa", "CoA-ACK", "CoA-NAK"), ("disconnect", "Disconnect-ACK", "Disconnect-NAK")])
def test_every_kind_of_request_can_be_tested(modules, kind, accepted, rejected):
    for verdict, status, answer in (("accept", 0, accepted), ("reject", 1, rejected)):
        done = modules("static", "User-Name = bob", settings=[f"verdict={verdict}"], options=["--kind", kind])
        assert (done.returncode, lines(done)) == (status, [verdict.upper(), f"answer {answer}"])


def test_reply_and_control_are_printed_an_attribute_a_line(modules, tmp_path):
    (tmp_path / "users.toml").write_text('[[user]]\nname = "bob"\npassword = "secret"\nreply = { "Reply-Message" = '
                                         '["one", "two"], "Tunnel-Type:1" = "VLAN", "Framed-IP-Address" = "192.0.2.1" }')
    # A relative path starts at the folder that the command runs in.
    done = modules("files", "User-Name = bob", settings=["path=users.toml"], cwd=tmp_path)
    assert done.returncode == 0
    assert lines(done) == ["PASS", "reply", '  Reply-Message = "one"', '  Reply-Message = "two"',
                           "  Tunnel-Type:1 = VLAN", "  Framed-IP-Address = 192.0.2.1", "control",
                           '  Cleartext-Password = "secret"', "answer Access-Reject"]
    done = modules("files", "User-Name = eve", settings=["path=users.toml"], cwd=tmp_path)
    assert (done.returncode, lines(done)) == (1, ["REJECT", "answer Access-Reject"])


def test_json_is_one_object(modules):
    done = modules("static", "User-Name = bob", "User-Name = eve", options=["--json"],
                   settings=["verdict=accept", "reply.Reply-Message=hello"])
    one = {"verdict": "accept", "reply": ['Reply-Message = "hello"'], "control": [], "answer": "Access-Accept"}
    assert done.returncode == 0 and json.loads(done.stdout) == {"requests": [one, one], "errors": []}
    done = modules("static", "User-Name = bob", options=["--json"], settings=["verdict=perhaps"])
    assert done.returncode == 1 and json.loads(done.stdout) == {
        "requests": [], "errors": ["--set verdict: must be accept, reject, challenge, drop or pass"]}


# Requests

@pytest.mark.parametrize("request_text, why", [
    ("No-Such-Attribute = 1", "No-Such-Attribute"), ("Framed-IP-Address = nowhere", "Framed-IP-Address"),
    ("User-Name", "User-Name")])
def test_a_request_that_makes_no_sense_is_wrong_usage(modules, request_text, why):
    done = modules("static", "User-Name = bob", request_text)
    assert done.returncode == 64 and done.stdout == ""
    assert done.stderr.startswith(f"radhost plugin test: --request '{request_text}': ") and why in done.stderr


def test_a_request_is_needed(modules):
    assert modules("static").returncode == 64
    assert modules("static", "User-Name = bob", options=["--kind", "status"]).returncode == 64


def test_what_the_server_refuses_by_itself_is_not_asked(modules):
    done = modules("static", "User-Name = bob, Service-Type = Authorize-Only")
    assert done.returncode == 1
    assert lines(done) == ["NOT ASKED: the server itself refuses this request", "answer Access-Reject"]


# Everything that a module may do

@pytest.mark.parametrize("way", ["now", "thread", "offload", "timer", "offload-thread"])
@pytest.mark.parametrize("verdict, status", [("accept", 0), ("reject", 1)])
def test_a_module_may_answer_later(modules, way, verdict, status):
    done = modules("later", f'User-Name = "{way} 20 {verdict}"')
    assert done.returncode == status, done.stderr
    assert lines(done)[0] == verdict.upper() and f'  Reply-Message = "{way} 20 {verdict}"' in lines(done)


def test_a_module_that_does_not_answer_is_told_that_its_time_is_over(modules):
    begin = time.monotonic()
    done = modules("later", 'User-Name = "thread 5000 accept"', options=["--timeout-ms", "100"])
    assert time.monotonic() - begin < 5
    assert (done.returncode, lines(done)) == (1, ["TIMED OUT: it gave no verdict in time", "answer Access-Reject"])
    assert "cancel" in done.stderr


def test_what_a_module_keeps_in_hand_is_named(modules):
    done = modules("keeps_token", "User-Name = bob", options=["--timeout-ms", "100"])
    assert (done.returncode, lines(done)) == (1, ["TIMED OUT: it gave no verdict in time", "answer Access-Reject"])
    assert warnings(done)[-1] == "warn requests were left in hand plugin=keeps_token requests=1"


@pytest.mark.parametrize("threading, thread", [("concurrent", "own worker thread, 1 at once"),
                                               ("blocking", "own pool thread, 1 at once"),
                                               ("serial", "own pool thread, 1 at once")])
def test_every_threading_model_runs(modules, threading, thread):
    done = modules(f"threads_{threading}", "User-Name = 5", settings=["start_ms=20"])
    assert done.returncode == 0, done.stderr
    assert f'  Reply-Message = "{thread}"' in lines(done)


@pytest.mark.parametrize("last, status", [("accept", 0), ("reject", 1)])
def test_a_conversation_goes_on_with_the_next_request(modules, last, status):
    rounds = f'User-Name = "rounds 2 {last}"'
    done = modules("later", rounds, rounds, rounds, f'User-Name = "now 0 {last}"')
    assert done.returncode == status, done.stderr
    said = [line for line in lines(done) if "Reply-Message" in line or (line.isupper() and line[0] != " ")]
    assert said == ["CHALLENGE", '  Reply-Message = "round 0, notes 0, data 0"',
                    "CHALLENGE", '  Reply-Message = "round 1, notes 1, data 1"',
                    last.upper(), '  Reply-Message = "round 2, notes 2, data 2"',
                    last.upper(), f'  Reply-Message = "now 0 {last}"']


def test_chains_come_from_a_configuration(modules, tmp_path):
    (tmp_path / "beside.toml").write_text(
        f'[server]\ndictionary = ["{modules.program.dictionary}"]\nplugin_path = ["{modules.program.plugin_path}"]\n'
        '[chain.inner]\nhandlers = ["users", "password"]\n[plugin.password]\nmodule = "password"\n'
        '[plugin.users]\nmodule = "files"\n[plugin.users.config]\npath = "users.toml"\n')
    (tmp_path / "users.toml").write_text('[[user]]\nname = "bob"\npassword = "secret"\n')
    options = ["--config", tmp_path / "beside.toml"]
    request = "User-Name = tunnel, Callback-Id = bob, Callback-Number = "
    done = modules("tunnel", request + "secret", options=options)
    assert (done.returncode, lines(done)[0]) == (0, "ACCEPT"), done.stderr
    done = modules("tunnel", request + "wrong", options=options)
    assert (done.returncode, lines(done)[0]) == (1, "REJECT"), done.stderr
    (tmp_path / "beside.toml").write_text("[chain.inner]\nhandlers = 3\n")
    done = modules("tunnel", request + "secret", options=options)
    assert done.returncode == 1 and f"{tmp_path}/beside.toml:2:" in done.stderr


@pytest.mark.parametrize("answers, status, verdict", [(True, 0, "ACCEPT"), (False, 2, "DROP")])
def test_pools_come_from_a_configuration(modules, tmp_path, answers, status, verdict):
    with Stub(lambda request: home_answer(request) if answers else None) as home:
        (tmp_path / "beside.toml").write_text(
            f'[server]\ndictionary = ["{modules.program.dictionary}"]\n' + pool(home.address, max_attempts=2))
        done = modules("proxy", "User-Name = bob, User-Password = secret", settings=["pool=homes"],
                       options=["--config", tmp_path / "beside.toml"])
    assert (done.returncode, lines(done)[0]) == (status, verdict), done.stderr


def test_without_pools_and_chains_the_module_says_what_it_lacks(modules):
    for module in ("tunnel", "proxy"):
        done = modules(module, "User-Name = bob")
        assert done.returncode == 1 and done.stderr != "", module


@pytest.mark.parametrize("what", ["check", "pipe"])
def test_extensions_are_served(modules, what):
    done = modules("extensions", f"User-Name = {what}", options=["--log", "error"])
    assert (done.returncode, lines(done)[0]) == (0, "ACCEPT"), done.stderr


# Mistakes of the module, as an operator would see them

@pytest.mark.parametrize("settings, why", [
    (["verdict=77"], "77 is not a verdict"), (["verdict=0"], "0 is not a verdict"),
    (["verdict=-12"], "a file, socket or back end failed"),
    (["verdict=7"], "it returned RADIUS_PENDING without a token"),
    (["verdict=1", "long_reply=true"], "its reply does not fit a packet of 4096 octets"),
    (["throws=true"], "scripted to throw")])
def test_a_failing_handler_is_named_with_its_reason(modules, settings, why):
    done = modules("scripted", "User-Name = bob", settings=settings)
    assert done.returncode == 1
    assert lines(done)[0] == f"FAILED: {why}" and lines(done)[-1] == "answer Access-Reject"
    assert warnings(done)[0].startswith("warn handler failed plugin=scripted listener=test")


def test_a_challenge_for_accounting_is_a_failure(modules):
    done = modules("scripted", "User-Name = bob", settings=["verdict=3"], options=["--kind", "accounting"])
    assert (done.returncode, lines(done)) == (1, ["FAILED: only an Access-Request can be challenged",
                                                  "answer none: plugin_error"])


@pytest.mark.parametrize("settings, said", [
    (["verdict=perhaps"], ["--set verdict: must be accept, reject, challenge, drop or pass"]),
    (["colour=3"], ['--set colour: plugin "static" has no key "colour"']),
    (["verdict=accept", "reply.No-Such=1"],
     ['--set reply.No-Such: the dictionary has no attribute "No-Such"']),
    (["reply={ Framed-IP-Address = 'nowhere' }"],
     ['--set reply.Framed-IP-Address: "nowhere" is no value of Framed-IP-Address']),
    (["verdict"], ["--set verdict: there is no value: write key=value"]),
    (["verdict=accept", "verdict=reject"], ["--set verdict: this key is given twice"]),
])
def test_a_mistake_in_the_configuration_names_its_key(modules, settings, said):
    done = modules("static", "User-Name = bob", settings=settings)
    assert done.returncode == 1 and done.stdout == ""
    assert [line.partition("; did you mean")[0] for line in done.stderr.splitlines()] == said


@pytest.mark.parametrize("module, why", [
    ("wrong_major", "{path}: it was built for radius_plugin_v2, which this host does not serve"),
    ("executable_stack", "{path}: it wants an executable stack (link it with -z noexecstack)"),
    ("no_entry", "{path}: it exports no radius_plugin_v1"),
    ("create_fails", '{path}: plugin "create_fails": the moon is full'),
    ("start_fails", 'radhost plugin test: plugin "start_fails" does not start: the moon is full'),
    ("thread_start_fails",
     'radhost plugin test: plugin "thread_start_fails" does not start on a thread: the moon is full'),
])
def test_a_module_that_cannot_be_used_says_why(modules, module, why):
    done = modules(module, "User-Name = bob")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", why.format(path=modules.path(module)) + "\n")


def test_a_file_that_is_not_there_is_named(modules, program, tmp_path):
    done = program.run("plugin", "test", "gone.so", "--dictionary", program.dictionary, "--request", "User-Name = bob",
                       cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "gone.so: there is no such file\n")


@pytest.mark.parametrize("module, step", [("stop_hangs", "stop"), ("destroy_hangs", "destroy")])
def test_a_module_that_does_not_come_to_its_end_is_named(modules, module, step):
    done = modules(module, "User-Name = bob")
    assert done.returncode == 1 and lines(done) == ["ACCEPT", "answer Access-Accept"]
    assert warnings(done) == [f'error plugin "{module}": {step} has not returned within 3000 ms; '
                              "its thread is abandoned"]


def test_a_handler_that_does_not_return_is_named(modules):
    begin = time.monotonic()
    done = modules("handler_hangs", "User-Name = bob", options=["--timeout-ms", "100"])
    assert time.monotonic() - begin < 10
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == "radhost plugin test: a handler has not returned within 100 ms"
    assert any("a handler is holding a worker" in line for line in warnings(done))
