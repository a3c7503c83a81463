"""What is cut by reading it, because no marker can stand in it? The baseline of the protos, and lock files.

Both are written by programs, which take what is here as the state from which they go on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

BASELINE = "proto/baseline.json"
ENTRY = re.compile(r"^([a-z0-9][a-z0-9._-]*)==", re.MULTILINE)
ASKED = re.compile(r"^    #(?: via)? +(?!via$)(\S.*)$", re.MULTILINE)


def without(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files, of those of a copy, that have less in them because the copy has less."""
    result = {BASELINE: baseline(files[BASELINE], {name.removeprefix("proto/") for name in files})}
    for name in files:
        if re.fullmatch(r"requirements/[a-z]+\.txt", name):
            source = files[name.removesuffix("txt") + "in"].decode("utf-8")
            result[name] = locked(files[name].decode("utf-8"), source).encode("utf-8")
    return result


def baseline(text: bytes, there: set[str]) -> bytes:
    """Return the baseline without the .proto files that are not there, and without what only those have imported."""
    saved = json.loads(text)
    imports = {file["name"]: file.get("dependency", []) for file in saved["file"]}
    kept: set[str] = set()
    more = imports.keys() & there
    while more:
        kept |= more
        more = {name for one in more for name in imports.get(one, [])} - kept
    saved["file"] = [file for file in saved["file"] if file["name"] in kept]
    return (json.dumps(saved, indent=1, ensure_ascii=False) + "\n").encode()


def locked(text: str, source: str) -> str:
    """Return a lock file with what `source`, its .in file, still leads to, and no other reason named for it."""
    head, *entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    wanted = {normal(name) for name in re.findall(r"^([A-Za-z0-9][\w.-]*)", source, re.MULTILINE)}
    asks = {entry: ASKED.findall(entry) for entry in entries}
    kept: set[str] = set(wanted)
    while more := {name_of(entry) for entry, by in asks.items() if kept & set(by)} - kept:
        kept |= more
    return head + "".join(
        reasons(entry, by, kept, wanted) for entry, by in asks.items() if name_of(entry) in kept
    )


def name_of(entry: str) -> str:
    return ENTRY.match(entry)[1]  # type: ignore[index]  # every entry begins with one


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def reasons(entry: str, by: list[str], kept: set[str], wanted: set[str]) -> str:
    """Return an entry with the reasons that are left, as uv writes them: one beside "via", several below it."""
    left = [
        one
        for one in by
        if (name_of(entry) in wanted if one.startswith("-r ") else one in kept or one[:3] == "-c ")
    ]
    body = re.sub(r"^    # .*\n", "", entry, flags=re.MULTILINE)
    if not left:
        return body
    if len(left) == 1:
        return f"{body}    # via {left[0]}\n"
    return body + "    # via\n" + "".join(f"    #   {one}\n" for one in left)
