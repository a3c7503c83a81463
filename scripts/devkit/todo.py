"""What is left to decide until the plugin is yours? `python -m devkit.todo [--strict] [SLUG]`

Reads the markers in the tree and scripts/todo.toml. With --strict it ends with 1 while a decision is left: for your CI.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from devkit import lint, markers
from devkit.markers import Decision, Marker
from devkit.toolchain import ROOT, ToolchainError


@dataclass(frozen=True)
class State:
    """How far one decision is."""

    decision: Decision
    left: list[Marker]
    still: list[str]  # files in which no marker is left, but what was there before anybody had decided

    @property
    def taken(self) -> bool:
        return not self.left and not self.still


def states() -> list[State]:
    """Return the decisions of this tree in order. Raises ToolchainError for a marker that none of them has."""
    root, known = ROOT, markers.load(ROOT)
    left: dict[str, list[Marker]] = {decision.slug: [] for decision in known}
    for marker in markers.find(lint.written(lint.tracked()), root):
        if marker.slug not in left:
            raise ToolchainError(
                f"{marker}: {markers.TABLE} has no {marker.slug!r}, only {', '.join(left)}: write it there"
            )
        left[marker.slug].append(marker)

    def undecided(decision: Decision) -> list[str]:
        return [name for name, text in decision.still.items() if text in (root / name).read_text("utf-8")]

    def ordered(decision: Decision) -> list[Marker]:
        return sorted(left[decision.slug], key=lambda marker: _place(decision, marker))

    return [
        State(decision, ordered(decision), [] if left[decision.slug] else undecided(decision))
        for decision in known
    ]


def _place(decision: Decision, marker: Marker) -> tuple[int, int]:
    name = marker.path.as_posix()
    return (decision.where.index(name) if name in decision.where else len(decision.where), marker.line)


def report(found: list[State], width: int) -> Iterator[str]:
    """Yield the lines of the checklist: a box, a number and a question for each decision, then its places."""
    length = max(len(state.decision.slug) for state in found)
    for number, state in enumerate(found, 1):
        begin = f"[{'x' if state.taken else ' '}] {number:>2}  {state.decision.slug:<{length}}  "
        yield from wrapped(state.decision.ask, width, begin)
        for place in places(state):
            yield f"         {place}"
    taken = [state for state in found if state.taken]
    count = sum(len(state.left) for state in found)
    yield ""
    yield f"{len(taken)} of {len(found)} decisions taken, {count} markers left."
    yield "`make todo ARGS=SLUG` says more of one."
    yield "Delete a marker's line when its place is decided."


def places(state: State) -> list[str]:
    """Return where something is left to do."""
    marked = [str(marker) for marker in state.left]
    return marked + [f"{name}: still has {state.decision.still[name]}" for name in state.still]


def whole(state: State, width: int) -> Iterator[str]:
    """Yield everything about one decision."""
    about = state.decision
    yield from wrapped(about.ask, width, f"{about.slug}: ")
    yield ""
    for marker in state.left:
        yield str(marker)
        yield from wrapped(marker.text, width, "    ")
    gone = [name for name in about.where if name not in {marker.path.as_posix() for marker in state.left}]
    yield from (f"{name}: decided" for name in gone if name not in state.still)
    yield from places(State(about, [], state.still))
    yield ""
    if about.also:
        yield from wrapped(about.also, width, "Then        ")
    yield from wrapped(about.done, width, "Done when   ")
    for number, test in enumerate(about.tests):
        file, _, name = test.partition("::")
        yield ("Tests       " if not number else " " * 12) + name
        yield f"{' ' * 14}{file}"
    yield f"Explained   {about.page}, in the book"


def wrapped(text: str, width: int, begin: str) -> list[str]:
    """Return text in lines of at most `width`, the first after `begin` and the others below it."""
    return textwrap.wrap(text, max(width, 60), initial_indent=begin, subsequent_indent=" " * len(begin))


def slugs(found: list[State]) -> str:
    return ", ".join(state.decision.slug for state in found)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="nox -s todo --", description=__doc__.splitlines()[0])
    parser.add_argument("slug", nargs="?", metavar="SLUG", help="show one decision whole")
    parser.add_argument("--strict", action="store_true", help="end with 1 while a decision is left")
    asked = parser.parse_args(arguments)
    found, width = states(), min(shutil.get_terminal_size().columns, 120)
    shown = [state for state in found if asked.slug in (None, state.decision.slug)]
    if not shown:
        raise ToolchainError(f"no decision {asked.slug!r}: must be one of {slugs(found)}")
    print("\n".join(whole(shown[0], width) if asked.slug else report(found, width)))
    left = [state for state in shown if not state.taken]
    if asked.strict and left:
        print(f"todo: not decided yet: {slugs(left)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolchainError as error:
        sys.exit(f"todo: {error}")
