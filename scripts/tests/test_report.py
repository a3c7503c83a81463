"""Does the demo's report say no when something is wrong, and does its picture show what was seen?"""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from xml.etree import ElementTree

import pytest

from devkit import report, timeline
from devkit.report import Report
from devkit.spark_report import SparkReport
from devkit.timeline import Bar
from devkit.watch import Pod, PodWatch


def pod(index: int, start: float, end: float) -> Pod:
    phases = [("Pending", start - 1), ("Running", start), ("Succeeded", end)]
    return Pod(f"add-up-{index}", "add-up", index, phases)


def good_spark() -> SparkReport:
    return SparkReport(
        result_ok=True,
        page_ok=True,
        spark_seconds_to_result=26.0,
        bare_spark_submit_seconds=20.0,
        abort_seconds=2.5,
        pods=[pod(index, 5, 9) for index in range(3)],
    )


def good() -> Report:
    return Report(
        result_ok=True,
        abort_seconds=0.7,
        phases=[{"task": "workflow.add_up", "phase": "RUNNING", "seconds": 2.0}],
        pods=[pod(index, 5 + index / 10, 9) for index in range(4)],
    )


def test_a_good_run_is_ok() -> None:
    assert good().ok()


WRONG = {
    "the result differs": lambda seen: setattr(seen, "result_ok", False),
    "a worker is missing": lambda seen: seen.pods.pop(),
    "a worker ran twice": lambda seen: seen.pods.append(pod(3, 6, 9)),
    "a worker began when another had ended": lambda seen: seen.pods[3].phases.__setitem__(
        1, ("Running", 9.5)
    ),
    "a worker never succeeded": lambda seen: seen.pods[0].phases.pop(),
    "no abort was seen": lambda seen: setattr(seen, "abort_seconds", 0.0),
    "the abort left a pod": lambda seen: seen.abort_left_over.append("Pod wait-0"),
    "something is left": lambda seen: seen.left_over.append("Job wait"),
}


WRONG_ON_SPARK = {
    "the result differs": lambda told: setattr(told, "result_ok", False),
    "the link leads nowhere": lambda told: setattr(told, "page_ok", False),
    "an executor is missing": lambda told: told.pods.pop(),
    "an executor never ran": lambda told: told.pods[1].phases.__delitem__(slice(1, None)),
    "no abort was seen": lambda told: setattr(told, "abort_seconds", 0.0),
    "the abort left a pod": lambda told: told.abort_left_over.append("Pod linger-driver"),
}


@pytest.mark.parametrize("name", WRONG_ON_SPARK)
def test_a_run_with_spark_is_not_ok_when(name: str) -> None:
    seen = good()
    seen.spark = good_spark()
    assert seen.ok()
    WRONG_ON_SPARK[name](seen.spark)
    assert len([promised for promised, _, ok in seen.checks() if not ok]) == 1


def test_what_the_connector_costs_is_told_and_is_no_promise() -> None:
    told = good_spark()
    assert told.ratio() == "by hand 20.0 s, through the connector 26.0 s: 1.30 times as long"
    told.spark_seconds_to_result = 200.0
    assert all(ok for _, _, ok in told.checks())


@pytest.mark.parametrize("name", WRONG)
def test_a_run_is_not_ok_when(name: str) -> None:
    seen = good()
    WRONG[name](seen)
    assert not seen.ok()
    wrong = [promised for promised, _, ok in seen.checks() if not ok]
    assert wrong
    assert ("Ctrl-C ends Job, pods and processes" in wrong) == ("abort" in name)


def test_the_report_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "HOME", tmp_path)
    good().write()
    values = json.loads((tmp_path / "demo.json").read_text())
    assert values["spark"] is values["executors"] is values["bare_spark_submit_seconds"] is None
    assert values["pods"][2]["phases"] == {"Pending": 4.2, "Running": 5.2, "Succeeded": 9}
    assert values["versions"]["kubernetes"].startswith("v1.")
    names = [text.text for text in ElementTree.parse(tmp_path / "timeline.svg").iter() if text.text]
    assert {"task add_up", "worker 0", "worker 3"} <= set(names)


