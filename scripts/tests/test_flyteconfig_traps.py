"""Does each trap in Flyte's configuration have exactly one finding, in each form of the file?"""

from __future__ import annotations

from pathlib import Path

import pytest
from flyteconfig_making import FILES, Change, changed, put, trapped, view

from devkit import flyteconfig, flyteconfig_calls

P = "plugins/connector-service"
ONE, TWO = f"{P}/connectors/larkspur", f"{P}/defaultConnector"
CACHE = f"{P}/webApi/caching"
WITHOUT_WAIT = '{"loadBalancingConfig":[{"round_robin":{}}]}'
OTHER_SERVICE = (
    '{"loadBalancingConfig":[{"round_robin":{}}],'
    '"methodConfig":[{"name":[{"service":"x"}],"waitForReady":true}]}'
)
ALONE = (
    '{"methodConfig":[{"name":[{"service":"flyteidl.service.AsyncAgentService"},'
    '{"service":"flyteidl2.connector.AsyncConnectorService"}],"waitForReady":true}]}'
)
PLACED = {"CreateTask": "30s", "DeleteTask": "30s"}
LISTED = [{"CreateTask": "30s"}, {"DeleteTask": "30s"}]


def both(key: str, value: object) -> dict[int, list[Change]]:
    """The same change of a connector, where each Flyte has it."""
    return {1: [put(f"{ONE}/{key}", value)], 2: [put(f"{TWO}/{key}", value)]}


# trap -> Flyte -> changes, each of which makes exactly this trap.
TRAPS: dict[str, dict[int, list[Change]]] = {
    "not-enabled": {1: [put("tasks/task-plugins/enabled-plugins", ["container", "sidecar"])]},
    "no-pin": {
        1: [
            put(f"{P}/connectorForTaskTypes", None),
            put(f"{P}/connectorForTaskTypes/larkspur_spark", None),
            put(f"{P}/connectorForTaskTypes", [{"larkspur_job": "larkspur"}]),
        ]
    },
    "not-listed": {
        2: [put(f"{P}/supportedTaskTypes", ["larkspur_job"]), put(f"{P}/supportedTaskTypes", None)]
    },
    "dropped": {2: [put(TWO, None)]},
    "nowhere": {
        1: [
            put(f"{P}/connectorForTaskTypes/larkspur_job", "lark"),
            put(f"{ONE}/endpoint", None),
        ],
        2: [put(f"{TWO}/endpoint", "")],
    },
    "capitals": {
        1: [
            put(f"{P}/connectorForTaskTypes/myJob", "larkspur"),
            put(f"{P}/connectorForTaskTypes", {"larkspur_job": "Larkspur", "larkspur_spark": "larkspur"}),
        ],
        2: [put("tasks", {"task-plugins": {"default-for-task-types": {"myJob": "connector-service"}}})],
    },
    "empty-list": {2: [put(f"{P}/supportedTaskTypes", [])]},
    "few-failures": {
        flyte: [
            put(f"{CACHE}/maxSystemFailures", None),
            put(f"{CACHE}/maxSystemFailures", 5),
            put(f"{P}/webApi", None),
        ]
        for flyte in (1, 2)
    },
    "map-timeouts": both("timeouts", PLACED),
    "unknown-timeout": both("timeouts", [*LISTED, {"ListAgents": "3s"}]),
    "short-timeouts": {
        flyte: [
            put(f"{one}/timeouts", None),
            put(f"{one}/timeouts", [{"CreateTask": "30s"}]),
            put(f"{one}/timeouts", [*LISTED, {"GetTask": "3s"}]),
            put(f"{one}/timeouts", [{"CreateTask": 30}, {"DeleteTask": "30s"}]),
            put(f"{one}/defaultTimeout", "9"),
        ]
        for flyte, one in ((1, ONE), (2, TWO))
    },
    "no-wait": {
        flyte: [
            put(f"{one}/defaultServiceConfig", said) for said in (None, WITHOUT_WAIT, OTHER_SERVICE, "{oops")
        ]
        for flyte, one in ((1, ONE), (2, TWO))
    },
    "one-replica": {
        flyte: [put(f"{one}/endpoint", "larkspur:8000"), put(f"{one}/defaultServiceConfig", ALONE)]
        for flyte, one in ((1, ONE), (2, TWO))
    },
    "k8s-target": {2: [put(f"{TWO}/endpoint", "k8s://larkspur.larkspur-system:8000")]},
    "tls": {1: [put(f"{ONE}/insecure", None)]},
    "other-plugin": {
        flyte: [put("tasks/task-plugins/default-for-task-types", [{"larkspur_job": "container"}])]
        for flyte in (1, 2)
    },
    "flytes-own-type": {
        1: [put(f"{P}/connectorForTaskTypes/container", "larkspur")],
        2: [put(f"{P}/supportedTaskTypes", ["larkspur_job", "larkspur_spark", "spark"])],
    },
    "out-of-range": {
        flyte: [
            put(f"{CACHE}/resyncInterval", "1s"),
            put(f"{CACHE}/resyncInterval", 30),
            put(f"{CACHE}/workers", 0),
            put(f"{P}/webApi/readRateLimiter/qps", 0),
        ]
        for flyte in (1, 2)
    },
}
CASES = [
    pytest.param(name, trap, change, id=f"{trap}-{name}-{number}")
    for trap, flytes in TRAPS.items()
    for flyte, changes in flytes.items()
    for number, change in enumerate(changes)
    for name, file in FILES.items()
    if file.flyte == flyte
]


