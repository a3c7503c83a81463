"""Do the commands of the page "Run it everywhere" print what it shows?"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from devkit import records
from devkit.connector import Connector
from devkit.toolchain import ROOT

INPUTS = "go, sdk, examples/everywhere, scripts/devkit"
FOLDER = ROOT / "examples" / "everywhere"
TOTAL = "pyflyte run ways.py total --n 3"
MAPPED = "pyflyte run mapped.py mapped --numbers '[1, 2]'"
FLYTE2 = "flyte run --local ways2.py total --n 3"
PACKAGE = "pyflyte --pkgs ways package --copy all --image larkspur/task:local --output build/ways.tgz"
RECORDS = {  # name -> commands, whether through a connector, whether they succeed
    "run_in_process": ([TOTAL, MAPPED], False, True),
    "run_through_a_connector": ([TOTAL], True, True),
    "run_refused": ([MAPPED], True, False),
    "package": ([PACKAGE], False, True),
    "run_flyte2_in_process": ([FLYTE2], False, True),
    "run_flyte2": ([FLYTE2], True, True),
}
ANSI = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")
FRAME = re.compile(r"^[╭│╰]")
NOTES = Path(
    "/tmp/flyte/metadata"
)  # where Flyte 2's SDK keeps what it notes of a local run, whatever TMPDIR says


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
    """Return the lines without the frames of a traceback, which show this machine's folders, and without colours."""
    lines: list[str] = []
    for line in ANSI.sub("", printed).splitlines():
        if not FRAME.match(line) or "Outputs" in line:
            lines.append(line)
        elif lines[-1:] != ["..."]:
            lines.append("...")
    return [line for line in lines if line.strip()]


@pytest.fixture
def tidy():
    """Remove what Flyte 2's SDK has left outside of every folder that it was given."""
    before = set(NOTES.glob("*"))
    yield
    for folder in set(NOTES.glob("*")) - before:
        shutil.rmtree(folder)


@pytest.mark.usefixtures("tidy")
@pytest.mark.parametrize("name", RECORDS)
def test_the_commands_print_what_the_page_shows(name, session_connector, tmp_path):
    commands, through, succeed = RECORDS[name]
    lines = ["$ export FLYTECONNECTOR_ENDPOINT=127.0.0.1:0"] if through else []
    for command in commands:
        code, printed = run(command, session_connector if through else None, tmp_path / "ways.tgz")
        assert (code == 0) == succeed, printed
        lines += [f"$ {command}", *essential(printed)]
    first, text = lines[0].removeprefix("$ "), "\n".join(lines[1:])
    difference = records.compare(name, first, text, INPUTS)
    assert not difference, f"`make e2e` with {records.UPDATE}=1 writes the record anew:\n{difference}"
