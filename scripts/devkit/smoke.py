"""Does the plugin work on *your* Flyte? `nox -s smoke -- --flyte HOST:PORT --project P --domain D --image I`

Registers three tasks on a Flyte 1, or with `--flyte2` on a Flyte 2, runs them, and looks at Flyte and at Kubernetes
meanwhile: a result of two workers, an error, an abort. Ends what it has started, and removes what is left of it, also
on Ctrl-C and SIGTERM.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
from pathlib import Path

from devkit import process
from devkit.smoke_report import SHAPES, Report
from devkit.toolchain import ROOT, ToolchainError

TASKS = ROOT / "examples" / "smoke"
NAMESPACE2 = "flyte"  # where a Flyte 2 was seen to run the tasks of all projects
HURRY = 25.0  # seconds for what ends by itself after Ctrl-C: nox waits for a minute
HONEST = "This test was tried with a scripted engine in the place of Flyte, and never with a real one: docs/smoke.md"


def report_file(text: str) -> Path:
    path = Path(text)
    if path.suffix not in SHAPES:
        raise argparse.ArgumentTypeError(f"{text!r}: its name must end with {' or '.join(SHAPES)} (JUnit)")
    return path


def seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r}: must be a number of seconds above 0")
    return value


def parser() -> argparse.ArgumentParser:
    it = argparse.ArgumentParser(
        prog="nox -s smoke --", description="Try the plugin on a Flyte 1 or 2.", epilog=HONEST
    )
    flyte = it.add_argument_group("Flyte")
    flyte.add_argument(
        "--flyte",
        default="",
        metavar="HOST:PORT",
        help="its admin (Flyte 1) or API (Flyte 2); else that of the config",
    )
    flyte.add_argument("--project", required=True, help="must exist")
    flyte.add_argument("--domain", required=True, help="of the project")
    flyte.add_argument("--flyte2", action="store_true", help="it is a Flyte 2; without this, a Flyte 1")
    flyte.add_argument(
        "--image", help="of the tasks: with the plugin's package, and flytekit or Flyte 2's SDK"
    )
    flyte.add_argument(
        "--config",
        type=Path,
        help="as for pyflyte --config, or flyte --config: TLS, login; else what the SDK finds by itself",
    )
    flyte.add_argument(
        "--insecure", action="store_true", help="no TLS, whatever the config says; in Flyte 2 also no login"
    )
    cluster = it.add_argument_group("Kubernetes, in which Flyte runs tasks")
    cluster.add_argument("--kubeconfig", type=Path, help="else kubectl's own")
    cluster.add_argument("--context", help="else the current one")
    cluster.add_argument("--namespace", help="where the tasks run (default: PROJECT-DOMAIN; Flyte 2: flyte)")
    cluster.add_argument("--kind", default="jobs.batch", help="of the custom resource (default: %(default)s)")
    test = it.add_argument_group("the test")
    test.add_argument("--only", action="append", choices=["result", "error", "abort"], default=[])
    test.add_argument(
        "--timeout", type=seconds, default=300.0, help="s for an execution (default: %(default)g)"
    )
    test.add_argument(
        "--gone", type=seconds, default=90.0, help="s until an abort has removed all (default: %(default)g)"
    )
    test.add_argument("--report", type=report_file, metavar="FILE", help="also write .json, or JUnit's .xml")
    return it


def parse(words: list[str]) -> argparse.Namespace:
    """Return the arguments; ends the program with one sentence when something is wrong with them."""
    it = parser()
    wanted = it.parse_args(words)
    if not wanted.image:
        sdk = "flyte" if wanted.flyte2 else "flytekit"
        it.error(
            f"--image is missing: without it, Flyte takes {sdk}'s own image, which has no plugin. Name one with "
            f"{sdk} and flytekitplugins-larkspur in it"
        )
    if not re.search(r":[^:/]+$", wanted.image):  # flytekit takes no other; a digest ends like this, too
        it.error(f"--image {wanted.image}: has neither a tag nor a digest: write {wanted.image}:TAG")
    for name in ("config", "kubeconfig"):
        if (path := getattr(wanted, name)) and not path.is_file():
            it.error(f"--{name} {path}: there is no such file")
    usual = NAMESPACE2 if wanted.flyte2 else f"{wanted.project}-{wanted.domain}"
    wanted.namespace = wanted.namespace or usual
    return wanted


def smoke(wanted: argparse.Namespace) -> Report:
    """Make the test, and return its report. Raises ToolchainError when it cannot begin."""
    sys.path[:0] = [str(TASKS)]
    from devkit.smoke_checks import Smoke
    from devkit.smoke_cluster import Kubernetes
    from devkit.smoke_promises import report

    if wanted.flyte2:
        from devkit.smoke_flyte2 import Flyte2 as Flyte
    else:
        from devkit.smoke_flyte import Flyte
    signal.signal(signal.SIGINT, signal.default_int_handler)  # flytekit has set its own, which ends with 1
    where = (wanted.namespace, wanted.kind, Flyte.label)
    kubernetes = Kubernetes(*where, wanted.kubeconfig, wanted.context)
    flyte = Flyte(wanted.flyte, wanted.project, wanted.domain, wanted.config, wanted.insecure)
    about = {"flyte": flyte.endpoint, "project": wanted.project, "domain": wanted.domain}
    told = report(
        about | {"namespace": wanted.namespace, "kind": wanted.kind, "image": wanted.image}, wanted.only
    )
    print(
        f"Flyte at {flyte.endpoint}, {wanted.project}/{wanted.domain}; tasks in {wanted.namespace}",
        flush=True,
    )
    it = Smoke(flyte, kubernetes, told, wanted.image, wanted.timeout, wanted.gone)
    patience = min(wanted.gone, HURRY)
    try:
        it.run(wanted.only)
        patience = wanted.gone
    finally:
        with process.uninterrupted():
            it.tidy(patience)
            told.show()
            if wanted.report:
                told.write(wanted.report)
    return told


def main(words: list[str]) -> int:
    wanted = parse(words)
    process.unwind_on_sigterm()
    try:
        return 0 if smoke(wanted).ok() else 1
    except ToolchainError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
