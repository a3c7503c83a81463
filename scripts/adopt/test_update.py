"""Do later versions of the template come into a copy that was renamed, edited, and has other generated code?

The template is this tree in a git repository of its own, with a tag for each version. Nothing is played: rename, copier
and the session are the real ones. `nox -s adopt` runs this; it takes minutes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
import versions
from versions import (
    BUILD,
    DEADLINE,
    FIELD,
    MORE_DAYS,
    NEW,
    OLD,
    PHASE,
    PROTO,
    TESTED,
    commit,
    done,
    files,
    replace,
    run,
)

from devkit import records, toolchain

INPUTS = "copier.yml, scripts"
pytestmark = pytest.mark.timeout(1800)


def unlike(name: str, command: str, printed: str) -> str:
    """Return how what was printed differs from the record of that name, and how to write the record anew."""
    difference = records.compare(name, command, printed, INPUTS, "make adopt")
    return difference and f"{records.UPDATE}=1 in the environment writes the record anew:\n{difference}"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This tree, as it is, as version 1.0.0 of a template; and its second version."""
    folder = tmp_path_factory.mktemp("book") / "template"
    versions.first(folder)
    versions.move_on(folder)
    return folder


@pytest.fixture(scope="module")
def second(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the second version, nothing edited."""
    return versions.made(template, tmp_path_factory.mktemp("second") / NEW, "v2.0.0")


@pytest.fixture(scope="module")
def edited(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the first version, edited, then updated to the second."""
    copy = versions.made(template, tmp_path_factory.mktemp("edited") / NEW, "v1.0.0")
    versions.edit(copy)
    code, said = versions.update(copy)
    assert code == 0, said
    (copy.parent / "said").write_text(said)
    return copy


@pytest.fixture(scope="module")
def renamed(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the first version that was renamed in place."""
    copy = tmp_path_factory.mktemp("renamed") / NEW
    done(template, "git", "clone", "--quiet", "--branch=v1.0.0", template, copy)
    done(copy, sys.executable, "scripts/rename.py", NEW, "--keep=job")
    commit(copy, "renamed")
    return copy


def test_git_alone_would_bring_the_templates_name_back(renamed: Path, tmp_path: Path):
    copy = tmp_path / NEW
    done(renamed, "git", "clone", "--quiet", renamed, copy)
    assert run(copy, "git", "merge", "v2.0.0").returncode == 1
    conflicts = done(copy, "git", "diff", "--name-only", "--diff-filter=U").splitlines()
    assert {BUILD, PROTO.format(OLD)} <= set(conflicts), (
        "a change beside a name, and one of a file that moved"
    )
    assert PHASE not in conflicts
    assert OLD in (copy / PHASE).read_text(), "a new line with the name comes as it is, without a word"


def test_a_copy_that_renamed_itself_becomes_the_second_version_byte_for_byte(renamed: Path, second: Path):
    assert OLD not in "".join(files(renamed))
    code, said = versions.update(renamed)
    assert code == 0, said
    assert files(renamed) == files(second)


def test_an_update_says_what_the_site_shows(edited: Path):
    difference = unlike("update", "nox -s update", (edited.parent / "said").read_text())
    assert not difference, difference


def test_edits_are_kept(edited: Path):
    assert DEADLINE.replace("RetryableFailed", "Failed") in (edited / PHASE).read_text()
    assert FIELD in (edited / PROTO.format(NEW)).read_text()
    assert (edited / "go/plugins/job/mine.go").exists()
    assert not (edited / "SECURITY.md").exists(), "what was deleted in the copy stays deleted"


def test_what_is_new_in_the_template_is_there_under_the_copys_name(edited: Path):
    assert f"// The second version says it for {NEW}." in (edited / BUILD).read_text()
    assert MORE_DAYS in (edited / PROTO.format(NEW)).read_text()
    assert (
        edited / f"sdk/flytekitplugins-{NEW}/tests/test_job_more.py"
    ).read_text() == f'"""A new test of {NEW}."""\n'
    assert not (edited / "proto/fixtures/README.md").exists()
    assert not [name for name, content in files(edited).items() if OLD in name or b"<<<<<<<" in content]
    answers = yaml.safe_load((edited / ".copier-answers.yml").read_text())
    assert (answers["_commit"], answers["name"]) == ("v2.0.0", NEW)


def test_only_the_edits_differ_from_a_copy_of_the_second_version(edited: Path, second: Path):
    mine, theirs = files(edited), files(second)
    generated = {name for name in mine if "/gen/" in name or "_pb2." in name}
    differ = {name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)} - generated
    assert differ == {PHASE, TESTED, PROTO.format(NEW), "go/plugins/job/mine.go", "SECURITY.md"}


def test_parts_that_are_kept_are_those_of_the_template(edited: Path, template: Path):
    for name, content in files(template).items():
        if name.startswith(("go/connector/", "sdk/flyteconnector/")):
            assert (edited / name).read_bytes() == content, name


def test_generated_code_is_that_of_the_merged_message_and_the_tests_pass(edited: Path):
    done(edited, sys.executable, "scripts/generate_protos.py", "--check")
    assert "Team " in (edited / f"go/gen/{NEW}/v1/job.pb.go").read_text()
    go = toolchain.go().command
    done(edited / "go", go, "test", "./plugins/...", "example.com/flyteconnector/plugin")


def test_lines_that_both_changed_are_a_conflict_and_it_says_what_next(template: Path, edited: Path):
    commit(edited, "second version")
    replace(template / PHASE, DEADLINE, DEADLINE.replace("RetryableFailed", "Queued"))
    commit(template, "third version", tag="v3.0.0")
    code, said = versions.update(edited)
    assert code == 1, said
    assert f"update: conflict in {PHASE}\nupdate: mend them" in said
    difference = unlike("update_conflict", "nox -s update", said)
    assert not difference, difference
    text = (edited / PHASE).read_text()
    assert "<<<<<<< before updating" in text
    assert "plugin.Queued" in text.partition("=======")[2]
