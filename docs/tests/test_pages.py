"""Is the code on a page the code of the file?"""

from __future__ import annotations

from pathlib import Path

import pages
import pytest
from docutils import nodes
from docutils.utils import new_document
from pygments.lexers import ProtoBufLexer
from pygments.token import Token

ROOT = pages.ROOT

GENERATED = """
.. DO NOT EDIT.

.. only:: html

    .. note::
        :class: sphx-glr-download-link-note

        :ref:`Go to the end <sphx_glr_download_plugin_a.go>`
        to download the full example code.

.. rst-class:: sphx-glr-example-title

.. _sphx_glr_plugin_a.go:

Title
=====

.. code-block:: Protocol Buffer

    func f() {
    \treturn
    }

.. _sphx_glr_download_plugin_a.go:

.. only:: html

  .. container:: sphx-glr-footer sphx-glr-footer-example
"""


def test_what_no_reader_needs_is_cut():
    text = pages.clean(GENERATED)
    assert "sphx-glr-example-title" in text
    assert "Go to the end" not in text
    assert "footer" not in text
    assert ".. code-block:: protobuf" in text


def test_the_pattern_still_fits_the_sphinx_gallery_that_is_installed():
    from sphinx_gallery.gen_rst import DOWNLOAD_LINKS_HEADER, EXAMPLE_HEADER

    text = pages.clean(
        EXAMPLE_HEADER.format("a.go", "a", ".") + "Title\n" + DOWNLOAD_LINKS_HEADER.format("a")
    )
    assert "Title" in text
    assert "download" not in text


def test_tabs_survive_docutils():
    doctree = new_document("page")
    doctree += nodes.literal_block("", pages.clean("func f() {\n\treturn\n}"))
    env = type("Env", (), {"docname": "start"})
    config = type("Config", (), {"gallery_pages": {}})
    pages.after_parsing(type("App", (), {"env": env, "config": config}), doctree)
    assert doctree.astext() == "func f() {\n\treturn\n}"


def test_a_page_names_its_file():
    galleries = {"plugin": ["go/plugins/job/spec.go", "go/plugins/job/build.go"]}
    assert pages.source_of(galleries, "plugin/build") == "go/plugins/job/build.go"
    assert pages.source_of(galleries, "plugin/index") is None
    assert pages.source_of(galleries, "start") is None


@pytest.mark.parametrize("path", sorted(ROOT.glob("go/plugins/*/[!_]*.go")), ids=lambda path: path.name)
def test_every_go_file_of_the_plugin_is_a_page_or_a_test(path: Path):
    namespace: dict = {"__file__": str(ROOT / "docs/conf.py")}
    exec(compile((ROOT / "docs/conf.py").read_text(), "conf.py", "exec"), namespace)
    shown = [name for names in namespace["GALLERIES"].values() for name in names]
    assert path.name.endswith("_test.go") or path.relative_to(ROOT).as_posix() in shown


@pytest.mark.parametrize("file", sorted((ROOT / "proto").rglob("*.proto")), ids=lambda file: file.stem)
def test_pygments_reads_every_message(file: Path) -> None:
    """Else a build from nothing ends with a warning, and one that builds upon another does not."""
    found = ProtoBufLexer().get_tokens(file.read_text(encoding="utf-8"))
    assert [text for kind, text in found if kind in Token.Error] == []
