"""What are the container's last words, and where does Kubernetes look for them?"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flyteconnector_a0.errorfile import Document

PATH, VARIABLE = "/dev/termination-log", "FLYTECONNECTOR_TERMINATION_LOG"
LIMIT = 3584  # bytes; Kubernetes keeps 4096, and Flyte's users see 4096 with the pod's name before them
TRACE = "Traceback (most recent call last):"


def text(document: Document, logs: Iterable[str]) -> str:
    """Return code, message and kind of an error, and then as much of the end of its traceback as there is room for."""
    kind = f"{document.origin.lower()} error, {'recoverable' if document.recoverable else 'not recoverable'}"
    head = f"{end_of(f'{document.code}: {document.message}', LIMIT // 2)}\n({kind})"
    traces = [traceback_in(log) for log in logs]
    trace = next((trace for trace in traces if document.code in trace), None)  # others were handled
    if trace is None:
        return head
    return f"{head}\n\n{end_of(until(document, trace), LIMIT - len(head.encode()) - 2)}"


def until(document: Document, trace: str) -> str:
    """Return a traceback without what was logged after it, as far as its last line can be told from that: in a pod the
    SDK does not indent its log."""
    last_line = f"{document.code}: {document.message}".rstrip()
    found = trace.find(last_line, max(trace.rfind(TRACE), 0))
    return trace if found < 0 else trace[: found + len(last_line)]


def traceback_in(log: str) -> str:
    """Return the last traceback of a log, with the exceptions that it was chained to; empty if there is none.

    It ends with the log, or before a line that is less indented than its first: a0 indents all but the first line of
    a record, and fills lines with blanks.
    """
    last: list[str] = []
    current: list[str] = []
    indent = 0
    for line in log.splitlines():
        if current and line.strip() and len(line) - len(line.lstrip()) < indent:
            last, current = current, []
        if current or line.lstrip().startswith(TRACE):
            indent = indent if current else len(line) - len(line.lstrip())
            current.append(line[indent:].rstrip())
    return "\n".join(current or last).strip()


def end_of(words: str, limit: int) -> str:
    """Return the end of a text, with at most ``limit`` bytes of UTF-8, and a mark where something was cut off."""
    raw = words.encode(errors="replace")
    if len(raw) <= limit:
        return raw.decode()
    mark = "…"
    return mark + raw[len(raw) - limit + len(mark.encode()) :].decode(errors="ignore")


def write(words: str) -> str:
    """Write the end of a text as the termination message, and return why that was not possible; empty when it was."""
    path = Path(os.environ.get(VARIABLE) or PATH)
    if VARIABLE not in os.environ and not path.exists():
        return f"there is no {path}"
    try:
        path.write_bytes(end_of(words, LIMIT).encode())
    except OSError as error:
        return str(error)
    return ""


def leave(words: str, line: str) -> None:
    """Write the termination message, or where Kubernetes gave the container no file for it, say it on stderr: with
    ``terminationMessagePolicy: FallbackToLogsOnError`` the end of the log is the message.

    Args:
        words: The message.
        line: What to say on stderr in any case.
    """
    print(f"flyteconnector-a0: {line}", file=sys.stderr, flush=True)
    if problem := write(words):
        print(f"flyteconnector-a0: no termination message: {problem}\n{words}", file=sys.stderr, flush=True)
