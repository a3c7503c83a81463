"""
What does Flyte know about a task?
==================================

Flyte never sees your Python function. It sees a **TaskTemplate**: a Protobuf message that flytekit makes from the
function when you register it. The connector gets this message and the identity of the attempt, and hands the plugin a
task made of them. This page makes one and takes it apart. It ran, with flytekit itself, when the site was built.
"""

# %%
# A task that four workers share
# ------------------------------
#
# ``task_config=Job(...)`` is all that distinguishes it from an ordinary task. Every worker runs the same function
# with the same inputs; ``worker()`` says which of them it is. Only the value that worker 0 returns becomes the
# task's output.

from flytekit import Resources, task

from flytekitplugins.larkspur import Job, worker


@task(
    task_config=Job(completions=4, parallelism=2),
    container_image="example.com/count:1",
    requests=Resources(cpu="500m", mem="256Mi"),
)
def count(rows: int) -> int:
    me = worker()
    mine = range(me.index, rows, me.count)
    print(f"worker {me.index} of {me.count}: {len(mine)} rows, the first is {mine[0]}")
    return len(mine)


# %%
# Run it here
# -----------
#
# Called like a function, the task runs in this process: once for each worker, one after the other. Nothing of
# Kubernetes is involved, which is what you want in a unit test.

count(rows=10)

# %%
# The TaskTemplate
# ----------------
#
# Registration turns the task into a message. The settings say what a real registration takes from your command line.

import json

from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.tools.translator import get_serializable
from google.protobuf import json_format

settings = SerializationSettings(
    image_config=ImageConfig(default_image=Image("main", "example.com/count", "1")),
    project="flytesnacks",
    domain="development",
    version="v1",
)
template = get_serializable({}, settings, count).template.to_flyte_idl()


def show(message: object) -> None:
    print(json.dumps(message, indent=2))


whole = json_format.MessageToDict(template)
list(whole)

# %%
# What it is
# ----------
#
# ``id`` is the name under which Flyte keeps the task. ``type`` decides who runs it: Flyte looks for a backend that has
# registered for this text. The plugin says the same text in ``go/plugins/job/spec.go``.

show({"id": whole["id"], "type": whole["type"]})

# %%
# What goes in and out
# --------------------
#
# The interface: names and types of inputs and outputs. The values are not here. They travel in files of an object
# store, and the container reads and writes those files itself.

show(whole["interface"])

# %%
# What to run
# -----------
#
# The container: image, arguments, resources. The arguments start flytekit, which loads the function by its module and
# its name. ``{{.input}}`` and its like are filled in by Flyte, for each attempt, before a plugin sees them.

show(whole["container"])

# %%
# What only this plugin understands
# ---------------------------------
#
# ``custom`` is free: a plugin defines what stands in it. Here it is the message ``larkspur.v1.Job`` as JSON, so its
# keys are the field names of ``proto/larkspur/v1/job.proto``. A field that is zero is not sent. The user wrote
# two of the four fields; the other two are defaults of the class ``Job``: when the task is done, and after how many
# seconds the finished Job is deleted.
#
# Whole numbers become ``4.0``, because the JSON travels in a Protobuf ``Struct``, which knows no integers.

show(whole["custom"])

# %%
# This is the whole input of a plugin, together with the identity of the attempt. :doc:`/plugin/build` turns it into a
# Kubernetes Job.
