"""What does the kit have to know about a connector? One YAML file, the profile; unknown keys are errors."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from connector_sanity.golden import Golden
from connector_sanity.limits import Limits
from connector_sanity.part import Json, Part

__all__ = ["PHASES", "TERMINAL", "Json", "Part", "Profile", "ProfileError"]

PHASES = Literal[
    "QUEUED", "WAITING_FOR_RESOURCES", "INITIALIZING", "RUNNING", "SUCCEEDED", "FAILED", "RETRYABLE_FAILED"
]
TERMINAL = ("SUCCEEDED", "FAILED", "RETRYABLE_FAILED", "ABORTED")


class ProfileError(ValueError):
    """The profile cannot be used; the text names the file, the field, its value and what would be right."""


class Invalid(Part):
    """A TaskTemplate that can never run."""

    template: Json
    says: str
    """A part of the words that the user has to see."""


class Kind(Part):
    """The custom resource that the connector creates."""

    api_version: str = Field(pattern=r"^([a-z0-9.-]+/)?v[a-z0-9]+$")
    kind: str
    crds: list[str] = []
    """Files with the operator's CustomResourceDefinitions, relative to the profile; none: Kubernetes has the kind."""
    longest_name: int = 63
    """Characters. A name that is longer gives its pods or services, which append something, names that are too long."""


class State(Part):
    """How one state of the operator looks, and what Flyte has to be told."""

    status: Json
    """What is merged into the resource's status; "{now}", "{created}" and "{name}" in texts are filled in."""
    phase: list[PHASES] = Field(min_length=1)
    """The phases of which one has to be answered."""
    says: str = ""
    """A part of the message, the error or the links' names."""
    pod: Json = {}
    """The status of a pod, where the state shows in one; the profile then has `pods`."""


class Pods(Part):
    """How the pods look that the operator makes for a resource."""

    labels: dict[str, str]
    """Of each pod; "{name}" and "{uid}" are the resource's, "{number}" counts its pods from 0."""
    annotations: dict[str, str] = {}
    """The same."""
    container: str
    """The container that runs the task."""
    name: str = "{name}-{number}"
    """Of each pod."""
    starting: str = "submitted"
    """The state of the resource while its pod starts."""


class Start(Part):
    """How the kit starts the connector itself. Without it, the checks of level F are left out."""

    command: list[str] = Field(min_length=1)
    """Words, in which {kubeconfig}, {namespace}, {port}, {metrics} (another port), {folder} (for files) and {home}
    (the profile's folder) are filled in. The first is a program, relative to the profile's folder or on PATH."""
    env: dict[str, str] = {}
    ready_seconds: float = 30.0
    metrics: str = ""
    """The path of Prometheus' metrics on the port {metrics} of the command; "" when there are none to look at."""
    previous: list[str] = []
    """The command of the version before this one, which serves beside it during an upgrade."""
    grace_seconds: float = 30.0
    """How long it may take to end after SIGTERM, as terminationGracePeriodSeconds."""
    tls: list[str] = []
    """Words that are added to make it serve TLS; {cert} and {key} are PEM files of the kit. None: it is not tried."""


class Outputs(Part):
    """How the connector comes to look at what a task has left in Flyte's object store, here a folder of the kit."""

    more: list[str] = []
    """Words that are added to `start.command`."""
    root: str = "file://{folder}"
    """How output prefixes begin then; {folder} is the folder."""


class Owner(Part):
    """The engine's object, named as the execution, that the connector makes the owner of a task's resource."""

    api_version: str
    kind: str
    crds: list[str] = []
    """Files with its CustomResourceDefinition, relative to the profile; none: Kubernetes has the kind."""


class Constants(Part):
    """In seconds, how long the connector takes as it is started for the kit."""

    deadline: float = 9.0
    """The longest that one call takes; Flyte gives up after 10 s."""
    reap: float = 30.0
    """Until an older attempt, or what a create left behind, is gone."""
    pings: float = Field(default=30.0, ge=1)
    """Between two keepalive pings that the connector allows; Flyte 2 sends one every 30 s. gRPC's core in C, with which
    the kit calls, sends at most one in a second."""
    keep_finished: float | None = None
    """How long a finished resource stays; none: it is not tried."""
    sweep: float = 70.0
    """The longest time between two looks at what is due."""


class Rights(Part):
    """What the connector's account may do."""

    account: str = Field(pattern=r"^[a-z0-9-]+/[a-z0-9.-]+$")
    """namespace/name of the service account that the manifests bind."""
    manifests: list[str] = []
    """Files or folders (kustomizations) that make it, relative to the profile."""
    in_manifests: str = ""
    """The account as the manifests name it, where they name another."""
    may: dict[str, list[str]]
    """"resource.group" (a core one: "pods") -> verbs: these in the tasks' namespace, and no others anywhere."""


class Profile(Part):
    """All that the kit knows about a connector."""

    name: str
    task_type: str
    task_type_version: int = 0
    dialects: list[Literal[1, 2]] = Field(default=[1, 2], min_length=1)
    """The Flytes whose API it serves."""
    namespace: str = "connector-sanity"
    """Where its tasks run, for level W; a kit with a cluster makes one of its own when the namespace has this name."""
    template: Json
    """A TaskTemplate that is accepted, as protobuf's JSON; type, id and version are filled in."""
    inputs: Json = {}
    """The inputs of such a task, as the JSON of a LiteralMap of Flyte 1."""
    invalid: list[Invalid] = []
    refusals: Literal["deferred", "status"] = "deferred"
    """Whether an invalid template is an accepted create whose GetTask says FAILED, or a gRPC error."""
    resource: Kind | None = None
    """None: nothing in Kubernetes; only the checks of the wire apply."""
    states: dict[str, State] = {}
    """At least submitted, running, succeeded and failed, when there is a resource."""
    unknown: Json | None = None
    """The status of a state that no operator of today reports; "{random}" in its texts is new each time."""
    pods: Pods | None = None
    links: list[str] = []
    """Parts of the names or addresses of the links that a running task has."""
    events: bool = False
    """Whether the connector reads Kubernetes' Events about its resources."""
    outputs: Outputs | None = None
    owner: Owner | None = None
    mark: Json = {}
    """metadata (labels, annotations) by which the connector knows its own resources."""
    start: Start | None = None
    constants: Constants = Constants()
    rights: Rights | None = None
    liveness: str = ""
    """The service that a liveness probe asks gRPC's health service for; none: there is no such probe."""
    network: list[str] = []
    """Files or folders, relative to the profile, with the NetworkPolicies that are deployed with the connector."""
    limits: Limits = Limits()
    golden: Golden = Golden()
    expected_failures: Annotated[dict[str, str], Field(description="check -> why it is known to fail")] = {}

    @model_validator(mode="after")
    def _complete(self) -> Profile:
        missing = {"submitted", "running", "succeeded", "failed"} - set(self.states)
        if self.resource and missing:
            raise ValueError(f"states: {', '.join(sorted(missing))} missing, which every resource can be in")
        if self.pods is None and (named := [name for name, state in self.states.items() if state.pod]):
            raise ValueError(
                f"states: {', '.join(named)} has a pod, and the profile has no `pods` that says how they look"
            )
        return self
