"""Does `make play` print what the page "Bring your operator" shows: red with a mistake in the plugin, green without?"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import making
import pytest

from devkit import build, records, sanity_mutants, spark_manifests
from devkit.toolchain import ROOT

pytestmark = pytest.mark.timeout(900)  # each is a whole session
PROFILES = "sdk/flytekitplugins-larkspur/sanity"
INPUTS = f"go, sdk/flyteconnector, {PROFILES}, docs/mutants.toml, scripts/devkit"
JOB = f"--profile {PROFILES}/job.yaml"
MISTAKE = "success-too-early"  # of docs/mutants.toml; the page shows it
CRD = "kustomize/operator/made/bases-sparkoperator.k8s.io_sparkapplications.yaml"


def play(words: str, temporary: Path, *more: str) -> tuple[int, str]:
    """Run `make play` as a reader does, and return its exit code, and all that it printed."""
    temporary.mkdir()
    done = subprocess.run(
        ["make", "play", f"ARGS={' '.join([words, *more])}"],
        cwd=ROOT,
        env=making.environment(temporary),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert list(temporary.iterdir()) == [], "temporary files are left"
    return done.returncode, re.sub(r" --connector=\S+", "", done.stdout)


def same(name: str, words: str, printed: str) -> None:
    difference = records.compare(name, f"make play ARGS='{words}'", printed, INPUTS)
    assert not difference, f"`make e2e` with {records.UPDATE}=1 writes the record anew:\n{difference}"


def test_red_with_the_mistake_of_the_page(tmp_path: Path):
    """The connector is built from the tree with that one line changed, as a reader would change it."""
    mutant = next(each for each in sanity_mutants.read() if each.id == MISTAKE)
    program = mutant.build(tmp_path / "mutant")
    words = f"{JOB} --state running --state finishing --state succeeded"
    code, printed = play(words, tmp_path / "tmp", f"--connector={program}")
    assert code != 0, printed
    assert printed.count("WRONG") == 1, printed
    same("play_red", words, printed)


def test_green_with_the_plugin_as_it_is(tmp_path: Path):
    build.program("connector")
    code, printed = play(JOB, tmp_path / "tmp")
    assert code == 0, printed
    assert "WRONG" not in printed
    same("play", JOB, printed)


def test_an_operator_with_a_definition_of_its_own(tmp_path: Path):
    spark_manifests.make()
    words = f"--crd {CRD} --profile {PROFILES}/spark.yaml --state running --state failed"
    code, printed = play(words, tmp_path / "tmp")
    assert code == 0, printed
    same("play_crd", words, printed)
