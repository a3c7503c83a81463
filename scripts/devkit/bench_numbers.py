"""What do the measured rounds say? Ratios within each round, and their median over the rounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

Raw = dict[str, Any]


class Goal(NamedTuple):
    """What a number should be."""

    bound: float
    at_least: bool = False

    def met(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'at least' if self.at_least else 'at most'} {self.bound:g}"


GOALS = {
    "create_p50_ratio_16": Goal(1.10),
    "get_vs_empty_unary": Goal(0.80, at_least=True),
    "get_vs_python_connector": Goal(50, at_least=True),
    "rss_mb_10k": Goal(200),
    "cost_ratio_10k_1k": Goal(1.2),
    "restart_ready_seconds_10k": Goal(5),
    "api_calls_per_poll": Goal(0),
    "left_after_abort_10k": Goal(0),
}
LIVE = 10_000  # the number of tasks that the names ending in 10k speak of


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values are, between neighbours in proportion.

    Raises ValueError without values.
    """
    ordered = sorted(values)
    if not ordered:
        raise ValueError("a percentile of no values")
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def median(values: Iterable[float]) -> float:
    return percentile(values, 0.5)


def rate(turn: Raw) -> float:
    """Return calls per second."""
    return turn["calls"] / turn["seconds"]


def cost(turn: Raw) -> float:
    """Return the server's processor time for one call, in microseconds."""
    return turn["cpu"] / turn["calls"] * 1e6


def each_round(rounds: list[Raw], one: Callable[[Raw], float]) -> float:
    """Return the median of what `one` says of each round: what disturbs the machine for a while disturbs both sides."""
    return median(map(one, rounds))


def p50(round_: Raw, side: str) -> float:
    return median(round_[side])


def resident(raw: Raw, process: str) -> float:
    """Return the most that a process had in memory whenever it was looked at, in MB (10^6 bytes)."""
    return max(one["resident"] for one in raw["memory"] if one["process"] == process) / 1e6


def numbers(raw: Raw) -> dict[str, float]:
    """Return the numbers that have goals, and a few more. Raises ValueError when nothing was measured."""
    create, get = raw["create"], raw["get"]
    polls = sum(one["big"]["calls"] + one["small"]["calls"] for one in get)
    found = {
        "create_p50_ratio_16": each_round(create, lambda r: p50(r, "connector") / p50(r, "bare")),
        "create_p50_ratio_16_unwatched": each_round(
            create, lambda r: p50(r, "connector") / p50(r, "unwatched")
        ),
        "get_vs_empty_unary": each_round(get, lambda r: rate(r["big"]) / rate(r["empty"])),
        "get_vs_python_connector": each_round(get, lambda r: rate(r["big"]) / rate(r["python"])),
        "rss_mb_10k": resident(raw, "bench-big"),
        "rss_mb_1k": resident(raw, "bench-small"),
        "rss_mb_python_connector": resident(raw, "python"),
        "rss_mb_10k_peak": max(one["peak"] for one in raw["memory"] if one["process"] == "bench-big") / 1e6,
        "cost_ratio_10k_1k": each_round(get, lambda r: cost(r["big"]) / cost(r["small"])),
        "restart_ready_seconds_10k": max(raw["restart_seconds"]),
        "api_calls_per_poll": sum(one["api_calls"] for one in get) / polls,
        "api_calls_per_poll_python_connector": sum(one["python_api_calls"] for one in get)
        / sum(one["python"]["calls"] for one in get),
        "left_after_abort_10k": raw["abort"]["left"],
        "delete_p50_ms_16": median(raw["abort"]["calls"]),
        "abort_seconds_10k": raw["abort"]["seconds"],
        "create_p50_ms_16": each_round(create, lambda r: p50(r, "connector")),
        "get_per_second": each_round(get, lambda r: rate(r["big"])),
        "get_cpu_us_10k": each_round(get, lambda r: cost(r["big"])),
        # of one processor, when Flyte asks about each of 10,000 tasks every 30 s
        "cpu_percent_10k": each_round(get, lambda r: cost(r["big"])) * LIVE / 30 / 1e6 * 100,
        "empty_per_second": each_round(get, lambda r: rate(r["empty"])),
        "python_per_second": each_round(get, lambda r: rate(r["python"])),
    }
    return {name: float(f"{value:.4g}") for name, value in found.items()}  # rounded, but never to nothing


def rounds(raw: Raw) -> dict[str, Any]:
    """Return what is behind the medians, small enough to be kept."""
    turns = ("big", "small", "empty", "python")
    sides = ("connector", "bare", "unwatched")
    shares = [step / 50 for step in range(51)]
    together = {side: [took for one in raw["create"] for took in one[side]] for side in sides}
    return {
        "create_p50_ms": [{side: round(p50(one, side), 3) for side in sides} for one in raw["create"]],
        "create_ms_by_share": {
            side: [round(percentile(together[side], share), 3) for share in shares] for side in sides
        },
        "get_per_second": [{name: round(rate(one[name]), 1) for name in turns} for one in raw["get"]],
        "get_cpu_us": [{name: round(cost(one[name]), 2) for name in turns} for one in raw["get"]],
        "memory": raw["memory"],
        "restart_seconds": [round(seconds, 3) for seconds in raw["restart_seconds"]],
    }


def summary(raw: Raw, about: dict[str, Any]) -> dict[str, Any]:
    """Return build/bench.json: the numbers by name, then "about" the run, the goals, and the rounds."""
    found = numbers(raw)
    goals = {name: {"goal": str(goal), "met": goal.met(found[name])} for name, goal in GOALS.items()}
    size = {name: raw[name] for name in ("live", "rounds", "callers")}
    return {**found, "about": about | size, "goals": goals, "rounds": rounds(raw)}
