"""How does a pod end as Flyte 2's task did?

``a0``, the entrypoint of Flyte 2's SDK, ends with exit code 0 also when the user's function has raised. It writes
``error.pb`` beside the task's outputs, and leaves it to the engine to look there. An operator sees exit codes only,
and would report a success. So the command line of the task becomes ``flyteconnector-a0 ARGS``, which runs
``a0 ARGS``, and then

====  =====================================================================================================
exit  when
====  =====================================================================================================
0     a0 ended with 0 and left no ``error.pb``
1     there is an ``error.pb``: the task has failed, and another attempt may succeed
100   the same, and the user's code said that no attempt will (``flyte.errors.NonRecoverableError``)
75    a0 ended with 0, but whether there is an ``error.pb`` could not be found out: no access, no store
127   there is no ``a0`` in the image
n     a0 itself ended with n, or was ended by signal n - 128
====  =====================================================================================================

What went wrong is written to the container's termination message, where the connector finds it.

Signals are passed on, so an abort reaches the user's process. A pod that its operator starts again within one
attempt finds the ``error.pb`` of its first start and fails, whatever it does: leave retries to Flyte.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import NoReturn

from flyteconnector_a0 import message
from flyteconnector_a0.child import Ended, run

FAILED, NON_RECOVERABLE, UNKNOWN, NO_A0 = 1, 100, 75, 127


def main() -> NoReturn:
    """Run ``a0`` with this process's arguments, and end with its task's exit code.

    Without Python's own shutdown: the threads of the SDK's object store sometimes abort the process in it (SIGABRT,
    seen with flyte 2.12.1), and the operator would take a task that has succeeded for one that crashed.
    """
    code = end(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def end(arguments: list[str]) -> int:
    """Run ``a0`` with ``arguments`` and return the exit code that its task's end is worth."""
    try:
        ended = run("a0", arguments)
    except FileNotFoundError:
        message.leave("there is no a0 on PATH: the image needs the package flyte", "the task could not start")
        return NO_A0
    prefix = outputs_path(arguments)
    if prefix is None or ended.by_signal:  # nothing was to be done; or it was stopped, and time is short
        return ended.code
    return judge(prefix, ended)


def outputs_path(arguments: list[str]) -> str | None:
    """Return the folder that a0 writes its results to; None if the arguments name none."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("-o", "--outputs-path")
    try:
        return parser.parse_known_args(arguments)[0].outputs_path
    except argparse.ArgumentError:  # the option without a value, which a0 has refused
        return None


def judge(prefix: str, ended: Ended) -> int:
    """Look for the task's ``error.pb``, leave its words as the container's last, and return the exit code."""
    # Here, because it imports flyte, which the task itself should not have to wait for.
    from flyteconnector_a0 import errorfile

    try:
        document = errorfile.read(prefix)
    except errorfile.UnreadableError as error:
        if ended.code != 0:
            return ended.code  # Kubernetes takes the end of the log: it knows more
        message.leave(str(error), "a0 ended with 0, but whether the task has failed is not known")
        return UNKNOWN
    if document is None:
        return ended.code
    words = message.text(document, ended.last_words)
    message.leave(words, f"the task has failed; a0 ended with {ended.code}")
    if ended.code != 0:
        return ended.code
    return FAILED if document.recoverable else NON_RECOVERABLE
