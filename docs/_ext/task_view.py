"""How does a task look in a browser? ``{task-view} FILE`` shows a run or a TaskTemplate, by the view in sdk/.

FILE is below the repository: a record with ``task`` and ``answers``, or the TaskTemplate of a task that has not run.
Without FILE the JSON stands in the directive. The script and its style sheet, which ``make generate`` makes, are loaded
by such pages alone; without scripts a reader sees the JSON.
"""

from __future__ import annotations

import html
import json
from typing import Any

from docutils import nodes
from pages import ROOT
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

SCRIPT, STYLE = "task-view/task-view.js", "task-view/task-view.css"
WITHOUT = "Your browser runs no scripts here. This is what the view would show:"


def run_of(value: Any) -> dict[str, Any]:
    """Return a run; raises ValueError when the JSON is neither one nor a TaskTemplate."""
    if isinstance(value, dict) and isinstance(value.get("type"), str):
        value = {"task": value, "answers": []}
    if not isinstance(value, dict) or not {"task", "answers"} <= value.keys():
        raise ValueError("want an object with task and answers, or a TaskTemplate with a type")
    return {"task": value["task"], "answers": value["answers"]}


def markup(run: dict[str, Any]) -> str:
    """Return the place of a view, with its data, which no text in it can end."""
    data = json.dumps(run).replace("<", "\\u003c")
    shown = html.escape(json.dumps(run, indent=2))
    return (
        f'<div data-task-view="waiting"><script type="application/json">{data}</script>'
        f'<noscript><p>{WITHOUT}</p><pre tabindex="0">{shown}</pre></noscript></div>'
    )


class TaskViewDirective(SphinxDirective):
    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        try:
            if self.arguments:
                path = ROOT / self.arguments[0]
                self.env.note_dependency(str(path))
                text = path.read_text(encoding="utf-8")
            else:
                self.assert_has_content()
                text = "\n".join(self.content)
            shown = markup(run_of(json.loads(text)))
        except (OSError, ValueError) as error:
            raise self.error(f"task-view {' '.join(self.arguments)}: {error}") from error
        self.env.metadata[self.env.docname]["task_view"] = True
        return [nodes.raw("", shown, format="html")]


def load(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load script and style sheet, where a view is."""
    if app.env.metadata.get(page, {}).get("task_view"):
        app.add_js_file(SCRIPT, loading_method="defer")
        app.add_css_file(STYLE)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("task-view", TaskViewDirective)
    app.connect("html-page-context", load)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
