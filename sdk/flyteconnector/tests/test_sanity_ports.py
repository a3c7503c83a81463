"""Does a connector get a port that nobody takes from it while it is down?"""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from connector_sanity import ports


def test_no_port_is_given_twice_and_none_that_a_client_could_get():
    given = [ports.free_port() for _ in range(200)]
    assert len(set(given)) == 200
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert max(given) < ports.first_of_clients() <= client.getsockname()[1]


def test_a_port_on_which_somebody_listens_is_not_free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not ports.free(server.getsockname()[1])
    assert ports.free(ports.free_port())


@pytest.mark.parametrize(
    ("text", "first"), [("40000\t60999\n", 40000), ("1024 65535", ports.USUAL), ("", ports.USUAL)]
)
def test_the_range_of_the_clients_is_the_kernels(
    text: str, first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ports, "RANGE", tmp_path / "range")
    assert ports.first_of_clients() == ports.USUAL
    (tmp_path / "range").write_text(text)
    assert ports.first_of_clients() == first


def test_it_is_said_that_none_is_free(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ports, "free", lambda port: False)
    with pytest.raises(OSError, match="none is free"):
        ports.free_port()
