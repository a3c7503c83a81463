"""What do two notebook plugins make of the same notebook? A program: prints a line of answers for one of them."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

from flytekit import TaskMetadata
from notebook_plugins import Plugin, decks, main, value, write

FAILING = ("print('so far')", "1 / 0")


def said(call: Any, *arguments: Any, **inputs: Any) -> str:
    """Return the text of the error of a call, "" when there is none."""
    try:
        call(*arguments, **inputs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def rows(plugin: Plugin, folder: Path) -> dict[str, str]:
    found = failures(plugin, folder) | kernels(plugin, folder) | parameters(plugin, folder)
    return found | recorded(plugin, folder) | notebooks(plugin, folder) | deck(plugin, folder)


def failures(plugin: Plugin, folder: Path) -> dict[str, str]:
    path = write(folder / "fails.ipynb", *FAILING, parameters="x = 1")
    before = len(decks())
    text = said(plugin.make(name="fails", notebook_path=path, inputs={"x": int}, enable_deck=True), x=2)
    words = [line for line in text.splitlines() if "cell " in line or "In [" in line]
    kept = text.rpartition("as far as it ran: ")[2].strip()
    return {
        "a cell fails: the error names it as": words[0].strip().partition("ipynb: ")[2] or words[0].strip(),
        "a cell fails: its traceback is in the error": yes("----> 1 1 / 0" in text),
        "a cell fails: the error has colour codes": yes("\x1b" in text),
        "a cell fails: the notebook so far": "uploaded, the error says where"
        if kept.endswith(".ipynb") and Path(kept).exists()
        else "a file in the container",
        "a cell fails: the deck": "shows the notebook with the error"
        if any("ZeroDivisionError" in each for each in decks()[before:])
        else "is not written",
    }


def kernels(plugin: Plugin, folder: Path) -> dict[str, str]:
    path = write(folder / "dies.ipynb", "1", "import os\nos.kill(os.getpid(), 9)")
    dies = said(plugin.make(name="dies", notebook_path=path))
    path = write(folder / "other.ipynb", "1", kernel="of-the-author")
    other = said(plugin.make(name="other", notebook_path=path))
    return {
        "the kernel dies, as for memory: the error says": dies.splitlines()[-1].strip()
        if "cell" not in dies
        else "in which cell, and that it may be memory",
        "the notebook names a kernel of its author": other.split(":")[0]
        if other
        else "runs with the task's Python",
    }


def parameters(plugin: Plugin, folder: Path) -> dict[str, str]:
    """What comes of an input that the notebook cannot take: the task is called with 2, the notebook says 1."""
    cell = plugin.record + "record_outputs(y=x)"
    untagged = write(folder / "untagged.ipynb", "x = 1", cell)
    misspelt = write(folder / "misspelt.ipynb", "x = z", cell, parameters="z = 1")
    found = {}
    for what, path, name in (
        ("no cell is tagged parameters", untagged, "x"),
        ("the cell does not know the input", misspelt, "zz"),
    ):
        try:
            task = plugin.make(name=what, notebook_path=path, inputs={name: int}, outputs={"y": int})
        except Exception:
            found[what] = "an error when the task is made"
            continue
        found[what] = (
            f"the input is ignored, the result is that of the default: {value(task(**{name: 2}), 'y')}"
        )
    missing = said(plugin.make, name="m", notebook_path=str(folder / "missing.ipynb"))
    return found | {"there is no such notebook": "an error when the task is made" if missing else "nothing"}


def recorded(plugin: Plugin, folder: Path) -> dict[str, str]:
    calls = {
        "an output is not recorded": ("y", "record_outputs()"),
        "an output is recorded that nobody declared": ("z", "record_outputs(y=1, z=2)"),
        "an output has the wrong type": ("y", "record_outputs(y='1')"),
    }
    found = {}
    for what, (name, call) in calls.items():
        path = write(folder / "recorded.ipynb", plugin.record + call)
        text = said(plugin.make(name="recorded", notebook_path=path, outputs={"y": int}))
        names = f"'{name}'" in text or f" {name} " in text
        found[what] = (
            f"an error that {'names' if names else 'does not name'} it" if text else "nothing is said"
        )
    return found


def notebooks(plugin: Plugin, folder: Path) -> dict[str, str]:
    place = folder / "beside"
    place.mkdir()
    path = write(place / "some.ipynb", "print('half')")
    task = plugin.make(name="some", notebook_path=path, outputs={})
    outputs = list(task.python_interface.outputs)
    task()
    beside = sorted(each.name for each in place.iterdir() if each.name != "some.ipynb")
    versions = [cache_version(plugin, path)]
    write(place / "some.ipynb", "print('whole')")
    versions.append(cache_version(plugin, path))
    return {
        "type of the task": task.task_type,
        "outputs that nobody declared": ", ".join(outputs) or "none",
        "a run writes beside the notebook": ", ".join(beside) or "nothing",
        "a changed cell, with caching": "runs anew" if len(set(versions)) == 2 else "is not noticed",
    }


def cache_version(plugin: Plugin, path: str) -> str:
    """Return the version for the cache, in the way in which each plugin is told to cache."""
    how = {"cache": True} if "notebook_task" in plugin.record else {}
    metadata = TaskMetadata() if how else TaskMetadata(cache=True, cache_version="1")
    return plugin.make(name="cached", notebook_path=path, metadata=metadata, **how).metadata.cache_version


def deck(plugin: Plugin, folder: Path) -> dict[str, str]:
    """Which of a task's settings it takes, each with the ones before, until the deck has the notebook."""
    path = write(folder / "deck.ipynb", "1 + 1", "print('half')")
    how: dict[str, bool] = {}
    for name in ("", "enable_deck", "render_deck"):
        how |= {name: True} if name else {}
        before = len(decks())
        plugin.make(name="deck", notebook_path=path, outputs={}, **how)()
        shown = [each for each in decks()[before:] if "Notebook</li>" in each or "out_rendered_nb" in each]
        if shown:
            break
    return {
        "what to say for a deck with the notebook": ", ".join(how) or "nothing",
        "the deck can be read while the notebook runs": yes(len(shown) > 1),
        "what to say to have what cells print in the log": log(plugin, path),
    }


def log(plugin: Plugin, path: str) -> str:
    for how in ({}, {"stream_logs": True}):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            plugin.make(name="log", notebook_path=path, outputs={}, **how)()
        if "half" in printed.getvalue():
            return ", ".join(how) or "nothing"
    return "it is never there"


def yes(is_: bool) -> str:
    return "yes" if is_ else "no"


if __name__ == "__main__":
    main(rows)
