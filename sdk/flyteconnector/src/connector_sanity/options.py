"""Which options does the command have?"""

from __future__ import annotations

import argparse
from pathlib import Path

EPILOG = (
    "`connector-sanity sweep --kubeconfig FILE` removes what a killed run has left. "
    "After --: more options of pytest, such as -- -x."
)


def positive(text: str) -> int:
    """Return a number from 1 on; raises ArgumentTypeError."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: must be a number from 1 on")
    return int(text)


def options() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        prog="connector-sanity", description="Which promises does this connector keep?", epilog=EPILOG
    )
    given = parser.add_argument_group("the connector")
    add = given.add_argument
    add("address", nargs="?", default="", help="host:port; else the profile says how to start one")
    add("--profile", type=Path, help="YAML: what the kit has to know about the connector")
    add("--kubeconfig", type=Path, help="an administrator's; without it: only levels W and S")
    add("--set", action="append", default=[], metavar="KEY=VALUE", help="another value: constants.reap=70")
    add("--expected-failures", type=Path, metavar="FILE", help="YAML: check -> why it is known to fail")
    add = parser.add_argument_group("the checks").add_argument
    add("--list", action="store_true", help="show all of them, and end")
    add(
        "--level",
        default="WKFS",
        help="letters of W (wire), K (Kubernetes), F (faults), S (static); default all",
    )
    add("--only", default="", metavar="IDS", help="ids with commas between them: I1,D2")
    add("--slow", action="store_true", help="also what takes minutes, with the real constants")
    add(
        "--depth", type=positive, default=1, help="faults at once, when every fault point is tried; default 1"
    )
    add(
        "--repeat",
        type=positive,
        default=1,
        metavar="N",
        help="each N times, to find what fails now and then",
    )
    add = parser.add_argument_group("the results").add_argument
    add("--json", type=Path, metavar="FILE", help="for programs")
    add("--junit", type=Path, metavar="FILE", help="for CI: JUnit's XML")
    add("--html", type=Path, metavar="FILE", help="a page, for people")
    return parser
