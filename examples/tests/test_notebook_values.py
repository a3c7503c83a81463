"""Which values get into a notebook and out of it? The page's table of types is made by the comparison in sdk/e2e."""

from __future__ import annotations

import datetime
from pathlib import Path

import notebooks
import pandas as pd
from flytekit import kwtypes
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile

OUTPUTS = {
    "whole": (int, "7"),
    "share": (float, "0.5"),
    "share_of_numpy": (float, "numpy.float64(0.5)"),
    "yes": (bool, "True"),
    "text": (str, "'x'"),
    "when": (datetime.datetime, "datetime.datetime(2013, 1, 1, tzinfo=datetime.UTC)"),
    "numbers": (list[int], "[1, 2]"),
    "names": (dict[str, str], "{'a': 'b'}"),
    "maybe": (int | None, "None"),
    "table": (pd.DataFrame, "pandas.DataFrame({'a': [1, 2]})"),
    "file": (FlyteFile, "FlyteFile(text_file)"),
    "folder": (FlyteDirectory, "FlyteDirectory(str(pathlib.Path(text_file).parent))"),
}


def test_an_output_can_have_every_type_that_a_task_can_return(tmp_path):
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "text").write_text("hello")
    imports = "import datetime, numpy, pandas, pathlib\nfrom flytekit.types.file import FlyteFile\n"
    imports += "from flytekit.types.directory import FlyteDirectory\n"
    recorded = ", ".join(f"{name}={value}" for name, (_, value) in OUTPUTS.items())
    path = notebooks.write(
        tmp_path / "all.ipynb",
        imports + notebooks.RECORD + f"record_outputs({recorded})",
        parameters="text_file = ''",
    )
    types = {name: type_ for name, (type_, _) in OUTPUTS.items()}
    task = notebooks.task(path, inputs=kwtypes(text_file=FlyteFile), outputs=types)
    found = task(text_file=str(tmp_path / "some" / "text"))
    assert found[:9] == (
        *(
            7,
            0.5,
            0.5,
            True,
            "x",
            datetime.datetime(2013, 1, 1, tzinfo=datetime.UTC),
            [1, 2],
            {"a": "b"},
            None,
        ),
    )
    assert found.table.a.tolist() == [1, 2]
    assert Path(found.file).read_text() == "hello"
    assert Path(found.folder.download(), "text").read_text() == "hello"


INPUTS = {
    "whole": (int, 7),
    "share": (float, float("inf")),
    "yes": (bool, True),
    "text": (str, 'it\'s "x"'),
    "maybe": (int | None, None),
    "numbers": (list[int], [1, 2]),
    "nested": (dict[str, list[float]], {"a": [0.1]}),
    "when": (datetime.datetime, datetime.datetime(2013, 1, 1, tzinfo=datetime.UTC)),
}


def test_an_input_arrives_as_the_same_value_and_a_file_as_its_path(tmp_path):
    (tmp_path / "text").write_text("hello")
    names = [*INPUTS, "file"]
    path = notebooks.write(
        tmp_path / "all.ipynb",
        f"seen = repr([{', '.join(names)}])\ntext_of_file = open(file).read()",
        notebooks.RECORD + "record_outputs(seen=seen, text_of_file=text_of_file)",
        parameters="\n".join(f"{name} = ''" for name in names),
    )
    types = {name: type_ for name, (type_, _) in INPUTS.items()} | {"file": FlyteFile}
    task = notebooks.task(path, inputs=types, outputs=kwtypes(seen=str, text_of_file=str))
    found = task(**{name: value for name, (_, value) in INPUTS.items()}, file=str(tmp_path / "text"))
    assert found.seen.startswith(repr([value for _, value in INPUTS.values()])[:-1])
    assert found.text_of_file == "hello"
