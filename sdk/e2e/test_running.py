"""Do the commands of the page "Run it everywhere" print what it shows?"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

from devkit import records
from devkit.connector import Connector
from devkit.toolchain import ROOT

INPUTS = "go, sdk, examples/everywhere, scripts/devkit"
FOLDER = ROOT / "examples" / "everywhere"
CASES = {  # command -> whether it succeeds
    "pyflyte run ways.py total --n 3": True,
    "pyflyte run mapped.py mapped --numbers [1,2]": True,
    "export FLYTECONNECTOR_ENDPOINT=127.0.0.1:0": True,
    "pyflyte run ways.py total --n 3 ": True,
    "pyflyte run mapped.py mapped --numbers [1,2] ": False,
    "pyflyte --pkgs ways package --copy all --image larkspur/task:local --output build/ways.tgz": True,
}
FRAME = re.compile(r"^[╭│╰]")


def run(command: str, connector: Connector | None, output: Path) -> tuple[int, str]:
    """Run a command in the folder of the page, as a user does, and return its exit code and all that it printed."""
    words = [str(output) if word == "build/ways.tgz" else word for word in shlex.split(command)]
    env = os.environ | {"PYTHONUNBUFFERED": "1", "COLUMNS": "120", "TERM": "dumb"}
    env.pop("FLYTECONNECTOR_ENDPOINT", None)
    if connector:
        env["FLYTECONNECTOR_ENDPOINT"] = connector.address
    done = subprocess.run(
        words, cwd=FOLDER, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=180
    )
    return done.returncode, done.stdout.replace(str(output), "build/ways.tgz")


def essential(printed: str) -> list[str]:
    """Return the lines without the frames of a traceback, which show this machine's folders."""
    lines: list[str] = []
    for line in printed.splitlines():
        if not FRAME.match(line):
            lines.append(line)
        elif lines[-1:] != ["..."]:
            lines.append("...")
    return [line for line in lines if line.strip()]


def test_the_commands_print_what_the_page_shows(session_connector, tmp_path):
    through, shown = None, []
    for command, succeeds in CASES.items():
        shown.append(f"$ {command.strip()}")
        if command.startswith("export "):
            through = session_connector
            continue
        code, printed = run(command, through, tmp_path / "ways.tgz")
        assert (code == 0) == succeeds, printed
        shown += essential(printed)
    first, text = shown[0].removeprefix("$ "), "\n".join(shown[1:])
    difference = records.compare("running", first, text, INPUTS)
    assert not difference, f"`make e2e` with {records.UPDATE}=1 writes the record anew:\n{difference}"
