"""Who starts, watches, bills and ends the workers? One thread, which finds them again when the service was away.

A worker is a process in a session of its own, so it lives on when the service is killed; its pid and birth are in the
store. When the service is told to stop, it ends its workers, and starts them again, from where they were, when it is
back: what nobody looks after should not cost money.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from paid_service import store, work
from paid_service.model import State
from paid_service.store import Moment, Process, Row, Store

TICK = 0.1  # seconds
TRIES = 3  # processes for one worker, before the job fails


def birth(pid: int) -> int | None:
    """Return when a living process started, in ticks since boot; None when it is gone, or only waits to be reaped."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


class Keeper:
    """Keeps the jobs of a store going.

    Args:
        jobs: The store.
        home: Folder with a folder for each job.
        price: Dollars for one second of one worker.
    """

    def __init__(self, jobs: Store, home: Path, price: float) -> None:
        self.jobs, self.home, self.price = jobs, home, price
        self._lock, self._stopped = threading.RLock(), threading.Event()
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._noted: dict[str, float] = {}
        self._tries: Counter[tuple[str, int]] = Counter()
        self._thread = threading.Thread(target=self._run, name="keeper")

    def start(self) -> None:
        with self._lock:
            for row in self.jobs.running():  # of an earlier service
                for process in self._open(row.key):
                    if birth(process.pid) != process.birth:
                        self.jobs.ended(process, self._last_word(process))
        self._thread.start()

    def stop(self) -> None:
        """End the thread and all workers. Their jobs are still running in the store, and cost nothing until `start`."""
        self._stopped.set()
        self._thread.join()
        for row in self.jobs.running():
            self._kill(row.key)
            self._note(row.key)

    def _run(self) -> None:
        while not self._stopped.wait(TICK):
            for row in self.jobs.running():
                with self._lock:
                    try:
                        self._look_after(row)
                    except OSError as error:  # a full disk, no more processes
                        self._end(row.key, State.FAILED, f"the service could not run the job: {error}")

    def folder(self, key: str) -> Path:
        return self.home / key

    def log(self, key: str) -> str:
        """Return what the workers have printed."""
        path = self.folder(key) / "log.txt"
        return path.read_text(errors="replace") if path.exists() else ""

    def alive(self, key: str) -> int:
        """Return how many processes of a job live now."""
        return len(self._open(key))

    def dollars(self, key: str) -> float:
        return self.price * store.seconds(self.jobs.processes(key), time.time())

    def cancel(self, key: str, state: State, reason: str) -> None:
        """End a job and its processes, at once; one that has ended stays as it is."""
        with self._lock:
            self._end(key, state, reason)

    def _end(self, key: str, state: State, reason: str | None = None) -> None:
        if self.jobs.end(key, state, reason):
            self._kill(key)
            self._note(key)

    def _open(self, key: str) -> list[Process]:
        return [process for process in self.jobs.processes(key) if process.ended is None]

    def _last_word(self, process: Process) -> float:
        """Return when a worker that died while nobody looked last wrote something."""
        path = self.folder(process.key) / f"worker-{process.worker}.json"
        return max(process.began, path.stat().st_mtime) if path.exists() else process.began

    def _kill(self, key: str) -> None:
        for process in self._open(key):
            if birth(process.pid) == process.birth:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
            if child := self._children.pop(process.pid, None):
                child.wait()
            self.jobs.ended(process, time.time())

    def _look_after(self, row: Row) -> None:
        """Do for one job what is to be done now."""
        if self.jobs.job(row.key) != row:  # it was cancelled a moment ago
            return
        order, now = row.order, time.time()
        words = [self._read(row.key, worker) for worker in range(order.workers)]
        for process in self._open(row.key):
            if birth(process.pid) != process.birth:
                if child := self._children.pop(process.pid, None):
                    child.wait()
                self.jobs.ended(process, now)
        busy = {process.worker for process in self._open(row.key)}
        self.jobs.progress(row.key, sum(word.get("points", 0) for word in words) / order.samples)
        if row.lease_until and row.lease_until < now:
            reason = f"nobody has renewed its lease for {order.lease_seconds:g} s"
            return self._end(row.key, State.EXPIRED, reason)
        for worker, word in enumerate(words):
            if not word.get("done") and worker not in busy and not self._spawn(row, worker):
                return self._end(
                    row.key, State.FAILED, f"worker {worker} ended {TRIES} times before it was done"
                )
        if not busy and all(word.get("done") for word in words):
            self._finish(row, words)
        elif now - self._noted.get(row.key, 0.0) >= 1:
            self._note(row.key)

    def _read(self, key: str, worker: int) -> dict:
        path = self.folder(key) / f"worker-{worker}.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def _spawn(self, row: Row, worker: int) -> bool:
        """Start a worker, unless this service has done so too often."""
        if self._tries[row.key, worker] >= TRIES:
            return False
        self._tries[row.key, worker] += 1
        folder = self.folder(row.key)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "order.json").write_text(row.body)
        command = [sys.executable, "-I", "-S", work.__file__, str(folder), str(worker)]
        with (folder / "log.txt").open("ab") as log:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._children[child.pid] = child
        born = birth(child.pid) or 0
        self.jobs.began(Process(row.key, worker, child.pid, born, time.time(), None))
        return True

    def _finish(self, row: Row, words: list[dict]) -> None:
        tally = work.Tally(sum(word["points"] for word in words), sum(word["inside"] for word in words))
        pi, error, tolerance = tally.pi(), tally.standard_error(), row.order.tolerance
        self.jobs.result(row.key, pi, error)
        if tolerance is not None and error > tolerance:
            found = f"π = {pi:.4f} with a standard error of {error:.2g}, and tolerance is {tolerance:g}"
            self._end(row.key, State.FAILED, f"{found}: order more samples than {row.order.samples}")
        else:
            self._end(row.key, State.SUCCEEDED)

    def _note(self, key: str) -> None:
        """Keep a point of the plot."""
        row, now = self.jobs.job(key), time.time()
        if row:
            self.jobs.moment(key, Moment(now, row.progress, self.dollars(key), self.alive(key)))
            self._noted[key] = now
