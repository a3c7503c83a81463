"""Do files, folders, tables and dataclasses go into a task's container and come back?"""

from __future__ import annotations

from pathlib import Path

import data2
import flyte
import grpc
import pandas as pd
import pytest
from flyte.io import Dir, File


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of the user, with files."""
    place = tmp_path / "users"
    (place / "letters").mkdir(parents=True)
    (place / "a.txt").write_text("a")
    (place / "letters" / "bc.txt").write_text("bc")
    monkeypatch.chdir(place)
    flyte.init()  # without it, the SDK makes no File of a local one
    return place


def test_a_file(real2, run2, folder):
    upper = run2(data2.upper, file=File.from_local_sync("a.txt"))
    assert Path(upper.path).read_text() == "A"


def test_files_in_a_list_a_folder_and_a_default(real2, run2, folder):
    found = run2(data2.sizes, files=[File.from_local_sync("a.txt")], folder=Dir.from_local_sync("letters"))
    assert found == {"a.txt bytes": 1, "bc.txt bytes": 2}


def test_a_folder(real2, run2, folder):
    copy = run2(data2.copied, folder=Dir.from_local_sync("letters"))
    assert [(path.name, path.read_text()) for path in Path(copy.path).iterdir()] == [("bc.txt", "bc")]


def test_a_dataclass(real2, run2):
    flight = data2.Flight("UA", [2.5, 7.0])
    assert run2(data2.worst, flight=flight) == data2.Flight("UA", [7.0])


def test_a_table(real2, run2):
    table = pd.DataFrame({"delay": [1, 2]})
    doubled = run2(data2.doubled, frame=table)
    assert list(doubled["delay"]) == [2, 4]


def test_what_is_in_an_object_store_stays_there_and_what_is_not_is_copied(instant2, run2, folder):
    """The container may run where it cannot see this machine's files."""
    instant2.before_create_answers = lambda context: context.abort(grpc.StatusCode.INVALID_ARGUMENT, "enough")
    instant2.runner.start = lambda request: None
    files = [File.from_existing_remote("s3://bucket/there.txt"), File.from_local_sync("a.txt")]
    with pytest.raises(flyte.errors.RuntimeUserError, match="enough"):
        run2(data2.sizes, files=files, folder=Dir.from_local_sync("letters"))
    values = {each.name: each.value for each in instant2.creates[0].inputs.literals}
    there, copy = (item.scalar.blob.uri for item in values["files"].collection.literals)
    assert there == "s3://bucket/there.txt"
    assert Path(copy) != folder / "a.txt"
    assert Path(copy).read_text() == "a"
    assert (Path(values["folder"].scalar.blob.uri) / "bc.txt").read_text() == "bc"
