"""Which ordinary tasks do the end-to-end tests run as plain pods? No plugin is involved in any of them."""

from __future__ import annotations

import time

from flytekit import ContainerTask, PodTemplate, kwtypes, task
from kubernetes.client import V1Container, V1PodSpec

IMAGE = "larkspur/task:local"  # for which the local cluster's node has a Python


@task
def divide(a: int, b: int) -> float:
    """Raises what Python raises when b is 0."""
    return a / b


@task
def refuse() -> None:
    """Raises, and has no outputs whose absence would tell."""
    raise ValueError("never on Thursdays")


@task
def linger(seconds: int) -> int:
    """Take some time."""
    print("lingering", flush=True)
    time.sleep(seconds)
    return seconds


say = ContainerTask(
    name="say", image=IMAGE, command=["python", "-c", "print('{{.inputs.word}}')"], inputs=kwtypes(word=str)
)


def beside(annotations: dict[str, str] | None = None) -> PodTemplate:
    """Return a pod whose second container never ends by itself."""
    sleeper = V1Container(
        name="beside", image=IMAGE, command=["python", "-c", "import time; time.sleep(600)"]
    )
    return PodTemplate(V1PodSpec(containers=[sleeper]), annotations=annotations)


@task(pod_template=beside())
def accompanied(n: int) -> int:
    """A pod of two containers, as flytekit makes it."""
    return n + 1


@task(pod_template=beside({"primary_container_name": "primary"}))
def led(n: int) -> int:
    """The same, and the user has said which container is the task."""
    return n + 1
