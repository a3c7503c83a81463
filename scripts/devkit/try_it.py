"""What becomes of a task? A flytekit task, its TaskTemplate, the Job, and the phases of a status; no cluster.

The Python and the Go are the ones that run in production: only the network between them is left out.
"""

from __future__ import annotations

import difflib
import json
import subprocess
import sys
import threading
from typing import Any

import yaml
from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table

from devkit import runs, toolchain
from devkit.toolchain import ROOT

TASK = ROOT / "examples/try_it/task.py"
STATUS = ROOT / "examples/try_it/status"
RENDER = ROOT / "build/bin/render"
LAST = ROOT / "build/try/job.yaml"
LEFT_OUT = ("id", "interface", "metadata", "securityContext")  # of the template: what every Flyte task has
FLYTES = "FLYTE_INTERNAL_"  # of the environment: who the task is, for flytekit
WIDTH = 122


def request() -> dict[str, Any]:
    """Return the CreateTaskRequest that Flyte would send for the task, as protobuf's JSON."""
    sys.path.insert(0, str(TASK.parent))
    from flyteidl.admin.agent_pb2 import CreateTaskRequest, TaskExecutionMetadata
    from flytekit.configuration import Image, ImageConfig, SerializationSettings
    from google.protobuf import json_format
    from task import count

    from flyteconnector.flyte1 import request as engine

    images = ImageConfig(Image("default", "larkspur/task", "local"))
    settings = SerializationSettings(images, project="flytesnacks", domain="development", version="v1")
    prefix = "s3://bucket/metadata/f1/n0/data/0"
    template = engine.render(engine.template_of(count, settings), prefix)
    metadata = TaskExecutionMetadata(namespace="flytesnacks-development", labels={"execution-id": "f1"})
    metadata.task_execution_id.node_execution_id.execution_id.name = "f1"
    sent = CreateTaskRequest(template=template, output_prefix=prefix, task_execution_metadata=metadata)
    return json_format.MessageToDict(sent)


def render(mode: str, text: str) -> dict[str, Any]:
    """Return what the plugin says: `mode` is "resource" or "phase", `text` its input.

    Raises ToolchainError with the plugin's own words when it refuses.
    """
    done = subprocess.run([RENDER, mode], input=text, capture_output=True, text=True)
    if done.returncode != 0:
        raise toolchain.ToolchainError(done.stderr.strip())
    return yaml.safe_load(done.stdout)


def build() -> None:
    """Compile the plugin and the program that asks it; raises ToolchainError with the compiler's words."""
    go = toolchain.go()
    command = [go.command, "build", "-o", RENDER, "./cmd/render"]
    done = subprocess.run(command, cwd=ROOT / "go", env=go.env, capture_output=True, text=True)
    if done.returncode != 0:
        raise toolchain.ToolchainError(f"the plugin does not compile:\n{done.stderr.strip()}")


def show(console: Console) -> None:
    """Print all of it; raises ToolchainError when the plugin does not compile or refuses."""
    failed: list[Exception] = []
    builder = threading.Thread(target=lambda: _keep(failed, build))
    builder.start()  # flytekit's import takes as long as a warm build
    sent = request()
    builder.join()
    if failed:
        raise failed[0]
    job = render("resource", json.dumps(sent))
    console.rule("1  What you write", align="left")
    console.print(
        Syntax(TASK.read_text().split('"""\n\n', 1)[1].rstrip(), "python", background_color="default")
    )
    console.rule("2  What Flyte sends, and the Job that the plugin makes of it", align="left")
    template = {key: value for key, value in sent["template"].items() if key not in LEFT_OUT}
    template["custom"] = dict(sorted(template["custom"].items()))  # a Struct has no order of its own
    panes = [("TaskTemplate (shortened)", _yaml(_short(template))), ("Job (shortened)", _yaml(_short(job)))]
    half = (console.width - 1) // 2
    console.print(
        Columns([Panel(_code(text), title=title, width=half) for title, text in panes], padding=(0, 1))
    )
    _changes(console, _yaml(job))
    console.rule("3  What the plugin reads from a status", align="left")
    console.print(phases())


def phases() -> Table:
    """Return a row for each file of examples/try_it/status: what is the case, and what Flyte's user sees."""
    table = Table("what is the case", "phase", "reason", box=None, padding=(0, 2, 0, 0))
    for path in sorted(STATUS.glob("*.yaml")):
        text = path.read_text()
        info = render("phase", text)
        case = text.splitlines()[0].lstrip("# ")
        table.add_row(case, f"[bold]{info['phase']}[/]", info["reason"])
    return table


def _changes(console: Console, job: str) -> None:
    """Say what is different from the last time, which is what somebody who edits build.go wants to see."""
    before = LAST.read_text() if LAST.exists() else job
    lines = list(difflib.unified_diff(before.splitlines(), job.splitlines(), lineterm="", n=1))[2:]
    if lines:
        console.print(
            Panel(
                Syntax("\n".join(lines), "diff", background_color="default"), title="changed since last time"
            )
        )
    LAST.parent.mkdir(parents=True, exist_ok=True)
    LAST.write_text(job)


def _short(value: Any) -> Any:
    """Return `value` without the middle of command lines and without the variables that every Flyte task has."""
    if isinstance(value, list):
        return [
            _short(item)
            for item in value
            if not (isinstance(item, dict) and item.get("name", "").startswith(FLYTES))
        ]
    if not isinstance(value, dict):
        return value
    short = {key: _short(item) for key, item in value.items()}
    if len(short.get("args", [])) > 4:
        short["args"] = [short["args"][0], "…", *short["args"][-2:]]
    return short


def _keep(failed: list[Exception], step: Any) -> None:
    try:
        step()
    except Exception as error:
        failed.append(error)


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, default_flow_style=False, allow_unicode=True)


def _code(text: str) -> Syntax:
    return Syntax(text.rstrip(), "yaml", background_color="default", word_wrap=True)


def main() -> int:
    console = Console(highlight=False)
    console.width = WIDTH if not console.is_terminal else min(WIDTH, console.width)
    try:
        with runs.folder():  # flytekit leaves temporary files
            show(console)
    except toolchain.ToolchainError as error:
        print(f"try: {error}", file=sys.stderr)
        return 1
    console.print("\nNow change a line of go/plugins/job/build.go and run make try again.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
