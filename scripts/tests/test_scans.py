"""Do the offline scans find what they are for?"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from devkit import scans
from devkit.toolchain import ROOT, ToolchainError

KEY = "AKIA" + "Z7QWERTYUIOPASDF"  # of the form of an AWS key, and in no file as a whole
FETCH = """on: {action}
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
"""


def test_a_key_in_a_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text(f'key = "{KEY}"\n')
    *_, command = scans.commands([str(tmp_path / "settings.py")]).values()
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "AWS Access Key" in done.stdout


def test_a_workflow_that_trusts_a_foreign_branch_is_found(tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "ci.yml").write_text(FETCH.format(action="pull_request_target"))
    command, *_ = scans.commands([]).values()
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0
    assert "dangerous-triggers" in done.stdout
    assert "unpinned-uses" in done.stdout


def test_a_scanner_that_is_missing_is_an_error() -> None:
    with pytest.raises(ToolchainError, match="no-such-scanner is not beside"):
        scans.program("no-such-scanner")


def test_the_tree_has_workflows_to_look_at() -> None:
    assert list((ROOT / ".github" / "workflows").glob("*.yml"))
