"""Can the book be followed? `python -m devkit.walk`: a robot that does what the pages of the built site say, no more.

From the first page on, by the button Next. In an empty folder it saves the starter, types the files that pages show,
applies the changes, saves and unpacks the archives, and runs the commands. At the end there must be the tree of the
walk's last step, byte for byte (devkit.walk_tree). Commands for a clone of the repository run here, if they are in
walk_robot.HERE. What came out is in build/walk.json.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from devkit import archives, slices, toolchain, walk_page, walk_tree
from devkit.slices import StepsError
from devkit.toolchain import ROOT
from devkit.walk_robot import Walk

SITE = ROOT / "build" / "site"
RESULT = ROOT / "build" / "walk.json"


def walk(site: Path, home: Path, env: dict[str, str]) -> tuple[Walk, list[str]]:
    """Follow the pages of a built site in an empty folder; return what the robot did, and the pages in order."""
    robot, pages = Walk(home, env), walk_page.order(site)
    for page in pages:
        print(page, flush=True)
        path, before = site / f"{page}.html", robot.tried
        for act in walk_page.acts(path):
            robot.do(page, act)
        ends = walk_page.ends_step(path)
        robot.end(page, walk_page.promised(path) if ends else [])
        if ends and robot.tried == before:
            robot.faults.append(f"{page}: shows no command that tests what its step adds, or none that works")
    return robot, pages


def main() -> int:
    if not (SITE / "index.html").is_file():
        raise StepsError("build/site is missing: run `make walk`, which builds the site first")
    begun = time.monotonic()
    steps, complete = slices.load(ROOT / "docs" / "steps.toml")
    owner = slices.assign(steps, complete, slices.tracked())
    tree, origin = walk_tree.wanted(steps, owner)
    inputs = walk_tree.fingerprint(owner)
    if walk_tree.published(SITE, steps) != tree:
        raise StepsError(
            "build/site is of another tree than this one: run `make walk`, which builds it again"
        )
    with tempfile.TemporaryDirectory(prefix="walk-") as scratch:
        robot, pages = walk(SITE, Path(scratch).resolve(), archives.reader())
        differences = walk_tree.differences(tree, origin, robot.here)
    result = summary(robot, pages, differences)
    result |= {"seconds": round(time.monotonic() - begun, 1), "inputs": inputs}
    RESULT.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print("".join(f"walk: {fault}\n" for fault in result["faults"]), end="")
    print(
        f"walk: {len(pages)} pages with {result['core_words']} words, {len(robot.written)} files typed, "
        f"{len(robot.taken)} taken, {len(robot.ran)} commands run, {len(result['commands_not_run'])} not run; the tree "
        + ("is not that of the book" if differences else "is that of the book, byte for byte")
    )
    return 0 if result["ok"] else 1


def summary(robot: Walk, pages: list[str], differences: list[str]) -> dict[str, Any]:
    """Return what build/walk.json says about a walk, but for its time."""
    ran = {one["command"] for one in robot.ran}
    faults = [*robot.faults, *differences]
    return {
        "ok": not faults,
        "pages": len(pages),
        "core_words": sum(walk_page.words(SITE / f"{page}.html") for page in pages),
        "files_written": len(robot.written),
        "files_taken": len(robot.taken),
        "commands_run": len(robot.ran),
        "commands": robot.ran,
        "commands_not_run": [one for line, one in robot.not_run.items() if line not in ran],
        "faults": faults,
    }


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (StepsError, toolchain.ToolchainError, ValueError) as error:
        sys.exit(f"walk: {error}")
