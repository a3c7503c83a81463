"""How does the kit start a connector, kill it, and tell that it serves?"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from connector_sanity.dialect import OPTIONS
from connector_sanity.ports import free_port
from connector_sanity.profile import Start

SERVING = health_pb2.HealthCheckResponse.SERVING


class StartError(RuntimeError):
    """The connector did not start; the text has the end of what it printed."""


def filled(word: str, names: Mapping[str, object]) -> str:
    """Fill the names in; other braces, such as those of Go's templates, stay."""
    for name, value in names.items():
        word = word.replace(f"{{{name}}}", str(value))
    return word


class Launched:
    """A connector that the kit has started, on a port that stays the same over restarts.

    Args:
        start: The profile's.
        home: The profile's folder, from which the program is looked up.
        folder: For its log, and as {folder}.
        kubeconfig: As {kubeconfig}.
        namespace: As {namespace}.
        more: Words that are added to the command.
    """

    def __init__(
        self,
        start: Start,
        home: Path,
        folder: Path,
        kubeconfig: Path,
        namespace: str,
        more: tuple[str, ...] = (),
    ) -> None:
        self.start_how, self.port, self.metrics_port = start, free_port(), free_port()
        folder.mkdir(parents=True, exist_ok=True)
        self.log_path = folder / f"connector-{self.port}.log"
        names: dict[str, object] = {"kubeconfig": kubeconfig, "namespace": namespace, "folder": folder}
        names["home"] = home
        names |= {"port": self.port, "metrics": self.metrics_port}
        words = [filled(word, names) for word in (*start.command, *more)]
        self.command = [self._program(words[0], home), *words[1:]]
        self._env = os.environ | {key: filled(value, names) for key, value in start.env.items()}
        self._log: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def _program(word: str, home: Path) -> str:
        beside = home / word
        found = str(beside.resolve()) if beside.is_file() else shutil.which(word)
        if not found:
            raise StartError(
                f"profile, start.command: there is no program {word!r} beside the profile or on PATH"
            )
        return found

    @property
    def address(self) -> str:
        """Return ``host:port``."""
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Return the process' id."""
        assert self._process is not None, "the connector was never started"
        return self._process.pid

    def log(self) -> str:
        """Return all that it has printed, over all of its starts."""
        return self.log_path.read_text(encoding="utf-8", errors="replace") if self.log_path.exists() else ""

    def start(self, wait: bool = True) -> None:
        """Start it, and by default `wait`."""
        self._log = self.log_path.open("ab")
        self._process = subprocess.Popen(
            self.command, env=self._env, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log
        )
        if wait:
            self.wait()

    def wait(self) -> None:
        """Return when its health is SERVING; raises StartError, and ends it, when it is not in time."""
        end = time.monotonic() + self.start_how.ready_seconds
        while not self.healthy():
            if self._process is None or self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                tail = "\n".join(self.log().splitlines()[-20:])
                raise StartError(
                    f"{' '.join(self.command)}\ndoes not serve; the end of what it printed:\n{tail}"
                )
            time.sleep(0.03)

    def healthy(self, service: str = "", timeout: float = 1.0) -> bool:
        """Return whether gRPC's health service says SERVING; a connector without one counts when it listens."""
        with grpc.insecure_channel(self.address, options=OPTIONS) as channel:
            try:
                asked = health_pb2.HealthCheckRequest(service=service)
                return bool(
                    health_pb2_grpc.HealthStub(channel).Check(asked, timeout=timeout).status == SERVING
                )
            except grpc.RpcError as error:
                return bool(error.code() == grpc.StatusCode.UNIMPLEMENTED)  # type: ignore[attr-defined]

    def running(self) -> bool:
        """Return whether the process has not ended."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End it with SIGKILL: no last answer."""
        self._end(signal.SIGKILL)

    def stop(self) -> int | None:
        """End it with SIGTERM, and return its exit code; None when it had to be killed after the grace time."""
        return self._end(signal.SIGTERM)

    def terminate(self) -> None:
        """Send SIGTERM, and return at once."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int | None:
        process, code = self._process, None
        if process is not None:
            if process.poll() is None:
                process.send_signal(how)
            try:
                code = process.wait(self.start_how.grace_seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._log:
            self._log.close()
        return code
