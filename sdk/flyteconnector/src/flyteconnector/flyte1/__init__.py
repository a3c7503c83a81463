"""What does a task class of flytekit need? ``RemoteTaskMixin``, first among its base classes."""

# First: flytekit imports every installed plugin when it starts, and those import this package. Were flytekit
# imported from one of the modules below, a plugin would find that module half initialised.
import flytekit as _flytekit  # noqa: F401

from flyteconnector.flyte1.mixin import RemoteTaskMixin
from flyteconnector.flyte1.outcome import RemoteTaskError, RemoteUserError

__all__ = ["RemoteTaskError", "RemoteTaskMixin", "RemoteUserError"]
