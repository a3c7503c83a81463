"""Do the rules replace what differs from run to run, and nothing else?"""

from __future__ import annotations

from pathlib import Path

import pytest

from devkit import records

CASES = {  # rule -> a line that it changes, what becomes of it, a line that it leaves alone
    "a task's clock": (
        "  [  12.5s] patience.wait RUNNING",
        "  [   0.0s] patience.wait RUNNING",
        "took [12.5s]",
    ),
    "the cluster's clock": ("  localcluster  10.3s  up", "  localcluster   0.0s  up", "a localcluster 10.3s"),
    "seconds": ("after 13.4 s", "after 0.0 s", "  F9   20.2 minutes      682 departures"),
    "nox's time": (
        "nox > Session demo was successful in 1 minute and 3 seconds.",
        "nox > Session demo was successful in 0 seconds.",
        "nox > Session demo failed in 3 seconds.",
    ),
    "a process": ("started etcd (process 4711)", "started etcd (process 0)", "process 4711: etcd"),
    "the process that nox waits for": (
        "nox > Command python lifeline.py 4711 -- python -m x failed",
        "nox > Command python lifeline.py 0 -- python -m x failed",
        "lifeline.py 4711: no such process",
    ),
    "a line of the Makefile": ("*** [Makefile:14: x] Error 1", "*** [Makefile:0: x] Error 1", "Makefile:14"),
    "a port": ("ready: https://127.0.0.1:34641", "ready: https://127.0.0.1:0", "on 127.0.10.11:7078"),
    "a run's folder": ("…/build/cluster/815-1/state", "…/build/cluster/0-0/state", "build/demo/1-1"),
    "a uid": (
        "_9d7b790d-dccc-4a1a-8a8c-e54c1d9f2532/primary",
        "_uid/primary",
        "_9d7b790d-dccc-4a1a-8a8c/primary",
    ),
    "an attempt's name": ("gone wait-g4gcl5mbxgml (", "gone wait-attempt (", "name: count-qwdogp7o3ebf"),
    "a Go test's time": (
        "ok      example.com/larkspur/plugins    (cached)",
        "ok      example.com/larkspur/plugins    0.0s",
        "FAIL    example.com/larkspur/plugins    0.1s",
    ),
    "pytest's sum": (
        "======== 280 passed in 96.17s (0:01:36) ========",
        "= 0 passed =",
        "==== 1 failed, 279 passed in 96.17s (0:01:36) ====",
    ),
    "a pod's suffix": ("add-up-attempt-3-sf9w8_", "add-up-attempt-3-xxxxx_", "count-attempt-3-sf9w8"),
    "a code archive": (
        "archive build/tmp/x/fastc19d7abe405d1ffb15055f342b1afe0e.tar.gz",
        "archive fast.tar.gz",
        "archive build/fast.tar.gz",
    ),
    "flytekit's time": (
        '{"asctime": "2026-11-22 18:52:18,520", "name"',
        '{"asctime": "0", "name"',
        '{"time": "18:52"',
    ),
    "the operator's build": (
        "applied ~/.cache/x/spark-operator/50654cf853a0aeb9/crds for",
        "applied spark-operator/0/crds for",
        "applied go/localcluster/operators/spark/rights.yaml for spark-operator",
    ),
    "a check's time": ("P1  passed      13.4 s  List", "P1  passed  0.0 s  List", "after 13.4 s"),
    "a run of connector-sanity": ("calls; run 2d9fdbfe", "calls; run 0", "a run of 20 s"),
    "a temporary folder": (
        "in build/tmp/tmp2wxuebwk instead",
        "in build/tmp/tmp0 instead",
        "in build/tmp/tmpdir",
    ),
    "pyflyte's version": ("Computed version is CcT_F", "Computed version is 0", "a Computed version is 5"),
    "a digest": (f"one.whl  sha256:{'0f' * 32}", "one.whl  sha256:0", "sha256:0f0f"),
    "a smoke test's mark": ("smoke-3f0a9c-2 RUNNING", "smoke-0-2 RUNNING", "smoke-test-2 RUNNING"),
    "a deck": (
        "file:///tmp/flyte-v9dz0_f3/raw/6f38e1b02241d033dfdf3d90b23f3ad1/0/deck.html",
        "file:///tmp/flyte/raw/0/0/deck.html",
        "file:///tmp/flyte-v9dz0_f3/raw/data.html",
    ),
    "a bill": ("done, $0.41 in all", "done, $0.00 in all", "$4, or $PATH"),
    "an execution": (
        "execution-id=local0960e,node-id=n3",
        "execution-id=local0,node-id=n0",
        "execution-id=X",
    ),
    "a bill's number": ("custom info  dollars 0.4073", "custom info  dollars 0.0", "ten dollars"),
    "how far a job is": ("38% done", "0% done", "38 % done"),
    "a paid job's key": (f"jobs/flyte-{'0f' * 16}/log", "jobs/flyte-key/log", "flyte-0f0f"),
    "a ratio": ("28.7 s: 0.94 times as long", "28.7 s: 0.00 times as long", "3 times as long"),
    "a size": ("FAILED, 3.6 KiB", "FAILED, 0.0 KiB", "FAILED, 4 KiB"),
}


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == {rule.what for rule in records.RULES}


