"""How does one execution of a smoke test go? Started, watched in Flyte and in Kubernetes, and waited for."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from devkit.smoke_cluster import Kubernetes, Sight
from devkit.smoke_interface import FINAL, Flyte, last_words
from devkit.smoke_meanings import ELSE, explained
from devkit.smoke_report import Report, SmokeError

EVERY, WORD = 1.0, 15.0  # seconds between two looks, and between two words about a long wait


@dataclass
class Execution:
    """One execution, from its start on.

    Args:
        name: Of the execution.
        flyte, kubernetes, report: Where it looks, and what it tells.
        sight: What has been seen of it in Kubernetes.
    """

    name: str
    flyte: Flyte
    kubernetes: Kubernetes
    report: Report
    sight: Sight = field(default_factory=Sight)
    phase: str = ""

    def start(self, called: str, task: Any, inputs: dict[str, Any]) -> None:
        self.report.say(f"{called}: {self.flyte.page(self.name)}")
        self.flyte.start(task, self.name, inputs)

    def look(self) -> str:
        """Look once at Flyte and at Kubernetes, tell what is new, and return Flyte's error, if there is one."""
        seen = self.flyte.look(self.name)
        for new in self.sight.look(self.kubernetes.objects(self.name)):
            self.report.say(new)
        if seen.phase != self.phase:
            self.phase = seen.phase
            self.report.say(f"{self.name} {seen.phase}")
        return seen.error

    def wait(self, there: Callable[[], bool], until: str, seconds: float) -> str:
        """Look until `there`, and return Flyte's error.

        Args:
            there: Is asked after each look.
            until: What it waits for, for messages.
            seconds: Its patience.

        Raises:
            SmokeError: Time is over, the execution has ended in another phase, or runs as a plain pod.
        """
        began = told = time.monotonic()
        while True:
            error = self.look()
            if pods := self.sight.plain():
                raise SmokeError(f"{self.name} runs as a plain pod, {pods[0]}", *self.flyte.plain)
            if there():
                return error
            if self.phase in FINAL:
                seen = f"{self.name} {self.phase} and not {until}: {last_words(error) or 'without an error'}"
                raise SmokeError(seen, *explained(error, self.flyte.plain))
            now = time.monotonic()
            if now - began > seconds:
                raise self._late(f"{self.phase} and not {until} after {seconds:g} s; {self.sight.text()}")
            if now - told > WORD:
                told = now
                text = f"  {now - began:.0f} s for {until}: {self.phase}; {self.sight.text()}"
                print(text, file=sys.stderr, flush=True)
            time.sleep(EVERY)

    def _late(self, seen: str) -> SmokeError:
        meaning = explained(seen, self.flyte.plain)
        if not self.sight.resources:
            meaning = (
                "Flyte has not started anything, or the connector has not made the resource",
                f"{self.flyte.engine}'s log, then the connector's",
            )
        elif meaning == ELSE:
            meaning = (
                "the resource is there, and does not get on",
                "kubectl describe on resource and pods: quota, image, node; or a larger --timeout",
            )
        return SmokeError(f"{self.name} {seen}", *meaning)

    def await_gone(self, seconds: float) -> float:
        """Wait until nothing of it is in Kubernetes, for at most `seconds`; return how long it took."""
        began = time.monotonic()
        while True:
            self.sight.look(self.kubernetes.objects(self.name))
            took = time.monotonic() - began
            if not self.sight.now or took > seconds:
                return took
            time.sleep(EVERY)
