"""What does an error of Flyte mean to somebody who tries the plugin there, and what should they look at?"""

from __future__ import annotations

import re

PLAIN = (
    "Flyte does not know that the connector serves this task type, and has started an ordinary pod",
    "FlytePropeller's configuration: plugins.connector-service.connectorForTaskTypes must name the type, and "
    "tasks.task-plugins.enabled-plugins must have connector-service: docs/flyte-config.md",
)
PLAIN2 = (
    PLAIN[0],
    "the configuration of Flyte 2's executor: plugins.connector-service.supportedTaskTypes must name the type: "
    "docs/flyte-config.md",
)
MEANINGS = (  # what an error of Flyte contains, what it means, what to look at
    (
        r"ErrImage|ImagePull|InvalidImageName|unknown image",
        "a node cannot start the image of the task",
        "--image, and the secret with which nodes pull it",
    ),
    (
        r"forbidden|may not|not allowed",
        "the connector lacks a right, or refuses what the task asks for",
        "its RoleBinding in this namespace, --namespaces, --images: docs/kustomize.md",
    ),
    (
        r"Unavailable|connection refused|no such host|DeadlineExceeded",
        "Flyte did not reach the connector",
        "the connector's pods and Service, the NetworkPolicy, and the endpoint in Flyte's configuration",
    ),
    (
        r"OutputsNotFound|outputs\.pb|AccessDenied|NoCredentials|Could not connect",
        "the workers have no access to the object store",
        "the service account of the pods, and the connector's --env: docs/configuration.md",
    ),
    (
        r"No module named|ModuleNotFound|executable file not found",
        "the image lacks the plugin's Python package, or flytekit",
        "the image named by --image: it needs flytekitplugins-larkspur",
    ),
)
ELSE = (
    "the task ended in another way than it should",
    "the log of the task's pods, then the connector's log",
)


def explained(error: str, plain: tuple[str, str]) -> tuple[str, str]:
    """Return what an error of Flyte means, and what to look at; `plain` where a task says that it is in a plain pod."""
    meanings = (("runs as a plain pod", *plain), *MEANINGS)
    return next((tuple(rest) for pattern, *rest in meanings if re.search(pattern, error)), ELSE)
