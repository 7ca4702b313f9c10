# SPDX-License-Identifier: Apache-2.0
"""Metrics that modules declare, beside the host's own."""

import pytest

from integration.test_metrics import METRICS, buckets, samples, scrape, value
from support import wire
from support.configurations import LOOPBACK_CLIENT, listener
from support.extensions import CONFIGURATION, complaints, extensions_plugin
from support.later import answer_to
from support.processes import run

WITH_METRICS = CONFIGURATION + METRICS


def do(server, *commands, name="auth"):
    for command in commands:
        assert answer_to(server, command, name).code == wire.ACCESS_ACCEPT


def test_they_are_there_before_the_first_event_by_plugin_and_label(radhost):
    text = scrape(radhost(WITH_METRICS))
    for plugin in ("extensions", "others"):
        assert value(text, "radhost_plugin_test_events_total", plugin=plugin, kind="a") == 0
        assert value(text, "radhost_plugin_test_events_total", plugin=plugin, kind='b \\"\\\\ \\n', more="x") == 0
        assert value(text, "radhost_plugin_test_level", plugin=plugin) == 0
        assert value(text, "radhost_plugin_test_sizes_count", plugin=plugin) == 0
    assert text.count("# TYPE radhost_plugin_test_events_total counter\n") == 1
    assert text.count("# HELP radhost_plugin_test_events_total Things that a test did.\n") == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_events_are_counted_whichever_worker_counts(radhost, workers):
    server = radhost(WITH_METRICS, workers=workers)
    do(server, "add 5", "add 7", "elsewhere", "set 3.5", "set -2.5")
    do(server, "add 1", name="other")
    text = scrape(server)
    assert value(text, "radhost_plugin_test_events_total", plugin="extensions", kind="a") == 13
    assert value(text, "radhost_plugin_test_events_total", plugin="others", kind="a") == 1
    assert value(text, "radhost_plugin_test_level", plugin="extensions") == -2.5
    assert value(text, "radhost_plugin_test_level", plugin="others") == 0


def test_observations_lie_in_their_buckets(radhost):
    server = radhost(WITH_METRICS)
    do(server, *(f"observe {size}" for size in (0.25, 0.5, 1, 2, 3)))
    text = scrape(server)
    assert buckets(text, "radhost_plugin_test_sizes", plugin="extensions") == {
        0.5: 2, 1: 3, 2.5: 4, float("inf"): 5}
    assert value(text, "radhost_plugin_test_sizes_sum", plugin="extensions") == 6.75
    assert value(text, "radhost_plugin_test_sizes_count", plugin="extensions") == 5


def test_what_names_no_metric_changes_nothing(radhost):
    server = radhost(WITH_METRICS)
    before = {key: count for key, count in samples(scrape(server)).items() if "test_" in key[0]}
    do(server, "check")
    after = {key: count for key, count in samples(scrape(server)).items() if "test_" in key[0]}
    assert after == before and complaints(server) == []


def test_prometheus_finds_no_fault_with_them(radhost):
    server = radhost(WITH_METRICS)
    do(server, "add 1", "set 1", "observe 1")
    done = run(["promtool", "check", "metrics"], input_text=scrape(server))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_store_is_a_metric_too(radhost):
    server = radhost(WITH_METRICS)
    do(server, "store put a x", "store get a", "store get b")
    text = scrape(server)
    assert [value(text, f"radhost_store_{name}") for name in
            ("entries", "bytes", "hits_total", "misses_total", "full_total", "expired_total")] == [1, 2, 1, 1, 0, 0]


def check(program, folder, configuration):
    return program.run("check", "-c", program.write_configuration(folder, configuration))


AUTH = listener("auth", '["access"]', '["extensions"]')


@pytest.mark.parametrize("count, is_right", [(5, True), (6, False)])
def test_an_instance_has_no_more_than_it_may(program, tmp_path, count, is_right):
    done = check(program, tmp_path, LOOPBACK_CLIENT + extensions_plugin(more=f"declares = {count}") + AUTH +
                 "\n[metrics]\nmax_per_plugin = 5\n")
    assert (done.returncode == 0) == is_right
    assert ("the instance has too many" in done.stderr) != is_right


@pytest.mark.parametrize("name, why", [
    ("test_events", 'it is a metric of another kind in plugin "extensions"'), ("Level", "small letters"),
    ("level_total", "only a counter's name ends in _total"), ("level_sum", "no name ends in _sum"),
    ("failures", "a metric of the host's"), ("call_duration_seconds", "a metric of the host's"), ("test_level", None),
    ("level", None)])
def test_a_name_that_may_not_be_is_an_error_at_its_plugin(program, tmp_path, name, why):
    done = check(program, tmp_path, LOOPBACK_CLIENT + extensions_plugin() +
                 extensions_plugin("others", f'as = "{name}"') + AUTH)
    assert done.returncode == (0 if why is None else 1), done.stderr
    if why is not None:
        assert why in done.stderr and "radhost.toml:" in done.stderr and 'plugin "others"' in done.stderr
