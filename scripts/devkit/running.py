"""Which sessions run tasks on a local cluster?

Only noxfile.py imports this: it needs nox.
"""

from __future__ import annotations

import nox

from devkit import build, operators, sessions
from devkit.sessions import prepared, python, session


@session
def e2e(it: nox.Session) -> None:
    """Tasks on local clusters, two at a time: results, failures, aborts, left-overs; `-- -n0` runs them in turn."""
    build.everything()  # here, where one sees how far it is, and no test's patience ends
    operators.kinds()
    prepared(it, "spark", "upstream")
    python(it, "-m", "pytest", "-n2", sessions.BY_FILE, "sdk/e2e", *it.posargs)


# part:job begin
@session
def dev(it: nox.Session) -> None:
    """A local cluster with the connector that stays up until Ctrl-C."""
    python(it, "-m", "devkit.dev", *it.posargs)


# part:job end
# part:book begin
@session
def demo(it: nox.Session) -> None:
    """A workflow over real data, as Kubernetes Jobs and on Spark, on a local cluster, with aborts."""
    python(it, "-m", "devkit.demo", *it.posargs)


# part:book end
