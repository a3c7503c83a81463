"""Does the abort experiment's meter count what lives, and is what it has counted written down as it was?"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import threading

import pytest

from devkit import experiment_record
from devkit.experiment_meter import Wire, census, seconds
from devkit.experiment_rows import ROWS

SLEEPER = """
import pathlib, sys, time
pathlib.Path("/proc/self/comm").write_text(sys.argv[1])
print(flush=True)
time.sleep(60)
"""
LINE = [(100.0, 2), (101.0, 2), (102.0, 0), (103.0, 0)]


def test_the_census_counts_living_processes_by_name_and_no_zombie():
    name = f"t{secrets.token_hex(5)}-worker"[:15]
    assert census({name}) == {name: 0}
    child = subprocess.Popen([sys.executable, "-c", SLEEPER, name], stdout=subprocess.PIPE)
    try:
        child.stdout.readline()
        assert census({name}) == {name: 1}
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it is dead, and nobody has taken it away
        assert census({name}) == {name: 0}
    finally:
        child.kill()
        child.wait()


def test_seconds_are_the_area_below_the_counts():
    assert seconds(LINE, 0, 1000) == 2 + 2
    assert seconds(LINE, 100.5, 101.5) == 2
    assert seconds(LINE, 102, 103) == 0


@pytest.mark.parametrize(("zero", "last", "after"), [(100.5, 103, 1.5), (100, 101.5, None), (102, 103, 0.0)])
def test_what_has_stopped_is_known_from_the_first_count_without_a_worker(zero, last, after):
    assert experiment_record.gone(LINE, zero, last) == after


def test_a_worker_that_comes_back_has_not_stopped():
    assert experiment_record.gone([(1, 2), (2, 0), (3, 1), (4, 0)], 0, 4) == 4


def test_a_line_is_kept_as_its_changes_from_before_to_after():
    assert experiment_record.changes(LINE, 101.0, 0.5, 5) == [[-0.5, 2], [1.0, 0], [5, 0]]


def test_a_packed_record_is_the_same_record():
    record = {"about": {"n": 1}, "rows": {"pod": {"line": [[-4, 2], [12, 0]], "state": None}}}
    text = experiment_record.packed(record)
    assert json.loads(text) == record
    assert "[ -4, 2 ]" in text


def test_a_row_that_did_not_end_as_expected_is_marked():
    rows = {row.name: {"stopped_after": 0.1 if row.stops else None, "dollars_after": 0.0} for row in ROWS}
    assert "NOT" not in experiment_record.text({"rows": rows})
    rows["pod"]["stopped_after"] = 0.1
    assert experiment_record.text({"rows": rows}).count("NOT as expected") == 1


def test_a_cut_wire_carries_nothing_and_keeps_its_connections_open():
    with socket.create_server(("127.0.0.1", 0)) as server, Wire(server.getsockname()[1]) as wire:
        threading.Thread(target=lambda: echo(server), daemon=True).start()
        with socket.create_connection(("127.0.0.1", wire.port), timeout=5) as near:
            near.sendall(b"heard")
            assert near.recv(5) == b"heard"
            wire.cut()
            near.sendall(b"lost")
            near.settimeout(0.3)
            with pytest.raises(TimeoutError):
                near.recv(4)


def echo(server: socket.socket) -> None:
    far, _ = server.accept()
    while data := far.recv(100):
        far.sendall(data)
