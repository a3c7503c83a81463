"""What do people see of a job? Two pages without scripts and without anything from another place, light or dark."""

from __future__ import annotations

from html import escape

from paid_service import plot as picture
from paid_service.model import Job
from paid_service.store import Moment

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<header><nav aria-label="This job"><a href="{plot}">Progress and bill</a> <a href="{log}">Log</a></nav></header>
<main>
<h1>{heading}</h1>
<p class="key">Job {key}</p>
{body}
</main>
</body>
</html>
"""
STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --back: #fff; --line: #d0d7de; --mark: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9da7b3; --back: #12161c; --line: #3a424d; --mark: #6cb6ff; }
}
body { margin: 0 auto; max-width: 46rem; padding: 1rem; background: var(--back); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.3rem; margin-bottom: 0; }
.key { margin: 0; color: var(--soft); font-size: .875rem; overflow-wrap: anywhere; }
a { color: var(--mark); margin-right: 1rem; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .75rem; margin: 1rem 0; }
dt { color: var(--soft); font-size: .875rem; }
dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.why { border-left: 4px solid var(--mark); padding-left: .75rem; }
.plot { width: 100%; height: auto; }
.plot text { fill: var(--ink); font: 14px system-ui, sans-serif; }
.plot .small { fill: var(--soft); font-size: 12px; }
.plot .strong { font-weight: 600; }
.plot .grid { stroke: var(--line); fill: none; }
.plot .line { stroke: var(--mark); stroke-width: 2.5; fill: none; stroke-linejoin: round; }
.plot .area { fill: var(--mark); opacity: .15; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: .25rem; }
"""


def page(job: Job, title: str, body: str) -> str:
    links = {"plot": escape(job.plot_page), "log": escape(job.log_page)}
    return PAGE.format(
        title=escape(f"{title}: {job.key}"),
        heading=title,
        key=escape(job.key),
        style=STYLE,
        body=body,
        **links,
    )


def facts(job: Job) -> str:
    """Return what everybody asks first."""
    found = {
        "State": job.state,
        "Progress": f"{100 * job.progress:.0f} %",
        "Live workers": f"{job.live_workers} of {job.workers}",
        "Bill": f"${job.dollars:.2f}",
        "Now": f"${job.dollars_per_second:.2f} a second",
    }
    if job.pi is not None:
        found["π"] = f"{job.pi:.4f} ± {job.standard_error:.4f}"
    items = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in found.items())
    why = f'<p class="why">{escape(job.error)}</p>' if job.error else ""
    return f"<dl>{items}</dl>{why}"


def plot(job: Job, moments: list[Moment]) -> str:
    """Return the page with the plot."""
    spoken = f"Progress {100 * job.progress:.0f} %, bill {job.dollars:.2f} dollars"
    drawn = (
        picture.svg(moments, spoken)
        if len(moments) > 1
        else "<p>The plot begins after two seconds of work.</p>"
    )
    return page(job, "Progress and bill", facts(job) + drawn)


def log(job: Job, text: str) -> str:
    """Return the page with what the workers have printed."""
    return page(job, "Log", f'{facts(job)}<pre tabindex="0">{escape(text) or "Nothing yet."}</pre>')
