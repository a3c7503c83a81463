"""How does a task without a plugin buy something? Its pod orders a paid job, and asks for it until it has ended.

    python -m abort_experiment.pod --key KEY --name NAME --workers 2 --seconds 600 [--handler] [--lease 4]

`--handler` cancels the job when the pod is told to end; `--lease` makes the service end it when the pod falls silent.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time

from paid_service.client import Client, PaidServiceError
from paid_service.model import Order


def service(patience: float = 3.0) -> Client:
    """Return a client. The token is a secret of the task, which Flyte gives its pod as a variable."""
    return Client(os.environ["PAID_SERVICE_URL"], os.environ["_FSEC_PAID_SERVICE_TOKEN"], patience)


def cancel_on_sigterm(key: str) -> None:
    """Let SIGTERM, with which Kubernetes begins to end a pod, cancel the job before this process ends."""

    def on_sigterm(number: int, _: object) -> None:
        print("told to end: cancelling the job", flush=True)
        try:
            with service() as paid:  # not the one that may be in the middle of a call
                paid.cancel(key)
        except PaidServiceError as error:
            print(f"the job goes on: {error}", flush=True)
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, on_sigterm)


def poll(key: str, lease: bool) -> int:
    """Ask for the job until it has ended; return an exit code."""
    with service() as paid:
        while True:
            try:
                job = paid.renew(key) if lease else paid.get(key)
                print(f"{job.state}: {job.progress:.0%}, ${job.dollars:.2f}", flush=True)
                if job.state.final:
                    return 0 if job.pi is not None else 1
            except PaidServiceError as error:
                print(error, flush=True)
            time.sleep(0.5)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m abort_experiment.pod")
    parser.add_argument("--key", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--handler", action="store_true")
    parser.add_argument("--lease", type=float)
    wanted = parser.parse_args(words)
    if wanted.handler:
        cancel_on_sigterm(wanted.key)
    order = Order(
        samples=1_000_000,
        workers=wanted.workers,
        seconds=wanted.seconds,
        name=wanted.name,
        lease_seconds=wanted.lease,
    )
    with service() as paid:
        paid.submit(wanted.key, order)
    return poll(wanted.key, wanted.lease is not None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
