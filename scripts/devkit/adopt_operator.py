"""Does the list of decisions lead from a Job to a plugin for another operator? `nox -s adopt_operator` follows it.

A clone becomes the plugin `gantry`, and then one for JobSet: scripts/adopt/jobset has a patch for each decision of
scripts/todo.toml, in its order. A change has to lie at a marker that it takes away, or in a test or a list that the
decision names. Then the plugin's tests pass, those with a real API server and tasks on a local cluster too.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from devkit import (
    adopt,
    adopt_checks,
    adopt_copy,
    adopt_environment,
    build,
    lint,
    markers,
    records,
    rename_tree,
)
from devkit.adopt_copy import Copy, Failed
from devkit.adopt_patches import HOME, TESTS, astray, hunks, patches
from devkit.rename_names import RenameError
from devkit.toolchain import ROOT, ToolchainError, go

WORD = "gantry"
FILES = HOME / "files"  # what comes with the decision `kind`: the operator, for the local cluster
SANITY = ROOT / "build" / "sanity" / "jobset.json"  # what `make sanity ARGS=--record` reads
RESULT = ROOT / "build" / "adopt-operator.json"
INPUTS = "proto, go, sdk, kustomize, scripts"
CASES = ("test_results.py", "test_failures.py", "test_aborts.py")  # of sdk/e2e, without --full


class Both(io.StringIO):
    """Keeps what is printed, and prints it all the same."""

    def __init__(self, out: TextIO) -> None:
        super().__init__()
        self._out = out

    def write(self, text: str) -> int:
        self._out.write(text)
        self._out.flush()
        return super().write(text)

    said = io.StringIO.getvalue


def renamed(copy: Copy) -> None:
    """`nox -s rename -- gantry --keep job --with localcluster` ends well."""
    words = (copy.word, "--keep=job", "--with=localcluster", f"--module=example.org/{copy.word}")
    copy.python("scripts/rename.py", *words)
    copy.git("add", "--all")
    copy.git("commit", "--quiet", "--message=renamed")


def decided(copy: Copy) -> None:
    """Each decision is one patch, at its markers; after the last no marker is left."""
    decisions = markers.load(copy.root)
    files = patches(decisions)
    for decision in decisions:
        patch = files[decision.slug].read_text(encoding="utf-8")
        if wrong := list(astray(patch, decision)):
            raise Failed("\n".join(f"{files[decision.slug].name}: {each}" for each in wrong))
        places = [bool(TESTS.search(hunk.file)) for hunk in hunks(patch)]
        print(
            f"  {files[decision.slug].name}: {len(places) - sum(places)} places, and {sum(places)} in tests"
        )
        copy.git("apply", "--index", str(files[decision.slug]))
        if decision.slug == "spec-fields":
            copy.python("scripts/generate_protos.py")
            copy.python("-m", "devkit.baseline", "--release")  # nobody has the message yet
        if decision.slug == "kind":
            shutil.copytree(FILES, copy.root, dirs_exist_ok=True)
        copy.python("-m", "devkit.todo", "--strict", decision.slug)
        copy.git("add", "--all")
        copy.git("commit", "--quiet", f"--message={decision.slug}")
    copy.python("-m", "devkit.todo", "--strict")
    owned = [path for path in (copy.root / "go/plugins/job").glob("*.go") if not TESTS.search(path.name)]
    print(f"  go/plugins/job has {sum(map(lint.code_lines, owned))} lines of code now, of 120")


def tests(copy: Copy) -> None:
    """The plugin's tests pass, in Go and in Python, with an environment that has only its packages."""
    copy.env = adopt_environment.make(copy.root) | {"NPM_CONFIG_PREFER_OFFLINE": "true"}
    tool = go()
    copy.run(tool.command, "test", "./...", folder="go", env=tool.env)
    double = tool.env | {"GOFLAGS": f"{tool.env['GOFLAGS']} -modfile=testdata/double.mod"}
    copy.run(tool.command, "test", ".", folder="go/inprocess", env=double)
    pytest(copy, f"sdk/flytekitplugins-{copy.word}/tests")


def tests_of_tools(copy: Copy) -> None:
    """So do those of its tools."""
    pytest(copy, "scripts/tests")


def pytest(copy: Copy, *words: str) -> str:
    return copy.run(str(copy.root / ".nox/work/bin/python"), "-m", "pytest", "-p", "no:cacheprovider", *words)


