"""What can be done with this repository? One session for each thing; `make NAME` runs the same with a pinned nox.

Sessions have no environment of their own: all share .nox/work (devkit.environment), so that the second one starts
at once.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).resolve().parent / "scripts"))

from devkit import build, environment, sessions, spark, upstream
from devkit.sessions import go, python, run, session, uv

nox.options.sessions = ["tests"]
sessions.end_in_order()

GO_MODULES = ("go", "go/connector", "go/connector/store", "go/inprocess", "go/localcluster")
API_TESTS = {  # module -> (build tag, programs that its tests start)
    "go/connector": (("apitest",), ("etcd", "kube-apiserver", "kubectl")),
    "go/connector/store": (("apitest",), ()),
    "go": (("apitest",), ("etcd", "kube-apiserver", "kubectl")),
    "go/localcluster": (("e2e",), build.COMMANDS),
}
PYTHON = ("sdk/flyteconnector", "sdk/flytekitplugins-larkspur", "scripts", "docs")  # folders with tests


@session
def tests(it: nox.Session) -> None:
    """Go and Python tests that need no cluster: minutes when cold, seconds when warm."""
    for module in GO_MODULES:
        go(it, "test", module=module)
    python(it, "-m", "pytest", *(f"{folder}/tests" for folder in PYTHON), *it.posargs)


@session
def apitests(it: nox.Session) -> None:
    """Go tests against a real API server and on our cluster: from KUBEBUILDER_ASSETS, else from our own build."""
    operator = str(build.operator_module())
    for module, (tags, programs) in API_TESTS.items():
        env = {"KUBEBUILDER_ASSETS": str(build.assets(programs)), "SPARK_OPERATOR_MODULE": operator}
        go(it, "test", *it.posargs, module=module, tags=tags, **env)


@session
def e2e(it: nox.Session) -> None:
    """Tasks on the local cluster: results, failures, aborts, left-overs."""
    build.assets(build.COMMANDS)  # here, where one sees how far it is, and no test's patience ends
    for name in build.PROGRAMS:
        build.program(name)
    for prepare in (spark.prepare, upstream.prepare):
        prepare(lambda words: run(it, *words, env=environment.uv_env()))
    python(it, "-m", "pytest", "sdk/e2e", *it.posargs)


@session
def inprocess(it: nox.Session) -> None:
    """The plugins behind Flyteplugins, against a double of it; `-- --real` takes Flyte's own modules."""
    python(it, "-m", "devkit.inprocess", *it.posargs)


@session
def docs(it: nox.Session) -> None:
    """The site, strictly, into build/site; `-- --serve` shows it on a free port."""
    python(it, "-m", "sphinx", "-n", "-W", "--keep-going", "-b", "html", "docs", "build/site")
    if "--serve" in it.posargs:
        python(it, "-m", "http.server", "--bind", "127.0.0.1", "--directory", "build/site", "0")


@session
def lint(it: nox.Session) -> None:
    """Formatters, vet, budgets, and what must not be in a tracked file."""
    python(it, "-m", "ruff", "check", ".")
    python(it, "-m", "ruff", "format", "--check", ".")
    for module in GO_MODULES:
        go(it, "vet", module=module, tags=("apitest", "e2e", "gcs", "azure"))
    python(it, "-m", "devkit.lint")


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
def steps(it: nox.Session) -> None:
    """Every step of the tutorial, cut from this tree, builds and passes its tests."""
    python(it, "-m", "devkit.steps", *it.posargs)


@session
def try_(it: nox.Session) -> None:
    """A task, its TaskTemplate, the Job it becomes, the phases of a status. No cluster."""
    python(it, "-m", "devkit.try_it", *it.posargs)


@session
def demo(it: nox.Session) -> None:
    """A workflow over real data, as Kubernetes Jobs and on Spark, on a local cluster, with aborts."""
    python(it, "-m", "devkit.demo", *it.posargs)


@session
def dev(it: nox.Session) -> None:
    """A local cluster with the connector that stays up until Ctrl-C."""
    python(it, "-m", "devkit.dev", *it.posargs)


@session
def bench(it: nox.Session) -> None:
    """What the connector costs, as ratios into build/bench.json; `-- --record` for the page that shows them."""
    python(it, "-m", "devkit.bench", *it.posargs)


@session
def imports(it: nox.Session) -> None:
    """What importing the plugin costs, as ratios into build/imports.json; `-- --record` for the page."""
    python(it, "-m", "devkit.imports", *it.posargs)


@session
def matrix(it: nox.Session) -> None:
    """The Python packages' tests with older and newer SDKs, into build/matrix.json; `-- --record` for the page."""
    python(it, "-m", "devkit.matrix", f"--uv={uv(it)}", *it.posargs)


@session
def lock(it: nox.Session) -> None:
    """Compile requirements/*.in into lock files with hashes and without URLs; `-- --upgrade` takes newer versions."""
    flags = ["--universal", "--python-version=3.11", "--generate-hashes", "--no-header"]
    flags += ["--no-emit-index-url", "--no-emit-find-links"]
    for name in ("nox", "go", "work", "docs", "spark", "upstream"):  # docs and spark are constrained by work
        files = [f"requirements/{name}.in", "-o", f"requirements/{name}.txt"]
        files += ["--no-deps"] if name == "upstream" else []
        run(it, uv(it), "pip", "compile", "--quiet", *flags, *it.posargs, *files, env=environment.uv_env())
