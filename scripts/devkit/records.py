"""Does a command still print what the site shows? Transcripts of real runs, compared but for what differs each time.

docs/records/<name>.txt holds what was really printed, without this machine's paths. A run is compared with it after
RULES have replaced times, ports and generated names in both, so that nothing else can change unnoticed.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from pathlib import Path
from typing import NamedTuple

from devkit import freshness
from devkit.toolchain import ROOT

SHOWN, NEW = ROOT / "docs" / "records", ROOT / "build" / "records"
UPDATE = "UPDATE_RECORDS"


class Rule(NamedTuple):
    """What differs from run to run, and what is written in its place."""

    what: str
    pattern: re.Pattern[str]
    replacement: str


def rule(what: str, pattern: str, replacement: str) -> Rule:
    return Rule(what, re.compile(pattern, re.MULTILINE), replacement)


TASKS = r"(add-up|wait|squares|decline|decline-without-output|mean-delays|linger)"  # that occur in records
RULES = (
    rule("a task's clock", r"^( *)\[ *\d+\.\ds\]", r"\1[   0.0s]"),
    rule("the cluster's clock", r"^( *localcluster) +\d+\.\ds", r"\1   0.0s"),
    rule("seconds", r"\b\d+\.\d s\b", "0.0 s"),
    rule("nox's time", r"( was successful)(?: in [\w ]+)?\.$", r"\1 in 0 seconds."),  # none below a second
    rule("a process", r"\(process \d+\)", "(process 0)"),
    rule("the process that nox waits for", r"\blifeline\.py \d+ --", "lifeline.py 0 --"),
    rule("a line of the Makefile", r"\[Makefile:\d+:", "[Makefile:0:"),
    rule("a port", r"\b127\.0\.0\.1:\d+\b", "127.0.0.1:0"),
    rule("a run's folder", r"\bbuild/cluster/\d+-\d+\b", "build/cluster/0-0"),
    rule("a uid", r"_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/", "_uid/"),
    rule("an attempt's name", rf"(?<![a-z-]){TASKS}-[a-z2-7]{{12}}(?![a-z0-9])", r"\1-attempt"),
    rule("an execution", r"\bexecution-id=local[0-9a-f]+,node-id=n\d+", "execution-id=local0,node-id=n0"),
    rule("a Go test's time", r"^(ok +\S+ +)(?:\d+\.\d+s|\(cached\))$", r"\g<1>0.0s"),
    rule("pytest's sum", r"^=+ \d+ passed in [\d.]+s(?: \([\d:]+\))? =+$", "= 0 passed ="),
    rule("a pod's suffix", rf"({TASKS}-attempt-\d)-[a-z0-9]{{5}}(?![a-z0-9])", r"\1-xxxxx"),
    rule("a code archive", r"\S+/fast[0-9a-f]{32}\.tar\.gz", "fast.tar.gz"),
    rule("flytekit's time", r'"asctime": "[^"]+"', '"asctime": "0"'),
    rule("the operator's build", r"\S+/spark-operator/[0-9a-f]{16}/", "spark-operator/0/"),
    rule("a deck", r"/tmp/flyte-\w+/raw/[0-9a-f]{32}/", "/tmp/flyte/raw/0/"),
    rule("a bill", r"\$\d+\.\d\d\b", "$0.00"),
    rule("a bill's number", r"\bdollars(: float =)? \d+\.\d+", r"dollars\1 0.0"),
    rule("how far a job is", r"\b\d+% done", "0% done"),
    rule("a paid job's key", r"\bflyte-[0-9a-f]{32}\b", "flyte-key"),
    rule("a ratio", r"\b\d+\.\d\d times\b", "0.00 times"),
    rule("a smoke test's mark", r"\bsmoke-[0-9a-f]{6}-(\d+)\b", r"smoke-0-\1"),
    rule("a temporary folder", r"/tmp/tmp\w{8}\b", "/tmp/tmp0"),
    rule("pyflyte's version", r"^Computed version is \S+", "Computed version is 0"),
    rule("a digest", r"\bsha256:[0-9a-f]{64}\b", "sha256:0"),
    rule("a check's time", r" +\d+\.\d s  ", "  0.0 s  "),
    rule("a run of connector-sanity", r"\brun [0-9a-f]{8}\b", "run 0"),
    rule("a size", r"\b\d+\.\d KiB\b", "0.0 KiB"),
)
# Lines that come only when something had to be built first, or when a poll happened to see a short phase.
SOMETIMES = re.compile(
    r"packages compiled|^bootstrap: |^installing Python |^building the |^no Go |^ *\[.*\] \S+ (QUEUED|INITIALIZING)\b"
    r"|^Waiting for deployment "
)
# Of a test session: what ended how.
RESULTS = re.compile(r"ok  \t|=+ .*(passed|failed)|nox > Session")
ANY_ORDER = re.compile(r"^ *\[ *\d+\.\ds\]|^\[✔\] Task: ")


def clean(text: str) -> str:
    """Return a transcript without this machine's paths and without what only a first run prints."""
    text = text.replace(f"file://{ROOT}", "file:///…").replace(f"{ROOT}/", "")
    text = re.sub(
        r"\.nox/bootstrap/[0-9a-f]{12}/", ".nox/bootstrap/…/", text
    )  # named after this machine's Python
    if len((home := Path.home()).parts) > 1:  # in a container it may be /
        text = re.sub(rf"{re.escape(str(home))}(?![\w-])", "~", text)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines() if not SOMETIMES.search(line))