def api_tests(copy: Copy) -> None:
    """So do those with a real API server, which has the kinds of the operator: rights, manifests, phases."""
    tool = go()
    told = copy.python(
        "-c", "import json; from devkit import manifests; print(json.dumps(manifests.variables()))"
    )
    env = tool.env | json.loads(told.splitlines()[-1])
    env["KUBEBUILDER_ASSETS"] = str(build.assets(("etcd", "kube-apiserver", "kubectl")))
    copy.run(tool.command, "test", "-tags=apitest", "./...", folder="go", env=env)


def end_to_end(copy: Copy, cases: Sequence[str] = CASES) -> None:
    """Tasks run on a local cluster with the operator: results, failures with their message, aborts."""
    said = pytest(copy, "-v", *([f"sdk/e2e/{name}" for name in cases] or ["sdk/e2e"]))
    print("\n".join(line for line in said.splitlines() if "::" in line or " passed" in line), flush=True)


def everything_end_to_end(copy: Copy) -> None:
    """So do all of sdk/e2e."""
    end_to_end(copy, ())


def survives(copy: Copy) -> None:
    """connector-sanity says that it survives Flyte: on the wire, with a cluster, and with faults."""
    copy.env = adopt_environment.make(copy.root) | {"NPM_CONFIG_PREFER_OFFLINE": "true"}
    seen = copy.root / "build" / "sanity" / "job.json"
    print(copy.run(str(copy.root / ".nox/work/bin/python"), "-m", "devkit.sanity"), flush=True)
    SANITY.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(seen, SANITY)


def cut(copy: Copy) -> None:
    """Write the patches anew, from the commits of a copy: after changes of the template, and by hand."""
    decisions = markers.load(copy.root)
    commits = copy.git("log", "--reverse", "--format=%H %s").splitlines()
    for number, decision in enumerate(decisions, 1):
        (commit,) = [line.split()[0] for line in commits if line.split(" ", 1)[1] == decision.slug]
        names = copy.git("diff-tree", "-r", "--no-commit-id", "--name-only", commit).splitlines()
        new = {path.relative_to(FILES).as_posix() for path in FILES.rglob("*") if path.is_file()}
        new.add("proto/baseline.json")  # a program writes it
        own = [name for name in names if not rename_tree.generated(name) and name not in new]
        text = copy.git("diff", "--no-color", "--no-ext-diff", f"{commit}^", commit, "--", *own)
        kept = [line for line in text.splitlines() if not re.match(r"index [0-9a-f]+\.\.", line)]
        (HOME / f"{number:02}-{decision.slug}.diff").write_text("\n".join(kept) + "\n", encoding="utf-8")


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="nox -s adopt_operator --", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="no API server, and no cluster")
    parser.add_argument(
        "--full", action="store_true", help="all end-to-end tests of the copy, and those of its tools"
    )
    parser.add_argument(
        "--sanity", action="store_true", help="what connector-sanity says of it, and nothing else"
    )
    parser.add_argument(
        "--cut", metavar="FOLDER", type=Path, help="write the patches from the commits of a copy"
    )
    asked = parser.parse_args(words)
    if asked.cut:
        cut(Copy(WORD, "job", asked.cut.absolute()))
        return 0
    checks: list[Callable[[Copy], None]] = [renamed, decided, adopt_checks.formatted, tests]
    if asked.sanity:
        checks = [renamed, decided, survives]
    elif not asked.quick:
        checks += [api_tests, *((tests_of_tools, everything_end_to_end) if asked.full else (end_to_end,))]
    copy = adopt_copy.clone(WORD, "job", sys.executable, "localcluster", f"{WORD}-jobset")
    with contextlib.redirect_stdout(Both(sys.stdout)) as both:
        result = adopt.tried(copy, checks, "a plugin for Jobs becomes one for JobSets")
    if asked.sanity:
        return 0 if result["ok"] else 1
    told = result | {"inputs": adopt.fingerprint()}
    RESULT.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    if result["ok"] and not asked.quick and not asked.full:
        changed = records.compare(
            "adopt_operator", "make adopt_operator", both.said(), INPUTS, "make adopt_operator"
        )
        print(changed, end="")
        result["ok"] = not changed
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (ToolchainError, RenameError, Failed) as error:
        sys.exit(f"adopt_operator: {error}")
