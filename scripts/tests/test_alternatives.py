"""Is the record that the site shows what the readers say now? All but npm's and oasdiff's part, which --check asks."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import jsonschema
import pytest
from openapi_spec_validator import validate

from devkit import alternatives, alternatives_readers, alternatives_schemas, alternatives_types
from devkit.evolution import Change
from devkit.toolchain import ToolchainError

SHOWN = json.loads(alternatives.SHOWN.read_text(encoding="utf-8"))
IN_JAVASCRIPT = ("jsonschema-js", "jsonschema-ts-types", "openapi-ts-types")


@pytest.fixture(scope="module")
def now() -> alternatives.Result:
    return alternatives.quick()


def test_the_readers_say_what_the_record_says(now: alternatives.Result):
    kept = {reader: said for reader, said in SHOWN["verdicts"].items() if reader not in IN_JAVASCRIPT}
    assert now["verdicts"] == kept
    for reader in IN_JAVASCRIPT:  # as many values as there are now: the record is of these fixtures
        assert list(SHOWN["verdicts"][reader]) == list(now["values"])


def test_the_changes_do_what_the_record_says(now: alternatives.Result):
    assert [
        one | {"oasdiff": shown["oasdiff"]}
        for one, shown in zip(now["changes"], SHOWN["changes"], strict=True)
    ] == (SHOWN["changes"])


def test_the_record_is_of_these_values_files_and_versions(now: alternatives.Result):
    assert (now["values"], now["sizes"]) == (SHOWN["values"], SHOWN["sizes"])
    assert alternatives_types.versions() == SHOWN["versions"]


def test_protobuf_refuses_and_accepts_what_its_fixtures_say(now: alternatives.Result):
    for reader in ("protobuf-go", "protobuf-python-rules"):
        for name, kind in now["values"].items():
            if kind in ("accepted", "refused"):
                assert bool(now["verdicts"][reader][name]) == (kind == "refused"), (reader, name)


def test_both_documents_are_valid_and_say_the_same():
    openapi, schema = alternatives_readers.openapi(), alternatives_readers.json_schema()
    validate(openapi)
    jsonschema.Draft202012Validator.check_schema(schema)
    job = copy.deepcopy(alternatives_schemas.parts(openapi)["Job"])
    for field in job["properties"].values():
        field.pop("format", None)  # of OpenAPI only
        if "$ref" in field:
            field["$ref"] = field["$ref"].replace("#/components/schemas/", "#/$defs/")
    assert job == {key: schema[key] for key in job}
    assert alternatives_schemas.parts(openapi)["DoneWhen"] == schema["$defs"]["DoneWhen"]


def test_every_value_has_what_it_is_and_a_value():
    assert {"accepted", "refused", "right", "two fields"} <= {
        one["is"] for one in alternatives_readers.values().values()
    }


@pytest.mark.parametrize("step", [["delete", "Job/properties/colour"], ["move", "Job/nothing/here", "Job/x"]])
def test_a_change_of_what_is_not_there_is_an_error(step: list[str]):
    change = Change("x", {}, [], schema=[step])
    with pytest.raises(ToolchainError, match=r"x: .* the schema has no"):
        alternatives_schemas.apply(alternatives_readers.json_schema(), change)


@pytest.mark.parametrize(("edit", "said"), [("edited", "stale or edited"), ("gone", "missing")])
def test_a_generated_file_that_differs_is_found(edit: str, said: str, tmp_path: Path):
    for folder in ("fresh", "tree"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "job.py").write_text("x = 1\n")
    if edit == "edited":
        (tmp_path / "tree/job.py").write_text("x = 2\n")
    else:
        (tmp_path / "tree/job.py").unlink()
    assert alternatives.differences(tmp_path / "fresh", tmp_path / "tree") == [f"job.py: {said}"]


def test_a_record_that_differs_is_found():
    assert alternatives.stale(alternatives_types.GENERATED, SHOWN) == []
    found = alternatives.stale(alternatives_types.GENERATED, SHOWN | {"sizes": {}})
    assert found == ["alternatives.json: sizes differs"]
