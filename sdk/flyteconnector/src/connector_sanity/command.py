"""``connector-sanity [ADDRESS] --profile FILE``: which promises does this connector keep?"""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from connector_sanity import fixtures, sweep
from connector_sanity.catalogue import listed
from connector_sanity.loading import expectations, load
from connector_sanity.options import options
from connector_sanity.plugin import Plugin
from connector_sanity.profile import ProfileError
from connector_sanity.settings import Settings

# The report tells everything; pytest itself speaks only when it cannot go on.
# Settings of pytest that lie around where the kit is started are for other tests.
SETTINGS = Path(__file__).with_name("pytest.ini")
PYTEST = (
    "--pyargs",
    "connector_sanity.checks",
    f"--config-file={SETTINGS}",
    "--no-header",
    "--no-summary",
    "-qq",
    "-p",
    "no:cacheprovider",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the kit, and return its exit code.

    Returns:
        0 when every promise is kept or its failure was expected; 1 when not; 2 when it was stopped; 4 for wrong options
        or an unusable profile; 5 when there was nothing to look at.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["sweep"]:
        return sweep.main(words[1:])
    cut = words.index("--") if "--" in words else len(words)
    asked, more = options().parse_args(words[:cut]), words[cut + 1 :]
    if asked.list:
        print("\n".join(listed()))
        return 0
    try:
        settings = chosen(asked)
    except ProfileError as error:
        print(f"connector-sanity: {error}", file=sys.stderr)
        return int(pytest.ExitCode.USAGE_ERROR)
    signal.signal(signal.SIGTERM, interrupt)
    junit = [f"--junit-xml={asked.junit}"] if asked.junit else []
    return int(pytest.main([*PYTEST, "--tb=short", *junit, *more], plugins=[Plugin(settings), fixtures]))


def chosen(asked: argparse.Namespace) -> Settings:
    """Return what was asked for; raises ProfileError when it cannot be done."""
    if asked.profile is None:
        raise ProfileError(
            "--profile FILE is missing: YAML with what the kit has to know about the connector"
        )
    profile = load(asked.profile, asked.set)
    expected = dict(profile.expected_failures)
    if asked.expected_failures:
        expected |= expectations(asked.expected_failures)
    if asked.kubeconfig and not asked.kubeconfig.is_file():
        raise ProfileError(f"--kubeconfig {asked.kubeconfig}: there is no such file")
    levels = tuple(asked.level.upper())
    if wrong := sorted(set(levels) - set("WKFS")) or not levels:
        raise ProfileError(
            f"--level {asked.level!r}: must be letters of W, K, F and S, without {wrong or 'none'}"
        )
    return Settings(
        profile,
        asked.profile.resolve().parent,
        secrets.token_hex(4),
        address=asked.address,
        kubeconfig=asked.kubeconfig,
        levels=levels,
        only=tuple(id.strip() for id in asked.only.split(",")) if asked.only else (),
        slow=asked.slow,
        depth=asked.depth,
        json=asked.json,
        html=asked.html,
        expected=expected,
        repeat=asked.repeat,
    )


def interrupt(*_: object) -> None:
    """Treat SIGTERM as Ctrl-C: what was made is then deleted, and what was started is ended."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
