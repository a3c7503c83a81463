"""What does the user write? A task whose work is one job of the paid service; its inputs and outputs have types."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from flytekit.configuration import SerializationSettings
from flytekit.core.base_task import PythonTask
from flytekit.core.interface import Interface
from flytekit.extend.backend.base_connector import AsyncConnectorExecutorMixin
from paid_service.model import Order
from pydantic import ValidationError

TASK_TYPE = "paid_job"
OUTPUTS = {"pi": float, "standard_error": float, "dollars": float}


@dataclass
class PaidJob:
    """How to buy an estimate of π.

    Raises ValueError for what the service would refuse, while the user's file is read.
    """

    workers: int = 1
    """Processes; each costs money for every second."""
    seconds: float = 10.0
    """How long it takes."""
    tolerance: float | None = None
    """The task fails if the standard error is larger."""
    name: str = "paid-worker"
    """What `ps` calls the workers."""

    def __post_init__(self) -> None:
        try:
            self.order(samples=1)
        except ValidationError as error:
            wrong = "; ".join(f"{one['loc'][0]}={one['input']!r}: {one['msg']}" for one in error.errors())
            raise ValueError(f"PaidJob: {wrong}") from None

    def order(self, samples: int) -> Order:
        return Order(samples=samples, **asdict(self))


class PaidTask(AsyncConnectorExecutorMixin, PythonTask[PaidJob]):  # type: ignore[misc]
    """A task without code and without a container: the connector does all of it.

    Args:
        name: Of the task, unique in the project.
        task_config: How to buy.
        options: What every task may have: `retries`, `timeout`, `cache`, ….
    """

    def __init__(self, name: str, task_config: PaidJob | None = None, **options: Any) -> None:
        super().__init__(
            task_type=TASK_TYPE,
            name=name,
            task_config=task_config or PaidJob(),
            interface=Interface(inputs={"samples": int}, outputs=OUTPUTS),
            **options,
        )

    def get_custom(self, settings: SerializationSettings) -> dict[str, Any]:
        """Return what the connector reads in the TaskTemplate. Anybody who may read tasks sees it: no token here."""
        return asdict(self.task_config)
