"""The same expensive work, as three kinds of Flyte task: what does a user write for each?"""

from __future__ import annotations

from flytekit import ContainerTask, kwtypes, task
from paid_connector import PaidJob, PaidTask
from paid_service import work

from flytekitplugins.larkspur import Job, worker

WORKERS, SECONDS, SAMPLES = 2, 600.0, 1_000_000
IMAGE = "larkspur/task:local"


LEASE = 3  # seconds
ORDER = [
    "--key",
    "{{.inputs.key}}",
    "--name",
    "{{.inputs.name}}",
    "--workers",
    f"{WORKERS}",
    "--seconds",
    f"{SECONDS}",
]
PROGRAM = ["python", "-u", "-m", "abort_experiment.pod", *ORDER]
INPUTS = kwtypes(key=str, name=str)

# SDK only: a pod that orders the work as a side effect. Flyte knows the pod, and nothing else.
pod = ContainerTask(name="abort_experiment.pod", image=IMAGE, command=PROGRAM, inputs=INPUTS)

# The same, with the two things that a pod can do about its end.
handler = ContainerTask(
    name="abort_experiment.handler", image=IMAGE, command=[*PROGRAM, "--handler"], inputs=INPUTS
)
lease = ContainerTask(
    name="abort_experiment.lease",
    image=IMAGE,
    command=[*PROGRAM, "--handler", "--lease", f"{LEASE}"],
    inputs=INPUTS,
)


def paid(name: str) -> PaidTask:
    """Python connector: a task whose work is a job of the paid service."""
    return PaidTask(f"abort_experiment.paid-{name}", PaidJob(workers=WORKERS, seconds=SECONDS, name=name))


@task(task_config=Job(completions=WORKERS), container_image=IMAGE)
def job(name: str) -> float:
    """Go connector: the work itself, in the pods of a Kubernetes Job."""
    mine = work.estimate(name, worker().index, SAMPLES // WORKERS, SECONDS)
    return mine.pi()
