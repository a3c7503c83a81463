"""Where is the service, and with which token does the connector call it? Its environment says both."""

from __future__ import annotations

import os

from flytekit.extend.backend.utils import get_connector_secret
from paid_service.client import Client

URL = "PAID_SERVICE_URL"
SECRET = "paid_service_token"  # flytekit looks for a variable _FSEC_PAID_SERVICE_TOKEN, then for a file


def service(patience: float) -> Client:
    """Return a client; raises ValueError when the connector's environment says neither where nor with which token."""
    if not (url := os.environ.get(URL)):
        raise ValueError(f"{URL} is not set: give the connector the service's address, http://HOST:PORT")
    try:
        token = get_connector_secret(SECRET)
    except ValueError:  # whose text is for users of tasks
        there = f"a variable _FSEC_{SECRET.upper()} or a file /etc/secrets/{SECRET}"
        raise ValueError(f"there is no token for the paid service: give the connector {there}") from None
    return Client(url, token, patience)
