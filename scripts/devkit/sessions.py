"""What do all sessions of noxfile.py share? One environment, a Go, and an end in order however they are stopped.

Only noxfile.py imports this: it needs nox.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import nox
from nox.command import CommandFailed

from devkit import build, environment, lifeline, runs, toolchain
from devkit.toolchain import ROOT

MODFILES = {"go/inprocess": "testdata/double.mod"}  # module -> what it is built with instead of its go.mod
API_TESTS = {  # module -> (build tag, programs that its tests start); first the one whose plugins are yours
    "go": (("apitest",), ("etcd", "kube-apiserver", "kubectl")),
    "go/connector": (("apitest",), ("etcd", "kube-apiserver", "kubectl")),
    "go/connector/store": (("apitest",), ()),
    "go/localcluster": (("e2e",), build.COMMANDS),
    "go/monitoring": ((), ()),  # no API server, but Prometheus' engine, which takes a minute to compile
    "go/image": ((), ()),
    "go/dockerfile": ((), ()),
}


# For pytest, whose tests mostly wait for processes that they start; those of a file share what they set up.
BY_FILE = "--dist=loadfile"
SIDE_BY_SIDE = (f"-n{1 + (os.cpu_count() or 1)}", BY_FILE)
# Of requirements/, in an order in which what constrains others comes before them, as "work" does.
LOCKED = ("nox", "go", "node", "work", "docs", "spark", "upstream")
# Beside noxfile.py, these have sessions, and each is there when its part of the repository is.
MODULES = ("adopting", "publishing", "running", "shipping", "studying")


def more() -> None:
    """Make the sessions of MODULES known to nox, which looks at what was decorated, wherever it stands."""
    for name in present("", *(f"scripts/devkit/{name}.py" for name in MODULES)):
        importlib.import_module(f"devkit.{Path(name).stem}")


def present(file: str, *folders: str) -> tuple[str, ...]:
    """Return the folders that have this file: a copy of the repository need not have all of its parts."""
    return tuple(folder for folder in folders if (ROOT / folder / file).exists())


def stop(*_: object) -> None:
    """Treat SIGTERM to nox like Ctrl-C: nox then waits for the session's command to end in order."""
    raise KeyboardInterrupt


def end_in_order() -> None:
    """Prepare nox's process for SIGTERM; once, before any session."""
    signal.signal(signal.SIGTERM, stop)


def session(function: Callable[[nox.Session], None]) -> object:
    """Make `function` a nox session without an environment of its own; a missing tool ends it with one sentence."""

    @functools.wraps(function)
    def guarded(it: nox.Session) -> None:
        try:
            function(it)
        except toolchain.ToolchainError as error:
            it.error(str(error))

    return nox.session(guarded, venv_backend="none", name=function.__name__.rstrip("_"))


def run(it: nox.Session, *command: str | Path, cwd: str = ".", env: dict[str, str] | None = None) -> None:
    """Run a command for a session, in `env` or nox's own; the only way in which sessions start processes.

    Nox alone kills its command 0.5 s after Ctrl-C, and leaves it running when nox itself is killed. The lifeline
    prevents both; the first timeout is short because the lifeline knows whether Ctrl-C reached the command already.
    """
    words = [str(word) for word in command]
    it.log(shlex.join(words).replace(f"{ROOT}/", "") + (f"   (in {cwd})" if cwd != "." else ""))
    env = dict(os.environ) if env is None else env
    options = {"external": True, "log": False, "interrupt_timeout": 0.5, "terminate_timeout": 60}
    with contextlib.chdir(ROOT / cwd):
        it.run(*lifeline.argv(*words), env=env, include_outer_env=False, **options)


def each(it: nox.Session, names: Iterable[str], function: Callable[[str], None]) -> None:
    """Call `function` with each name, also after one that failed; then fail the session, and name all that did."""
    failed = []
    for name in names:
        try:
            function(name)
        except (CommandFailed, toolchain.ToolchainError) as error:
            it.warn(f"{name} failed; the others come first. {error}".rstrip())
            failed.append(name)
    if failed:
        it.error(f"failed: {', '.join(failed)}")


def uv(it: nox.Session) -> str:
    """Return uv for a session that cannot do without it."""
    return environment.uv() or it.error(f"{it.name} needs uv: run it as `make {it.name}`")


def python(it: nox.Session, *arguments: str | Path) -> None:
    """Run Python in the shared environment, with Go on PATH and devkit importable.

    In a run's folder: flytekit makes temporary folders when it is imported, and never removes them.
    """
    command = environment.python(lambda words: run(it, *words, env=environment.uv_env()))
    with runs.folder():
        run(it, command, *arguments, env=environment.settings(toolchain.go().env))


def prepared(it: nox.Session, *names: str) -> None:
    """Have the environments of these modules of devkit ready, of those that are there."""
    for path in present("", *(f"scripts/devkit/{name}.py" for name in names)):
        module = importlib.import_module(f"devkit.{Path(path).stem}")
        module.prepare(lambda words: run(it, *words, env=environment.uv_env()))


def plain_python(it: nox.Session, *arguments: str | Path) -> None:
    """Run nox's own Python, with devkit importable: for what needs the standard library only, and starts at once."""
    if sys.version_info < environment.OLDEST:
        raise toolchain.ToolchainError(f"{it.name} needs Python 3.11 or newer: run it as `make {it.name}`")
    env = dict(os.environ) | {"PYTHONPATH": str(ROOT / "scripts"), "PYTHONUTF8": "1"}
    run(it, sys.executable, *arguments, env=env)


def go(
    it: nox.Session, verb: str, *flags: str, module: str, tags: tuple[str, ...] = (), **extra: str
) -> None:
    """Compile a module's packages with progress, then run `go VERB` on them; not the one that links Kubernetes.

    Without tags, not the SDKs of Google's and Azure's clouds either: they take minutes to compile.
    """
    tool = toolchain.go(MODFILES.get(module))
    without = ("cmd/controlplane",) if tags else ("cmd/controlplane", "gcs", "azure")
    packages = toolchain.packages(ROOT / module, tags, without=without)
    build.compiled(tool, ROOT / module, tags, packages)
    flags = (f"-tags={','.join(tags)}", *flags)
    run(it, tool.command, verb, *flags, *packages, cwd=module, env=tool.env | extra)


def compile_locks(it: nox.Session) -> None:
    """Compile requirements/*.in, as far as they are there."""
    flags = ["--universal", "--python-version=3.11", "--generate-hashes", "--no-header"]
    flags += ["--no-emit-index-url", "--no-emit-find-links"]
    names = present("", *(f"requirements/{name}.in" for name in LOCKED))
    for name in (Path(path).stem for path in names):
        files = [f"requirements/{name}.in", "-o", f"requirements/{name}.txt"]
        files += ["--no-deps"] if name == "upstream" else []
        run(it, uv(it), "pip", "compile", "--quiet", *flags, *it.posargs, *files, env=environment.uv_env())
