"""Which Flyte 2 tasks do the tests run? Each ends in another way."""

import os
import signal
import time
from pathlib import Path

import flyte

env = flyte.TaskEnvironment(name="a0-cases")


@env.task
async def square(x: int) -> int:
    """Raises what a user's function raises, in the depth of a library."""
    try:
        int("seven")
    except ValueError:
        print("a handled ValueError is none of the task's")
    return x * x if x >= 0 else deep(40, x)


def deep(levels: int, x: int) -> int:
    """Fails below many frames, which differ, so that a traceback does not fold them."""
    if levels == 0:
        raise ArithmeticError(f"die Wurzel aus {x} ist nicht reell: √{x} ∉ ℝ")
    return other(levels, x)


def other(levels: int, x: int) -> int:
    return deep(levels - 1, x)


@env.task
async def hopeless(x: int) -> int:
    """Says that another attempt would end in the same way."""
    raise flyte.errors.NonRecoverableError(f"there is no {x}")


@env.task
async def broken(x: int) -> int:
    """Fails by no fault of the user's."""
    raise flyte.errors.RuntimeSystemError("DiskError", f"disk {x} is full")


@env.task
async def wait(x: int) -> int:
    """Wait to be told to end, and say so in a file; x is the exit code."""
    note = Path(os.environ["NOTE"])

    def end(*_: object) -> None:
        note.write_text("told to end")
        os._exit(x)

    signal.signal(signal.SIGTERM, end)
    note.write_text("waiting")
    time.sleep(60)
    return x
