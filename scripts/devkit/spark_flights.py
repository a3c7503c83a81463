"""What becomes of the flights on Spark? Prints each event of the task, and then the result, as a line of JSON.

`.nox/spark/bin/python -m devkit.spark_flights`: the example imports PySpark, which only that environment has.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import time

from devkit.toolchain import ROOT


def say(kind: str, value: object) -> None:
    print(json.dumps({kind: value}), flush=True)


def main() -> None:
    sys.path.insert(0, str(ROOT / "examples" / "flights"))
    import on_spark
    import pyspark

    import flyteconnector

    created: list[float] = []

    def note(event: flyteconnector.Event) -> None:
        at = time.monotonic()  # the machine's: what reads this has the same clock
        created.append(at - event.seconds)
        say("event", dataclasses.asdict(event) | {"at": at})

    stop = flyteconnector.listen(note)
    delays = on_spark.slowest_airlines()
    seconds = time.monotonic() - created[0]
    stop()
    rows = [[delay.airline, delay.departures, delay.mean_minutes] for delay in delays]
    say("result", {"seconds": round(seconds, 2), "delays": rows, "pyspark": pyspark.__version__})


if __name__ == "__main__":
    main()
