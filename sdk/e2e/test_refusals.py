"""What does the API server say to a connector, or a pod beside it, that wants too much? A record of the words."""

from __future__ import annotations

import re
import subprocess
import textwrap
from collections.abc import Callable, Iterator

import pytest
import yaml
from waiting import until

from devkit import records
from devkit.cluster import NAMESPACE, LocalCluster
from devkit.connector import ACCOUNT, HOME_NAMESPACE
from devkit.toolchain import ROOT

POLICY = ROOT / "kustomize/components/admission-policy"
WIDTH = 100  # characters
INPUTS = "kustomize, go/localcluster"
Ask = Callable[[dict, str], str]


def job(namespace: str, **pod: object) -> dict:
    """Return a Job as the connector makes it, as far as the walls look."""
    spec = {"restartPolicy": "Never", "containers": [{"name": "main", "image": "task:1"}], **pod}
    about = {
        "name": "more",
        "namespace": namespace,
        "labels": {"flyteconnector.example.com/managed": "true"},
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": about,
        "spec": {"template": {"spec": spec}},
    }


def foreign() -> dict:
    made = job(NAMESPACE)
    del made["metadata"]["labels"]
    return made


def pod(namespace: str) -> dict:
    template = job(namespace)["spec"]["template"]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "more", "namespace": namespace},
        **template,
    }


WALLS = {  # what is asked -> who asks, the object, and a word of the answer
    "The rights: the connector creates a Job in a namespace that is not its tasks'.": (
        ACCOUNT, job("default"), 'in the namespace "default"',
    ),
    "The admission policy: the connector creates a Job without its label.": (
        ACCOUNT, foreign(), "denied request",
    ),
    "The admission policy: the connector creates a Job whose pods have the network of their node.": (
        ACCOUNT, job(NAMESPACE, hostNetwork=True), "denied request",
    ),
    "A quota of the tasks' namespace: the connector creates one Job more.": (
        ACCOUNT, job(NAMESPACE), "exceeded quota",
    ),
    "Pod Security: an administrator starts a pod beside the connector that is not hardened.": (
        "", pod(HOME_NAMESPACE), "violates PodSecurity",
    ),
}  # fmt: skip


@pytest.fixture
def ask(cluster: LocalCluster) -> Ask:
    """Return a function that asks the API server for an object, and returns its complaint; nothing is created."""

    def asked(made: dict, account: str) -> str:
        words = cluster.kubectl_command("create", "--dry-run=server", "-f", "-")
        if account:
            words.append(f"--as=system:serviceaccount:{HOME_NAMESPACE}:{account}")
        done = subprocess.run(words, input=yaml.safe_dump(made), capture_output=True, text=True)
        return done.stderr if done.returncode else ""

    return asked


@pytest.fixture
def guarded(cluster: LocalCluster, ask: Ask) -> Iterator[None]:
    """The policy and a quota that is used up, until the test ends."""
    files = [f"--filename={path}" for path in sorted(POLICY.glob("*.yaml")) if path.stem != "kustomization"]
    assert ask(job(NAMESPACE), ACCOUNT) == "", "without the walls, the connector may create a Job"
    cluster.kubectl("apply", *files)
    cluster.kubectl("-n", NAMESPACE, "create", "quota", "no-jobs", "--hard=count/jobs.batch=0")
    yield
    cluster.kubectl("-n", NAMESPACE, "delete", "quota", "no-jobs")
    cluster.kubectl("delete", *files)
    until(lambda: ask(foreign(), ACCOUNT) == "", "the policy holds no more", 30)


def refused(ask: Ask, what: str) -> str:
    """Return the complaint, once the API server has noticed the wall."""
    account, made, word = WALLS[what]
    said: list[str] = []

    def it_is() -> bool:
        said.append(ask(made, account))
        return word in said[-1]

    until(it_is, what, 30)
    # Jobs of other tests may still be there.
    return re.sub(r"(used: count/jobs\.batch=)\d+", r"\1N", said[-1])


@pytest.mark.usefixtures("guarded")
def test_each_wall_says_what_the_page_shows(ask: Ask):
    text = ""
    for what in WALLS:
        lines = textwrap.wrap(refused(ask, what), WIDTH - 2, break_on_hyphens=False)
        text += f"{what}\n{textwrap.indent(chr(10).join(lines), '  ')}\n\n"
    difference = records.compare("refusals", "pytest sdk/e2e/test_refusals.py", text, INPUTS)
    assert not difference, f"`make e2e` with {records.UPDATE}=1 writes the record anew:\n{difference}"
