"""Does the wire still look as every other language reads it?

``LARKSPUR_UPDATE_FIXTURES=1`` writes the fixtures; otherwise they are compared.
"""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from pathlib import Path

import pytest
import wire
from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.tools.translator import get_serializable
from google.protobuf import json_format

from flytekitplugins.larkspur import Job
from larkspur_spec.v1 import job_pb2

FIXTURES = Path(__file__).parents[3] / "proto" / "fixtures"
TASKS = {"job_minimal": wire.minimal, "job_maximal": wire.maximal, "job_pod": wire.in_pod}


def template_json(task) -> str:
    """Return the TaskTemplate as registration would send it, without what depends on the machine."""
    image = ImageConfig(default_image=Image("default", "cr.flyte.org/flyteorg/flytekit", "py3.11-1.16.31"))
    settings = SerializationSettings(
        image_config=image, project="flytesnacks", domain="development", version="v1"
    )
    template = get_serializable(OrderedDict(), settings, task).template.to_flyte_idl()
    template.metadata.runtime.version = "1.16.31"  # flytekit's own version
    return json.dumps(json_format.MessageToDict(template), indent=2, sort_keys=True) + "\n"


@pytest.mark.parametrize("name", TASKS)
def test_fixture(name):
    file = FIXTURES / f"{name}.json"
    if os.environ.get("LARKSPUR_UPDATE_FIXTURES"):
        file.write_text(template_json(TASKS[name]))
    assert template_json(TASKS[name]) == file.read_text(), (
        "the wire changed: registered workflows send the old form; to accept it: LARKSPUR_UPDATE_FIXTURES=1"
    )


@pytest.mark.parametrize("name", TASKS)
def test_the_message_survives_the_journey(name):
    template = json.loads((FIXTURES / f"{name}.json").read_text())
    assert template["type"] == "larkspur_job"
    assert json_format.ParseDict(template["custom"], job_pb2.Job()) == TASKS[name].task_config.to_proto()


def test_the_maximal_fixture_sets_every_field():
    custom = json.loads((FIXTURES / "job_maximal.json").read_text())["custom"]
    assert set(custom) == {field.json_name for field in job_pb2.Job.DESCRIPTOR.fields}
    assert wire.minimal.task_config == Job()
