"""What does your plugin tell Flyte in each state of your operator? `make play ARGS="--crd FILE --profile FILE"`

The states are played: a control plane without a node is started, your connector with it, and this program writes the
statuses of your profile. No operator runs: what it really writes only its own program can show.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

import grpc
import yaml
from kubernetes.dynamic.exceptions import ApiException

from connector_sanity import play
from connector_sanity.cluster import ALLOWED, Cluster, ClusterError
from connector_sanity.engine import code
from connector_sanity.launch import StartError
from connector_sanity.loading import load
from connector_sanity.profile import Profile, ProfileError
from connector_sanity.settings import Settings
from connector_sanity.target import Target
from devkit import build, process, runs, sanity
from devkit.process import ChildError
from devkit.toolchain import ToolchainError

ERRORS = (ChildError, ClusterError, ProfileError, StartError, ToolchainError)


def arguments() -> argparse.ArgumentParser:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="make play ARGS=", description=__doc__)
    add = parser.add_argument
    add(
        "--profile",
        type=Path,
        required=True,
        help="YAML: your task type, a template, and how your operator's states look",
    )
    add(
        "--crd",
        type=Path,
        action="append",
        default=[],
        help="your operator's CustomResourceDefinitions; may be repeated; default: the profile's resource.crds",
    )
    add(
        "--state",
        action="append",
        default=[],
        help="one of the profile's states; may be repeated; default: all",
    )
    add(
        "--flyte",
        type=int,
        choices=(1, 2),
        help="which Flyte asks; default: the first that the profile names",
    )
    add("--connector", type=Path, help="another program than the first word of the profile's start.command")
    add(
        "--kubeconfig",
        type=Path,
        help="an administrator's of a cluster that you have, whose CRDs and namespace are there",
    )
    return parser


def read(asked: argparse.Namespace) -> Profile:
    """Return the profile, with what was asked for; raises ProfileError for what cannot be played."""
    for crd in asked.crd:
        if not crd.is_file():
            raise ProfileError(f"--crd {crd}: there is no such file")
    profile = load(asked.profile)
    if profile.resource is None or profile.start is None:
        raise ProfileError(
            f"profile {asked.profile}: to play its states it needs `resource`, `states` and `start`"
        )
    resource, start = profile.resource, profile.start
    for name in resource.crds if not asked.crd else ():
        if not (asked.profile.parent / name).exists():
            raise ProfileError(f"profile {asked.profile}: resource.crds: there is no {name} beside it")
    if asked.crd:
        resource = resource.model_copy(update={"crds": [str(crd.resolve()) for crd in asked.crd]})
    if asked.connector:
        start = start.model_copy(update={"command": [str(asked.connector.resolve()), *start.command[1:]]})
    # The account and its rights are for `make sanity`: here the connector acts as the administrator.
    return profile.model_copy(update={"resource": resource, "start": start, "rights": None})


def prepare(cluster: Cluster, profile: Profile, folder: Path, home: Path) -> None:
    """Make the namespace, where a kit may work, and the kind."""
    about = {"name": profile.namespace, "labels": {ALLOWED: "allowed"}}
    path = folder / "namespace.yaml"
    path.write_text(
        yaml.safe_dump({"apiVersion": "v1", "kind": "Namespace", "metadata": about}), encoding="utf-8"
    )
    cluster.apply(path)
    cluster.serve(home)


def perform(asked: argparse.Namespace, profile: Profile, folder: Path, kubeconfig: Path) -> int:
    """Start the connector, play, and return 0 when Flyte is told what the profile says."""
    home = asked.profile.resolve().parent
    run = (
        secrets.token_hex(4) if asked.kubeconfig else "play"
    )  # on a control plane of its own nothing has a name yet
    settings = Settings(profile, home, run, kubeconfig=kubeconfig)
    cluster = Cluster(kubeconfig, profile, run)
    if not asked.kubeconfig:
        prepare(cluster, profile, folder, home)
    cluster.check_allowed()
    with Target(settings, folder / "connector") as target:
        kind = cluster.kind
        sanity.say(
            f"\n{profile.name}: a task of type {profile.task_type} becomes a {kind.kind} of {kind.api_version}."
        )
        sanity.say("Each state is played on a task of its own.")
        with target.flyte(asked.flyte or profile.dialects[0]) as flyte:
            wrong = play.Play(flyte, cluster, profile, sanity.say).all(asked.state)
    count = len(asked.state or profile.states)
    if wrong:
        sanity.say(
            f"\n{count} states and an abort were played, and Flyte is told something else in: {', '.join(wrong)}"
        )
        return 1
    sanity.say(
        f"\n{count} states and an abort were played, and Flyte is told what the profile says. No operator has run."
    )
    return 0


def refusal(error: ApiException) -> str:
    """Return what the API server has said, which names the field of a status that cannot be."""
    try:
        words = json.loads(error.body)["message"]
    except (ValueError, KeyError, TypeError):
        words = error.reason
    return f"the API server answers {error.status}: {words}"


def main(words: Sequence[str]) -> int:
    """Play the states; return 0 when Flyte is told what the profile says, 1 when not."""
    asked = arguments().parse_args(words)
    sanity.say(play.PLAYED)
    profile = read(asked)
    if not asked.connector:
        build.program("connector")
    with runs.folder() as folder:
        place = sanity.given(asked.kubeconfig) if asked.kubeconfig else sanity.control_plane(folder, ())
        with place as kubeconfig:
            return perform(asked, profile, folder, kubeconfig)


if __name__ == "__main__":
    process.unwind_on_sigterm()
    try:
        sys.exit(main(sys.argv[1:]))
    except grpc.RpcError as error:
        sys.exit(f"play: the connector answers {code(error)}: {error.details()}")  # type: ignore[attr-defined]
    except ApiException as error:
        sys.exit(f"play: {refusal(error)}")
    except ERRORS as error:
        sys.exit(f"play: {error}")
    except KeyboardInterrupt:
        sys.exit("play: stopped; the control plane has ended")
