"""What of Flyte 2's SDK is used here that it does not call public?

All of it is in this file: no other one of this package imports ``flyte._…``. Written against flyte 2.12.1;
``tests/test_flyte2_private.py`` compares every line with the SDK that is installed, and says what to look at.
"""

# Makes a task's TaskTemplate as registration does. Public only inside flyte.deploy, which needs a client.
from flyte._internal.runtime.task_serde import get_proto_task as task_template

# What tells a0 who it is, where its arguments do not (flyte/_bin/runtime.py). Flyte 2's engine sets them.
RUN_NAME = "RUN_NAME"
ACTION_NAME = "ACTION_NAME"
ORG_NAME = "_U_ORG_NAME"
RUN_OUTPUT_BASE_DIR = "_U_RUN_BASE"

# How the files are called that a task reads and leaves (flyte/_internal/runtime/io.py).
INPUTS_FILE = "inputs.pb"
OUTPUTS_FILE = "outputs.pb"

__all__ = [
    "ACTION_NAME", "INPUTS_FILE", "ORG_NAME", "OUTPUTS_FILE", "RUN_NAME", "RUN_OUTPUT_BASE_DIR", "task_template",
]  # fmt: skip
