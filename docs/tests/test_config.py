"""Has the connector's command line that the site shows flags that exist, and is the page on Flyte's settings whole?"""

from __future__ import annotations

import re
from pathlib import Path

import flyte_config
import yaml
from docutils import nodes
from made import make

from devkit import flyteconfig, flyteconfig_files, records

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / flyteconfig.PAGE).read_text(encoding="utf-8")


def test_the_connectors_command_line_has_flags_that_exist():
    source = (ROOT / "go/connector/flags.go").read_text(encoding="utf-8")
    known = set(re.findall(r'flags\.\w+\((?:&o\.\w+, )?"([a-z-]+)"', source))
    shown = yaml.safe_load((ROOT / "docs/config/connector.yaml").read_text(encoding="utf-8"))["args"]
    assert {flag.partition("=")[0].removeprefix("--") for flag in shown} <= known
    assert all(re.fullmatch(r"--[a-z-]+=\S+", flag) for flag in shown)


def test_every_file_has_a_tab_of_its_name():
    tabs = re.findall(r"^````\{tab-item\} (.*)\n```\{literalinclude\} config/(.*)\.yaml$", PAGE, re.MULTILINE)
    assert tabs == [(file.tab, file.name) for file in flyteconfig_files.files()]


def test_every_trap_that_a_finding_may_name_is_an_anchor_of_the_table():
    rows = [row for row in flyte_config.traps().findall(nodes.row) if row["ids"]]
    assert [row["ids"][0] for row in rows] == [trap.anchor for trap in flyteconfig.traps().values()]
    for row, trap in zip(rows, flyteconfig.traps().values(), strict=True):
        assert trap.does.replace("`", "") in row.astext()


def test_every_setting_is_a_row_and_links_to_its_traps():
    shown = flyte_config.settings()
    valued = [each for each in flyteconfig_files.source()["setting"] if "value" in each]
    body = next(iter(shown.findall(nodes.tbody)))
    assert [row[0].astext() for row in body] == [flyte_config.key(each["path"]) for each in valued]
    linked = {link["refuri"].removeprefix("#") for link in shown.findall(nodes.reference)}
    assert linked == {trap.anchor for trap in flyteconfig.traps().values()}


def test_anchors_that_pages_link_to_are_still_on_the_page_of_the_flags():
    configuration = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    for title in ("Flyte 1", "Flyte 2", "Who may call", "Replicas", "Rights"):
        assert f"\n## {title}\n" in configuration


def test_the_command_prints_what_the_page_shows():
    words = ("check_flyte_config", "ARGS=docs/config/example-values.yaml")
    printed = make(*words, code=2)  # make's own code for a target that failed
    inputs = "docs/config, go/plugins/*/spec.go, scripts/devkit"
    difference = records.compare(
        "check_flyte_config", f"make {' '.join(words)}", printed, inputs, "make test"
    )
    assert not difference, f"`make test` with {records.UPDATE}=1 writes the record anew:\n{difference}"
