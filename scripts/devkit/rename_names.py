"""What is the plugin called now, what will it be called, and may it?

A plugin has one invented word, and all that bears it follows: task types, packages, folders, the namespace. Only the Go
module and the distribution of Python can be chosen apart from it. Standard library only.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

FORM = re.compile(r"[a-z]{3,20}")
LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
MODULE = re.compile(
    rf"{LABEL}(?:\.{LABEL})+(?:/[A-Za-z0-9][A-Za-z0-9._~-]*)+"
)  # as Go wants it, and a host first
DISTRIBUTION = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
UNREAD = re.compile(  # files in which a new name may stand already: hashes, pages, and this program itself
    r"(^|/)(requirements/.*\.txt|go\.sum|package-lock\.json)$|^docs/|^scripts/(tests/)?(devkit/)?(test_)?(rename|adopt)"
)
WORDS = {  # who would read the word as something of their own -> the words
    "a keyword of Python": " ".join([*keyword.kwlist, *keyword.softkwlist]),
    "a keyword of Go": (
        "break case chan const continue default defer else fallthrough for func go goto if import interface "
        "map package range return select struct switch type var"
    ),
    "a word of Protobuf's language": (
        "bool bytes double enum extend extensions fixed float group import inf int message nan oneof option "
        "optional package public repeated required reserved returns rpc service stream string syntax to weak"
    ),
    "a keyword of TypeScript": (
        "any boolean catch class const debugger declare delete enum export extends finally function "
        "implements instanceof interface let namespace never new null number object private protected "
        "readonly static super symbol this throw try typeof undefined unknown void"
    ),
    "no name for a file on Windows": "aux con nul prn",
    "the name of a plugin that flytekit already has": (
        "airflow athena awsbatch bigquery chatgpt dask dbt deck dolt duckdb envd flyin geopandas hive "
        "huggingface inference kfmpi kfpytorch kftensorflow memray mlflow mmcloud modin neptune omegaconf "
        "openai optuna pandera papermill perian pod polars ray slurm snowflake spark sqlalchemy vaex wandb "
        "whylogs xarray"
    ),
}


class RenameError(ValueError):
    """What cannot be done; the message names the value, the reason, and what would be right."""


@dataclass(frozen=True)
class Names:
    """What a plugin is called.

    Args:
        word: The word that is in all names, in lower case.
        module: The path of the Go module in go/.
        distribution: What pip calls the Python package, and its folder below sdk/.
    """

    word: str
    module: str
    distribution: str


NOW = Names(
    "larkspur", "example.com/larkspur", "flytekitplugins-larkspur"
)  # this line is renamed with all others


def chosen(word: str, module: str | None = None, distribution: str | None = None) -> Names:
    """Return the names that somebody asks for; raises RenameError when they have the wrong form, or another meaning."""
    if not FORM.fullmatch(word):
        raise RenameError(f"NAME is {word!r}: must be 3 to 20 letters, of a to z, lower case")
    for meaning, words in WORDS.items():
        if word in words.split():
            raise RenameError(f"NAME is {word!r}, which is {meaning}: choose a word that nobody else uses")
    if module is not None and not MODULE.fullmatch(module):
        raise RenameError(
            f"--module is {module!r}: must be a host with a dot, and a path: example.org/{word}"
        )
    if distribution is not None and not DISTRIBUTION.fullmatch(distribution):
        text = f"--distribution is {distribution!r}: must be lower-case words, joined by hyphens"
        raise RenameError(f"{text}: flytekitplugins-{word}")
    return Names(word, module or f"example.com/{word}", distribution or f"flytekitplugins-{word}")


def underscored(name: str) -> str:
    """Return a distribution's name as the files of its wheels have it."""
    return name.replace("-", "_")


class Renamer:
    """Replaces the names of one plugin by those of another, and nothing else.

    The word in lower case, with a capital, and in capitals; the module and the distribution where they stand whole.
    """

    def __init__(self, old: Names, new: Names) -> None:
        self.old, self.new = old, new
        self._exact = {
            old.module: new.module,
            old.distribution: new.distribution,
            underscored(old.distribution): underscored(new.distribution),
            old.word: new.word,
            old.word.capitalize(): new.word.capitalize(),
            old.word.upper(): new.word.upper(),
        }
        module, *packages = map(re.escape, list(self._exact)[:3])
        # A longer host with the module in it is another thing: registry.example.com/larkspur/task.
        whole = [rf"(?<![\w.-]){module}(?![\w-])", *(rf"(?<![\w-]){each}(?!\w)" for each in packages)]
        self._pattern = re.compile("|".join([*whole, f"(?i:{old.word})"]))

    def text(self, text: str, where: str) -> str:
        """Return `text` with the new names; raises RenameError for the word in mixed case, at `where`."""

        def replace(found: re.Match[str]) -> str:
            if (name := self._exact.get(found[0])) is None:
                forms = f"{self.old.word}, {self.old.word.capitalize()} or {self.old.word.upper()}"
                raise RenameError(
                    f"{where}:{number(text, found.start())}: {found[0]!r} must be written {forms}"
                )
            return name

        return self._pattern.sub(replace, text)

    def taken(self, files: Mapping[str, bytes]) -> Iterator[str]:
        """Yield where one of the new names occurs already: afterwards nobody could tell which are the plugin's.

        Not in lock files, whose hashes may spell any word, not in what is no text, and not in pages, which may use a
        word as an example.
        """
        fresh = sorted(set(self._names(self.new)) - set(self._names(self.old)), key=len)
        pattern = re.compile("|".join(map(re.escape, fresh)) or r"(?!)", re.IGNORECASE)
        for path, content in files.items():
            if UNREAD.search(path) or b"\0" in content:
                continue
            if pattern.search(path):
                yield f"{path} has it in its name"
            text = content.decode(errors="replace")
            if found := pattern.search(text):
                yield f"{path}:{number(text, found.start())} has {around(text, found)!r}"

    @staticmethod
    def _names(names: Names) -> tuple[str, ...]:
        return names.word, names.module, names.distribution, underscored(names.distribution)


def number(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def around(text: str, found: re.Match[str]) -> str:
    """Return what was found, with the letters that touch it."""
    before, after = re.search(r"[\w.-]*$", text[: found.start()]), re.match(r"[\w.-]*", text[found.end() :])
    return f"{before[0] if before else ''}{found[0]}{after[0] if after else ''}"
