"""Does `make register` print what the site shows? A server that plays Flyte's admin answers; no Flyte takes part."""

from __future__ import annotations

import sys
from pathlib import Path

import making

from devkit import packages, records, task_image
from devkit.toolchain import ROOT

sys.path.append(str(ROOT / "sdk/flytekitplugins-larkspur/tests"))
from fake_admin import FakeAdmin

IMAGE = f"registry.example.com/{task_image.NAME}:{packages.version()}"


def test_registering_prints_what_the_site_shows(tmp_path: Path):
    (temporary := tmp_path / "tmp").mkdir()
    (place := tmp_path / "admin").mkdir()
    with FakeAdmin(place) as admin:
        endpoint = admin.config().read_text().split()[2]
        words = f"--endpoint {endpoint} --insecure --image {IMAGE}"
        printed = making.all_of("register", temporary, ARGS=words)
    assert len(admin.created) == 4, "two tasks, the workflow, its launch plan"
    inputs = "sdk/flytekitplugins-larkspur, examples/flights, scripts/devkit"
    assert not records.compare("register", f"make register ARGS='{words}'", printed, inputs)
    assert list(temporary.iterdir()) == [], "temporary files are left"
