# SPDX-License-Identifier: Apache-2.0
"""Manual pages, completions and the reference of the configuration: made from what the program knows itself, and taken by
those who read them: man, the shells, and the next release."""

import os
import pty
import re
import select
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RADHOST = Path(os.environ.get("RADHOST", "")).resolve()
MANUAL = RADHOST.parent / "radhost-manual"
SHARE = RADHOST.parents[1] / "share"
PAGES = sorted((ROOT / "docs" / "man").glob("*.[135]"))
BASH = SHARE / "bash-completion/completions/radhost"
ZSH = SHARE / "zsh/site-functions/_radhost"
FISH = SHARE / "fish/vendor_completions.d/radhost.fish"


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, **options)


def needs(*programs):
    missing = [program for program in programs if not shutil.which(program)]
    assert not missing, f"not installed: {missing}"


def commands(*above):
    """The subcommands that --help names."""
    text = run(RADHOST, *above, "--help").stdout.partition("Subcommands:\n")[2]
    return re.findall(r"^  (\S+) ", text, re.MULTILINE)


def test_arguments_have_names_that_every_version_of_the_library_takes():
    """CLI11 from 2.4 on ends a program that has others."""
    asked = [[command] for command in commands()] + [["plugin", command] for command in commands("plugin")]
    names = [name for each in asked for name in re.findall(
        r"^  (.+?) TEXT", run(RADHOST, *each, "--help").stdout.partition("Positionals:\n")[2].partition("\n\n")[0], re.MULTILINE)]
    assert len(names) > 10 and [name for name in names if not re.fullmatch(r"[A-Za-z][\w.-]*", name)] == []


# Manual pages

def test_each_command_has_a_manual_page():
    names = {path.name for path in (SHARE / "man/man1").iterdir()}
    assert commands() and {f"radhost-{command}.1" for command in commands()} <= names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_man_has_nothing_to_say_against_a_page(page):
    needs("man")
    made = SHARE / "man" / f"man{page.suffix[1:]}" / page.name
    done = run("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", made, env={**os.environ, "MANROFFSEQ": ""})
    assert (done.returncode, done.stderr) == (0, "")
    assert "@" not in re.sub(r"IDENTITY:@FILE|:@", "", made.read_text(encoding="utf-8"))


def test_a_page_tells_all_options_of_its_commands():
    page = (SHARE / "man/man1/radhost-send.1").read_text(encoding="utf-8").replace("\\-", "-")
    told = set(re.findall(r"\\fB(--?[\w-]+)\\fR", page))
    for command in ("send", "load"):
        options = set(re.findall(r"(?<![\w-])(--?[a-z][\w-]*)", "\n".join(
            line[:30].split(" TEXT")[0] for line in run(RADHOST, command, "--help").stdout.splitlines()
            if line.startswith("  -"))))
        assert options and options <= told


@pytest.mark.parametrize("line", ["@OPTIONS sned@", "@KEYS [servers]@", "@PAGES send@"])
def test_a_page_that_asks_for_what_there_is_not_is_not_made(tmp_path, line):
    source, target = tmp_path / "page.1", tmp_path / "made.1"
    source.write_text(f".TH PAGE 1\n{line}\n", encoding="utf-8")
    done = run(MANUAL, "man", source, target)
    assert done.returncode == 1 and line in done.stderr and not target.exists()


# The reference

def test_the_reference_of_the_configuration_is_that_of_the_program():
    done = run(MANUAL, "reference", ROOT / "docs/configuration.md", "--check")
    assert done.returncode == 0, done.stderr + "cmake --build … --target reference makes it anew"


@pytest.mark.parametrize("change, complaint", [
    (lambda text: text.replace("| `workers` |", "| `worker` |"), "not those of the program"),
    (lambda text: text.replace("<!-- keys [log] -->", "<!-- keys [logs] -->"), "[logs] is no table"),
    (lambda text: text.replace("<!-- keys [log] -->", ""), "[log] is missing"),
    (lambda text: text + "<!-- keys [log] -->\n<!-- end -->\n", "[log] is there twice"),
    (lambda text: text.rpartition("<!-- end -->")[0], "without an end")])
def test_a_reference_that_is_out_of_date_is_found(tmp_path, change, complaint):
    text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    page = tmp_path / "configuration.md"
    page.write_text(change(text), encoding="utf-8")
    assert page.read_text(encoding="utf-8") != text
    done = run(MANUAL, "reference", page, "--check")
    assert done.returncode == 1 and complaint in done.stderr


# Completions

LINES = [("radhost rel", "reload"), ("radhost plugin ch", "check"), ("radhost serve --tak", "--takeover"),
         ("radhost log de", "debug"), ("radhost plugin new --lang c+", "c++"), ("radhost check -c some-f", "some-file.toml")]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "some-file.toml").write_text("", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("line, word", LINES)
def test_bash_completes(folder, line, word):
    needs("bash")
    words = " ".join(f"'{each}'" for each in line.split(" "))
    script = (f"source {BASH}; COMP_WORDS=({words}); COMP_CWORD={line.count(' ')}; _radhost; "
              'printf "%s\\n" "${COMPREPLY[@]}"')
    done = run("bash", "--norc", "-euc", script, cwd=folder)
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, [word], "")


@pytest.mark.parametrize("line, word", LINES)
def test_fish_completes(folder, line, word):
    needs("fish")
    done = run("fish", "--no-config", "-c", f"source {FISH}; complete -C '{line}'", cwd=folder,
               env={**os.environ, "HOME": str(folder)})
    assert done.returncode == 0 and [each.partition("\t")[0] for each in done.stdout.splitlines()] == [word], done.stderr


def zsh(folder, typed, until, timeout_s=20):
    """What an interactive zsh shows once it has been told to complete."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe("zsh", ["zsh", "-f", "-i"], {**os.environ, "TERM": "dumb", "PS1": "ready> ", "HOME": str(folder)})
    shown, deadline = "", time.monotonic() + timeout_s
    try:
        os.write(terminal, f"fpath=({ZSH.parent} $fpath); autoload -U compinit; compinit -u -D; print -r -- begin'ning'\n"
                 .encode())
        sent = False
        while until not in shown.rpartition("beginning")[2] and time.monotonic() < deadline:
            if select.select([terminal], [], [], 0.1)[0]:
                shown += os.read(terminal, 4096).decode(errors="replace")
            if not sent and "beginning\r\n" in shown:
                os.write(terminal, f"{typed}\t".encode())
                sent = True
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)
    return shown


@pytest.mark.parametrize("line, word", LINES)
def test_zsh_completes(folder, line, word):
    needs("zsh")
    whole = line.rpartition(" ")[0] + " " + word
    assert whole in zsh(folder, line, until=whole)


def test_bash_offers_every_command():
    done = run("bash", "--norc", "-euc",
               f'source {BASH}; COMP_WORDS=(radhost ""); COMP_CWORD=1; _radhost; printf "%s\\n" "${{COMPREPLY[@]}}"')
    assert done.stdout.split() == commands()
    done = run("bash", "--norc", "-euc",
               f'source {BASH}; COMP_WORDS=(radhost plugin ""); COMP_CWORD=2; _radhost; printf "%s\\n" "${{COMPREPLY[@]}}"')
    assert done.stdout.split() == commands("plugin")


def test_an_unknown_shell_is_refused(tmp_path):
    done = run(MANUAL, "completions", "tcsh", tmp_path / "made")
    assert done.returncode == 1 and "tcsh" in done.stderr
