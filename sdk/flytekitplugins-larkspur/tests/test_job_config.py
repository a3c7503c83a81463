"""Is a wrong value refused where it is written, in words that help?"""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest

from flytekitplugins.larkspur import DoneWhen, Job
from larkspur_spec.v1 import job_pb2

REFUSED = {
    "no worker": ({"completions": 0}, "Job.completions = 0: must be between 1 and 10000"),
    "too many workers": ({"completions": 10_001}, "Job.completions = 10001: must be between 1 and 10000"),
    "more workers than an int32 counts": (
        {"completions": 2**40},
        "Job.completions = 1099511627776: must be between 1 and 10000",
    ),
    "a fraction of a worker": ({"completions": 2.5}, "Job.completions = 2.5: must be an int, not float"),
    "a number as text": ({"completions": "4"}, "Job.completions = '4': must be an int, not str"),
    "a truth value": ({"completions": True}, "Job.completions = True: must be an int, not bool"),
    "nobody at the same time": ({"parallelism": 0}, "Job.parallelism = 0: must be between 1 and 1"),
    "more at the same time than there are": (
        {"completions": 4, "parallelism": 5},
        "Job.parallelism = 5: must be between 1 and 4",
    ),
    "a negative number of restarts": (
        {"backoff_limit_per_index": -1},
        "Job.backoff_limit_per_index = -1: must be between 0 and 100",
    ),
    "more lost workers than there are": (
        {"completions": 4, "max_failed_indexes": 5},
        "Job.max_failed_indexes = 5: must be between 0 and 4",
    ),
    "gone before Flyte asks": (
        {"ttl_seconds_after_finished": 119},
        "Job.ttl_seconds_after_finished = 119: must be between 120 and 2592000",
    ),
    "an unknown end": (
        {"done_when": "first"},
        "Job.done_when = 'first': must be DoneWhen.ALL_WORKERS or DoneWhen.FIRST",
    ),
}

ACCEPTED = {
    "nothing set": (
        {},
        job_pb2.Job(completions=1, ttl_seconds_after_finished=600, done_when="DONE_WHEN_ALL_WORKERS"),
    ),
    "all at their limits": (
        {
            "completions": 10_000,
            "parallelism": 10_000,
            "backoff_limit_per_index": 100,
            "max_failed_indexes": 10_000,
            "ttl_seconds_after_finished": 120,
            "done_when": DoneWhen.FIRST_WORKER,
        },
        job_pb2.Job(
            completions=10_000,
            parallelism=10_000,
            backoff_limit_per_index=100,
            max_failed_indexes=10_000,
            ttl_seconds_after_finished=120,
            done_when="DONE_WHEN_FIRST_WORKER",
        ),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    values, message = REFUSED[name]
    with pytest.raises((TypeError, ValueError)) as caught:
        Job(**values)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name):
    values, expected = ACCEPTED[name]
    assert Job(**values).to_proto() == expected


@pytest.mark.parametrize("variable", ["FLYTE_INTERNAL_EXECUTION_ID", "ACTION_NAME"])
def test_in_a_tasks_container_nobody_pays_for_asking_again(monkeypatch, variable):
    monkeypatch.setenv(variable, "f1")
    code = "import sys, larkspur_spec; larkspur_spec.Job(completions=-1); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert "protovalidate" not in modules.split()


def test_a_job_cannot_be_changed_after_it_was_checked():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Job().completions = 0


def test_fields_are_those_of_the_message():
    ours = [field.name for field in dataclasses.fields(Job)]
    assert ours == [field.name for field in job_pb2.Job.DESCRIPTOR.fields]


def test_done_when_has_every_value_of_the_message():
    assert {value.value for value in DoneWhen} == set(job_pb2.DoneWhen.values()) - {
        job_pb2.DONE_WHEN_UNSPECIFIED
    }
