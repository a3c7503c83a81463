"""How does a program call the service? The client library that its makers would ship; it knows nothing of Flyte.

Calls may be repeated: a job has the key that the client chose. No message and no exception contains the token.
"""

from __future__ import annotations

import re
import time
from types import TracebackType
from typing import Self

import httpx

from paid_service.model import Job, Order

TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
PAUSE = 0.3  # seconds between tries


class PaidServiceError(RuntimeError):
    """The service refused something, or did not answer."""

    status: int | None = None
    """HTTP's; None: it did not answer."""

    @property
    def transient(self) -> bool:
        """Whether the same call may go well in a moment."""
        return self.status is None or self.status >= 500 or self.status in (408, 425, 429)


class Client:
    """The service at `url`.

    Args:
        url: Its base, for example "http://127.0.0.1:8080".
        token: The API's.
        patience: Seconds for one call with all its tries; a call that cannot be made in this time raises.

    Raises ValueError for a URL or a token that cannot be sent.
    """

    def __init__(self, url: str, token: str, patience: float = 5.0) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"url={url!r}: want http://… or https://…")
        if not TOKEN.fullmatch(token):  # httpx would show a header that it cannot send
            raise ValueError(
                "token: want letters, digits and the signs of base64, at least one (not shown here)"
            )
        self._url, self._patience = url.rstrip("/"), patience
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=f"{self._url}/v1/jobs", headers=headers, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._http.close()

    def submit(self, key: str, order: Order) -> Job:
        """Start a job, or find the one with this key. Raises PaidServiceError."""
        return self._call("PUT", key, order.model_dump(mode="json"))

    def get(self, key: str) -> Job:
        """Return a job. Raises PaidServiceError, with status 404 for one that is not there."""
        return self._call("GET", key)

    def renew(self, key: str) -> Job:
        """Keep a job with a lease from ending. Raises PaidServiceError."""
        return self._call("POST", f"{key}/lease")

    def cancel(self, key: str) -> Job:
        """End a job if it runs, and keep it from starting if it comes later. Raises PaidServiceError."""
        return self._call("DELETE", key)

    def _call(self, method: str, path: str, body: object = None) -> Job:
        deadline = time.monotonic() + self._patience
        while True:
            try:
                return self._once(method, path, body, deadline)
            except PaidServiceError as error:
                if not error.transient or time.monotonic() + PAUSE > deadline:
                    raise
            time.sleep(PAUSE)

    def _once(self, method: str, path: str, body: object, deadline: float) -> Job:
        what = f"{method} {self._url}/v1/jobs/{path}"
        try:
            left = max(0.1, deadline - time.monotonic())
            answer = self._http.request(method, f"/{path}", json=body, timeout=left)
        except httpx.HTTPError as error:
            raise PaidServiceError(f"{what}: no answer: {error or type(error).__name__}") from None
        if answer.status_code != 200:
            try:
                detail = answer.json()["detail"]
            except (ValueError, KeyError, TypeError):
                detail = answer.text[:200]
            refused = PaidServiceError(f"{what}: {answer.status_code} {answer.reason_phrase}: {detail}")
            refused.status = answer.status_code
            raise refused
        return Job.model_validate(answer.json())