@pytest.mark.parametrize("name", FILES)
def test_the_configuration_steps_into_no_trap(name: str, tmp_path: Path):
    assert trapped(view(tmp_path, changed(FILES[name]))) == []


@pytest.mark.parametrize(("name", "trap", "change"), CASES)
def test_a_trap_is_noticed(name: str, trap: str, change: Change, tmp_path: Path):
    text = changed(FILES[name], change)
    assert trapped(view(tmp_path, text, flyte=FILES[name].flyte)) == [trap]


def test_every_trap_has_a_rule_and_every_rule_a_trap():
    assert set(flyteconfig.traps()) == set(flyteconfig_calls.RULES)


def test_every_trap_of_each_flyte_is_made_here():
    told = {(trap.id, flyte) for trap in flyteconfig.traps().values() for flyte in trap.flyte}
    made = {(trap, flyte) for trap, flytes in TRAPS.items() for flyte in flytes}
    assert made | {(trap, flyte) for trap, flyte in ELSEWHERE} == told


# Made below: a trap that needs more than one change of a generated file.
ELSEWHERE = {("empty-list", 1), ("tls", 2)}


def test_an_empty_list_is_a_trap_of_flyte_1_where_no_type_is_pinned(tmp_path: Path):
    empty = put(f"{P}/supportedTaskTypes", [])
    assert trapped(view(tmp_path, changed(FILES["flyte1"], empty))) == [], "the pin is the way round it"
    unpinned = changed(FILES["flyte1"], empty, put(f"{P}/connectorForTaskTypes", None))
    assert set(trapped(view(tmp_path, unpinned))) == {"empty-list", "no-pin"}


def test_tls_is_a_trap_of_flyte_2_for_connectors_with_a_pin(tmp_path: Path):
    pins = {"larkspur_job": "larkspur", "larkspur_spark": "larkspur"}
    spread = ALONE.replace("{", '{"loadBalancingConfig":[{"round_robin":{}}],', 1)
    one = {"endpoint": "dns:///x:1", "timeouts": LISTED, "defaultServiceConfig": spread}
    changes = [put(f"{P}/connectors", {"larkspur": one}), put(f"{P}/connectorForTaskTypes", pins)]
    assert trapped(view(tmp_path, changed(FILES["flyte2"], *changes))) == ["tls"]
    one["insecure"] = False
    assert trapped(view(tmp_path, changed(FILES["flyte2"], *changes))) == [], "said, so meant"
