"""What happens while the dashboard's numbers are taken? Some minutes of tasks, and what an operator may see one day."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from connector_sanity.breaking import making
from connector_sanity.dialect import DIALECTS
from connector_sanity.engine import Flyte
from connector_sanity.faults import Fault, Mode
from connector_sanity.target import Target
from devkit.dashboard_scrape import Scraper
from devkit.dashboard_tasks import Agenda, Controller, Engine
from devkit.faults_world import World

SECONDS = 240
EVERY = 1.0
"""Seconds between two tasks."""
AWAY, KILLED, SLOW, FORBIDDEN = 12, 10, 12, 12
"""Seconds without the API server, without a replica, with an API server that takes DELAY for a create, and without the
right to watch."""
DELAY = 2.0


@dataclass
class Stage:
    """All that a part of the story may touch."""

    world: World
    targets: tuple[Target, Target]
    engines: tuple[Engine, Engine]
    agenda: Agenda
    busy: bool = False

    def load(self) -> None:
        """Begin a task, by turns at the two replicas, and plan the next."""
        ways = itertools.cycle(("succeeds", "succeeds", "succeeds", "fails", "succeeds", "aborted"))
        turns = itertools.cycle(self.engines)
        self.busy = True

        def one() -> None:
            if self.busy:
                self.agenda.after(EVERY, one)
                next(turns).begin(next(ways))

        one()

    def rest(self) -> None:
        """Begin no more tasks."""
        self.busy = False

    def mistakes(self) -> None:
        """Somebody asks for what cannot be, a create comes twice, and somebody deletes Jobs by hand."""
        invalid = self.world.profile.invalid[0].template
        for engine in self.engines:
            for _ in range(3):
                engine.begin("refused", template=invalid)
                engine.begin("twice")
            engine.begin("lost")

    def away(self) -> None:
        """The API server cannot be reached."""
        self._broken(AWAY, cut=True, faults=lambda: (Fault(Mode.REFUSE, times=-1),))

    def slow(self) -> None:
        """The API server takes its time for a create."""
        cluster = self.world.cluster
        self._broken(SLOW, cut=False, faults=lambda: making(cluster, Mode.DELAY, -1, seconds=DELAY))

    def forbidden(self) -> None:
        """The connectors may not list and watch any more."""
        verbs = ("list", "watch")
        self._broken(
            FORBIDDEN,
            cut=True,
            faults=lambda: tuple(Fault(Mode.STATUS, verb=verb, times=-1, status=403) for verb in verbs),
        )

    def _broken(self, seconds: float, cut: bool, faults: Callable[[], tuple[Fault, ...]]) -> None:
        proxies = [target.proxy for target in self.targets if target.proxy is not None]
        for proxy in proxies:
            proxy.break_(*faults())
            if cut:
                proxy.cut()
        time.sleep(seconds)
        for proxy in proxies:
            proxy.heal()

    def killed(self) -> None:
        """The second replica is killed, and comes back."""
        launched = self.targets[1].launched
        assert launched is not None
        launched.kill()
        time.sleep(KILLED)
        launched.start()


# Second, what happens (as the page says it), and what does it.
STORY: tuple[tuple[int, str, Callable[[Stage], None] | None], ...] = (
    (0, "Two replicas wait. Flyte asks each which task types it has.", None),
    (
        20,
        "A task begins each second. Of six, four succeed, one fails and is tried again, one is aborted.",
        Stage.load,
    ),
    (
        70,
        "Six tasks ask for what cannot be, six creates come twice, and somebody deletes two Jobs.",
        Stage.mistakes,
    ),
    (100, f"For {AWAY} s the connectors cannot reach the API server.", Stage.away),
    (140, f"The second replica is killed, and starts again {KILLED} s later.", Stage.killed),
    (175, f"For {SLOW} s the API server takes {DELAY:.0f} s more for each create.", Stage.slow),
    (
        195,
        f"For {FORBIDDEN} s the API server answers 403 to whoever wants to list and watch.",
        Stage.forbidden,
    ),
    (220, "No more tasks begin; the last ones end.", Stage.rest),
)


def play(world: World, folder: Path, say: Callable[[str], None]) -> Scraper:
    """Play the story, and return what scraped the two replicas meanwhile."""
    agenda, about = Agenda(), world.settings
    with world.target.replica("second") as second, Controller(world.cluster, world.operator):
        targets = (world.target, second)
        flytes = [
            Flyte(DIALECTS[number], target.address, world.profile, about.run, world.profile.namespace)
            for number, target in enumerate(targets, 1)
        ]
        engines = Engine(flytes[0], agenda), Engine(flytes[1], agenda)
        stage = Stage(world, targets, engines, agenda)
        pages = {
            name: f"http://127.0.0.1:{target.launched.metrics_port}/metrics"
            for name, target in zip(("replica-1", "replica-2"), targets, strict=True)
            if target.launched is not None
        }
        for engine in engines:
            agenda.after(0, engine.look)
        for second_, words, act in STORY:
            agenda.after(second_, say, f"{second_:>4} s  {words}")
            if act is not None:
                agenda.after(second_, act, stage)
        with Scraper(folder, pages) as scraper:
            agenda.run(SECONDS + 2)  # with a last scrape
        for flyte in flytes:
            flyte.close()
    return scraper
