"""Does a run's folder go away with the run, and with the run's death?"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from devkit import runs

HOLD = """
import sys
from pathlib import Path
from devkit import runs
with runs.folder(Path(sys.argv[1])) as folder:
    print(folder, flush=True)
    input()
"""


def test_a_folder_is_there_for_the_run_and_takes_its_temporary_files(tmp_path: Path) -> None:
    before = tempfile.gettempdir()
    with runs.folder(tmp_path / "runs") as folder:
        assert Path(tempfile.mkdtemp()).parent == folder / "tmp" == Path(os.environ["TMPDIR"])
    assert not folder.exists()
    assert tempfile.gettempdir() == before


def test_two_runs_of_one_process_do_not_share(tmp_path: Path) -> None:
    with runs.folder(tmp_path / "runs") as one, runs.folder(tmp_path / "runs") as other:
        assert one != other
        assert one.is_dir()
        assert other.is_dir()


def test_the_folder_of_a_living_run_stays_and_that_of_a_killed_one_goes(tmp_path: Path) -> None:
    home = tmp_path / "runs"
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    folder = Path(owner.stdout.readline().strip())
    assert runs.sweep(home) == []
    assert folder.is_dir()
    owner.kill()
    owner.communicate()
    assert runs.sweep(home) == [folder]
    assert not folder.exists()
