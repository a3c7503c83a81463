"""How does a test type into a shell what a page shows, and keep what is printed?"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

END = "end-of-the-command"


class Shell:
    """One bash, so that a command finds the variables of those before it.

    Args:
        folder: Where it starts.
        env: Its environment.
    """

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self._bash = subprocess.Popen(
            ["bash", "--norc"],
            cwd=folder,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._bash.communicate()  # it ends where its input ends

    def type(self, *commands: str) -> str:
        """Run commands; return them, each after "$ ", with what they print. Fails where one does."""
        transcript: list[str] = []
        for command in commands:
            printed = self._answer(command)
            assert printed[-1:] == [f"{END} 0\n"], "".join([f"$ {command}\n", *printed])
            transcript += [f"$ {command}\n", *printed[:-1]]
        return "".join(transcript)

    def _answer(self, command: str) -> list[str]:
        """Return what a command printed, and a line with its exit code; without that line if the shell has ended."""
        assert self._bash.stdin
        assert self._bash.stdout
        self._bash.stdin.write(f'{command}\necho "{END} $?"\n')
        self._bash.stdin.flush()
        printed: list[str] = []
        while not (printed and printed[-1].startswith(END)) and (line := self._bash.stdout.readline()):
            printed.append(line)
        return printed
