"""Is a generated file that is stale, or that somebody has edited, found in every language?"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import generate_protos
from devkit import checked_in
from devkit.protos_languages import go_name
from devkit.toolchain import ROOT


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("fresh")
    generate_protos.generate(out)
    return out


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what is checked in, to be spoilt."""
    for target in generate_protos.TARGETS:
        shutil.copytree(ROOT / target, tmp_path / target, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_what_is_checked_in_is_what_its_source_says(fresh: Path):
    assert checked_in.check(fresh, ROOT, generate_protos.TARGETS) == []


def test_the_check_says_what_to_do(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(generate_protos, "generate", lambda out: None)  # nothing is made, so all is too many
    assert generate_protos.main(["--check"]) == 1
    *files, last = capsys.readouterr().out.splitlines()
    code = sorted((ROOT / "go/gen").rglob("*.pb.go"))[0].relative_to(ROOT)
    assert f"{code}: not generated any more" in files
    assert last == "generate: these are not what their source says; make generate writes them anew"


@pytest.mark.parametrize("target", generate_protos.TARGETS)
def test_a_file_that_somebody_has_edited_is_found(target: str, fresh: Path, tree: Path):
    file = sorted(path for path in (tree / target).rglob("*") if path.is_file())[0]
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    found = checked_in.check(fresh, tree, generate_protos.TARGETS)
    assert found == [f"{file.relative_to(tree).as_posix()}: stale or edited"]


@pytest.mark.parametrize("target", generate_protos.TARGETS)
def test_a_file_too_many_and_one_too_few_are_found(target: str, fresh: Path, tree: Path):
    file = sorted(path for path in (tree / target).rglob("*") if path.is_file())[0]
    other = file.with_name(f"old_{file.name}")
    file.rename(other)
    found = checked_in.check(fresh, tree, generate_protos.TARGETS)
    names = [path.relative_to(tree).as_posix() for path in (file, other)]
    assert sorted(found) == sorted([f"{names[0]}: missing", f"{names[1]}: not generated any more"])


def test_generating_replaces_what_is_there(fresh: Path, tree: Path):
    for target in generate_protos.TARGETS:
        (tree / target / "old.txt").write_text("of a message that is gone")
    checked_in.replace(fresh, tree, generate_protos.TARGETS)
    assert checked_in.check(fresh, tree, generate_protos.TARGETS) == []


def test_the_program_ends_with_1_where_a_file_differs(tree: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    (tree / generate_protos.TARGETS[0] / "edited.txt").write_text("")
    monkeypatch.setattr(generate_protos, "ROOT", tree)
    assert generate_protos.main(["--check"]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first == f"{generate_protos.TARGETS[0]}/edited.txt: not generated any more"
    assert last.endswith("make generate writes them anew")


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("larkspur/v1", "larkspur/v1;larkspurv1"),
        ("flyteidl/core", "flyteidl/core"),
        ("flyteidl2/vault", "flyteidl2/vault"),
    ],
)
def test_a_go_package_is_not_called_by_its_version_alone(folder: str, name: str):
    assert go_name(Path(folder)) == name
