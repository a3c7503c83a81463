"""How does the example workflow get to a Flyte? `make register ARGS='--endpoint HOST:PORT --image IMAGE'` does it.

The work is pyflyte's. With the code in the image (`--code image`) the version is that of the packages. Otherwise the
code is uploaded, and the version comes from the code itself, so that another code is another version.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import yaml

from devkit import lifeline, packages, runs
from devkit.toolchain import ROOT, ToolchainError

WORKFLOW = ROOT / "examples" / "flights" / "workflow.py"
ENDPOINT = re.compile(r"(?:dns:///)?[\w.-]+:\d+")
IMAGE = re.compile(r"[\w.-]+(?::\d+)?/[\w./-]+(?::[\w.-]+|@sha256:[0-9a-f]{64})")


def endpoint(text: str) -> str:
    if not ENDPOINT.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r}: want host:port, like flyte.example.com:443 or localhost:30080"
        )
    return text


def image(text: str) -> str:
    if not IMAGE.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text!r}: want registry, name, and tag or digest, like registry.example.com/larkspur/task:1"
        )
    return text


def command(config: Path, given: argparse.Namespace) -> list[str]:
    """Return the pyflyte command that registers the workflow; it is run in the workflow's folder."""
    words = [str(Path(sys.executable).with_name("pyflyte")), "--config", str(config), "register"]
    words += ["--project", given.project, "--domain", given.domain, "--image", given.image]
    if given.code == "image":
        words += ["--copy", "none", "--version", packages.version()]
    else:
        words += ["--copy", "auto", "--destination-dir", "."]
    return [*words, str(given.workflow.name)]


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make register", description=__doc__.splitlines()[0])
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--endpoint", type=endpoint, help="host:port of Flyte's admin")
    where.add_argument("--config", type=Path, help="a file of flytectl, for a Flyte that asks for a login")
    parser.add_argument("--insecure", action="store_true", help="with --endpoint: no TLS, as in a sandbox")
    parser.add_argument(
        "--image", type=image, required=True, help="of the tasks; without one flytekit takes its own"
    )
    parser.add_argument(
        "--code", choices=["upload", "image"], default="upload", help="where the container has it from"
    )
    parser.add_argument("--project", default="flytesnacks")
    parser.add_argument("--domain", default="development")
    parser.add_argument(
        "--workflow", type=Path, default=WORKFLOW, help="another file than examples/flights/workflow.py"
    )
    given = parser.parse_args(arguments)
    for option, path in (("--config", given.config), ("--workflow", given.workflow)):
        if path is not None and not path.is_file():
            parser.error(f"{option} {path}: there is no such file")
    if given.insecure and given.config:
        parser.error("--insecure belongs to --endpoint: say it in the file of --config")
    return given


def reason(place: str | None) -> str:
    """Return why a registration failed, as far as it can be seen from outside of pyflyte's traceback."""
    host, _, port = (place or "").removeprefix("dns:///").rpartition(":")
    try:
        if host:
            socket.create_connection((host, int(port)), timeout=5).close()
    except (OSError, OverflowError) as error:
        return f"nothing answers at {place} ({error}): want host:port of Flyte's admin"
    return "what it printed says why"


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    given = parsed(arguments)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("FLYTE_", "FLYTECTL_"))}
    with runs.folder() as folder:
        config = given.config.absolute() if given.config else folder / "flyte.yaml"
        if given.config is None:
            admin = {"endpoint": given.endpoint, "insecure": given.insecure}
            config.write_text(yaml.safe_dump({"admin": admin}))
        words = lifeline.argv(*command(config, given))
        try:
            done = subprocess.run(words, cwd=given.workflow.absolute().parent, env=env)
        except (OSError, ToolchainError) as error:
            print(f"register: {error}", file=sys.stderr)
            return 1
    if done.returncode != 0:
        print(f"register: pyflyte ended with {done.returncode}; {reason(given.endpoint)}", file=sys.stderr)
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
