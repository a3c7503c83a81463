"""Does the page about the manifests name every folder, and do the manifests name flags and tests that exist?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "kustomize"
FILES = sorted(path for path in FOLDER.rglob("*.yaml") if "made" not in path.parts)
PAGE = (ROOT / "docs/kustomize.md").read_text(encoding="utf-8")


def texts(value: object) -> Iterator[str]:
    """Yield every text in a document; patches are YAML within YAML."""
    match value:
        case dict():
            for each in value.values():
                yield from texts(each)
        case list():
            for each in value:
                yield from texts(each)
        case str() if "op:" in value:
            yield from texts(yaml.safe_load(value))
        case str():
            yield value


def flags() -> set[str]:
    """Return the connector's flags, as its sources define them."""
    sources = [ROOT / "go/connector/flags.go", *(ROOT / "go/cmd/connector").glob("[!_]*.go")]
    text = "\n".join(path.read_text() for path in sources if not path.name.endswith("_test.go"))
    return set(re.findall(r'(?:flags|flag)\.\w+\((?:[\w&.()*]+, )?"([a-z-]+)"', text))


def of_the_connector() -> Iterator[tuple[Path, str]]:
    for path in FILES:
        if path.is_relative_to(FOLDER / "operator"):
            continue
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            yield from ((path, text) for text in texts(document) if text.startswith("--"))
    shown = "\n".join(re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
    found = [text for text in texts(yaml.safe_load(shown)) if text.startswith("--")]
    assert found, "the page shows how to add a flag"
    yield from ((ROOT / "docs/kustomize.md", text) for text in found)


def test_every_flag_in_the_manifests_exists():
    used = list(of_the_connector())
    assert len(used) >= 14, used
    assert {"listen", "spark", "meta-key"} <= flags()
    for path, text in used:
        assert text.partition("=")[0].removeprefix("--") in flags(), f"{path.relative_to(ROOT)}: {text}"


@pytest.mark.parametrize(
    "folder",
    sorted(
        {path.parent.relative_to(FOLDER).as_posix() for path in FILES if path.name == "kustomization.yaml"}
        - {"overlays/local/tasks", "overlays/local-spark"}  # parts of a row
    ),
)
def test_the_page_has_a_row_for_every_folder(folder: str):
    assert re.search(rf"^\| `{folder}`", PAGE, re.MULTILINE)


def test_what_has_to_be_decided_is_marked_where_it_stands():
    found = {
        (path.relative_to(FOLDER).as_posix(), marker[1])
        for path in FILES
        for line in path.read_text(encoding="utf-8").splitlines()
        if (marker := re.match(r"\s*# T[O]DO\(([a-z-]+)\): ", line))
    }
    assert {slug for _, slug in found} == {
        "accounts", "image", "kind", "links", "namespaces", "network", "runbook",
    }  # fmt: skip
    assert not {place for place, _ in found if place.startswith(("base/", "account/"))}, (
        "one edits an overlay"
    )


def test_drivers_may_do_the_same_as_on_the_local_cluster():
    """The end-to-end tests run drivers with the rights of the one file, and the page offers the other."""

    def roles(path: str) -> dict[str, list]:
        documents = yaml.safe_load_all((ROOT / path).read_text(encoding="utf-8"))
        return {each["metadata"]["name"]: each["rules"] for each in documents if each["kind"] == "Role"}

    ours = roles("kustomize/operator/drivers.yaml")
    assert ours.keys() == {"spark", "spark-submit"}
    assert ours == roles("go/localcluster/operators/spark/rights.yaml")
