"""What do the tests of the paid service order, and with which token? Their processes are fixtures of conftest.py."""

from __future__ import annotations

import secrets

from paid_connector import PaidJob, PaidTask
from paid_service.client import Client
from paid_service.model import Order
from paid_service.started import until

TOKEN = f"token-{secrets.token_hex(12)}"
LONG = {"samples": 100_000, "seconds": 600}


def key() -> str:
    return f"test-{secrets.token_hex(6)}"


def order(**more) -> Order:
    return Order(**({"samples": 4000, "seconds": 0.5, "name": f"w-{secrets.token_hex(4)}"} | more))


def ended(client: Client, job: str):
    until(lambda: client.get(job).state.final, "the job ends")
    return client.get(job)


def prefix() -> str:
    return f"s3://bucket/metadata/{secrets.token_hex(8)}/n0/data/0"


def task(**config) -> PaidTask:
    given = {"seconds": 600.0, "name": f"w-{secrets.token_hex(4)}"} | config
    return PaidTask(f"test.{secrets.token_hex(6)}", PaidJob(**given))
