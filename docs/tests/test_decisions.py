"""Is the table of decisions true, and short enough to work through?"""

from __future__ import annotations

import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import decisions
import proofs
import pytest

from devkit import lint, markers

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = markers.load()
MARKERS = list(markers.find(lint.written(lint.tracked())))
OTHER = {  # what a copy that keeps the one plugin does not have of the other
    "job": ("go/plugins/spark/*", "*/spark.p*", "kustomize/operator/*", "scripts/adopt/*"),
    "spark": ("go/plugins/job/*", "*/job.proto", "*/config.py", "*/task.py", "scripts/adopt/*"),
}


def test_the_book_has_a_marker_for_every_place_of_the_table_and_no_other():
    assert (ROOT / markers.BOOK).is_dir()
    assert not list(markers.unknown(lint.written(lint.tracked())))


@pytest.mark.parametrize("keep", OTHER)
def test_a_copy_has_few_enough_decisions_and_places(keep: str):
    left = [each for each in MARKERS if not any(fnmatch(each.path.as_posix(), one) for one in OTHER[keep])]
    assert len(left) < len(MARKERS)
    assert {each.slug for each in left} == {each.slug for each in DECISIONS}
    assert 10 <= len(DECISIONS) <= 15
    assert len(left) <= 28


def test_generated_code_and_examples_have_no_marker():
    for path in lint.tracked():
        if path not in lint.written([path]) or path.parts[0] == "examples":
            assert not list(markers.find([path])), path


@pytest.mark.parametrize("about", DECISIONS, ids=lambda about: about.slug)
def test_what_the_table_says_is_there(about: markers.Decision):
    for test in about.tests:
        file, _, name = test.partition("::")
        assert file in proofs.here()[name]
    for name, text in about.still.items():
        assert text in (ROOT / name).read_text(encoding="utf-8")
    assert any((ROOT / f"docs/{about.page}{suffix}").is_file() for suffix in (".md", ".rst"))


@pytest.mark.parametrize("about", DECISIONS, ids=lambda about: about.slug)
def test_a_make_target_of_the_table_is_one(about: markers.Decision):
    sessions = re.findall(r"^SESSIONS \+?:?= (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for target in re.findall(r"`make (\w+)", about.done + about.also):
        assert target in ["test", *" ".join(sessions).split()]


def test_places_of_the_table_do_not_run_together():
    shown = "".join(node.astext() for node in decisions.places(DECISIONS[0])).replace("<wbr>", "")
    assert shown.split() == list(DECISIONS[0].where)


def test_one_command_finds_the_places_of_a_field_in_about_thirty_files():
    page = (ROOT / "docs/your-operator.md").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"`git grep -n -iE '([^']+)'`. Expect about thirty files", page)
    copied = (":!docs", ":!examples", ":!scripts")  # what a copy has not
    command = ["git", "-C", str(ROOT), "grep", "-l", "-iE", pattern, "--", *copied]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert 25 <= len(found) <= 35
    assert {"go/plugins/job/build.go", "proto/larkspur/v1/job.proto"} < set(found)
