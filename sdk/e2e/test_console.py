"""Is what the page about the console shows still what a connector answers?

docs/records/console.json has every answer of one run that differs from the one before, with its time. With
UPDATE_RECORDS=1 in the environment the run is recorded anew.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any

import cases_console
import pytest
from google.protobuf.json_format import MessageToDict

from devkit import records
from flyteconnector import client

RECORD = records.SHOWN / "console.json"
# The record's links lead to an address that nobody has; a local cluster's are files of one machine.
LOG_URL = "https://logs.example.com/{{.Namespace}}/{{.Pod}}"
ABOUT = "GetTask's answers to make e2e, on the local cluster; asked twice a second"


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is said between flytekit's local run and the connector."""
    run: dict[str, Any] = {"about": ABOUT, "task": {}, "answers": []}
    created, create, get = time.monotonic(), client.Client.create, client.Client.get

    def note_create(it: client.Client, request: Any, *rest: Any) -> bytes:
        nonlocal created
        template = MessageToDict(request.template)
        run["task"] = {name: template[name] for name in ("id", "type", "custom")}
        created = time.monotonic()
        return create(it, request, *rest)

    def note_get(it: client.Client, *arguments: Any) -> Any:
        answer = get(it, *arguments)
        resource = MessageToDict(answer)
        resource.pop("outputs", None)
        if not run["answers"] or run["answers"][-1]["resource"] != resource:
            run["answers"].append({"seconds": round(time.monotonic() - created, 1), "resource": resource})
        return answer

    monkeypatch.setattr(client.Client, "create", note_create)
    monkeypatch.setattr(client.Client, "get", note_get)
    return run


def shape(run: dict[str, Any]) -> dict[str, Any]:
    """Return what is the same in every run: the task, how RUNNING begins, and the end; no times, no pods' names."""
    of_phase = {answer["resource"]["phase"]: answer["resource"] for answer in reversed(run["answers"])}
    return {
        "about": run["about"],
        "task": run["task"],
        "phases": sorted(of_phase.keys() & {"RUNNING", "SUCCEEDED"}),
        "links": [link["name"] for link in of_phase["SUCCEEDED"]["logLinks"]],
        "first": of_phase["RUNNING"]["customInfo"]["succeeded"],
        "end": of_phase["SUCCEEDED"]["customInfo"],
    }


def test_the_page_shows_what_the_connector_answers(start_connector, heard, monkeypatch):
    monkeypatch.setenv("FLYTECONNECTOR_ENDPOINT", start_connector(log_url=LOG_URL).address)
    assert cases_console.in_pairs(seconds=3.0) == 3.0

    running = [it["resource"] for it in heard["answers"] if it["resource"]["phase"] == "RUNNING"]
    counts = [it["customInfo"]["succeeded"] for it in running]
    assert counts[0] == 0, counts
    assert any(0 < count < 4 for count in counts), (
        f"the custom information did not change while the task ran: {counts}"
    )
    if os.environ.get(records.UPDATE) == "1":
        RECORD.write_text(json.dumps(heard, indent=1, sort_keys=True) + "\n")
    shown = json.loads(RECORD.read_text())
    assert shape(shown) == shape(heard), f"`make e2e` with {records.UPDATE}=1 writes the record anew"
