"""Is a workflow's result the one that pandas computes from the same flights? And how is it shown?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

FLIGHTS = 336_776


def right(delays: Sequence[Any], table: Any) -> bool:
    """Whether the result is that of pandas over all flights: counts equal, means but for the last binary digits."""
    expected = table.groupby("carrier").dep_delay.agg(["count", "mean"]).sort_values("mean", ascending=False)
    seen = [(delay.airline, delay.departures, round(delay.mean_minutes, 9)) for delay in delays]
    return len(table) == FLIGHTS and seen == [
        (airline, count, round(mean, 9)) for airline, count, mean in expected.itertuples()
    ]


def show(console: Console, delays: Sequence[Any], flights: int, ok: bool) -> None:
    """Print the slowest three airlines and the best one."""
    console.print(f"\nMean delay of departures from New York in 2013, of {flights:,} flights:")
    for delay in [*delays[:3], delays[-1]]:
        console.print(
            f"  {delay.airline}  {delay.mean_minutes:5.1f} minutes   {delay.departures:6,} departures"
        )
    console.print(f"  … {len(delays)} airlines; pandas computes {'the same' if ok else 'SOMETHING ELSE'}")
