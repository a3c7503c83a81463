"""Does a profile that is wrong say which field, which value, and what would be right?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from sanity_profiles import CONTENT

from connector_sanity.command import main
from connector_sanity.loading import load
from connector_sanity.profile import ProfileError


def written(folder: Path, content: Any) -> Path:
    """Return a profile's file."""
    path = folder / "profile.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


def changed(place: str, value: Any) -> dict[str, Any]:
    """Return the good profile with one other value; None takes the key away."""
    content: Any = yaml.safe_load(yaml.safe_dump(CONTENT))
    *parents, last = place.split(".")
    inner = content
    for parent in parents:
        inner = inner[parent]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return content


def test_a_good_one(tmp_path: Path) -> None:
    found = load(written(tmp_path, CONTENT))
    assert (found.dialects, found.refusals, found.constants.deadline) == ([1, 2], "deferred", 9.0)
    assert found.states["running"].pod == {"phase": "Running"}


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        ("task_type", None, "task_type: Field required"),
        ("template", "x", "template: Input should be a valid dictionary, and is 'x'"),
        ("tasktype", "x", "tasktype: Extra inputs are not permitted, and is 'x'"),
        ("dialects", [3], "dialects.0: Input should be 1 or 2, and is '3'"),
        ("dialects", [], "dialects: List should have at least 1 item after validation, not 0, and is '[]'"),
        ("refusals", "never", "refusals: Input should be 'deferred' or 'status', and is 'never'"),
        ("resource.api_version", "v1/", "resource.api_version: String should match pattern"),
        ("states.running.phase", ["RUNING"], "states.running.phase.0: Input should be 'QUEUED'"),
        ("states.running.phase", [], "states.running.phase: List should have at least 1 item"),
        ("states.failed", None, "states: failed missing, which every resource can be in"),
        ("pods", None, "states: running has a pod, and the profile has no `pods` that says how they look"),
        ("rights", {"account": "a", "may": {}}, "rights.account: String should match pattern"),
        ("constants", {"deadline": "soon"}, "constants.deadline: Input should be a valid number"),
    ],
)
def test_a_wrong_value(tmp_path: Path, place: str, value: Any, says: str) -> None:
    path = written(tmp_path, changed(place, value))
    with pytest.raises(ProfileError) as error:
        load(path)
    assert f"profile {path}" in str(error.value)
    assert says in str(error.value)


@pytest.mark.parametrize("text", ["", "[1]", "widgets"])
def test_a_file_that_is_no_mapping(tmp_path: Path, text: str) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text(text)
    with pytest.raises(ProfileError, match="must be a mapping with name, task_type and template, and is "):
        load(path)


@pytest.mark.parametrize("text", ["a: [", "template: {file: none.yaml}"])
def test_what_cannot_be_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text(text)
    with pytest.raises(ProfileError, match=r"profile .*profile\.yaml: "):
        load(path)


def test_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--profile", str(tmp_path / "none.yaml")]) == 4
    assert "none.yaml" in capsys.readouterr().err


def test_a_part_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text("custom: {size: 2}")
    found = load(written(tmp_path, changed("template", {"file": "template.yaml"})))
    assert found.template == {"custom": {"size": 2}}


def test_other_values(tmp_path: Path) -> None:
    path = written(tmp_path, CONTENT)
    assert load(path, ["constants.reap=7.5", "namespace=other"]).constants.reap == 7.5
    assert load(path, ["states.failed.phase.0=RUNNING"]).states["failed"].phase[0] == "RUNNING"


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("reap", "--set 'reap': must be dotted.key=value"),
        ("dialects.9=2", "--set 'dialects.9=2': the profile has no such place"),
        ("name.first=x", "--set 'name.first=x': the profile has no such place"),
        ("name=[", "--set 'name=[': the value is no YAML"),
        ("constants.raep=1", "constants.raep: Extra inputs are not permitted, and is '1'"),
    ],
)
def test_other_values_that_are_wrong(tmp_path: Path, word: str, says: str) -> None:
    with pytest.raises(ProfileError) as error:
        load(written(tmp_path, {**CONTENT, "dialects": [1, 2]}), [word])
    assert says in str(error.value)
