"""What do the end-to-end tests share? A cluster with one connector and one with Spark, started when a test asks."""

from __future__ import annotations

import contextlib
import itertools
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devkit import abort, runs
from devkit.cluster import NAMESPACE, LocalCluster
from devkit.connector import Connector
from devkit.process import Child
from devkit.toolchain import ROOT
from devkit.watch import PodWatch

HERE = Path(__file__).parent
CASES = HERE / "tasks" / "cases.py"
EXAMPLES = ROOT / "examples"
sys.path[:0] = map(str, [HERE, CASES.parent, EXAMPLES, EXAMPLES / "flights", EXAMPLES / "tests"])

_run = contextlib.ExitStack()
_numbers = itertools.count(2)


def pytest_configure(config: pytest.Config) -> None:
    """Open the run's folder before any test module imports flytekit, which then makes its temporary files there."""
    config.stash[FOLDER] = _run.enter_context(runs.folder())


def pytest_unconfigure(config: pytest.Config) -> None:
    _run.close()


FOLDER = pytest.StashKey[Path]()


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Iterator[LocalCluster]:
    with LocalCluster(pytestconfig.stash[FOLDER]) as cluster:
        cluster.wait()
        yield cluster


# part:spark begin
@pytest.fixture(scope="session")
def spark_cluster(pytestconfig: pytest.Config) -> Iterator[LocalCluster]:
    """A second cluster, with the Spark operator, so that all other tests need no Java."""
    import subprocess

    from devkit import environment, spark

    folder = pytestconfig.stash[FOLDER] / "spark"
    folder.mkdir()
    ready = spark.prepare(lambda words: subprocess.run(words, check=True, env=environment.uv_env()))
    operators = (ready.operator_file(folder, NAMESPACE),)
    with LocalCluster(folder, operators=operators, images=ready.images(), name="spark") as cluster:
        cluster.wait()
        yield cluster


# part:spark end


@pytest.fixture(scope="session")
def session_connector(cluster: LocalCluster) -> Iterator[Connector]:
    with Connector(cluster, cluster.folder) as connector:
        yield connector


@pytest.fixture
def connector(session_connector: Connector, monkeypatch: pytest.MonkeyPatch) -> Connector:
    """The connector; tasks that this test calls go through it."""
    monkeypatch.setenv("FLYTECONNECTOR_ENDPOINT", session_connector.address)
    return session_connector


@pytest.fixture
def start_connector(cluster: LocalCluster) -> Iterator[Callable[..., Connector]]:
    """Return a function that starts one more connector, with other flags, until the test ends."""
    with contextlib.ExitStack() as started:

        def start(**flags: str) -> Connector:
            name = f"connector-{next(_numbers)}"
            return started.enter_context(Connector(cluster, cluster.folder, name, **flags))

        yield start


@pytest.fixture
def watch(cluster: LocalCluster) -> Iterator[PodWatch]:
    with PodWatch(cluster, time.monotonic()) as watch:
        yield watch


@pytest.fixture
def run_case(connector: Connector) -> Iterator[Callable[..., Child]]:
    """Return a function that starts `pyflyte run cases.py TASK …` in the background, as a user would."""
    with contextlib.ExitStack() as children:

        def start(task: str, *words: str, through: Connector = connector) -> Child:
            child = through.pyflyte("run", str(CASES), task, *words)
            children.callback(child.stop, 20)
            return child

        yield start


@pytest.fixture
def nothing_left(cluster: LocalCluster) -> Callable[[str], None]:
    """Return a function that fails when a Job, its pods or their processes are still there after some time."""

    def check(job: str) -> None:
        uids = [
            pod["metadata"]["uid"] for pod in cluster.get("pods") if pod["metadata"]["name"].startswith(job)
        ]
        assert abort.await_gone(cluster, job, uids) == []

    return check


@pytest.fixture
def restricted(cluster: LocalCluster) -> Iterator[None]:
    """Makes the API server refuse pods that are not hardened."""
    label = "pod-security.kubernetes.io/enforce"
    cluster.kubectl("label", "namespace", NAMESPACE, f"{label}=restricted")
    yield
    cluster.kubectl("label", "namespace", NAMESPACE, f"{label}-")
