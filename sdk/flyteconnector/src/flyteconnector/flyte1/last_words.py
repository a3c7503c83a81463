"""What does a container say last when the user's function has raised?

Without this, Kubernetes takes the end of the log, 2 KiB of it; flytekit logs JSON there, so a user would read escaped
line ends and ``\\u00f6``. The termination message has room for more, and the traceback as Python prints it.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator

from flytekit.extend import IgnoreOutputs

from flyteconnector_a0 import message


@contextlib.contextmanager
def of_an_exception() -> Iterator[None]:
    """Leave the traceback of what the enclosed code raises, which goes on; nothing outside of a container."""
    try:
        yield
    except IgnoreOutputs:  # how a worker says that it has nothing to return
        raise
    except Exception as error:
        message.write("".join(traceback.format_exception(error)).rstrip())
        raise
