"""What is a part of a profile? Named values of known types; a key that nobody knows is an error."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

Json = dict[str, Any]


class Part(BaseModel):
    """Something with no other keys than its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)
