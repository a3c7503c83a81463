"""What was asked of this run? The options of the command, as the pytest plugin gets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connector_sanity.profile import Profile


@dataclass
class Settings:
    """One run of the kit."""

    profile: Profile
    folder: Path
    """Where the profile is; its paths are relative to it."""
    run: str
    """The id of this run, in every name that it makes."""
    address: str = ""
    """``host:port`` of a connector that runs already; "" when the kit starts it."""
    kubeconfig: Path | None = None
    """An administrator's; without one, only what needs no cluster is checked."""
    levels: tuple[str, ...] = ("W", "K", "F", "S")
    only: tuple[str, ...] = ()
    slow: bool = False
    depth: int = 1
    """How many faults at once, when all fault points are tried."""
    json: Path | None = None
    html: Path | None = None
    expected: Mapping[str, str] = field(default_factory=dict)
    """Check -> why it is known to fail."""
    faults: list[dict[str, object]] = field(default_factory=list)
    """What became of each fault point: where, what the engine heard, which invariants broke."""
    repeat: int = 1
    """How often each function runs."""

    @property
    def starts(self) -> bool:
        """Return whether the kit starts the connector."""
        return self.profile.start is not None and not self.address

    def why_not(self, level: str) -> str:
        """Return what a level needs that was not given."""
        if level in "KF" and self.profile.resource is None:
            return "the profile names no resource in Kubernetes"
        if level in "KF" and self.kubeconfig is None:
            return "it needs a cluster: --kubeconfig"
        return "it needs a connector that the kit starts: `start` in the profile, and no ADDRESS"

    def able(self) -> tuple[str, ...]:
        """Return the levels that can be checked with what was given."""
        kubernetes = self.profile.resource is not None and self.kubeconfig is not None
        can = {
            "W": bool(self.address or self.starts),
            "K": kubernetes,
            "F": kubernetes and self.starts,
            "S": True,
        }
        return tuple(level for level in self.levels if can[level])
