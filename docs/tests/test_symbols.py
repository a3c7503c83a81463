"""Does everything exist that a page writes as code, and does the check notice what does not?"""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path

import prose
import pytest
import symbols
import tree_names
from docutils import nodes
from docutils.utils import new_document
from go_sources import folder

FILES = {
    "go/plugins/job/build.go": "// Builds what OldName built.\nfunc BuildJob(task Task) { orDefault(x, y) }\n",
    "go/cmd/connector/main.go": 'flags.String("meta-key", "", "the key")',
    "scripts/devkit/steps.py": '"""What GoneFunction did."""\ndef lay_out(): add("--record")  # OldWord\n',
    "docs/start.md": "speaks of OnlyOnAPage",
}
NAMES = tree_names.collect(FILES, "/build/\n", "SESSIONS := tests docs\nSESSIONS += steps\n")
# In files that are no pages of the site: ends of names, and a flag of kubectl.
NOT_OURS = frozenset({"_pb2.py", "_PORT", "--tail"})
MODULE = re.compile(r"k8s\.io/[^/]+|github\.com/[^/]+/[^/]+(?:/v\d+)?")
USED_BY = {"github.com/kubeflow/spark-operator/v2": "go/localcluster/operators/spark"}
OTHERS = frozenset({"kubectl", "get", "its own words", "ARGS"})
TABLE = tomllib.loads(symbols.TABLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "literal",
    [
        "BuildJob",
        "orDefault(x, y)",
        "go/plugins/job/build.go",
        "go/plugins/*/build.go",
        "go/plugins/job/",
        "job/build.go",
        "build.go",
        "build/anything.json",
        "make steps",
        "make test && make docs ARGS=--record",
        "--meta-key",
        "kubectl get x",
        "its own words",
    ],
)
def test_what_exists_is_good(literal: str):
    assert list(symbols.missing(literal, NAMES, OTHERS)) == []


@pytest.mark.parametrize(
    ("literal", "gone"),
    [
        ("BuildJobs", "BuildJobs"),
        ("OldName", "OldName"),
        ("GoneFunction", "GoneFunction"),
        ("OldWord", "OldWord"),
        ("OnlyOnAPage", "OnlyOnAPage"),
        ("go/plugins/job/gone.go", "go/plugins/job/gone.go"),
        ("gone.go", "gone.go"),
        ("job/gone", "gone"),
        ("make gone", "make gone"),
        ("--gone", "--gone"),
    ],
)
def test_what_does_not_exist_is_found(literal: str, gone: str):
    assert gone in list(symbols.missing(literal, NAMES, frozenset({"make"})))


def test_a_copys_name_is_ours():
    ours = tree_names.collect({"a.go": "LARKSPUR_ADDRESS larkspur_job"}, "", "")
    assert not [
        *symbols.missing("GANTRY_ADDRESS", ours, frozenset()),
        *symbols.missing("gantry_job", ours, frozenset()),
    ]


def test_what_a_page_writes_as_code_is_found_but_for_names_of_tests():
    page = new_document("page")
    page += nodes.paragraph("", "", nodes.literal("", "Name"), nodes.literal("", "TestX", classes=["test"]))
    assert symbols.literals(page) == ["Name"]


@pytest.mark.parametrize(("package", "names"), TABLE["go"].items())
def test_a_name_of_a_go_package_is_there(package: str, names: list[str]):
    found = MODULE.match(package)
    assert found
    module = found[0]
    sources = (
        folder(module, USED_BY.get(module, "go/localcluster")) / package.removeprefix(module).strip("/")
    ).glob("*.go")
    check("".join(path.read_text(encoding="utf-8") for path in sources), names)


def check(text: str, names: list[str]) -> None:
    for name in names:
        assert re.search(rf"(?<![\w-]){re.escape(name.lstrip('-'))}(?![\w-])", text), name


def test_a_page_speaks_of_every_name_of_others():
    texts = "".join(prose.sources(symbols.ROOT).values())
    for name in symbols.others():
        assert name in texts, f"no page speaks of {name}: take it out of docs/names.toml"


all_names = functools.cache(tree_names.here)


def test_names_are_looked_for_again_only_when_code_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    note, looked = tmp_path / "names.pickle", []
    monkeypatch.setattr(tree_names, "collect", lambda files, *_: looked.append(len(files)) or NAMES)
    assert [tree_names.here(note) for _ in range(2)] == [NAMES, NAMES]
    assert len(looked) == 1
    monkeypatch.setattr(
        tree_names.lint, "tracked", lambda: map(Path, (".gitignore", "Makefile", "noxfile.py"))
    )
    assert tree_names.here(note) == NAMES
    assert looked[1:] == [3]


@pytest.mark.parametrize(
    "name", [name for name in prose.sources(symbols.ROOT) if name.endswith(".md") and "docs/" not in name]
)
def test_what_is_not_on_the_site_speaks_of_what_exists_too(name: str):
    text = prose.of_markdown((symbols.ROOT / name).read_text(encoding="utf-8"))
    names, also = all_names(), symbols.others() | NOT_OURS
    gone = {
        literal: [*symbols.missing(literal, names, also)]
        for literal in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    }
    assert {literal: found for literal, found in gone.items() if found} == {}
