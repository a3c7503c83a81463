"""What can be asked of the service over HTTP? The API asks for the token; the pages for people are read with a link.

A key in a link is hard to guess, and opens one job for reading. A product would ask for a login instead, which a
browser can do; it could not send the API's token.
"""

from __future__ import annotations

import secrets
import time
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse

from paid_service import pages
from paid_service.keeper import Keeper
from paid_service.model import KEY, Job, Order, State
from paid_service.store import Row, Store

Key = Annotated[str, Path(pattern=KEY, description="chosen by the client, the same for the same work")]
NO_TOKEN = "the header Authorization must be 'Bearer ' and the service's token"
UNKNOWN = "there is no job {key!r}: PUT it first, or correct the key"


def describe(row: Row, keeper: Keeper, base: str) -> Job:
    """Return what a client is told about a job."""
    live = keeper.alive(row.key)
    page = f"{base}jobs/{row.key}"
    return Job(
        key=row.key,
        state=State(row.state),
        progress=row.progress,
        workers=row.order.workers if row.body else 0,
        live_workers=live,
        dollars=keeper.dollars(row.key),
        dollars_per_second=live * keeper.price,
        pi=row.pi,
        standard_error=row.standard_error,
        error=row.error,
        log_page=f"{page}/log",
        plot_page=page,
    )


def complain(request: Request, error: Exception) -> JSONResponse:
    """Say in one sentence which field is wrong, and with which value; FastAPI's own answer is a list for programs."""
    assert isinstance(error, RequestValidationError)
    said = [
        f"{'.'.join(map(str, one['loc'][1:])) or 'body'}={one.get('input')!r}: {one['msg']}"
        for one in error.errors()
    ]
    return JSONResponse({"detail": "; ".join(said)}, status_code=422)


def build(jobs: Store, keeper: Keeper, token: str) -> FastAPI:
    """Return the service.

    Args:
        jobs: What it remembers.
        keeper: Who runs the workers.
        token: What a client has to send.
    """
    app = FastAPI(title="Paid computations", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(RequestValidationError, complain)

    def authorise(authorization: Annotated[str, Header()] = "") -> None:
        if not secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise HTTPException(401, NO_TOKEN, {"WWW-Authenticate": "Bearer"})

    def known(key: str) -> Row:
        if (row := jobs.job(key)) is None:
            raise HTTPException(404, UNKNOWN.format(key=key))
        return row

    api = {"dependencies": [Depends(authorise)]}
    add_calls(app, jobs, keeper, known, api)

    @app.get("/jobs/{key}", response_class=HTMLResponse)
    def plot_page(key: Key, request: Request) -> str:
        row = known(key)
        return pages.plot(describe(row, keeper, str(request.base_url)), jobs.moments(key))

    @app.get("/jobs/{key}/log", response_class=HTMLResponse)
    def log_page(key: Key, request: Request) -> str:
        return pages.log(describe(known(key), keeper, str(request.base_url)), keeper.log(key))

    return app


def add_calls(app: FastAPI, jobs: Store, keeper: Keeper, known, api) -> None:
    """Add the four calls for programs."""

    @app.put("/v1/jobs/{key}", **api)
    def put(key: Key, order: Order, request: Request) -> Job:
        """Start a job; the same order with the same key again is the same job."""
        lease = order.lease_seconds and time.time() + order.lease_seconds
        if not jobs.add(key, order.model_dump_json(), State.RUNNING, lease):
            row = known(key)
            if not row.body:
                raise HTTPException(409, f"job {key!r} was cancelled before it came: choose another key")
            if row.order != order:
                raise HTTPException(409, f"job {key!r} is another order, {row.body}: choose another key")
        return describe(known(key), keeper, str(request.base_url))

    @app.get("/v1/jobs/{key}", **api)
    def get(key: Key, request: Request) -> Job:
        return describe(known(key), keeper, str(request.base_url))

    @app.post("/v1/jobs/{key}/lease", **api)
    def renew(key: Key, request: Request) -> Job:
        """Say that somebody still wants the job."""
        row = known(key)
        if not row.body or row.order.lease_seconds is None:
            raise HTTPException(409, f"job {key!r} has no lease: order it with lease_seconds")
        jobs.lease(key, time.time() + row.order.lease_seconds)
        return describe(row, keeper, str(request.base_url))

    @app.delete("/v1/jobs/{key}", **api)
    def cancel(key: Key, request: Request) -> Job:
        """End a job, and its bill. One that has ended stays as it is; one that comes later does not start."""
        if not jobs.add(key, "", State.CANCELLED):
            keeper.cancel(key, State.CANCELLED, "cancelled")
        return describe(known(key), keeper, str(request.base_url))