def test_the_report_of_spark_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "HOME", tmp_path)
    seen = good()
    seen.spark = good_spark()
    seen.write()
    values = json.loads((tmp_path / "demo.json").read_text())
    assert values["executors"] == 2
    assert (values["spark_seconds_to_result"], values["bare_spark_submit_seconds"]) == (26.0, 20.0)
    assert values["spark"]["pods"][1]["phases"] == {"Pending": 4, "Running": 5, "Succeeded": 9}


def test_the_picture_is_told_in_words_and_drawn_to_scale() -> None:
    bars = [
        Bar("a & b", [("Pending", 10.0), ("Running", 11.0), ("Failed", 14.0)]),
        Bar("c", [("Running", 12.0)]),
    ]
    root = ElementTree.fromstring(timeline.svg("A <run>", bars))
    title, told = root[0].text, root[1].text
    assert title == "A <run>"
    assert told == "a & b: Pending at 0.0 s, Running at 1.0 s, Failed at 4.0 s; c: Running at 2.0 s."
    shapes = [shape for shape in root.iter() if shape.tag.endswith("rect") and len(shape)]
    assert [shape.get("class") for shape in shapes] == ["wait", "run", "bad", "run"]
    assert float(shapes[1].get("width")) == pytest.approx(3 * float(shapes[0].get("width")), rel=0.01)


@pytest.mark.parametrize("span", [0.05, 0.9, 7, 19, 240, 90_000])
def test_the_axis_has_at_most_eleven_ticks(span: float) -> None:
    ticks = [part for part in timeline.axis(span, 1.0, 100) if part.startswith("<text")]
    assert 1 <= len(ticks) <= 11


def test_a_watch_notes_each_phase_once_and_the_end() -> None:
    watch = PodWatch(cluster=None, began=0.0)
    meta = {
        "name": "add-up-0-x",
        "labels": {"batch.kubernetes.io/job-name": "add-up"},
        "annotations": {"batch.kubernetes.io/job-completion-index": "3"},
    }
    for second, (kind, phase) in enumerate(
        [("ADDED", "Pending"), ("MODIFIED", "Pending"), ("MODIFIED", "Running"), ("DELETED", "Running")]
    ):
        watch.see(kind, {"metadata": meta, "status": {"phase": phase}}, float(second))
    (seen,) = watch.of("add-up", count=1)
    assert seen.index == 3
    assert seen.phases == [("Pending", 0.0), ("Running", 2.0), ("Deleted", 3.0)]
    assert watch.of("other", count=0) == []


def test_a_watch_waits_until_so_many_pods_have_ended() -> None:
    watch = PodWatch(cluster=None, began=0.0)

    def event(index: int, phase: str) -> None:
        meta = {"name": f"p{index}", "labels": {"batch.kubernetes.io/job-name": "j"}}
        watch.see("MODIFIED", {"metadata": meta, "status": {"phase": phase}}, 1.0)

    event(0, "Succeeded")
    event(1, "Running")
    late = threading.Timer(0.3, event, (1, "Succeeded"))
    late.start()
    assert [pod.phases[-1][0] for pod in watch.of("j", count=2, seconds=30)] == ["Succeeded", "Succeeded"]
    late.join()
    assert len(watch.of("j", count=3, seconds=0.1)) == 2, "what is there after so many seconds"


def test_a_page_that_has_the_picture_in_its_text_keeps_its_own_colours() -> None:
    rules = re.findall(r"([^{}]+)\{[^{}]*\}", timeline.STYLE)
    assert len(rules) > 5
    assert all(".timeline" in rule for rule in rules), rules
    root = ElementTree.fromstring(timeline.svg("A", [Bar("a", [("Running", 0.0)])]))
    assert root.get("class") == "timeline"
    assert root.get("aria-labelledby") == f"{root[0].get('id')} {root[1].get('id')}"
