"""What is ordered, and what does the service say about it? The messages of its API."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

KEY = r"^[a-z0-9][a-z0-9-]{7,62}$"  # of a job; the client chooses it


class State(StrEnum):
    """How far a job is. The last four never change."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def final(self) -> bool:
        return self is not State.RUNNING


class Order(BaseModel):
    """What a client wants to have computed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    samples: Annotated[int, Field(ge=1, le=10_000_000)]
    """Points of the Monte-Carlo estimate, of all workers together."""
    workers: Annotated[int, Field(ge=1, le=8)] = 1
    """Processes; each costs its price for every second."""
    seconds: Annotated[float, Field(gt=0, le=3600)] = 10
    """How long it takes; the service sells time."""
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,15}$")] = "paid-worker"
    """What `ps` calls the workers."""
    tolerance: Annotated[float | None, Field(gt=0)] = None
    """The job fails if the standard error of its estimate is larger."""
    lease_seconds: Annotated[float | None, Field(ge=1, le=3600)] = None
    """The job ends if nobody renews it for so long; None: it goes on, whoever is there."""


class Job(BaseModel):
    """What the service knows of a job."""

    key: str
    state: State
    progress: float
    """From 0 to 1."""
    workers: int
    live_workers: int
    dollars: float
    """The bill so far."""
    dollars_per_second: float
    """What it costs now."""
    pi: float | None = None
    standard_error: float | None = None
    error: str | None = None
    """Why it has not succeeded, for people."""
    log_page: str = ""
    plot_page: str = ""
