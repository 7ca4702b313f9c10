# SPDX-License-Identifier: Apache-2.0
"""The Grafana dashboard shows metrics that there are, by labels that they have."""

import json
import re
from pathlib import Path

import pytest

from integration.test_metrics import METRICS, SAMPLE, LABEL, scrape
from support.configurations import ACCESS_PLUGINS, BOB, stream_listener
from support.pools import proxy

DASHBOARD = json.loads((Path(__file__).resolve().parents[2] / "packaging/grafana/radhost.json").read_text(encoding="utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
OF_PROMETHEUS = {"instance", "le"}


@pytest.fixture(scope="module")
def labels(shared_radhost):
    """Metric → the labels that its samples have, of a server that has all of them."""
    server = shared_radhost(proxy("127.0.0.1:9") + ACCESS_PLUGINS + METRICS
                            + stream_listener("tcp", "tcp", '["access"]', '["users", "password"]'),
                            files={"users.toml": BOB})
    found = {}
    for line in scrape(server).splitlines():
        if not line.startswith("#"):
            name, text, _ = SAMPLE.match(line).groups()
            found.setdefault(name, set()).update(name for name, _ in LABEL.findall(text or ""))
    return found


def missing(expression, labels):
    """What an expression asks for and there is not."""
    names = re.findall(r"\bradhost_\w+", expression)
    assert names, expression
    wrong = [name for name in names if name not in labels]
    used = {label for group in re.findall(r"by \(([^)]*)\)", expression) for label in re.split(r",\s*", group)}
    used |= set(re.findall(r"(\w+)=~", expression))
    known = set().union(*(labels.get(name, set()) for name in names)) | OF_PROMETHEUS
    return wrong + sorted(used - known)


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_shows_what_there_is(labels, panel):
    for target in panel["targets"]:
        assert not missing(target["expr"], labels)
        shown = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
        assert not shown or shown <= set(re.findall(r"\w+", target["expr"])) | {
            label for name in re.findall(r"\bradhost_\w+", target["expr"]) for label in labels[name]}


@pytest.mark.parametrize("expression, wrong", [
    ("rate(radhost_request_total[5m])", ["radhost_request_total"]),
    ("sum by (lsitener) (radhost_in_flight)", ["lsitener"]),
    ('radhost_in_flight{clinet=~"x"}', ["clinet"])])
def test_what_there_is_not_is_found(labels, expression, wrong):
    assert missing(expression, labels) == wrong


def test_panels_lie_side_by_side_and_have_numbers_of_their_own():
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(numbers)) == len(numbers)
    taken = set()
    for panel in PANELS:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                 for y in range(place["y"], place["y"] + place["h"])}
        assert place["x"] + place["w"] <= 24 and not cells & taken
        taken |= cells
