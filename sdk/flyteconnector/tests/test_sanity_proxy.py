"""Does the kit's proxy forward, stream, and break calls as it is told? In front of a small HTTP server."""

from __future__ import annotations

import http.client
import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sanity_api import JOBS, Api

from connector_sanity.proxy import Fault, Mode, Proxy


@pytest.fixture
def api() -> Iterator[type[Api]]:
    """The server's class, with what came."""
    made = type("ThisApi", (Api,), {"came": [], "go": threading.Event()})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), made)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    made.port = server.server_address[1]  # type: ignore[attr-defined]
    yield made
    made.go.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(api: type[Api], tmp_path: Path) -> Iterator[Proxy]:
    """The proxy, whose kubeconfig has a token."""
    path = tmp_path / "kubeconfig"
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{api.port}"}}],  # type: ignore[attr-defined]
        "users": [{"name": "u", "user": {"token": "mine"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with Proxy(path) as proxy:
        yield proxy


def connect(proxy: Proxy, timeout: float = 5.0) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(proxy.address.removeprefix("http://"), timeout=timeout)


def ask(
    proxy: Proxy, method: str = "GET", path: str = JOBS, body: str = "", **headers: str
) -> tuple[int, Any]:
    with_answer = connect(proxy)
    try:
        with_answer.request(method, path, body or None, headers)
        answer = with_answer.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        with_answer.close()


def test_forwards_as_the_kubeconfigs_user_or_as_the_caller(proxy: Proxy) -> None:
    status, seen = ask(proxy, "POST", JOBS + "?dryRun=All", "body")
    assert (status, seen) == (
        200,
        {"method": "POST", "path": JOBS + "?dryRun=All", "body": "body", "who": "Bearer mine"},
    )
    assert ask(proxy, Authorization="Bearer theirs")[1]["who"] == "Bearer theirs"
    assert [(call.method, call.verb, call.resource) for call in proxy.calls] == [
        ("POST", "create", "jobs.batch"),
        ("GET", "list", "jobs.batch"),
    ]


def test_forwards_as_somebody_else(proxy: Proxy, tmp_path: Path) -> None:
    with Proxy(tmp_path / "kubeconfig", "another") as other:
        assert ask(other)[1]["who"] == "Bearer another"
        assert ask(other, Authorization="Bearer theirs")[1]["who"] == "Bearer theirs"


def test_one_connection_serves_many_requests(proxy: Proxy) -> None:
    connection = connect(proxy)
    for number in range(50):
        connection.request("POST", JOBS, str(number))
        assert json.loads(connection.getresponse().read())["body"] == str(number)
    connection.close()


def test_a_watch_comes_chunk_by_chunk_and_can_be_cut(api: type[Api], proxy: Proxy) -> None:
    first, second = connect(proxy), connect(proxy)
    answers = []
    for connection in (first, second):
        connection.request("GET", JOBS + "?watch=true")
        answers.append(connection.getresponse())
        assert answers[-1].read1() == b"one", "an event has to come at once, not with the next one"
    proxy.cut()
    with pytest.raises((http.client.HTTPException, OSError)):
        answers[0].read1()
    assert proxy.calls[0].verb == "watch"
    third = connect(proxy)
    third.request("GET", JOBS + "?watch=true")
    answer = third.getresponse()
    assert answer.read1() == b"one"
    api.go.set()
    assert answer.read() == b"two"


@pytest.mark.parametrize("mode", [Mode.REFUSE, Mode.EOF_BEFORE, Mode.EOF_AFTER])
def test_breaks_before_and_after_the_commit(api: type[Api], proxy: Proxy, mode: Mode) -> None:
    fault = Fault(mode, method="POST", times=1, skip=1)
    proxy.break_(fault)
    assert ask(proxy, "POST")[0] == 200, "the first is skipped"
    assert ask(proxy, "GET")[0] == 200, "another method is not meant"
    with pytest.raises(ConnectionResetError) as broken:
        ask(proxy, "POST", body="lost")
    assert isinstance(broken.value, http.client.RemoteDisconnected) is (mode is not Mode.REFUSE)
    assert ask(proxy, "POST")[0] == 200, "it was for once"
    assert ("lost" in [each["body"] for each in api.came]) is (mode is Mode.EOF_AFTER)
    assert fault.hit == 1


def test_answers_a_status_until_it_is_healed(api: type[Api], proxy: Proxy) -> None:
    proxy.break_(Fault(Mode.STATUS, contains="/jobs", times=-1, status=429, retry_after=3))
    connection = connect(proxy)
    for _ in range(3):
        connection.request("DELETE", JOBS)
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Retry-After")) == (429, "3")
        assert json.loads(answer.read())["reason"] == "TooManyRequests"
    assert ask(proxy, path="/api/v1/namespaces/a/pods")[0] == 200
    proxy.heal()
    assert ask(proxy)[0] == 200
    assert len(api.came) == 2


def test_a_delayed_call_is_done_though_the_caller_has_gone(api: type[Api], proxy: Proxy) -> None:
    proxy.break_(Fault(Mode.DELAY, seconds=0.4))
    connection = connect(proxy, timeout=0.1)
    connection.request("POST", JOBS, "late")
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    assert api.came == []
    until(lambda: [each["body"] for each in api.came] == ["late"])


def test_a_held_answer_comes_when_the_proxy_is_healed(api: type[Api], proxy: Proxy) -> None:
    fault = Fault(Mode.HOLD, method="POST")
    proxy.break_(fault)
    got: list[int] = []
    caller = threading.Thread(target=lambda: got.append(ask(proxy, "POST", body="held")[0]))
    caller.start()
    until(lambda: fault.hit == 1)
    assert [each["body"] for each in api.came] == ["held"]
    assert got == []
    assert proxy.busy
    proxy.heal()
    caller.join(5)
    assert got == [200]
    until(lambda: not proxy.busy)


def test_what_is_swallowed_is_never_done(api: type[Api], proxy: Proxy) -> None:
    proxy.break_(Fault(Mode.SWALLOW, method="POST"))
    connection = connect(proxy, timeout=0.2)
    connection.request("POST", JOBS, "gone")
    with pytest.raises(TimeoutError):
        connection.getresponse()
    proxy.heal()
    until(lambda: not proxy.busy)
    assert api.came == []


def until(condition: Any) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