def results(text: str) -> str:
    """Return the lines of a test session that say how something ended, and "..." for what is between them."""
    lines: list[str] = []
    for line in text.splitlines():
        if RESULTS.match(line):
            lines.append(line.expandtabs())
        elif lines[-1:] != ["..."]:
            lines.append("...")
    return "".join(f"{line}\n" for line in lines)


def shape(text: str) -> list[str]:
    """Return the lines of a transcript with RULES applied.

    Neighbouring lines with a task's clock are sorted: a link may be seen one poll before or after a phase. So are the
    tasks that pyflyte registers, at once.
    """
    for each in RULES:
        text = each.pattern.sub(each.replacement, text)
    lines: list[str] = []
    block: list[str] = []
    for line in [*text.rstrip().splitlines(), ""]:
        if ANY_ORDER.match(line):
            block.append(line)
        else:
            lines += [*sorted(block), line]
            block = []
    return lines[:-1]


def split(text: str) -> tuple[str, str]:
    """Return a record's lines "# key: value" and its transcript."""
    head, _, body = text.partition("\n\n")
    return head, body


def compare(name: str, command: str, printed: str, inputs: str, checked_by: str = "make e2e") -> str:
    """Write build/records/<name>.txt, and return how it differs from docs/records/<name>.txt ("" when it does not).

    `inputs` is what the output depends on, `checked_by` the session that calls this. With UPDATE_RECORDS=1 in the
    environment, a record that differs is written anew instead. build/records/<name>.json says which
    files it was that the record is true of (devkit.freshness).
    """
    body = f"$ {command}\n{clean(printed)}"
    new = f"# inputs: {inputs}\n# checked by: {checked_by}\n\n{body}"
    NEW.mkdir(parents=True, exist_ok=True)
    (NEW / f"{name}.txt").write_text(new)
    path = SHOWN / f"{name}.txt"
    head, shown = split(path.read_text()) if path.exists() else ("", "")
    same = head == split(new)[0] and shape(shown) == shape(body)
    update = not same and os.environ.get(UPDATE) == "1"
    if update:
        SHOWN.mkdir(exist_ok=True)
        path.write_text(new)
    told = {"same": same or update, "inputs": freshness.fingerprint(freshness.listed(inputs))}
    (NEW / f"{name}.json").write_text(json.dumps(told) + "\n")
    if told["same"]:
        return ""
    names = (str(path.relative_to(ROOT)), "this run")
    return "\n".join(
        difflib.unified_diff([head, *shape(shown)], [split(new)[0], *shape(body)], *names, lineterm="")
    )
