"""What do the tests of an update change, in a template and in a copy? And how do they run what a reader would run?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from devkit import adopt_environment, toolchain
from devkit.toolchain import ROOT

OLD, NEW = "larkspur", "gantry"
PHASE, TESTED = "go/plugins/job/phase.go", "go/plugins/job/phase_test.go"
BUILD, PROTO = "go/plugins/job/build.go", "proto/{}/v1/job.proto"
EXPECTED = 'JobReasonDeadlineExceeded, "too late"), phase: plugin.'  # what the test says of it
KEPT = "go/connector/plugin/phase.go"
DEADLINE = "batchv1.JobReasonDeadlineExceeded:         plugin.RetryableFailed"
DAYS, MORE_DAYS = "259200", "518400"  # how 30 and 60 of them begin, in seconds
FIELD = "  // Who pays for it.\n  string team = 12;\n"
IDENTITY = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def run(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    ours = {"PYTHONPATH": str(folder / "scripts"), "PYTHONDONTWRITEBYTECODE": "1"}
    env = toolchain.go().env | IDENTITY | ours
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env["PATH"]])
    return subprocess.run([*map(str, words)], cwd=folder, env=env, capture_output=True, text=True)


def done(folder: Path, *words: str | Path) -> str:
    """Return what a command says that must go well."""
    result = run(folder, *words)
    assert result.returncode == 0, (
        f"{words} in {folder.name}:\n{result.stdout[-3000:]}\n{result.stderr[-3000:]}"
    )
    return result.stdout


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path} has no {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def commit(folder: Path, message: str, tag: str = "") -> None:
    done(folder, "git", "add", "--all")
    done(folder, "git", "commit", "--quiet", "--message", message)
    if tag:
        done(folder, "git", "tag", tag)


def files(folder: Path) -> dict[str, bytes]:
    names = done(folder, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return {name: (folder / name).read_bytes() for name in names if name and (folder / name).is_file()}


def move_on(template: Path) -> None:
    """Make the second version of the template: changes of every kind that a copy must take."""
    replace(template / KEPT, "// Terminal ", "// (Second version.)\n//\n// Terminal ")
    replace(
        template / BUILD,
        "\t\t\tcount := ",
        f"\t\t\t// The second version says it for {OLD}.\n\t\t\tcount := ",
    )
    with (template / PHASE).open("a", encoding="utf-8") as file:
        file.write(f"\n// The second version of {OLD} ends here.\n")
    for name in done(template, "git", "grep", "-lF", DAYS, "--", "proto", "go/plugins", "sdk").splitlines():
        if "_pb" not in name and not name.endswith(".pb.go"):
            replace(template / name, DAYS, MORE_DAYS)
    new = template / f"sdk/flytekitplugins-{OLD}/tests/test_job_more.py"
    new.write_text(f'"""A new test of {OLD}."""\n', encoding="utf-8")
    (template / "proto/fixtures/README.md").unlink()
    commit(template, "second version", tag="v2.0.0")


def edit(copy: Path) -> None:
    """Change a copy as somebody would who makes it their own: code, message, generated code, files more and less."""
    replace(copy / PHASE, DEADLINE, DEADLINE.replace("RetryableFailed", "Failed"))
    replace(copy / TESTED, EXPECTED + "RetryableFailed", EXPECTED + "Failed")
    message = copy / PROTO.format(NEW)
    replace(message, "message Job {\n", f"message Job {{\n{FIELD}\n")
    (copy / "go/plugins/job/mine.go").write_text("package job\n\nconst mine = 1\n", encoding="utf-8")
    (copy / "SECURITY.md").unlink()
    done(copy, sys.executable, "scripts/generate_protos.py")
    commit(copy, "mine")


def first(folder: Path) -> None:
    """Make a folder this tree, as it is, as version 1.0.0 of a template."""
    for name, content in files(ROOT).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        shutil.copymode(ROOT / name, folder / name)
    done(folder, "git", "init", "--quiet")
    commit(folder, "first version", tag="v1.0.0")


def made(template: Path, folder: Path, version: str) -> Path:
    """Return a copy that copier made of a version, committed."""
    flags = ("--trust", "--defaults", "--quiet", "--data=name=gantry", f"--vcs-ref={version}")
    done(template, sys.executable, "-m", "copier", "copy", *flags, template, folder)
    done(folder, "git", "init", "--quiet")
    commit(folder, version)
    return folder


def update(copy: Path, *words: str) -> tuple[int, str]:
    """Run the session of that name in a copy, in an environment of its own; return its exit code and what it says."""
    env = adopt_environment.make(copy) | IDENTITY
    command = [str(copy / ".nox/work/bin/python"), "-m", "nox", "-s", "update", "--", *words]
    result = subprocess.run(
        command, cwd=copy, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return result.returncode, result.stdout.replace(f"{copy}/", "")
