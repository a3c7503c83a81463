"""Which sessions make the site, and look at it?

Only noxfile.py imports this: it needs nox.
"""

from __future__ import annotations

import os

import nox

from devkit import browser, docs_serve, environment
from devkit.sessions import python, session

SITE = ("-m", "sphinx", *docs_serve.SITE)


@session
def docs(it: nox.Session) -> None:
    """The site, strictly, into build/site; `-- --serve` shows it on a free port, and follows what you write."""
    keep_compiled()
    python(it, *(("-m", "devkit.docs_serve") if "--serve" in it.posargs else SITE))


@session
def web(it: nox.Session) -> None:
    """The site in a real browser: what its scripts show, on a desk and on a phone, in light and in dark."""
    browser.command()  # before the site is built
    keep_compiled()
    python(it, *SITE)
    # Two browsers, since a page is mostly waited for; its results, into build/web.json.
    python(it, "-m", "pytest", "-n2", "-p", "devkit.web_results", "docs/web", *it.posargs)


@session
def docs_seconds(it: nox.Session) -> None:
    """How long one waits for the site, from nothing and with one page changed, into build/docs-seconds.json."""
    keep_compiled()
    python(it, "-m", "devkit.docs_seconds")


def keep_compiled() -> None:
    """Have Python keep what it compiles of the two thousand modules that a build of the site imports, in .nox.

    Some machines have a setting that forbids it, to keep their folders clean; then a build would take twice as long.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(environment.HOMES / "compiled"))
