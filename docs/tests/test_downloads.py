"""Is what a reader takes away the slice of the step, with a README that is true?"""

from __future__ import annotations

import functools
import io
import zipfile
from pathlib import Path

import downloads
import pytest

from devkit import archives, slices
from devkit.slices import ROOT, Step, StepsError


@functools.cache
def steps() -> tuple[list[Step], dict[str, int]]:
    found, complete = slices.load(ROOT / "docs" / "steps.toml")
    return found, slices.assign(found, complete, slices.tracked())


def test_an_archive_has_the_slice_the_licence_and_a_readme_in_one_folder():
    files = archives.unpack(archives.pack(*steps(), 0))
    slice_of_it = slices.contents(*steps(), 0)
    assert {name: files.pop(name) for name in slice_of_it} == slice_of_it
    assert sorted(files) == ["LICENSE", "NOTICE", "README.md"]


def test_an_archive_with_python_has_the_versions_that_were_tested():
    found = (
        archives.unpack(archives.pack(*steps(), len(steps()[0]) - 1))["constraints.txt"].decode().splitlines()
    )
    lock = (ROOT / "requirements/work.txt").read_text()
    assert all(line in lock for line in found)
    assert [line for line in found if line.startswith("flytekit==")]
    assert not [line for line in found if "\\" in line or "--hash" in line]


def test_the_same_tree_makes_the_same_bytes():
    first, second = (archives.pack(*steps(), 1) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as opened:
        assert {entry.date_time for entry in opened.infolist()} == {archives.EPOCH}
        assert {entry.external_attr >> 16 for entry in opened.infolist()} == {0o644}
        assert opened.namelist() == sorted(opened.namelist())


def test_a_readme_says_which_step_it_is_and_what_to_type():
    found = steps()[0]
    text = archives.readme(found, len(found) - 1)
    assert f"step {len(found)} of {len(found)}" in text
    assert found[-1].title in text
    typed = archives.commands(text)
    assert [line.split()[-1] for line in typed[:3]] == ["./...)", "./plugins/...)", ".venv"]
    assert "-c constraints.txt" in typed[3]
    assert archives.commands(archives.readme(found, 0)) == typed[:2], "the starter needs no Python"


def test_a_package_that_is_not_pinned_is_an_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archives, "PACKAGES", ("flytekit", "no-such-package"))
    with pytest.raises(StepsError, match="does not pin no-such-package"):
        archives.constraints()


@pytest.mark.parametrize(
    ("command", "good"), [("test -f go/go.mod", True), ("test -f go/go.mod.gone", False)]
)
def test_what_the_readme_says_is_done_in_an_empty_folder(command: str, good: bool):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x/go/go.mod", "module x\n")
        archive.writestr("x/README.md", f"Text.\n\n    {command}\n    echo done\n")
    ok, said = archives.try_out(out.getvalue())
    assert ok == good
    assert ("done\n" in said) == good, "nothing runs after a command that failed"


def test_a_site_whose_archive_differs_from_the_slice_is_found(tmp_path: Path):
    (tmp_path / downloads.FOLDER).mkdir()
    for step, data in downloads.packed():
        (tmp_path / downloads.FOLDER / archives.file_name(step)).write_bytes(data)
    assert downloads.faults(tmp_path) == []
    (first, data), *_ = downloads.packed()
    path = tmp_path / downloads.FOLDER / archives.file_name(first)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in archives.unpack(data).items():
            archive.writestr(f"x/{name}", text.replace(b"package plugin\n", b"package plug\n"))
    assert len(found := downloads.faults(tmp_path)) == 1
    assert "larkspur-starter.zip: go/connector/plugin/" in found[0]


def test_every_step_has_a_page_and_no_page_has_two_steps():
    pages = [page for step in steps()[0] for page in step.pages]
    assert all(step.pages for step in steps()[0])
    assert len(pages) == len(set(pages))


@pytest.mark.parametrize(("page", "to"), [("flytekit", "downloads/"), ("plugin/build", "../downloads/")])
def test_links_work_from_a_folder_too(page: str, to: str):
    step = steps()[0][0]
    assert downloads.link(page, step)["refuri"] == f"{to}larkspur-starter.zip"
