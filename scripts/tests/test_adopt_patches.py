"""Does a change that is at no marker get noticed? And are the patches that we have at theirs?"""

from __future__ import annotations

import pytest

from devkit import adopt_operator, adopt_patches, markers
from devkit.markers import Decision

KIND = Decision("kind", "Which?", ["a.go"], "done", "page", still={"project.toml": "old"})
PATCH = """\
diff --git a/a.go b/a.go
--- a/a.go
+++ b/a.go
@@ -20,4 +20,3 @@ func x
 // X
-// TODO({slug}): Name your kind.
-old
+new
 }}
@@ -{line},3 +50,3 @@
 {{
-old
+new
 }}
"""


@pytest.mark.parametrize(("line", "near"), [(24, True), (36, True), (37, False), (90, False)])
def test_a_change_far_from_its_marker_is_named(line: int, near: bool) -> None:
    wrong = list(adopt_patches.astray(PATCH.format(slug="kind", line=line), KIND))
    assert wrong == ([] if near else [f"a.go:{line}: no marker within 15 lines"])


def test_a_marker_of_another_decision_is_not_its_own() -> None:
    (wrong,) = adopt_patches.astray(PATCH.format(slug="build", line=24), KIND)
    assert wrong == "a.go:20: takes away a marker of build"


@pytest.mark.parametrize("file", ["a_test.go", "sdk/x/tests/b.py", "go/a/testdata/c.yaml", "project.toml"])
def test_a_test_and_what_the_decision_names_need_no_marker(file: str) -> None:
    patch = f"--- a/{file}\n+++ b/{file}\n@@ -1 +1 @@\n-old\n+new\n"
    assert list(adopt_patches.astray(patch, KIND)) == []


def test_a_patch_without_a_change_is_named() -> None:
    assert list(adopt_patches.astray("", KIND)) == ["it changes nothing"]


def test_there_is_a_patch_for_each_decision_in_the_order_of_the_table() -> None:
    files = adopt_patches.patches(markers.load())
    assert [path.name[3:-5] for path in sorted(files.values())] == [each.slug for each in markers.load()]


def test_no_patch_adds_a_marker_or_has_generated_code() -> None:
    for path in adopt_patches.HOME.glob("*.diff"):
        text = path.read_text(encoding="utf-8")
        assert not [line for line in text.splitlines() if line.startswith("+") and "TODO" in line]
        names = [hunk.file for hunk in adopt_patches.hunks(text)]
        assert names
        assert not [name for name in names if adopt_operator.rename_tree.generated(name)]
