"""Who asks the connectors for their numbers? A loop, in the place of Prometheus; it keeps each page as it came.

A page is FOLDER/INSTANCE/MILLISECONDS.txt, an empty one when nobody answered. go/monitoring/answers reads them.
"""

from __future__ import annotations

import threading
import time
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SCRAPE = 1
"""Seconds between two scrapes."""


class Scraper(threading.Thread):
    """Enter it; it ends with the block.

    Args:
        folder: For the pages.
        pages: Instance -> the address of its page.

    Attributes:
        began: Of the first scrape, in milliseconds since 1970.
        ended: Of the last one.
    """

    def __init__(self, folder: Path, pages: Mapping[str, str]) -> None:
        super().__init__(daemon=True)
        self.folder, self._pages, self._over = folder, pages, threading.Event()
        self.began = self.ended = 0
        for instance in pages:
            (folder / instance).mkdir(parents=True)

    def __enter__(self) -> Scraper:
        self.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        """Scrape all instances at once, again and again."""
        due = time.monotonic()
        with ThreadPoolExecutor(len(self._pages)) as pool:
            while not self._over.wait(max(0.0, due - time.monotonic())):
                due += SCRAPE
                self.ended = int(time.time() * 1000)
                self.began = self.began or self.ended
                for instance, text in zip(self._pages, pool.map(fetched, self._pages.values()), strict=True):
                    (self.folder / instance / f"{self.ended}.txt").write_bytes(text)


def fetched(address: str) -> bytes:
    """Return a page, and nothing when there is none."""
    try:
        with urllib.request.urlopen(address, timeout=SCRAPE * 0.8) as answer:
            found: bytes = answer.read()
            return found
    except OSError:
        return b""
