"""Does each step of the book build, and do its tests notice mistakes? `python -m devkit.steps [STEP ...]`

Each step of docs/steps.toml is laid out in build/steps/tree (devkit.slices), built and tested there, and then tested
once more with each mistake that the step names. Then the archives of the first and the last step (devkit.archives) are
unpacked in an empty folder, and what their README says is done there. What came out is in build/steps.json.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time

from devkit import archives, toolchain
from devkit.slices import TREE, Mistake, Step, StepsError, assign, fingerprint, lay_out, load, tracked
from devkit.toolchain import ROOT

SDK = "sdk/flytekitplugins-larkspur"


def run(command: list[str], env: dict[str, str], folder: str) -> tuple[bool, str]:
    done = subprocess.run(
        command, cwd=TREE / folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=900,
    )  # fmt: skip
    return done.returncode == 0, done.stdout


def go_build(_: str = "") -> tuple[bool, str]:
    go = toolchain.go()
    for words in (["build", "-o", os.devnull, "./..."], ["vet", "./..."]):
        ok, output = run([go.command, *words], go.env, "go")
        if not ok:
            return False, output
    return True, ""


def go_tests(only: str = "") -> tuple[bool, str]:
    """Run the plugins' tests, uncached: Go's cache does not see what a test reads through another program."""
    go = toolchain.go()
    return run([go.command, "test", "-count=1", only or "./plugins/..."], go.env, "go")


def sdk_tests(only: str = "") -> tuple[bool, str]:
    """Run the SDK's tests on the slice: PYTHONPATH comes before what is installed."""
    path = os.pathsep.join(str(TREE / part / "src") for part in ("sdk/flyteconnector", SDK))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", only or f"{SDK}/tests"]
    return run(command, os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}, ".")


# What proves a step, in order; the last one is also run with each mistake.
CHECKS = {"go": [go_build, go_tests], "sdk": [go_build, go_tests, sdk_tests]}


def try_mistake(step: Step, mistake: Mistake) -> str:
    """Return "" when the tests notice the mistake as docs/steps.toml says, else what happened instead.

    Raises StepsError when the file does not have the text that the mistake replaces, exactly once.
    """
    path = TREE / mistake.file
    text = path.read_text(encoding="utf-8")
    if (count := text.count(mistake.replace)) != 1:
        raise StepsError(f"step {step.name}: {mistake.file} has {mistake.replace!r} {count} times, not once")
    path.write_text(text.replace(mistake.replace, mistake.by), encoding="utf-8")
    try:
        ok, output = CHECKS[step.check][-1](mistake.tests)
    finally:
        path.write_text(text, encoding="utf-8")
        shutil.copystat(ROOT / mistake.file, path)
    if ok:
        return ": no test fails"
    return "" if mistake.fails_with in output else f": no {mistake.fails_with!r} in\n{output[-2000:]}"


def prove(step: Step) -> dict:
    """Build and test TREE, with and without the step's mistakes; print a line for each and return what came out."""
    started = time.monotonic()
    ok, output = True, ""
    for check in CHECKS[step.check]:
        if ok:
            ok, output = check()
    say(f"{step.name}: {'builds and passes its tests' if ok else 'FAILED: ' + output[-4000:]}", started)
    result = {"name": step.name, "title": step.title, "ok": ok, "mistakes": []}
    for mistake in step.mistakes if ok else []:
        begun = time.monotonic()
        problem = try_mistake(step, mistake)
        say(f"  {'NOT noticed' if problem else 'noticed'}: {mistake.what}{problem}", begun)
        result["mistakes"].append({"what": mistake.what, "noticed": not problem})
    return result | {"seconds": round(time.monotonic() - started, 1)}


def unpacked(steps: list[Step], owner: dict[str, int], index: int) -> bool:
    """Do what the README in a step's archive says; print a line about it and return whether all went well."""
    begun = time.monotonic()
    ok, output = archives.try_out(archives.pack(steps, owner, index))
    said = "builds and passes its tests, as its README says" if ok else f"FAILED: {output[-4000:]}"
    say(f"{archives.file_name(steps[index])}, unpacked elsewhere: {said}", begun)
    return ok


def say(text: str, since: float) -> None:
    print(f"{text} ({time.monotonic() - since:.1f} s)", flush=True)


def main(wanted: list[str]) -> int:
    steps, complete = load(ROOT / "docs" / "steps.toml")
    names = [step.name for step in steps]
    if unknown := [name for name in wanted if name not in names]:
        raise StepsError(f"no step is called {unknown[0]!r}: the steps are {', '.join(names)}")
    owner = assign(steps, complete, tracked())
    results = []
    for index, step in enumerate(steps):
        if not wanted or step.name in wanted:
            lay_out(steps, owner, index)
            results.append(prove(step))
    noticed = [mistake["noticed"] for one in results for mistake in one["mistakes"]]
    taken = [0, len(steps) - 1] if not wanted else []
    away = [unpacked(steps, owner, index) for index in taken]
    good = all(one["ok"] for one in results) and all(noticed) and all(away)
    summary = {"ok": good and not wanted, "inputs": fingerprint(owner), "steps": results}
    (ROOT / "build" / "steps.json").write_text(json.dumps(summary, indent=2) + "\n")
    built = sum(one["ok"] for one in results)
    print(
        f"steps: {built} of {len(results)} build and pass, {sum(noticed)} of {len(noticed)} mistakes noticed, "
        f"{sum(away)} of {len(away)} archives pass elsewhere"
    )
    return 0 if good else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (StepsError, toolchain.ToolchainError) as error:
        sys.exit(f"steps: {error}")
