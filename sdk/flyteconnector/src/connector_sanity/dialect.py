"""How do the two Flytes talk to a connector? The same messages under two names, on two gRPC services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import grpc
from flyteidl.admin import agent_pb2
from flyteidl.core import identifier_pb2 as identifiers1
from flyteidl.core import tasks_pb2 as tasks1
from flyteidl.service import agent_pb2_grpc
from flyteidl2.connector import connector_pb2, service_pb2_grpc
from flyteidl2.core import identifier_pb2 as identifiers2
from flyteidl2.core import tasks_pb2 as tasks2

# The client limits of Flyte's engine are gRPC's own. The double lifts the sending one: P6 sends more on purpose.
OPTIONS = (
    ("grpc.enable_http_proxy", 0),
    ("grpc.max_send_message_length", 64 << 20),
    ("grpc.max_receive_message_length", 64 << 20),
    ("grpc.use_local_subchannel_pool", 1),  # two clients of one test are two connections
)


@dataclass(frozen=True)
class Dialect:
    """The modules of one Flyte."""

    number: int
    messages: Any
    tasks: Any
    identifiers: Any
    service: Any
    metadata_service: Any
    service_name: str
    """As gRPC calls it."""
    metadata_name: str

    def stub(self, channel: grpc.Channel) -> Any:
        """Return the client of CreateTask, GetTask, DeleteTask, GetTaskMetrics and GetTaskLogs."""
        return self.service(channel)

    def list(self, channel: grpc.Channel, timeout: float) -> list[Any]:
        """Return what ListAgents (1) or ListConnectors (2) answers; each has name and supported_task_categories."""
        stub = self.metadata_service(channel)
        if self.number == 1:
            return list(stub.ListAgents(self.messages.ListAgentsRequest(), timeout=timeout).agents)
        return list(stub.ListConnectors(self.messages.ListConnectorsRequest(), timeout=timeout).connectors)

    def get(self, channel: grpc.Channel, name: str, timeout: float) -> Any:
        """Return what GetAgent (1) or GetConnector (2) answers about the connector with this name."""
        stub = self.metadata_service(channel)
        if self.number == 1:
            return stub.GetAgent(self.messages.GetAgentRequest(name=name), timeout=timeout).agent
        return stub.GetConnector(self.messages.GetConnectorRequest(name=name), timeout=timeout).connector


DIALECTS = {
    1: Dialect(
        1,
        agent_pb2,
        tasks1,
        identifiers1,
        agent_pb2_grpc.AsyncAgentServiceStub,
        agent_pb2_grpc.AgentMetadataServiceStub,
        "flyteidl.service.AsyncAgentService",
        "flyteidl.service.AgentMetadataService",
    ),
    2: Dialect(
        2,
        connector_pb2,
        tasks2,
        identifiers2,
        service_pb2_grpc.AsyncConnectorServiceStub,
        service_pb2_grpc.ConnectorMetadataServiceStub,
        "flyteidl2.connector.AsyncConnectorService",
        "flyteidl2.connector.ConnectorMetadataService",
    ),
}
