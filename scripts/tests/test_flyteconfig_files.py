"""Are the files of Flyte's configuration what their one source says, with a reason for each line?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from flyteconfig_making import FILES

from devkit import flyteconfig, flyteconfig_files
from devkit.flyteconfig_files import CONFIG
from devkit.toolchain import ROOT


def text(name: str) -> str:
    return (CONFIG / f"{name}.yaml").read_text(encoding="utf-8")


def test_the_files_are_what_the_settings_make():
    stale = flyteconfig_files.differences()
    assert not stale, f"{stale}: python -m devkit.flyteconfig_files writes them anew"


def test_a_file_that_somebody_edited_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for path in CONFIG.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(flyteconfig_files, "CONFIG", tmp_path)
    assert flyteconfig_files.differences() == []
    edited = tmp_path / "flyte2.yaml"
    edited.write_text(edited.read_text() + "x: 1\n")
    (tmp_path / "flyte1.yaml").unlink()
    assert flyteconfig_files.differences() == ["flyte1.yaml", "flyte2.yaml"]
    assert flyteconfig_files.main(["--check"]) == 1
    assert flyteconfig_files.main([]) == 0
    assert flyteconfig_files.main(["--check"]) == 0


@pytest.mark.parametrize("name", FILES)
def test_every_setting_has_a_comment_above_it(name: str):
    for group in re.split(r"\n(?=\s*#)", text(name))[1:]:
        settings = [line for line in group.splitlines() if re.match(r"\s*[\w-]+: \S", line)]
        assert len(settings) <= 1, f"{name}: one comment for {settings}"


@pytest.mark.parametrize("name", FILES)
def test_a_chart_that_takes_values_for_templates_leaves_them_alone(name: str):
    assert "{{" not in text(name), "Flyte's charts render values with tpl"


@pytest.mark.parametrize("name", FILES)
def test_the_types_of_all_plugins_are_in_it(name: str):
    pinned = yaml.safe_load(text(name))
    for key in [
        *filter(None, FILES[name].under.get("plugins", "").split(".")),
        "plugins",
        "connector-service",
    ]:
        pinned = pinned[key]
    kinds = pinned.get("connectorForTaskTypes") or pinned["supportedTaskTypes"]
    assert tuple(kinds) == flyteconfig.task_types()


@pytest.mark.parametrize("flyte", [1, 2])
def test_every_setting_says_what_happens_without_it_and_how_we_know(flyte: int):
    for setting in flyteconfig_files.settings(flyte):
        if setting.value is not None:
            assert setting.without, setting.path
            assert setting.known[str(flyte)] in ("measured", "read"), setting.path


def test_every_trap_is_that_of_a_setting():
    named = {trap for flyte in (1, 2) for each in flyteconfig_files.settings(flyte) for trap in each.traps}
    assert named == set(flyteconfig.traps())


def test_the_endpoint_is_the_service_in_kustomize():
    service = yaml.safe_load((ROOT / "kustomize/base/service.yaml").read_text(encoding="utf-8"))
    about, port = service["metadata"], service["spec"]["ports"][0]["port"]
    endpoint = f"dns:///{about['name']}.{about['namespace']}.svc.cluster.local:{port}"
    said = [each.value for each in flyteconfig_files.settings(1) if each.path.endswith(".endpoint")]
    assert said == [endpoint]
