"""Does `make dev` keep a cluster up, and is what it tells a reader to type enough?"""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from making import Making, elsewhere, environment, left_in
from waiting import until

from devkit import process, runs
from devkit.toolchain import ROOT

LAST_WORDS = "Ctrl-C here ends the cluster"


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Making]:
    dev = Making("dev", tmp_path)
    yield dev
    dev.close()


def type_in(dev: Making, tmp_path: Path, command: str) -> str:
    """Run a command in a second terminal, after the `export` lines that were printed."""
    exports = re.findall(r"^ +(export \w+=.+)$", dev.printed(), re.MULTILINE)
    assert [line.split("=")[0] for line in exports] == [
        "export KUBECONFIG",
        "export KUBECACHEDIR",
        "export FLYTECONNECTOR_ENDPOINT",
        "export PATH",
    ]
    script = "\n".join([*exports, command])
    env = environment(tmp_path, **elsewhere(dev.home))
    done = subprocess.run(["sh", "-ec", script], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_second_terminal_can_use_it_until_ctrl_c(dev: Making, tmp_path: Path):
    until(lambda: dev.has_printed(LAST_WORDS), f"{LAST_WORDS!r} in {dev.output}", 240)
    folder = runs.HOME / f"{dev.pid('devkit.dev')}-1"
    said = dev.printed()
    run = re.search(r"^ +(pyflyte run examples/flights/workflow.py .+)$", said, re.MULTILINE)[1]
    assert "airline='F9'" in type_in(dev, tmp_path, run)
    jobs = re.search(r"^ +(kubectl -n \S+ get jobs -o yaml)$", said, re.MULTILINE)[1]
    assert "name: add-up-" in type_in(dev, tmp_path, jobs)

    dev.signal(None, signal.SIGINT)
    dev.make.wait(60)
    assert process.await_none(lambda: process.naming(dev.mark, folder), 20) == []
    assert not folder.exists()
    assert left_in(dev.home) == []
    assert "the cluster and all that ran on it have ended" in dev.printed()
