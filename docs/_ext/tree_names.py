"""Which names are there in this repository? Of files, of sessions, of flags, and every word of its code.

Comments, docstrings and pages do not count: what only they speak of may have gone long ago.
"""

from __future__ import annotations

import hashlib
import pickle
import re
from dataclasses import dataclass
from pathlib import Path

from pages import ROOT

from devkit import lint

CODE = {
    ".go",
    ".py",
    ".proto",
    ".ts",
    ".yaml",
    ".yml",
    ".toml",
    ".json",
    ".mod",
    ".in",
    ".txt",
    ".csv",
    ".css",
    ".js",
}
CODE |= {".diff", ""}
FILE = re.compile(r"[\w*-][\w.*-]*\.(?:go|py|toml|yaml|proto|json|md|svg|tsx?|txt|ipynb)\b")
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
FLAG = re.compile(r"(?<![\w-])--([a-z][\w-]*\w)")
DEFINED = {  # suffix -> how code defines a flag, or reads one
    ".go": re.compile(r'\b[Ff]lags?\.\w+\((?:&[\w.]+, )?"([a-z][\w-]*)"'),
    ".py": re.compile(r'["\'\s]--([a-z][\w-]*\w)'),
}
DOCSTRING = re.compile(r'^\s*[rf]?"""(?:(?!""").)*"""[ \t]*$', re.MULTILINE | re.DOTALL)
COMMENT = {
    "//": re.compile(r"(?m)(?:^|[ \t])//.*$"),
    "#": re.compile(r"(?m)(?:^|[ \t]{2})[ \t]*#.*$"),
}
MARKS = {".go": "//", ".proto": "//", ".ts": "//", ".mod": "//", ".js": "//"}
# Texts of pages: they are what is checked.
TOLD = re.compile(
    r"^(CHANGELOG|README|CONTRIBUTING|SECURITY|AGENTS)\.md$|^docs/[\w/-]*\.md$|^scripts/todo\.toml$|\.svg$"
    r"|^docs/(decide|glossary|names|quality|readers|steps|troubleshoot|versions|walk)\.toml$"
)


@dataclass(frozen=True)
class Names:
    """What a page may speak of."""

    files: frozenset[str]
    folders: frozenset[str]
    made: tuple[str, ...]  # folders that sessions make, and git does not know
    sessions: frozenset[str]
    flags: frozenset[str]
    words: frozenset[str]
    spoken: frozenset[str]  # names of files in code: of some that programs make, too


def code(name: str, text: str) -> str:
    """Return a file's text without comments and docstrings."""
    if name.endswith(".py"):
        text = DOCSTRING.sub("", text)
    return COMMENT[MARKS.get(Path(name).suffix, "#")].sub("", text)


def of_code(name: str) -> bool:
    return Path(name).suffix in CODE and not TOLD.search(name)


def collect(files: dict[str, str], ignored: str, makefile: str) -> Names:
    """Return the names in files given as name -> text; `ignored` is .gitignore's text, `makefile` the Makefile's."""
    words: set[str] = set()
    flags: set[str] = set()
    spoken: set[str] = set()
    for name, text in files.items():
        if of_code(name):
            said = code(name, text)
            words.update(WORD.findall(said))
            spoken.update(FILE.findall(said))
            flags.update(pattern.findall(said) if (pattern := DEFINED.get(Path(name).suffix)) else ())
    lists = re.findall(r"^SESSIONS \+?:?= (.*)$", makefile, re.MULTILINE)
    folders = {parent.as_posix() for name in files for parent in Path(name).parents}
    made = tuple(line.strip("/") for line in ignored.split() if line.startswith("/"))
    sessions = {"test", "help", *" ".join(lists).split()}
    sets = [frozenset(each) for each in (files, folders, sessions, flags, words, spoken)]
    return Names(*sets[:2], made, *sets[2:])


def here(note: Path | None = None) -> Names:
    """Return those of this repository; as `note` has them, while no code has changed and no file came or went."""
    files = {path.as_posix(): (ROOT / path).read_text(encoding="utf-8") for path in lint.tracked()}
    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        digest.update(f"{name}\0{text if of_code(name) or name == '.gitignore' else ''}\0".encode())
    if note and note.exists() and (was := note.read_bytes()).startswith(digest.digest()):
        return pickle.loads(was[digest.digest_size :])
    found = collect(files, files[".gitignore"], files["Makefile"])
    if note:
        note.write_bytes(digest.digest() + pickle.dumps(found))
    return found
