"""Does copier hand to rename what it has asked for, and bring nothing else? scripts/adopt/test_update.py updates."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml

from devkit.rename_names import RenameError
from devkit.toolchain import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import rename
import transport

ANSWERS = {"name": "gantry", "keep": "job", "module": "", "distribution": "", "parts": []}


@pytest.fixture
def config() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))


def task(config: dict[str, Any], **answers: object) -> list[str]:
    """Return what copier hands to transport.py."""
    (words,) = config["_tasks"]
    given = ANSWERS | answers | {"_copier_operation": "copy", "_copier_conf": {"src_path": "x"}}
    return [jinja2.Template(word).render(given) for word in words][2:]


def test_what_copier_has_asked_is_what_rename_takes(config: dict[str, Any]):
    given = {"module": "example.org/x", "distribution": "x", "parts": ["docs", "examples"]}
    operation, *words = task(config, **given)
    assert operation == "--operation=copy"
    asked = rename.arguments(words)
    assert (asked.name, asked.keep, asked.module, asked.distribution) == (
        "gantry",
        "job",
        "example.org/x",
        "x",
    )
    assert rename.parts(asked.parts) == {"docs", "examples"}


def test_copier_asks_for_nothing_else_and_offers_what_there_is(config: dict[str, Any]):
    questions = {name: value for name, value in config.items() if not name.startswith("_")}
    assert questions.keys() == ANSWERS.keys()
    assert tuple(questions["parts"]["choices"]) == rename.PARTS
    for keep in questions["keep"]["choices"]:
        assert rename.arguments(["gantry", f"--keep={keep}"]).keep == keep


def test_copier_renders_only_the_file_with_the_answers(config: dict[str, Any]):
    names = [path.name for path in (ROOT / config["_subdirectory"]).rglob("*") if path.is_file()]
    assert names == [".copier-answers.yml.jinja"]


def test_an_update_without_the_programs_says_how_to_have_them(
    config: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(transport, "NEEDED", ("no_such_module",))
    words = task(config)
    with pytest.raises(RenameError, match="run it as `make update`"):
        transport.main(["--operation=update", *words[1:]], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_copy_without_the_programs_says_what_is_missing(
    config: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(transport, "NEEDED", ("no_such_module",))
    assert transport.main(task(config), tmp_path) == 0
    assert "next, make generate and make fmt" in capsys.readouterr().err
    assert (tmp_path / "proto/gantry/v1/job.proto").is_file()
    assert (tmp_path / ".ci/run").stat().st_mode & 0o100, "a program stays one"
    assert not (tmp_path / "go/gen/gantry").exists(), "what is generated is never copied"
