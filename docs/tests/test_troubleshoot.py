"""Are the messages of docs/troubleshoot.toml spelt as their programs spell them, and shown?"""

from __future__ import annotations

import re
from pathlib import Path

import proofs
import pytest
import troubleshoot
from go_sources import folder
from troubleshoot import Row

ROOT = Path(__file__).resolve().parents[2]
ROWS = [row for rows in troubleshoot.read().values() for row in rows]
PAGE = (ROOT / "docs/troubleshoot.md").read_text(encoding="utf-8")
OPERATOR = "github.com/kubeflow/spark-operator/v2"
MODULES = {  # module -> the folder whose go.mod says which version the tests run
    **{
        f"k8s.io/{name}": "go/localcluster"
        for name in ("apiserver", "apimachinery", "kubernetes", "pod-security-admission")
    },
    OPERATOR: "go/localcluster/operators/spark",
}


def named(row: Row) -> str:
    return row["id"]


def missing(row: Row, path: Path) -> list[str]:
    source = troubleshoot.whole(path)
    return [part for part in troubleshoot.parts(row["message"]) if part not in source]


def test_every_message_is_known_in_one_way():
    for row in ROWS:
        assert len(row.keys() & {"code", "upstream", "known"}) == 1, row["id"]
        assert troubleshoot.parts(row["message"]), row["id"]
    assert len({row["id"] for row in ROWS}) == len(ROWS) == len({row["message"] for row in ROWS})


@pytest.mark.parametrize("row", [row for row in ROWS if "code" in row], ids=named)
def test_a_message_of_ours_stands_in_its_file(row: Row):
    assert not missing(row, ROOT / row["code"])


@pytest.mark.parametrize("row", [row for row in ROWS if "upstream" in row], ids=named)
def test_a_message_of_others_stands_in_the_version_that_runs_here(row: Row):
    module = next(name for name in MODULES if row["upstream"].startswith(f"{name}/"))
    assert not missing(row, folder(module, MODULES[module]) / row["upstream"].removeprefix(f"{module}/"))


@pytest.mark.parametrize("row", [row for row in ROWS if "test" in row], ids=named)
def test_its_test_exists(row: Row):
    proofs.resolve(row["test"], proofs.here())


@pytest.mark.parametrize("row", [row for row in ROWS if "known" in row], ids=named)
def test_what_flyte_says_was_measured_or_read(row: Row):
    assert re.fullmatch(r"(measured|read) [12](, [12])?", row["known"])


def test_a_text_in_several_pieces_is_whole():
    assert troubleshoot.texts('f("one " +\n\t\t"two \\"three\\"")') == 'f("one two "three"")'
    assert troubleshoot.texts('    f"one {x} "\n    f"two"') == '    f"one {x} two"'


def test_a_long_message_is_found_by_its_pieces():
    assert troubleshoot.searched("No plugin found for […], defaulting to [container]: … and")[1:] == [
        "No plugin found for [",
        "defaulting to [container]",
    ]


def test_a_misspelt_message_is_noticed():
    row = dict(next(row for row in ROWS if row["id"] == "missing-right"))
    row["message"] = row["message"].replace("add it to its Role", "ad it to its Role")
    assert missing(row, ROOT / row["code"]) == ["; ad it to its Role"]


def test_the_page_shows_every_place():
    assert set(re.findall(r"```\{troubleshoot\} (\w+)", PAGE)) == set(troubleshoot.read())
