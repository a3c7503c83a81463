"""Would `nox -s adopt` notice a rename that does harm? Each check is shown a small copy that is not as it should be."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from devkit import adopt, adopt_checks, adopt_copy, adopt_environment, rename_tree
from devkit.adopt_copy import Copy, Failed
from devkit.rename_names import NOW, Renamer, chosen
from devkit.toolchain import ROOT

OTHER = NOW.word[::-1]
FILES = {
    "go/go.mod": f"module {NOW.module}\n",
    "go/connector/a.go": "package connector\n",
    "go/localcluster/a.go": "package localcluster\n",
    f"proto/{NOW.word}.proto": f"package {NOW.word};\n",
}


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """A clone of a small repository, nothing renamed yet."""
    for path, text in FILES.items():
        (tmp_path / "here" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "here" / path).write_text(text)
    monkeypatch.setattr(adopt_copy, "HOME", tmp_path / "adopt")
    monkeypatch.setattr(adopt_copy, "ROOT", tmp_path / "here")
    Copy(OTHER, "job", tmp_path / "here").git("init", "--quiet")
    monkeypatch.setattr(adopt_copy, "finish", lambda copy: None)
    return adopt_copy.clone(OTHER, "job", sys.executable)


def test_the_names_are_what_they_are_said_to_be_and_occur_nowhere() -> None:
    words = list(adopt.NAMES)
    assert words[0] < NOW.word < words[1]
    assert words[0] < "example" < "flyteconnector" < words[1]
    assert len(words[3]) == 20
    files = rename_tree.read(ROOT, rename_tree.tracked(ROOT))
    for word in words:
        assert rename_tree.residue(files, word) == []
        assert list(Renamer(NOW, chosen(word)).taken(files)) == []


def test_a_copy_that_is_right_passes(copy: Copy) -> None:
    files = copy.files()
    rename_tree.write(copy.root, files, rename_tree.renamed(files, NOW, copy.names), {})
    adopt_checks.no_residue(copy)
    adopt_checks.kept_as_they_were(copy)


def test_what_is_left_of_the_old_name_is_noticed(copy: Copy) -> None:
    with pytest.raises(
        Failed, match=rf"{NOW.word} is left in go/go\.mod:1, proto/{NOW.word}\.proto: in its name"
    ):
        adopt_checks.no_residue(copy)


def test_another_module_than_was_asked_for_is_noticed(copy: Copy) -> None:
    rename_tree.write(copy.root, copy.files(), {"go/go.mod": b"module example.com/other\n"}, {})
    with pytest.raises(
        Failed, match=f"go/go.mod says module example.com/other, and {OTHER} asked for example.org"
    ):
        adopt_checks.no_residue(copy)


@pytest.mark.parametrize("path", ["go/connector/a.go", "go/localcluster/a.go", "go/connector/new.go"])
def test_a_change_of_what_is_taken_over_is_noticed(copy: Copy, path: str) -> None:
    (copy.root / path).write_text("package other\n")
    with pytest.raises(Failed, match=rf"a part that is taken over changed: .* {path}"):
        adopt_checks.kept_as_they_were(copy)


def test_the_local_cluster_may_go_and_the_connector_may_not(copy: Copy) -> None:
    (copy.root / "go/localcluster/a.go").unlink()
    adopt_checks.kept_as_they_were(copy)
    (copy.root / "go/connector/a.go").unlink()
    with pytest.raises(Failed, match=r"a part that is taken over changed:  D go/connector/a\.go"):
        adopt_checks.kept_as_they_were(copy)


def test_there_and_back_is_the_same_and_a_difference_is_noticed(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt_copy.there_and_back(copy)
    adopt_copy.in_memory(copy)
    monkeypatch.setattr(adopt_copy, "finish", lambda copy: (copy.root / "README.md").write_text("formatted"))
    with pytest.raises(Failed, match=r"(?s)there and back is not the same:.*README\.md"):
        adopt_copy.there_and_back(copy)


def test_a_name_that_is_there_already_is_noticed_on_the_way_back(copy: Copy) -> None:
    (copy.root / "README.md").write_text(OTHER)
    with pytest.raises(Failed, match=r"there and back is not the same: README\.md"):
        adopt_copy.in_memory(copy)


def test_a_command_that_fails_is_noticed_and_so_is_one_that_should_have_failed(copy: Copy) -> None:
    with pytest.raises(Failed, match="ended with 3:\nwhy"):
        copy.python("-c", "print('why'); raise SystemExit(3)")
    assert copy.python("-c", "print('why'); raise SystemExit(3)", fails=True) == "why\n"
    with pytest.raises(Failed, match="ended with 0"):
        copy.python("-c", "", fails=True)


def test_a_checklist_with_nothing_on_it_is_noticed(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    for said, good in {
        "0 of 9 decisions taken, 20 markers left": True,
        "9 of 9 decisions taken": False,
    }.items():
        monkeypatch.setattr(Copy, "python", lambda *words, said=said, **more: f"{said}\n")
        if good:
            adopt_checks.undecided(copy)
        else:
            with pytest.raises(Failed, match="does not say that nothing is decided"):
                adopt_checks.undecided(copy)


def test_a_failure_ends_a_copys_checks_and_is_in_the_result(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    def good(copy: Copy) -> None:
        """This is fine."""

    def bad(copy: Copy) -> None:
        """This is not."""
        raise Failed("look here")

    result = adopt.tried(copy, (good, bad, good), "a try")
    assert [(one["what"], one["ok"]) for one in result["checks"]] == [
        ("This is fine.", True),
        ("This is not.", False),
    ]
    assert not result["ok"]
    assert "FAILED: This is not." in (printed := capsys.readouterr().out)
    assert "look here" in printed


def test_the_result_says_for_which_tree_it_is(
    copy: Copy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(adopt, "RESULT", tmp_path / "adopt.json")
    monkeypatch.setattr(adopt, "ROOT", tmp_path / "here")
    monkeypatch.setattr(adopt_checks, "QUICK", (adopt_checks.kept_as_they_were,))
    monkeypatch.setattr(adopt_checks, "FULL", ())
    monkeypatch.setattr(adopt, "NAMES", {OTHER: "for the test"})
    assert adopt.main([]) == 0
    result = json.loads((tmp_path / "adopt.json").read_text())
    assert result["ok"]
    assert result["inputs"] == adopt.fingerprint()
    (tmp_path / "here/new").write_text("")
    assert result["inputs"] != adopt.fingerprint()


def test_programs_of_a_copys_environment_run_its_own_python(tmp_path: Path) -> None:
    script, binary = tmp_path / "script", tmp_path / "binary"
    script.write_text(f"#!{sys.prefix}/bin/python\nprint(1)\n")
    binary.write_bytes(b"\x7fELF")
    for path in (script, binary):
        adopt_environment.adopt(path, tmp_path / f"{path.name}2", tmp_path / "own")
    assert (tmp_path / "script2").read_text() == f"#!{tmp_path}/own/bin/python\nprint(1)\n"
    assert (tmp_path / "binary2").is_symlink()


def test_what_this_repository_has_installed_is_not_lent_to_a_copy() -> None:
    names = adopt_environment.own_files()
    assert any(name.startswith("flytekitplugins_") and name.endswith(".dist-info") for name in names)
    assert "_flyteconnector.pth" in names
