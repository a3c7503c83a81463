"""Does this repository become a plugin of somebody's own? `nox -s adopt` tries it, with several names.

Each name gets a clone in build/adopt, which is renamed, looked through, linted and compiled; one gets all that its
owner would do: its sessions, packages, and a later version of the parts that are taken over. `-- --full`
does so with every name, for both plugins. What came out is in build/adopt.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from devkit import adopt_checks, adopt_copy, rename_tree
from devkit.adopt_copy import Copy, Failed
from devkit.rename_names import RenameError
from devkit.toolchain import ROOT, ToolchainError

RESULT = ROOT / "build" / "adopt.json"
NAMES = {  # a word -> why it is tried; with a hyphen, so that a renamed tree has it only where the plugin's name was
    word.replace("-", ""): why
    for word, why in {
        "aba-cus": "sorts before all that is imported beside it",
        "zymo-sis": "sorts after all of it",
        "type-defs": "looks like a keyword",
        "inter-operationalizer": "has as many letters as a name may have",
    }.items()
}
FIRST, LAST, KEYWORD, LONGEST = NAMES
WHOLE = LAST  # the name that is tried in full
JOB, SPARK, MORE = ("job", ""), ("spark", ""), ("job", "examples,localcluster")  # --keep, --with
CHOICES = {FIRST: (SPARK,), LAST: (JOB,), KEYWORD: (MORE,), LONGEST: (JOB, SPARK)}  # without --full


def attempt(copy: Copy, check: Callable[[Copy], None]) -> dict[str, Any]:
    """Run one check, print a line about it, and return what came out."""
    began, what = time.monotonic(), (check.__doc__ or check.__name__).splitlines()[0]
    try:
        check(copy)
        problem = ""
    except (Failed, ToolchainError, RenameError) as error:
        problem = str(error)
    took = time.monotonic() - began
    print(f"  {'FAILED: ' if problem else ''}{what} ({took:.1f} s)", flush=True)
    if problem:
        print(problem, flush=True)
    return {"what": what, "ok": not problem, "seconds": round(took, 1)}


def tried(copy: Copy, checks: Sequence[Callable[[Copy], None]], about: str) -> dict[str, Any]:
    """Run checks in turn, until one fails: each needs what those before it left."""
    more = f" --with {copy.parts}" if copy.parts else ""
    print(f"{copy.word} --keep {copy.keep}{more}: {about}", flush=True)
    results: list[dict[str, Any]] = []
    for check in checks:
        results.append(attempt(copy, check))
        if not results[-1]["ok"]:
            break
    return {
        "name": copy.word,
        "keep": copy.keep,
        "with": copy.parts,
        "ok": results[-1]["ok"],
        "checks": results,
    }


def fingerprint() -> str:
    """Return the hash of all that the result depends on: the tree, without its pages."""
    digest = hashlib.sha256()
    for name, content in rename_tree.read(ROOT, rename_tree.tracked(ROOT)).items():
        if not name.startswith("docs/"):
            digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="nox -s adopt --", description=__doc__.splitlines()[0])
    parser.add_argument("--nox", default=sys.executable, help=argparse.SUPPRESS)  # the session knows it
    parser.add_argument("--full", action="store_true", help="all checks with every name, for both plugins")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(NAMES)}, or others")
    asked = parser.parse_args(words)
    before, results = fingerprint(), []
    for word in asked.names or NAMES:
        about = NAMES.get(word, "asked for")
        copy = adopt_copy.clone(word, "job", asked.nox, label=f"{word}-whole")
        whole = word == WHOLE or asked.full
        trip = adopt_copy.there_and_back if whole and len(word) <= 8 else adopt_copy.in_memory
        results.append(tried(copy, [trip], "all of the repository, and nothing dropped"))
        for keep, parts in (JOB, SPARK) if asked.full else CHOICES.get(word, (JOB,)):
            checks = adopt_checks.QUICK + (adopt_checks.FULL if whole else ())
            copy = adopt_copy.clone(word, keep, asked.nox, parts)
            copy.full = asked.full
            results.append(tried(copy, checks, about))
    good = all(one["ok"] for one in results)
    if fingerprint() != before:
        print("adopt: the code changed meanwhile, so this is a result of nothing: run it again")
        return 1
    summary = {"ok": good and not asked.names, "full": asked.full, "inputs": before, "copies": results}
    RESULT.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    print(f"adopt: {sum(one['ok'] for one in results)} of {len(results)} copies are as they should be")
    return 0 if good else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolchainError as error:
        sys.exit(f"adopt: {error}")
