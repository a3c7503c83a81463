"""What would the message be in JSON Schema or OpenAPI? `nox -s alternatives` makes their types and asks every reader.

Writes build/alternatives.json and examples/alternatives/generated; `-- --record` also docs/records/, which the site
shows. `-- --check` writes nothing, and fails where either differs.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from devkit import alternatives_readers as readers
from devkit import alternatives_schemas as schemas
from devkit import alternatives_types as types
from devkit import evolution
from devkit.checked_in import differences
from devkit.toolchain import ROOT, ToolchainError

RESULT, SHOWN = ROOT / "build" / "alternatives.json", ROOT / "docs" / "records" / "alternatives.json"
Result = dict[str, Any]


def quick() -> Result:
    """Return the part of the result that `make test` makes again: all that needs neither npm nor oasdiff."""
    old = readers.fixtures("accepted")  # they stand for the tasks that are registered
    found = {one["name"]: one for one in evolution.results(old)}
    for change in evolution.changes():
        found[change.name]["schema"] = schemas.results(change, old)
    return {
        "values": {name: one["is"] for name, one in readers.values().items()},
        "sizes": types.sizes(),
        "verdicts": readers.verdicts(("python", "go")),
        "changes": list(found.values()),
    }


def result() -> Result:
    """Return everything that the page shows."""
    found = quick()
    found["verdicts"] |= readers.verdicts(("javascript",))
    for change, one in zip(evolution.changes(), found["changes"], strict=True):
        one["oasdiff"] = schemas.warnings(change) if change.schema else None
    return found | {"versions": types.versions()}


def stale(out: Path, found: Result) -> list[str]:
    """Return what is checked in and not as it is made now."""
    shown = json.loads(SHOWN.read_text(encoding="utf-8"))
    place = types.GENERATED.relative_to(ROOT)
    files = [f"{place}/{line}" for line in differences(out, types.GENERATED)]
    return files + [f"{SHOWN.name}: {key} differs" for key in found if found[key] != shown.get(key)]


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="nox -s alternatives --", description=__doc__.splitlines()[0])
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--record", action="store_true", help="also write docs/records/alternatives.json")
    which.add_argument("--check", action="store_true", help="write nothing; fail where it differs")
    arguments = parser.parse_args(words)
    RESULT.parent.mkdir(exist_ok=True)
    # Not just anywhere: datamodel-codegen breaks lines as the pyproject.toml above its output says.
    with tempfile.TemporaryDirectory(dir=RESULT.parent) as scratch:
        out = Path(scratch) / "generated"
        types.generate(out)
        if not arguments.check:
            types.replace(out)
        found = result()
        if arguments.check:
            differ = stale(out, found)
            print("\n".join(differ) or "alternatives: types and record are as they are made now")
            return 1 if differ else 0
    about = {"date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d")}
    text = json.dumps({"about": about} | found, indent=1, ensure_ascii=False) + "\n"
    for path in [RESULT, *([SHOWN] if arguments.record else [])]:
        path.write_text(text, encoding="utf-8")
        print(f"alternatives: {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (ToolchainError, subprocess.CalledProcessError) as error:
        sys.exit(f"alternatives: {error}")
