"""What does the site show of a demo? `make demo ARGS=--pictures` keeps its timeline, and a picture of Spark's page.

docs/records/pictures.json says of each when it was made, with which versions, and which files it depends on.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from devkit import browser, freshness, spark
from devkit.process import ChildError
from devkit.toolchain import ROOT

COMMAND = "make demo ARGS=--pictures"
SHOWN, RECORD = ROOT / "docs" / "_static", ROOT / "docs" / "records" / "pictures.json"
SIZE = {"width": 1100, "height": 860}  # of the window
COLOURS = 128  # a page of the site stays small
BUSY, DRAWN = "(2 running)", "Executor 2 added"  # on Spark's page: both executors work; its timeline is drawn
PATIENCE = 60.0  # seconds until it does
# As in records: the path of this clone is left out. So is what would scroll the page.
LEAVE_OUT = """(path) => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(path, "");
}"""
NO_BUTTON = ".scroll-btn-container { display: none; }"
RUN = ("examples/flights", "go/connector/core", "go/localcluster", "scripts/devkit/demo*.py")


class Picture(NamedTuple):
    """One picture: its name in build/demo, programs whose versions count, and files that it depends on."""

    made: str
    versions: Mapping[str, str]
    inputs: tuple[str, ...]


PICTURES = {
    "demo-timeline.svg": Picture(
        "timeline.svg",
        {"kubernetes": "Kubernetes", "flytekit": "flytekit"},
        (*RUN, "go/plugins/job", "scripts/devkit/report.py", "scripts/devkit/timeline.py"),
    ),
    "demo-spark-ui.png": Picture(
        "spark-ui.png",
        {"pyspark": "PySpark", "spark-operator": "Spark operator", "kubernetes": "Kubernetes"},
        (*RUN, "go/plugins/spark", "requirements/spark.txt", "scripts/devkit/spark*.py"),
    ),
}


def possible() -> None:
    """Raise ToolchainError where a run would end without pictures: they need Java and a browser."""
    spark.java()
    browser.command()
    freshness.digests()  # remembered: the record is to say with which files the run began


def shoot(page: str, to: Path) -> None:
    """Take a picture of Spark's page at an address, as soon as both executors work. Raises ChildError."""
    from PIL import Image
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser.command(), args=["--no-proxy-server"])
        try:
            view = chromium.new_page(viewport=SIZE, color_scheme="light")
            deadline = time.monotonic() + PATIENCE
            view.goto(f"{page}/jobs/")
            while not view.get_by_text(BUSY).count():
                if time.monotonic() > deadline:
                    raise ChildError(f"no picture of Spark's page: it did not say {BUSY!r}")
                time.sleep(1)
                view.reload()
            view.get_by_text("Event Timeline").first.click()
            view.mouse.move(
                SIZE["width"] - 2, 150
            )  # where nothing is: else what explains the link covers the page
            view.get_by_text(DRAWN).first.wait_for()
            view.evaluate(LEAVE_OUT, f"{ROOT}/")
            taken = Image.open(
                io.BytesIO(view.screenshot(full_page=True, animations="disabled", style=NO_BUTTON))
            )
        except Error as error:
            raise ChildError(f"no picture of Spark's page: {error}") from error
        finally:
            chromium.close()
    to.parent.mkdir(parents=True, exist_ok=True)
    taken.quantize(COLOURS).save(to, optimize=True)


def keep(made: Path, versions: Mapping[str, str]) -> None:
    """Copy the pictures that a run left in a folder to the site, and write the record."""
    record = {}
    for name, picture in PICTURES.items():
        shutil.copyfile(made / picture.made, SHOWN / name)
        record[name] = {
            "command": COMMAND,
            "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d"),
            "versions": {shown: versions[of].removeprefix("v") for of, shown in picture.versions.items()},
            "inputs": freshness.fingerprint(picture.inputs),
            "sha256": digest(SHOWN / name),
        }
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def digest(picture: Path) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(picture.read_bytes()).hexdigest()


def about(name: str) -> dict[str, Any]:
    """Return what the record says of a picture. Raises ValueError when it is not the one that the command made."""
    found = json.loads(RECORD.read_text(encoding="utf-8")).get(name)
    if found is None or found["sha256"] != digest(SHOWN / name):
        raise ValueError(f"{RECORD.name} does not say how this {name} was made: {COMMAND}")
    return found


def note(found: dict[str, Any], now: str) -> tuple[str, str, str]:
    """Return when a picture was made, by which command, and with what; `now` is the fingerprint of its files today."""
    *some, last = (f"{name} {version}" for name, version in found["versions"].items())
    listed = f"{', '.join(some)} and {last}" if some else last
    stale = "" if found["inputs"] == now else " Files that it depends on have changed since."
    return f"Made on {found['date']} by ", found["command"], f", with {listed}.{stale}"
