"""How does a version of this template get into somebody's copy? copier runs this in each folder that it makes.

It writes the template as `nox -s rename` would leave it. An update makes three such trees: the old version, the new
one, and the new one over the copy; copier then merges. So each must be formatted, or alignment would look like an edit;
and none may have generated code, which nobody can merge: `make generate` writes it anew afterwards.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import rename
from devkit import rename_tree, template_parts
from devkit.rename_names import NOW, RenameError, Renamer
from devkit.rename_tree import Files
from devkit.toolchain import ToolchainError

GENERATE, *FORMAT = rename.AFTERWARDS
NEEDED = ("grpc_tools", "ruff")  # modules without which code is neither generated nor formatted


def finished(files: Files, generate: bool) -> Files:
    """Return files as they are after formatting, and with the code that is generated from them if that is wanted."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        rename_tree.write(root, [], files, {})
        subprocess.run(
            ["git", "init", "--quiet", str(root)], check=True
        )  # the formatter asks git for the files
        env = os.environ | {"PYTHONPATH": str(root / "scripts"), "PYTHONDONTWRITEBYTECODE": "1"}
        for words in [GENERATE, *FORMAT] if generate else FORMAT:
            done = subprocess.run([sys.executable, *words], cwd=root, env=env, stdout=sys.stderr)
            if done.returncode != 0:
                raise RenameError(f"{' '.join(words)} ended with {done.returncode}: see the lines above")
        return rename_tree.read(root, rename_tree.tracked(root))


def main(words: Sequence[str], into: Path) -> int:
    operation, *rest = words
    updating = operation == "--operation=update"
    asked = rename.arguments([word for word in rest if not word.endswith("=")])  # a name that is not given
    before = rename_tree.read(rename.ROOT, rename_tree.tracked(rename.ROOT))
    after, new = rename.new_files(before, asked)
    if all(importlib.util.find_spec(module) for module in NEEDED):
        after = finished(after, generate=not updating)
    elif updating:
        raise RenameError(
            "an update formats code as the copy does: run it as `make update`, which has all of it"
        )
    else:
        print(
            "rename: next, make generate and make fmt: this copier's Python has not what they need",
            file=sys.stderr,
        )
    renamer = Renamer(NOW, new)
    modes = {renamer.text(path, path): mode for path, mode in rename_tree.modes(rename.ROOT, before).items()}
    rename_tree.write(into, [], after, modes)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:], Path.cwd()))
    except (RenameError, template_parts.PartsError, ToolchainError) as error:
        sys.exit(f"rename: {error}")
