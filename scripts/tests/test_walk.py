"""Does the robot of `make walk` do what pages say, and notice when following them would go wrong?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import walk_site
from walk_site import BEGIN, HTML, NEXT, PAGES, TAKE, TREE, zipped

from devkit import walk, walk_page, walk_robot, walk_tree


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return walk_site.write(tmp_path)


def follow(site: Path, tmp_path: Path) -> tuple[walk_robot.Walk, list[str]]:
    """Walk through a site; return what the robot did, and all that is wrong."""
    home = tmp_path / "home"
    home.mkdir()
    robot, _ = walk.walk(site, home.resolve(), dict(os.environ))
    return robot, [*robot.faults, *walk_tree.differences(TREE, PAGES, robot.here)]


def change(site: Path, page: str, old: str, new: str) -> None:
    path = site / page
    text = path.read_text()
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new))


def test_a_site_that_can_be_followed_leads_to_the_tree(site: Path, tmp_path: Path):
    robot, wrong = follow(site, tmp_path)
    assert wrong == []
    assert robot.written == ["go/spec.go", "sdk/names.py", "go/main.go"]
    assert robot.taken == ["starter/go/main.go", "go/spec_test.go"]
    assert [one["command"] for one in robot.ran] == [line[2:] for line in f"{BEGIN}\n{TAKE}".split("\n")]
    assert [(line, one["why"]) for line, one in robot.not_run.items()] == [
        ("make demo", "its output is a record, which make e2e makes again and compares"),
        ("make nothing", "its output is a record, which make e2e makes again and compares"),
    ]


NAMES = '<a class="raw-file" href="files/sdk/names.py"><code>sdk/names.py</code></a>'
TEST = "$ test -f go/spec_test.go && echo ok, 1 passed"
WRONG = {  # page, what stands there, what is put in its place, how a sentence of the robot then begins
    "another word": (
        "b",
        "return 1",
        "return 2",
        r"b: go/spec.go: where the page shows '\treturn 2', the file has '\tret",
    ),
    "spaces for a tab": (
        "b",
        "\treturn 1",
        "    return 1",
        "b: go/spec.go: where the page shows '    return 1'",
    ),
    "a line less": (
        "b",
        'TASK_TYPE = "job"\n',
        "",
        "b: sdk/names.py: where the page shows 'nothing', the file has 'T",
    ),
    "a file less": ("b", NAMES, "", "b: sdk/names.py is missing"),
    "a dead link": (
        "b",
        "files/sdk/names.py",
        "files/sdk/name.py",
        "b: sdk/names.py: its link leads to nothing",
    ),
    "another change": ("b", "+\tf()", "+\tg()", r"b: go/main.go differs: '\tg()' instead of '\tf()'"),
    "a change of what is not": (
        "b",
        " func main() {",
        " func Main() {",
        "b: the change of go/main.go does not apply",
    ),
    "nobody unpacks": ("b", "$ python3 -m zipfile -e ../rest.zip .\n", "", "b: go/spec_test.go is missing"),
    "a dead archive": (
        "b",
        "downloads/rest.zip",
        "downloads/rst.zip",
        "b: the link to rst.zip leads to nothing",
    ),
    "nobody tests": ("b", f"\n{TEST}", "", "b: shows no command that tests what its step adds"),
    "a test fails": ("b", TEST, "$ test -f go/spec.rs", "b: `test -f go/spec.rs` ended with 1"),
    "a file more": ("b", TEST, f"{TEST} && touch more", "more is too much"),
    "nothing to be seen": (
        "b",
        "ok, 1 passed",
        "ok",
        "b: one should see 'passed', and no command printed it",
    ),
    "another folder": ("a", "$ cd larkspur\n", "", "a: `test -f go/main.go` ended with 1"),
}


@pytest.mark.parametrize(("page", "old", "new", "wrong"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_followed_is_noticed(
    site: Path, tmp_path: Path, page: str, old: str, new: str, wrong: str
):
    change(site, f"{page}.html", old, new)
    _, found = follow(site, tmp_path)
    assert any(sentence.startswith(wrong) for sentence in found), found


def test_an_archive_with_another_file_is_noticed(site: Path, tmp_path: Path):
    rest = {"README.md": b"step 2\n", "go/spec_test.go": b"package jobs\n"}
    (site / "downloads/rest.zip").write_bytes(zipped(rest))
    _, found = follow(site, tmp_path)
    assert found == ["b: go/spec_test.go differs: 'package jobs' instead of 'package job'"]


def test_what_the_commands_make_is_no_difference(tmp_path: Path):
    for name in (
        ".venv/bin/python",
        "sdk/x/__pycache__/a.pyc",
        "sdk/x.egg-info/PKG-INFO",
        ".pytest_cache/README.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert walk_tree.differences({}, {}, tmp_path) == []
    (tmp_path / "sdk/x/a.pyc").touch()
    assert walk_tree.differences({}, {}, tmp_path) == ["sdk/x/a.pyc is too much: no step has it"]


def test_a_circle_is_an_error(site: Path):
    change(site, "b.html", "</html>", NEXT.format("a") + "</html>")
    with pytest.raises(ValueError, match="in a circle: a comes twice"):
        walk_page.order(site)


def test_words_are_those_of_the_prose(tmp_path: Path):
    body = (
        "<p>Two words, <code>code</code></p><pre>no code</pre><details>not folded</details><nav>no map</nav>"
    )
    (tmp_path / "a.html").write_text(
        HTML.format(title="Title", foot="", body=body + '<code class="test">test_x</code> — !')
    )
    assert walk_page.words(tmp_path / "a.html") == 4


@pytest.mark.parametrize(
    ("line", "here"),
    [
        ("make try", True),
        ("make decide ARGS='exists=no'", True),
        ("make decide", False),
        ("make demo", False),
        ("make smoke ARGS=x", False),
    ],
)
def test_only_what_needs_no_cluster_and_no_answers_runs_in_the_repository(
    tmp_path: Path, line: str, here: bool
):
    robot = walk_robot.Walk(tmp_path, {})
    assert (robot.reason(walk_page.Command(line, "because")) == "") is here
    assert (
        robot.reason(walk_page.Command(line, shown=False)) == "named in a sentence, and not shown to be typed"
    )


def test_the_robot_types_in_a_terminal_without_the_sessions_environment():
    env = {
        "PATH": os.pathsep.join(["/x/.nox/work/bin", "/bin"]),
        "PYTHONPATH": "scripts",
        "ARGS": "x",
        "LANG": "C",
    }
    assert walk_tree.plain(env) == {"PATH": "/bin", "LANG": "C"}
