"""How does a test start the service as a process, and be sure that nothing of it is left?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from paid_service.client import Client
from paid_service.keeper import birth
from paid_service.store import Store

PATIENCE = 15.0  # seconds


class Started:
    """The service on 127.0.0.1, until the context ends.

    Args:
        state: Its folder.
        token: What its clients have to send.
        price: Dollars for a worker's second.
        wrap: What to put around the command.

    Attributes:
        url: The same after a restart.
    """

    def __init__(
        self, state: Path, token: str, price: float = 0.01, wrap: Callable[..., list[str]] | None = None
    ) -> None:
        self.state, self.token, self.price, self._wrap = state, token, price, wrap
        self.url = "http://127.0.0.1:0"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.stop()
        jobs = Store(self.state / "jobs.sqlite")  # of a killed service there may be workers
        for row in jobs.running():
            for process in jobs.processes(row.key):
                if birth(process.pid) == process.birth:
                    os.kill(process.pid, signal.SIGKILL)
        jobs.close()

    def start(self) -> None:
        """Start it, on the port that it had before; raises RuntimeError when it does not."""
        command = [sys.executable, "-m", "paid_service", f"--state={self.state}", f"--price={self.price}"]
        env = os.environ | {"PAID_SERVICE_TOKEN": self.token}
        env["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[1]), env.get("PYTHONPATH", "")])
        command.append(f"--port={self.url.rpartition(':')[2]}")
        command = self._wrap(*command) if self._wrap else command
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        if not (url := self.process.stdout.readline().strip()):
            raise RuntimeError(f"the paid service ended with {self.process.wait()} instead of starting")
        self.url = url

    def stop(self) -> None:
        """End it in order; its workers end too."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            self.process.wait(PATIENCE)

    def kill(self) -> None:
        """SIGKILL it; its workers go on."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def client(self, patience: float = 5.0) -> Client:
        return Client(self.url, self.token, patience)


def named(name: str) -> list[int]:
    """Return the processes that `ps` calls `name`: the workers that live, whoever has started them."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                same = (entry / "comm").read_text().rstrip("\n") == name
            except OSError:
                continue
            if same and birth(int(entry.name)) is not None:
                found.append(int(entry.name))
    return found


def until(true, what: str, seconds: float = PATIENCE) -> None:
    """Wait until `true()`; raises TimeoutError with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s in vain: {what}")
        time.sleep(0.05)
