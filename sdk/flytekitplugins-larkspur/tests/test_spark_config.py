"""Is a wrong value of a Spark task refused where it is written, in words that help?"""

from __future__ import annotations

import dataclasses

import pytest

from flytekitplugins.larkspur import Spark
from larkspur_spec.v1 import spark_pb2

REFUSED = {
    "no executor": ({"executors": 0}, "Spark.executors = 0: must be between 1 and 10000"),
    "half an executor": ({"executors": 1.5}, "Spark.executors = 1.5: must be an int, not float"),
    "too many executors": ({"executors": 10_001}, "Spark.executors = 10001: must be between 1 and 10000"),
    "negative retries": (
        {"submission_retries": -1},
        "Spark.submission_retries = -1: must be between 0 and 100",
    ),
    "gone before Flyte asks": (
        {"ttl_seconds_after_finished": 119},
        "Spark.ttl_seconds_after_finished = 119: must be between 120 and 2592000",
    ),
    "a configuration that is none": (
        {"spark_conf": "a=b"},
        "Spark.spark_conf = 'a=b': must be a dict of texts",
    ),
    "a number in it": (
        {"spark_conf": {"spark.executor.cores": 2}},
        "Spark.spark_conf['spark.executor.cores'] = 2: must be a str, such as '2', not int",
    ),
    "a truth value in it": (
        {"spark_conf": {"spark.eventLog.enabled": True}},
        "Spark.spark_conf['spark.eventLog.enabled'] = True: must be a str, such as 'true', not bool",
    ),
    "a key that Spark ignores": (
        {"spark_conf": {"sql.shuffle.partitions": "8"}},
        "Spark.spark_conf['sql.shuffle.partitions'] = '8': a key begins with \"spark.\" and has no blank and no =",
    ),
    "a key within a key": (
        {"spark_conf": {"spark.master=local": ""}},
        "Spark.spark_conf['spark.master=local'] = '': a key begins with",
    ),
    "two numbers of executors": (
        {"spark_conf": {"spark.executor.instances": "8"}},
        "Spark.spark_conf['spark.executor.instances'] = '8': the field executors says how many there are",
    ),
    "a pod instead of a template": (
        {"driver_pod": {"containers": []}},
        "Spark.driver_pod = {'containers': []}: must be an object with metadata, spec or both",
    ),
    "a template that is no dict": ({"executor_pod": "spot"}, "Spark.executor_pod = 'spot': must be a dict"),
    "a template of Python's own": (
        {"executor_pod": {"spec": {"volumes": {1, 2}}}},
        "Spark.executor_pod = {'spec': {'volumes': {1, 2}}}: must be made of what JSON has",
    ),
    "a file of nobody's": (
        {"main_application_file": "main.py"},
        "Spark.main_application_file = 'main.py': must be a path in the image, such as local:///opt/venv",
    ),
    "a file without a name": (
        {"main_application_file": ""},
        "Spark.main_application_file = '': must be a path in the image",
    ),
    "a path of Python's own": (
        {"main_application_file": 1},
        "Spark.main_application_file = 1: must be a str, not int",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_of_spark(name):
    values, message = REFUSED[name]
    with pytest.raises((TypeError, ValueError)) as caught:
        Spark(**values)
    assert str(caught.value).startswith(message)


def test_nothing_set():
    assert Spark().to_proto() == spark_pb2.Spark(executors=2, ttl_seconds_after_finished=600)


def test_all_at_their_limits():
    config = Spark(executors=10_000, submission_retries=100, ttl_seconds_after_finished=2_592_000)
    assert config.to_proto() == spark_pb2.Spark(
        executors=10_000, submission_retries=100, ttl_seconds_after_finished=2_592_000
    )


def test_a_configuration_cannot_be_changed_after_it_was_checked():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Spark().executors = 0


def test_fields_are_those_of_the_spark_message():
    ours = [field.name for field in dataclasses.fields(Spark)]
    assert ours == [field.name for field in spark_pb2.Spark.DESCRIPTOR.fields]
