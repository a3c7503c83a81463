"""How does a smoke test ask a Flyte 2 to register, run and end tasks? With its SDK, as a user's script does."""

from __future__ import annotations

import contextlib
import io
import logging
import secrets
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import flyte
import flyte.config
import httpx
from connectrpc.code import Code
from connectrpc.errors import ConnectError
from flyte.remote import ActionDetails, Run, Task
from flyteidl2.common import identifier_pb2, phase_pb2
from flyteidl2.workflow import run_definition_pb2

from devkit.smoke_interface import NotThereError, Seen, reported
from devkit.smoke_meanings import PLAIN2
from devkit.toolchain import ToolchainError

ROOT_ACTION = "a0"  # what Flyte 2 calls the task that a run begins with
LOOK = {  # what Flyte refuses, and what to look at then
    Code.UNAUTHENTICATED: "the login in --config, as for `flyte --config`; with --insecure, the SDK sends none",
    Code.PERMISSION_DENIED: "whether the login in --config may deploy and run in this project and domain",
    Code.NOT_FOUND: "--project and --domain: do both exist there?",
    Code.INVALID_ARGUMENT: "the field that it names; an organization comes from task.org in the file of --config, or "
    "from the first part of the host's name",
    Code.UNIMPLEMENTED: "whether this is a Flyte 2, and one as new as the SDK; for a Flyte 1, leave --flyte2 out",
}
ELSEWHERE = (
    "the address and port of Flyte's API in --flyte, --insecure where it has no TLS, the login in --config"
)


REFUSALS = (ConnectError, httpx.HTTPError, OSError, RuntimeError, ValueError)


def explained(what: str, endpoint: str) -> AbstractContextManager[None]:
    """Turn what a call of the SDK raises into a SmokeError."""
    return reported(what, endpoint, REFUSALS, told)


def told(error: Exception) -> tuple[str, str]:
    """Return what an error says, Flyte's own words if it has them, and what to look at then."""
    if refused := cause(error):
        return f"{refused.code.name}: {refused.message}", LOOK.get(refused.code, ELSEWHERE)
    return f"{type(error).__name__}: {error}", ELSEWHERE


def cause(error: BaseException | None) -> ConnectError | None:
    """Return Flyte's own answer, which the SDK wraps into its exceptions."""
    while error is not None and not isinstance(error, ConnectError):
        error = error.__cause__
    return error


class Flyte2:
    """A project and domain of a Flyte 2: see ``devkit.smoke_interface.Flyte``.

    Args:
        endpoint: host:port of its API; "" takes the one of the configuration.
        project, domain: Where the tasks are deployed and run.
        config: A file as for ``flyte --config``; None takes what the SDK finds by itself.
        insecure: Whether there is no TLS, whatever the configuration says; the SDK then sends no login either.

    Raises:
        ToolchainError: Neither `endpoint` nor the configuration says where Flyte is.
    """

    label, plain, engine = "run", PLAIN2, "Flyte 2's executor"

    def __init__(
        self, endpoint: str, project: str, domain: str, config: Path | None = None, insecure: bool = False
    ) -> None:
        found = flyte.config.auto(config)
        platform = replace(found.platform, endpoint=endpoint or found.platform.endpoint)
        platform = replace(platform, insecure=True) if insecure else platform
        if not platform.endpoint:
            raise ToolchainError(
                "--flyte is missing, and no configuration names a Flyte 2: give HOST:PORT of its API, or with --config "
                "a file with admin.endpoint, as for `flyte --config`"
            )
        self.endpoint, self._project, self._domain = platform.endpoint, project, domain
        self._config = replace(found, platform=platform)

    def register(self, folder: Path, image: str) -> dict[str, Any]:
        import smoke_tasks2

        version = f"smoke-{secrets.token_hex(6)}"
        with explained("registration", self.endpoint), contextlib.redirect_stderr(io.StringIO()):
            flyte.init_from_config(
                self._config,
                root_dir=folder,
                project=self._project,
                domain=self._domain,
                log_level=logging.ERROR,  # or it warns of a folder that is in no repository
                images=(f"{smoke_tasks2.IMAGE}={image}",),
            )
            flyte.deploy(smoke_tasks2.alone, smoke_tasks2.pair, version=version)
            tasks = [*smoke_tasks2.pair.tasks.values(), *smoke_tasks2.alone.tasks.values()]
            return {task.name.rpartition(".")[2]: Task.get(task.name, version=version) for task in tasks}

    def start(self, task: Any, name: str, inputs: dict[str, Any]) -> None:
        with explained(f"start of {name}", self.endpoint):
            context = flyte.with_runcontext(mode="remote", name=name, log_level=logging.WARNING)
            context.run(task, **inputs)

    def _details(self, what: str, name: str) -> ActionDetails:
        with explained(f"{what} {name}", self.endpoint):
            try:
                return ActionDetails.get(run_name=name, name=ROOT_ACTION)
            except ConnectError as error:
                if error.code == Code.NOT_FOUND:
                    raise NotThereError(name) from error
                raise

    def look(self, name: str) -> Seen:
        details = self._details("look at", name)
        error = details.error_info
        words = ": ".join(filter(None, (error.code, error.message))) if error else ""
        phase = phase_pb2.ActionPhase.Name(details.raw_phase).removeprefix("ACTION_PHASE_")
        return Seen(phase, words)

    def outputs(self, name: str) -> dict[str, Any]:
        with explained(f"outputs of {name}", self.endpoint):
            return dict(Run.get(name).outputs().named_outputs)

    def links(self, name: str) -> dict[str, str]:
        attempts = self._details("links of", name).pb2.attempts
        return {log.name: log.uri for attempt in attempts for log in attempt.log_info}

    def page(self, name: str) -> str:
        run = identifier_pb2.RunIdentifier(project=self._project, domain=self._domain, name=name)
        id = identifier_pb2.ActionIdentifier(run=run, name=ROOT_ACTION)
        return Run(run_definition_pb2.Run(action=run_definition_pb2.Action(id=id))).url

    def abort(self, name: str) -> None:
        with explained(f"abort of {name}", self.endpoint):
            Run.get(name).abort("smoke test")
