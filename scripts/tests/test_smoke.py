"""What does the smoke test make of its arguments, of what kubectl says, and of what it has seen? Without any Flyte."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from devkit import smoke
from devkit.smoke_cluster import Kubernetes, Sight
from devkit.smoke_meanings import ELSE, PLAIN, explained
from devkit.smoke_report import Check, Report, SmokeError

WHERE = ["--flyte", "127.0.0.1:1", "--project", "flights", "--domain", "staging"]


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        smoke.parse(words)
    assert ended.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (WHERE, "--image is missing: without it, Flyte takes flytekit's own image"),
        ([*WHERE, "--flyte2"], "--image is missing: without it, Flyte takes flyte's own image"),
        ([*WHERE, "--image", "host:5000/x"], "--image host:5000/x: has neither a tag nor a digest"),
        (WHERE[:4], "--domain"),
        ([*WHERE, "--image", "x:1", "--timeout", "-1"], "'-1': must be a number of seconds above 0"),
        ([*WHERE, "--image", "x:1", "--timeout", "nan"], "'nan': must be a number of seconds above 0"),
        ([*WHERE, "--image", "x:1", "--report", "x.txt"], "'x.txt': its name must end with .json or .xml"),
        ([*WHERE, "--image", "x:1", "--config", "/nowhere"], "--config /nowhere: there is no such file"),
        ([*WHERE, "--image", "x:1", "--only", "links"], "invalid choice: 'links'"),
    ],
)
def test_a_wrong_argument_is_named_with_what_would_be_right(words, said, capsys):
    assert said in " ".join(refused(words, capsys).split())


def test_the_namespace_is_flytes_own_unless_it_is_named():
    assert smoke.parse([*WHERE, "--image", "x:1"]).namespace == "flights-staging"
    assert smoke.parse([*WHERE, "--image", "x:1", "--flyte2"]).namespace == "flyte"
    assert smoke.parse([*WHERE, "--image", "x:1", "--namespace", "mine"]).namespace == "mine"


def test_without_kubectl_it_ends_with_one_sentence(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "/nonexistent")
    assert smoke.main([*WHERE, "--image", "x:1"]) == 1
    assert capsys.readouterr().err.startswith(
        "the smoke test reads Kubernetes with kubectl, and PATH has none"
    )


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch):
    """Return a function that makes a kubectl which says one thing about each word."""

    def make(**answers: str) -> Kubernetes:
        lines = [f"#!{sys.executable}", "import sys", f"answers = {answers!r}"]
        lines += ["for word, text in answers.items():", "    if word in ' '.join(sys.argv): sys.exit(text)"]
        (tmp_path / "kubectl").write_text("\n".join(lines))
        (tmp_path / "kubectl").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        return Kubernetes("flights-staging", "jobs.batch", "execution-id")

    return make


def test_what_kubectl_complains_of_is_said_with_the_flags_that_lead_it(kubectl):
    refusing = kubectl(pods='Error: pods is forbidden: User "me" cannot list')
    with pytest.raises(SmokeError, match=r"kubectl get jobs.batch,pods: .*pods is forbidden") as raised:
        refusing.try_it()
    assert "flights-staging" in raised.value.means
    assert "--kubeconfig, --context, --namespace and --kind (jobs.batch)" in raised.value.look


def test_a_namespace_that_is_not_there_is_said_and_one_that_may_not_be_read_is_not(kubectl):
    with pytest.raises(SmokeError, match="NotFound"):
        kubectl(**{"get namespace": "Error (NotFound): flights-staging"}).try_it()
    assert "flights-staging" in kubectl(**{"get namespace": "Error (Forbidden): namespaces"}).try_it()


def thing(kind: str, name: str, owner: tuple[str, str] | None = None, phase: str = "Running") -> dict:
    meta: dict = {"name": name, "uid": f"uid-{name}"}
    if owner:
        meta["ownerReferences"] = [{"kind": owner[0], "uid": f"uid-{owner[1]}", "controller": True}]
    return {"kind": kind, "metadata": meta, "status": {"phase": phase}}


def test_pods_of_a_resource_belong_to_it_also_when_another_pod_has_made_them():
    sight = Sight()
    executor, driver = (
        thing("Pod", "exec", ("Pod", "driver")),
        thing("Pod", "driver", ("SparkApplication", "app")),
    )
    assert sight.look([executor, driver, thing("SparkApplication", "app")]) == ["SparkApplication app"]
    assert sight.own() == ["exec", "driver"]
    assert sight.plain() == []
    assert sight.running() == 2


@pytest.mark.parametrize("owner", [None, ("flyteworkflow", "f1"), ("TaskAction", "f1-a0")])
def test_a_pod_of_nobody_and_a_pod_of_flytes_workflow_are_plain_pods(owner):
    sight = Sight()
    sight.look([thing("Pod", "f1-n0-0", owner)])
    assert sight.plain() == ["f1-n0-0"]
    assert sight.own() == []


def test_a_pod_of_something_else_is_neither():
    sight = Sight()
    sight.look([thing("Job", "mine"), thing("Pod", "p", ("ReplicaSet", "other"))])
    assert sight.plain() == sight.own() == []


def test_what_has_gone_is_remembered_and_not_there():
    sight = Sight()
    sight.look([thing("Job", "mine"), thing("Pod", "p", ("Job", "mine"))])
    assert sight.look([]) == []
    assert sight.own() == ["p"]
    assert (sight.running(), sight.now, sight.text()) == (0, [], "nothing of it in Kubernetes")


@pytest.mark.parametrize(
    ("error", "word"),
    [
        ("task x runs as a plain pod, because Flyte's engine did not know", "connectorForTaskTypes"),
        ("pod p Pending (ImagePullBackOff)", "--image"),
        ("TaskFailedWithError: jobs.batch is forbidden: User", "RoleBinding"),
        ("rpc error: code = Unavailable desc = connection refused", "endpoint in Flyte's configuration"),
        ("ModuleNotFoundError: No module named 'flytekitplugins'", "flytekitplugins-larkspur"),
    ],
)
def test_an_error_says_what_to_look_at(error: str, word: str):
    assert word in explained(error, PLAIN)[1]


def test_an_error_that_nobody_knows_leads_to_the_logs():
    assert explained("ValueError: 3", PLAIN) == ELSE


def made() -> Report:
    report = Report(
        {"flyte": "here"}, [Check("one", "goes well"), Check("two", "fails"), Check("three", "waits")]
    )
    with report.check("one") as check:
        check.seen = "fine"
    with report.check("two"):
        raise SmokeError("a pod", *PLAIN)
    return report


def test_a_report_is_right_only_when_each_check_was_made_and_kept():
    report = made()
    assert not report.ok()
    report["two"].ok = True
    assert not report.ok(), "one has not been tried"
    report["three"].ok = True
    assert report.ok()


def test_a_report_as_json_and_for_junit_says_the_same(tmp_path: Path, capsys):
    report = made()
    assert "look at: FlytePropeller's configuration" in capsys.readouterr().out
    report.write(tmp_path / "r.json")
    report.write(tmp_path / "r.xml")
    values = json.loads((tmp_path / "r.json").read_text())
    assert (values["ok"], values["flyte"]) == (False, "here")
    assert [check["ok"] for check in values["checks"]] == [True, False, None]
    suite = ElementTree.parse(tmp_path / "r.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
    failure = suite.find("testcase[@name='two']/failure")
    assert failure is not None
    assert (failure.get("message"), PLAIN[0] in failure.text) == ("a pod", True)


def test_the_address_of_an_execution_is_one_for_a_browser():
    from devkit.smoke_flyte import Flyte

    page = Flyte("dns:///flyte.example.com:443", "flights", "staging").page("smoke-1")
    assert page == "https://flyte.example.com:443/console/projects/flights/domains/staging/executions/smoke-1"


def test_a_flyte_that_nobody_reaches_fails_the_registration_and_no_more(monkeypatch):
    monkeypatch.syspath_prepend(smoke.TASKS)
    from devkit.smoke_flyte import Flyte

    flyte = Flyte("127.0.0.1:1", "flights", "staging", insecure=True)
    with pytest.raises(SmokeError, match=r"registration: UNAVAILABLE: .*Connection refused") as raised:
        flyte.register(smoke.TASKS, "x:1")
    assert "127.0.0.1:1" in raised.value.means
    assert "--insecure" in raised.value.look
