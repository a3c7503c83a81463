"""How does a test run `make` as a reader does, and end it in the middle?"""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from pathlib import Path

from devkit import lifeline, toolchain
from devkit.toolchain import ROOT

# What changes how programs print, and would change records.
LOOKS = {"FORCE_COLOR", "NO_COLOR", "PY_COLORS", "CLICOLOR_FORCE", "TTY_COMPATIBLE", "COLUMNS", "LINES"}


def environment(temporary: Path, **more: str) -> dict[str, str]:
    """Return an environment for `make` as a reader has it, without what the session of these tests has added."""
    path = [entry for entry in os.environ["PATH"].split(os.pathsep) if ".nox" not in Path(entry).parts]
    ours = {"PYTHONPATH", "VIRTUAL_ENV", "FLYTECONNECTOR_ENDPOINT", "PYTEST_CURRENT_TEST"}
    ours |= {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "ARGS"}  # of a make around these tests
    ours |= {"UPDATE_RECORDS", "PYTEST_ADDOPTS", *LOOKS}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"PATH": os.pathsep.join(path), "TMPDIR": str(temporary)} | more


def elsewhere(home: Path) -> dict[str, str]:
    """Return settings that make `home` the home folder, but leave caches and Go's settings where they are."""
    tool = toolchain.go()
    names = ("GOCACHE", "GOMODCACHE", "GOPATH", "GOENV")
    asked = subprocess.run(
        [tool.command, "env", "-json", *names], env=tool.env, capture_output=True, check=True
    )
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    ours = {"XDG_CACHE_HOME": str(caches), "FLYTE_PLUGIN_BOOK_CACHE": str(toolchain.cache())}
    return json.loads(asked.stdout) | ours | {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")}


def left_in(home: Path) -> list[str]:
    """Return the files in a home folder; not the counters that every go command keeps there, also for other work."""
    files = [path.relative_to(home).as_posix() for path in home.rglob("*") if not path.is_dir()]
    return [name for name in files if not name.startswith(".config/go/telemetry/")]


def all_of(target: str, temporary: Path, **more: str) -> str:
    """Run a target to its end, and return all that it printed; fails when it does."""
    done = subprocess.run(
        ["make", target],
        cwd=ROOT,
        env=environment(temporary, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


class Making:
    """`make TARGET` in a session of its own, like a terminal's, with a mark, a home and a temporary folder."""

    def __init__(self, target: str, folder: Path) -> None:
        self.mark, self.output = f"MAKING={uuid.uuid4()}", folder / "output.txt"
        self.temporary, self.home = folder / "tmp", folder / "home"
        self.temporary.mkdir()
        self.home.mkdir()
        env = environment(self.temporary, MAKING=self.mark.partition("=")[2], **elsewhere(self.home))
        with self.output.open("wb") as output:
            self.make = subprocess.Popen(
                ["make", target],
                cwd=ROOT,
                env=env,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def printed(self) -> str:
        return self.output.read_text(errors="replace")

    def has_printed(self, text: str) -> bool:
        """Whether it has printed `text`; fails when it has ended."""
        found = text in self.printed()
        assert self.make.poll() is None, self.printed()
        return found

    def pid(self, program: str) -> int:
        """Return the process that a user would see as `make`, as `nox`, or as a module of Python."""
        if program == "make":
            return self.make.pid
        word = f"-m\0{program}\0" if "." in program else f"/{program}\0"
        for pid in sorted(lifeline.descendants(self.make.pid)):
            words = Path(f"/proc/{pid}/cmdline").read_text()
            if word in words and "lifeline.py" not in words:
                return pid
        raise AssertionError(f"no {program} below {self.make.pid}: {self.printed()}")

    def signal(self, program: str | None, number: int) -> None:
        """Send a signal to one program, or, as a terminal does, to all in the foreground."""
        os.killpg(self.make.pid, number) if program is None else os.kill(self.pid(program), number)

    def close(self) -> None:
        if self.make.poll() is None:
            self.make.terminate()
            self.make.wait(60)
