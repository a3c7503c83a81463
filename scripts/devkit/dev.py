"""Keep a local cluster with the connector up until Ctrl-C, and say what to try with it. `make dev`."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time

from devkit import process, runs
from devkit.cluster import LAST_LOGS, NAMESPACE, LocalCluster, bin_folder, binaries
from devkit.connector import Connector
from devkit.process import ChildError
from devkit.toolchain import ROOT, ToolchainError


def advice(cluster: LocalCluster, connector: Connector) -> str:
    """Return what to type in a second terminal."""
    settings = {
        "KUBECONFIG": cluster.kubeconfig,
        "KUBECACHEDIR": cluster.kubectl_cache,
        "FLYTECONNECTOR_ENDPOINT": connector.address,
        "PATH": f"{bin_folder()}:{binaries()}:$PATH",
    }
    lines = [f'  export {name}="{value}"' for name, value in settings.items()]
    return "\n".join(
        [
            f"\nIn a second terminal, in {ROOT}:\n",
            *lines,
            "\n  pyflyte run examples/flights/workflow.py slowest_airlines",
            "  pyflyte run examples/flights/patience.py wait --minutes 10      # and Ctrl-C",
            f"\n  kubectl -n {NAMESPACE} get jobs,pods --watch",
            f"  kubectl -n {NAMESPACE} logs -f POD",
            f"  kubectl -n {NAMESPACE} get jobs -o yaml",
            f"  tail -f {shlex.quote(str(connector.log))}",
            f"\nNot for a shared machine: {connector.address} asks nobody who they are, and any local account that can",
            "reach it can run code as you.",
            "The connector is not restarted when you change its code: end this, and start it again.",
            "Ctrl-C here ends the cluster and all that runs on it.",
        ]
    )


def main() -> int:
    process.unwind_on_sigterm()
    say = lambda line: print(line, flush=True)  # noqa: E731
    try:
        with runs.folder() as folder, LocalCluster(folder, say=say) as cluster:
            cluster.wait()
            with Connector(cluster, folder) as connector:
                say(advice(cluster, connector))
                while cluster.alive() and connector.alive():
                    time.sleep(0.5)
                raise ChildError(f"the cluster or the connector has ended; see {LAST_LOGS}")
    except (ChildError, ToolchainError, subprocess.SubprocessError) as error:
        print(f"dev: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("dev: the cluster and all that ran on it have ended")
        return 0


if __name__ == "__main__":
    sys.exit(main())
