"""As whom does the connector that the kit starts act? As the account of its manifests where the profile names it."""

from __future__ import annotations

from pathlib import Path

import yaml
from kubernetes.client import ApiClient

from connector_sanity.proxy import Proxy
from connector_sanity.settings import Settings


def kubeconfig(settings: Settings, proxy: Proxy, folder: Path) -> Path:
    """Write the connector's kubeconfig, which leads to the proxy, and return its path.

    With `rights` in the profile it has a token of that account, so that the connector can do what its manifests allow
    and nothing else; without, it acts as whoever the kit's own kubeconfig is.
    """
    user: dict[str, str] = {}
    if settings.profile.rights is not None:
        user = {"token": token(settings)}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "proxy", "cluster": {"server": proxy.address}}],
        "users": [{"name": "connector", "user": user}],
        "contexts": [{"name": "proxy", "context": {"cluster": "proxy", "user": "connector"}}],
        "current-context": "proxy",
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def bearer(settings: Settings) -> str:
    """Return the token of the connector's account, "" when the profile names none."""
    return token(settings) if settings.profile.rights is not None else ""


def token(settings: Settings, account: str = "") -> str:
    """Return a token, for an hour, of an account (namespace/name); by default of the profile's."""
    from kubernetes import client, config

    assert account or settings.profile.rights is not None
    namespace, name = (account or settings.profile.rights.account).split("/")  # type: ignore[union-attr]
    api = client.CoreV1Api(config.new_client_from_config(str(settings.kubeconfig)))
    asked = {"spec": {"expirationSeconds": 3600}}
    return str(api.create_namespaced_service_account_token(name, namespace, asked).status.token)


def api(settings: Settings, account: str) -> ApiClient:
    """Return a client of the kit's cluster that acts as an account (namespace/name), and as nobody else."""
    from kubernetes import client, config

    admin = client.Configuration()
    config.load_kube_config(str(settings.kubeconfig), client_configuration=admin)
    admin.cert_file = admin.key_file = None
    admin.api_key = {"authorization": f"Bearer {token(settings, account)}"}
    return client.ApiClient(admin)
