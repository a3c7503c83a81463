"""Which connector is looked at? One that runs already, or one that the kit starts behind a proxy."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import grpc

from connector_sanity import identity
from connector_sanity.dialect import DIALECTS
from connector_sanity.engine import Flyte
from connector_sanity.history import History
from connector_sanity.launch import Launched
from connector_sanity.proxy import Fault, Proxy
from connector_sanity.settings import Settings


class Target:
    """A connector, with all that was seen of it.

    Attributes:
        address: ``host:port``.
        proxy: In front of the API server; None when the kit did not start the connector.
        launched: Its process; None as above.
        history: Every call of the engines.

    Args:
        settings: Of the run.
        folder: For its files.
        more: Words that are added to its command.
        faults: What is broken from its first call on; it is then not waited for: see `Launched.wait`.
    """

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        more: tuple[str, ...] = (),
        faults: tuple[Fault, ...] | None = None,
    ) -> None:
        self.settings, self.folder, self._more, self._faults = settings, folder, more, faults
        self.address, self.history = settings.address, History()
        self.proxy: Proxy | None = None
        self.launched: Launched | None = None

    def __enter__(self) -> Self:
        start = self.settings.profile.start
        if self.settings.starts and start is not None:
            kubeconfig = Path("/dev/null")
            if self.settings.kubeconfig is not None:
                self.proxy = Proxy(self.settings.kubeconfig, identity.bearer(self.settings)).__enter__()
                kubeconfig = identity.kubeconfig(self.settings, self.proxy, self.folder)
            space = self.settings.profile.namespace
            self.launched = Launched(start, self.settings.folder, self.folder, kubeconfig, space, self._more)
            if self.proxy is not None and self._faults is not None:
                self.proxy.break_(*self._faults)
            self.launched.start(wait=self._faults is None)
            self.address = self.launched.address
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self.proxy is not None:
            self.proxy.heal()
        if self.launched is not None:
            self.launched.stop()
        if self.proxy is not None:
            self.proxy.__exit__(None, None, None)

    def replica(self, name: str, faults: tuple[Fault, ...] | None = None) -> Target:
        """Return another connector of the same kind, not started yet: `with target.replica("b") as b`."""
        return Target(self.settings, self.folder / name, self._more, faults)

    @contextlib.contextmanager
    def flyte(self, dialect: int) -> Iterator[Flyte]:
        """Yield an engine; what it made is deleted at the end, as far as the connector lets it."""
        profile, run = self.settings.profile, self.settings.run
        note = self.history.note
        flyte = Flyte(DIALECTS[dialect], self.address, profile, run, profile.namespace, note)
        try:
            yield flyte
        finally:
            for task in flyte.made:
                with contextlib.suppress(grpc.RpcError):
                    flyte.delete(task, timeout=2)
            flyte.close()
