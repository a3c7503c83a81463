"""How does the proxy reach the API server, and as whom? As the kubeconfig says, unless the caller brings a token."""

from __future__ import annotations

import http.client
import select
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SECONDS = 60.0
"""For the connection to the API server; answers may take as long as they like."""
HOPS = frozenset(
    ["connection", "keep-alive", "transfer-encoding", "host", "content-length", "upgrade", "te", "trailer"]
)
"""Headers that speak of one connection alone, and are not handed on."""


@dataclass(frozen=True)
class Upstream:
    """An API server, and a user of it.

    Attributes:
        host: ``host:port``.
        trust: TLS with the API server's CA alone; None for plain HTTP.
        identity: The same with the user's certificate.
        token: The user's ``Authorization`` header, or "".
    """

    host: str
    trust: ssl.SSLContext | None = None
    identity: ssl.SSLContext | None = None
    token: str = ""

    def connect(self, authorized: bool) -> http.client.HTTPConnection:
        """Return a connection, not made yet; without the user's certificate when the caller says who it is itself."""
        context = self.trust if authorized else self.identity
        if context is None:
            return http.client.HTTPConnection(self.host, timeout=SECONDS)
        return http.client.HTTPSConnection(self.host, timeout=SECONDS, context=context)

    def headers(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return a caller's headers as they are handed on."""
        kept = {key: value for key, value in given.items() if key.lower() not in HOPS}
        if self.token and "Authorization" not in given:
            kept["Authorization"] = self.token
        return kept


def upstream(kubeconfig: Path, bearer: str = "") -> Upstream:
    """Return the API server of a kubeconfig's current context; raises what its library raises.

    Args:
        kubeconfig: Its user is the caller's, too.
        bearer: Another user's token; then nobody is the kubeconfig's user.
    """
    from kubernetes import config

    about = config.new_client_from_config(str(kubeconfig)).configuration
    address = urlsplit(about.host)
    keys = (about.get_api_key_with_prefix(name) for name in ("authorization", "BearerToken"))
    token = f"Bearer {bearer}" if bearer else next(filter(None, keys), "")
    if address.scheme == "http":
        return Upstream(address.netloc, token=token)
    trust, identity = (ssl.create_default_context(cafile=about.ssl_ca_cert) for _ in range(2))
    for context in (trust, identity):
        if not about.verify_ssl:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if about.cert_file and not bearer:
        identity.load_cert_chain(about.cert_file, about.key_file)
    return Upstream(address.netloc, trust, identity, token)


def usable(connection: http.client.HTTPConnection) -> bool:
    """Return whether a connection that was used is still open; the API server ends those that idle."""
    return connection.sock is not None and not select.select([connection.sock], [], [], 0)[0]
