"""What is made from sdk/larkspur-console, and does it work? Types from protos, a bundle, tests.

`python -m devkit.console` checks the types and runs the tests; scripts/generate_protos.py makes the rest. Whoever has
deleted the package has no console, and nothing is made then.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from devkit import node, protos, protos_languages
from devkit.node import Node
from devkit.toolchain import ROOT, ToolchainError

PACKAGE = ROOT / "sdk" / "larkspur-console"
TYPES = "sdk/larkspur-console/src/gen"
BUNDLE = (
    "docs/_static/task-view"  # what the site loads; built here, so that a build of the site needs no Node.js
)
FOR_BROWSERS = ("--bundle", "--minify", "--target=es2022", "--charset=utf8", "--legal-comments=inline")
FOR_NODE = ("--bundle", "--platform=node", "--format=esm", "--target=node20", "--sourcemap=inline")


def there() -> bool:
    """Return whether there is a console. What git leaves of a deleted folder, such as node_modules, is none."""
    return (PACKAGE / "package.json").is_file()


def made(folder: str) -> list[str]:
    """Return the folder, TYPES or BUNDLE, in a list: an empty one where there is no console to make it of."""
    return [folder] if there() else []


def typescript(files: FileDescriptorSet, out: Path) -> None:
    """Write TypeScript for our files at its place below `out`; none where there is no console.

    Here, too, protovalidate finds the rules without the import of their declaration.
    """
    if not there():
        return
    given = FileDescriptorSet()
    given.CopyFrom(files)
    protos.forget(given, (protos.RULES,))
    with protos_languages.descriptors(given) as argument:
        types(argument, out)


def types(given: str, out: Path) -> None:
    """Write TypeScript for our messages below `out`; `given` is protoc's argument with the compiled files."""
    tool, modules = tools()
    target, path = out / TYPES, os.environ.get("PATH", os.defpath)
    target.mkdir(parents=True)
    plugin = f"--plugin=protoc-gen-es={modules / '.bin' / 'protoc-gen-es'}"
    # protoc runs in this process, and starts the plugin as a program, which finds node on PATH.
    os.environ["PATH"] = tool.env["PATH"]
    try:
        protos.run_protoc(
            given, plugin, f"--es_out={target}", "--es_opt=target=ts,json_types=true", *protos.names()
        )
    finally:
        os.environ["PATH"] = path


def bundle(out: Path) -> None:
    """Write the view as one script and one style sheet below `out`, from our sources and the types that are there."""
    if not there():
        return
    tool, modules = tools()
    sources, name = out / "sources", Path(BUNDLE).name
    shutil.copytree(PACKAGE / "src", sources, ignore=shutil.ignore_patterns("gen"))
    shutil.copytree(out / TYPES, sources / "gen")
    entries = [f"{name}={sources / 'page.ts'}", f"{name}={sources / 'view.css'}"]
    words = [*entries, *FOR_BROWSERS, f"--outdir={out / BUNDLE}", "--log-level=warning"]
    run(tool, modules / ".bin" / "esbuild", *words, env={"NODE_PATH": str(modules)})
    shutil.rmtree(sources)


def check() -> None:
    """Check the types and run the tests, compiled into a temporary folder; or say that there is no console."""
    if not there():
        print(f"console: there is no {PACKAGE.name}, so there is nothing to check")
        return
    tool, modules = tools()
    run(tool, modules / ".bin" / "tsc", "--project", str(PACKAGE))
    with tempfile.TemporaryDirectory() as scratch:
        tests = [str(path) for path in sorted((PACKAGE / "tests").glob("*.test.ts"))]
        words = [*FOR_NODE, f"--outdir={scratch}", "--out-extension:.js=.mjs", "--log-level=warning"]
        run(tool, modules / ".bin" / "esbuild", *tests, *words)
        made = [str(path) for path in sorted(Path(scratch).glob("*.test.mjs"))]
        flags = ["--enable-source-maps", "--test-reporter=spec", "--test"]
        run(tool, Path(tool.command), *flags, *made, env={"FIXTURES": str(ROOT / "proto" / "fixtures")})


def tools() -> tuple[Node, Path]:
    """Return Node.js and the packages of PACKAGE, after installing what is missing."""
    tool = node.node()
    return tool, node.modules(PACKAGE, tool)


def run(tool: Node, program: Path, *words: str, env: dict[str, str] | None = None) -> None:
    """Run a program of the packages; raises ToolchainError when it fails, and it has said why by then."""
    done = subprocess.run([str(program), *words], cwd=PACKAGE, env=tool.env | (env or {}))
    if done.returncode != 0:
        raise ToolchainError(
            f"{program.name} of sdk/larkspur-console failed ({done.returncode}): see the lines above"
        )


if __name__ == "__main__":
    try:
        check()
    except ToolchainError as error:
        sys.exit(f"console: {error}")
