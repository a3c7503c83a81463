"""Does a rename change what it should in a tree, and is the tree there again after one that was stopped?"""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest

from devkit import rename_essays, rename_tree
from devkit.rename_names import NOW, Names, RenameError
from devkit.toolchain import ROOT

WORD = NOW.word
OTHER = WORD[::-1]
NEW = Names(OTHER, f"example.org/{OTHER}", f"flytekitplugins-{OTHER}")


def renamed(**files: str) -> rename_tree.Files:
    return rename_tree.renamed({path: text.encode() for path, text in files.items()}, NOW, NEW)


def test_paths_and_contents_change_together_in_dotfiles_too() -> None:
    found = renamed(
        **{f".github/{WORD}.yml": f"run: {WORD}\n", f"proto/{WORD}/v1/job.proto": f"package {WORD}.v1;\n"}
    )
    assert found == {
        f".github/{OTHER}.yml": f"run: {OTHER}\n".encode(),
        f"proto/{OTHER}/v1/job.proto": f"package {OTHER}.v1;\n".encode(),
    }


def test_generated_code_is_dropped_but_for_that_of_parts_that_are_taken_over() -> None:
    kept = "go/connector/gen/flyteidl/admin/agent.pb.go"
    files = {
        f"go/gen/{WORD}/v1/job.pb.go": "",
        "a/b_pb2.py": "",
        "a/b_pb2.pyi": "",
        "src/gen/c_pb.ts": "",
        kept: "",
    }
    assert list(renamed(**files)) == [kept]


@pytest.mark.parametrize("path", ["go/go.sum", "requirements/work.txt", "docs/records/demo.txt", "LICENSE"])
def test_checksums_and_records_are_not_touched(path: str) -> None:
    assert renamed(**{path: f"sha512-{WORD}=\n"}) == {path: f"sha512-{WORD}=\n".encode()}


@pytest.mark.parametrize(
    "path", ["go/connector/a.go", "sdk/flyteconnector/src/a.py", f"go/localcluster/{WORD}.go"]
)
def test_a_part_that_is_taken_over_must_not_know_the_name(path: str) -> None:
    with pytest.raises(RenameError, match=f"{path} names the plugin, and this part is taken over unchanged"):
        renamed(**{path: f"// {WORD}\n"})


def test_two_files_do_not_become_one() -> None:
    with pytest.raises(RenameError, match=f"a/{WORD}.md would become a/{OTHER}.md, and there is one already"):
        renamed(**{f"a/{WORD}.md": "", f"a/{OTHER}.md": ""})


def test_what_is_no_text_stays_and_must_not_have_the_name() -> None:
    assert rename_tree.renamed({"a.png": b"\x89PNG\0"}, NOW, NEW) == {"a.png": b"\x89PNG\0"}
    with pytest.raises(RenameError, match=r"a\.png is no text, and has"):
        rename_tree.renamed({"a.png": b"\0" + WORD.encode()}, NOW, NEW)


def test_residue_is_found_in_any_case_and_in_paths() -> None:
    files = {
        f"a/{WORD}s": b"",
        "b": f"\n{WORD.upper()}".encode(),
        "docs/records/c": WORD.encode(),
        "d": b"lark",
    }
    assert rename_tree.residue(files, WORD) == [f"a/{WORD}s: in its name", "b:2"]


def test_there_and_back_is_the_same_tree_in_all_of_this_repository() -> None:
    files = rename_tree.read(ROOT, rename_tree.tracked(ROOT))
    there = rename_tree.renamed(files, NOW, NEW)
    assert rename_tree.residue(there, WORD) == []
    assert {path.count(OTHER) for path in there} >= {0, 1, 2}
    by_hand = {path: content for path, content in files.items() if not rename_tree.generated(path)}
    assert rename_tree.renamed(there, NEW, NOW) == by_hand


def test_the_name_is_nowhere_in_a_form_that_a_search_does_not_find() -> None:
    """In base64, a word has one of three forms, by its place; only the middle of each is always the same."""
    forms = {base64.b64encode(b"\0" * n + WORD.encode() + b"\0" * 3)[4:10] for n in range(3)}
    forms |= {WORD.encode().hex().encode(), WORD.encode("utf-16-le")}
    by_hand = [path for path in rename_tree.tracked(ROOT) if not rename_tree.generated(path)]
    for path, content in rename_tree.read(ROOT, by_hand).items():
        assert not [form for form in forms if form in content], path


def tree(root: Path, files: dict[str, str]) -> rename_tree.Files:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    return rename_tree.read(root, rename_tree.tracked(root))


def test_a_tree_is_written_without_empty_folders_and_with_its_modes(tmp_path: Path) -> None:
    before = tree(tmp_path, {f"sdk/{WORD}/src/a.py": "1", f"{WORD}.run": "2", "keep/b": "3"})
    (tmp_path / f"{WORD}.run").chmod(0o755)
    (tmp_path / f"sdk/{WORD}/src/__pycache__").mkdir()
    (tmp_path / f"sdk/{WORD}/node_modules/x").mkdir(parents=True)
    modes = {f"{OTHER}.run": 0o755}
    rename_tree.write(tmp_path, before, rename_tree.renamed(before, NOW, NEW), modes)
    assert [path.name for path in (tmp_path / "sdk").iterdir()] == [OTHER]
    assert (tmp_path / f"{OTHER}.run").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / f"sdk/{OTHER}/src/a.py").read_text() == "1"


def test_a_folder_with_a_users_own_files_stays(tmp_path: Path) -> None:
    before = tree(tmp_path, {f"{WORD}/a.py": "1", ".gitignore": "notes\n"})
    (tmp_path / WORD / "notes").write_text("mine")
    rename_tree.write(tmp_path, before, rename_tree.renamed(before, NOW, NEW), {})
    assert [path.name for path in (tmp_path / WORD).iterdir()] == ["notes"]


def test_what_was_written_is_taken_back(tmp_path: Path) -> None:
    before = tree(tmp_path, {f"{WORD}/a.py": f"{WORD}\n", "b": "3"})
    modes = rename_tree.modes(tmp_path, before)
    rename_tree.write(tmp_path, before, rename_tree.renamed(before, NOW, NEW), {})
    (tmp_path / OTHER / "made.py").write_text("by a generator that was stopped")
    rename_tree.take_back(tmp_path, before, modes)
    assert rename_tree.read(tmp_path, rename_tree.tracked(tmp_path)) == before
    assert not (tmp_path / OTHER).exists()


ESSAY = """// %% Phases: how far is the task?
//
// Flyte asks this.

// Package job makes Jobs.
package job

// %% The table
//
// An essay.

// TODO(phases): List every state.
var phases = 1

// %%
// Another one, below which nothing is blank.
// TODO(links): Say where.
var links = "// %% no essay"
"""
PLAIN = """// Phases: how far is the task?

// Package job makes Jobs.
package job

// TODO(phases): List every state.
var phases = 1

// TODO(links): Say where.
var links = "// %% no essay"
"""


@pytest.mark.parametrize(
    ("path", "sign"), [("a.go", "//"), ("a.proto", "//"), ("a.py", "#"), ("a.yaml", "#")]
)
def test_essays_go_and_titles_comments_and_markers_stay(path: str, sign: str) -> None:
    essay, plain = (text.replace("//", sign) for text in (ESSAY, PLAIN))
    assert rename_essays.without(path, essay.encode()).decode() == plain
    assert rename_essays.without(path, plain.encode()).decode() == plain


def test_files_of_other_kinds_keep_what_looks_like_an_essay() -> None:
    assert rename_essays.without("a.md", ESSAY.encode()) == ESSAY.encode()
