"""What can a task plugin use to run locally through a connector?"""

# First: flytekit imports every installed plugin when it starts, and those import this package. Were flytekit
# imported from one of the modules below, a plugin would find that module half initialised.
import flytekit as _flytekit  # noqa: F401

from flyteconnector.client import ConnectorError
from flyteconnector.mixin import RemoteTaskMixin, endpoint
from flyteconnector.outcome import RemoteTaskError, RemoteUserError
from flyteconnector.progress import Event, Link, listen

__all__ = [
    "ConnectorError",
    "Event",
    "Link",
    "RemoteTaskError",
    "RemoteTaskMixin",
    "RemoteUserError",
    "endpoint",
    "listen",
]
