"""What is the same for both Flytes? Local runs through a connector, and what one sees of them.

``flyteconnector.flyte1`` is for tasks of flytekit, ``flyteconnector.flyte2`` for those of Flyte 2's SDK; neither needs
the other's packages.
"""

from flyteconnector.endpoint import ConnectorError, endpoint
from flyteconnector.progress import Event, Link, listen

__all__ = ["ConnectorError", "Event", "Link", "endpoint", "listen"]
