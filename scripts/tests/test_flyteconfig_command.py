"""What does check_flyte_config print, and how does it end?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from flyteconfig_making import FILES, changed, put

from devkit import flyteconfig, flyteconfig_notes
from devkit.flyteconfig_files import CONFIG
from devkit.toolchain import ROOT

P = "plugins/connector-service"


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = flyteconfig.main([str(word) for word in words])
    seen = capsys.readouterr()
    return code, seen.out, seen.err


@pytest.fixture
def trapped(tmp_path: Path) -> Path:
    """Values of flyte-binary with two traps: no pin for one type, and timeouts as a map."""
    path = tmp_path / "values.yaml"
    changes = (
        put(f"{P}/connectorForTaskTypes/larkspur_spark", None),
        put(f"{P}/connectors/larkspur/timeouts", {"CreateTask": "30s"}),
    )
    path.write_text(changed(FILES["flyte1-binary"], *changes))
    return path


def test_a_finding_says_where_what_is_there_what_it_does_and_what_would_be_right(
    trapped: Path, capsys: pytest.CaptureFixture[str]
):
    code, printed, _ = run(capsys, trapped)
    assert code == 1
    number = 1 + trapped.read_text().splitlines().index("            timeouts:")
    path = "configuration.inline.plugins.connector-service"
    assert f"{trapped}:{number}\n  at    {path}.connectors.larkspur.timeouts\n" in printed
    assert "  found {CreateTask: 30s}\n" in printed
    assert "To whoever relied on it" in printed
    assert "docs/flyte-config.md#trap-map-timeouts" in printed
    assert f"{trapped}: not there\n  at    {path}.connectorForTaskTypes.larkspur_spark\n" in printed
    assert "check_flyte_config: 2 traps, " in printed


def paste(printed: str, folder: Path) -> list[Path]:
    """Return files with what a report says that would be right."""
    pasted = []
    for number, found in enumerate(re.findall(r"(?:^ {10}.*\n)+", printed, re.MULTILINE)):
        text = "\n".join(line[10:] for line in found.splitlines())
        if text.startswith(("configuration:", "plugins:")):
            (folder / f"pasted{number}.yaml").write_text(text)
            pasted.append(folder / f"pasted{number}.yaml")
    return pasted


def test_pasting_what_is_right_leaves_no_trap(
    trapped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    pasted = paste(run(capsys, trapped)[1], tmp_path)
    assert len(pasted) == 2
    code, printed, _ = run(capsys, trapped, *pasted)
    assert code == 0, printed


@pytest.mark.parametrize("flyte", [1, 2])
def test_where_nothing_is_said_of_a_connector_what_is_right_is_the_whole(
    flyte: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "flyte.yaml"
    path.write_text("propeller: {workers: 20}\n" if flyte == 1 else "executor: {gc: {maxTTL: 1h}}\n")
    code, printed, _ = run(capsys, path)
    assert code == 1
    assert "No connector is named." in printed
    code, printed, _ = run(capsys, path, *paste(printed, tmp_path))
    assert code == 0, printed


@pytest.mark.parametrize("name", FILES)
def test_a_generated_file_ends_with_0(name: str, capsys: pytest.CaptureFixture[str]):
    code, printed, _ = run(capsys, CONFIG / f"{name}.yaml")
    assert code == 0
    assert f"0 traps, {printed.count('  note')} note" in printed


def test_a_task_type_may_be_said(trapped: Path, capsys: pytest.CaptureFixture[str]):
    code, printed, _ = run(capsys, "--task-type", "paid_job", CONFIG / "flyte1.yaml")
    assert code == 1
    assert "connectorForTaskTypes.paid_job" in printed
    assert "Flyte 1; task types paid_job" in printed


def test_without_a_type_it_looks_for_those_of_the_plugins():
    assert flyteconfig.task_types() == ("larkspur_job", "larkspur_spark")


@pytest.mark.parametrize("text", [None, "replicas: 2\n", "plugins: {\n", "\udcff"])
def test_what_cannot_be_read_ends_with_2_and_prints_nothing(
    text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "values.yaml"
    if text is not None:
        path.write_text(text, errors="surrogateescape")
    code, printed, error = run(capsys, path)
    assert code == 2
    assert printed == ""
    assert error.startswith(f"check_flyte_config: {path}")


NOTES = {
    "--env=FLYTE_AWS_ENDPOINT=http://minio:9000": {
        "storage": {"stow": {"config": {"endpoint": "http://minio:9000"}}}
    },
    "--env=A_KEY=…": {"plugins": {"k8s": {"default-env-vars": [{"A_KEY": "secret"}]}}},
    "enough for 1000 tasks": {
        "plugins": {
            "connector-service": {
                "webApi": {"readRateLimiter": {"qps": 100}, "caching": {"resyncInterval": "10s"}}
            }
        }
    },
    "FlytePropeller has 7 workers.": {"propeller": {"workers": 7}},
    "Several clusters: a, b.": {"clusters": {"clusterConfigs": [{"name": "a"}, {"name": "b"}]}},
    "Not looked at: other": {"plugins": {"connector-service": {"connectors": {"other": {"endpoint": "x"}}}}},
}


@pytest.mark.parametrize("says", NOTES)
def test_a_note_says_what_is_no_trap_and_fails_nothing(
    says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "more.yaml"
    path.write_text(yaml.safe_dump(NOTES[says]))
    code, printed, _ = run(capsys, CONFIG / "flyte1.yaml", path)
    assert code == 0
    assert says in " ".join(printed.split())
    assert "secret" not in printed


def test_configuration_that_is_elsewhere_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "more.yaml"
    path.write_text("configuration: {inlineConfigMap: mine}\nflyteconnector: {enabled: true}\n")
    _, printed, _ = run(capsys, CONFIG / "flyte1-binary.yaml", path)
    assert "inlineConfigMap: mine. That is not in this file" in printed
    assert "flyteconnector.enabled: the chart adds a connector" in printed


def test_every_anchor_that_a_note_prints_is_a_heading_of_the_page():
    page = (ROOT / flyteconfig.PAGE).read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    known = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
    assert set(flyteconfig_notes.ANCHORS) <= known


def test_nothing_but_a_snippet_is_wider_than_a_terminal(
    trapped: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(trapped.parent)  # a file's path may be as long as it likes
    _, printed, _ = run(capsys, trapped.name)
    prose = [line for line in printed.splitlines() if not line.startswith(" " * 10)]
    assert max(map(len, prose)) <= 120
