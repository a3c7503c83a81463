"""What does connector-sanity say of connectors in Python? Ours of the paid service, and one as people begin.

Both run in flytekit's own server, `pyflyte serve connector`. They make nothing in Kubernetes, so only the checks of the
wire apply. What they fail is in their profiles, with the reason, and is published.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from devkit import records, sanity_run
from devkit.toolchain import ROOT

EXAMPLES = ROOT / "examples"
PAID = EXAMPLES / "paid_connector" / "sanity.yaml"
FIRST = EXAMPLES / "first_connector" / "sanity.yaml"
SHOWN = "examples/first_connector, sdk/flyteconnector/src/connector_sanity"
TITLES = {
    "paid": "our connector in Python, of the paid service, in flytekit's server",
    "first": "a first connector in Python, in flytekit's server: a demo, and no product",
}


def look(program: Path, results: Path, folder: Path, say: Callable[[str], object]) -> bool:
    """Look at both, and return whether all is as their profiles say.

    Args:
        program: connector-sanity.
        results: The folder for the JSON.
        folder: For the service's state.
        say: Gets lines of progress.
    """
    sys.path.insert(0, str(EXAMPLES))
    from paid_service.started import Started

    with Started(folder / "paid", "connector-sanity-is-no-secret") as service:
        env = {"PAID_SERVICE_URL": service.url, "_FSEC_PAID_SERVICE_TOKEN": service.token}
        words = [f"--set=start.env.{name}={value}" for name, value in env.items()]
        fine = one(program, "paid", PAID, [*words, f"--json={results / 'paid.json'}"], say)
    return one(program, "first", FIRST, [f"--json={results / 'first.json'}"], say) and fine


def one(program: Path, name: str, profile: Path, words: Sequence[str], say: Callable[[str], object]) -> bool:
    """Run the kit on one, and return whether all is as its profile says."""
    say(f"\n{name}: {TITLES[name]}")
    return sanity_run.run([str(program), f"--profile={profile}", *words]) == 0


def shown(program: Path, folder: Path, say: Callable[[str], object]) -> bool:
    """Run the kit on the first connector as a page shows it; return whether it still prints what the page shows."""
    say(f"\nfirst: {TITLES['first']}")
    log, profile = folder / "first.txt", FIRST.relative_to(ROOT)
    ended = sanity_run.run([str(program), "--profile", str(profile)], log)
    printed = log.read_text(encoding="utf-8")
    say(printed)
    command = f"connector-sanity --profile {profile}"
    changed = records.compare("sanity", command, printed, SHOWN, "make sanity")
    say(changed)
    return ended == 0 and not changed
