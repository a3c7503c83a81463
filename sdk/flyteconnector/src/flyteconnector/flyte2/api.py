"""What does Flyte 2 call a connector's service and its messages?"""

from __future__ import annotations

from flyteidl2.connector import connector_pb2, service_pb2_grpc

from flyteconnector.client import Api, Client

API = Api(service_pb2_grpc.AsyncConnectorServiceStub, connector_pb2)

__all__ = ["API", "Client"]
