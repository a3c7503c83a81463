"""How does the JobSet controller start where nobody calls its webhooks?

It always serves them, so it wants a certificate, and a port, which only a configuration file can name. It gets a free
port, and the certificate of the local cluster's node. No webhook is registered, so the API server never calls one.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def configure(home: Path, port: int) -> Path:
    """Write the controller's configuration into its folder; return the file (JSON is YAML, too)."""
    certificates, pki = home / "certificates", home.parents[1] / "pki"
    certificates.mkdir(exist_ok=True)
    for suffix, name in (("crt", "tls.crt"), ("key", "tls.key")):
        link = certificates / name
        link.unlink(missing_ok=True)  # it may be started again
        link.symlink_to(pki / f"kubelet.{suffix}")
    file = home / "config.yaml"
    settings = {
        "apiVersion": "config.jobset.x-k8s.io/v1alpha1",
        "kind": "Configuration",
        "leaderElection": {"leaderElect": False},
        "internalCertManagement": {"enable": False},
        "webhook": {"host": "127.0.0.1", "port": port, "certDir": str(certificates)},
    }
    file.write_text(json.dumps(settings, indent=2))
    return file


if __name__ == "__main__":
    config = configure(Path(os.environ["HOME"]), int(os.environ["WEBHOOK"]))
    os.execv(sys.argv[1], [*sys.argv[1:], f"--config={config}"])
