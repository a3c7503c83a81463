"""What does a task class of Flyte 2's SDK need? ``RemoteFunctionTask`` as its base class."""

from flyteconnector.flyte2.task import RemoteFunctionTask

__all__ = ["RemoteFunctionTask"]
