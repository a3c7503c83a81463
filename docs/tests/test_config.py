"""Is the configuration of Flyte that the site shows the one that survives an outage, and none of the traps?"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "docs" / "config"
SERVICES = {
    "flyte1": "flyteidl.service.AsyncAgentService",
    "flyte2": "flyteidl2.connector.AsyncConnectorService",
}
TYPES = set(
    re.findall(r'^const TaskType = "(\w+)"', (ROOT / "go/plugins/job/spec.go").read_text(), re.MULTILINE)
)


def load(engine: str) -> dict:
    return yaml.safe_load((CONFIG / f"{engine}.yaml").read_text(encoding="utf-8"))


def breaches(engine: str, config: dict) -> Iterator[str]:
    """Yield one sentence for each trap that the configuration steps into."""
    service = config["plugins"]["connector-service"]
    deployments = dict(service.get("connectors", {}))
    pinned = set(service.get("connectorForTaskTypes", {}))
    if "defaultConnector" in service:
        deployments["defaultConnector"] = service["defaultConnector"]
        pinned |= set(service.get("supportedTaskTypes", []))
    if engine == "flyte1" and "connector-service" not in config["tasks"]["task-plugins"]["enabled-plugins"]:
        yield "connector-service is not enabled: tasks run as plain pods"
    if engine == "flyte2" and not set(service.get("supportedTaskTypes", [])) >= TYPES:
        yield "a type is not in supportedTaskTypes: its tasks run as plain pods"
    if not pinned >= TYPES:
        yield "no static pin: a short outage fails running tasks"
    if service.get("webApi", {}).get("caching", {}).get("maxSystemFailures", 5) < 1000:
        yield "maxSystemFailures is small: a few failed status calls wedge a task"
    for name, deployment in deployments.items():
        yield from deployment_breaches(engine, name, deployment)
    for name in service.get("connectors", {}) | service.get("connectorForTaskTypes", {}):
        if name != name.lower():
            yield f"{name} is a key and not in lower case: the engine lower-cases keys"


def deployment_breaches(engine: str, name: str, deployment: dict) -> Iterator[str]:
    if not isinstance(deployment.get("timeouts"), list):
        yield f"{name}: timeouts must be a list; a map is ignored"
    if not deployment["endpoint"].startswith("dns:///"):
        yield f"{name}: the endpoint must begin with dns:///"
    said = json.loads(deployment.get("defaultServiceConfig", "{}"))
    waits = {
        entry["service"]
        for method in said.get("methodConfig", [])
        for entry in method["name"]
        if method.get("waitForReady")
    }
    if SERVICES[engine] not in waits:
        yield f"{name}: no waitForReady for {SERVICES[engine]}: a create during an outage costs an attempt"
    if "round_robin" not in json.dumps(said.get("loadBalancingConfig", [])):
        yield f"{name}: without round_robin one replica gets all calls"


def put(*path: str, value: object) -> Callable[[dict], None]:
    def change(config: dict) -> None:
        for key in path[:-1]:
            config = config[key]
        config[path[-1]] = value

    return change


@pytest.mark.parametrize("engine", SERVICES)
def test_the_configuration_steps_into_no_trap(engine: str):
    assert list(breaches(engine, load(engine))) == []


C = ("plugins", "connector-service")
ONE = (*C, "connectors", "larkspur")
TWO = (*C, "defaultConnector")


@pytest.mark.parametrize(
    ("engine", "change", "breach"),
    [
        ("flyte1", put("tasks", "task-plugins", "enabled-plugins", value=["container"]), "not enabled"),
        ("flyte1", put(*C, "connectorForTaskTypes", value={}), "no static pin"),
        ("flyte1", put(*C, "webApi", value={}), "maxSystemFailures"),
        ("flyte1", put(*ONE, "timeouts", value={"CreateTask": "30s"}), "must be a list"),
        ("flyte1", put(*ONE, "defaultServiceConfig", value="{}"), "no waitForReady"),
        (
            "flyte1",
            put(*C, "connectorForTaskTypes", value={"larkspur_job": "x", "myJob": "x"}),
            "myJob is a key",
        ),
        ("flyte2", put(*C, "supportedTaskTypes", value=[]), "plain pods"),
        ("flyte2", put(*C, "webApi", "caching", value={}), "maxSystemFailures"),
        ("flyte2", put(*TWO, "endpoint", value="k8s:///larkspur:8000"), "dns:///"),
        ("flyte2", put(*TWO, "timeouts", value={"CreateTask": "30s"}), "must be a list"),
    ],
)
def test_a_trap_is_noticed(engine: str, change: Callable[[dict], None], breach: str):
    config = copy.deepcopy(load(engine))
    change(config)
    assert any(breach in sentence for sentence in breaches(engine, config))


def test_the_connectors_command_line_has_flags_that_exist():
    source = (ROOT / "go/connector/flags.go").read_text(encoding="utf-8")
    known = set(re.findall(r'flags\.\w+\((?:&o\.\w+, )?"([a-z-]+)"', source))
    shown = yaml.safe_load((CONFIG / "connector.yaml").read_text(encoding="utf-8"))["args"]
    assert {flag.partition("=")[0].removeprefix("--") for flag in shown} <= known
    assert all(re.fullmatch(r"--[a-z-]+=\S+", flag) for flag in shown)


@pytest.mark.parametrize("engine", SERVICES)
def test_every_setting_has_a_comment_above_it(engine: str):
    text = (CONFIG / f"{engine}.yaml").read_text(encoding="utf-8")
    for group in re.split(r"\n(?=\s*#)", text)[1:]:
        settings = [line for line in group.splitlines() if re.match(r"\s*[\w-]+: \S", line)]
        assert len(settings) <= 1, f"{engine}: one comment for {settings}"
