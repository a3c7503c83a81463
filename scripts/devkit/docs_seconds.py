"""How long does one wait for the site? `python -m devkit.docs_seconds` measures it, into build/docs-seconds.json.

From nothing; with one page changed; and with one page changed while `make docs ARGS=--serve` runs. The page is touched,
not changed. It builds into a folder of its own. `make` itself, which takes about a second, is not counted.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from typing import IO

from devkit import docs_serve
from devkit.toolchain import ROOT

RESULT = ROOT / "build" / "docs-seconds.json"
OUT = "build/site-timed"
PAGE = ROOT / "docs" / "upgrade.md"
ARGUMENTS = (*docs_serve.SITE[:-1], OUT)
LONGEST = 900  # seconds that a build may take


class SecondsError(RuntimeError):
    """A build that was to be timed did not end well."""


def once() -> float:
    """Return how long a build takes, in seconds."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *ARGUMENTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )
    if done.returncode:
        raise SecondsError(f"the site has warnings, so it is not timed: {done.stderr.strip()[-500:]}")
    return time.monotonic() - began


def lines(stream: IO[str]) -> queue.Queue[str]:
    """Return a queue that gets the lines of a stream."""
    found: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in stream:
            found.put(line)

    threading.Thread(target=read, daemon=True).start()
    return found


def wait(said: queue.Queue[str]) -> None:
    """Wait until a build has ended."""
    while "watching for changes" not in (line := said.get(timeout=LONGEST)):
        pass
    if "with warnings" in line:
        raise SecondsError("the site has warnings, so it is not timed")


def serving() -> float:
    """Return how long it takes from a change until it is to be seen, in seconds."""
    command = [sys.executable, "-m", "devkit.docs_serve", *ARGUMENTS]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        said = lines(process.stdout)
        try:
            wait(said)
            began = time.monotonic()
            PAGE.touch()
            wait(said)
            return time.monotonic() - began
        finally:
            process.terminate()


def main() -> int:
    signal.signal(signal.SIGTERM, docs_serve.stop)
    shutil.rmtree(ROOT / OUT, ignore_errors=True)
    try:
        found = measured()
    except (SecondsError, queue.Empty, subprocess.TimeoutExpired) as error:
        print(error or "no build within the time", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(ROOT / OUT, ignore_errors=True)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))
    return 0


def measured() -> dict[str, object]:
    """Return all that is measured, what it depends on, and how busy the machine was."""
    from devkit import web_results

    before = web_results.inputs()
    found: dict[str, object] = {}
    for name, what, measure in (
        ("cold_seconds", "from nothing", once),
        ("one_page_seconds", "one page changed", once),
        ("one_page_serving_seconds", "one page changed while it is served", serving),
    ):
        print(f"{what} ...", flush=True)
        PAGE.touch()
        found[name] = round(measure(), 1)
        print(f"{what}: {found[name]} s", flush=True)
    load = [round(each, 1) for each in os.getloadavg()]
    return found | {"inputs": before, "cores": os.cpu_count(), "load_1_5_15_minutes": load}


if __name__ == "__main__":
    sys.exit(main())
