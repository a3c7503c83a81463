"""Does the tree keep the promises that no compiler checks? `python -m devkit.lint [--format]`

Each check takes the tracked files and yields one sentence per breach, with file and line.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from devkit import markers, toolchain
from devkit.toolchain import ROOT

Check = Callable[[list[Path]], Iterator[str]]
FILE_LINES, FUNCTION_LINES = 200, 40
# What a reader owns: files (globs below ROOT) and the code lines that they may have together.
OWNED = {
    # part:job begin
    "go/plugins/job/*.go": 120,
    "sdk/flytekitplugins-larkspur/src/larkspur_spec/config.py": 150,
    "sdk/flytekitplugins-larkspur/src/flytekitplugins/larkspur/task.py": 150,
    "sdk/flytekitplugins-larkspur/src/flyteplugins/larkspur/task.py": 150,
    # part:job end
    # part:spark begin
    "go/plugins/spark/*.go": 350,
    "sdk/flytekitplugins-larkspur/src/larkspur_spec/spark.py": 150,
    "sdk/flytekitplugins-larkspur/src/flytekitplugins/larkspur/spark.py": 150,
    # part:spark end
}
KEPT = (
    "go/connector/",
    "go/inprocess/adapter/",
    "go/localcluster/",
    "sdk/flyteconnector/",
)  # taken over unchanged: must not know the plugin
GENERATED = re.compile(
    r"^(go/gen|go/connector/gen|examples/alternatives/generated|docs/_static/task-view)/"
    r"|_pb2(_grpc)?\.pyi?$|\.pb\.go$|_pb\.ts$"
)
LOCKED = re.compile(r"^requirements/.*\.txt$|(^|/)go\.sum$|(^|/)package-lock\.json$")
# Spelled so that this file does not find itself.
MACHINE = re.compile(r"(?<![\w.])/(?:root|home|Users|work)/[\w.]")
HOSTS = re.compile(r"pypi[.]org|python[h]osted|(proxy|sum)[.]golang[.]org|registry[.]npm[j]s")


def tracked() -> list[Path]:
    """Return the text files that git tracks or would add, relative to ROOT."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [Path(name) for name in names if name and is_text(ROOT / name)]


def is_text(path: Path) -> bool:
    return path.is_file() and b"\0" not in path.read_bytes()[:8000]


def written(paths: list[Path], *suffixes: str) -> list[Path]:
    """Return the hand-written ones among `paths`, with one of `suffixes` if any is given."""
    by_hand = [
        path for path in paths if not GENERATED.search(path.as_posix()) and not LOCKED.search(path.as_posix())
    ]
    return [path for path in by_hand if not suffixes or path.suffix in suffixes]


def lines(path: Path) -> list[str]:
    return (ROOT / path).read_text(encoding="utf-8").splitlines()


def file_lines(paths: list[Path]) -> Iterator[str]:
    for path in written(paths, ".py", ".go", ".proto", ".ts"):
        if (count := len(lines(path))) > FILE_LINES:
            yield f"{path}: {count} lines, and a file has at most {FILE_LINES}"


def python_functions(paths: list[Path]) -> Iterator[str]:
    for path in written(paths, ".py"):
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from long_function(path, node.name, node.lineno, node.end_lineno or node.lineno)


def go_functions(paths: list[Path]) -> Iterator[str]:
    """gofmt puts the brace that ends a top-level function into column one, so no parser is needed."""
    for path in written(paths, ".go"):
        start, name = 0, ""
        for number, line in enumerate(lines(path), 1):
            if found := re.match(r"func (?:\([^)]*\) )?(\w+)", line):
                start, name = number, found[1]
            if start and line == "}":
                yield from long_function(path, name, start, number)
                start = 0


def long_function(path: Path, name: str, first: int, last: int) -> Iterator[str]:
    if (count := last - first + 1) > FUNCTION_LINES:
        yield f"{path}:{first}: {name} has {count} lines, and a function has at most {FUNCTION_LINES}"


def code_lines(path: Path) -> int:
    """Count lines that say something: no blank lines, comments, docstrings; in Go no imports, no lone brackets."""
    text = lines(path)
    if path.suffix == ".go":
        body = re.sub(r"^(package .*|import \([^)]*\))$", "", "\n".join(text), flags=re.MULTILINE)
        said = [line.strip() for line in body.splitlines() if re.search(r"\w", line)]
        return sum(1 for line in said if not line.startswith("//"))
    ignored: set[int] = set()
    for node in ast.walk(ast.parse("\n".join(text))):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            ignored.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return sum(
        1
        for n, line in enumerate(text, 1)
        if n not in ignored and line.strip() and not line.strip().startswith("#")
    )


def owned(_: list[Path]) -> Iterator[str]:
    for pattern, most in OWNED.items():
        files = [path for path in ROOT.glob(pattern) if not path.name.endswith("_test.go")]
        if not files:
            yield f"{pattern}: no such file, and the budget of what a reader owns counts it"
        if (count := sum(code_lines(path.relative_to(ROOT)) for path in files)) > most:
            yield f"{pattern}: {count} code lines, and what a reader owns has at most {most}"


def marked(paths: list[Path]) -> Iterator[str]:
    """Markers are for whoever copies the plugin; all that the book has are in the table of decisions, and no others."""
    yield from markers.malformed(written(paths), ROOT)
    yield from markers.unknown(written(paths), ROOT)


def residue(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        for number, line in enumerate(lines(path), 1):
            found = MACHINE.search(line) or HOSTS.search(line)
            if found and path.name != ".copier-answers.yml":  # it says where a copy comes from
                yield f"{path}:{number}: {found[0]!r} belongs to one machine or one registry"


def lock_files(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        placed = re.compile(r'"resolved"' if path.suffix == ".json" else r"://|^-| @ ")
        if LOCKED.search(path.as_posix()) and path.suffix in (".txt", ".json"):
            for number, line in enumerate(lines(path), 1):
                if placed.search(line):
                    yield f"{path}:{number}: a lock file has names, versions and hashes, no place to fetch them from"


def kept(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        if path.as_posix().startswith(KEPT):
            for number, line in enumerate([path.as_posix(), *lines(path)]):
                if re.search("larkspur", line, re.IGNORECASE):
                    yield f"{path}:{number}: names the plugin, and this part is taken over unchanged into every plugin"


def gofmt(paths: list[Path], flag: str = "-l") -> Iterator[str]:
    """Yield the Go files that gofmt would change; with "-w" it changes them."""
    command = str(Path(toolchain.go().command).with_name("gofmt"))
    names = [path.as_posix() for path in paths if path.suffix == ".go"]
    done = subprocess.run([command, flag, *names], cwd=ROOT, capture_output=True, text=True)
    yield from done.stderr.splitlines()
    yield from (f"{name}: not formatted: run `make fmt`" for name in done.stdout.split())


CHECKS: tuple[Check, ...] = (
    file_lines,
    python_functions,
    go_functions,
    owned,
    marked,
    residue,
    lock_files,
    kept,
    gofmt,
)


def main(arguments: list[str]) -> int:
    paths = tracked()
    if arguments == ["--format"]:
        return 1 if list(gofmt(paths, "-w")) else 0
    book = (ROOT / markers.BOOK).is_dir()  # whose promise to its readers the budget is
    checks = [check for check in CHECKS if book or check is not owned]
    found = [breach for check in checks for breach in check(paths)]
    print("\n".join([*found, f"lint: {len(found)} breaches in {len(paths)} files, {len(checks)} checks"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
