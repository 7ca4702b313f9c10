# SPDX-License-Identifier: Apache-2.0
"""What is said of containers, as far as it can be held to something without an engine: the recipe's good habits, the
manifests' form, and that the configuration in them is one."""

import re
from pathlib import Path

import pytest
import yaml

from support.configurations import SECRET

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
RECIPE = (PACKAGING / "container/Dockerfile").read_text(encoding="utf-8")
MANIFESTS = {one["kind"]: one for one in yaml.safe_load_all(
    (PACKAGING / "kubernetes/radhost.yaml").read_text(encoding="utf-8"))}


def instructions(text):
    """(word, the rest) of each instruction, continued lines joined."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(" ", 1)) for line in "\n".join(lines).replace("\\\n", " ").splitlines()]


def complaints(text):
    """What a reviewer would say against a recipe."""
    found, steps = [], instructions(text)
    last = max(i for i, (word, _) in enumerate(steps) if word == "FROM")
    words = [word for word, _ in steps[last:]]
    known = {"ARG", "FROM", "RUN", "WORKDIR", "COPY", "USER", "EXPOSE", "VOLUME", "HEALTHCHECK", "STOPSIGNAL",
             "ENTRYPOINT", "CMD"}
    found += [f"{word} is not known" for word, _ in steps if word not in known]
    found += [f"no {word} at the end" for word in ("USER", "HEALTHCHECK", "ENTRYPOINT") if word not in words]
    found += ["it runs as root" for word, rest in steps[last:] if word == "USER" and rest.split(":")[0] in ("root", "0")]
    found += [f"an unnamed version: {rest}" for word, rest in steps
              if word == "FROM" and (":" not in rest or ":latest" in rest)]
    for word, rest in steps:
        if word == "RUN" and "apt-get install" in rest:
            found += [f"without {habit}" for habit in ("apt-get update", "--no-install-recommends", " -y ",
                                                       "rm -rf /var/lib/apt/lists/*") if habit not in rest]
        if word in ("ENTRYPOINT", "CMD") and not rest.startswith("["):
            found.append(f"{word} goes through a shell, which keeps signals from the server")
    return found


def test_the_recipe_is_a_good_one():
    assert not complaints(RECIPE)
    assert re.search(r"^EXPOSE .*1812/udp", RECIPE, re.MULTILINE)


@pytest.mark.parametrize("old, new, complaint", [
    ("USER radhost:radhost\n", "", "no USER at the end"), ("USER radhost:radhost", "USER root", "it runs as root"),
    ('ENTRYPOINT ["radhost"]', "ENTRYPOINT radhost", "ENTRYPOINT goes through"),
    ("FROM debian:${DEBIAN}-slim\n", "FROM debian:latest\n", "an unnamed version"),
    (" \\\n && rm -rf /var/lib/apt/lists/* /tmp/radhost_*.deb", "", "without rm -rf"), ("COPY . .", "ADD . .", "ADD is not")])
def test_a_bad_recipe_is_complained_of(old, new, complaint):
    assert old in RECIPE
    assert any(complaint in each for each in complaints(RECIPE.replace(old, new)))


def test_each_source_stays_with_one_server():
    service = MANIFESTS["Service"]["spec"]
    assert (service["externalTrafficPolicy"], service["sessionAffinity"]) == ("Local", "ClientIP")
    pod = MANIFESTS["Deployment"]["spec"]["template"]
    assert service["selector"].items() <= pod["metadata"]["labels"].items()
    assert MANIFESTS["Deployment"]["spec"]["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    container, = pod["spec"]["containers"]
    ports = {port["name"]: port for port in container["ports"]}
    for port in service["ports"]:
        assert ports[port["targetPort"]]["protocol"] == port["protocol"] == "UDP"


def test_the_pod_may_do_nothing_that_it_need_not():
    pod = MANIFESTS["Deployment"]["spec"]["template"]["spec"]
    container, = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                            "capabilities": {"drop": ["ALL"]}}
    volumes = {volume["name"] for volume in pod["volumes"]}
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    assert set(mounts.values()) == volumes
    assert {"/etc/radhost", "/run/radhost", "/var/lib/radhost", "/var/log/radhost"} <= set(mounts)
    # Longer than a drain may take.
    assert pod["terminationGracePeriodSeconds"] > 30


def test_the_configuration_in_the_manifests_is_good(program, tmp_path):
    data = MANIFESTS["ConfigMap"]["data"]
    for name, text in data.items():
        (tmp_path / name).write_text(text.replace("/run/secrets/radhost", str(tmp_path)), encoding="utf-8")
    (tmp_path / "office").write_text(f"{SECRET}\n", encoding="utf-8")
    (tmp_path / "office").chmod(0o600)
    text = (tmp_path / "radhost.toml").read_text(encoding="utf-8")
    (tmp_path / "radhost.toml").write_text(
        f'[server]\ndictionary = ["{program.dictionary}"]\nplugin_path = ["{program.plugin_path}"]\n'
        f'state_directory = "state"\n{text}', encoding="utf-8")
    done = program.run("check", "-c", tmp_path / "radhost.toml")
    assert done.returncode == 0, done.stderr
