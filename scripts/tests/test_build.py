"""Is the control plane built once, whole or not at all, and do people see how far it is? With a go that is a script."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from devkit import build, cached, progress
from devkit.toolchain import ToolchainError, cache

# Answers `go env`, `go list` and `go build -o FILE`; notes each build, and can be told to fail.
GO = """#!/bin/sh
case "$1" in
  env) echo go1.99.0 ;;
  list) echo a; echo b; echo c ;;
  build)
    echo built >> "$NOTES"; echo a >&2; echo b >&2; sleep 0.5
    test -z "$GO_FAILS" || { echo "main.go:7: undefined: x" >&2; exit 1; }
    while test "$1" != -o; do shift; done
    echo "a program" > "$2" ;;
esac
"""


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the script first on PATH, the cache into a temporary folder, and return the file with a line per build."""
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text(GO)
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{go.parent}:/usr/bin:/bin")
    monkeypatch.setenv("FLYTE_PLUGIN_BOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))
    monkeypatch.setattr(build, "DISK", 1)
    return tmp_path / "notes"


def test_the_folder_is_fit_for_kubebuilder_assets(notes: Path) -> None:
    folder = build.control_plane()
    assert {path.name for path in folder.iterdir()} == {"controlplane", *build.COMMANDS}
    assert all((folder / name).read_text() == "a program\n" for name in build.COMMANDS)


def test_the_second_time_nothing_is_built(notes: Path) -> None:
    assert build.control_plane() == build.control_plane()
    assert notes.read_text() == "built\n"


def test_two_processes_at_once_build_once(notes: Path) -> None:
    cwd = Path(build.__file__).parents[1]
    script = "import devkit.build as b, sys; b.DISK = 1; sys.exit(b.main('control-plane'))"
    command = [sys.executable, "-c", script]
    both = [subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    paths = {process.communicate(timeout=30)[0] for process in both}
    assert notes.read_text() == "built\n"
    assert len(paths) == 1


def test_kubebuilder_assets_are_taken_when_they_suffice(
    notes: Path, monkeypatch, tmp_path: Path, capsys
) -> None:
    for name in ("etcd", "kube-apiserver"):
        (tmp_path / name).touch()
    monkeypatch.setenv("KUBEBUILDER_ASSETS", tmp_path.name)
    monkeypatch.chdir(tmp_path.parent)
    assert build.assets(("etcd", "kube-apiserver")) == tmp_path, "absolute: tests run in other folders"
    assert not notes.exists()
    assert build.assets(("etcd", "kubectl")) == build.control_plane()
    assert "lacks kubectl: taking our own build" in capsys.readouterr().err


def test_a_failed_build_leaves_nothing_and_shows_the_compiler(notes: Path, monkeypatch) -> None:
    monkeypatch.setenv("GO_FAILS", "1")
    with pytest.raises(ToolchainError, match="undefined: x"):
        build.control_plane()
    home = cache() / "controlplane"
    assert [path.name for path in home.iterdir() if path.is_dir()] == []


def test_an_interrupted_build_leaves_nothing(notes: Path, monkeypatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(progress, "run", interrupt)
    with pytest.raises(KeyboardInterrupt):
        build.control_plane()
    home = cache() / "controlplane"
    assert [path.name for path in home.iterdir() if path.is_dir()] == []


def test_what_a_killed_build_left_is_removed_by_the_next(notes: Path) -> None:
    done = build.control_plane()
    left = done.parent / f".{done.name}.4711"
    done.rename(left)
    assert build.control_plane() == done
    assert not left.exists()


def test_it_says_what_it_does_and_how_long_it_took_last_time(notes: Path, capsys) -> None:
    build.control_plane()
    assert "control plane from source, once per machine" in capsys.readouterr().err
    assert json.loads((cache() / "times.json").read_text())["controlplane"]["packages"] == 2
    (cache() / "times.json").write_text('{"controlplane": {"seconds": 492, "packages": 1800}}')
    cached.announce(cached.Product("controlplane", "thing", "key", 1, "minutes"))
    assert "it took 8:12 for 1800 packages last time here" in capsys.readouterr().err


@pytest.mark.parametrize("note", ["", "{", "[]", '{"controlplane": {"seconds": "x"}}'])
def test_a_broken_note_of_the_last_build_costs_nothing_but_the_note(notes: Path, note: str) -> None:
    cache().mkdir(parents=True)
    (cache() / "times.json").write_text(note)
    assert cached.last_time("controlplane") is None
    build.control_plane()
    assert cached.last_time("controlplane")["packages"] == 2
    assert [path.name for path in cache().glob("times*")] == ["times.json"]


def test_too_small_a_disk_is_said_before_anything_long(notes: Path, monkeypatch) -> None:
    monkeypatch.setattr(build, "DISK", 2**60)
    with pytest.raises(ToolchainError, match=r"needs \d+ GiB of disk, and .* has .*: free some"):
        build.control_plane()
    assert not notes.exists()


def test_only_the_last_used_control_planes_are_kept(tmp_path: Path) -> None:
    for number in range(cached.KEPT + 2):
        folder = tmp_path / f"key{number}"
        folder.mkdir()
        folder.touch()
    cached.drop_old(tmp_path)
    assert len(list(tmp_path.iterdir())) == cached.KEPT


def test_the_binary_is_told_the_version_that_go_mod_names() -> None:
    version = build.kubernetes_version()
    major, minor = version.lstrip("v").split(".")[:2]
    flags = build.link_flags(version)
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"):
        assert f"-X {package}.gitVersion={version}" in flags
        assert f"-X {package}.gitMajor={major} -X {package}.gitMinor={minor}" in flags


def test_a_change_of_flags_or_go_is_another_control_plane() -> None:
    keys = {
        build.control_plane_key(build.Go("go", version, {}), flags)
        for version in ("go1.26.6", "go1.26.8")
        for flags in ("-s", "-s -w")
    }
    assert len(keys) == 4


def test_progress_counts_packages_and_downloads(capsys, monkeypatch) -> None:
    monkeypatch.setattr(progress, "EVERY_IN_LOG", 0.2)
    script = "echo go: downloading x v1 >&2; echo a >&2; echo b >&2; sleep 2"
    progress.run(["sh", "-c", script], None, Path.cwd(), "thing", at_most=7, quiet=0)
    shown = capsys.readouterr().err.splitlines()
    assert "thing: modules downloaded: 1, packages compiled: 2 of at most 7, 0:00" in shown
    assert "done in 0:02" in shown[-1]


def test_a_quick_command_shows_nothing(capsys) -> None:
    assert progress.run(["echo", "x"], None, Path.cwd(), "thing", quiet=5).stdout == ["x"]
    assert capsys.readouterr().err == ""
