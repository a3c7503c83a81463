"""Do values of every kind reach a real container and come back, and is what a task asks for in the request?"""

from __future__ import annotations

from pathlib import Path

import kinds
import pandas as pd
import pytest
from flyteidl.core import security_pb2, tasks_pb2
from flytekit import StructuredDataset
from flytekit.core.local_cache import LocalTaskCache
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile


def file_in(tmp_path: Path, text: str) -> str:
    (tmp_path / "mine.txt").write_text(text)
    return str(tmp_path / "mine.txt")


FRAME = pd.DataFrame({"n": [1, 2]})
KINDS = {
    "a dataclass": lambda _: kinds.mirror(point=kinds.Point(3, "a")) == kinds.Point(-3, "A"),
    "a workflow of them": lambda _: kinds.chain(point=kinds.Point(3, "a")) == kinds.Point(3, "A"),
    "a file": lambda tmp: Path(kinds.shout(file=FlyteFile(file_in(tmp, "hello")))).read_text() == "HELLO",
    "a folder": lambda tmp: names(kinds.split(folder=folder_in(tmp))) == ["mine-copy.txt"],
    "a data frame": lambda _: list(kinds.double(frame=FRAME).twice) == [2, 4],
    "a structured dataset": lambda _: (
        frame_of(kinds.rows(dataset=StructuredDataset(FRAME))).n.tolist() == [1]
    ),
}


def folder_in(tmp_path: Path) -> FlyteDirectory:
    file_in(tmp_path, "hello")
    return FlyteDirectory(str(tmp_path))


def names(folder: FlyteDirectory) -> list[str]:
    return sorted(file.name for file in Path(folder).iterdir())


def frame_of(dataset: StructuredDataset) -> pd.DataFrame:
    return dataset.open(pd.DataFrame).all()


@pytest.mark.parametrize("name", KINDS)
def test_values_of_every_kind_come_back(name, real, tmp_path):
    (tmp_path / "inputs").mkdir()
    assert KINDS[name](tmp_path / "inputs")
    assert real.creates


def test_what_a_task_asks_for_is_in_the_request(instant):
    kinds.demanding(n=3)
    (create,) = instant.creates
    template, metadata = create.template, create.task_execution_metadata
    assert metadata.labels["interruptible"] == "true"
    assert template.metadata.interruptible
    requests = {entry.name: entry.value for entry in template.container.resources.requests}
    assert requests[tasks_pb2.Resources.MEMORY] == "1Gi"
    assert [entry.value for entry in template.container.resources.limits] == ["1"]


def test_a_secret_travels_by_its_name_only(instant, monkeypatch):
    monkeypatch.setenv("_FSEC_BANK_PIN", "4711")
    kinds.demanding(n=3)
    (create,) = instant.creates
    assert list(create.template.security_context.secrets) == [
        security_pb2.Secret(group="bank", key="pin", mount_requirement=security_pb2.Secret.ANY)
    ]
    assert b"4711" not in create.SerializeToString()


def test_a_cached_value_needs_no_connector(instant, monkeypatch, tmp_path):
    monkeypatch.setattr("flytekit.core.local_cache.CACHE_LOCATION", str(tmp_path / "cache"))
    monkeypatch.setattr(LocalTaskCache, "_initialized", False)
    assert [kinds.remembered(n=3), kinds.remembered(n=3)] == [9, 9]  # this connector squares
    assert len(instant.creates) == 1
    assert kinds.remembered(n=4) == 16
    assert len(instant.creates) == 2


def test_retries_are_played_with_an_attempt_of_its_own_each(real, capsys):
    assert kinds.third_time(n=40) == 42
    prefixes = [create.output_prefix.rpartition("/") for create in real.creates]
    assert [last for _, _, last in prefixes] == ["0", "1", "2"]
    assert len({folder for folder, _, _ in prefixes}) == 1
    identities = [create.task_execution_metadata.task_execution_id for create in real.creates]
    assert [identity.retry_attempt for identity in identities] == [0, 1, 2]
    assert len({identity.node_execution_id.node_id for identity in identities}) == 1
    assert len(real.deletes) == 2, "a failed attempt is deleted before the next"
    assert "kinds.third_time: attempt 1 of 3 failed: " in capsys.readouterr().err
