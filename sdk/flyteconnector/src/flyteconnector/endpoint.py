"""Is there a connector for local runs, and what is raised when it fails?

Every task's container imports this, so it imports no gRPC.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import grpc

ENDPOINT_VARIABLE = "FLYTECONNECTOR_ENDPOINT"


def endpoint() -> str:
    """Return ``host:port`` of the connector for local runs, or an empty string: run in this process."""
    return os.environ.get(ENDPOINT_VARIABLE, "").strip()


class ConnectorError(RuntimeError):
    """The connector refused a call, or could not be reached.

    Attributes:
        code: The gRPC status code.
    """

    def __init__(self, message: str, code: grpc.StatusCode) -> None:
        super().__init__(message)
        self.code = code

    @property
    def late(self) -> bool:
        """Whether the connector may have done what it was asked, but did not say so in time."""
        return self.code.name == "DEADLINE_EXCEEDED"
