"""Do our sessions print what the site shows, and does the demo keep its promises?"""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import making
import pytest

from devkit import records, try_it
from devkit.report import HOME

PARTS = "proto, go, sdk, kustomize, scripts/devkit"
pytestmark = pytest.mark.timeout(900)  # each is a whole session
MADE = (
    "MADE_TEST"  # a file with what `make test` has just printed: .ci/run has it, and need not wait once more
)
INPUTS = {
    "try": f"{PARTS}, examples/try_it",
    "demo": f"{PARTS}, examples/try_it, examples/flights",
    "sidecar": "sdk/flyteconnector, go/localcluster, scripts/devkit, examples/sidecar",
}


@pytest.fixture(scope="module", params=INPUTS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, Path]:
    """A target, what it printed when it was run as a reader runs it, and the folder for its temporary files."""
    temporary = tmp_path_factory.mktemp(request.param)
    try_it.LAST.unlink(missing_ok=True)  # or it would show what has changed since this machine's last run
    (HOME / "demo.json").unlink(missing_ok=True)
    return request.param, making.all_of(request.param, temporary), temporary


def test_it_prints_what_the_site_shows(run: tuple[str, str, Path]):
    target, printed, _ = run
    difference = records.compare(target, f"make {target}", printed, INPUTS[target])
    assert not difference, f"`make e2e` with {records.UPDATE}=1 writes the record anew:\n{difference}"


def test_make_test_prints_what_the_site_shows(tmp_path: Path):
    done = os.environ.get(MADE)
    printed = records.results(Path(done).read_text() if done else making.all_of("test", tmp_path))
    difference = records.compare("test", "make test", printed, f"{PARTS}, scripts/tests, docs/tests")
    assert not difference, f"`make e2e` with {records.UPDATE}=1 writes the record anew:\n{difference}"
    assert list(tmp_path.iterdir()) == [], "temporary files are left"


def test_it_leaves_no_temporary_file(run: tuple[str, str, Path]):
    assert list(run[2].iterdir()) == []


@pytest.mark.parametrize("run", ["demo"], indirect=True)
def test_the_demo_leaves_its_report(run: tuple[str, str, Path]):
    seen = json.loads((HOME / "demo.json").read_text())
    assert seen["result_ok"] is True
    assert seen["left_over"] == seen["abort_left_over"] == []
    assert seen["phases"][-1]["phase"] == "SUCCEEDED"
    assert [pod["index"] for pod in seen["pods"]] == [0, 1, 2, 3]
    assert 0 < seen["cluster_ready_seconds"] < seen["seconds_to_result"]
    assert {"kubernetes", "flytekit", "go", "python"} <= seen["versions"].keys()
    logs = {path.name.partition("-")[0] for path in (HOME / "logs").iterdir()}
    assert logs == {"add", "wait", "mean", "bare", "linger"}
    picture = ElementTree.parse(HOME / "timeline.svg").getroot()
    assert [child.tag.rpartition("}")[2] for child in picture[:2]] == ["title", "desc"]
    assert "worker 3: Pending at" in picture[1].text


@pytest.mark.parametrize("run", ["demo"], indirect=True)
def test_the_demo_reports_its_half_on_spark(run: tuple[str, str, Path]):
    seen = json.loads((HOME / "demo.json").read_text())
    told = seen["spark"]
    assert told["result_ok"] is told["page_ok"] is True
    assert told["abort_left_over"] == []
    assert told["phases"][-1]["phase"] == "SUCCEEDED"
    assert seen["executors"] == 2
    assert [pod["index"] for pod in told["pods"]] == [0, 1, 2]
    assert seen["spark_seconds_to_result"] > 0
    assert seen["bare_spark_submit_seconds"] > 0
    for end in ("1", "2"):
        assert "KubernetesExecutorBackend" in (HOME / "logs" / f"bare-exec-{end}.log").read_text()
