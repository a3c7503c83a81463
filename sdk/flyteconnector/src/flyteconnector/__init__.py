"""What can a task plugin use to run locally through a connector?"""

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
