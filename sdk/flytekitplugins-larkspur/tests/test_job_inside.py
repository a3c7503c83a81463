"""What can a task do from inside its pod: say how far it is, show a deck, notice that nobody meant it to run there?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import crowd
import pytest
from paths import python_path
from pod import Pod

from flytekitplugins.larkspur import worker


def test_progress_is_in_every_log_and_in_the_deck_of_the_first(tmp_path):
    pod = Pod(tmp_path, n=7)
    other = pod.run("slow_steps", index=1)
    assert other.returncode == 0, other.stderr
    assert "worker 1 of 4: 50% step 2 of 4" in other.stdout
    assert not (tmp_path / "deck.html").exists(), "the workers' decks are one file: it is the first one's"

    first = pod.run("slow_steps", index=0)
    assert first.returncode == 0, first.stderr
    assert "worker 0 of 4: 100% done" in first.stdout
    deck = (tmp_path / "deck.html").read_text()
    assert "<progress value=" in deck
    assert "100%" in deck
    assert "&lt;done&gt;" not in deck


def test_the_deck_is_there_while_the_task_runs(tmp_path):
    done = Pod(tmp_path, n=7).run("deck_then_exit", index=0)
    assert done.returncode == 3, done.stderr
    assert "25%" in (tmp_path / "deck.html").read_text()


def test_the_text_of_a_deck_is_no_html(tmp_path):
    Pod(tmp_path, n=7).run("deck_then_exit", index=0)
    assert "a &lt;b&gt;" in (tmp_path / "deck.html").read_text()


@pytest.mark.parametrize("share", [-0.1, 1.01, float("nan")])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match=r"progress: share = .*: must be between 0 and 1"):
        worker().progress(share)


def test_without_a_deck_progress_is_a_line(capsys):
    worker().progress(0.5, "half")
    assert capsys.readouterr().out == "worker 0 of 1: 50% half\n"


def test_a_plain_pod_fails_with_the_reason(tmp_path):
    """As where Flyte's configuration does not name the task type: nothing then sets the number of workers."""
    pod = Pod(tmp_path, n=7)
    env = {name: value for name, value in os.environ.items() if name != "LARKSPUR_WORKER_COUNT"}
    env |= {"PYTHONPATH": python_path(Path(crowd.__file__).parent)}
    env |= {"FLYTE_INTERNAL_TASK_NAME": "crowd.index_times"}
    words = ["--inputs", f"{tmp_path}/inputs.pb", "--output-prefix", str(tmp_path)]
    words += ["--raw-output-data-prefix", f"{tmp_path}/raw"]
    words += ["--resolver", "flytekit.core.python_auto_container.default_task_resolver", "--"]
    execute = Path(sys.executable).parent / "pyflyte-execute"
    subprocess.run([execute, *words, "task-module", "crowd", "task-name", "index_times"], env=env, check=True)
    assert pod.outputs() is None
    assert "crowd.index_times runs as a plain pod" in pod.error()
    assert "larkspur_job: LARKSPUR_WORKER_COUNT is not set" in pod.error()
