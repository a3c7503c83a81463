"""How does Flyte's API for connectors become Go, although no package has its .proto files?

The Python packages flyteidl and flyteidl2 carry the compiled descriptors. What no connector uses is left out: HTTP
annotations and validation rules.
"""

from __future__ import annotations

import importlib
from importlib.metadata import version
from pathlib import Path

from google.protobuf.message import Message

from devkit import protos, protos_languages

# What only the custom options are made of: HTTP annotations and validation rules, which no connector uses.
DROP = ("google/api/", "protoc-gen-openapiv2/", "buf/validate/")
README = """# {title}

Generated from the descriptors in the Apache-2.0 package {package} {version} by `scripts/generate_protos.py`; only what
its API for connectors needs, without HTTP annotations and validation rules. Do not edit: `nox -s generate` deletes and
rebuilds this folder.

It is checked in because building a connector must need Go and nothing else; `nox -s generate -- --check` fails where it
differs from its source. Flyte's own Go modules would register the same names, which panics at start: never link both.
"""


def strip(message: Message) -> None:
    """Take the custom options out of a descriptor; what is on the wire does not depend on them."""
    for field, value in message.ListFields():
        if field.name == "options":
            for option, _ in value.ListFields():
                if option.is_extension:
                    value.ClearExtension(option)
            value.DiscardUnknownFields()
            if not value.ByteSize():
                message.ClearField("options")
        elif field.type == field.TYPE_MESSAGE:
            for part in value if field.is_repeated else [value]:
                strip(part)


def go(package: str, roots: list[str], out: Path, go_package: str) -> None:
    """Write Go for a package's API below `out`; `roots` are the Python modules in which it begins."""
    files = protos.closure([importlib.import_module(name).DESCRIPTOR for name in roots], DROP)
    protos.forget(files, DROP)
    for file in files.file:
        strip(file)
    names = [file.name for file in files.file if file.name.startswith(f"{package}/")]
    protos_languages.go(files, names, out, go_package, ("go", "go-grpc"))
    title = f"Flyte {2 if package == 'flyteidl2' else 1}'s API for connectors"
    text = README.format(title=title, package=package, version=version(package))
    (out / package / "README.md").write_text(text)
