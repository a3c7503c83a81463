"""Which types get into a notebook, and out of it? A program: prints a row of answers for one of the plugins."""

from __future__ import annotations

import datetime
import types
import typing
from pathlib import Path

import numpy
import pandas as pd
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile
from notebook_plugins import Plugin, main, value, write
from notebook_shapes import Colour, Point

UTC = datetime.UTC
PANDAS = "import pandas\n"
SHAPES = "from notebook_shapes import Colour, Point\n"
FILES = "from flytekit.types.file import FlyteFile\nfrom flytekit.types.directory import FlyteDirectory\n"
# Name -> type, what makes the value in a notebook, the value. {folder} is a folder with a file in it.
TYPES: dict[str, tuple[typing.Any, str, typing.Any]] = {
    "int": (int, "7", 7),
    "float": (float, "0.5", 0.5),
    "float, given as numpy.float64": (float, "__import__('numpy').float64(0.5)", numpy.float64(0.5)),
    "int, given as numpy.int64": (int, "__import__('numpy').int64(7)", None),
    "bool": (bool, "True", True),
    "str": (str, "'it is'", "it is"),
    "int | None": (typing.Optional[int], "None", None),  # noqa: UP045 for upstream's sake
    "list[int]": (list[int], "[1, 2]", [1, 2]),
    "dict[str, int]": (dict[str, int], "{'a': 1}", {"a": 1}),
    "datetime": (
        datetime.datetime,
        "__import__('datetime').datetime(2013, 1, 1, tzinfo=__import__('datetime').UTC)",
        datetime.datetime(2013, 1, 1, tzinfo=UTC),
    ),
    "an Enum": (Colour, SHAPES + "Colour.RED", Colour.RED),
    "a dataclass": (Point, SHAPES + "Point(1, 2)", Point(1, 2)),
    "pandas.DataFrame": (pd.DataFrame, PANDAS + "pandas.DataFrame({'a': [1]})", pd.DataFrame({"a": [1]})),
    "FlyteFile": (FlyteFile, FILES + "FlyteFile('{folder}/file')", "{folder}/file"),
    "FlyteDirectory": (FlyteDirectory, FILES + "FlyteDirectory('{folder}')", "{folder}"),
    "what cannot be pickled": (types.GeneratorType, "(x for x in [1, 2])", None),
}
ONLY_OUT = {"int, given as numpy.int64", "float, given as numpy.float64", "what cannot be pickled"}


def rows(plugin: Plugin, folder: Path) -> dict[str, str]:
    """Return "in NAME" and "out NAME" for every type."""
    (folder / "data").mkdir()
    (folder / "data" / "file").write_text("hello")
    found = {f"in {name}": into(plugin, folder, name) for name in TYPES if name not in ONLY_OUT}
    return found | {f"out {name}": out_of(plugin, folder, name) for name in TYPES}


def into(plugin: Plugin, folder: Path, name: str) -> str:
    """Say what a notebook gets when its task is called with a value."""
    type_, _, given = TYPES[name]
    given = given.replace("{folder}", str(folder / "data")) if isinstance(given, str) else given
    seen = folder / "seen"
    cell = f"open({str(seen)!r}, 'w').write(type(x).__name__ + ' ' + repr(x))"
    path = write(folder / "in.ipynb", cell, parameters="x = None")
    try:
        plugin.make(name="in", notebook_path=path, inputs={"x": type_}, outputs={})(x=given)
    except Exception:
        return "no: the task fails"
    got = seen.read_text()
    if type_ not in (FlyteFile, FlyteDirectory) and got == f"{type(given).__name__} {given!r}":
        return "the value"
    if type_ in (FlyteFile, FlyteDirectory):
        return "its path" if same_file(got, folder) else "the path of a Protobuf file, for a function to load"
    return f"silently its text, a {got.split()[0]}"


def same_file(got: str, folder: Path) -> bool:
    place = Path(got.partition(" ")[2].strip("'"))
    return place.is_dir() or place.read_bytes() == (folder / "data" / "file").read_bytes()


def out_of(plugin: Plugin, folder: Path, name: str) -> str:
    """Say whether a task returns what its notebook has recorded."""
    type_, code, _ = TYPES[name]
    *before, expression = code.replace("{folder}", str(folder / "data")).splitlines()
    cell = "\n".join([plugin.record, *before, f"record_outputs(x={expression})"])
    path = write(folder / "out.ipynb", cell)
    task = plugin.make(name="out", notebook_path=path, outputs={"x": type_})
    try:
        got = value(task(), "x")
    except Exception as error:
        where = "cell" if "record_outputs" in str(error) or "Exception encountered" in str(error) else "task"
        return f"no: the {where} fails"
    return "yes" if fits(got, type_) else f"another type: {type(got).__name__}"


def fits(got: object, type_: object) -> bool:
    origin = typing.get_origin(type_) or type_
    return got is None if origin is typing.Union else isinstance(got, origin)


if __name__ == "__main__":
    main(rows)
