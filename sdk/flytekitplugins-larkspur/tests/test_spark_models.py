"""Are the resources that the plugin builds what the operator's own Python models know?

The models are PyPI's ``kubeflow-spark-api``, generated from the operator's schema together with Kubernetes' own types;
the resources are the golden files of the plugin in Go. The API server leaves pod templates unchecked; these models do
not.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from kubeflow_spark_api.models import SparkV1beta2SparkApplication as Model
from pydantic import ValidationError

from larkspur_spec.names import SPARK_VARIABLE

GOLDEN = sorted((Path(__file__).parents[3] / "go" / "plugins" / "spark" / "testdata").glob("*.yaml"))
ROLES = ("driver", "executor")


def load(path: Path) -> dict:
    return yaml.safe_load(path.read_text())


def test_there_are_resources():
    assert len(GOLDEN) >= 4


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_models_know_every_field(path):
    resource = load(path)
    assert Model.from_dict(resource).to_dict() == resource, (
        "what comes back lacks the fields that are unknown"
    )


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_both_pods_have_the_variable_that_the_sdk_looks_for(path):
    for role in ROLES:
        containers = load(path)["spec"][role]["template"]["spec"]["containers"]
        (env,) = (each["env"] for each in containers if each["name"] == f"spark-kubernetes-{role}")
        assert {"name": SPARK_VARIABLE, "value": role} in env


def test_the_models_notice_what_is_wrong():
    resource = load(GOLDEN[0])
    resource["spec"]["executor"]["template"]["spec"]["tolerationz"] = []
    assert Model.from_dict(resource).to_dict() != resource
    resource["spec"]["executor"]["instances"] = "two"
    with pytest.raises(ValidationError):
        Model.from_dict(resource)
