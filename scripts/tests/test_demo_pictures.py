"""Are the pictures of the site those that a run of the demo made, and does their record say so?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from devkit import browser, demo_pictures, freshness, spark
from devkit.demo_pictures import PICTURES
from devkit.toolchain import ToolchainError

VERSIONS = {
    "kubernetes": "v1.2.3",
    "flytekit": "4.5",
    "pyspark": "6.7",
    "spark-operator": "v8.9",
    "pandas": "0",
}


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as a run leaves it, and a site that has no pictures yet."""
    monkeypatch.setattr(demo_pictures, "SHOWN", tmp_path / "shown")
    monkeypatch.setattr(demo_pictures, "RECORD", tmp_path / "pictures.json")
    demo_pictures.SHOWN.mkdir()
    (tmp_path / "made").mkdir()
    for picture in PICTURES.values():
        (tmp_path / "made" / picture.made).write_text(picture.made)
    return tmp_path / "made"


def test_what_a_run_made_is_kept_byte_for_byte_with_its_versions(made: Path) -> None:
    demo_pictures.keep(made, VERSIONS)
    for name, picture in PICTURES.items():
        assert (demo_pictures.SHOWN / name).read_bytes() == (made / picture.made).read_bytes()
    assert demo_pictures.about("demo-timeline.svg")["versions"] == {"Kubernetes": "1.2.3", "flytekit": "4.5"}
    assert demo_pictures.about("demo-spark-ui.png")["versions"] == {
        "PySpark": "6.7",
        "Spark operator": "8.9",
        "Kubernetes": "1.2.3",
    }


def test_a_picture_that_no_run_made_is_refused(made: Path) -> None:
    demo_pictures.keep(made, VERSIONS)
    (demo_pictures.SHOWN / "demo-timeline.svg").write_text("drawn by hand")
    with pytest.raises(ValueError, match=r"does not say how this demo-timeline\.svg was made: make demo"):
        demo_pictures.about("demo-timeline.svg")
    with pytest.raises(ValueError, match=r"other\.png"):
        demo_pictures.about("other.png")


@pytest.mark.parametrize(
    ("now", "end"), {"same": "4.5.", "other": "4.5. Files that it depends on have changed since."}.items()
)
def test_the_note_says_when_by_which_command_with_what_and_whether_files_have_changed(
    now: str, end: str
) -> None:
    found = {
        "date": "2026-11-27",
        "command": "make demo",
        "inputs": "same",
        "versions": {"A": "1", "flytekit": "4.5"},
    }
    text = "".join(demo_pictures.note(found, now))
    assert text == f"Made on 2026-11-27 by make demo, with A 1 and flytekit {end}"


@pytest.mark.parametrize("missing", ["Java", "a browser"])
def test_without_java_or_a_browser_nothing_is_begun(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ToolchainError(missing)

    monkeypatch.setattr(spark, "java", fail if missing == "Java" else lambda: Path("/java"))
    monkeypatch.setattr(browser, "command", fail)
    with pytest.raises(ToolchainError, match=missing):
        demo_pictures.possible()


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_of_the_site_is_the_one_that_its_record_speaks_of(name: str) -> None:
    found = demo_pictures.about(name)
    assert found["command"] == demo_pictures.COMMAND
    assert list(found["versions"]) == list(PICTURES[name].versions.values())
    assert freshness.fingerprint(PICTURES[name].inputs), "each pattern names a file"


def test_the_pictures_are_small() -> None:
    sizes = {name: (demo_pictures.SHOWN / name).stat().st_size for name in PICTURES}
    assert all(size <= 60 * 1024 for size in sizes.values()), sizes


def test_the_record_has_these_pictures_and_no_other() -> None:
    assert json.loads(demo_pictures.RECORD.read_text(encoding="utf-8")).keys() == PICTURES.keys()
