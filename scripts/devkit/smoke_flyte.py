"""How does a smoke test ask a Flyte 1 to register, run and end tasks? With flytekit's own client, as pyflyte does."""

from __future__ import annotations

import secrets
import tempfile
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import requests
from flyteidl.core.execution_pb2 import WorkflowExecution
from flytekit.configuration import Config, FastSerializationSettings, ImageConfig, SerializationSettings
from flytekit.exceptions.base import FlyteException
from flytekit.exceptions.user import FlyteEntityNotExistException
from flytekit.models.core.identifier import WorkflowExecutionIdentifier
from flytekit.remote import FlyteRemote, FlyteTask

from devkit.smoke_interface import NotThereError, Seen, reported
from devkit.smoke_meanings import PLAIN

REFUSALS = (FlyteException, grpc.RpcError, requests.RequestException, RuntimeError)
LOOK = (
    "the address and port of Flyte's admin (gRPC), --insecure where it has no TLS, the login in --config, "
    "and whether project and domain exist"
)


def explained(what: str, endpoint: str) -> AbstractContextManager[None]:
    """Turn what a call of Flyte raises into a SmokeError."""
    return reported(what, endpoint, REFUSALS, lambda error: (innermost(error), LOOK))


def innermost(error: BaseException) -> str:
    """Return what began it: flytekit's own exceptions often have no text."""
    while error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, grpc.RpcError) and isinstance(error, grpc.Call):
        return f"{error.code().name}: {error.details()}"
    return f"{type(error).__name__}: {error}"


class Flyte:
    """A project and domain of a Flyte 1: see ``devkit.smoke_interface.Flyte``.

    Args:
        endpoint: host:port of its admin; "" takes the one of the configuration.
        project, domain: Where the tasks are registered and run.
        config: A file as for ``pyflyte --config``; None takes what flytekit finds by itself.
        insecure: Whether there is no TLS, whatever the configuration says.
    """

    label, plain, engine = "execution-id", PLAIN, "FlytePropeller"

    def __init__(
        self, endpoint: str, project: str, domain: str, config: Path | None = None, insecure: bool = False
    ) -> None:
        found = Config.auto(str(config) if config else None)
        platform = replace(found.platform, endpoint=endpoint or found.platform.endpoint)
        platform = replace(platform, insecure=True) if insecure else platform
        self.endpoint, self._project, self._domain = platform.endpoint, project, domain
        self._remote = FlyteRemote(found.with_params(platform=platform), project, domain)

    def register(self, folder: Path, image: str) -> dict[str, FlyteTask]:
        import smoke_tasks

        tasks = [smoke_tasks.add_up, smoke_tasks.decline, smoke_tasks.linger]
        with explained("registration", self.endpoint), tempfile.TemporaryDirectory() as archive:
            _, place = self._remote.fast_package(str(folder), output=archive)
            fast = FastSerializationSettings(True, destination_dir=".", distribution_location=place)
            settings = SerializationSettings(
                image_config=ImageConfig.from_images(image),
                project=self._project,
                domain=self._domain,
                version=f"smoke-{secrets.token_hex(6)}",
                fast_serialization_settings=fast,
            )
            return {
                task.name.rpartition(".")[2]: self._remote.register_task(task, settings, settings.version)
                for task in tasks
            }

    def start(self, task: FlyteTask, name: str, inputs: dict[str, Any]) -> None:
        with explained(f"start of {name}", self.endpoint):
            self._remote.execute(task, inputs=inputs, execution_name=name)

    def _id(self, name: str) -> WorkflowExecutionIdentifier:
        return WorkflowExecutionIdentifier(self._project, self._domain, name)

    def look(self, name: str) -> Seen:
        with explained(f"look at {name}", self.endpoint):
            try:
                closure = self._remote.client.get_execution(self._id(name)).closure
            except FlyteEntityNotExistException as error:
                raise NotThereError(name) from error
        phase = WorkflowExecution.Phase.Name(closure.phase)
        return Seen(phase, f"{closure.error.code}: {closure.error.message}" if closure.error else "")

    def outputs(self, name: str) -> dict[str, Any]:
        with explained(f"outputs of {name}", self.endpoint):
            execution = self._remote.sync(self._execution(name))
            return {key: execution.outputs.get(key, int) for key in execution.outputs.literals}

    def links(self, name: str) -> dict[str, str]:
        with explained(f"links of {name}", self.endpoint):
            execution = self._remote.sync(self._execution(name), sync_nodes=True)
        nodes = [node for node in execution.node_executions.values() if hasattr(node, "task_executions")]
        return {
            log.name: log.uri for node in nodes for task in node.task_executions for log in task.closure.logs
        }

    def _execution(self, name: str):
        return self._remote.fetch_execution(self._project, self._domain, name)

    def page(self, name: str) -> str:
        return self._remote.generate_console_url(self._id(name)).replace("dns:///", "")

    def abort(self, name: str) -> None:
        with explained(f"abort of {name}", self.endpoint):
            self._remote.client.terminate_execution(self._id(name), "smoke test")
