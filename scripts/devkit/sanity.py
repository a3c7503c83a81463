"""Does our connector survive Flyte? connector-sanity looks at it, on a control plane that has no node. `make sanity`.

The kit plays the operators, so a task takes no time and runs nothing. `python -m devkit.sanity --keep` leaves the
control plane up, and says how to use it; `--kubeconfig FILE` takes one that you have.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from devkit import build, operators, process, protos, runs, sanity_run, sanity_targets
from devkit.process import ChildError
from devkit.sanity_targets import Target
from devkit.toolchain import ROOT, ToolchainError

RESULTS = ROOT / "build" / "sanity"
PROGRAM = Path(sys.executable).parent / "connector-sanity"


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


@contextlib.contextmanager
def control_plane(folder: Path, targets: Sequence[Target]) -> Iterator[Path]:
    """Yield an administrator's kubeconfig for a control plane with the targets' accounts; it ends with the block."""
    if not build.MODULE_FILE.exists():
        raise ToolchainError(
            "this repository has no local cluster: take one that you have. --manifests FOLDER writes what to apply to "
            "it (kubectl apply -k), and --kubeconfig FILE names its administrator"
        )
    local = importlib.import_module("devkit.cluster")  # not every copy has it
    kinds = [operator.made() / "crds" for operator in operators.found()]
    manifests = tuple(sanity_targets.write(folder, target) for target in targets)
    with local.LocalCluster(folder, say=say, manifests=manifests, name="sanity", bare=True) as cluster:
        cluster.wait()
        for kind in kinds:  # some are larger than the annotation in which kubectl else keeps a copy
            cluster.kubectl("apply", "--server-side", "-R", "-f", str(kind))
        yield cluster.kubeconfig


@contextlib.contextmanager
def given(kubeconfig: Path) -> Iterator[Path]:
    """Yield the kubeconfig of somebody else's cluster; its namespace and account are theirs to make."""
    yield kubeconfig


def command(target: Target, kubeconfig: Path, *words: str) -> list[str]:
    """Return the command line that looks at a target."""
    return [str(PROGRAM), f"--profile={target.profile}", f"--kubeconfig={kubeconfig}", *words]


def path() -> str:
    """Return a PATH on which the kit finds buf, and kubectl, which builds manifests."""
    more = [str(PROGRAM.parent)]
    if build.MODULE_FILE.exists():
        more.append(str(importlib.import_module("devkit.cluster").binaries()))
    return os.pathsep.join([*more, os.environ.get("PATH", "")])


def look(targets: Sequence[Target], kubeconfig: Path, words: Sequence[str]) -> bool:
    """Run the kit on each target, and return whether all is as it has to be."""
    fine = True
    for target in targets:
        began = time.monotonic()
        say(f"\n{target.name}: {target.title}")
        (RESULTS / f"{target.name}.json").unlink(missing_ok=True)
        wanted = [f"--json={RESULTS / target.name}.json", f"--html={RESULTS / target.name}.html"]
        ended = sanity_run.run(command(target, kubeconfig, *wanted, *words))
        say(f"{target.name}: {time.monotonic() - began:.0f} s, exit code {ended}")
        fine = fine and ended == 0
    return fine


def advice(targets: Sequence[Target], kubeconfig: Path) -> str:
    """Return what to type in a second terminal."""
    lines = ["", f"In a second terminal, in {ROOT}:", "", f"  export PATH={PROGRAM.parent}:$PATH"]
    for target in targets:
        profile = target.profile.relative_to(ROOT)
        lines.append(
            f"  connector-sanity --profile {profile} --kubeconfig {shlex.quote(str(kubeconfig))} --only I1"
        )
    return "\n".join([*lines, "", "Ctrl-C here ends the control plane."])


def arguments() -> argparse.ArgumentParser:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="make sanity ARGS=", description=__doc__)
    add = parser.add_argument
    names = [target.name for target in sanity_targets.ours()]
    add("--target", action="append", choices=names, help="one of them; default: all")
    add("--kubeconfig", type=Path, help="a cluster that you have, in place of one that is started here")
    add("--keep", action="store_true", help="leave the control plane up, until Ctrl-C")
    add("--manifests", type=Path, help="write what a cluster of yours needs into this new folder, and end")
    # part:book begin
    add("--mutants", action="store_true", help="our connector with one mistake each: does the kit see it?")
    add("--record", action="store_true", help="everything, for docs/records/conformance.json: an hour")
    add("--mutant", action="append", metavar="ID", help="one of them")
    # part:book end
    add("kit", nargs="*", help="after --: options of connector-sanity")
    return parser


def done(asked: argparse.Namespace, targets: Sequence[Target], folder: Path, kubeconfig: Path) -> bool:
    """Do what was asked for with a cluster, and return whether all is as it has to be."""
    if asked.keep:
        say(advice(targets, kubeconfig))
        while True:
            time.sleep(1)
    # part:book begin
    if asked.record:
        from devkit import sanity_record

        order = lambda target, *words: command(target, kubeconfig, *words)  # noqa: E731
        return sanity_record.record(sanity_record.Recorder(targets, order, folder, RESULTS, PROGRAM, say))
    if asked.mutants or asked.mutant:
        from devkit import sanity_mutants

        chosen = [each for each in sanity_mutants.read() if not asked.mutant or each.id in asked.mutant]
        named = {target.name: target for target in targets}
        order = lambda name, words: command(named[name], kubeconfig, *words)  # noqa: E731
        seen = list(sanity_mutants.tried(chosen, folder / "mutants", order, say))
        say(f"{sum(killed for _, killed in seen)} of {len(seen)} mutants killed")
        return all(killed for _, killed in seen)
    # part:book end
    fine = look(targets, kubeconfig, asked.kit)
    # part:book begin
    if not asked.target and not asked.kit:
        from devkit import sanity_python

        fine = sanity_python.shown(PROGRAM, folder, say) and fine
    # part:book end
    return fine


def main(words: Sequence[str]) -> int:
    """Look at the targets, or keep the control plane up; return 0 when all is as it has to be."""
    asked = arguments().parse_args(words)
    targets = [each for each in sanity_targets.ours() if not asked.target or each.name in asked.target]
    if asked.manifests:
        for target in targets:
            say(f"kubectl apply --server-side -k {sanity_targets.write(asked.manifests, target)}")
        return 0
    build.program("connector")
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "messages.binpb").write_bytes(protos.image().SerializeToString())  # which the profile names
    os.environ["PATH"] = path()
    with runs.folder() as folder:
        place = given(asked.kubeconfig) if asked.kubeconfig else control_plane(folder, targets)
        with place as kubeconfig:
            fine = done(asked, targets, folder, kubeconfig)
    if not fine and not (asked.mutants or asked.mutant):
        for target in targets:
            for text in sanity_run.failures(target.name, RESULTS / f"{target.name}.json"):
                say(f"\n{text}")
    return 0 if fine else 1


if __name__ == "__main__":
    process.unwind_on_sigterm()
    try:
        sys.exit(main(sys.argv[1:]))
    except (ChildError, ToolchainError) as error:
        sys.exit(f"sanity: {error}")
    except KeyboardInterrupt:
        sys.exit("sanity: the control plane has ended")
