"""What do the pages have, in numbers? build/pages.json, of the site that was built; `make quality` collects it.

A command counts for each place that shows it: of a record, of the walk (along.py), or listed as run by nobody.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator

import error_texts
import page_coverage
import versions
from docutils import nodes
from pages import ROOT
from sphinx.application import Sphinx

from devkit import freshness, quality_sources

RESULT = ROOT / "build" / "pages.json"
# Class of what is around a command -> how it is run.
KINDS = {"not-run": "not_run", "record": "recorded", "along": "walked"}
NAMED = re.compile(r"^(?:make|nox|kubectl|go|pip|git|docker|pyflyte|flyte|python3?) [\w./-]")


def around(node: nodes.Node) -> Iterator[nodes.Element]:
    while node.parent is not None:
        node = node.parent
        yield node


def commands(doctree: nodes.document) -> Counter[str]:
    """Return how the commands of a page are run -> how many; "unknown" are those that no directive stands around."""
    found: Counter[str] = Counter()
    for block in doctree.findall(nodes.literal_block):
        if block.get("language") == "console":
            count = sum(line.startswith("$ ") for line in block.astext().splitlines())
            classes = {name for each in around(block) for name in each.get("classes", [])}
            found[next((how for name, how in KINDS.items() if name in classes), "unknown")] += count
    return found


def remember(app: Sphinx, doctree: nodes.document) -> None:
    app.env.metadata[app.env.docname]["commands"] = dict(commands(doctree))


def numbers(pages: Iterable[dict]) -> dict[str, int]:
    """Return the sums over all pages; raises KeyError for one that was not counted."""
    pages = list(pages)
    ways: Counter[str] = Counter()
    for about in pages:
        ways.update(about["commands"])
    literals = [literal for about in pages for literal in about["literals"]]
    counted = {f"commands_{how}": ways[how] for how in (*KINDS.values(), "unknown")}
    return {
        "pages": len(pages),
        "commands_shown": ways.total(),
        **counted,
        "commands_named": sum(bool(NAMED.match(literal)) for literal in literals),
        "names_checked": len(literals),
    }


def write(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.name != "html":
        return
    code, errors = page_coverage.here(app.config).values(), error_texts.here()
    found = numbers(app.env.metadata[page] for page in sorted(app.env.found_docs)) | {
        "typed_versions": len(versions.here()),
        "code_lines": sum(len(about.lines) for about in code),
        "code_lines_on_no_page": sum(len(about.missing) for about in code),
        "errors": len(errors),
        "errors_unexplained": len(error_texts.missing(errors, error_texts.rows())),
        "inputs": freshness.fingerprint(quality_sources.SITE),
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", remember, priority=800)  # after along, which adds commands
    app.connect("build-finished", write, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
