"""Which sessions does only the book need? What it measures, compares and proves for its pages.

Only noxfile.py imports this: it needs nox.
"""

from __future__ import annotations

import nox

from devkit import publishing
from devkit.sessions import plain_python, python, session, uv


@session
def alternatives(it: nox.Session) -> None:
    """The same message as JSON Schema and OpenAPI, and what each refuses; `-- --record` for the page, `-- --check`."""
    python(it, "-m", "devkit.alternatives", *it.posargs)


@session
def steps(it: nox.Session) -> None:
    """Every step of the tutorial, cut from this tree, builds and passes its tests."""
    python(it, "-m", "devkit.steps", *it.posargs)


@session
def walk(it: nox.Session) -> None:
    """A robot does what the pages of the core walk say, from the starter on, and must end at the book's own files."""
    python(it, *publishing.SITE)
    python(it, "-m", "devkit.walk")


@session
def adopt_operator(it: nox.Session) -> None:
    """A copy becomes a plugin for JobSet, by following the list of decisions; `-- --quick` without a cluster."""
    python(it, "-m", "devkit.adopt_operator", *it.posargs)


@session
def decide(it: nox.Session) -> None:
    """Which kind of plugin do you need? Asks; `-- work=operator abort=yes` answers at once, `-- --list` shows all."""
    plain_python(it, "-m", "devkit.decide", *it.posargs)


@session
def sidecar(it: nox.Session) -> None:
    """The sidecar of an improved Python task, in a pod on a local cluster: it serves its task, and ends with it."""
    python(it, "-m", "devkit.sidecar", *it.posargs)


@session
def paid(it: nox.Session) -> None:
    """Tasks of a paid HTTP service, through a Python connector; `-- --keep` leaves the service up until Ctrl-C."""
    python(it, "-m", "devkit.paid", *it.posargs)


@session
def bench(it: nox.Session) -> None:
    """What the connector costs, as ratios into build/bench.json; `-- --record` for the page that shows them."""
    python(it, "-m", "devkit.bench", *it.posargs)


@session
def experiment(it: nox.Session) -> None:
    """The same paid work, started and aborted in each way: what goes on costing? `-- --record` for the page."""
    python(it, "-m", "devkit.experiment", *it.posargs)


@session
def faults(it: nox.Session) -> None:
    """What the connector does when something breaks, row by row; `-- --slow --record` all of it, for the page."""
    python(it, "-m", "devkit.faults", *it.posargs)


@session
def dashboard(it: nox.Session) -> None:
    """What the dashboard's queries return while two connectors work and things break; `-- --record` for the page."""
    python(it, "-m", "devkit.dashboard", *it.posargs)


@session
def imports(it: nox.Session) -> None:
    """What importing the plugin costs, as ratios into build/imports.json; `-- --record` for the page."""
    python(it, "-m", "devkit.imports", *it.posargs)


@session
def quality(it: nox.Session) -> None:
    """What the results of all sessions say, into build/quality.json; `-- --record` for the page, or `-- --strict`."""
    python(it, "-m", "devkit.quality", *it.posargs)


@session
def matrix(it: nox.Session) -> None:
    """The Python packages' tests with older and newer SDKs, into build/matrix.json; `-- --record` for the page."""
    python(it, "-m", "devkit.matrix", f"--uv={uv(it)}", *it.posargs)
