"""Does what a user sees of a run stay on the screen, with and without a terminal?"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
import squares

PYFLYTE = str(Path(sys.executable).parent / "pyflyte")
COMMAND = [PYFLYTE, "run", "squares.py", "square", "--n", "4"]
LINES = [
    r"\[ +\d+\.\ds\] squares.square RUNNING: 1 process",
    r"\[ +\d+\.\ds\] squares.square link log: file:///logs/job-\w+",
    r"\[ +\d+\.\ds\] squares.square SUCCEEDED",
]
ERASES = re.compile(
    r"\x1b\[\d*[AKJ]|\x1b\[\?25l|\x08|\r(?!\r?\n)"
)  # cursor up, erase, hide cursor, overwrite a line


def on_a_terminal() -> str:
    """Run the command with a terminal as its output, and return every byte that the terminal got."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(COMMAND, cwd=Path(squares.__file__).parent, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while chunk := os.read(ours, 1 << 16):
            seen += chunk
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(ours)
    assert process.wait() == 0, seen
    return seen.decode()


def in_a_pipe() -> str:
    done = subprocess.run(COMMAND, cwd=Path(squares.__file__).parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr + done.stdout


@pytest.mark.parametrize("way", [on_a_terminal, in_a_pipe])
def test_phases_and_links_stay(way, real):
    seen = way()
    places = [re.search(line, seen) for line in LINES]
    assert all(places), seen
    assert [place.start() for place in places] == sorted(place.start() for place in places)
    ours = seen[places[0].start() : places[-1].end()]
    assert not ERASES.search(ours), repr(ours)
    assert re.search(r"^16\r?$", seen, re.MULTILINE), seen
