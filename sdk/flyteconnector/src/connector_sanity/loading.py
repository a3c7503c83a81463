"""How does a profile come from its file? With the files that it names in it, and the values of `--set` over them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from connector_sanity.profile import Json, Profile, ProfileError


def load(path: Path, overrides: Sequence[str] = ()) -> Profile:
    """Return the profile in a file.

    Args:
        path: The YAML file. A value ``{file: NAME}`` anywhere stands for the content of that YAML or JSON file.
        overrides: ``dotted.key=value`` each, the value as YAML.

    Raises:
        ProfileError: when a key is unknown, missing or wrong.
    """
    try:
        content = _filled(yaml.safe_load(path.read_text(encoding="utf-8")), path.parent)
    except (OSError, yaml.YAMLError) as error:
        raise ProfileError(f"profile {path}: {error}") from error
    if not isinstance(content, dict):
        raise ProfileError(
            f"profile {path}: must be a mapping with name, task_type and template, and is {content!r}"
        )
    for word in overrides:
        _override(content, word)
    try:
        return Profile.model_validate(content)
    except ValidationError as error:
        lines = [_sentence(each) for each in error.errors()]
        raise ProfileError("\n".join([f"profile {path}:", *lines])) from error


def expectations(path: Path) -> dict[str, str]:
    """Return why checks are known to fail, from a YAML file; raises ProfileError."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ProfileError(f"expected failures {path}: {error}") from error
    if not isinstance(content, dict) or not all(isinstance(why, str) and why for why in content.values()):
        raise ProfileError(
            f"expected failures {path}: must be a mapping from a check to why it fails: {{I1: why}}"
        )
    return {str(id): why for id, why in content.items()}


def _filled(value: Any, folder: Path) -> Any:
    if isinstance(value, dict):
        if set(value) == {"file"}:
            return yaml.safe_load((folder / str(value["file"])).read_text(encoding="utf-8"))
        return {key: _filled(inner, folder) for key, inner in value.items()}
    return [_filled(inner, folder) for inner in value] if isinstance(value, list) else value


def _override(content: Json, word: str) -> None:
    path, found, value = word.partition("=")
    if not found:
        raise ProfileError(f"--set {word!r}: must be dotted.key=value")
    place: Any = content
    *parents, last = path.split(".")
    try:
        for parent in parents:
            place = place[int(parent)] if isinstance(place, list) else place.setdefault(parent, {})
        place[int(last) if isinstance(place, list) else last] = yaml.safe_load(value)
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise ProfileError(f"--set {word!r}: the profile has no such place") from error
    except yaml.YAMLError as error:
        raise ProfileError(f"--set {word!r}: the value is no YAML") from error


def _sentence(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "the file"
    value = "" if error["type"] == "missing" else f", and is {str(error['input'])[:80]!r}"
    return f"  {place}: {error['msg']}{value}"
