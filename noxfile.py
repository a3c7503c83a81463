"""What can be done with this repository? One session for each thing; `make NAME` runs the same with a pinned nox.

Sessions have no environment of their own: all share .nox/work (devkit.environment), so that the second one starts
at once.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).resolve().parent / "scripts"))

from devkit import build, manifests, sessions, shipping
from devkit.sessions import go, present, python, session

nox.options.sessions = ["tests"]
sessions.end_in_order()
sessions.more()

GO_MODULES = present("go.mod", "go", "go/connector", "go/connector/store", "go/inprocess", "go/localcluster")
PYTHON = present("tests", "sdk/flyteconnector", "sdk/flytekitplugins-larkspur", "examples", "scripts", "docs")
# What `tests` leaves to `apitests`.
VETTED = present("go.mod", *shipping.GO_MODULES, "go/monitoring", "examples/alternatives")


@session
def tests(it: nox.Session) -> None:
    """Go and Python tests that need no cluster: minutes when cold, seconds when warm; `-- -n0` runs them in turn."""
    for module in GO_MODULES:
        go(it, "test", module=module)
    if present("package.json", "sdk/larkspur-console"):  # before the tests, which run in any order
        python(it, "-c", "from devkit import console; console.tools()")
    python(it, "-m", "pytest", *sessions.SIDE_BY_SIDE, *(f"{folder}/tests" for folder in PYTHON), *it.posargs)


@session
def build_(it: nox.Session) -> None:
    """What is made once and not checked in: programs, and what the Kubernetes of the tests needs."""
    build.everything()
    manifests.made()


@session
def apitests(it: nox.Session) -> None:
    """Go tests against a real API server and on our cluster: from KUBEBUILDER_ASSETS, else from our own build."""
    made = manifests.variables()

    def test(module: str) -> None:
        tags, programs = sessions.API_TESTS[module]
        env = {"KUBEBUILDER_ASSETS": str(build.assets(programs)), **made}
        go(it, "test", *it.posargs, module=module, tags=tags, **env)

    sessions.each(it, present("go.mod", *sessions.API_TESTS), test)


@session
def sanity(it: nox.Session) -> None:
    """Does the connector survive Flyte? connector-sanity looks at it; `-- --kubeconfig FILE` on a cluster of yours."""
    python(it, "-m", "devkit.sanity", *it.posargs)


@session
def play(it: nox.Session) -> None:
    """What does your plugin tell Flyte in each state of your operator? `-- --crd FILE --profile FILE`: it is played."""
    python(it, "-m", "devkit.play", *it.posargs)


@session
def lint(it: nox.Session) -> None:
    """Formatters, vet, budgets, and what must not be in a tracked file."""
    python(it, "-m", "ruff", "check", ".")
    python(it, "-m", "ruff", "format", "--check", ".")
    for module in (*GO_MODULES, *VETTED):
        go(it, "vet", module=module, tags=("apitest", "e2e", "gcs", "azure"))
    for check in ("lint", "baseline", "scans"):
        python(it, "-m", f"devkit.{check}")


@session
def fmt(it: nox.Session) -> None:
    """Rewrite what lint would complain about, where a program can."""
    python(it, "-m", "ruff", "check", "--fix", ".")
    python(it, "-m", "ruff", "format", ".")
    python(it, "-m", "devkit.lint", "--format")


@session
def generate(it: nox.Session) -> None:
    """Code from the protos, anew; `-- --check` fails where the checked-in code differs."""
    python(it, "scripts/generate_protos.py", *it.posargs)


@session
def baseline(it: nox.Session) -> None:
    """The protos against those of the last release, with buf; `-- --release` makes them the ones to compare with."""
    python(it, "-m", "devkit.baseline", *it.posargs)


@session
def check_flyte_config(it: nox.Session) -> None:
    """Which traps are in your own configuration of Flyte? `-- FILE…`: Helm values, ConfigMaps, Flyte's own files."""
    python(it, "-m", "devkit.flyteconfig", *it.posargs)


@session
def lock(it: nox.Session) -> None:
    """Compile requirements/*.in into lock files with hashes and without URLs; `-- --upgrade` takes newer versions."""
    sessions.compile_locks(it)


# part:job begin
@session
def inprocess(it: nox.Session) -> None:
    """The plugins behind Flyteplugins, against a double of it; `-- --real` takes Flyte's own modules."""
    python(it, "-m", "devkit.inprocess", *it.posargs)


@session
def try_(it: nox.Session) -> None:
    """A task, its TaskTemplate, the Job it becomes, the phases of a status. No cluster."""
    python(it, "-m", "devkit.try_it", *it.posargs)


@session
def smoke(it: nox.Session) -> None:
    """The plugin on your own Flyte, 1 or 2: `-- --flyte HOST:PORT --project P --domain D --image I`; it tidies up."""
    python(it, "-m", "devkit.smoke", *it.posargs)


# part:job end
