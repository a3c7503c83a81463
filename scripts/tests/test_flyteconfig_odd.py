"""Does check_flyte_config have an answer, whatever stands at a place of a configuration?"""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from flyteconfig_making import view

from devkit.flyteconfig import report
from devkit.flyteconfig_files import CONFIG
from devkit.flyteconfig_tree import FlyteConfigError


def places(node: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Yield the path of each value in a configuration."""
    for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield (*path, key)
        yield from places(node[key], (*path, key))


ODD = (None, "x", 3, [], [1], [{"a": None}], {"a": {}})


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("name", ["flyte1-core", "flyte2"])
def test_whatever_stands_at_a_place_there_is_a_report(name: str, odd: object, tmp_path: Path):
    whole = yaml.safe_load((CONFIG / f"{name}.yaml").read_text(encoding="utf-8"))
    for path in places(whole):
        config = copy.deepcopy(whole) | {"clusters": {"clusterConfigs": odd}}
        above = config
        for key in path[:-1]:
            above = above[key]
        above[path[-1]] = odd
        with contextlib.suppress(FlyteConfigError):  # that it is no configuration of Flyte any more
            lines, _ = report(view(tmp_path, json.dumps(config), flyte=int(name[5])))
            assert lines[-1].startswith("check_flyte_config: ")
