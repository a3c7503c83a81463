"""Is every file in one part of the template, and is each copy whole: does nothing in it need what it has not?"""

from __future__ import annotations

import ast
import itertools
import json
import re
from pathlib import PurePosixPath

import pytest

from devkit import template_parts
from devkit.template_parts import PartsError, Template, assign, cut, load, outcome, plan, tracked
from devkit.toolchain import ROOT

CHOICES = [
    (keep, set(more))
    for keep in template_parts.PLUGINS
    for count in range(len(template_parts.MORE) + 1)
    for more in itertools.combinations(template_parts.MORE, count)
]
EXAMPLE = Template([], {"spark": "spark"}, {}, {})


def named(choice: tuple[str, set[str]]) -> str:
    return "+".join([choice[0], *sorted(choice[1])])


@pytest.fixture(scope="module")
def before() -> dict[str, bytes]:
    return {name: (ROOT / name).read_bytes() for name in tracked()}


@pytest.fixture(scope="module", params=CHOICES, ids=named)
def copy(request: pytest.FixtureRequest, before: dict[str, bytes]) -> dict[str, bytes]:
    """All files of one kind of copy."""
    return outcome(before, plan(*request.param))


def test_every_file_is_in_one_part_and_every_pattern_has_a_file():
    assert set(assign(load(), tracked())) == set(tracked())
    assert template_parts.idle(load(), tracked()) == []


def test_what_is_taken_over_unchanged_is_unchanged(copy: dict[str, bytes], before: dict[str, bytes]):
    kept = [name for name in copy if name.startswith(template_parts.KEPT)]
    assert len(kept) > 250
    assert [name for name in kept if copy[name] != before[name]] == []


def test_a_copy_has_no_marker(copy: dict[str, bytes]):
    found = [
        name
        for name, text in copy.items()
        if re.search(rb"(?m)^\s*\W* ?(part|step):[a-z|-]+ (begin|end)", text)
    ]
    assert found == []


def test_a_copy_imports_no_python_that_it_has_not(copy: dict[str, bytes], before: dict[str, bytes]):
    everywhere, here = modules(before), modules(copy)
    missing = [
        f"{name}: {module}"
        for name, text in copy.items()
        if name.endswith(".py")
        for module in imported(text)
        if module in everywhere and module not in here
    ]
    assert missing == []


def modules(files: dict[str, bytes]) -> set[str]:
    """Return the modules of some files by all names that they may be imported by, long and short."""
    result: set[str] = set()
    for name in files:
        if name.endswith(".py"):
            parts = PurePosixPath(name.removesuffix(".py").removesuffix("/__init__")).parts
            result |= {".".join(parts[i:]) for i in range(len(parts))}
    return result


def imported(text: bytes) -> set[str]:
    """Return what a file imports, and what it might: `from a import b` is a, and b may be a module of it."""
    result: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            result |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            result |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return result


def test_a_copy_imports_no_go_that_it_has_not(copy: dict[str, bytes], before: dict[str, bytes]):
    everywhere, here = packages(before), packages(copy)
    missing = [
        f"{name}: {package}"
        for name, text in copy.items()
        if name.endswith(".go")
        for package in set(
            re.findall(r'^\s*(?:import )?(?:[\w.]+ )?"(example\.com/[^"]+)"', text.decode(), re.MULTILINE)
        )
        if package in everywhere and package not in here
    ]
    assert missing == []


def packages(files: dict[str, bytes]) -> set[str]:
    """Return the Go packages of some files, by the names that the go.mod above them gives."""
    roots = {
        str(PurePosixPath(name).parent): re.search(r"^module (\S+)$", text.decode(), re.MULTILINE)[1]
        for name, text in files.items()
        if PurePosixPath(name).name == "go.mod"
    }
    result: set[str] = set()
    for name in files:
        if name.endswith(".go"):
            folder = PurePosixPath(name).parent
            root = next((above for above in (folder, *folder.parents) if str(above) in roots), None)
            if root is not None:
                result.add("/".join((roots[str(root)], *folder.relative_to(root).parts)))
    return result


def test_a_copy_has_what_its_kustomizations_and_go_mod_files_name(copy: dict[str, bytes]):
    folders = {str(parent) for name in copy for parent in PurePosixPath(name).parents}
    for name, text in copy.items():
        if name.endswith("/kustomization.yaml"):
            for line in re.findall(r"^  - (\S+)(?: #.*)?$", text.decode(), re.MULTILINE):
                path = (ROOT / name).parent.joinpath(line).resolve().relative_to(ROOT).as_posix()
                assert path in folders or path in copy or line == "made", f"{name}: {line}"
        if PurePosixPath(name).name == "go.mod":
            for line in re.findall(r"=> (\.\S+)$", text.decode(), re.MULTILINE):
                path = (ROOT / name).parent.joinpath(line).resolve().relative_to(ROOT).as_posix()
                assert path in folders, f"{name}: {line}"


def test_the_baseline_of_a_copy_has_the_messages_that_it_has(copy: dict[str, bytes]):
    saved = {file["name"] for file in json.loads(copy["proto/baseline.json"])["file"]}
    assert {name for name in saved if name.startswith("larkspur/")} == {
        name.removeprefix("proto/") for name in copy if name.endswith(".proto")
    }


def test_a_copy_with_the_site_has_everything():
    assert plan("job", {"docs"}) == {}


@pytest.mark.parametrize(("keep", "with_"), [("flink", set()), ("job", {"book"}), ("job", {"spark"})])
def test_a_copy_that_there_is_not_is_refused(keep: str, with_: set[str]):
    with pytest.raises(PartsError, match="want"):
        plan(keep, with_)


def test_a_region_goes_with_its_part_and_markers_always():
    text = "a\n# part:job begin\nb\n# part:job end\n\t// step:spark begin\nc\n\t// step:spark end\n"
    text += "<!-- part:book|job begin -->\nd\n<!-- part:book|job end -->\n"
    assert cut(text, {"job"}, EXAMPLE) == "a\nb\nd\n"
    assert cut(text, {"spark"}, EXAMPLE) == "a\nc\n"


@pytest.mark.parametrize(
    "text",
    [
        "# part:jobs begin\n# part:jobs end\n",
        "# step:build begin\n# step:build end\n",
        "# part:job begin\n",
        "# part:job end\n",
        "# part:job begin\n# part:spark begin\n# part:spark end\n# part:job end\n",
        "# part:job begin\n# step:job end\n",
    ],
)
def test_a_marker_that_makes_no_sense_is_an_error(text: str):
    with pytest.raises(PartsError):
        cut(text, {"job"}, EXAMPLE)


@pytest.mark.parametrize(
    ("lists", "error"), [([["a", "b"], ["b"]], "b is in two lists"), ([["*", "!b"]], "b is in no list")]
)
def test_lists_that_do_not_fit_the_tree_are_an_error(lists: list[list[str]], error: str):
    with pytest.raises(PartsError, match=error):
        assign(Template([(frozenset(), patterns) for patterns in lists], {}, {}, {}), ["a", "b"])


def test_a_pattern_that_no_file_needs_is_found():
    template = Template([(frozenset(), ["*", "a", "!c", "!b", "d"])], {}, {}, {})
    assert template_parts.idle(template, ["a", "b"]) == ["a", "!c", "d"]
