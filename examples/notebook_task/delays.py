"""When should one not leave New York? A workflow with a notebook in it.

``pyflyte run examples/notebook_task/delays.py advice --month 7``
"""

from pathlib import Path

from flytekit import kwtypes, task, workflow
from flytekit.types.file import HTMLPage, PythonNotebook

from notebook_task.notebook import NotebookTask

delays = NotebookTask(
    name="notebook_task.delays",
    notebook_path=Path(__file__).parent / "delays.ipynb",
    inputs=kwtypes(month=int, airports=list[str]),
    outputs=kwtypes(departures=int, mean_delay=float, worst_hour=int, executed=PythonNotebook, page=HTMLPage),
    cache=True,
)


@task
def sentence(worst_hour: int, mean_delay: float) -> str:
    return (
        f"Do not leave at {worst_hour}: flights are {mean_delay:.0f} minutes late on average, and then most."
    )


@workflow
def advice(month: int = 1, airports: list[str] = ["JFK"]) -> str:  # noqa: B006 flytekit takes a copy
    found = delays(month=month, airports=airports)
    return sentence(worst_hour=found.worst_hour, mean_delay=found.mean_delay)
