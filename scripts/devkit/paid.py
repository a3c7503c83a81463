"""What does a task of the paid service look like from outside? `make paid`: the service, its connector, and four tasks.

Service and connector are real processes of this machine; this program plays Flyte's engine, and sends the calls that it
sends. `-- --keep` leaves the service up until Ctrl-C, so that its pages can be read; `-- --pictures` takes pictures of
one for the site.
"""

from __future__ import annotations

import argparse
import io
import secrets
import sys
import time
from pathlib import Path

from devkit import browser, lifeline, process, runs
from devkit.toolchain import ROOT, ToolchainError

EXAMPLES, PICTURES = ROOT / "examples", ROOT / "docs" / "_static"
PRICE = 0.05  # dollars for a worker's second
HONEST = """Real here: the paid service and its workers, and the connector, which `pyflyte serve connector` runs.
Played: Flyte's engine. This program asks every second, and Flyte every 30."""
FINAL = ("SUCCEEDED", "FAILED", "RETRYABLE_FAILED")


def say(what: str, text: str) -> None:
    print(f"  {what:<12} {text}", flush=True)


class Scenes:
    """Sends tasks through the connector, and tells what comes back.

    Args:
        folder: The run's.
        service: The paid service, which runs.
        served: The connector, which runs.
    """

    def __init__(self, folder: Path, service, served) -> None:
        from flyteidl.core.execution_pb2 import TaskExecution
        from paid_connector import PaidJob, PaidTask
        from paid_service.started import named, until

        self._folder, self._service, self._served = folder, service, served
        self._job, self._task, self._named, self._until = PaidJob, PaidTask, named, until
        self._phase = TaskExecution.Phase.Name

    def create(self, samples: int, **config: object) -> bytes:
        task = self._task(f"paid.{secrets.token_hex(4)}", self._job(**config))
        return self._served.create(task, {"samples": samples}, str(self._folder / secrets.token_hex(4) / "0"))

    def ask(self, meta: bytes) -> str:
        """Return the phase, after a line about it."""
        found = self._served.get(meta)
        phase = self._phase(found.phase)
        say(phase, found.message)
        return phase

    def ended(self, meta: bytes) -> None:
        self.ask(meta)
        while self._phase(self._served.get(meta).phase) not in FINAL:
            time.sleep(1)
        self.ask(meta)

    def result(self) -> str:
        """A task that goes well; return the address of its page."""
        print("1  A task that two workers compute")
        meta = self.create(20_000, workers=2, seconds=4.0)
        links = self._served.get(meta).log_links
        for link in links:
            say("link", f"{link.name}: {link.uri}")
        self.ended(meta)
        found = self._served.get(meta)
        for name, literal in sorted(found.outputs.literals.items()):
            say("output", f"{name}: float = {literal.scalar.primitive.float_value:.4f}")
        say(
            "custom info", ", ".join(f"{name} {value:g}" for name, value in sorted(found.custom_info.items()))
        )
        return links[1].uri

    def failure(self) -> None:
        print("2  A task that fails")
        self.ended(self.create(1000, seconds=0.5, tolerance=0.001))

    def outage(self) -> None:
        print("3  The service is away while a task runs")
        meta = self.create(10**6, seconds=600.0)
        self._service.stop()
        self.ask(meta)
        self._service.start()
        self._until(lambda: "0%" in self._served.get(meta).message, "the service knows the job")
        self.ask(meta)
        self._served.delete(meta)

    def abort(self) -> None:
        print("4  An abort: DeleteTask, twice")
        name = f"w-{secrets.token_hex(4)}"
        meta = self.create(10**6, workers=3, seconds=600.0, name=name)
        self._until(lambda: len(self._named(name)) == 3, "all workers work")
        say("workers", f"{len(self._named(name))} processes")
        for _ in range(2):
            self._served.delete(meta)
        say("workers", f"{len(self._named(name))} processes")
        bill = self._served.get(meta).custom_info
        say("bill", f"${bill['dollars']:.2f}, and ${bill['dollars_per_second']:.2f} a second from now on")


def pictures(page: str) -> None:
    """Take the picture of a page, light and dark."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser.command())
        for scheme in ("light", "dark"):
            view = chromium.new_page(color_scheme=scheme, viewport={"width": 720, "height": 640})
            view.goto(page)
            taken = Image.open(io.BytesIO(view.screenshot(full_page=True)))
            taken.quantize(32).save(
                PICTURES / f"paid-{scheme}.png", optimize=True
            )  # a page of the site stays small
        chromium.close()


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="nox -s paid --", description="Tasks of the paid service.")
    parser.add_argument("--keep", action="store_true", help="leave the service up until Ctrl-C")
    parser.add_argument("--pictures", action="store_true", help="take the pictures of docs/paid-service.md")
    wanted = parser.parse_args(words)
    process.unwind_on_sigterm()
    sys.path.insert(0, str(EXAMPLES))
    from paid_connector.served import Served
    from paid_service.started import Started

    token = secrets.token_hex(16)
    print(HONEST, flush=True)
    try:
        with (
            runs.folder() as folder,
            Started(folder / "service", token, PRICE, wrap=lifeline.argv) as service,
            Served(folder, service.url, token, wrap=lifeline.argv) as served,
        ):
            scenes = Scenes(folder, service, served)
            page = scenes.result()
            if wanted.pictures:
                pictures(page)
            for scene in (scenes.failure, scenes.outage, scenes.abort):
                scene()
            if wanted.keep:
                print(f"The page of the first task, until Ctrl-C: {page}", flush=True)
                service.process.wait()
    except (ToolchainError, RuntimeError, TimeoutError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
