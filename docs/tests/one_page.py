"""What does a page become that has nothing but one directive?"""

from __future__ import annotations

import io
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace


def built(folder: Path, extension: str, directive: str) -> tuple[nodes.document, str]:
    """Build the page in an empty folder, and return its document and the warnings."""
    (folder / "index.rst").write_text(f"Title\n=====\n\n.. {directive}::\n")
    out, warnings = str(folder / "out"), io.StringIO()
    settings = {"extensions": [extension]}
    with docutils_namespace():  # else the next application finds the nodes of this one
        app = Sphinx(str(folder), None, out, out, "dummy", settings, status=None, warning=warnings)
        app.build()
    return app.env.get_doctree("index"), warnings.getvalue()
