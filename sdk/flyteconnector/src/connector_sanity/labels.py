"""By what does the kit know its own in a cluster? A label, and the output prefix of what it asks connectors for."""

from __future__ import annotations

ALLOWED = "flyte-conformance"
"""A namespace has to have this label with the value "allowed": somebody has said that a kit may work there."""
RUN = "connector-sanity/run"
"""The label with the run's id, on all that the kit itself creates."""
PREFIX = "s3://connector-sanity/"
"""How the output prefixes of its tasks begin; the run's id comes next."""
