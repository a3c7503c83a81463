"""What can happen to a call of the API server, and what is known of one that came?"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Mode(enum.StrEnum):
    """What happens to a call."""

    REFUSE = "refuse"  # the connection is reset before the API server hears of it
    EOF_BEFORE = "eof-before"  # it is ended so, as by a server that closes what idles
    DELAY = "delay"  # the API server does it after `seconds`, whether or not the caller still waits
    STATUS = "status"  # `status` is answered instead of the API server, with `retry_after`
    EOF_AFTER = "eof-after"  # the API server does it; the answer never comes
    SWALLOW = "swallow"  # nothing happens, and no answer comes; when the proxy is healed, the connection ends
    HOLD = "hold"  # the API server does it; the answer waits until the proxy is healed


@dataclass
class Fault:
    """Breaks calls.

    Attributes:
        mode: How.
        method: HTTP's; "" for all, watches too.
        contains: A part of the path with its query; "" for all.
        verb: As RBAC calls it, which tells a list from a watch and a get; "" for all.
        resource: "jobs.batch"; "" for all.
        times: How many calls; negative: all until the proxy is healed.
        skip: How many calls that fit pass unharmed before.
        seconds: Of a delay.
        status: HTTP's.
        retry_after: Seconds, in the header of such an answer; 0: no header.
        text: What is answered as plain text, instead of Kubernetes' Status.
        hit: How many calls it has broken. A held one counts once the API server has answered.
    """

    mode: Mode
    method: str = ""
    contains: str = ""
    verb: str = ""
    resource: str = ""
    times: int = 1
    skip: int = 0
    seconds: float = 0.0
    status: int = 500
    retry_after: int = 0
    text: str = ""
    hit: int = 0
    seen: int = 0

    def takes(self, call: Call) -> bool:
        """Return whether this call is one to break; each is asked about once."""
        wanted = ((self.method, call.method), (self.verb, call.verb), (self.resource, call.resource))
        if any(want and want != has for want, has in wanted) or self.contains not in call.path:
            return False
        self.seen += 1
        return self.seen > self.skip and (self.times < 0 or self.seen <= self.skip + self.times)


@dataclass(frozen=True)
class Call:
    """One request that came: `verb` as RBAC calls it (get, list, watch, create, delete, deletecollection, …)."""

    method: str
    path: str
    """With its query."""
    verb: str
    resource: str
    """"jobs.batch", "pods"; "" for what is no resource, such as /version."""
    at: float
    """time.monotonic()."""
