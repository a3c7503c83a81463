"""Which sessions make what leaves this repository? Packages, images, and the example's registration with a Flyte.

Only noxfile.py imports this: it needs nox, which finds these sessions beside those of its own file.
"""

from __future__ import annotations

import nox

from devkit.sessions import python, session

GO_MODULES = ("go/image", "go/dockerfile")  # programs that make and check images


@session
def build_python(it: nox.Session) -> None:
    """Wheels and sdists of both Python packages into build/dist, with nothing missing and nothing else in them."""
    python(it, "-m", "devkit.packages")


@session
def build_image(it: nox.Session) -> None:
    """The connector's image into build/image, without Docker; `-- --push REPOSITORY` sends it to a registry."""
    python(it, "-m", "devkit.image", *it.posargs)


# part:job begin
@session
def build_demo_docker(it: nox.Session) -> None:
    """The image of the example's tasks, with Docker; `-- --only-context` lays out its folder and checks it."""
    python(it, "-m", "devkit.task_image", *it.posargs)


@session
def register(it: nox.Session) -> None:
    """The example workflow on your Flyte: `-- --endpoint HOST:PORT --image IMAGE`."""
    python(it, "-m", "devkit.register", *it.posargs)


# part:job end
