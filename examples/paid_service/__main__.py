"""How is the service started? `PAID_SERVICE_TOKEN=… python -m paid_service --state FOLDER`, until Ctrl-C or SIGTERM.

Stopped in order, it ends its workers, and the next start with the same folder continues their jobs. Killed, it leaves
the workers running, and the next start finds them.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from paid_service import api
from paid_service.keeper import Keeper
from paid_service.store import Store

TOKEN = "PAID_SERVICE_TOKEN"


def options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m paid_service", description="Sell computations.")
    parser.add_argument("--state", type=Path, required=True, help="folder for all that it remembers")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1 (default: a free one)")
    parser.add_argument(
        "--price", type=float, default=0.01, help="dollars for a worker's second (default: %(default)s)"
    )
    found = parser.parse_args(words)
    if found.price <= 0:
        parser.error(f"--price={found.price}: want dollars above 0")
    return found


def main(words: list[str]) -> int:
    wanted = options(words)
    token = os.environ.pop(TOKEN, "")  # no worker needs it
    if len(token) < 16:
        print(f"{TOKEN} must be set to a secret of at least 16 characters", file=sys.stderr)
        return 2
    wanted.state.mkdir(parents=True, exist_ok=True)
    jobs = Store(wanted.state / "jobs.sqlite")
    keeper = Keeper(jobs, wanted.state / "jobs", wanted.price)
    listener = socket.create_server(("127.0.0.1", wanted.port))
    settings = uvicorn.Config(api.build(jobs, keeper, token), log_level="warning", lifespan="off")
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    # uvicorn ends in order, and then lets the signal do what it would have done without it.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    keeper.start()
    try:
        print(address, flush=True)
        uvicorn.Server(settings).run(sockets=[listener])
    except KeyboardInterrupt:  # uvicorn raises it again after an orderly end
        pass
    finally:
        keeper.stop()
        jobs.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
