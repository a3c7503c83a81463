"""Does the wire of Spark tasks still look as every other language reads it?

``LARKSPUR_UPDATE_FIXTURES=1`` writes the fixtures; otherwise they are compared.
"""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from pathlib import Path

import pytest
import spark_wire
from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.tools.translator import get_serializable
from google.protobuf import json_format

from flytekitplugins.larkspur import Spark
from larkspur_spec.v1 import spark_pb2

FIXTURES = Path(__file__).parents[3] / "proto" / "fixtures"
TASKS = {"spark_minimal": spark_wire.minimal, "spark_maximal": spark_wire.maximal}
DEFAULT_PYTHON = SerializationSettings.python_interpreter


def template(task, python: str = DEFAULT_PYTHON) -> dict:
    """Return the TaskTemplate as registration would send it, without what depends on the machine."""
    image = ImageConfig(default_image=Image("default", "cr.flyte.org/flyteorg/flytekit", "py3.11-1.16.31"))
    settings = SerializationSettings(
        image_config=image,
        project="flytesnacks",
        domain="development",
        version="v1",
        python_interpreter=python,
    )
    message = get_serializable(OrderedDict(), settings, task).template.to_flyte_idl()
    message.metadata.runtime.version = "1.16.31"  # flytekit's own version
    return json_format.MessageToDict(message)


def custom(name: str) -> dict:
    return json.loads((FIXTURES / f"{name}.json").read_text())["custom"]


@pytest.mark.parametrize("name", TASKS)
def test_spark_fixture(name):
    file, text = FIXTURES / f"{name}.json", json.dumps(template(TASKS[name]), indent=2, sort_keys=True) + "\n"
    if os.environ.get("LARKSPUR_UPDATE_FIXTURES"):
        file.write_text(text)
    assert text == file.read_text(), (
        "the wire changed: registered workflows send the old form; to accept it: LARKSPUR_UPDATE_FIXTURES=1"
    )


def test_the_message_of_spark_survives_the_journey():
    sent = json_format.ParseDict(custom("spark_maximal"), spark_pb2.Spark())
    assert sent == spark_wire.maximal.task_config.to_proto()
    assert json.loads((FIXTURES / "spark_maximal.json").read_text())["type"] == "larkspur_spark"


def test_the_maximal_fixture_sets_every_field_of_spark():
    assert set(custom("spark_maximal")) == {field.json_name for field in spark_pb2.Spark.DESCRIPTOR.fields}
    assert spark_wire.minimal.task_config == Spark()


def test_the_driver_runs_the_entrypoint_beside_the_interpreter_of_the_image():
    assert custom("spark_minimal")["mainApplicationFile"] == "local:///opt/venv/bin/entrypoint.py"
    elsewhere = template(spark_wire.minimal, python="/usr/local/bin/python3")
    assert elsewhere["custom"]["mainApplicationFile"] == "local:///usr/local/bin/entrypoint.py"
