"""How is the site built? `make docs`, into build/site; every warning is an error.

A page that shows code is made from the code: GALLERIES names the files, in the order of reading.
"""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS / "_ext"), str(DOCS.parent / "scripts"), str(DOCS.parent / "examples")]

project = "The Flyte Plugin Book"
author = "The authors of The Flyte Plugin Book"
project_copyright = author
html_title = project

extensions = [
    "along",
    "pages",  # before sphinx_gallery: it lays out what that one reads
    "sphinx_gallery.gen_gallery",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "myst_parser",
    "sphinx_design",
    "sphinx_copybutton",
    "commands",
    "conformance",
    "dashboard",
    "decisions",
    "error_list",
    "experiment",
    "fault_matrix",
    "decide_page",
    "downloads",  # before sitecheck, which looks for what pages link to
    "flags",
    "flyte_config",
    "glossary",
    "machines",
    "matrix",
    "measured",
    "proofs",
    "page_coverage",
    "pictures",
    "quality_page",
    "regions",
    "specs",
    "step_files",
    "verified",
    "walk",
    "versions",
    "sitecheck",
    "symbols",
    "tally",
    "task_view",
    "found",
    "phase_machine",
    "stale",
    "troubleshoot",
    "warned",
    "assets",
]

# Folder of the site -> files of the repository. Each folder has an index.md of its own in docs/.
GALLERIES = {
    "spec": ["proto/larkspur/v1/job.proto"],
    "plugin": [f"go/plugins/job/{name}.go" for name in ("spec", "build", "phase", "links")],
    "spark": [
        "proto/larkspur/v1/spark.proto",
        *(f"go/plugins/spark/{name}.go" for name in ("spec", "conf", "pods", "build", "phase", "links")),
    ],
    "examples": [
        *(f"examples/plot_{name}.py" for name in ("task_template", "notebook", "sidecar")),
        *(f"examples/notebook_task/{name}.py" for name in ("notebook", "kernel", "values", "fit", "page")),
    ],
}
gallery_pages = GALLERIES
walk_ends_at = "make-it-yours"  # pages after it are reference: no previous, no next

sphinx_gallery_conf = {
    "examples_dirs": [f"../build/gallery/{name}" for name in GALLERIES],
    "gallery_dirs": list(GALLERIES),
    "example_extensions": {".py", ".go", ".proto"},
    "filetype_parsers": {".proto": "protobuf"},
    "filename_pattern": r"plot_.*\.py$",  # what is executed
    "within_subsection_order": "FileNameSortKey",  # the order of reading is that of the toctrees
    "run_stale_examples": False,  # stale.py says which are
    "only_warn_on_example_error": False,
    "capture_repr": ("_repr_html_", "__repr__"),
    "backreferences_dir": None,
    "doc_module": (),
    "image_scrapers": (),
    "reset_modules": (),
    "notebook_extensions": set(),
    "write_computation_times": False,
    "show_memory": False,
    "show_signature": False,
    "min_reported_time": 3600,
}
suppress_warnings = ["sphinx_gallery.duplicate_filename"]  # two plugins may both have a spec.go

autodoc_typehints = "signature"
autodoc_class_signature = "mixed"
autodoc_preserve_defaults = True
autodoc_default_options = {"no-value": True}  # the signature has the defaults, and enums by their names
# Names of other projects, whose references would be on other hosts.
nitpick_ignore_regex = [
    ("py:.*", r"(flytekit|flyte|flyteidl|google|grpc|os|collections|larkspur_spec\.v1)\b.*")
]

source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["tests", "web", "records", "config", *(f"{name}/index.rst" for name in GALLERIES)]
# Text of whoever reads this in a browser; the pages of the sources are in the repository.
html_copy_source = False
html_show_sourcelink = False

myst_enable_extensions = ["colon_fence", "deflist", "attrs_block"]
myst_heading_anchors = 3

copybutton_prompt_text = r"^\$ "
copybutton_prompt_is_regexp = True
copybutton_only_copy_prompt_lines = True
copybutton_remove_prompts = True
copybutton_copy_empty_lines = False  # else a pasted command runs at once, for the empty lines after it
copybutton_selector = "div.highlight:not(.output) pre"

templates_path = ["_templates"]
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["book.css", "look.css"]
html_favicon = "_static/icon.svg"
html_theme_options = {
    "top_of_page_buttons": [],
    "light_logo": "logo-light.svg",
    "dark_logo": "logo-dark.svg",
    "light_css_variables": {
        "color-brand-primary": "#4338ca",
        "color-brand-content": "#4338ca",
        "color-brand-visited": "#6d28d9",
    },
    "dark_css_variables": {
        "color-brand-primary": "#a5b4fc",
        "color-brand-content": "#a5b4fc",
        "color-brand-visited": "#c4b5fd",
    },
}
html_show_sphinx = False
html_use_index = False
