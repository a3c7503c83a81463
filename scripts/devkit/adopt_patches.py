"""Is each change of a patch at a marker that the patch takes away? scripts/adopt/jobset has one for each decision.

Where a test, or a file that the decision names, changes with it, no marker has to be near.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from devkit.adopt_copy import Failed
from devkit.markers import Decision
from devkit.toolchain import ROOT

HOME = ROOT / "scripts" / "adopt" / "jobset"
NEAR = 15  # lines from a marker
TESTS = re.compile(r"(^|/)(tests?|testdata|fixtures|e2e)/|_test\.go$")
HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")
MARKER = re.compile(r"^-\s*(?://|#|<!--)\s*TODO\(([a-z-]+)\)")


@dataclass
class Hunk:
    """One place of a patch: its file, the lines that it covers there, and those of the markers that it removes."""

    file: str
    first: int
    last: int
    markers: list[tuple[str, int]]


def hunks(patch: str) -> Iterator[Hunk]:
    """Yield the places of a unified diff."""
    file, hunk, line = "", None, 0
    for text in patch.splitlines():
        if text.startswith(("diff ", "@@ ")) and hunk:
            yield hunk
            hunk = None
        if text.startswith("--- ") and not hunk:
            file = text.removeprefix("--- ").removeprefix("a/")
        elif found := HUNK.match(text):
            line = int(found[1])
            hunk = Hunk(file, line, line + int(found[2] or 1) - 1, [])
        elif hunk and text[:1] in ("", " ", "-"):
            if marker := MARKER.match(text):
                hunk.markers.append((marker[1], line))
            line += 1
    if hunk:
        yield hunk


def astray(patch: str, decision: Decision) -> Iterator[str]:
    """Yield a sentence for each place that is at no marker which the patch takes away, and in no test."""
    places = list(hunks(patch))
    if not places:
        yield "it changes nothing"
    for hunk in places:
        if wrong := sorted({slug for slug, _ in hunk.markers} - {decision.slug}):
            yield f"{hunk.file}:{hunk.first}: takes away a marker of {', '.join(wrong)}"
        at = [line for other in places if other.file == hunk.file for _, line in other.markers]
        near = any(hunk.first - NEAR <= line <= hunk.last + NEAR for line in at)
        if not near and not TESTS.search(hunk.file) and hunk.file not in decision.still:
            yield f"{hunk.file}:{hunk.first}: no marker within {NEAR} lines"


def patches(decisions: Sequence[Decision]) -> dict[str, Path]:
    """Return the patch of each decision; raises Failed when there is not exactly one for each."""
    wanted = {
        decision.slug: f"{number:02}-{decision.slug}.diff" for number, decision in enumerate(decisions, 1)
    }
    if odd := sorted(set(wanted.values()) ^ {path.name for path in HOME.glob("*.diff")}):
        raise Failed(
            f"{HOME.relative_to(ROOT)}: want a patch for each decision, and none besides: {', '.join(odd)}"
        )
    return {slug: HOME / name for slug, name in wanted.items()}
