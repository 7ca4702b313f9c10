# SPDX-License-Identifier: Apache-2.0
"""`radhost plugin new`: what it writes, and what it refuses. That it builds is test_author_path's."""

import os
import re

import pytest

from support.processes import run


def new(program, folder, *arguments):
    # Found beside the program, wherever that was started from.
    return program.run("plugin", "new", *arguments, cwd=folder)


@pytest.mark.parametrize("arguments, source", [((), "hello.cpp"), (("--lang", "c++"), "hello.cpp"),
                                               (("--lang", "c"), "hello.c")])
def test_it_writes_a_whole_folder(program, tmp_path, arguments, source):
    done = new(program, tmp_path, "hello", *arguments)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "hello").iterdir()) == sorted(
        [".gitignore", "CMakeLists.txt", "README.md", source])
    assert os.listdir(tmp_path) == ["hello"]
    assert done.stdout.splitlines()[1:4] == ["  cd hello", f"  cmake -B build -DCMAKE_PREFIX_PATH={prefix(program)}",
                                             "  cmake --build build"]


def prefix(program):
    return program.path.parent.parent


def test_the_folder_has_the_mode_of_others(program, tmp_path):
    new(program, tmp_path, "hello")
    (tmp_path / "other").mkdir()
    assert (tmp_path / "hello").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("language", ["c", "c++"])
@pytest.mark.parametrize("name", ["a", "my-module", "int", "new", "Radius_2", "a-1-2", "x" * 64])
def test_names_are_made_into_identifiers(program, tmp_path, name, language):
    assert new(program, tmp_path, name, "--lang", language).returncode == 0
    texts = {path.name: path.read_text() for path in (tmp_path / name).iterdir()}
    assert f"radius_add_plugin({name} {name}." in texts["CMakeLists.txt"]
    assert not any(re.search(r"@\w+@", text) for text in texts.values())
    source = next(text for file, text in texts.items() if file.endswith((".c", ".cpp")))
    declared = set(re.findall(r"^(?:struct|class) (\S+) {", source, re.MULTILINE))
    assert len(declared) == 1 and re.fullmatch(r"[A-Za-z]\w*", declared.pop())


def test_words_keep_apart_in_a_class(program, tmp_path):
    new(program, tmp_path, "a-1-2_of-all")
    assert "class A1_2OfAll {" in (tmp_path / "a-1-2_of-all" / "a-1-2_of-all.cpp").read_text()


@pytest.mark.parametrize("name, why", [
    ("1hello", '"1hello" is no module\'s name: letters, digits, _ and -, and a letter first'),
    ("_hello", '"_hello" is no module\'s name: letters, digits, _ and -, and a letter first'),
    ("../hello", '"../hello" is no module\'s name: letters, digits, _ and -, and a letter first'),
    ("a b", '"a b" is no module\'s name: letters, digits, _ and -, and a letter first'),
    ("", '"" is no module\'s name: letters, digits, _ and -, and a letter first'),
    ("é", '"é" is no module\'s name: letters, digits, _ and -, and a letter first'),
    ("x" * 65, "a module's name has at most 64 letters"),
    ("test", 'CMake has a target "test" of its own: take another name'),
])
def test_other_names_are_refused(program, tmp_path, name, why):
    done = new(program, tmp_path, name)
    assert (done.returncode, done.stderr) == (64, f"radhost plugin new: {why}\n")
    assert not os.listdir(tmp_path)


def test_an_unknown_language_is_wrong_usage(program, tmp_path):
    assert new(program, tmp_path, "hello", "--lang", "fortran").returncode == 64
    assert not os.listdir(tmp_path)


def test_what_is_there_is_not_touched(program, tmp_path):
    (tmp_path / "hello").mkdir()
    done = new(program, tmp_path, "hello")
    assert (done.returncode, done.stderr) == (1, 'radhost plugin new: there is a "hello" already\n')
    assert not os.listdir(tmp_path / "hello")
    (tmp_path / "dangling").symlink_to("nowhere")
    assert new(program, tmp_path, "dangling").returncode == 1
    assert sorted(os.listdir(tmp_path)) == ["dangling", "hello"]


def test_what_cannot_be_written_leaves_nothing(program, tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    # The folder is removed while the shell stands in it: nothing can be made there, whoever asks.
    done = run(["sh", "-c", 'rmdir "$PWD" && exec "$0" plugin new hello', program.path], cwd=folder)
    assert done.returncode == 1
    assert done.stderr == "radhost plugin new: cannot make hello: No such file or directory\n"
    assert not os.listdir(tmp_path)
