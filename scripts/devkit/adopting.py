"""Which sessions turn this repository into a plugin of your own?

Only noxfile.py imports this: it needs nox.
"""

from __future__ import annotations

# part:book begin
import sys

# part:book end
import nox

from devkit.sessions import plain_python, python, session


# part:book begin
@session
def rename(it: nox.Session) -> None:
    """Make this clone your plugin: `-- NAME --keep job`; `-- NAME --keep job --dry-run` only says what it would do."""
    python(it, "scripts/rename.py", *it.posargs)


@session
def adopt(it: nox.Session) -> None:
    """Clones with several names are renamed, tested, named back, and updated; `-- --full` tests each in full."""
    python(it, "-m", "devkit.adopt", f"--nox={sys.executable}", *it.posargs)
    python(it, "-m", "pytest", "scripts/adopt/test_update.py")


# part:book end
@session
def todo(it: nox.Session) -> None:
    """What is left to decide? `-- SLUG` shows one decision whole, `-- --strict` fails while any is left."""
    plain_python(it, "-m", "devkit.todo", *it.posargs)


@session
def update(it: nox.Session) -> None:
    """What has changed in the template since, merged into a copy of it; `-- --vcs-ref=v1.2.0` takes that version."""
    python(it, "-m", "devkit.update", *it.posargs)
