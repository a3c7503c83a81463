"""What does the service remember? Orders, processes and a few numbers each second, in SQLite: it may restart."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from paid_service.model import Order, State

TABLES = """
CREATE TABLE IF NOT EXISTS jobs (
    key TEXT PRIMARY KEY, body TEXT NOT NULL, state TEXT NOT NULL, error TEXT, pi REAL, standard_error REAL,
    progress REAL NOT NULL DEFAULT 0, created REAL NOT NULL, lease_until REAL);
CREATE TABLE IF NOT EXISTS processes (
    key TEXT NOT NULL, worker INTEGER NOT NULL, pid INTEGER NOT NULL, birth INTEGER NOT NULL,
    began REAL NOT NULL, ended REAL);
CREATE INDEX IF NOT EXISTS processes_by_key ON processes (key);
CREATE TABLE IF NOT EXISTS moments (
    key TEXT NOT NULL, at REAL NOT NULL, progress REAL NOT NULL, dollars REAL NOT NULL, live INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS moments_by_key ON moments (key);
"""


class Row(NamedTuple):
    """A job."""

    key: str
    body: str
    """The order as JSON; "" for one that was cancelled before it came."""
    state: str
    error: str | None
    pi: float | None
    standard_error: float | None
    progress: float
    created: float
    lease_until: float | None

    @property
    def order(self) -> Order:
        return Order.model_validate_json(self.body)


class Process(NamedTuple):
    """A process of a worker. `birth` is its start in the kernel's clock: with the pid it is unique until a reboot."""

    key: str
    worker: int
    pid: int
    birth: int
    began: float
    ended: float | None


class Moment(NamedTuple):
    """What was the case at one time, for the plot."""

    at: float
    progress: float
    dollars: float
    live: int


class Store:
    """The database; every method may be called from any thread.

    Args:
        path: The file; it is made if it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(TABLES)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _ask(self, text: str, *values: object) -> list[tuple]:
        with self._lock:
            return self._db.execute(text, values).fetchall()

    def add(self, key: str, body: str, state: State, lease_until: float | None = None) -> bool:
        """Add a job, and say whether it is new: of two calls at the same time, one adds it."""
        added = self._ask(
            "INSERT OR IGNORE INTO jobs (key, body, state, created, lease_until) VALUES (?, ?, ?, ?, ?) RETURNING 1",
            *(key, body, state, time.time(), lease_until),
        )
        return bool(added)

    def job(self, key: str) -> Row | None:
        found = self._ask("SELECT * FROM jobs WHERE key = ?", key)
        return Row(*found[0]) if found else None

    def running(self) -> list[Row]:
        return [Row(*row) for row in self._ask("SELECT * FROM jobs WHERE state = ?", State.RUNNING)]

    def end(self, key: str, state: State, error: str | None = None) -> bool:
        """Give a running job its last state, and say whether it was running: an end never changes."""
        text = "UPDATE jobs SET state = ?, error = ? WHERE key = ? AND state = ? RETURNING 1"
        return bool(self._ask(text, state, error, key, State.RUNNING))

    def result(self, key: str, pi: float, standard_error: float) -> None:
        self._ask("UPDATE jobs SET pi = ?, standard_error = ? WHERE key = ?", pi, standard_error, key)

    def progress(self, key: str, share: float) -> None:
        self._ask("UPDATE jobs SET progress = ? WHERE key = ?", share, key)

    def lease(self, key: str, until: float) -> None:
        self._ask("UPDATE jobs SET lease_until = ? WHERE key = ?", until, key)

    def began(self, process: Process) -> None:
        self._ask("INSERT INTO processes VALUES (?, ?, ?, ?, ?, ?)", *process)

    def ended(self, process: Process, at: float) -> None:
        text = "UPDATE processes SET ended = ? WHERE key = ? AND pid = ? AND birth = ? AND ended IS NULL"
        self._ask(text, at, process.key, process.pid, process.birth)

    def processes(self, key: str) -> list[Process]:
        return [Process(*row) for row in self._ask("SELECT * FROM processes WHERE key = ?", key)]

    def moment(self, key: str, now: Moment) -> None:
        self._ask("INSERT INTO moments VALUES (?, ?, ?, ?, ?)", key, *now)

    def moments(self, key: str) -> list[Moment]:
        text = "SELECT at, progress, dollars, live FROM moments WHERE key = ? ORDER BY at"
        return [Moment(*row) for row in self._ask(text, key)]


def seconds(processes: Iterable[Process], now: float) -> float:
    """Return how long processes have lived together, in seconds: what is paid for."""
    return sum((process.ended or now) - process.began for process in processes)
