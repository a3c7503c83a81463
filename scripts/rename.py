"""How does this repository become yours? Your plugin's name everywhere, and nothing that only the book needs.

    nox -s rename -- NAME --keep job [--module example.org/NAME] [--with docs,examples,localcluster] [--dry-run]

It changes the folder that it stands in, which must be a clean clone: so `git diff` shows what it did, and git can take
it back. Then it generates the code for the new names, and formats it. Standard library only, but for that last step.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from devkit import process, rename_essays, rename_origin, rename_tree, template_parts
from devkit.rename_names import NOW, Names, RenameError, Renamer, chosen
from devkit.rename_tree import Files

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("docs", "examples", "localcluster")  # what may stay beside the plugin
LAST_RUN = "build/try"  # with what make try compares its next run: under the old name, all of it would differ
AFTERWARDS = (  # generated code of the new names, and everything in the form that lint wants
    ("scripts/generate_protos.py",),
    ("-m", "devkit.flyteconfig_files"),
    ("-m", "ruff", "check", "--quiet", "--fix", "--exit-zero", "."),
    ("-m", "ruff", "format", "--quiet", "."),
    ("-m", "devkit.lint", "--format"),
)


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nox -s rename --", description=__doc__.splitlines()[0])
    parser.add_argument("name", metavar="NAME", help="one invented word, 3 to 20 letters of a to z")
    parser.add_argument("--keep", required=True, choices=("job", "spark"), help="which plugin becomes yours")
    parser.add_argument("--module", metavar="HOST/PATH", help="Go module (default: example.com/NAME)")
    parser.add_argument("--distribution", metavar="D", help="Python package (default: flytekitplugins-NAME)")
    parser.add_argument("--with", dest="parts", default="", metavar="PARTS", help=f"any of {','.join(PARTS)}")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    return parser.parse_args(words)


def parts(text: str) -> set[str]:
    """Return the parts that --with names; raises RenameError for one that does not exist."""
    named = {part for part in text.split(",") if part}
    if unknown := sorted(named - set(PARTS)):
        raise RenameError(f"--with has {unknown[0]!r}: must be of {', '.join(PARTS)}, joined by commas")
    return named


def must_be_clean(root: Path) -> None:
    """Raise RenameError when git could not take everything back."""
    done = subprocess.run(
        ["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=True
    )
    if changed := done.stdout.splitlines():
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise RenameError(
            f"{changed[0][3:]}{more} is not committed: commit it first, so that git can take a rename back"
        )


def plan(files: Files, keep: str, named: set[str]) -> Files:
    """Return the files of the parts that stay, with nothing of the book in them that was not asked for."""
    left = template_parts.outcome(files, template_parts.plan(keep, named, ROOT, list(files)))
    if "docs" in named:  # the pages are the code
        return left
    kept = {path: left[path] for path in left if path.startswith(rename_tree.KEPT)}
    return {path: rename_essays.without(path, content) for path, content in left.items()} | kept


def new_files(files: Files, asked: argparse.Namespace) -> tuple[Files, Names]:
    """Return the files as they will be, but for generated ones, and their names; raises RenameError."""
    new = chosen(asked.name, asked.module, asked.distribution)
    if new.word == NOW.word:
        raise RenameError(f"NAME is {new.word!r}, which the plugin is called already")
    left = plan(files, asked.keep, parts(asked.parts))
    if used := next(Renamer(NOW, new).taken(left), None):
        raise RenameError(
            f"NAME is {new.word!r}, and {used}: choose a word that occurs nowhere, an invented one"
        )
    after = rename_tree.renamed(left, NOW, new)
    if rest := rename_tree.residue(after, NOW.word):
        raise RenameError(f"{NOW.word!r} would be left in {rest[0]}: this is a mistake of the template")
    return after, new


def told(before: Files, after: Files, new: Names) -> list[str]:
    """Return what a rename does, in lines."""
    renamer = Renamer(NOW, new)
    went = {renamer.text(path, path): path for path in before}
    moved = [path for path in after if path in went and went[path] != path]
    same = [path for path in after if path in before and before[path] != after[path]]
    gone = [
        path for path in before if renamer.text(path, path) not in after and not rename_tree.generated(path)
    ]
    return [
        f"{len(gone)} files go: they belong to parts that you do not keep",
        f"{len(moved)} files move, such as {moved[0]}" if moved else "no file moves",
        f"{len(same)} files change where they are",
        "generated code is made anew",
        f"task types {new.word}_*, Go module {new.module}, Python package {new.distribution}",
    ]


def afterwards(root: Path) -> None:
    """Generate and format, with the programs of the renamed tree."""
    env = os.environ | {"PYTHONPATH": str(root / "scripts")}
    for words in AFTERWARDS:
        if (code := subprocess.run([sys.executable, *words], cwd=root, env=env).returncode) != 0:
            raise RenameError(f"{' '.join(words)} ended with {code}: see the lines above")


def change(root: Path, before: Files, after: Files, new: Names) -> None:
    """Write the new tree. Whatever goes wrong, Ctrl-C too, the old one is there again afterwards."""
    modes, renamer = rename_tree.modes(root, before), Renamer(NOW, new)
    try:
        rename_tree.write(
            root, before, after, {renamer.text(path, path): mode for path, mode in modes.items()}
        )
        afterwards(root)
    except BaseException:
        print("rename: stopped; putting every file back", file=sys.stderr, flush=True)
        with process.uninterrupted():
            rename_tree.take_back(root, before, modes)
        raise


def main(words: Sequence[str]) -> int:
    asked = arguments(words)
    if not asked.dry_run:
        must_be_clean(ROOT)
    before = rename_tree.read(ROOT, rename_tree.tracked(ROOT))
    after, new = new_files(before, asked)
    print("\n".join(f"rename: {line}" for line in told(before, after, new)), flush=True)
    if asked.dry_run:
        print("rename: nothing was changed (--dry-run)")
        return 0
    after |= rename_origin.answers(ROOT, asked.keep, parts(asked.parts), new)
    change(ROOT, before, after, new)
    shutil.rmtree(ROOT / LAST_RUN, ignore_errors=True)
    print(f"rename: this is {new.word} now. Look at it (git add -A; git status), commit it, then: make todo")
    print("rename: to take it back instead: git reset --hard; git clean -d --force")
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        sys.exit(main(sys.argv[1:]))
    except (RenameError, template_parts.PartsError) as error:
        sys.exit(f"rename: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
