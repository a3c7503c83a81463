"""How does a run look as a page? One file that needs nothing else, light or dark as the reader's system is."""

from __future__ import annotations

from importlib import resources


def render(told: dict[str, object]) -> str:
    """Return the HTML of a run, from what `report.Report.told` returns."""
    import jinja2  # a quarter of a second, for those who want a page

    text = (resources.files("connector_sanity") / "results.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.from_string(text).render(told)
