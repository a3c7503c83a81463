"""
Which pod does a task with a sidecar get?
=========================================

``@improved_python_task`` is a decorator of the kind that a company has for all its tasks: it puts a lookup service
beside each of them. It is a plugin that lives in Python alone. :doc:`/sidecar` has its code, and shows it in a cluster.
This page looks at what it makes of a task. It ran, with flytekit itself, when the site was built; no cluster was
involved.
"""

# %%
# A task asks the service
# -----------------------
#
# ``seats`` is in ``examples/sidecar/fleet.py``. It adds up the seats of planes, and asks the service for each plane.
# Called like a function, it has no pod and no sidecar; then the same service runs in a thread of this process.

from sidecar.fleet import seats

seats(tailnums=["N14228", "N24211", "unknown"])

# %%
# The pod that Flyte is told to make
# ----------------------------------
#
# Registration turns the task into a TaskTemplate, and with this decorator there is a whole pod in it. The task's own
# container is called ``primary``; flytekit fills in what it runs. What the task asks for with ``requests=`` is in
# there, and not in the sidecar, which has its own. (``8085.0`` is a whole number: the message knows no integers.)
#
# ``lookup`` is an *init container*, one that runs before the others. With ``restartPolicy: Always`` Kubernetes does not
# wait for its end, only for its startup probe. It runs on beside the task, and ends when the task has ended.

import json

import yaml
from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.tools.translator import get_serializable
from google.protobuf import json_format

settings = SerializationSettings(
    image_config=ImageConfig(default_image=Image("main", "example.com/fleet", "1")),
    project="flytesnacks",
    domain="development",
    version="v1",
)


def pod_of(entity: object, *parts: str) -> str:
    template = get_serializable({}, settings, entity).template.to_flyte_idl()
    spec = json.loads(json_format.MessageToJson(template, sort_keys=True))["k8sPod"]["podSpec"]
    for kind in ("initContainers", "containers"):
        spec[kind] = [{"name": container["name"]} | container for container in spec.get(kind, [])]
    for container in spec["containers"]:
        if "args" in container:  # which are long, and the same for every task
            container["args"] = [container["args"][0], "...", container["args"][-1]]
    return yaml.safe_dump({part: spec[part] for part in parts or spec}, sort_keys=False)


print(pod_of(seats))

# %%
# A user who has a pod template already
# -------------------------------------
#
# All of it stays. The sidecar comes before the user's init containers, if there are any, and every container learns
# where it is. Here is how the containers of a pod differ, with ``@task`` and with ``@improved_python_task``:

import difflib

from flytekit import PodTemplate, task
from kubernetes.client import V1Container, V1PodSpec, V1Toleration
from sidecar.improved import improved_python_task

mine = PodTemplate(
    V1PodSpec(
        containers=[V1Container(name="main"), V1Container(name="proxy", image="example.com/proxy:1")],
        tolerations=[V1Toleration(key="spot", operator="Exists")],
    ),
    primary_container_name="main",
    labels={"team": "fleet"},
)


def busy(n: int) -> int:
    return n


before = pod_of(task(pod_template=mine)(busy), "containers", "tolerations").splitlines()
after = pod_of(improved_python_task(pod_template=mine)(busy), "containers", "tolerations").splitlines()
print("\n".join(line for line in difflib.ndiff(before, after) if line[0] in " +-"))

# %%
# Names that the sidecar needs
# ----------------------------
#
# A clash is an error when the module is imported, which is long before anything runs:

for options in (
    {"environment": {"LOOKUP_URL": "http://elsewhere"}},
    {"pod_template": PodTemplate(primary_container_name="lookup")},
):
    try:
        improved_python_task(**options)(busy)
    except ValueError as error:
        print(error)

# %%
# One sidecar for each element of a map
# -------------------------------------
#
# ``map_task`` makes a pod for each element, so a thousand elements are a thousand sidecars. Such a pod differs in one
# line, the program of flytekit that the task's container starts:

from flytekit import map_task

one, each = pod_of(seats).splitlines(), pod_of(map_task(seats)).splitlines()
print("\n".join(line for line in difflib.ndiff(one, each) if line[0] in "+-"))
