"""Does the connector receive what Flyte's engine would send?"""

from __future__ import annotations

import os
from pathlib import Path

import squares
from flyteidl.core import literals_pb2
from flytekit import FlyteContextManager
from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.types.file import FlyteFile
from google.protobuf import json_format

from flyteconnector.flyte1 import request


def test_a_container_arrives_rendered_with_identity_and_import_path(tmp_path, monkeypatch):
    monkeypatch.delenv("FLYTECONNECTOR_NAMESPACE", raising=False)
    create = request.build(squares.where, {"n": 3}, str(tmp_path))
    container, metadata = create.template.container, create.task_execution_metadata
    arguments = list(container.args)
    environment = {pair.key: pair.value for pair in container.env}

    assert create.template.type == squares.TASK_TYPE
    assert arguments[:3] == ["pyflyte-execute", "--inputs", f"{tmp_path}/inputs.pb"]
    assert not [argument for argument in arguments if "{{" in argument]
    assert container.image, "flytekit refuses a task without an image only after it was submitted"
    assert environment["GREETING"] == "hello"
    assert str(Path(squares.__file__).parent) in environment["PYTHONPATH"].split(os.pathsep)
    assert create.inputs == literals_pb2.LiteralMap.FromString((tmp_path / "inputs.pb").read_bytes())
    assert metadata.namespace == "flytesnacks-development"
    assert metadata.task_execution_id.task_id.name == "squares.where"
    assert metadata.task_execution_id.task_id.version == "local"
    assert metadata.task_execution_id.node_execution_id.execution_id.project == "flytesnacks"


def test_a_local_file_is_uploaded_to_where_the_container_can_read_it(tmp_path):
    file = tmp_path / "mine.txt"
    file.write_text("hello")
    create = request.build(squares.size, {"file": FlyteFile(str(file))}, str(tmp_path))
    uri = create.inputs.literals["file"].scalar.blob.uri
    assert uri != str(file)
    assert Path(uri).read_text() == "hello"


def test_the_import_path_leaves_out_what_the_container_has(monkeypatch, tmp_path):
    import json

    import flytekit

    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "missing")
    entries = request.import_path(squares.square)
    assert entries[:2] == [str(Path(squares.__file__).parent), str(tmp_path)]
    for module in (json, flytekit):
        folder = str(Path(module.__file__).parent.parent)
        assert folder not in entries, f"{module.__name__} comes with the container"


def test_a_pod_template_arrives_rendered_too(tmp_path):
    template = request.build(squares.in_pod, {"n": 3}, str(tmp_path)).template
    pod = json_format.MessageToDict(template.k8s_pod.pod_spec)
    (container,) = pod["containers"]
    assert container["args"][1:3] == ["--inputs", f"{tmp_path}/inputs.pb"]
    assert not [argument for argument in container["args"] if "{{" in argument]
    assert "PYTHONPATH" in [pair["name"] for pair in container["env"]]
    assert template.config["primary_container_name"] == "main"


def test_two_tasks_of_one_process_are_two_nodes_of_one_execution(tmp_path, monkeypatch):
    monkeypatch.setenv("FLYTECONNECTOR_NAMESPACE", "elsewhere")
    first, second = (
        request.build(squares.square, {"n": n}, str(tmp_path)).task_execution_metadata for n in (1, 2)
    )
    nodes = [each.task_execution_id.node_execution_id for each in (first, second)]
    assert nodes[0].execution_id == nodes[1].execution_id
    assert nodes[0].node_id != nodes[1].node_id
    assert first.namespace == "elsewhere"


def test_the_callers_settings_win():
    ctx = FlyteContextManager.current_context()
    image = ImageConfig(default_image=Image("default", "registry.example.com/mine", "v1"))
    mine = SerializationSettings(
        image_config=image, project="p", domain="d", version="v", env={"PYTHONPATH": "x"}
    )
    with FlyteContextManager.with_context(ctx.with_serialization_settings(mine)) as inner:
        result = request.settings(inner, squares.square)
    assert (result.project, result.domain, result.version) == ("p", "d", "v")
    assert result.image_config.default_image.full == "registry.example.com/mine:v1"
    assert result.env == {"PYTHONPATH": "x"}
