"""What do the tests of the examples have in common? Each example is a folder that is imported by its name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent
sys.path[:0] = [str(EXAMPLES), str(HERE)]  # what several test files share is a file beside them


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory):
    """A paid service as a process; imported only where a test asks for it."""
    from paid_service.started import Started
    from paying import TOKEN

    with Started(tmp_path_factory.mktemp("service"), TOKEN, price=0.5) as service:
        yield service


@pytest.fixture(scope="module")
def client(service):
    with service.client() as client:
        yield client


@pytest.fixture(scope="module")
def connector(service, tmp_path_factory: pytest.TempPathFactory):
    """`pyflyte serve connector` with the connector of the paid service."""
    from paid_connector.served import Served
    from paying import TOKEN

    with Served(tmp_path_factory.mktemp("connector"), service.url, TOKEN) as connector:
        yield connector
