# SPDX-License-Identifier: Apache-2.0
"""The folders of host/ include only what stands below them, as host/README.md says."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = ROOT / "host"
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.MULTILINE)
ALONE = {"toml++/toml.h": {"config"}, "dlfcn.h": {"plugin"}, "uv.h": {"net", "server"}, "openssl/ssl.h": {"net"},
         "microhttpd.h": {"control"}, "prometheus/metric_family.h": {"control"}, "prometheus/text_serializer.h": {"control"}}


def allowed_by_readme():
    rows = re.findall(r"^\| `(\w+)` \| ([\w, ]+) \|", (HOST / "README.md").read_text(), re.MULTILINE)
    return {folder: set(others.split(", ")) - {"nothing"} for folder, others in rows}


def sources():
    return sorted(path for suffix in ("*.h", "*.cpp") for path in HOST.rglob(suffix))


def includes(path):
    return INCLUDE.findall(path.read_text())


def folder_of(path):
    return path.relative_to(HOST).parts[0]


def test_every_folder_has_its_row():
    assert {folder_of(path) for path in sources()} == set(allowed_by_readme())


def test_no_row_points_up():
    """Together the rows have one order, in which each folder includes only later ones."""
    allowed = allowed_by_readme()
    order = list(allowed)
    for folder, others in allowed.items():
        assert all(order.index(other) > order.index(folder) for other in others), folder


def test_no_include_points_up():
    allowed = allowed_by_readme()
    wrong = [f"{path.relative_to(ROOT)}: {include}" for path in sources() for include in includes(path)
             if (top := include.split("/")[0]) in allowed and top not in allowed[folder_of(path)] | {folder_of(path)}]
    assert not wrong, "\n".join(wrong)


def test_one_folder_alone_uses_each_library():
    wrong = [f"{path.relative_to(ROOT)}: {include}" for path in sources() for include in includes(path)
             if include in ALONE and folder_of(path) not in ALONE[include]]
    assert not wrong, "\n".join(wrong)


def test_only_the_plugin_folder_and_its_users_see_the_sdk():
    wrong = [str(path.relative_to(ROOT)) for path in sources() for include in includes(path)
             if include.startswith("radius/") and folder_of(path) != "plugin"]
    assert not wrong, "\n".join(wrong)


def test_modules_include_nothing_of_the_host():
    folders = set(allowed_by_readme())
    wrong = [f"{path.relative_to(ROOT)}: {include}" for suffix in ("*.h", "*.c", "*.cpp")
             for path in (ROOT / "plugins").rglob(suffix) for include in includes(path)
             if include.split("/")[0] in folders and "/" in include]
    assert not wrong, "\n".join(wrong)


def test_sources_and_headers_fit_in_a_head():
    long = [f"{path.relative_to(ROOT)}: {lines}" for path in sources()
            if (lines := len(path.read_text().splitlines())) > (460 if path.suffix == ".cpp" else 200)]
    assert not long, "\n".join(long)