@pytest.mark.parametrize("rule", records.RULES, ids=lambda rule: rule.what)
def test_a_rule_replaces_what_differs_and_nothing_else(rule: records.Rule) -> None:
    before, after, other = CASES[rule.what]
    assert rule.pattern.sub(rule.replacement, before) == after
    assert rule.pattern.sub(rule.replacement, other) == other


def test_nox_names_no_time_below_a_second() -> None:
    quick, slow = "nox > Session try was successful.\n", "nox > Session try was successful in 3 seconds.\n"
    assert records.shape(quick) == records.shape(slow)


def test_tasks_may_be_registered_in_any_order() -> None:
    one, two, end = "[✔] Task: a.one\n", "[✔] Task: a.two\n", "[✔] Workflow: a\n"
    assert records.shape(two + one + end) == records.shape(one + two + end) != records.shape(one + end + two)


@pytest.mark.parametrize(
    "line",
    [
        "connector: 62 packages compiled, done in 2:17",
        "bootstrap: installing nox and uv into .nox/bootstrap (once, about 30 MB)",
        "[   0.6s] workflow.add_up INITIALIZING: worker 0: the pod is starting",
    ],
)
def test_what_only_some_runs_print_is_left_out(line: str) -> None:
    assert records.clean(f"one\n{line}\ntwo\n") == "one\ntwo\n"


@pytest.mark.parametrize("line", ["[   0.5s] a.b RUNNING", "the job was QUEUED", "nothing compiled"])
def test_what_every_run_prints_stays(line: str) -> None:
    assert records.clean(f"{line}\n") == f"{line}\n"


def test_no_path_of_this_machine_gets_into_a_record() -> None:
    text = f"log file://{records.ROOT}/build/x, cache {Path.home()}/.cache, {records.ROOT}/examples\n"
    assert records.clean(text) == "log file:///…/build/x, cache ~/.cache, examples\n"


@pytest.mark.parametrize(
    ("home", "line", "cleaned"),
    [
        ("/srv/ann", "/srv/ann/x, /srv/anna/y, /srv/ann-2/z", "~/x, /srv/anna/y, /srv/ann-2/z"),
        ("/srv/ann", "at /srv/ann", "at ~"),
        ("/", "/usr/bin/x", "/usr/bin/x"),
    ],
)
def test_only_the_home_folder_itself_becomes_a_tilde(
    home: str, line: str, cleaned: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", home)
    assert records.clean(line) == f"{cleaned}\n"


def test_a_link_may_come_before_or_after_a_phase_but_not_before_another_step() -> None:
    one = "[ 0.1s] t RUNNING\n[ 0.1s] t link log: x\nend\n"
    other = "[ 0.2s] t link log: x\n[ 0.9s] t RUNNING\nend\n"
    assert records.shape(one) == records.shape(other)
    assert records.shape(one) != records.shape("end\n" + one.removesuffix("end\n"))


def test_of_a_test_session_the_results_stay() -> None:
    text = "collecting\n\nok  \ta/b\t0.1s\n?   \ta/gen\t[no test files]\n==== 2 passed in 0.1s ====\n"
    assert records.results(text) == "...\nok      a/b     0.1s\n...\n==== 2 passed in 0.1s ====\n"


def test_of_a_test_session_failures_stay() -> None:
    assert "1 failed" in records.results("FAILED a\n==== 1 failed, 1 passed in 0.1s ====\n")


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(records, "ROOT", tmp_path)
    monkeypatch.setattr(records, "SHOWN", tmp_path / "records")
    monkeypatch.setattr(records, "NEW", tmp_path / "new")
    monkeypatch.delenv(records.UPDATE, raising=False)
    return tmp_path


def test_a_record_is_written_on_request_and_differs_only_where_it_should(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "+done after 0.0 s" in records.compare("x", "make x", "done after 3.1 s\n", "go")
    monkeypatch.setenv(records.UPDATE, "1")
    assert records.compare("x", "make x", "done after 3.1 s\n", "go") == ""
    monkeypatch.delenv(records.UPDATE)
    written = (folders / "records/x.txt").read_text()
    assert written == "# inputs: go\n# checked by: make e2e\n\n$ make x\ndone after 3.1 s\n"
    assert records.compare("x", "make x", "done after 9.9 s\n", "go") == ""
    assert "-done after 0.0 s\n+failed after" in records.compare("x", "make x", "failed after 9.9 s\n", "go")
    assert "inputs: proto" in records.compare("x", "make x", "done after 9.9 s\n", "proto")


def test_an_update_leaves_a_record_alone_that_says_the_same(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(records.UPDATE, "1")
    records.compare("x", "make x", "done after 3.1 s\n", "go")
    records.compare("x", "make x", "done after 9.9 s\n", "go")
    assert "3.1 s" in (folders / "records/x.txt").read_text()
