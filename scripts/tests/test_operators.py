"""Is an operator that has a folder built and started, and a wrong description named? With a go that is a script."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from devkit import cached, operators
from devkit.toolchain import ToolchainError

GOOD = """
module = "example.org/widget"
package = "example.org/widget/cmd"
crds = "config/crds"
role = "config/role.yaml"
start = ["$(PROGRAM)", "--health=127.0.0.1:$(HEALTH)", "--here=$(HERE)"]
ports = ["HEALTH"]
ready = "http://127.0.0.1:$(HEALTH)/readyz"
account = "widgets/widget"
"""
# Answers `go env`, `go list` and `go build -o FILE`.
GO = """#!/bin/sh
case "$1" in
  env) echo go1.99.0 ;;
  list) test "$2" != -m && echo a || echo "$MODULE" ;;
  build) while test "$1" != -o; do shift; done; echo "a program" > "$2" ;;
esac
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an operator, whose module is in another."""
    go, module, home = tmp_path / "bin" / "go", tmp_path / "module", tmp_path / "operators" / "widget"
    for folder in (go.parent, module / "config" / "crds", home):
        folder.mkdir(parents=True)
    go.write_text(GO)
    go.chmod(0o755)
    (module / "config" / "role.yaml").write_text("kind: ClusterRole\n")
    (module / "config" / "crds" / "widgets.yaml").write_text("kind: CustomResourceDefinition\n")
    (home / "operator.toml").write_text(GOOD)
    (home / "account.yaml").write_text("kind: ServiceAccount\n")
    (home / "go.mod").write_text("module a\n\nrequire (\n\texample.org/widget v1.2.3 // indirect\n)\n")
    (home / "go.sum").write_text("")
    monkeypatch.setenv("PATH", f"{go.parent}:/usr/bin:/bin")
    monkeypatch.setenv("MODULE", str(module))
    monkeypatch.setenv("FLYTE_PLUGIN_BOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(operators, "HOME", home.parent)
    monkeypatch.setattr(operators, "DISK", 1)
    return home


def test_a_folder_is_enough(home: Path, tmp_path: Path) -> None:
    (operator,) = operators.found()
    said = json.loads(operator.described(tmp_path).read_text())
    made = operator.made()
    assert (made / "program").read_text() == "a program\n"
    assert said["command"] == [str(made / "program"), "--health=127.0.0.1:$(HEALTH)", f"--here={home}"]
    assert [Path(each["path"]) for each in said["apply"]] == [
        made / "crds",
        made / "role",
        home / "account.yaml",
    ]
    assert said["account"] == {"namespace": "widgets", "name": "widget"}
    assert operators.kinds() == {"OPERATOR_CRDS": str(made / "crds")}
    assert [path.name for path in (made / "crds").iterdir()] == ["widgets.yaml"]


def test_no_folder_is_no_operator(home: Path) -> None:
    (home / "operator.toml").unlink()
    assert operators.found() == []
    assert operators.kinds() == {}


def test_another_release_is_built_anew(home: Path) -> None:
    (operator,) = operators.found()
    before = operator.made()
    text = (home / "go.mod").read_text()
    (home / "go.mod").write_text(text.replace("v1.2.3", "v1.2.4"))
    assert operator.made() != before
    assert cached.KEPT > 1, "both are kept"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('ports = ["HEALTH"]\n', "", "missing or unknown: ports"),
        ("ports", "harbours", "missing or unknown: harbours, ports"),
        ("widgets/widget", "widget", "account = 'widget': want NAMESPACE/NAME"),
        ("config/crds", "crds", "crds = 'crds': the module has no such YAML file"),
        ("example.org/widget", "example.org/gadget", "requires no example.org/gadget"),
        ('module = "', 'module "', "operator.toml: "),
    ],
)
def test_what_is_wrong_is_named(home: Path, tmp_path: Path, old: str, new: str, words: str) -> None:
    (home / "operator.toml").write_text(GOOD.replace(old, new, 1))
    with pytest.raises(ToolchainError, match=words):
        operators.found()[0].described(tmp_path)
