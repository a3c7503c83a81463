"""What does the dashboard ask Prometheus? Its rows, panels and queries, read as Grafana reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devkit.toolchain import ROOT

BOARD = ROOT / "kustomize" / "components" / "alerts" / "dashboard.json"
# The two kinds of panel that there are. The picture would have to learn a third.
KINDS = ("stat", "timeseries")
Labels = Mapping[str, str]


@dataclass(frozen=True)
class Query:
    """A query as the file has it, with Grafana's variables in it."""

    expr: str
    legend: str


@dataclass(frozen=True)
class Panel:
    """A panel; `wide` is its share of a row's 24 columns."""

    row: str
    title: str
    about: str
    kind: str
    unit: str
    wide: int
    queries: tuple[Query, ...]


@dataclass(frozen=True)
class Variable:
    """A variable whose values are those of a label in what a query returns; `every` stands for all of them."""

    name: str
    expr: str
    label: str
    every: str


def read(path: Path = BOARD) -> dict[str, Any]:
    """Return the file."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def panels(board: Mapping[str, Any]) -> list[Panel]:
    """Return the panels in the order of the file, each with the row above it; raises ValueError for another kind."""
    row, found = "", []
    for each in board["panels"]:
        if each["type"] == "row":
            row = each["title"]
            continue
        if each["type"] not in KINDS:
            raise ValueError(f"panel {each['title']!r} is a {each['type']}; want {' or '.join(KINDS)}")
        queries = tuple(Query(target["expr"], target["legendFormat"]) for target in each["targets"])
        unit, wide = each["fieldConfig"]["defaults"]["unit"], each["gridPos"]["w"]
        found.append(Panel(row, each["title"], each["description"], each["type"], unit, wide, queries))
    return found


def variables(board: Mapping[str, Any]) -> list[Variable]:
    """Return the variables that ask Prometheus, in the order in which they may use each other."""
    found = []
    for each in board["templating"]["list"]:
        if each["type"] != "query":
            continue
        asked = re.fullmatch(r"label_values\((.+), (\w+)\)", each["query"])
        if not asked:
            raise ValueError(f"variable {each['name']}: {each['query']!r} is no label_values(QUERY, LABEL)")
        found.append(
            Variable(
                each["name"], asked[1], asked[2], each.get("allValue", "") if each.get("includeAll") else ""
            )
        )
    return found


def filled(expr: str, values: Mapping[str, str]) -> str:
    """Return a query with values in the place of variables; raises ValueError for one that has none."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise ValueError(f"query {expr}: nobody knows ${found[1]}")
        return values[found[1]]

    return re.sub(r"\$(\w+)", value, expr)


def rate_interval(step: int, scrape: int) -> str:
    """Return what Grafana writes for $__rate_interval, of seconds between points and between scrapes."""
    return f"{max(step + scrape, 4 * scrape)}s"


def legend(text: str, labels: Labels) -> str:
    """Return the name of a line: the legend's {{label}} are the series' own."""
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: labels.get(found[1], ""), text).strip()
