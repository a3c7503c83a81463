"""What do Go's tests of the manifests have to be told? A hash of all of them, and where those are that are made.

Standard library only: nox's own Python imports it.
"""

from __future__ import annotations

import hashlib

# part:spark begin
from devkit import spark_manifests

# part:spark end
from devkit.operators import kinds
from devkit.toolchain import ROOT

FOLDER = ROOT / "kustomize"


def made() -> dict[str, str]:
    """Make what is not checked in, and return what tests are told about it; raises ToolchainError."""
    told = kinds()
    # part:spark begin
    spark_manifests.make()
    told["SPARK_OPERATOR_MODULE"] = str(spark_manifests.module())
    # part:spark end
    return told


def digest() -> str:
    """Return a hash of all manifests. Go's test cache does not look outside of a module, so it is told this."""
    result = hashlib.sha256()
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        result.update(f"{path.relative_to(FOLDER)}\0".encode() + path.read_bytes() + b"\0")
    return result.hexdigest()[:16]


def variables() -> dict[str, str]:
    """Return what Go's tests of manifests read from their environment, after making what is made."""
    return made() | {"MANIFESTS": digest()}
