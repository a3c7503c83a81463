"""Does the example's workflow run with `pyflyte run`, without Flyte and without a connector's process?"""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from paid_service.model import State
from paid_service.started import Started, named, until

EXAMPLES = Path(__file__).resolve().parents[1]
WORKFLOW = EXAMPLES / "paid_connector" / "workflow.py"
TOKEN = f"token-{secrets.token_hex(12)}"
LONG = """
from paid_connector import PaidJob, PaidTask
from flytekit import workflow

long = PaidTask("test.long", PaidJob(seconds=600, name="NAME"))


@workflow
def endless(samples: int = 100000) -> float:
    return long(samples=samples).pi
"""


@pytest.fixture
def service(tmp_path: Path):
    with Started(tmp_path / "service", TOKEN, price=0.5) as service:
        yield service


def pyflyte(service: Started, *words: str) -> subprocess.Popen[str]:
    env = os.environ | {"PAID_SERVICE_URL": service.url, "_FSEC_PAID_SERVICE_TOKEN": TOKEN}
    command = [str(Path(sys.executable).parent / "pyflyte"), "run", *words]
    env["PYTHONPATH"] = str(EXAMPLES)
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_the_workflow_buys_two_estimates_and_says_what_they_cost(service: Started):
    done = pyflyte(service, str(WORKFLOW), "better", "--samples", "500")
    said, _ = done.communicate(timeout=60)
    assert done.returncode == 0, said
    pi, error, dollars = map(
        float, re.search(r"pi=(\S+), standard_error=(\S+), dollars=(\S+)\)", said).groups()
    )
    assert abs(pi - 3.14159) < 6 * error
    assert error < 0.05, "of 50,000 samples"
    assert dollars > 2.5, "three workers, two seconds, half a dollar a second"
    assert TOKEN not in said


@pytest.mark.timeout(60)
def test_ctrl_c_ends_the_job_and_its_bill(service: Started, tmp_path: Path):
    name = f"w-{secrets.token_hex(4)}"
    file = tmp_path / "endless.py"
    file.write_text(LONG.replace("NAME", name))
    run = pyflyte(service, str(file), "endless")
    until(lambda: named(name), "a worker works", 30)
    run.send_signal(signal.SIGINT)
    until(lambda: not named(name), "no worker is left")
    said, _ = run.communicate(timeout=30)
    assert run.returncode == 1, said
    assert TOKEN not in said
    (key,) = [folder.name for folder in (service.state / "jobs").iterdir()]
    with service.client() as client:
        assert client.get(key).state == State.CANCELLED
